"""Reads the record of a cube file as it stood after one of its lines; part of SqliteSnapshot."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

import apsw

from remanence.model.ids import ItemId, RevisionId, prefix_end
from remanence.model.interval import to_micros
from remanence.model.item import Revision
from remanence.model.journal import JournalEntry
from remanence.storage.past_port import SetSize
from remanence.storage.sqlite.rows import Bound, held_by_sqlite


class _Whole(Protocol):
    """What the other parts of a SqliteSnapshot give to this one."""

    _db: apsw.Connection
    _sql: dict[str, str]

    def revisions(self, ids: Sequence[RevisionId]) -> dict[RevisionId, Revision]: ...

    def _entries(self, name: str, bound: Bound) -> list[JournalEntry]: ...

    def _rows_from(self, name: str, bound: Bound) -> list[Revision]: ...


class PastReading:
    """The part of a SqliteSnapshot that storage.past_port.Past names."""

    def sequence_at(self: _Whole, time: datetime) -> int:
        micros = to_micros(time)
        low, high = 0, 0  # the last line known to be early enough, the first known not to be
        for sequence, _, recorded_at in self._db.execute(self._sql["select_head"]):
            high = sequence + 1
            if recorded_at <= micros:
                return int(sequence)
        while low + 1 < high:
            middle = (low + high) // 2
            bound = {"sequence": middle}
            ((recorded_at,),) = list(self._db.execute(self._sql["select_line_time"], bound))
            low, high = (middle, high) if recorded_at <= micros else (low, middle)
        return low

    def ids_known_at(self: _Whole, prefix: str, *, time: datetime, limit: int) -> list[ItemId]:
        bound = {"low": prefix, "high": prefix_end(prefix), "time": to_micros(time), "limit": limit}
        return [ItemId(item_id) for (item_id,) in self._db.execute(self._sql["select_ids_known_at"], bound)]

    def newest_journal_at(
        self: _Whole, sequence: int, *, limit: int, item_id: ItemId | None = None
    ) -> list[JournalEntry]:
        if item_id is None:
            return self._entries("select_newest_journal_at", {"sequence": sequence, "limit": limit})
        bound: Bound = {"sequence": sequence, "limit": limit, "item_id": item_id}
        return self._entries("select_newest_journal_of_item_at", bound)

    def counts_at(self: _Whole, sequence: int, *, time: datetime) -> Mapping[str, int]:
        bound = {"sequence": sequence, "time": to_micros(time)}
        counts: dict[str, int] = dict(self._db.execute(self._sql["select_counts_at"], bound))
        counts |= {"open revisions": 0, "sessions": 0}
        rows = self._db.execute(self._sql["select_open_counts_at"], {"sequence": sequence})
        for kind, state, number, worded, session, then_open in rows:
            counts["sessions"] = max(counts["sessions"], session or 0)
            if then_open:
                counts["open revisions"] += worded
                counts[f"state {state}"] = counts.get(f"state {state}", 0) + number
            if then_open and worded:
                counts[f"kind {kind}"] = counts.get(f"kind {kind}", 0) + worded
        return counts

    def rows_about(
        self: _Whole, subjects: Sequence[str], *, attribute: str | None = None, sequence: int | None = None
    ) -> list[Revision]:
        bound: dict[str, int | str | None] = {
            "subjects": json.dumps([held_by_sqlite(subject) for subject in subjects]),
            "attribute": None if attribute is None else held_by_sqlite(attribute),
        }
        if sequence is None:
            return self._rows_from("select_rows_about", bound)
        return self._rows_from("select_rows_about_at", {**bound, "sequence": sequence})

    def rows_apart(self: _Whole, sequence: int) -> tuple[list[Revision], list[Revision]]:
        bound = {"sequence": sequence}
        return (
            self._rows_from("select_revisions_closed_since", bound),
            self._rows_from("select_revisions_opened_since", bound),
        )

    def items_given_sources_after(self: _Whole, sequence: int) -> list[ItemId]:
        bound = {"sequence": sequence}
        rows = self._db.execute(self._sql["select_items_given_sources_after"], bound)
        return [ItemId(item_id) for (item_id,) in rows]

    def undos_after(self: _Whole, sequence: int) -> list[JournalEntry]:
        return self._entries("select_undos_after", {"sequence": sequence})

    def change_sets(self: _Whole, *, first: int, last: int, limit: int) -> list[SetSize]:
        bound = {"first": first, "last": last, "limit": limit}
        return list(map(SetSize._make, self._db.execute(self._sql["select_change_sets"], bound)))

    def _rows_from(self: _Whole, name: str, bound: Bound) -> list[Revision]:
        """The rows whose numbers a statement gives, oldest first."""
        numbers = sorted(number for (number,) in self._db.execute(self._sql[name], bound))
        rows = self.revisions([RevisionId(number) for number in numbers])
        return [rows[RevisionId(number)] for number in numbers]
