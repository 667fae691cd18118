"""Reads what support, conflicts and the reliability of sources ask for."""

from __future__ import annotations

import json
from collections.abc import Sequence

import apsw

from remanence.model.ids import ItemId
from remanence.model.state import RECALLED
from remanence.storage.support_port import TrackRecord


class SupportReading:
    """The part of a SqliteSnapshot that storage.support_port.SupportSnapshot names."""

    _db: apsw.Connection
    _sql: dict[str, str]

    def slot_attributes(self) -> list[str]:
        return [attribute for (attribute,) in self._db.execute(self._sql["select_slot_attributes"])]

    def crowded_slots(self, single_valued: Sequence[str]) -> list[tuple[str, str]]:
        bound = {"single": json.dumps(single_valued), "states": json.dumps(sorted(RECALLED))}
        return list(self._db.execute(self._sql["select_crowded_slots"], bound))

    def voices_of(self, item_ids: Sequence[ItemId]) -> list[tuple[str, str | None]]:
        return list(self._db.execute(self._sql["select_voices"], {"ids": json.dumps(item_ids)}))

    def track_records(self) -> list[TrackRecord]:
        return [TrackRecord._make(row) for row in self._db.execute(self._sql["select_track_records"])]
