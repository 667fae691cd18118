"""Random derivations, retirements and undoings: what stands is the least fixed point, whatever the order.

The model is a set of premises and a table of derivations; a conclusion stands while nobody retired it and
one of its sources stands.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

import remanence
from remanence.errors import Refused, UndoConflict
from remanence.model.state import State


class Derivations(RuleBasedStateMachine):
    """A cube beside the model."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.cube = remanence.open(Path(self.folder.name) / "random.cube", owner="Alice", embedder=None)
        self.sources: dict[str, tuple[str, ...]] = {}  # in the order of making: sources come first
        self.retired: dict[str, int] = {}  # by somebody, in which change

    def teardown(self) -> None:
        """Close the cube, and see that it is sound."""
        assert self.cube.check() == ()
        self.cube.close()
        self.folder.cleanup()

    def standing(self) -> set[str]:
        """What stands, by the model."""
        found: set[str] = set()
        for item, sources in self.sources.items():
            if item not in self.retired and (not sources or found.intersection(sources)):
                found.add(item)
        return found

    @rule()
    def state_a_premise(self) -> None:
        """Something that rests on nothing."""
        self.sources[self.cube.remember(f"premise {len(self.sources)}").id] = ()

    @precondition(lambda self: self.standing())
    @rule(data=st.data())
    def conclude(self, data: st.DataObject) -> None:
        """Something that rests on one to three others that stand."""
        choices = st.lists(st.sampled_from(sorted(self.standing())), min_size=1, max_size=3, unique=True)
        sources = data.draw(choices)
        item = self.cube.remember(f"conclusion {len(self.sources)}", derived_from=sources)
        self.sources[item.id] = tuple(sources)

    @precondition(lambda self: self.standing())
    @rule(data=st.data())
    def retire(self, data: st.DataObject) -> None:
        """Retire something that stands."""
        item = data.draw(st.sampled_from(sorted(self.standing())))
        self.cube.forget(item)
        self.retired[item] = self.cube.journal(limit=1)[0].change_set

    @precondition(lambda self: self.retired)
    @rule(data=st.data())
    def take_back(self, data: st.DataObject) -> None:
        """Undo a retirement, unless later changes built on it."""
        item = data.draw(st.sampled_from(sorted(self.retired)))
        try:
            self.cube.undo(self.retired[item])
        except (UndoConflict, Refused):
            return
        del self.retired[item]

    @invariant()
    def what_stands_is_what_the_model_says(self) -> None:
        """Every item's state and its own account agree with the model."""
        standing = self.standing()
        for item in self.sources:
            expected = State.ACTIVE if item in standing else State.ARCHIVED
            assert self.cube.show(item).state is expected
            assert self.cube.why(item).stands is (item in standing)


TestDerivations = Derivations.TestCase
TestDerivations.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
