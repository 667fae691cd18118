"""Reads what the mirror looks at; see storage.mirror_port.MirrorSnapshot for what each call gives."""

from __future__ import annotations

from typing import Protocol

from remanence.model.item import Revision
from remanence.storage.sqlite.rows import Bound


class _Whole(Protocol):
    """What the other parts of a SqliteSnapshot give to this one."""

    def _rows_from(self, name: str, bound: Bound) -> list[Revision]: ...


class MirrorReading:
    """The mirror's part of a read transaction."""

    def rows_spoken_or_done(self: _Whole) -> list[Revision]:
        return self._rows_from("select_rows_spoken_or_done", {})

    def rows_made_like(self: _Whole, method_prefix: str) -> list[Revision]:
        return self._rows_from("select_rows_made_like", {"prefix": method_prefix})

    def rows_slotted_by(self: _Whole, author: str) -> list[Revision]:
        return self._rows_from("select_rows_slotted_by", {"author": author})
