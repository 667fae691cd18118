"""The ranked rows of several indexes in one order, as the rows of one index would stand.

What each index has ranked by itself is brought together by log-odds; what several hold in the same words is
held back, and what says an earlier row anew comes before it, in whichever index either stands.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from heapq import merge
from typing import TypeAlias

import numpy as np

from remanence.model.hit import Part
from remanence.recall.columns import NO_SOURCE, Floats
from remanence.recall.currency import LOOKED_AT, Sayings, Spoken, gains_among, sayings_of
from remanence.recall.features import Candidates
from remanence.recall.fusion import LOGIT_MAX
from remanence.recall.rank import NEWER, REPEATED, STATED, Ranked, as_said, once_each
from remanence.verbs.search import Search

ELSEWHERE = "also in another mount"
Place: TypeAlias = tuple[int, Ranked]  # the number of the search, and a row of its index


def in_one_order(searches: Sequence[Search], found: Sequence[Candidates], k: int) -> list[Place]:
    """The k best rows of all searches, best first; of equals those of the earlier search come first."""
    ranked = [
        [(number, one) for one in search.ranked_of(candidates, max(k, LOOKED_AT), newest_first=False)]
        for number, (search, candidates) in enumerate(zip(searches, found, strict=True))
    ]
    names = [{number: name for name, number in search.index.authors.items()} for search in searches]
    places = _repeats_held_back(searches, names, list(merge(*ranked, key=_minus_log_odds)))
    if searches[0].at is not None:
        places = _newest_first(searches, names, found, places)
    return places[:k]


def _repeats_held_back(
    searches: Sequence[Search], names: Sequence[dict[int, str]], places: Sequence[Place]
) -> list[Place]:
    """What the same author says in the same words elsewhere is held back after its first place."""
    heard: defaultdict[tuple[str, bytes], set[int]] = defaultdict(set)
    kept = []
    for number, one in places:
        words = searches[number].index.words_of(one.row)
        by = heard[_author(searches, names, (number, one)), words]
        times = len(by - {number}) if words else 0
        kept.append((number, _moved(one, ELSEWHERE, float(times), REPEATED)))
        by.add(number)
    return sorted(kept, key=_minus_log_odds)


def _newest_first(
    searches: Sequence[Search],
    names: Sequence[dict[int, str]],
    found: Sequence[Candidates],
    places: Sequence[Place],
) -> list[Place]:
    first = places[:LOOKED_AT]
    odds = np.array([-_minus_log_odds(place) for place in places], np.float32)
    with_vector = next((one.question for one in searches if one.question.vector is not None), None)
    rises = gains_among(_sayings(searches, names, first), with_vector or searches[0].question, odds)
    moved = list(places)
    for at in np.flatnonzero(rises.by).tolist():
        number, one = places[at]
        risen = _moved(one, STATED if rises.stated[at] else NEWER, float(rises.by[at]), 1.0)
        moved[at] = (number, as_said(searches[number].index, risen, found[number].mask))
    return once_each(sorted(moved, key=_minus_log_odds), by=lambda place: (place[0], place[1].row))


def _sayings(searches: Sequence[Search], names: Sequence[dict[int, str]], places: Sequence[Place]) -> Sayings:
    """What is to be known of rows of several indexes, with numbers that mean the same in all."""
    alone = [sayings_of(searches[number].index, np.array([one.row], np.int32)) for number, one in places]
    said_at = [int(searches[number].index.columns.ints("said_at")[one.row]) for number, one in places]
    order = sorted(range(len(places)), key=lambda at: (said_at[at], places[at][0], places[at][1].row))
    authors: dict[str, int] = {}
    sources: dict[tuple[int, int], int] = {(number, NO_SOURCE): NO_SOURCE for number, _ in places}
    for (number, _), one in zip(places, alone, strict=True):
        sources.setdefault((number, int(one.source[0])), len(sources) + 1)
    return Sayings(
        vectors=_side_by_side([one.vectors for one in alone]),
        said=np.argsort(np.array(order, np.int64)),
        author=np.array(
            [authors.setdefault(_author(searches, names, place), len(authors)) for place in places], np.int64
        ),
        slot=np.array([one.slot[0] for one in alone], np.int64),
        source=np.array(
            [sources[number, int(one.source[0])] for (number, _), one in zip(places, alone, strict=True)],
            np.int64,
        ),
        states=np.array(
            [
                bool(said.states[0]) and all(part.name != ELSEWHERE for part in one.parts)
                for said, (_, one) in zip(alone, places, strict=True)
            ],
            np.bool_,
        ),
        among=sum(len(search.index) for search in searches),
        terms=lambda place: alone[place].terms(0),
        spoken=cache(lambda: _spoken([one.spoken() for one in alone])),
    )


def _spoken(alone: Sequence[Spoken]) -> Spoken:
    return Spoken(
        vectors=_side_by_side([one.vectors for one in alone]),
        terms=[one.terms[0] for one in alone],
        flags=np.array([one.flags[0] for one in alone], np.int64),
        tokens=np.array([one.tokens[0] for one in alone], np.int64),
        manner=np.array([one.manner[0] for one in alone], np.float32),
        heard=np.array([bool(one.heard[0]) for one in alone], np.bool_),
    )


def _side_by_side(vectors: Sequence[Floats | None]) -> Floats | None:
    """One matrix; a row of an index without vectors lies near to nothing."""
    dims = max((one.shape[1] for one in vectors if one is not None), default=0)
    if not dims:
        return None
    return np.concatenate([np.zeros((1, dims), np.float32) if one is None else one for one in vectors])


def _author(searches: Sequence[Search], names: Sequence[dict[int, str]], place: Place) -> str:
    number, one = place
    return names[number][int(searches[number].index.columns.ints("author")[one.row])]


def _moved(one: Ranked, name: str, value: float, weight: float) -> Ranked:
    if not value:
        return one
    moved = replace(one, parts=(*one.parts, Part(name, value, value * weight)))
    odds = max(-LOGIT_MAX, min(LOGIT_MAX, sum(part.contribution for part in moved.parts)))
    return replace(moved, score=1 / (1 + math.exp(-odds)))


def _minus_log_odds(place: Place) -> float:
    """What the score is made of: unlike the score, never so near to 1 that two are alike."""
    return -sum(part.contribution for part in place[1].parts)
