"""The second step: from a row that says part of what is asked to rows that tell more of what it names.

"Where does Ana's husband work?" is led from "Ana is married to Joost" to "Joost is at the harbour" by a beam
search over the rarest words that a row brings in. Sources: Collins and Loftus, "A spreading-activation theory
of semantic processing", 1975; over graphs of names, Gutiérrez et al., "HippoRAG", arXiv 2405.14831.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from remanence.recall.columns import NO_SOURCE, NONE, UTTERANCE, Bools, Floats, RowNumbers
from remanence.recall.question import Question
from remanence.recall.rough import Scores

TOKENS_MAX = 30  # of a row in a chain: what stands in a long text with a rare word has little to do with it
BEGINNINGS = 2  # best rows that chains begin at
SAID_MIN, SAID_MAX = 0.35, 0.75  # of the question's idf held by a beginning: some, and not enough
STEPS = 3
BEAM = 4  # chains that go on after each step
REACHED_MAX = 12  # rows that a step adds, or one chain leads to
LOOKED_UP = 6  # rarest new words of a row, whose holders are sought
BRIDGES = 2  # of them, the rarest that others hold too: by these it leads on
BRIDGED_MIN = 0.4  # of their idf that a row must hold
BRIDGED_WELL = 0.7  # holding more makes a step no better
HOLDERS_MAX = 200  # a word that more rows hold leads anywhere
STEP_GAIN, SAID_GAIN = 1.6, 1.5  # for a step, and for all that is left to be said beside a cosine
ALIKE = 0.6  # share of words by which two rows say the same sort of thing
OLDER = 0.5  # what leads to an older one keeps so much of its strength
FURTHER_MAX = 1.0  # log-odds above the beginning, at most
LED_TO_MAX = -1.4  # log-odds: nothing is surer by what leads to it alone


@dataclass(frozen=True, slots=True, eq=False)
class Reached:
    """Places that chains come to, int32 [n]: the row that each began at, and by how many log-odds it answers
    better than that, float32 [n]."""

    places: RowNumbers
    origins: RowNumbers
    further: Floats

    def added_to(self, pool: RowNumbers) -> RowNumbers:
        """The places of a pool, and after them those that it lacks."""
        return np.concatenate((pool, np.setdiff1d(self.places, pool))) if len(self.places) else pool

    def kept(self, order: RowNumbers, pool: RowNumbers, count: int) -> RowNumbers:
        """The first of an order of the pool, and of the rest those that chains come to."""
        first, rest = order[:count], order[count:]
        if not len(self.places):
            return first
        return np.concatenate((first, rest[np.isin(pool[rest], self.places)]))

    def among(self, rows: RowNumbers, places: RowNumbers) -> tuple[RowNumbers, Floats]:
        """For each candidate, its row and place given: the candidate that its chain began at, NONE for most,
        and by how much further it leads."""
        begun_at, further = np.full(len(rows), NONE, np.int32), np.zeros(len(rows), np.float32)
        for place, origin, more in zip(self.places, self.origins, self.further, strict=True):
            own = places == place
            begun_at[own], further[own] = next(iter(np.flatnonzero(rows == origin)), NONE), more
        return begun_at, further


NOTHING_REACHED = Reached(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.float32))


@dataclass(frozen=True, slots=True, eq=False)
class _Chain:
    origin: int
    row: int
    strength: float
    said: Floats  # float32 [terms]: 1 for a term of the question that one of its rows holds
    begun: float  # share of the question's idf that its first row holds
    rows: tuple[int, ...]
    words: frozenset[int]  # of all rows but the last


def reached(scores: Scores, question: Question, allowed: Bools, best: RowNumbers) -> Reached:
    """What chains from the first of the `best` places come to, among those `allowed`, bool [places]: nothing
    where the question does not ask of what it only describes, or where one row says what is asked."""
    if not question.describes:
        return NOTHING_REACHED
    search = _Following(scores, frozenset(question.terms), allowed)
    chains = search.begun(best)
    found: dict[int, tuple[float, int]] = {}
    for _ in range(STEPS):
        ahead = search.newer_first([one for chain in chains for one in search.steps(chain)])
        for one in ahead[:REACHED_MAX]:
            further = min(math.log(max(one.strength * search.share(one.said) / one.begun, 1e-6)), FURTHER_MAX)
            found[one.row] = max(found.get(one.row, (further, one.origin)), (further, one.origin))
        chains = ahead[:BEAM]
    if not found:
        return NOTHING_REACHED
    places = scores.look.places(np.fromiter(found, np.int32, len(found)))
    origins = np.array([origin for _, origin in found.values()], np.int32)
    return Reached(places, origins, np.array([further for further, _ in found.values()], np.float32))


class _Following:
    """One question's search for what leads on."""

    def __init__(self, scores: Scores, asked: frozenset[int], allowed: Bools) -> None:
        self._scores, self._asked, self._allowed = scores, asked, allowed
        self._index = scores.look.index
        self._weights: Floats = scores.words.idf * scores.words.known
        self._mass = float(self._weights.sum())

    def share(self, said: Floats) -> float:
        """The share of the question's idf of these of its terms, float32 [terms]."""
        return float(said @ self._weights) / self._mass if self._mass else 0.0

    def begun(self, best: RowNumbers) -> list[_Chain]:
        """The chains of one row, from the first that may lead on: those that say some of what is asked."""
        rows = self._scores.look.rows[best]
        rows = rows[self._may_lead(rows)][:BEGINNINGS]
        held = self._scores.words.holds(rows)
        shares = [self.share(said) for said in held]
        if max(shares, default=1.0) > SAID_MAX:
            return []
        return [
            _Chain(row, row, 1.0, said, share, (row,), frozenset())
            for row, said, share in zip(rows.tolist(), held, shares, strict=True)
            if share >= SAID_MIN
        ]

    def steps(self, chain: _Chain) -> Iterator[_Chain]:
        """The chains by a row longer."""
        own = self._index.terms_of(chain.row)
        rows, bridged = self._bridged(dict.fromkeys(own), chain)
        rows, bridged = rows[bridged >= BRIDGED_MIN], bridged[bridged >= BRIDGED_MIN]
        held = self._scores.words.holds(rows)
        left = self._weights * (1 - chain.said)
        fit = np.maximum(self._scores.cosine[self._scores.look.places(rows)], 0)
        fit += held @ left * np.float32(SAID_GAIN / max(float(left.sum()), 1e-6))
        strengths = chain.strength * STEP_GAIN * np.minimum(bridged / BRIDGED_WELL, 1) * fit
        words = chain.words.union(own)
        for at in np.argsort(-strengths, kind="stable")[:REACHED_MAX].tolist():
            row, said = int(rows[at]), np.maximum(chain.said, held[at])
            yield _Chain(
                chain.origin, row, float(strengths[at]), said, chain.begun, (*chain.rows, row), words
            )

    def _bridged(self, own: Iterable[int], chain: _Chain) -> tuple[RowNumbers, Floats]:
        """The rows that hold the rarest words that a chain's last row brings in, and how much of their idf,
        float32 [rows]."""
        new = [term for term in own if term not in self._asked and term not in chain.words]
        holding = self._index.postings.holding(new)
        rarest = np.argsort(holding, kind="stable")
        rarest = rarest[(holding[rarest] > 1) & (holding[rarest] <= HOLDERS_MAX)][:LOOKED_UP]
        holders = self._index.postings.find([new[at] for at in rarest.tolist()])
        terms, rows = holders.each(np.arange(len(rarest))), holders.rows
        places = self._scores.look.places(rows)
        kept = (places != NONE) & self._may_lead(rows) & self._allowed[places]
        for row in chain.rows:
            kept &= rows != row
        terms, rows = terms[kept], rows[kept]
        bridges = np.unique(terms)[:BRIDGES]  # of those that lead anywhere
        idf = np.zeros(len(rarest), np.float32)
        size, held = len(self._index), holding[rarest[bridges]]
        idf[bridges] = np.log1p((size - held + 0.5) / (held + 0.5))
        found, back = np.unique(rows, return_inverse=True)
        bridged = np.bincount(back, idf[terms], minlength=len(found)) / max(float(idf.sum()), 1e-6)
        return found, bridged.astype(np.float32)

    def _may_lead(self, rows: RowNumbers) -> Bools:
        """Which rows are short, and somebody's words or a statement that stands on none: what was read from
        words follows its passage."""
        columns = self._index.columns
        own = (columns.ints("kind")[rows] == UTTERANCE) | (columns.ints("source")[rows] == NO_SOURCE)
        may: Bools = own & (columns.ints("tokens")[rows] <= TOKENS_MAX)
        return may

    def newer_first(self, ahead: Sequence[_Chain]) -> list[_Chain]:
        """The best of the chains, one held back where another leads to a newer row that says the same sort
        of thing."""
        best = sorted(ahead, key=_by_strength)[:REACHED_MAX]
        reached = list(dict.fromkeys(one.row for one in best))
        said_at = self._index.columns.ints("said_at")[reached].tolist()
        words = [frozenset(self._index.terms_of(row)) for row in reached]
        older = {
            row
            for row, at, own in zip(reached, said_at, words, strict=True)
            if any(
                later > at and len(own & others) >= ALIKE * max(len(own), len(others))
                for later, others in zip(said_at, words, strict=True)
            )
        }
        kept = [replace(one, strength=one.strength * OLDER) if one.row in older else one for one in best]
        return sorted(kept, key=_by_strength)


def _by_strength(one: _Chain) -> float:
    return -one.strength
