"""Random histories of units against plain dictionaries: every version for ever as it was written."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

import remanence
from remanence.errors import Refused, UndoConflict
from ticking import TickingClock

RUNS = int(os.environ.get("REMANENCE_RUNS", "200"))
ITEM = st.integers(0, 4)
UNIT = st.integers(0, 1)
NAMES = ("first", "second")


class UnitHistories(RuleBasedStateMachine):
    """Two units over five items; each version is (description, {item: role}) in a list."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="units-"))
        self.cube = remanence.open(
            self.folder / "a.cube", embedder=None, reader=None, time_zone="UTC", clock=TickingClock()
        )
        self.items = [self.cube.remember(f"thing {n}").id for n in range(5)]
        self.units = [self.cube.unit(name) for name in NAMES]
        self.versions: list[list[tuple[str, dict[int, str | None]]]] = [[("", {})], [("", {})]]
        self.lines: list[list[int]] = [[line.sequence] for line in reversed(self.cube.journal(limit=2))]

    def teardown(self) -> None:
        assert self.cube.check() == ()
        for which in (0, 1):
            for number, (_, members) in enumerate(self.versions[which], 1):
                recorded = self.units[which].versions()[number - 1].recorded_at
                assert self.held(self.units[which].at(recorded)) == members
        self.cube.close()
        shutil.rmtree(self.folder)

    def held(self, unit: remanence.Unit) -> dict[int, str | None]:
        return {self.items.index(member.item_id): member.role for member in unit.members()}

    def wrote(self, which: int, description: str, members: dict[int, str | None]) -> None:
        if self.versions[which][-1] != (description, members):
            self.versions[which].append((description, members))
            self.lines[which].append(self.cube.journal(limit=1)[0].sequence)

    @rule(which=UNIT, item=ITEM, role=st.sampled_from([None, "r1", "r2"]))
    def add(self, which: int, item: int, role: str | None) -> None:
        description, members = self.versions[which][-1]
        self.units[which].add(self.items[item], role=role)
        self.wrote(which, description, {**members, item: role or members.get(item)})

    @rule(which=UNIT, item=ITEM)
    def remove(self, which: int, item: int) -> None:
        description, members = self.versions[which][-1]
        if item in members:
            self.units[which].remove(self.items[item])
            self.wrote(which, description, {one: role for one, role in members.items() if one != item})

    @rule(which=UNIT, text=st.sampled_from(["", "one", "two"]))
    def describe(self, which: int, text: str) -> None:
        self.units[which].annotate(description=text)
        self.wrote(which, text, self.versions[which][-1][1])

    @rule(which=UNIT, back=st.integers(0, 6))
    def restore(self, which: int, back: int) -> None:
        number = max(1, len(self.versions[which]) - back)
        self.units[which].restore(number)
        self.wrote(which, *self.versions[which][number - 1])

    @rule(which=UNIT)
    def undo_the_newest(self, which: int) -> None:
        if len(self.versions[which]) > 1:
            self.cube.undo(self.lines[which][-1])
            self.wrote(which, *self.versions[which][-2])

    @rule(which=UNIT, back=st.integers(1, 4))
    def undo_an_older_one(self, which: int, back: int) -> None:
        place = len(self.versions[which]) - 1 - back
        if place < 1:
            return
        try:
            self.cube.undo(self.lines[which][place])
        except UndoConflict:
            if self.versions[which][place - 1] == self.versions[which][-1]:
                with pytest.raises(Refused, match="left to undo"):
                    self.cube.undo(self.lines[which][place], cascade=True)
                return
            self.cube.undo(self.lines[which][place], cascade=True)
            self.wrote(which, *self.versions[which][place - 1])
        except Refused as error:
            if "undone already" not in str(error) and "left to undo" not in str(error):
                raise
        else:  # what was built on it was undone itself
            self.wrote(which, *self.versions[which][place - 1])

    @invariant()
    def the_newest_is_what_it_should_be(self) -> None:
        for which, unit in enumerate(self.units):
            description, members = self.versions[which][-1]
            found = self.cube.find_unit(NAMES[which])
            assert (found.description, found.version) == (description, len(self.versions[which]))
            assert self.held(unit) == members


TestUnitHistories = UnitHistories.TestCase
TestUnitHistories.settings = settings(
    max_examples=max(5, RUNS // 20),
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
