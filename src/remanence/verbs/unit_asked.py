"""What a recall asks of units: whose members alone may answer, and whose stand higher."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from remanence.errors import InvalidInput
from remanence.lifecycle.unit_changes import UnitState
from remanence.model.interval import from_micros
from remanence.recall.index import MemoryIndex
from remanence.recall.rank import Boost
from remanence.storage.port import Snapshot
from remanence.verbs.setting import Setting
from remanence.verbs.unit_lookup import UnitAt, state_of
from remanence.verbs.unit_members import item_numbers

UNITS_MAX = 1_000  # of one recall
BOOST_MAX = 30.0  # log-odds; beyond, the score is 0 or 1 anyway


@dataclass(frozen=True, slots=True)
class UnitsAsked:
    """One state of a cube, in which units are looked up; `known_at` in microseconds, None is now."""

    setting: Setting
    snapshot: Snapshot
    index: MemoryIndex
    known_at: int | None

    def items(self, units: Sequence[UnitAt | str]) -> set[int]:
        """The item numbers of all members of these units."""
        if len(units) > UNITS_MAX:
            raise InvalidInput(f"{len(units)} units are more than UNITS_MAX = {UNITS_MAX}")
        return {number for unit in units for number in self._members(unit)[1]}

    def boost(self, unit: UnitAt | str, log_odds: float) -> Boost:
        """Raise a unit's members; raises InvalidInput for odds that are no number in bounds."""
        if not isinstance(log_odds, int | float) or not math.isfinite(log_odds) or abs(log_odds) > BOOST_MAX:
            raise InvalidInput(
                f"units_boost {log_odds!r} must be log-odds in [-{BOOST_MAX:g}, {BOOST_MAX:g}]"
            )
        state, numbers = self._members(unit)
        wanted = np.fromiter(numbers, np.int64, len(numbers))
        return Boost(
            f"unit {state.version.name}", np.isin(self.index.columns.ints("item"), wanted), float(log_odds)
        )

    def _members(self, unit: UnitAt | str) -> tuple[UnitState, set[int]]:
        known_at = None if self.known_at is None else from_micros(self.known_at)
        state = state_of(self.setting, self.snapshot, unit, known_at=known_at)
        return state, item_numbers(self.snapshot, self.index, state, known_at=known_at)
