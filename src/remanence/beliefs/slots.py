"""What a new statement about a slot does to what stands there.

A slot that holds one value at a time (home, employer) is one item whose rows succeed each other in
valid time. A slot that holds many (likes, allergies) is one item a value, ended by its negation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from remanence.model.interval import Interval
from remanence.model.item import Revision, Slot
from remanence.model.kind import Trust
from remanence.model.state import RECALLED, State

# A source may supersede what rests on one of its own rank or below. DESIGN.md section 5, "Trust".
RANK: dict[Trust, int] = {
    Trust.USER: 0,
    Trust.AGENT: 1,
    Trust.TOOL: 2,
    Trust.DOCUMENT: 2,
    Trust.IMPORT: 2,
}


class Effect(Enum):
    """What to do with a statement."""

    ADD = "it stands beside what is there"
    SUCCEED = "it takes over from when it was said"
    PRECEDE = "it held until what is believed already began"
    CORRECT = "it takes the place of what was never right"
    CORROBORATE = "it says again, from another source, what is believed"
    REPEAT = "it says again what the same source has said"
    ECHO = "an agent says again what it was shown: no evidence"


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement about a slot, and whose it is.

    `began` is when it says that it came to hold, as exactly as it says so; an `event` then happened. A
    denial with an empty value is of whatever the slot holds.
    """

    slot: Slot
    affirmed: bool
    correction: bool
    trust: Trust
    author: str
    session: str | None
    said_at: datetime
    began: Interval | None = None
    event: bool = False


def weigh(
    claim: Claim, standing: Sequence[Revision], *, single_valued: bool
) -> tuple[Effect, Revision | None]:
    """Decide what a claim does, and to which of the open rows in its slot.

    `standing` are the open rows of the slot's subject and attribute; of a slot that holds many values,
    those of the claim's own are enough. A retired row says nothing any more: what is said anew stands
    beside it. Nor is a frozen row superseded, or one whose source is trusted more.
    """
    refuted = next((row for row in standing if _was_refuted(claim, row)), None)
    if refuted is not None:
        return Effect.REPEAT, refuted
    for row in _in_question(claim, standing):
        slot = row.content.slot
        assert slot is not None, "a row in a slot names it"
        same = slot.value.casefold() == claim.slot.value.casefold()
        if not claim.affirmed and not claim.slot.value and is_affirmed(row):
            same = single_valued or same
        affirmed = is_affirmed(row)
        if same and affirmed is claim.affirmed:
            return _again(claim, row), row
        if not (single_valued or same) or row.state not in (State.ACTIVE, State.DORMANT):
            continue
        if not claim.affirmed and not same:
            continue  # "I don't live in Porto" says nothing against living in Lisbon
        if RANK[claim.trust] > RANK[row.provenance.trust]:
            continue
        return _effect_on(claim, row), row
    return Effect.ADD, None


def is_affirmed(row: Revision) -> bool:
    """Whether a row says that its slot's value holds, rather than that it does not."""
    return row.content.metadata.get(NEGATED) is not True


NEGATED = "negated"  # the metadata key that a derived denial bears


def _was_refuted(claim: Claim, row: Revision) -> bool:
    """Whether somebody decided against this very claim, and who makes it again is trusted no more than then.

    A user may always say it anew: what was wrong may have come true.
    """
    slot = row.content.slot
    return (
        row.state is State.SUPERSEDED
        and claim.trust is not Trust.USER
        and RANK[claim.trust] >= RANK[row.provenance.trust]
        and slot is not None
        and slot.value.casefold() == claim.slot.value.casefold()
        and is_affirmed(row) is claim.affirmed
    )


def takes_over_at(claim: Claim, row: Revision | None) -> datetime:
    """From when a claim holds that meets this row.

    What is so "since 2019" and still is can't be older than what was believed meanwhile: it holds from when
    it was said. What happened in a month in which the row began happened by that month's end.
    """
    began = claim.began
    if began is None or began.start is None:
        return claim.said_at
    starts = None if row is None else row.valid.start
    if row is None or starts is None or began.start > starts:
        return began.start
    if began.end is not None and began.end > starts:
        return min(began.end, claim.said_at) if claim.said_at > starts else claim.said_at
    return began.start if claim.event else claim.said_at


def _effect_on(claim: Claim, row: Revision) -> Effect:
    starts, begins = row.valid.start, takes_over_at(claim, row)
    if starts is not None and begins < starts:
        return Effect.PRECEDE  # a correction too: it knows nothing of what was said later
    return Effect.CORRECT if claim.correction or starts == begins else Effect.SUCCEED


def _in_question(claim: Claim, rows: Sequence[Revision]) -> list[Revision]:
    """The recalled rows that a claim may meet, newest first; for a correction, first what held then."""
    now = claim.said_at
    holding = [
        row for row in rows if row.state in RECALLED and (row.valid.contains(now) or row.valid.end is None)
    ]
    return sorted(
        holding,
        key=lambda row: (claim.correction and row.valid.contains(now), row.valid.start_micros, row.id),
        reverse=True,
    )


def _again(claim: Claim, row: Revision) -> Effect:
    heard = (row.provenance.author, row.provenance.session)
    return Effect.REPEAT if heard == (claim.author, claim.session) else Effect.CORROBORATE
