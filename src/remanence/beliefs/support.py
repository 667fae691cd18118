"""Whether a row still stands on what it was derived from: while one source still says what was read.

Sources: J. Doyle, "A Truth Maintenance System", Artificial Intelligence 12, 1979; J. de Kleer, "An
Assumption-based TMS", Artificial Intelligence 28, 1986.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import Enum

from remanence.model.interval import Interval
from remanence.model.item import REDACTED, Revision, Source
from remanence.model.promise import ASSESSMENT
from remanence.model.state import RECALLED, State

RowsOf = Callable[[Source], Sequence[Revision]]  # the open rows of a source's item


class Footing(Enum):
    """How a source stands."""

    STANDS = "stands"
    ENDED = "has ended"
    RETIRED = "was retired"
    ERASED = "was erased"
    REVISED = "says otherwise since"
    UNDONE = "was undone"
    SUPERSEDED = "was superseded"
    ECHO = "said by an agent to whom it was shown"


_OF_STATE = {
    State.ERASED: Footing.ERASED,
    State.ARCHIVED: Footing.RETIRED,
    State.SUPERSEDED: Footing.SUPERSEDED,
    State.MERGED: Footing.SUPERSEDED,
}


def footing(source: Source, rows: Sequence[Revision], *, now: datetime) -> Footing:
    """How a source stands, by the open rows of its item."""
    if source.echo:
        return Footing.ECHO
    if not rows:
        return Footing.UNDONE
    same = [row for row in rows if _says_the_same(source, row)]
    live = [row for row in same if row.state in RECALLED]
    if any(row.valid.end is None or now < row.valid.end for row in live):
        return Footing.STANDS
    if live:
        return Footing.ENDED
    if not same and all(row.text_id for row in rows):
        return Footing.REVISED
    return _OF_STATE.get((same or list(rows))[-1].state, Footing.REVISED)


def held_until(row: Revision, rows_of: RowsOf, *, now: datetime) -> datetime | None:
    """The latest end of a source that has run out, if the row held before it; None where none did."""
    ends = [
        support.valid.end
        for source in row.provenance.grounds
        for support in rows_of(source)
        if support.state in RECALLED and _says_the_same(source, support) and support.valid.end is not None
    ]
    latest = max((end for end in ends if end <= now), default=None)
    starts = row.valid.start
    return latest if latest is not None and (starts is None or starts < latest) else None


def stands(row: Revision, rows_of: RowsOf, *, now: datetime) -> bool:
    """Whether the row was stated, names no source, or one of its sources stands.

    What was found of a promise stands also when that has ended: it says how it did.
    Derivations form no circle, so a walk from what changed downwards reaches the least fixed point.
    """
    grounds = row.provenance.grounds
    bearing = {Footing.STANDS, Footing.ENDED} if ASSESSMENT in row.content.tags else {Footing.STANDS}
    return (
        row.provenance.is_stated
        or not grounds
        or any(footing(one, rows_of(one), now=now) in bearing for one in grounds)
    )


def _says_the_same(source: Source, row: Revision) -> bool:
    if not row.text_id:
        return False
    return source.text_id in (None, row.text_id) or row.provenance.method == REDACTED


def shortened(valid: Interval, end: datetime) -> Interval:
    """The part of a validity before this time."""
    return Interval(valid.start, end)
