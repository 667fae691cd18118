"""Exports a cube in one of the forms there are, and says what came of it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Literal, get_args

from remanence.errors import InvalidInput
from remanence.vault.chat import write_chat
from remanence.vault.folder import new_folder
from remanence.vault.jsonl_export import write_jsonl
from remanence.vault.markdown_export import write_markdown
from remanence.vault.mem0 import write_mem0
from remanence.vault.progress import Told, unheard
from remanence.vault.selection import Filters, Selection, selection_of
from remanence.vault.target import new_file
from remanence.verbs import arguments
from remanence.verbs.recalling import Recaller
from remanence.verbs.setting import Setting

Form = Literal["jsonl", "markdown", "mem0", "chat"]
FORMS: tuple[Form, ...] = get_args(Form)


@dataclass(frozen=True, slots=True)
class Wish:
    """What to export, and how; see Cube.export."""

    form: str
    path: str | os.PathLike[str]
    filters: Filters = field(default_factory=Filters)
    overwrite: bool = False
    vectors: bool = False
    tokens_max: int | None = None
    told: Told = unheard


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: how many records of each sort, and whether it is the whole cube."""

    form: str
    path: Path
    counts: dict[str, int]
    is_complete: bool
    size_bytes: int


def export(setting: Setting, recaller: Recaller, wish: Wish) -> Exported:
    """Write the export, all of it or nothing; see Cube.export."""
    _check(wish)
    path = Path(os.fspath(wish.path)).expanduser()
    selection = selection_of(setting, wish.filters)
    if wish.form == "markdown":
        with new_folder(path, cube_id=setting.store.facts.cube_id, overwrite=wish.overwrite) as pages:
            counts = write_markdown(setting, recaller, pages, selection, told=wish.told)
        size = sum((path / name).stat().st_size for name in pages.hashes)
        return Exported(wish.form, path, counts, False, size)
    with new_file(path, overwrite=wish.overwrite) as file:
        counts = _written(setting, wish, selection, file)
    complete = wish.form == "jsonl" and selection.is_everything
    return Exported(wish.form, path, counts, complete, path.stat().st_size)


def _check(wish: Wish) -> None:
    """Raise InvalidInput for a form that there is not, or an option that it has not."""
    arguments.one_of(wish.form, FORMS, "form")
    if wish.vectors and wish.form != "jsonl":
        raise InvalidInput(f"vectors are a part of the form jsonl, and {wish.form} has none; leave them out")
    if wish.tokens_max is not None and wish.form != "chat":
        raise InvalidInput(f"tokens_max bounds the lines of the form chat, and {wish.form} has none")
    if wish.tokens_max is not None and wish.tokens_max < 1:
        raise InvalidInput(f"tokens_max {wish.tokens_max} must be at least 1")


def _written(setting: Setting, wish: Wish, selection: Selection, file: BinaryIO) -> dict[str, int]:
    if wish.form == "mem0":
        return write_mem0(setting, file, selection, told=wish.told)
    if wish.form == "chat":
        return write_chat(setting, file, selection, tokens_max=wish.tokens_max, told=wish.told)
    return write_jsonl(setting, file, selection, vectors=wish.vectors, told=wish.told)
