"""Writes how reliable sources have been."""

from __future__ import annotations

from collections.abc import Iterable

import apsw

from remanence.storage.support_port import Observation


class SupportWriting:
    """The part of a SqliteTransaction that storage.support_port.SupportTransaction names."""

    _db: apsw.Connection
    _sql: dict[str, str]

    def add_observations(self, observations: Iterable[Observation], *, change_set: int) -> None:
        rows = [(*observation, change_set) for observation in observations]
        self._db.executemany(self._sql["insert_observation"], rows)

    def withdraw_observations(self, change_set: int, *, by: int) -> None:
        self._db.execute(self._sql["return_observations"], {"change_set": change_set})
        self._db.execute(self._sql["withdraw_observations"], {"change_set": change_set, "by": by})
