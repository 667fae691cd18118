"""Writes units and links within a transaction; see storage.units_port for what each call does."""

from __future__ import annotations

import json
from collections.abc import Sequence

from remanence.model.ids import ItemId
from remanence.model.interval import to_micros
from remanence.model.unit import End, Link, Member, UnitEnd, UnitId, UnitVersion
from remanence.storage.sqlite.reading_units import SqliteUnitSnapshot
from remanence.storage.sqlite.rows import Bound, Cell, json_text

MARKS = ("links", "unit_tags", "refusals")  # each with a pair of statements that take them back
UNIT_CLEARINGS = (  # reasons first: they are found by the lines of the journal alone
    "delete_reasons_of_unit",
    "clear_unit_versions",
    "clear_memberships_of_unit",
    "delete_links_of_unit",
    "delete_tags_of_unit",
)


class SqliteUnitTransaction(SqliteUnitSnapshot):
    """The units' part of a write transaction."""

    def add_unit_version(self, version: UnitVersion) -> None:
        at = to_micros(version.recorded_at)
        self._write("insert_unit", {"id": version.id, "kind": version.kind.value, "created_at": at})
        bound: Bound = {
            "unit": self._unit_number(version.id),
            "version": version.number,
            "change_set": version.change_set,
            "recorded_at": at,
            "standing": version.standing.value,
            "name": version.name,
            "description": version.description,
            "annotations": json_text(version.annotations),
            "rule": None if version.rule is None else json_text(version.rule),
        }
        self._write("insert_unit_version", bound)

    def open_members(
        self, unit_id: UnitId, members: Sequence[Member], *, by: int, left_out: bool = False
    ) -> None:
        unit = self._unit_number(unit_id)
        rows = [(unit, self._item_number(m.item_id), left_out, m.role, m.order, by) for m in members]
        self._db.executemany(self._sql["insert_member"], rows)

    def close_members(self, unit_id: UnitId, item_ids: Sequence[ItemId], *, by: int) -> None:
        bound: Bound = {"unit": self._unit_number(unit_id), "ids": json.dumps(item_ids), "by": by}
        self._write("close_members", bound)

    def open_links(self, links: Sequence[Link], *, by: int) -> None:
        self._db.executemany(self._sql["insert_link"], [(*self._link_cells(link), by) for link in links])

    def close_links(self, links: Sequence[Link], *, by: int) -> None:
        self._db.executemany(self._sql["close_link"], [(*self._link_cells(link), by) for link in links])

    def add_unit_tag(self, unit_id: UnitId, version: int, tag: str, *, by: int) -> None:
        unit = self._unit_number(unit_id)
        self._write("insert_unit_tag", {"unit": unit, "version": version, "tag": tag, "by": by})

    def add_refusal(self, items: Sequence[int], *, by: int) -> None:
        self._write("insert_refusal", {"items": json.dumps(sorted(items)), "by": by})

    def take_back_marks(self, change_set: int, *, by: int) -> int:
        taken = 0
        for marks in MARKS:
            for step in ("close", "return"):
                self._write(f"{step}_{marks}_of_change_set", {"change_set": change_set, "by": by})
                taken += self._db.changes()
        return taken

    def erase_from_descriptions(self, item_id: ItemId, line: str) -> None:
        self._write("delete_line_from_descriptions", {"id": item_id, "line": line})

    def erase_unit_words(self, unit_id: UnitId) -> None:
        for name in UNIT_CLEARINGS:
            self._write(name, {"id": unit_id})

    def _link_cells(self, link: Link) -> tuple[Cell, ...]:
        return (*self._end_cells(link.source), link.type, *self._end_cells(link.target))

    def _end_cells(self, end: End) -> tuple[int | None, int | None]:
        if isinstance(end, UnitEnd):
            return self._unit_number(end.unit_id), None
        return None, self._item_number(end.item_id)

    def _unit_number(self, unit_id: UnitId) -> int:
        ((number,),) = list(self._db.execute(self._sql["select_unit_number"], {"id": unit_id}))
        return int(number)

    def _item_number(self, item_id: ItemId) -> int:
        ((number,),) = list(self._db.execute(self._sql["select_item_number"], {"id": item_id}))
        return int(number)

    def _write(self, name: str, bound: Bound) -> None:
        for _ in self._db.execute(self._sql[name], bound):
            pass
