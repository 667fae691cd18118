"""Signed documents: a canonical form, an Ed25519 signature over it, and the keys it is made with.

The signed bytes are JSON in ASCII with sorted keys and no spaces, of everything but the signature itself,
format and version included: what is signed as one thing can't be read as another.
Source: S. Josefsson and I. Liusvaara, "Edwards-Curve Digital Signature Algorithm (EdDSA)", RFC 8032, 2017.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from remanence.errors import ExtraMissing, InvalidInput, SignatureInvalid
from remanence.model.item import Json

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

FORMAT = "remanence promise"
VERSION = 1
DOCUMENT_BYTES_MAX = 256 * 1024
_KEY_BYTES = 32


def make_key(path: str | os.PathLike[str]) -> str:
    """Write a new private key into a new file that its owner alone may read; the public key in hex."""
    _need()
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    try:
        descriptor = os.open(Path(path).expanduser(), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise InvalidInput(f"a key can't be written to {os.fspath(path)}: {error.strerror}") from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
    return _public_hex(key)


def signed(promise: Mapping[str, Json], key: str | os.PathLike[str]) -> str:
    """The document of a promise, signed with the private key in this file."""
    private = _read_key(key)
    body: dict[str, Json] = {
        "format": FORMAT,
        "version": VERSION,
        "promise": dict(promise),
        "key": _public_hex(private),
    }
    return json.dumps({**body, "signature": private.sign(_canonical(body)).hex()}, sort_keys=True)


def verified(document: str, *, key: str) -> Mapping[str, Json]:
    """The promise of a document that the holder of this public key (hex) signed.

    Raises InvalidInput for what is no such document, and SignatureInvalid for one that was changed or that
    another key signed.
    """
    _need()
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    wanted = _bytes(key, "key", _KEY_BYTES)
    told = _document(document)
    signature = told.pop("signature", None)
    promise = told.get("promise")
    if not isinstance(promise, dict):
        raise InvalidInput("the document bears no promise")
    try:
        Ed25519PublicKey.from_public_bytes(wanted).verify(_hex(signature), _canonical(told))
    except RecursionError as error:
        raise InvalidInput("the document is nested too deeply") from error
    except InvalidSignature:
        other = "" if told.get("key") == wanted.hex() else "; the document names another key"
        raise SignatureInvalid(
            f"the signature is not that of the key {wanted.hex()[:16]}… over these words{other}; "
            "nothing was taken from it"
        ) from None
    return promise


def _document(text: str) -> dict[str, Json]:
    if not isinstance(text, str) or len(text) > DOCUMENT_BYTES_MAX:
        raise InvalidInput(
            f"a document is a text of at most DOCUMENT_BYTES_MAX = {DOCUMENT_BYTES_MAX} characters"
        )
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"the document is no JSON: {error}") from error
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise InvalidInput(f"the document is no {FORMAT!r}")
    if told.get("version") != VERSION:
        raise InvalidInput(
            f"the document has version {told.get('version')!r}, and this Remanence reads {VERSION}"
        )
    return told


def _canonical(body: Mapping[str, Json]) -> bytes:
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")


def _read_key(path: str | os.PathLike[str]) -> Ed25519PrivateKey:
    _need()
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        found = load_pem_private_key(Path(path).expanduser().read_bytes(), password=None)
    except OSError as error:
        raise InvalidInput(f"the key {os.fspath(path)} can't be read: {error.strerror}") from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:  # TypeError: it asks for a password
        raise InvalidInput(f"{os.fspath(path)} holds no private key in PEM without a password") from error
    if not isinstance(found, Ed25519PrivateKey):
        raise InvalidInput(f"{os.fspath(path)} holds a key of another sort than Ed25519")
    return found


def _public_hex(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()


def _bytes(text: str, name: str, length: int) -> bytes:
    found = _hex(text)
    if len(found) != length:
        raise InvalidInput(f"{name} must be {2 * length} hex digits")
    return found


def _hex(value: object) -> bytes:
    """Bytes from hex digits; none where these are no hex digits, which no signature is."""
    try:
        return bytes.fromhex(value) if isinstance(value, str) else b""
    except ValueError:
        return b""


def _need() -> None:
    from importlib.util import find_spec

    if find_spec("cryptography") is None:
        raise ExtraMissing("signing needs the package cryptography: pip install 'remanence[signing]'")
