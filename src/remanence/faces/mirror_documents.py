"""The mirror as JSON documents: a portrait with its figures and evidence, and what a reflection did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from remanence.faces.documents import Document, of_item

if TYPE_CHECKING:
    from datetime import datetime

    from remanence.model.mirror import (
        Contradiction,
        Drift,
        Inclination,
        PersonaDraft,
        Phrase,
        Portrait,
        Quote,
        Reflection,
        Share,
    )


def of_portrait(portrait: Portrait) -> Document:
    """All that the mirror shows of an agent."""
    return {
        "agent": portrait.agent,
        "utterances": portrait.utterances,
        "first": _time(portrait.first),
        "last": _time(portrait.last),
        "style": [
            {"name": one.name, "value": _figure(one.value), "others": _figure(one.others), "unit": one.unit}
            for one in portrait.style
        ],
        "phrases": [_phrase(one) for one in portrait.phrases],
        "openings": [_phrase(one) for one in portrait.openings],
        "drifts": [_drift(one) for one in portrait.drifts],
        "contradictions": [_contradiction(one) for one in portrait.contradictions],
        "inclinations": [_inclination(one) for one in portrait.inclinations],
        "intentions": [
            {
                "said": _quote(one.said),
                "done": None if one.done is None else _quote(one.done),
                "by_own_word": one.by_own_word,
            }
            for one in portrait.intentions
        ],
        "corrections": [_quote(one) for one in portrait.corrections],
        "coherence": [_share(one) for one in portrait.coherence],
        "persona": [one.text for one in portrait.persona],
        "shortfalls": [
            {"about": one.about, "have": one.have, "need": one.need, "what": one.what}
            for one in portrait.shortfalls
        ],
    }


def of_reflection(done: Reflection) -> Document:
    """The portrait, the findings kept as items, and the persona that is proposed."""
    return {
        "portrait": of_portrait(done.portrait),
        "findings": [of_item(one) for one in done.findings],
        "written": list(done.written),
        "renewed": list(done.renewed),
        "withdrawn": list(done.withdrawn),
        "unchanged": done.unchanged,
        "persona": None if done.persona is None else _persona(done.persona),
        "change_set": done.change_set,
        "left_as_counted": list(done.left_as_counted),
    }


def _persona(draft: PersonaDraft) -> Document:
    return {
        "agent": draft.agent,
        "before": list(draft.before),
        "after": list(draft.after),
        "members": list(draft.members),
        "added": list(draft.added),
        "removed": list(draft.removed),
    }


def _phrase(one: Phrase) -> Document:
    return {
        "text": one.text,
        "sort": one.sort,
        "count": one.count,
        "others": one.others,
        "z": _figure(one.z),
        "z_past": _figure(one.z_past),
        "first": _quote(one.first),
        "last": _quote(one.last),
        "evidence": list(one.evidence),
    }


def _drift(one: Drift) -> Document:
    return {
        "after": _time(one.after),
        "before": _time(one.before),
        "p_value": one.p_value,
        "delta": _figure(one.delta),
        "shifts": [
            {"name": shift.name, "before": _figure(shift.before), "after": _figure(shift.after)}
            for shift in one.shifts
        ],
        "evidence": list(one.evidence),
    }


def _contradiction(one: Contradiction) -> Document:
    return {
        "sort": one.sort,
        "earlier": _quote(one.earlier),
        "later": _quote(one.later),
        "explanation": None if one.explanation is None else _quote(one.explanation),
    }


def _inclination(one: Inclination) -> Document:
    return {
        "sort": one.sort,
        "what": one.what,
        "count": one.count,
        "first": _quote(one.first),
        "last": _quote(one.last),
        "evidence": list(one.evidence),
    }


def _share(one: Share) -> Document:
    return {
        "name": one.name,
        "value": _figure(one.value),
        "low": _figure(one.low),
        "high": _figure(one.high),
        "of": one.of,
        "evidence": list(one.evidence),
    }


def _quote(quote: Quote) -> Document:
    return {"id": quote.item_id, "text": quote.text, "said_at": quote.said_at.isoformat()}


def _time(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat()


def _figure(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
