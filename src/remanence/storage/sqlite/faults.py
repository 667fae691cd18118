"""Says in our own errors what SQLite found wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import apsw

from remanence import errors

# Each engine error that a file, a disk or another process can bring about, and what we call it.
MEANING: tuple[tuple[type[apsw.Error], type[errors.CubeError], str], ...] = (
    (apsw.BusyError, errors.CubeBusy, "another process is holding it; try again, or allow a longer wait"),
    (apsw.LockedError, errors.CubeBusy, "another connection is holding it; try again"),
    (apsw.ProtocolError, errors.CubeBusy, "its locks are contended; try again"),
    (apsw.FullError, errors.CubeFull, "no space is left where it lies; nothing was changed"),
    (apsw.ReadOnlyError, errors.CubeReadOnly, "it can only be read; copy it to a place you may write to"),
    (apsw.PermissionsError, errors.CubeReadOnly, "this user may not write to it"),
    (apsw.NotADBError, errors.NotACube, "it is no cube, or it is encrypted and the key is missing or wrong"),
    (apsw.CorruptError, errors.CubeDamaged, "part of it is damaged; restore a snapshot"),
    (apsw.CantOpenError, errors.NotACube, "it cannot be opened; does its folder exist, and may you read it?"),
    (apsw.IOError, errors.CubeDamaged, "the disk or file system failed; nothing was changed"),
    (apsw.SQLError, errors.CubeDamaged, "its tables are not what they must be; restore a snapshot"),
    (apsw.ConstraintError, errors.CubeDamaged, "its rows contradict one another; see `check`"),
    (apsw.NoMemError, errors.CubeError, "the machine is out of memory; nothing was changed"),
    (apsw.ConnectionClosedError, errors.CubeClosed, "it was closed; open it again"),
)


@contextmanager
def told_as_ours(path: str) -> Iterator[None]:
    """Raise our error, with the cube's path and what to do, for what the world does to SQLite."""
    try:
        yield
    except UnicodeDecodeError as error:  # a page whose structure is sound and whose text is not
        raise errors.CubeDamaged(f"{path}: a text in it is damaged; restore a snapshot ({error})") from error
    except errors.CubeDamaged as error:
        if path in str(error):
            raise
        raise errors.CubeDamaged(f"{path}: {error}") from error  # who reads the rows knows no path
    except apsw.Error as error:
        for theirs, ours, advice in MEANING:
            if isinstance(error, theirs):
                raise ours(f"{path}: {advice} ({error})") from error
        raise
