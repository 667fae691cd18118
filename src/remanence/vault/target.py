"""Where an export is written: beside its place first, then flushed and moved there, whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkstemp
from typing import BinaryIO

from remanence.errors import InvalidInput, TargetUnusable


def unused_name(path: Path) -> Path:
    """A place beside it where an empty file was made that nobody else has; raises TargetUnusable."""
    try:
        handle, name = mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.absolute().parent)
    except OSError as error:
        raise TargetUnusable(f"{path} can't be written: {error.strerror}; nothing was written") from error
    os.close(handle)
    return Path(name)


@contextmanager
def new_file(path: Path, *, overwrite: bool = False) -> Iterator[BinaryIO]:
    """A file to write that stands at `path` once the block ends; when it raises, nothing stands there.

    Raises InvalidInput where something is there already, unless it is a file and `overwrite`, and
    TargetUnusable where the system refuses.
    """
    refuse_what_stands_there(path, overwrite=overwrite)
    made = unused_name(path)
    try:
        with made.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        move(made, path, overwrite=overwrite)
    except OSError as error:
        raise TargetUnusable(f"{path} can't be written: {error.strerror}; nothing was left there") from error
    finally:
        with suppress(OSError):  # there no more, once it was moved
            made.unlink()


def move(made: Path, path: Path, *, overwrite: bool = False) -> None:
    """Give a finished file its name; raises InvalidInput where another took it meanwhile."""
    refuse_what_stands_there(path, overwrite=overwrite)
    os.replace(made, path)
    _flush_folder(path.absolute().parent)


def refuse_what_stands_there(
    path: Path, *, overwrite: bool = False, instead: str = "name a new file, or allow it to be overwritten"
) -> None:
    """Raise InvalidInput for a folder, and for a file that may not be overwritten."""
    if path.is_dir():
        raise InvalidInput(f"{path} is a folder; name a file")
    if path.exists() and not overwrite:
        raise InvalidInput(f"{path} exists already; {instead}")


def _flush_folder(folder: Path) -> None:
    """Let the name itself survive a power cut, where a folder can be flushed (not on Windows)."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
