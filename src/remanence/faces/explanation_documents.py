"""A recall taken apart, as a JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from remanence.faces.documents import Document, of_hit, of_time, parts_of
from remanence.model.explanation import ExplainedHit, Explanation

if TYPE_CHECKING:
    from remanence.model.item import Json


def of_explanation(told: Explanation) -> Document:
    """How the question was read, what the filters left, and the hits with their roads."""
    reading = told.reading
    return {
        "answered": told.answered,
        "signs": parts_of(told.signs),
        "question": {
            "about": list(reading.about),
            "asker": reading.asker,
            "times": [{"start": of_time(time.start), "end": of_time(time.end)} for time in reading.times],
            "asks": list(reading.asks),
        },
        "filters": [{"name": one.name, "passed": one.passed, "of": one.of} for one in told.sieves],
        "allowed": told.allowed,
        "hits": [_of_hit(one) for one in told.hits],
    }


def _of_hit(one: ExplainedHit) -> Document:
    roads: list[Json] = [
        {"name": road.name, "raw": road.raw, "normalised": road.normalised, "place": road.place}
        for road in one.roads
    ]
    return {**of_hit(one.hit), "roads": roads, "activation": one.activation}
