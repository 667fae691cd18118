"""A portrait as findings: what is worth keeping of it, each in words, with its evidence and a key.

The key names a finding however often it is found again, so that it is kept once and renewed where its figures
changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo

from remanence.mirror.persona import key, sentence
from remanence.model.ids import ItemId
from remanence.model.mirror import Contradiction, Drift, Inclination, Intention, Phrase, Portrait, Quote

CONFIDENCE_PHRASE = 0.9  # the precision measured by bench/mirror.py, rounded down
CONFIDENCE_CONTRADICTION = 0.85
CONFIDENCE_INCLINATION = 0.8
CONFIDENCE_INTENTION = 0.7
CONFIDENCE_OWN_WORD = 0.5  # of what it says itself to have done: no action is on record
_SAYS = {"phrase": "often says", "opening": "often begins with", "simile": "likes the comparison"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding about an agent: its sort and key, in words, how sure it is, and what it rests on."""

    sort: str
    key: str
    text: str
    confidence: float
    evidence: tuple[ItemId, ...]
    at: datetime  # of the last thing it rests on
    sentence: str | None = None  # what a persona says of it, if it is stable
    worded: str | None = None  # the same in a model's words, if they say the same
    worded_by: str | None = None


def findings(portrait: Portrait, zone: tzinfo) -> Iterator[Finding]:
    """All findings of a portrait; dates in words are of this zone."""
    who = portrait.agent
    if who is None:
        return
    for phrase in (*portrait.phrases, *portrait.openings):
        yield _phrase(who, phrase, zone)
    for drift in portrait.drifts:
        yield _drift(who, drift, zone)
    for pair in portrait.contradictions:
        yield _contradiction(who, pair, zone)
    for inclination in portrait.inclinations:
        yield _inclination(who, inclination, zone)
    for intention in portrait.intentions:
        yield _intention(who, intention, zone)


def _phrase(who: str, found: Phrase, zone: tzinfo) -> Finding:
    others = "" if found.z is None else f", others {found.others}"
    text = (
        f"{who} {_SAYS[found.sort]} “{found.text}”: {found.count} times{others}, first on "
        f"{_day(found.first.said_at, zone)}, last on {_day(found.last.said_at, zone)}."
    )
    at, says = found.last.said_at, sentence(found)
    return Finding(found.sort, key(found), text, CONFIDENCE_PHRASE, found.evidence, at, says)


def _drift(who: str, found: Drift, zone: tzinfo) -> Finding:
    shifts = "; ".join(f"{one.name} {one.before:.1f} to {one.after:.1f}" for one in found.shifts)
    text = (
        f"{who}'s style changed between {_day(found.after, zone)} and {_day(found.before, zone)}: {shifts}."
    )
    if not shifts:
        text = f"{text[:-2]}, in its little words (Delta {found.delta:.2f})."
    key_of = f"drift: {found.before.isoformat()}"
    return Finding("drift", key_of, text, 1 - found.p_value, found.evidence, found.before)


def _contradiction(who: str, found: Contradiction, zone: tzinfo) -> Finding:
    text = (
        f"{_said(who, found.earlier, zone)}, but on {_day(found.later.said_at, zone)} “{found.later.text}”; "
    )
    evidence: tuple[ItemId, ...] = (found.earlier.item_id, found.later.item_id)
    if found.explanation is None:
        text += "nothing in between explains it."
    elif found.explanation == found.later:
        text += "that itself explains it."
    else:
        why = found.explanation
        text += f"explained on {_day(why.said_at, zone)}: “{why.text}”."
        evidence = (*evidence, *(one for one in (why.item_id,) if one not in evidence))
    key_of = f"contradiction: {found.earlier.item_id} {found.later.item_id}"
    return Finding("contradiction", key_of, text, CONFIDENCE_CONTRADICTION, evidence, found.later.said_at)


def _inclination(who: str, found: Inclination, zone: tzinfo) -> Finding:
    text = f"{who} {found.sort} {found.what}: {found.count} times, last on {_day(found.last.said_at, zone)}."
    at, says = found.last.said_at, sentence(found)
    return Finding("inclination", key(found), text, CONFIDENCE_INCLINATION, found.evidence, at, says)


def _intention(who: str, found: Intention, zone: tzinfo) -> Finding:
    text = f"{_said(who, found.said, zone)}; "
    evidence: tuple[ItemId, ...] = (found.said.item_id,)
    at = found.said.said_at
    if found.done is None:
        text += "no action is recorded that answers to it."
    else:
        day = _day(found.done.said_at, zone)
        text += (
            f"done by its own word on {day}, and no action is recorded: “{found.done.text}”"
            if found.by_own_word
            else f"done on {day}: {found.done.text}"
        )
        evidence, at = (found.said.item_id, found.done.item_id), found.done.said_at
    return Finding(
        "intention",
        f"intention: {found.said.item_id} {found.said.text}",
        text,
        CONFIDENCE_OWN_WORD if found.by_own_word else CONFIDENCE_INTENTION,
        evidence,
        at,
    )


def _said(who: str, quote: Quote, zone: tzinfo) -> str:
    return f"On {_day(quote.said_at, zone)} {who} said “{quote.text}”"


def _day(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d}"
