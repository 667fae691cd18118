"""Ranked rows as hits: with their items, and with what is to be said of each beside its score."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from remanence.errors import CubeDamaged
from remanence.model.hit import Hit, Why
from remanence.model.ids import RevisionId, short
from remanence.model.item import Item, Revision
from remanence.model.state import State
from remanence.storage.port import Snapshot

if TYPE_CHECKING:
    from remanence.recall.rank import Ranked
    from remanence.verbs.search import Search

FROZEN_MAX = 200  # put first in a context; more never fit its share of the budget
PARTLY_REPLACED = "some of what it says was replaced since"


def hits_of(
    snapshot: Snapshot, search: Search, ranked: Sequence[Ranked], *, explains: bool = True
) -> list[Hit]:
    """Ranked rows as hits, with their items and, if it `explains`, what is to be said of them.

    Raises CubeDamaged.
    """
    revisions = search.index.columns.ints("revision")
    numbers = [RevisionId(int(revisions[one.row])) for one in ranked]
    folded = [[RevisionId(int(revisions[row])) for row in (one.also if explains else ())] for one in ranked]
    rows = snapshot.revisions([*numbers, *(number for group in folded for number in group)])
    hits = []
    for one, number, group in zip(ranked, numbers, folded, strict=True):
        row = rows.get(number)
        if row is None:
            raise CubeDamaged(f"row {number} has lost its item; restore a snapshot")
        notes: tuple[str, ...] = ()
        if explains:
            notes = _notes(row, [rows[n] for n in group if n in rows], search.vector.note)
            notes += (PARTLY_REPLACED,) if one.replaced else ()
        hits.append(Hit(Item(row), one.score, Why(one.parts, notes)))
    return hits if search.named is None else search.named.explained(hits)


def frozen_items(snapshot: Snapshot, search: Search) -> list[Item]:
    """What is frozen and may be answered with, in the order in which it came to be."""
    numbers = search.frozen(FROZEN_MAX)
    rows = snapshot.revisions(numbers) if numbers else {}
    return [Item(rows[number]) for number in numbers if number in rows]


def _notes(row: Revision, folded: Sequence[Revision], note: str | None) -> tuple[str, ...]:
    notes = [] if note is None else [note]
    others = dict.fromkeys(other.item_id for other in folded if other.item_id != row.item_id)
    if others:
        notes.append(f"of one passage with {', '.join(map(short, others))}")
    if row.recorded.end is not None:
        notes.append(f"believed until {row.recorded.end:%Y-%m-%d}")
    if row.state is State.ARCHIVED:
        notes.append("retired")
    return tuple(notes)
