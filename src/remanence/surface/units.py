"""The façade's units: made, found and listed, and links between whatever is remembered."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from remanence.model.item import Item, Json
from remanence.model.unit import PROPOSED_MEMBERS_MIN, Link, UnitKind
from remanence.surface.bound import Bound

if TYPE_CHECKING:
    from remanence.surface.proposal import Proposal
    from remanence.surface.unit import Unit
    from remanence.verbs.unit_lookup import UnitAt

# What units need is imported where it is used: most programs ask for none, and start sooner.


class Units(Bound):
    """Units of memory: topics, personas and contexts."""

    def unit(
        self,
        name: str,
        *,
        kind: UnitKind | str | None = None,
        description: str | None = None,
        annotations: Mapping[str, Json] | None = None,
        rule: Mapping[str, object] | str | os.PathLike[str] | None = None,
        because: str | None = None,
        actor: str | None = None,
    ) -> Unit:
        """The unit of this name; a new one, a topic unless `kind` says otherwise, where there is none.

        What else is given is set. A persona for each speaker and a context for each session exist
        without asking. `rule` is a mapping or a TOML file; see docs/units.md. Raises InvalidInput.
        """
        from remanence.surface.unit import Unit, rule_of
        from remanence.verbs import unit_editing
        from remanence.verbs.unit_editing import By, Fields

        given = Fields(description=description, annotations=annotations, rule=rule_of(rule))
        wanted = None if kind is None else UnitKind.parse(kind)
        by = By(actor or self.owner, because)
        return Unit(self, unit_editing.make(self._setting, name, wanted, given, by))

    def find_unit(self, name: str, *, kind: UnitKind | str | None = None) -> Unit:
        """The unit of this name ("Lisbon", "topic:Lisbon"), or whose id begins so; makes none.

        Raises NotFound and AmbiguousId.
        """
        from remanence.surface.unit import Unit
        from remanence.verbs import unit_looks

        wanted = None if kind is None else UnitKind.parse(kind)
        return Unit(self, unit_looks.found(self._setting, name, wanted))

    def units(self, *, kind: UnitKind | str | None = None, retired: bool = False) -> tuple[Unit, ...]:
        """All units in use, or of one kind; with `retired` those that were set aside too."""
        from remanence.surface.unit import Unit
        from remanence.verbs import unit_looks

        wanted = None if kind is None else UnitKind.parse(kind)
        found = unit_looks.listed(self._setting, wanted, retired=retired)
        return tuple(Unit(self, version) for version in found)

    def link(
        self,
        a: Unit | Item | str,
        link_type: str,
        b: Unit | Item | str,
        *,
        because: str | None = None,
        actor: str | None = None,
    ) -> Link:
        """Link a unit or an item to another: part_of, about, depends_on, contradicts, supports, see_also,
        or a word of one's own. A text is a unit's name or id, or else an item's id. Raises NotFound,
        AmbiguousId, ItemErased, and InvalidInput for a link to itself."""
        from remanence.surface.unit import version_of
        from remanence.verbs import unit_links
        from remanence.verbs.unit_editing import By

        by = By(actor or self.owner, because)
        return unit_links.link(self._setting, version_of(a), link_type, version_of(b), by)

    def unlink(
        self,
        a: Unit | Item | str,
        link_type: str,
        b: Unit | Item | str,
        *,
        because: str | None = None,
        actor: str | None = None,
    ) -> None:
        """End such a link; raises NotFound where there is none."""
        from remanence.surface.unit import version_of
        from remanence.verbs import unit_links
        from remanence.verbs.unit_editing import By

        by = By(actor or self.owner, because)
        unit_links.unlink(self._setting, version_of(a), link_type, version_of(b), by)

    def links(self, of: Unit | Item | str) -> tuple[Link, ...]:
        """The links from and to a unit or an item, oldest first."""
        from remanence.surface.unit import version_of
        from remanence.verbs import unit_links

        return unit_links.links_of(self._setting, version_of(of))

    def propose_units(self, *, members_min: int = PROPOSED_MEMBERS_MIN) -> tuple[Proposal, ...]:
        """Groups of at least so many items that lie close together in meaning, closest first.

        Nothing is stored until one is accepted or refused. What is a unit already, or was refused, is
        left out. Needs scikit-learn (`pip install 'remanence[units]'`; ExtraMissing names it) and an
        embedder (else Refused).
        """
        from remanence.surface.proposal import Proposal
        from remanence.verbs import unit_proposals

        drafts = unit_proposals.propose(self._setting, self._recaller, members_min=members_min)
        return tuple(Proposal(self, draft) for draft in drafts)


def places_of(units: Iterable[Unit | str] | None) -> list[UnitAt | str] | None:
    """What recall takes for units: a handle's version and time, or a name; InvalidInput for one text."""
    if units is None:
        return None
    from remanence.surface.unit import places

    return places(units)


def boosts_of(
    units: Mapping[Unit | str, float] | Iterable[Unit | str] | None,
) -> list[tuple[UnitAt | str, float]]:
    """The same, each with the log-odds that are added to its members'."""
    if units is None:
        return []
    from remanence.surface.unit import boosts

    return boosts(units)
