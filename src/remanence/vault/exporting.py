"""Exports a cube in one of the forms there are, and says what came of it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from remanence.vault.jsonl_export import write_jsonl
from remanence.vault.progress import Told, unheard
from remanence.vault.selection import Filters, selection_of
from remanence.vault.target import new_file
from remanence.verbs import arguments
from remanence.verbs.setting import Setting

Form = Literal["jsonl"]
FORMS: tuple[Form, ...] = get_args(Form)


@dataclass(frozen=True, slots=True)
class Wish:
    """What to export, and how; see Cube.export."""

    form: str
    path: str | os.PathLike[str]
    filters: Filters = field(default_factory=Filters)
    overwrite: bool = False
    vectors: bool = False
    told: Told = unheard


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: how many records of each sort, and whether it is the whole cube."""

    form: str
    path: Path
    counts: dict[str, int]
    is_complete: bool
    size_bytes: int


def export(setting: Setting, wish: Wish) -> Exported:
    """Write the export, all of it or nothing; see Cube.export."""
    arguments.one_of(wish.form, FORMS, "form")
    path = Path(os.fspath(wish.path)).expanduser()
    selection = selection_of(setting, wish.filters)
    with new_file(path, overwrite=wish.overwrite) as file:
        counts = write_jsonl(setting, file, selection, vectors=wish.vectors, told=wish.told)
    return Exported(wish.form, path, counts, selection.is_everything, path.stat().st_size)
