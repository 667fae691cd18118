"""Reads which messages wait for a reader, and which a reader has not read."""

from __future__ import annotations

from datetime import datetime

import apsw

from remanence.model.ids import ItemId, RevisionId
from remanence.model.interval import to_micros
from remanence.storage.jobs_port import Family, ParkedJob, Unread, WaitingJob
from remanence.storage.sqlite.rows import Bound, decoding


class JobReading:
    """See storage.jobs_port.JobSnapshot for what each call gives."""

    _db: apsw.Connection
    _sql: dict[str, str]

    def due_jobs(self, at: datetime, *, limit: int) -> list[WaitingJob]:
        now = to_micros(at)
        for session, turn, job in list(self._db.execute(self._sql["select_first_due_job"], {"at": now})):
            bound: Bound = {"session": session, "turn": turn, "job": job, "at": now, "limit": limit}
            return self._jobs("select_due_jobs", bound)
        return []

    def leased_jobs(self, lease: int) -> list[WaitingJob]:
        return self._jobs("select_leased_jobs", {"lease": lease})

    def parked_jobs(self, *, limit: int) -> list[ParkedJob]:
        with decoding("a job"):
            return [
                ParkedJob(ItemId(item_id), attempts, error)
                for item_id, attempts, error in self._db.execute(
                    self._sql["select_parked_jobs"], {"limit": limit}
                )
            ]

    def job_counts(self) -> tuple[int, int]:
        ((waiting, parked),) = list(self._db.execute(self._sql["select_job_counts"]))
        return waiting, parked

    def unread(self, family: Family, identity: str) -> list[Unread]:
        bound: Bound = {"family": family, "identity": identity}
        found = self._db.execute(self._sql["select_unread"], bound)
        return [Unread(RevisionId(row), last) for row, last in found]

    def _jobs(self, name: str, bound: Bound) -> list[WaitingJob]:
        with decoding("a job"):
            return [
                WaitingJob(number, ItemId(item_id), RevisionId(revision), attempts, error)
                for number, item_id, revision, attempts, error in self._db.execute(self._sql[name], bound)
            ]
