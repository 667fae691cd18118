"""Reads marks: uses and expiries, one by one and as recall counts them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter

import apsw

from remanence.model.ids import ItemId
from remanence.model.interval import from_micros
from remanence.model.mark import Mark, MarkSort
from remanence.storage.marks_port import LATEST_USES, AgeingFacts
from remanence.storage.sqlite.rows import Bound, decoding


class MarkReading:
    """See storage.marks_port.MarkSnapshot for what each call gives."""

    _db: apsw.Connection
    _sql: dict[str, str]

    def marks_of(self, item_ids: Sequence[ItemId]) -> list[Mark]:
        return self._marks("select_marks_of_items", {"ids": json.dumps(item_ids)})

    def marks_touched_by(self, change_set: int) -> tuple[list[Mark], list[Mark]]:
        bound = {"change_set": change_set}
        return self._marks("select_marks_opened_by", bound), self._marks("select_marks_closed_by", bound)

    def ageing_facts(self, items: Sequence[int] | None = None) -> Iterator[AgeingFacts]:
        if items is None:
            return _counted(self._db.execute(self._sql["select_open_marks"]))
        bound = {"items": json.dumps(items)}
        return _counted(self._db.execute(self._sql["select_open_marks_of_item_numbers"], bound))

    def _marks(self, name: str, bound: Bound) -> list[Mark]:
        with decoding("a mark"):
            return [
                Mark(number, ItemId(item_id), MarkSort(sort), from_micros(at), opened_by, closed_by)
                for number, item_id, sort, at, opened_by, closed_by in self._db.execute(
                    self._sql[name], bound
                )
            ]


def _counted(marks: Iterable[tuple[int, int, int]]) -> Iterator[AgeingFacts]:
    """Of marks by item, the newest of each sort first."""
    for item, group in groupby(marks, key=itemgetter(0)):
        uses, latest, expires_at = 0, [], 0
        for _, sort, at in group:
            if sort == MarkSort.USE:
                uses += 1
                latest += [at] if uses <= LATEST_USES else []
            else:
                expires_at = at
        yield AgeingFacts(item, uses, tuple(latest), expires_at)
