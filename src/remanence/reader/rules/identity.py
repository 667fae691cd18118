"""How a cube calls the rule reader: its version, and a digest of its tables."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files

from remanence.reader.rules.committing import LANGUAGES
from remanence.reader.rules.language import DEFAULT_LANGUAGE

READER_VERSION = 1  # raise it where the code that reads by the tables comes to read otherwise
DIGEST_CHARS = 12


@cache
def rules_identity() -> str:
    """Name, version and digest of the rule reader: another one may derive other statements."""
    digest = hashlib.sha256()
    for code in (DEFAULT_LANGUAGE, *LANGUAGES):
        folder = files("remanence.reader.rules").joinpath(code)
        for file in sorted(folder.iterdir(), key=lambda one: one.name):
            if file.name.endswith(".toml"):
                digest.update(file.name.encode() + b"\0" + file.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return f"rules:{READER_VERSION}:{digest.hexdigest()[:DIGEST_CHARS]}"
