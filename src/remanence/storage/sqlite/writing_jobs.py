"""Writes who has read which message, and which messages wait, within one transaction that is held already."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import apsw

from remanence.model.ids import ItemId, TextId
from remanence.model.interval import to_micros
from remanence.storage.jobs_port import Family
from remanence.storage.sqlite.rows import Bound


class JobWriting:
    """See storage.jobs_port.JobTransaction for what each call does."""

    _db: apsw.Connection
    _sql: dict[str, str]
    _number_of: Callable[[ItemId], int]
    _run: Callable[[str, Bound], None]

    def note_readings_of_change(self, change_set: int, *, family: Family, identity: str) -> None:
        reader = self._reader_number(family, identity)
        self._run("insert_readings_of_change", {"reader": reader, "change_set": change_set})

    def note_readings(
        self, read: Iterable[tuple[ItemId, TextId]], *, family: Family, identity: str, change_set: int
    ) -> None:
        reader = self._reader_number(family, identity)
        rows = [(self._number_of(item_id), text_id, reader, change_set) for item_id, text_id in read]
        self._db.executemany(self._sql["insert_reading"], rows)

    def withdraw_readings(self, change_set: int, *, by: int) -> None:
        self._run("return_readings", {"change_set": change_set})
        self._run("withdraw_readings", {"change_set": change_set, "by": by})

    def withdraw_readings_after(self, sequence: int, *, by: int) -> None:
        self._run("withdraw_readings_after", {"sequence": sequence, "by": by})

    def forget_readings(self, item_ids: Sequence[ItemId], *, family: Family) -> None:
        self._run("delete_readings_of_items", {"ids": json.dumps(item_ids), "family": family})

    def queue_change(self, change_set: int, *, at: datetime) -> None:
        self._run("insert_jobs_of_change", {"change_set": change_set, "at": to_micros(at)})

    def queue_items(self, item_ids: Sequence[ItemId], *, at: datetime) -> None:
        self._run("insert_jobs_of_items", {"ids": json.dumps(item_ids), "at": to_micros(at)})

    def lease_jobs(self, numbers: Sequence[int], *, lease: int, until: datetime) -> None:
        self._run("lease_jobs", {"numbers": json.dumps(numbers), "lease": lease, "until": to_micros(until)})

    def extend_lease(self, lease: int, *, until: datetime) -> bool:
        self._run("extend_lease", {"lease": lease, "until": to_micros(until)})
        return self._db.changes() > 0

    def put_back(self, lease: int, *, not_before: datetime, error: str, attempts_max: int) -> None:
        bound: Bound = {
            "lease": lease,
            "not_before": to_micros(not_before),
            "error": error,
            "attempts_max": attempts_max,
        }
        self._run("put_jobs_back", bound)

    def release_jobs(self, lease: int) -> None:
        self._run("release_jobs", {"lease": lease})

    def close_jobs(self, lease: int, item_ids: Sequence[ItemId]) -> None:
        self._run("delete_leased_jobs", {"lease": lease, "ids": json.dumps(item_ids)})

    def retry_parked(self, item_ids: Sequence[ItemId] | None) -> int:
        self._run("retry_parked_jobs", {"every": item_ids is None, "ids": json.dumps(item_ids or [])})
        return self._db.changes()

    def _reader_number(self, family: Family, identity: str) -> int:
        self._run("insert_reader", {"family": family, "identity": identity})
        ((number,),) = list(self._db.execute(self._sql["select_reader"], {"identity": identity}))
        return int(number)
