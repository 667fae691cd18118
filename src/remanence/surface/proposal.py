"""A proposed unit in the hand: to be accepted or refused."""

from __future__ import annotations

from remanence.model.ids import ItemId
from remanence.model.unit import UnitKind
from remanence.surface.bound import Bound
from remanence.surface.unit import Unit
from remanence.verbs import unit_proposals
from remanence.verbs.unit_editing import By
from remanence.verbs.unit_proposals import Draft


class Proposal:
    """A unit that could be; see Cube.propose_units."""

    def __init__(self, cube: Bound, draft: Draft) -> None:
        self._cube = cube
        self._draft = draft

    def __repr__(self) -> str:
        return f"<proposed unit {self.name!r} of {len(self.members)} items>"

    @property
    def name(self) -> str:
        """A name drawn from its most telling terms."""
        return self._draft.name

    @property
    def terms(self) -> tuple[str, ...]:
        """The terms that tell it from the others, best first."""
        return self._draft.terms

    @property
    def members(self) -> tuple[ItemId, ...]:
        """The items, in order of time."""
        return self._draft.members

    @property
    def cohesion(self) -> float:
        """How close they lie: the mean cosine with their middle, at most 1."""
        return self._draft.cohesion

    def accept(
        self,
        name: str | None = None,
        *,
        kind: UnitKind | str = UnitKind.TOPIC,
        because: str | None = None,
        actor: str | None = None,
    ) -> Unit:
        """Make it a unit, under this name or its own; raises InvalidInput where the name is taken."""
        by = By(actor or self._cube.owner, because)
        made = unit_proposals.accept(self._cube._setting, self._draft, name, UnitKind.parse(kind), by)
        return Unit(self._cube, made)

    def refuse(self, *, because: str | None = None, actor: str | None = None) -> None:
        """Remember that it is not wanted: what holds much the same items is not proposed again."""
        unit_proposals.refuse(self._cube._setting, self._draft, By(actor or self._cube.owner, because))


def draft_of(proposal: Proposal) -> Draft:
    """What a proposal in the hand is made of."""
    return proposal._draft
