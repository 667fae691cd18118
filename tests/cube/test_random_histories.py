"""Random histories of a cube against the plain memory beside it: the same answers at every time.

REMANENCE_RUNS scales how many are tried (200: 12 histories); a failure prints its history as a program.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import hypothesis.strategies as st
import plain_memory as plain
import pytest
from hypothesis import HealthCheck, assume, note, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import remanence
from remanence.errors import InvalidInput, ItemErased, ItemFrozen, NotFound, Refused, UndoConflict
from remanence.lifecycle.undo import Undone
from remanence.model.interval import Interval
from remanence.model.item import Revision
from ticking import TickingClock

RUNS = int(os.environ.get("REMANENCE_RUNS", "200"))
DAY = st.integers(1, plain.DAYS)
DAY_OR_NONE = st.none() | DAY


class Histories(RuleBasedStateMachine):
    """One cube, one plain memory, and a clock that stands still within a step."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="histories-"))
        self.clock = TickingClock(plain.FIRST_DAY + timedelta(days=2, hours=1), tick=timedelta(0))
        self.cube = self.opened()
        self.memory = plain.PlainMemory()
        self.texts = 0

    def opened(self) -> remanence.Cube:
        return remanence.open(
            self.folder / "a.cube", embedder=None, reader=None, time_zone="UTC", clock=self.clock
        )

    def teardown(self) -> None:
        assert self.cube.check() == ()
        for item in self.memory.items:
            self.same_history(item)
        self.cube.close()
        shutil.rmtree(self.folder)

    @property
    def now(self) -> datetime:
        return self.clock.time

    def new_text(self) -> str:
        self.texts += 1
        return f"memo number{self.texts}"

    def write(self, change: plain.Change) -> None:
        """Let the plain memory hear of the cube's last change."""
        self.memory.write(change, now=self.now, number=self.cube.journal(limit=1)[0].change_set)

    def pick(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(self.memory.items), label="item")

    @initialize()
    def something_is_there(self) -> None:
        self.remember(None, None)

    @rule(start=DAY_OR_NONE, end=DAY_OR_NONE)
    def remember(self, start: int | None, end: int | None) -> None:
        assume(start is None or end is None or start < end)
        text = self.new_text()
        item = self.cube.remember(text, valid_from=plain.day(start), valid_to=plain.day(end))
        self.write(plain.Change(item.id, plain.between(start, end), text))

    @rule(data=st.data(), bounds=st.lists(DAY, min_size=2, max_size=2, unique=True).map(sorted))
    def revise_for_a_while(self, data: st.DataObject, bounds: list[int]) -> None:
        self.revise(data, bounds[0], bounds[1])

    @rule(data=st.data(), start=DAY)
    def revise_from_a_day_on(self, data: st.DataObject, start: int) -> None:
        self.revise(data, start, None)

    @rule(data=st.data(), end=st.none() | DAY)
    def correct(self, data: st.DataObject, end: int | None) -> None:
        self.revise(data, None, end)

    def revise(self, data: st.DataObject, start: int | None, end: int | None) -> None:
        item, text = self.pick(data), self.new_text()
        told = self.memory.cells(item)

        def call() -> object:
            return self.cube.revise(item, text, valid_from=plain.day(start), valid_to=plain.day(end))

        if error := self.unchangeable(item):
            return self.refused(call, error)
        if start is not None:
            cells = plain.between(start, end)
        else:
            cells = plain.run_in_force(told, self.now)
            if end is not None:
                cells = tuple(range(cells[0], end))
            if not cells:
                return self.refused(call, InvalidInput)
        call()
        self.write(plain.Change(item, cells, text))
        return None

    @rule(data=st.data(), verb=st.sampled_from(["forget", "freeze", "thaw"]))
    def move(self, data: st.DataObject, verb: str) -> None:
        item = self.pick(data)
        told = self.memory.cells(item)
        target = {"forget": "archived", "freeze": "frozen", "thaw": "active"}[verb]
        states = {one.state for one in told.values()}
        call = {"forget": self.cube.forget, "freeze": self.cube.freeze, "thaw": self.cube.thaw}[verb]
        moving = {"frozen"} if verb == "thaw" else states - {target}
        error: type[Exception] | None = None
        if item in self.memory.erased:
            error = ItemErased
        elif not told:
            error = NotFound
        elif verb == "thaw" and "frozen" not in states:
            error = Refused
        elif verb != "thaw" and moving - {"active"}:
            error = Refused  # ItemFrozen is one of them
        if error:
            return self.refused(lambda: call(item), error)
        call(item)
        cells = tuple(cell for cell, one in told.items() if one.state in moving)
        if cells:
            self.write(plain.Change(item, cells, state=target))
        return None

    @rule(data=st.data())
    def use(self, data: st.DataObject) -> None:
        item = self.pick(data)
        if item in self.memory.erased or not self.memory.cells(item):
            error = ItemErased if item in self.memory.erased else NotFound
            return self.refused(lambda: self.cube.used(item), error)
        self.cube.used(item)
        self.write(plain.Change(item))
        return None

    @rule(data=st.data())
    def erase(self, data: st.DataObject) -> None:
        assume(len(self.memory.items) > 2)
        item = self.pick(data)
        states = {one.state for one in self.memory.cells(item).values()}
        if item in self.memory.erased or "frozen" in states:
            error = ItemErased if item in self.memory.erased else ItemFrozen
            return self.refused(lambda: self.cube.forget(item, erase=True), error)
        receipt = self.cube.forget(item, erase=True)
        assert receipt is not None
        assert (receipt.pending, receipt.items) == (False, (item,))
        self.memory.erase(item, now=self.now, number=receipt.change_set)
        return None

    @rule(data=st.data(), cascade=st.booleans())
    def undo(self, data: st.DataObject, cascade: bool) -> None:
        numbers = list(self.memory.changes)
        number = data.draw(st.sampled_from(numbers[-6:]) | st.sampled_from(numbers), label="change")
        self.take_back([number], lambda: self.cube.undo(number, cascade=cascade), cascade=cascade)

    @rule(data=st.data(), cascade=st.booleans())
    def undo_a_range(self, data: st.DataObject, cascade: bool) -> None:
        numbers = list(self.memory.changes)
        first = data.draw(st.sampled_from(numbers[-6:]) | st.sampled_from(numbers), label="from")
        last = data.draw(st.sampled_from(numbers[numbers.index(first) :][:6]), label="through")
        asked = [number for number in numbers if first <= number <= last]
        self.take_back(asked, lambda: self.cube.undo(first, through=last, cascade=cascade), cascade=cascade)

    def take_back(self, asked: list[int], call: Callable[[], Undone], *, cascade: bool) -> None:
        """Undo some changes; refusals must be of what has no effect left, or what others built on."""
        memory, erased = self.memory, self.memory.erased
        later = [number for number in memory.changes if number > min(asked) and number not in asked]
        before = self.cube.stats()
        try:
            undone = call()
        except UndoConflict as error:
            note(str(error))
            assert any(memory.items_of(n) & memory.items_of(one) for n in later for one in asked)
            assert not cascade
            assert self.cube.stats() == before
            return
        except Refused as error:
            note(str(error))
            gone = all(n not in memory.standing or memory.items_of(n) <= erased for n in asked)
            assert gone or not memory.would_change(tuple(reversed(asked)))
            assert self.cube.stats() == before
            return
        taken = undone.change_sets
        assert taken == tuple(sorted(taken, reverse=True))
        assert {*taken, *undone.skipped} >= set(asked)
        if not cascade:
            along = set(taken) - set(asked)
            assert all(n not in memory.standing or memory.changes[n].undoes for n in along)
        self.write(plain.Change(undoes=taken))

    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        time, _ = data.draw(st.sampled_from(self.memory.believed), label="known_at")
        change, before = self.memory.restoring(time), self.cube.stats()
        restored = self.cube.restore(time)
        touched = {*restored.returned, *restored.set_aside}
        assert touched >= change.restores.keys()
        assert not touched & self.memory.erased
        assert set(restored.stays_erased) <= self.memory.erased
        if restored.change_set is None:
            assert self.cube.stats() == before
        else:
            self.write(change)
        view = self.cube.at(time)
        for item in self.memory.items:
            if item not in self.memory.erased:
                assert self.substance(self.cube.history(item)) == self.substance(
                    view.history(item) if item in self.memory.known_at(time) else ()
                )

    def substance(self, rows: Sequence[Revision]) -> list[tuple[object, ...]]:
        """What open rows say, without their place in the record."""
        return sorted(
            (
                row.valid.start_micros,
                row.valid.end_micros,
                row.text_id,
                row.state.value,
                row.provenance.method,
            )
            for row in rows
            if row.is_open
        )

    @rule(hours=st.sampled_from([1, 5, 24, 48, -30]))
    def time_passes_or_steps_back(self, hours: int) -> None:
        self.clock.step(timedelta(hours=hours))

    @rule()
    def reopen(self) -> None:
        self.cube.close()
        self.cube = self.opened()

    @rule(data=st.data(), cell=st.integers(0, plain.DAYS))
    def look_back(self, data: st.DataObject, cell: int) -> None:
        time, _ = data.draw(st.sampled_from(self.memory.believed), label="known_at")
        known = self.memory.known_at(time)
        hits = self.cube.recall("memo", k=1000, as_of=plain.middle(cell), known_at=time)
        assert {hit.item.id: hit.item.content for hit in hits} == plain.recalled(known, as_of=cell)
        before = self.cube.at(time - timedelta(microseconds=1), as_of=plain.middle(cell)).recall(
            "memo", k=1000
        )
        earlier = self.memory.known_at(time - timedelta(microseconds=1))
        assert {hit.item.id: hit.item.content for hit in before} == plain.recalled(earlier, as_of=cell)

    @rule(cell=st.integers(0, plain.DAYS))
    def look_at_another_day(self, cell: int) -> None:
        told = {item: self.memory.cells(item) for item in self.memory.items}
        hits = self.cube.recall("memo", k=1000, as_of=plain.middle(cell))
        assert {hit.item.id: hit.item.content for hit in hits} == plain.recalled(told, as_of=cell)

    @rule(data=st.data())
    def look_at_its_history(self, data: st.DataObject) -> None:
        self.same_history(self.pick(data))

    @precondition(lambda self: self.memory.changes)
    @invariant()
    def recall_answers_with_what_holds_and_is_to_come(self) -> None:
        told = {item: self.memory.cells(item) for item in self.memory.items}
        expected = plain.present_or_to_come(told, self.now)
        hits = {hit.item.id: hit.item.content for hit in self.cube.recall("memo", k=1000)}
        assert set(hits) == set(expected)
        assert all(text in expected[item] for item, text in hits.items())

    def unchangeable(self, item: str) -> type[Exception] | None:
        """The error with which a revise must be refused."""
        states = {one.state for one in self.memory.cells(item).values()}
        if item in self.memory.erased:
            return ItemErased
        if not states:
            return NotFound
        return Refused if states != {"active"} else None

    def refused(self, call: object, error: type[Exception]) -> None:
        """The call raises this and changes nothing."""
        before = self.cube.stats()
        with pytest.raises(error):
            call()  # type: ignore[operator]  # each rule's own
        assert self.cube.stats() == before

    def same_history(self, item: str) -> None:
        """At each time something was recorded, the rows believed then say what the plain memory said."""
        rows = self.cube.history(item)
        for time, _ in self.memory.believed:
            then = [row for row in rows if row.recorded.contains(time)]
            if item in self.memory.erased:
                assert {row.content.text for row in then} <= {""}
                continue
            told = self.memory.known_at(time).get(item, {})
            for cell in range(plain.DAYS + 1):
                here = [row for row in then if Interval.contains(row.valid, plain.middle(cell))]
                assert [(row.content.text, row.state.value) for row in here] == (
                    [(told[cell].text, told[cell].state)] if cell in told else []
                )


TestHistories = Histories.TestCase
TestHistories.settings = settings(
    max_examples=max(1, 12 * RUNS // 200),
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
