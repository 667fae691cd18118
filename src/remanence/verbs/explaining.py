"""Explain: a recall with all that it was made of; it computes anew, and so costs a little more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from remanence.model.explanation import ExplainedHit, Explanation, Reading, Road, Sieve
from remanence.model.hit import Hit
from remanence.model.interval import Interval
from remanence.recall.activation import above_rest
from remanence.recall.answering import answered
from remanence.recall.columns import RowNumbers
from remanence.recall.roads import roads
from remanence.storage.port import Snapshot
from remanence.verbs.asking import Query
from remanence.verbs.hits import hits_of
from remanence.verbs.recalling import Recaller, checked_k
from remanence.verbs.search import Search

if TYPE_CHECKING:
    from remanence.recall.rank import Ranked


def explain(recaller: Recaller, query: Query, *, k: int) -> Explanation:
    """See Cube.explain."""
    checked_k(k)

    def look(snapshot: Snapshot, search: Search) -> Explanation:
        found = search.found(k)
        ranked = search.ranked_of(found, k)
        mask = search.mask()
        likely = answered(search.question, [search.signs(found)])
        return Explanation(
            answered=likely.probability,
            signs=likely.parts,
            reading=_reading(search),
            sieves=tuple(_sieves(search)),
            allowed=int(np.count_nonzero(mask)),
            hits=tuple(_explained(search, ranked, hits_of(snapshot, search, ranked))),
        )

    return recaller.searching(query, look)


def _reading(search: Search) -> Reading:
    question = search.question
    names = {number: name for name, number in search.index.authors.items()}
    asks = {
        "when": question.when,
        "how many": question.how_many,
        "who": question.who,
        "what the agent said": question.told,
        "how things stand": question.present,
    }
    return Reading(
        about=tuple(sorted(names[number] for number in question.named)),
        asker=None if question.asker is None else names[question.asker],
        times=tuple(Interval.of_micros(span.start, span.end) for span in question.spans),
        asks=tuple(name for name, asked in asks.items() if asked),
    )


def _sieves(search: Search) -> list[Sieve]:
    alive = search.index.alive
    total = int(np.count_nonzero(alive))
    return [Sieve(name, int(np.count_nonzero(passed & alive)), total) for name, passed in search.refusals()]


def _explained(search: Search, ranked: Sequence[Ranked], hits: Sequence[Hit]) -> list[ExplainedHit]:
    rows: RowNumbers = np.array([one.row for one in ranked], np.int32)
    measured = list(roads(search.index, search.question, search.mask(), rows))
    active = None if search.aged_at is None else above_rest(search.index, rows, now=search.aged_at)
    explained = []
    for at, (one, hit) in enumerate(zip(ranked, hits, strict=True)):
        shares = {part.name: part.value for part in one.parts}
        explained.append(
            ExplainedHit(
                hit=hit,
                roads=tuple(
                    Road(name, float(raw[at]), shares.get(name, 0.0), int(places[at]))
                    for name, raw, places in measured
                ),
                activation=None if active is None else float(active[at]),
            )
        )
    return explained
