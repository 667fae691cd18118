"""Reads units and links; see storage.units_port for what each call gives."""

from __future__ import annotations

import json
import re
from abc import abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import apsw

from remanence.model.ids import ItemId, RevisionId
from remanence.model.interval import MAX_MICROS, from_micros, to_micros
from remanence.model.item import NOTHING, Revision
from remanence.model.unit import (
    End,
    Holdings,
    ItemEnd,
    Link,
    Member,
    Standing,
    UnitEnd,
    UnitId,
    UnitKind,
    UnitVersion,
)
from remanence.storage.sqlite.rows import Bound, decoding, held_by_sqlite
from remanence.storage.units_port import RuleWords, Spoken

_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


class SqliteUnitSnapshot:
    """The units' part of a snapshot. A file that is only read may be older than units: it has none."""

    _db: apsw.Connection
    _sql: dict[str, str]

    @abstractmethod
    def revisions(self, ids: Sequence[RevisionId]) -> dict[RevisionId, Revision]:
        """These rows, by number."""

    def newest_units(self) -> list[UnitVersion]:
        return self._versions("select_newest_units", {})

    def unit_versions(self, unit_id: UnitId) -> list[UnitVersion]:
        return self._versions("select_unit_versions", {"id": unit_id})

    def unit_versions_of(self, change_set: int) -> list[UnitVersion]:
        return self._versions("select_unit_versions_of_change_set", {"change_set": change_set})

    def unit_sets_after(self, sequence: int) -> list[int]:
        found = self._db.execute(self._sql["select_unit_sets_after"], {"sequence": sequence})
        return [number for (number,) in found]

    def holdings(self, unit_id: UnitId, *, change_set: int | None = None) -> Holdings:
        bound: Bound = {"id": unit_id, "at": MAX_MICROS - 1 if change_set is None else change_set}
        members: list[Member] = []
        left_out: list[ItemId] = []
        gone: list[ItemId] = []
        for item_id, is_out, role, place, erased in self._db.execute(self._sql["select_members"], bound):
            if erased:
                gone.append(ItemId(item_id))
            elif is_out:
                left_out.append(ItemId(item_id))
            else:
                members.append(Member(ItemId(item_id), role, place))
        links = self._links("select_links_of_source_unit", bound)
        return Holdings(tuple(members), tuple(left_out), tuple(links), tuple(gone))

    def links_of(self, end: End) -> list[Link]:
        if isinstance(end, UnitEnd):
            return self._links("select_links_of_unit", {"id": end.unit_id})
        return self._links("select_links_of_item", {"id": end.item_id})

    def unit_words(self, unit_id: UnitId) -> list[str]:
        return [words for (words,) in self._db.execute(self._sql["select_unit_words"], {"id": unit_id})]

    def speakers(self) -> list[str]:
        return [name for (name,) in self._db.execute(self._sql["select_speakers"])]

    def sessions_in_use(self) -> list[str]:
        return [name for (name,) in self._db.execute(self._sql["select_sessions_in_use"])]

    def is_speaker(self, name: str) -> bool:
        return bool(list(self._db.execute(self._sql["select_one_of_speaker"], {"name": name})))

    def is_session_in_use(self, name: str) -> bool:
        return bool(list(self._db.execute(self._sql["select_one_of_session"], {"name": name})))

    def item_numbers(self, item_ids: Sequence[ItemId]) -> list[int]:
        bound = {"ids": json.dumps(item_ids)}
        return [number for (number,) in self._db.execute(self._sql["select_item_numbers"], bound)]

    def items_by_words(self, words: RuleWords) -> set[int]:
        entities = [held_by_sqlite(name) for name in words.entities]
        phrases = " OR ".join('"' + name.replace('"', '""') + '"' for name in entities)
        bound: Bound = {
            "tags": json.dumps(words.tags),
            "entities": json.dumps([name.lower() for name in entities]),
            "phrases": phrases or '""',
            "unspaced": json.dumps([name for name in entities if _UNSPACED.search(name)]),
            "known_at": words.known_at,
        }
        return {item for (item,) in self._db.execute(self._sql["select_items_by_words"], bound)}

    def sessions_spoken(self) -> dict[str, Spoken]:
        rows = self._db.execute(self._sql["select_sessions_spoken"])
        return {
            name: Spoken(turns, revision, from_micros(first), from_micros(last))
            for name, turns, revision, first, last in rows
        }

    def rows_made_by(self, method: str) -> list[tuple[str, Revision]]:
        pairs = list(self._db.execute(self._sql["select_rows_made_by"], {"method": method}))
        rows = self.revisions([RevisionId(number) for _, number in pairs])
        return [(session, rows[RevisionId(number)]) for session, number in pairs]

    def items_made_by(self, method: str) -> dict[str, ItemId]:
        rows = self._db.execute(self._sql["select_items_made_by"], {"method": method})
        return {session: ItemId(item_id) for session, item_id in rows}

    def rows_said_between(self, start: datetime, end: datetime) -> list[Revision]:
        bound = {"start": to_micros(start), "end": to_micros(end)}
        numbers = [RevisionId(n) for (n,) in self._db.execute(self._sql["select_rows_said_between"], bound)]
        rows = self.revisions(numbers)
        return [rows[number] for number in numbers]

    def refusals(self) -> list[frozenset[int]]:
        return [frozenset(json.loads(items)) for (items,) in self._db.execute(self._sql["select_refusals"])]

    def _versions(self, name: str, bound: Bound) -> list[UnitVersion]:
        return [_version_of(_Cells._make(row)) for row in self._db.execute(self._sql[name], bound)]

    def _links(self, name: str, bound: Bound) -> list[Link]:
        return [
            Link(_end(source_unit, source_item), kind, _end(target_unit, target_item))
            for source_unit, source_item, kind, target_unit, target_item in self._db.execute(
                self._sql[name], bound
            )
        ]


class _Cells(NamedTuple):
    """The columns of `select_unit_versions`."""

    id: str
    kind: str
    version: int
    name: str
    change_set: int
    recorded_at: int
    standing: str
    description: str
    annotations: str | None
    rule: str | None
    tags: str


def _version_of(row: _Cells) -> UnitVersion:
    with decoding(f"version {row.version} of unit {row.id}"):
        return UnitVersion(
            id=UnitId(row.id),
            kind=UnitKind(row.kind),
            number=row.version,
            name=row.name,
            change_set=row.change_set,
            recorded_at=from_micros(row.recorded_at),
            standing=Standing(row.standing),
            description=row.description,
            annotations=dict(json.loads(row.annotations)) if row.annotations else NOTHING,
            rule=dict(json.loads(row.rule)) if row.rule else None,
            tags=tuple(json.loads(row.tags)),
        )


def _end(unit_id: str | None, item_id: str | None) -> End:
    return ItemEnd(ItemId(item_id or "")) if unit_id is None else UnitEnd(UnitId(unit_id))
