"""The succession of values in the slots of a subject: what held when, and what each value rests on.

Which rows are told of is one question (here: those in the slots of a name), how they succeed each other
another, so that other subjects can be told of in the same way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from remanence.beliefs.slots import is_affirmed
from remanence.model.ids import ItemId
from remanence.model.item import Item, Revision
from remanence.model.state import RECALLED
from remanence.storage.port import Snapshot
from remanence.verbs import arguments
from remanence.verbs.looking_back import rows_then
from remanence.verbs.setting import Setting

_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Period:
    """One value of an attribute of a subject, held or (`affirmed` false) denied in [valid_from, valid_to)."""

    subject: str
    attribute: str
    value: str
    affirmed: bool
    item: Item  # the statement that says so

    @property
    def valid_from(self) -> datetime | None:
        """From when; None is since ever."""
        return self.item.valid_from

    @property
    def valid_to(self) -> datetime | None:
        """Until when, exclusive; None is without end."""
        return self.item.valid_to

    @property
    def sources(self) -> tuple[ItemId, ...]:
        """The items it rests on; none for what somebody stated."""
        return self.item.sources


def timeline(
    setting: Setting, subject: str, attribute: str | None, *, known_at: datetime | None
) -> tuple[Period, ...]:
    """What is believed of the subject's slots, or was at that time: by attribute, in order of time."""
    folded = None if attribute is None else _folded(attribute, "attribute").replace("favorite", "favourite")
    names = _names_of(_folded(subject, "subject"))
    with setting.store.read() as snapshot:
        return succession(_rows_of_name(snapshot, names, folded, known_at))


def succession(rows: Iterable[Revision]) -> tuple[Period, ...]:
    """What recalled rows say in their slots, by subject and attribute, earliest first."""
    found = [
        Period(slot.subject, slot.attribute, slot.value, is_affirmed(row), Item(row))
        for row in rows
        if (slot := row.content.slot) is not None and row.state in RECALLED
    ]
    return tuple(sorted(found, key=_place_of))


def _place_of(period: Period) -> tuple[str, str, int, int, int]:
    row = period.item.revision
    return period.subject, period.attribute, row.valid.start_micros, row.valid.end_micros, row.id


def _rows_of_name(
    snapshot: Snapshot, names: tuple[str, ...], attribute: str | None, known_at: datetime | None
) -> list[Revision]:
    if known_at is None:
        return snapshot.rows_about(names, attribute=attribute)
    sequence = snapshot.sequence_at(known_at)
    return rows_then(snapshot, snapshot.rows_about(names, attribute=attribute, sequence=sequence), known_at)


def _folded(name: str, what: str) -> str:
    return _SPACE.sub(" ", arguments.name(name, what)).strip().casefold()


def _names_of(name: str) -> tuple[str, ...]:
    """The names under which slots may know a subject: a speaker without a name is "the user"."""
    return name, f"the {name}"
