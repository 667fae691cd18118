"""A folder of exported files: made whole beside its place, and brought up to date without losing a word.

A list of the files and their hashes lies in the folder. By it an earlier export is known, and a file that
somebody changed since is never overwritten unasked.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp

from remanence.errors import InvalidInput, TargetUnusable

LIST_NAME = ".remanence-export.json"
FORMAT = "remanence markdown vault"
FILES_SHOWN = 5


@dataclass(slots=True)
class Pages:
    """Files as they are written, by their path within the folder, with forward slashes."""

    folder: Path
    hashes: dict[str, str] = field(default_factory=dict)

    def write(self, path: str, text: str) -> None:
        """Write one file; its path has been made of safe names."""
        data = text.encode()
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        self.hashes[path] = hashlib.sha256(data).hexdigest()


@contextmanager
def new_folder(path: Path, *, cube_id: str, overwrite: bool = False) -> Iterator[Pages]:
    """Files to write that stand in the folder once the block ends; when it raises, all is as it was.

    The folder is new, empty, or an earlier export of this cube. Raises InvalidInput for any other, and
    where files of it were changed since, unless `overwrite`; TargetUnusable where the system refuses.
    """
    before = _earlier(path, cube_id)
    _refuse_changed(path, before, overwrite=overwrite)
    try:
        parent = path.absolute().parent
        made = Path(mkdtemp(prefix=f".{path.name}.", suffix=".part", dir=parent))
    except OSError as error:
        raise TargetUnusable(f"{path} can't be written: {error.strerror}; nothing was written") from error
    try:
        pages = Pages(made)
        yield pages
        listed = {
            "format": FORMAT,
            "version": 1,
            "cube": cube_id,
            "files": dict(sorted(pages.hashes.items())),
        }
        pages.write(LIST_NAME, json.dumps(listed, indent=1, ensure_ascii=False) + "\n")
        del pages.hashes[LIST_NAME]
        _move_in(pages, path, before)
    except OSError as error:
        raise TargetUnusable(f"{path} can't be written: {error.strerror}") from error
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _earlier(path: Path, cube_id: str) -> dict[str, str]:
    """The files of the earlier export that lies there, none for a new or empty folder."""
    if path.is_symlink() or (path.exists() and not path.is_dir()):
        raise InvalidInput(f"{path} is no folder of its own; name a new folder")
    if not path.exists() or not any(path.iterdir()):
        return {}
    try:
        listed = json.loads((path / LIST_NAME).read_text(encoding="utf-8"))
        files = {str(name): str(digest) for name, digest in listed["files"].items()}
        known = listed["format"] == FORMAT and listed["cube"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        known, files = "", {}
    if not known:
        raise InvalidInput(
            f"{path} is not empty and no earlier export; name a new folder (nothing was changed in it)"
        )
    if known != cube_id:
        raise InvalidInput(f"{path} holds the export of another cube, {known}; name a new folder")
    return {name: digest for name, digest in files.items() if _lies_within(path, name)}


def _lies_within(folder: Path, name: str) -> bool:
    """Whether a listed path is one within the folder, whoever wrote the list."""
    return Path(os.path.realpath(folder / name)).is_relative_to(os.path.realpath(folder))


def _refuse_changed(path: Path, before: Mapping[str, str], *, overwrite: bool) -> None:
    changed = [
        name
        for name, digest in before.items()
        if (path / name).is_file() and hashlib.sha256((path / name).read_bytes()).hexdigest() != digest
    ]
    if changed and not overwrite:
        shown = ", ".join(changed[:FILES_SHOWN]) + (", ..." if len(changed) > FILES_SHOWN else "")
        raise InvalidInput(
            f"{path}: {shown} changed since the last export; move them away, or allow them to be overwritten "
            "(nothing was changed)"
        )


def _move_in(pages: Pages, path: Path, before: Mapping[str, str]) -> None:
    """Give a new folder its name; in an older one replace file by file, the list first and last alike."""
    if not path.exists() or not any(path.iterdir()):
        if path.exists():
            path.rmdir()  # Windows moves a folder to a free name alone
        os.replace(pages.folder, path)
        return
    root = os.path.realpath(path)
    for name in pages.hashes:
        place = path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if not Path(os.path.realpath(place.parent)).is_relative_to(root):
            raise InvalidInput(f"{place.parent} leads out of {path}; take that link away")
        if place.is_dir() or (place.exists() and name not in before):
            raise InvalidInput(f"{place} is there and is none of the export's; move it away")
    for name in pages.hashes:
        os.replace(pages.folder / name, path / name)
    for name in before.keys() - pages.hashes.keys():
        (path / name).unlink(missing_ok=True)
    os.replace(pages.folder / LIST_NAME, path / LIST_NAME)
