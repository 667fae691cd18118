"""What a cube asks of its engine about units, links and documents; the ports of storage.port inherit it.

`change_set` as a time: what stood when that set was written; None is now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from remanence.model.ids import ItemId
from remanence.model.interval import EPOCH
from remanence.model.item import Revision
from remanence.model.unit import End, Holdings, Link, Member, UnitId, UnitVersion
from remanence.storage.documents_port import DocumentSnapshot, DocumentTransaction


@dataclass(frozen=True, slots=True)
class RuleWords:
    """The part of a unit's rule that only the store can answer: tags, and whom or what a row is about.

    Of each list one must fit; an empty one asks for nothing. `known_at` in microseconds, None is now.
    """

    tags: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    known_at: int | None = None


@dataclass(frozen=True, slots=True)
class Spoken:
    """What stands of a session: how many turns, the newest of their rows, and when they were said."""

    turns: int
    revision: int
    said_at_first: datetime = field(default=EPOCH, compare=False)
    said_at_last: datetime = field(default=EPOCH, compare=False)


class UnitSnapshot(DocumentSnapshot, Protocol):
    """One committed state of the units."""

    def newest_units(self) -> list[UnitVersion]:
        """The newest version of every unit that is stored, in the order in which they were made."""
        ...

    def unit_versions(self, unit_id: UnitId) -> list[UnitVersion]:
        """All versions of a unit, oldest first; none where it is not stored."""
        ...

    def unit_versions_of(self, change_set: int) -> list[UnitVersion]:
        """The versions that a change set wrote."""
        ...

    def unit_sets_after(self, sequence: int) -> list[int]:
        """The sets after this line that changed units, links, tags, refusals or documents, newest first."""
        ...

    def holdings(self, unit_id: UnitId, *, change_set: int | None = None) -> Holdings:
        """The members and links of a unit; rule and its members not included."""
        ...

    def links_of(self, end: End) -> list[Link]:
        """The links that stand from or to a unit or an item, oldest first."""
        ...

    def unit_words(self, unit_id: UnitId) -> list[str]:
        """Every word of a unit's own that the cube holds, as it is stored, reasons included."""
        ...

    def speakers(self) -> list[str]:
        """Who said or stated something that is remembered, users and agents."""
        ...

    def sessions_in_use(self) -> list[str]:
        """The sessions of which something is remembered."""
        ...

    def is_speaker(self, name: str) -> bool:
        """Whether `speakers` has this name."""
        ...

    def is_session_in_use(self, name: str) -> bool:
        """Whether `sessions_in_use` has this name."""
        ...

    def item_numbers(self, item_ids: Sequence[ItemId]) -> list[int]:
        """The numbers by which IndexRow names these items."""
        ...

    def items_by_words(self, words: RuleWords) -> set[int]:
        """Numbers of the items with some row that fits all that is asked for."""
        ...

    def sessions_spoken(self) -> dict[str, Spoken]:
        """Each session of which some turn is recalled, in the order in which they were first heard."""
        ...

    def rows_made_by(self, method: str) -> list[tuple[str, Revision]]:
        """Open rows with a text, of items that some row was made of by this method, with its session."""
        ...

    def items_made_by(self, method: str) -> dict[str, ItemId]:
        """The first item of each session that some row was made of by this method, undone ones too."""
        ...

    def rows_said_between(self, start: datetime, end: datetime) -> list[Revision]:
        """The open rows said in [start, end) that were derived from nothing, in order of time."""
        ...

    def refusals(self) -> list[frozenset[int]]:
        """The item numbers of each proposed unit that was refused."""
        ...


class UnitTransaction(UnitSnapshot, DocumentTransaction, Protocol):
    """A UnitSnapshot that may write; `by` is the change set."""

    def add_unit_version(self, version: UnitVersion) -> None:
        """Keep a version, and the unit itself with its first."""
        ...

    def open_members(
        self, unit_id: UnitId, members: Sequence[Member], *, by: int, left_out: bool = False
    ) -> None:
        """Let items be members, or be left out of what the rule brings in."""
        ...

    def close_members(self, unit_id: UnitId, item_ids: Sequence[ItemId], *, by: int) -> None:
        """End whatever is said of these items in a unit."""
        ...

    def open_links(self, links: Sequence[Link], *, by: int) -> None:
        """Let links stand; their units and items are there."""
        ...

    def close_links(self, links: Sequence[Link], *, by: int) -> None:
        """End links that stand."""
        ...

    def add_unit_tag(self, unit_id: UnitId, version: int, tag: str, *, by: int) -> None:
        """Name a version."""
        ...

    def add_refusal(self, items: Sequence[int], *, by: int) -> None:
        """Keep what nobody wanted as a unit."""
        ...

    def take_back_marks(self, change_set: int, *, by: int) -> int:
        """End the tags, refusals and items' own links that a set opened, let return those that it closed.

        Returns how many that were.
        """
        ...

    def erase_from_descriptions(self, item_id: ItemId, line: str) -> None:
        """Take a line out of every version's description of the units that hold the item or once held it."""
        ...

    def erase_unit_words(self, unit_id: UnitId) -> None:
        """Take name, description, annotations, rule, tags, roles, links and reasons out of every version."""
        ...
