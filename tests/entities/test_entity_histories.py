"""Random merges, splits, names, kinds and undos against a plain partition of the mentions."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

import remanence
from remanence.errors import Refused
from ticking import TickingClock

RUNS = int(os.environ.get("REMANENCE_RUNS", "200"))
WHO = ("Beatriz", "Joaquim", "Leonor", "Zeferino")
SAID = 2  # sentences about each
MENTION = st.integers(0, len(WHO) * SAID - 1)


@dataclass(frozen=True)
class Known:
    """What should be known: the label of each mention's entity, and what was said of a label by hand."""

    label: tuple[int, ...]
    name: dict[int, str] = field(default_factory=dict)
    kind: dict[int, str] = field(default_factory=dict)

    def parts(self) -> dict[int, frozenset[int]]:
        return {
            one: frozenset(place for place, label in enumerate(self.label) if label == one)
            for one in set(self.label)
        }


class EntityHistories(RuleBasedStateMachine):
    """Four people, each in two sentences. `known[-1]` is the present; undo takes the last change off."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="entities-"))
        self.cube = remanence.open(
            self.folder / "a.cube", embedder=None, time_zone="UTC", clock=TickingClock()
        )
        texts = [f"did we talk with {who} in room {n}?" for who in WHO for n in range(SAID)]
        talk = [{"role": "user", "content": text} for text in texts]
        self.items = list(self.cube.observe(talk, session="s").added)
        self.known = [Known(tuple(n // SAID for n in range(len(WHO) * SAID)))]
        self.lines: list[int] = []
        self.next_label = len(WHO)
        self.ids = {label: self.cube.entity(who).entity.id for label, who in enumerate(WHO)}

    def teardown(self) -> None:
        assert self.cube.check() == ()
        self.cube.close()
        shutil.rmtree(self.folder)

    def changed(self, known: Known) -> None:
        self.known.append(known)
        self.lines.append(self.cube.journal(limit=1)[0].sequence)

    @rule(one=MENTION, other=MENTION)
    def merge(self, one: int, other: int) -> None:
        now = self.known[-1]
        kept, gone = now.label[one], now.label[other]
        if kept == gone:
            with pytest.raises(Refused):
                self.cube.merge_entities(self.ids[kept], self.ids[gone])
            return
        self.cube.merge_entities(self.ids[kept], self.ids[gone])
        label = tuple(kept if it == gone else it for it in now.label)
        self.changed(Known(label, now.name, now.kind))

    @rule(of=MENTION, taken=st.sets(MENTION, min_size=1, max_size=3))
    def split(self, of: int, taken: set[int]) -> None:
        now = self.known[-1]
        whole = now.parts()[now.label[of]]
        part = whole & taken
        if not part or part == whole:
            return
        made = self.cube.split_entity(self.ids[now.label[of]], items=[self.items[one] for one in part])
        self.ids[self.next_label] = made.id
        label = tuple(self.next_label if place in part else one for place, one in enumerate(now.label))
        self.next_label += 1
        self.changed(Known(label, now.name, now.kind))

    @rule(of=MENTION, name=st.sampled_from(["First", "Second"]))
    def give_a_name(self, of: int, name: str) -> None:
        label = self.known[-1].label[of]
        before = self.cube.entity(self.ids[label]).entity.name
        self.cube.annotate_entity(self.ids[label], name=name)
        if before != name:
            now = self.known[-1]
            self.changed(Known(now.label, {**now.name, label: name}, now.kind))

    @rule(of=MENTION, kind=st.sampled_from(["place", "thing"]))
    def say_what_it_is(self, of: int, kind: str) -> None:
        label = self.known[-1].label[of]
        before = self.cube.entity(self.ids[label]).entity.kind
        self.cube.annotate_entity(self.ids[label], kind=kind)
        if before != kind:
            now = self.known[-1]
            self.changed(Known(now.label, now.name, {**now.kind, label: kind}))

    @rule()
    def undo(self) -> None:
        if self.lines:
            self.cube.undo(self.lines.pop())
            self.known.pop()

    @rule()
    def undo_and_redo(self) -> None:
        if self.lines:
            self.cube.undo(self.lines.pop())
            self.cube.undo(self.cube.journal(limit=1)[0].sequence)
            self.lines.append(self.cube.journal(limit=1)[0].sequence)

    @invariant()
    def every_entity_has_the_mentions_that_it_should(self) -> None:
        found = {
            frozenset(self.items.index(item.id) for item in self.cube.entity(one).items)
            for one in self.cube.entities()
            if one.mentions
        }
        assert found == set(self.known[-1].parts().values())

    @invariant()
    def ids_names_and_kinds_are_those_that_were_said_last(self) -> None:
        now = self.known[-1]
        for label in set(now.label):
            entity = self.cube.entity(self.ids[label]).entity
            assert entity.id == self.ids[label]
            if label in now.kind:
                assert entity.kind == now.kind[label]
            if label in now.name:
                assert entity.name in ("First", "Second")


TestEntityHistories = EntityHistories.TestCase
TestEntityHistories.settings = settings(
    max_examples=max(10, RUNS // 4),
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
