"""A unit in the hand: what it is, what it holds, and every change of it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import datetime

from remanence.errors import InvalidInput, NotFound, Refused
from remanence.lifecycle.unit_changes import UnitState
from remanence.model.item import Item, Json
from remanence.model.summary import DEFAULT_SUMMARY_TOKENS, Summary
from remanence.model.unit import Link, Member, Standing, UnitDiff, UnitId, UnitKind, UnitVersion
from remanence.storage.port import Receipt
from remanence.surface.bound import Bound
from remanence.verbs import unit_editing, unit_links, unit_looks, unit_members, unit_summaries
from remanence.verbs.arguments import When
from remanence.verbs.unit_editing import By, Fields, Restored
from remanence.verbs.unit_lookup import UnitAt

DEFAULT_BOOST = 1.0  # log-odds: the odds times 2.7


class Unit:
    """A named, versioned set of items; see Cube.unit.

    What it is (name, version, ...) is as of the last call of this handle; what it holds is read when it
    is asked for. Each change writes one version and returns the handle. A handle from `at` is the unit
    as it was: it is read and forked, not changed.
    """

    def __init__(self, cube: Bound, version: UnitVersion, *, time: datetime | None = None) -> None:
        self._cube = cube
        self._version = version
        self._time = time

    def __repr__(self) -> str:
        return f"<{self.kind} {self.name!r}, version {self.version}>"

    @property
    def id(self) -> UnitId:
        """The unit's id; any unambiguous beginning names it."""
        return self._version.id

    @property
    def kind(self) -> UnitKind:
        """Topic, persona or context."""
        return self._version.kind

    @property
    def name(self) -> str:
        """Its name."""
        return self._version.name

    @property
    def description(self) -> str:
        """What it is about; empty where nobody said."""
        return self._version.description

    @property
    def annotations(self) -> Mapping[str, Json]:
        """What the caller attached to it."""
        return self._version.annotations

    @property
    def rule(self) -> Mapping[str, Json] | None:
        """Which items belong without being named; None where only named ones do."""
        return self._version.rule

    @property
    def version(self) -> int:
        """The version's number; 0 for a unit that exists without asking, of which nothing is stored."""
        return self._version.number

    @property
    def tags(self) -> tuple[str, ...]:
        """The names of this version."""
        return self._version.tags

    @property
    def is_retired(self) -> bool:
        """Whether it was set aside."""
        return self._version.standing is Standing.RETIRED

    def members(self) -> tuple[Member, ...]:
        """Its items with their roles: named ones first, in their order, then those of the rule by time."""
        found = unit_looks.membership(self._cube._setting, self._cube._recaller, self._at)
        return found.members

    def items(self) -> tuple[Item, ...]:
        """Its members as they are believed now."""
        found = self.members()
        with self._cube._setting.store.read() as snapshot:
            return unit_members.items_of(self._cube._setting, snapshot, found)

    def links(self) -> tuple[Link, ...]:
        """The links from it and to it; of the unit as it was, those from it."""
        setting = self._cube._setting
        if self._time is not None:
            return unit_looks.holdings(setting, self._at).links
        return unit_links.links_of(setting, self._version)

    def versions(self) -> tuple[UnitVersion, ...]:
        """All its versions, oldest first; one with number 0 where nothing is stored."""
        return unit_looks.versions(self._cube._setting, self._version)

    def at(self, time: When) -> Unit:
        """The unit as it was at a time; raises NotFound where it had not been made."""
        found, moment = unit_looks.at(self._cube._setting, self._version, time)
        return Unit(self._cube, found, time=moment)

    def diff(self, a: int | str, b: int | str | None = None) -> UnitDiff:
        """What differs from version `a` to version `b`, the newest if not given; by number or tag."""
        return unit_looks.diff(self._cube._setting, self._cube._recaller, self._version, a, b)

    def summary(self, *, budget: int = DEFAULT_SUMMARY_TOKENS, abstractive: bool = False) -> Summary:
        """Its members in a few of their own sentences, each with the ids of its items.

        At most `budget` tokens, in order of time. Kept in memory until the unit or a member changes. With
        `abstractive` in the words of the cube's LLMReader: sentences that cite nothing, or bring in a number,
        are left out. Raises InvalidInput for a budget that holds no sentence, Refused where there is no
        model, and ReadingFailed.
        """
        return unit_summaries.summary(
            self._cube._setting,
            self._cube._recaller,
            self._at,
            budget_tokens=budget,
            abstractive=abstractive,
        )

    def add(
        self,
        *items: Item | str,
        role: str | None = None,
        order: int | None = None,
        because: str | None = None,
        actor: str | None = None,
    ) -> Unit:
        """Let items be members, in this role; `order` is the place of the first, the others follow.

        Raises NotFound, AmbiguousId or ItemErased.
        """
        by = self._by(because, actor)
        return self._now(
            unit_editing.add(self._cube._setting, self._version, items, by, role=role, order=order)
        )

    def remove(self, *items: Item | str, because: str | None = None, actor: str | None = None) -> Unit:
        """Let items be members no more, also where the rule would bring them in; raises NotFound."""
        by = self._by(because, actor)
        return self._now(unit_editing.remove(self._cube._setting, self._version, items, by))

    def annotate(
        self,
        *,
        description: str | None = None,
        annotations: Mapping[str, Json] | None = None,
        rule: Mapping[str, object] | str | os.PathLike[str] | None = None,
        because: str | None = None,
        actor: str | None = None,
    ) -> Unit:
        """Give it another description, other annotations, another rule ({} for none); None leaves each.

        A rule is a mapping or a TOML file; see docs/units.md.
        """
        given = Fields(description=description, annotations=annotations, rule=rule_of(rule))
        by = self._by(because, actor)
        return self._now(unit_editing.set_fields(self._cube._setting, self._version, given, by))

    def rename(self, name: str, *, because: str | None = None, actor: str | None = None) -> Unit:
        """Give it another name; raises InvalidInput where a unit of its kind has it."""
        by = self._by(because, actor)
        return self._now(unit_editing.set_fields(self._cube._setting, self._version, Fields(name=name), by))

    def link(
        self,
        link_type: str,
        other: Unit | Item | str,
        *,
        because: str | None = None,
        actor: str | None = None,
    ) -> Unit:
        """Link it to a unit or an item; `link_type` is part_of, about, depends_on, contradicts, supports,
        see_also, or a word of one's own. Raises NotFound, AmbiguousId, ItemErased or InvalidInput."""
        by = self._by(because, actor)
        unit_links.link(self._cube._setting, self._version, link_type, version_of(other), by)
        return self._refreshed()

    def unlink(
        self,
        link_type: str,
        other: Unit | Item | str,
        *,
        because: str | None = None,
        actor: str | None = None,
    ) -> Unit:
        """End such a link; raises NotFound where there is none."""
        by = self._by(because, actor)
        unit_links.unlink(self._cube._setting, self._version, link_type, version_of(other), by)
        return self._refreshed()

    def tag(
        self,
        name: str,
        *,
        version: int | str | None = None,
        because: str | None = None,
        actor: str | None = None,
    ) -> Unit:
        """Name a version, the newest if not given: wherever a number is asked for, the name will do."""
        by = self._by(because, actor)
        unit_editing.tag(self._cube._setting, self._version, version, name, by)
        return self._refreshed()

    def restore(
        self, version: int | str, *, because: str | None = None, actor: str | None = None
    ) -> Restored:
        """Let it be as that version had it, as a further version.

        Members that were erased since stay gone: the answer's `gone` lists them.
        """
        by = self._by(because, actor)
        restored = unit_editing.restore(self._cube._setting, self._version, version, by)
        self._now(restored.version)
        return restored

    def fork(self, name: str, *, because: str | None = None, actor: str | None = None) -> Unit:
        """A new unit that begins with what this one holds, here and at this time."""
        by = By(actor or self._cube.owner, because)
        version = self._version if self._time is not None else self._refreshed()._version
        return Unit(self._cube, unit_editing.fork(self._cube._setting, UnitState(version), name, by))

    def merge(self, other: Unit, *, because: str | None = None, actor: str | None = None) -> Unit:
        """Take in what another unit holds, members and links, and retire that; InvalidInput for itself."""
        by = self._by(because, actor)
        ruled = unit_looks.membership(self._cube._setting, self._cube._recaller, other._at).ruled
        return self._now(
            unit_links.merge(self._cube._setting, self._version, other._version, by, ruled=ruled)
        )

    def retire(self, *, because: str | None = None, actor: str | None = None) -> Unit:
        """Set it aside: kept with its versions, listed no more; `restore` or `undo` bring it back."""
        return self._now(unit_editing.retire(self._cube._setting, self._version, self._by(because, actor)))

    def erase(self, *, because: str | None = None, actor: str | None = None) -> Receipt:
        """Take its own words (names, descriptions, annotations, rules, tags) out of every page of the file.

        For good, in all versions; its items stay. Returns the receipt.
        """
        return unit_links.erase_unit(self._cube._setting, self._version, self._by(because, actor))

    @property
    def _at(self) -> UnitAt:
        return UnitAt(self._version, self._time)

    def _by(self, because: str | None, actor: str | None) -> By:
        if self._time is not None:
            raise Refused(
                f"this is {self.name!r} as it was at {self._time.isoformat()}, which can't change; "
                "change the unit itself, or fork this one"
            )
        return By(actor or self._cube.owner, because)

    def _now(self, version: UnitVersion) -> Unit:
        self._version = version
        return self

    def _refreshed(self) -> Unit:
        newest = self.versions()
        if not newest:
            raise NotFound(f"unit {self.name!r} is not there any more")
        return self._now(newest[-1])


def at_of(unit: Unit) -> UnitAt:
    """The version of a unit in the hand, and the time it is looked at from."""
    return unit._at


def version_of(place: Unit | Item | str) -> UnitVersion | Item | str:
    """What the verbs take for a unit in the hand."""
    return place._version if isinstance(place, Unit) else place


def places(units: Iterable[Unit | str]) -> list[UnitAt | str]:
    """What recall takes for units: a handle's version and time, or a name; InvalidInput for one text."""
    if isinstance(units, str | Unit):
        raise InvalidInput(f"units {units!r} is one unit; give a list")
    return [_place_of(unit) for unit in units]


def boosts(units: Mapping[Unit | str, float] | Iterable[Unit | str]) -> list[tuple[UnitAt | str, float]]:
    """The same, each with the log-odds that are added to its members'."""
    if isinstance(units, Mapping):
        return [(_place_of(unit), odds) for unit, odds in units.items()]
    return [(place, DEFAULT_BOOST) for place in places(units)]


def _place_of(unit: Unit | str) -> UnitAt | str:
    return unit._at if isinstance(unit, Unit) else unit


def rule_of(given: Mapping[str, object] | str | os.PathLike[str] | None) -> Mapping[str, object] | str | None:
    """A rule as it was given, or the path of its file as a text."""
    return given if given is None or isinstance(given, Mapping) else os.fspath(given)
