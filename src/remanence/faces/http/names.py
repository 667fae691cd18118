"""Which names a cube may have: such that no two meet in one file and none leads out of the folder."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from remanence.errors import InvalidInput
from remanence.vault.file_names import is_device

NAME_CHARS_MAX = 64
PATTERN_RULE = "small letters, digits, - and _, and * for any of them"
NAME_RULE = f"1 to {NAME_CHARS_MAX} small letters, digits, - and _, the first no - or _"
NAME_PATTERN = r"^[a-z0-9][a-z0-9_-]{0,63}$"
_NAME = re.compile(NAME_PATTERN.removeprefix("^").removesuffix("$"))
_PATTERN = re.compile(r"[a-z0-9_*-]{1,64}")
ENDING = ".cube"


def checked(name: str) -> str:
    """The name itself; raises InvalidInput for one that is not safe on every file system.

    >>> checked("alice-2")
    'alice-2'
    """
    if not _NAME.fullmatch(name):
        raise InvalidInput(f"{name[: NAME_CHARS_MAX + 1]!r} is no name for a cube; give {NAME_RULE}")
    if is_device(name):
        raise InvalidInput(f"{name!r} is no name for a cube: Windows keeps it for a device; give another")
    return name


def checked_pattern(pattern: str) -> str:
    """The pattern itself; raises InvalidInput for one that no name could fit."""
    if not _PATTERN.fullmatch(pattern):
        raise InvalidInput(f"{pattern!r} is no pattern of cubes; give {PATTERN_RULE}")
    return pattern


def fits(name: str, pattern: str) -> bool:
    """Whether a name fits a pattern.

    >>> fits("team-a", "team-*"), fits("team", "team-*")
    (True, False)
    """
    return _pattern(pattern).fullmatch(name) is not None


@lru_cache(maxsize=1024)
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in pattern.split("*")))


def path_of(folder: Path, name: str) -> Path:
    """Where the cube of a checked name lies."""
    return folder / f"{name}{ENDING}"


def listed(folder: Path) -> list[str]:
    """The names of all cubes in a folder, sorted; files whose names no cube may have are not seen."""
    found = (path.name.removesuffix(ENDING) for path in folder.glob(f"*{ENDING}"))
    return sorted(name for name in found if _NAME.fullmatch(name) and not is_device(name))
