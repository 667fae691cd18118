"""The whole picture of one agent, or what there is too little of to show it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from remanence.mirror.claims import claims_of
from remanence.mirror.coherence import (
    STANCES_MIN,
    WINDOW_UTTERANCES,
    WINDOWS_MIN,
    stance_consistency,
    style_stability,
)
from remanence.mirror.contradictions import Consistency, consistency
from remanence.mirror.drift import SIDE_MIN, buckets, drifts
from remanence.mirror.inclinations import inclinations
from remanence.mirror.intentions import intentions
from remanence.mirror.language import DEFAULT_LANGUAGE
from remanence.mirror.persona import persona
from remanence.mirror.phrases import openings, recurring
from remanence.mirror.said import Record, Said, spread
from remanence.mirror.style import Counts, card, counted
from remanence.mirror.vows import corrections
from remanence.model.mirror import Portrait, Share, Shortfall

UTTERANCES_MIN = 50  # for phrases, style and drift: below, a rate of one in fifty can't be told from none
COMPARED_MAX = 5_000  # of the others' utterances on the style card, evenly over time
NONE_FOUND = Consistency(0, ())


NOTHING_SAID = Portrait(None, shortfalls=(Shortfall("all", 0, UTTERANCES_MIN, "utterances"),))


def portrait(record: Record, *, slots: Consistency = NONE_FOUND, kept: Share | None = None) -> Portrait:
    """What the agent's own output says about it.

    `slots` are the clashes of what was derived from its statements, `kept` its promise-keeping from the
    ledger; what is not given is not shown.
    """
    mine = record.mine
    language = record.language
    understood, enough = language is not None, len(mine) >= UTTERANCES_MIN
    phrases = recurring(record) if enough else []
    claims = list(claims_of(record, [one.text for one in phrases])) if understood else []
    found = _together(consistency(record, claims), slots)
    counts = counted(mine, language)
    stable = style_stability(mine, counts) if understood else None
    inclined = inclinations(record, claims) if understood and enough else []
    traits = persona(mine, counts, phrases, inclined, found.contradictions, language) if language else []
    return Portrait(
        agent=record.agent,
        utterances=len(mine),
        first=mine[0].at,
        last=mine[-1].at,
        phrases=tuple(phrases),
        openings=tuple(openings(record)) if enough and understood else (),
        style=tuple(card(counts, _sample(record.others, language), language)) if enough and language else (),
        drifts=tuple(drifts(mine, counts)) if enough else (),
        contradictions=found.contradictions,
        inclinations=tuple(inclined),
        intentions=tuple(intentions(record)) if understood else (),
        corrections=tuple(corrections(record)) if understood else (),
        coherence=tuple(one for one in (stable, stance_consistency(found), kept) if one),
        persona=tuple(traits),
        shortfalls=tuple(_shortfalls(record, found, kept=kept)),
    )


def _sample(others: Sequence[Said], language: str) -> Counts | None:
    return counted(spread(others, limit=COMPARED_MAX), language) if others else None


def _shortfalls(record: Record, found: Consistency, *, kept: Share | None) -> Iterator[Shortfall]:
    mine = record.mine
    if len(mine) < UTTERANCES_MIN:
        yield Shortfall("phrases, style, drift, values", len(mine), UTTERANCES_MIN, "utterances")
    elif (days := len(buckets(mine))) < 2 * SIDE_MIN:
        yield Shortfall("drift", days, 2 * SIDE_MIN, "days")
    if len(mine) < (needed := WINDOWS_MIN * WINDOW_UTTERANCES):
        yield Shortfall("style stability, persona", len(mine), needed, "utterances")
    if record.language is None:
        yield Shortfall("style card, stances, values", 0, 1, "word lists for its language")
    elif record.language != DEFAULT_LANGUAGE:
        yield Shortfall("stances, what it weighs", 0, 1, "word lists for its language")
    met = found.agreed + len(found.contradictions)
    if record.language == DEFAULT_LANGUAGE and met < STANCES_MIN:
        yield Shortfall("stance consistency", met, STANCES_MIN, "statements about the same as an earlier one")
    if not record.actions:
        yield Shortfall("said and done", 0, 1, "recorded actions")
    if kept is None:
        yield Shortfall("promise-keeping", 0, 1, "assessed promises")


def _together(one: Consistency, other: Consistency) -> Consistency:
    seen = {(found.earlier.item_id, found.later.item_id) for found in one.contradictions}
    more = [
        found for found in other.contradictions if (found.earlier.item_id, found.later.item_id) not in seen
    ]
    both = sorted((*one.contradictions, *more), key=lambda found: found.later.said_at)
    return Consistency(one.agreed + other.agreed, tuple(both))
