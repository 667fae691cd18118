"""What support, conflicts and the reliability of sources ask of the engine; see storage.port."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from remanence.model.ids import ItemId
from remanence.model.item import Revision


class Observation(NamedTuple):
    """How one statement of a source did: another source bore it out, or it turned out wrong."""

    author: str
    method: str
    borne_out: bool
    by_another: bool  # the other source is another author; else it says nothing of the author


class TrackRecord(NamedTuple):
    """What has been observed of the statements of one author by one method.

    Of the author only what others said counts; of the method everything does.
    """

    author: str
    method: str
    author_borne_out: int
    author_wrong: int
    method_borne_out: int
    method_wrong: int


AUTHOR, METHOD = "author", "method"


def summed(records: Iterable[TrackRecord]) -> dict[tuple[str, str], tuple[int, int]]:
    """The observations of each author and of each method: (AUTHOR or METHOD, name) to borne out and wrong."""
    total: dict[tuple[str, str], tuple[int, int]] = {}
    for one in records:
        for key, borne_out, wrong in (
            ((AUTHOR, one.author), one.author_borne_out, one.author_wrong),
            ((METHOD, one.method), one.method_borne_out, one.method_wrong),
        ):
            before = total.get(key, (0, 0))
            total[key] = (before[0] + borne_out, before[1] + wrong)
    return total


class SupportSnapshot(Protocol):
    """Reads."""

    def slot_attributes(self) -> list[str]:
        """The attributes that open rows say something of."""
        ...

    def crowded_slots(self, single_valued: Sequence[str]) -> list[tuple[str, str]]:
        """Slots (subject, attribute) in which open rows may contradict each other.

        Those of single-valued attributes in which recalled rows share some time, and all slots with
        rows that bear metadata, as denials do.
        """
        ...

    def rows_saying(self, wording: str) -> list[Revision]:
        """The open rows of statements that were kept with this wording, oldest record first."""
        ...

    def voices_of(self, item_ids: Sequence[ItemId]) -> list[tuple[str, str | None]]:
        """The authors of these items' open rows, each with the session, once; in no order."""
        ...

    def track_records(self) -> list[TrackRecord]:
        """What is observed of each author and method, without what was undone."""
        ...


class SupportTransaction(Protocol):
    """Writes."""

    def add_observations(self, observations: Iterable[Observation], *, change_set: int) -> None:
        """Keep what a change set has shown of sources."""
        ...

    def withdraw_observations_after(self, sequence: int, *, by: int) -> None:
        """Leave out what all change sets after this line of the journal have shown."""
        ...

    def withdraw_observations(self, change_set: int, *, by: int) -> None:
        """Leave out what an undone change set has shown, and bring back what it had itself withdrawn."""
        ...
