"""Why not: what kept an item that somebody expected out of a recall's hits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from remanence.model.absence import WhyNot
from remanence.model.hit import Part, Why
from remanence.model.ids import ItemId, RevisionId, short
from remanence.model.item import Revision
from remanence.model.state import State
from remanence.recall.features import CANDIDATES, rough_places
from remanence.storage.port import Snapshot
from remanence.verbs import arguments
from remanence.verbs.recalling import HITS_MAX, Query, Recaller, checked_k
from remanence.verbs.search import Search

if TYPE_CHECKING:
    from remanence.recall.columns import RowNumbers
    from remanence.recall.rank import Ranked

TOLD_PARTS = 3  # of a score, in the sentence that compares two
MEANINGS = {
    "state": "it is {state}",
    "ended": "it does not hold any more",
    "expired": "it has expired",
    "believed": "it is not believed any more",
    "as_of": "it did not hold in the world then (as_of)",
    "known_at": "this cube did not believe it then (known_at)",
    "said_before": "it was said later (said_before)",
    "confidence_min": "its confidence {confidence:.2f} is too low (confidence_min)",
    "kinds": "it is of the kind {kind} (kinds)",
    "sessions": "it belongs to another conversation (sessions)",
    "authors": "{author} said it (authors)",
    "tags": "it bears none of the tags (tags)",
    "metadata": "its metadata are others (metadata)",
    "without": "it was to be left out, or was derived from nothing else (without)",
    "units": "it is in none of the units (units)",
    "entities": "it mentions none of them (entities)",
}


def why_not(recaller: Recaller, item: str, query: Query, *, k: int) -> WhyNot:
    """See Cube.why_not."""
    checked_k(k)

    def look(snapshot: Snapshot, search: Search) -> WhyNot:
        item_id = arguments.item_id(snapshot, item)
        rows = [row for row in snapshot.rows_of([item_id], which="all") if row.text_id]
        numbers = search.index.rows_with_revisions([row.id for row in rows])
        held = {int(number): row for number, row in zip(numbers, rows, strict=True) if number >= 0}
        if not held:
            return WhyNot(item_id, k, (_unheld(rows),))
        left_out_by, row = _refused(search, held)
        if left_out_by:
            return WhyNot(item_id, k, tuple(_told(name, row) for name in left_out_by), left_out_by)
        return _ranked_below(snapshot, search, item_id, k, held)

    return recaller.searching(query, look)


def _unheld(rows: list[Revision]) -> str:
    if not rows:
        return "its words were erased"
    return 'it was superseded or undone: include=["superseded"], known_at or `history` shows it'


def _refused(search: Search, held: dict[int, Revision]) -> tuple[tuple[str, ...], Revision]:
    """What the row that passes most filters does not pass, and that row."""
    numbers = np.array(list(held), np.int32)
    refused: dict[int, list[str]] = {number: [] for number in held}
    for name, passed in search.refusals():
        for number in numbers[~passed[numbers]].tolist():
            refused[number].append(name)
    best = min(refused, key=lambda number: len(refused[number]))
    return tuple(refused[best]), held[best]


def _told(name: str, row: Revision) -> str:
    return MEANINGS[name].format(
        state=row.state,
        kind=row.content.kind,
        author=row.provenance.author,
        confidence=row.content.belief.mean,
    ) + _remedy(name, row)


def _remedy(name: str, row: Revision) -> str:
    if name != "state":
        return ""
    if row.state is State.ARCHIVED:
        return ': include=["retired"] shows it'
    return ': include=["superseded"] shows it' if row.state in (State.SUPERSEDED, State.MERGED) else ""


def _ranked_below(
    snapshot: Snapshot, search: Search, item_id: ItemId, k: int, held: dict[int, Revision]
) -> WhyNot:
    mask = search.mask()
    numbers = np.array([number for number in held if mask[number]], np.int32)
    rough_place, allowed = _rough(search, numbers)
    ranked = search.ranked(HITS_MAX)
    shown = {number: place for place, one in enumerate(ranked, 1) for number in (one.row, *one.also)}
    place = min((shown[number] for number in numbers.tolist() if number in shown), default=None)
    if place is None:
        considered = max(CANDIDATES, HITS_MAX)
        reason = (
            "it shares no word with the question, and the cube is open without an embedder"
            if search.question.vector is None
            else f"it is too far from the question: {rough_place} of {allowed} by the first, cheap score, "
            f"and the best {considered} are looked at"
        )
        return WhyNot(item_id, k, (reason,), allowed=allowed, rough_place=rough_place)
    one, last = ranked[place - 1], ranked[min(k, len(ranked)) - 1]
    revisions = search.index.columns.ints("revision")
    leader = snapshot.revisions([RevisionId(int(revisions[one.row]))])
    into = next((row.item_id for row in leader.values() if row.item_id != item_id), None)
    folded = None if one.row in held else into
    return WhyNot(
        item_id,
        k,
        (*_folded(folded, place, k), *_compared(one, last, place, k)),
        allowed=allowed,
        rough_place=rough_place,
        place=place,
        score=one.score,
        last_score=last.score,
        why=Why(one.parts),
        folded_into=folded,
    )


def _rough(search: Search, numbers: RowNumbers) -> tuple[int, int]:
    mask = search.mask()
    places = rough_places(search.index, search.question, mask, numbers)
    return int(places.min()), int(np.count_nonzero(mask))


def _folded(into: ItemId | None, place: int, k: int) -> list[str]:
    if into is None:
        return []
    where = f"which is hit {place}" if place <= k else f"which stands at place {place}"
    return [f"it is of one passage with {short(into)}, {where}"]


def _compared(one: Ranked, last: Ranked, place: int, k: int) -> list[str]:
    """By what the last hit is ahead."""
    if place <= k:
        return [f"it is hit {place} of {k}"]
    ahead: dict[str, float] = {}
    for sign, parts in ((1, last.parts), (-1, one.parts)):
        for part in parts:
            ahead[part.name] = ahead.get(part.name, 0.0) + sign * part.contribution
    most = sorted(ahead.items(), key=lambda item: -item[1])[:TOLD_PARTS]
    told = ", ".join(str(Part(name, 0.0, moved)) for name, moved in most if moved > 0)
    stands = f"it stands at place {place}, below the {k} asked for, with {one.score:.2f}"
    return [f"{stands}; the last hit has {last.score:.2f}" + (f", ahead by {told}" if told else "")]
