"""Brings a cube's schema to the newest version, all steps in one transaction."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import apsw

from remanence.errors import CubeTooNew


@cache
def migrations() -> tuple[tuple[int, str], ...]:
    """The numbered steps, in order: (version, SQL)."""
    folder = files("remanence.storage.sqlite").joinpath("migrations")
    found = [
        (int(file.name[:4]), file.read_text(encoding="utf-8"))
        for file in folder.iterdir()
        if file.name.endswith(".sql")
    ]
    return tuple(sorted(found))


def newest_version() -> int:
    """The schema version that this code writes."""
    return migrations()[-1][0]


def schema_version(db: apsw.Connection) -> int:
    """The version that the file says it has; 0 for an empty one."""
    return int(db.pragma("user_version"))


def refuse_newer(db: apsw.Connection) -> None:
    """Raise CubeTooNew for a file that a newer Remanence wrote."""
    version, known = schema_version(db), newest_version()
    if version > known:
        raise CubeTooNew(
            f"{db.filename}: its format is version {version}, and this Remanence reads up to {known}; "
            f"upgrade Remanence (the file was not touched)"
        )


def migrate(db: apsw.Connection) -> None:
    """Apply the steps that are missing; the caller holds a write transaction."""
    version = schema_version(db)
    for number, sql in migrations():
        if number > version:
            for _ in db.execute(sql):
                pass  # a step's statements run as its rows are read
    db.pragma("user_version", newest_version())
