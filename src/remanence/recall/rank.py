"""From a question to ranked rows: candidates, one score each, one hit a passage, with reasons."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from remanence.errors import InvalidInput
from remanence.model.hit import Part
from remanence.recall.activation import above_rest
from remanence.recall.columns import NO_SOURCE, NONE, PROMISES, UTTERANCE, Bools, Floats, RowNumbers
from remanence.recall.currency import gains, passages_of
from remanence.recall.features import CANDIDATES, Candidates, Leads, measured_candidates
from remanence.recall.following import LED_TO_MAX
from remanence.recall.fusion import Weights, explained, log_odds, probability
from remanence.recall.index import MemoryIndex
from remanence.recall.question import Question
from remanence.recall.standing import held_to_passages, replaced_share, says_outright, successions
from remanence.recall.tally import Measurement, alone

T = TypeVar("T")

HITS_MAX = 10_000  # of one recall, however many were asked for
REFINED_MIN, REFINED_FOR_EACH = 64, 4  # rows looked at for folding and repeats: at least, and for each hit
REPEATED = -1.0  # log-odds, for each better hit by the same author with the same words
HELD_TO_PASSAGE = 0.7  # of the log-odds by which a statement stands above its passage; docs/benchmarks.md
ACTIVATION = 0.1  # log-odds, for each unit of activation above rest; see docs/lifecycle.md
NEWER = "newer of its kind"
STATED = "stated, where better hits only suppose"
LED = "a better one leads to it"
REPLACED_SINCE = "replaced since"
REPLACED = -3.0  # log-odds, times the share of what was derived from it that has ended since


@dataclass(frozen=True, slots=True)
class Ranked:
    """A row that may answer; `score` in [0, 1] is the probability that it does.

    `also` are rows of the same passage that stood lower: what it was derived from, or what was
    derived from it.
    """

    row: int
    score: float
    parts: tuple[Part, ...]
    also: tuple[int, ...] = ()
    replaced: bool = False  # some of what was derived from it has ended since


@dataclass(frozen=True, slots=True, eq=False)
class Boost:
    """Rows that somebody wants higher, bool [rows], by how many log-odds, and how `why` names it."""

    name: str
    rows: Bools
    log_odds: float


def rank(
    index: MemoryIndex,
    question: Question,
    *,
    mask: Bools,
    k: int,
    weights: Weights,
    score_min: float = 0.0,
    at: int | None = None,
    aged_at: int | None = None,
    history: bool = False,
    boosts: Sequence[Boost] = (),
) -> list[Ranked]:
    """The best rows within the mask, bool [rows]; at most k, best first, none below `score_min`.

    `at` is the time asked about, in microseconds: what had been replaced by then stands back. None
    asks about all times alike. `aged_at`, in microseconds, lets what is active then stand higher. In a
    `history`, earlier values of an item are hits of their own. `boosts` raise some rows among the
    candidates. Raises InvalidInput when k is below 1.
    """
    found = alone(measured(index, question, mask, k))
    return rank_candidates(
        index,
        question,
        found,
        k=k,
        weights=weights,
        score_min=score_min,
        at=at,
        aged_at=aged_at,
        history=history,
        boosts=boosts,
    )


def measured(
    index: MemoryIndex, question: Question, mask: Bools, k: int, *, leads: Leads | None = None
) -> Measurement[Candidates]:
    """As many candidates as a recall of k hits looks at; raises InvalidInput when k is below 1."""
    if k < 1:
        raise InvalidInput(f"k is {k}; ask for at least 1 hit")
    return measured_candidates(index, question, mask, count=max(CANDIDATES, min(k, HITS_MAX)), leads=leads)


def rank_candidates(
    index: MemoryIndex,
    question: Question,
    found: Candidates,
    *,
    k: int,
    weights: Weights,
    score_min: float = 0.0,
    at: int | None = None,
    aged_at: int | None = None,
    history: bool = False,
    boosts: Sequence[Boost] = (),
    newest_first: bool = True,
    explains: bool = True,
) -> list[Ranked]:
    """As `rank`, of rows that have their features. Without `newest_first` what is newer of its kind waits
    to be found: among the rows of several indexes. Without `explains` the scores have no parts."""
    odds = log_odds(found.features, weights)
    above = held_to_passages(index, question, found.rows, odds, found.mask)
    odds += above * np.float32(HELD_TO_PASSAGE)
    replaced, inherited = _by_standing(index, found.rows, odds, at)
    odds += replaced * np.float32(REPLACED) + inherited
    odds += _boosted(boosts, found.rows)
    best = _first(np.maximum(odds, _led_to(found, odds)), max(REFINED_MIN, REFINED_FOR_EACH * k))
    active = _activation(index, found.rows, best, aged_at)
    odds += active * np.float32(ACTIVATION)
    at = at if newest_first else None
    order, also = _refined(index, question, found, odds, best, at=at, history=history)
    scores = probability(order.odds)
    shown = range(_shown(order, scores, k, score_min))
    of = order.of[: len(shown)]
    rows, shares, kept = found.rows[of].tolist(), replaced[of].tolist(), order.kept.tolist()
    parts: Sequence[tuple[Part, ...]] = [()] * len(shown)
    if explains:
        moves = (
            ("above its passage", -above[of], -HELD_TO_PASSAGE),
            ("activation", active[of], ACTIVATION),
            ("repeated", order.repeats, REPEATED),
            (REPLACED_SINCE, replaced[of], REPLACED),
            ("in place of what was asked for", inherited[of], 1.0),
            (LED, order.led, 1.0),
            (NEWER, order.gained * ~order.stated, 1.0),
            (STATED, order.gained * order.stated, 1.0),
        )
        told = [(name, values.tolist(), weight) for name, values, weight in moves if values.any()]
        reasons = explained(found.features[of], weights)
        parts = [(*reasons[place], *_moved(told, place), *_raised(boosts, rows[place])) for place in shown]
    ranked = [
        Ranked(rows[n], float(scores[n]), parts[n], also.get(kept[n], ()), bool(shares[n])) for n in shown
    ]
    said = [as_said(index, one, found.mask) if order.gained[n] else one for n, one in enumerate(ranked)]
    return once_each(said, by=lambda one: one.row)[:k]


def _first(odds: Floats, count: int) -> RowNumbers:
    """The first places, best first."""
    return np.argsort(-odds, kind="stable")[:count].astype(np.int32)


def _shown(order: _Order, scores: Floats, k: int, score_min: float) -> int:
    """How many of the best are looked at: what rose may turn out to be a passage that is shown already."""
    risen = int(np.count_nonzero(order.gained))
    return min(k + risen, int(np.count_nonzero(scores >= score_min)))


def once_each(ranked: Iterable[T], *, by: Callable[[T], Hashable]) -> list[T]:
    """Of what is ranked, the first of each: two statements that rose may be shown as the one passage."""
    first: dict[Hashable, T] = {}
    for one in ranked:
        first.setdefault(by(one), one)
    return list(first.values())


def as_said(index: MemoryIndex, one: Ranked, mask: Bools) -> Ranked:
    """What has risen above what was said before it, as the words in which it was said: what was read from
    them may leave out the value. Rows outside the mask, bool [rows], are not shown."""
    passage = int(passages_of(index, np.array([one.row], np.int32))[0])
    if passage == one.row or not mask[passage]:
        return one
    others = tuple(row for row in one.also if row != passage)
    return replace(one, row=passage, also=(one.row, *others))


@dataclass(frozen=True, slots=True, eq=False)
class _Order:
    """Candidates best first: their places among all, log-odds, places before folding, and what moved them."""

    of: RowNumbers
    odds: Floats
    kept: RowNumbers
    repeats: RowNumbers
    gained: Floats
    stated: Bools  # whether it gained as what is stated, not as what is newer
    led: Floats

    def sorted(self) -> _Order:
        """Best first again, after the log-odds have changed."""
        by = np.argsort(-self.odds, kind="stable")
        return _Order(
            of=self.of[by],
            odds=self.odds[by],
            kept=self.kept[by],
            repeats=self.repeats[by],
            gained=self.gained[by],
            stated=self.stated[by],
            led=self.led[by],
        )

    def led_to(self, least: Floats) -> _Order:
        """With each candidate at least so high; float32 [all candidates]."""
        led = np.maximum(least[self.of] - self.odds, 0)
        return replace(self, odds=self.odds + led, led=led).sorted() if led.any() else self


def _refined(
    index: MemoryIndex,
    question: Question,
    found: Candidates,
    odds: Floats,
    best: RowNumbers,
    *,
    at: int | None,
    history: bool,
) -> tuple[_Order, dict[int, tuple[int, ...]]]:
    """The best places with one a passage, repeats held back and what is newer of its kind before the
    older; and the rows that were folded away, by the place that stands for them."""
    rows = found.rows
    best = best[np.argsort(-odds[best], kind="stable")]
    outright = PROMISES * question.promised
    kept, also = _one_a_passage(index, rows[best], outright=outright, history=history)
    of = best[kept]
    repeats = _repeats(index, rows[of])
    still = np.zeros(len(of), np.float32)
    order = _Order(of, odds[of] + repeats * np.float32(REPEATED), kept, repeats, still, still > 0, still)
    if repeats.any():
        order = order.sorted()
    if at is not None:
        rises = gains(index, question, rows[order.of], order.odds)
        if rises.by.any():
            order = replace(order, odds=order.odds + rises.by, gained=rises.by, stated=rises.stated).sorted()
    return order.led_to(_led_to(found, odds)), also


def _moved(moves: Sequence[tuple[str, Sequence[float], float]], place: int) -> Iterator[Part]:
    """What moved the row at a place: each a name, a value for every place, and what it weighs."""
    for name, values, weight in moves:
        if value := values[place]:
            yield Part(name, value, value * weight)


def _activation(index: MemoryIndex, rows: RowNumbers, best: RowNumbers, now: int | None) -> Floats:
    """float32 [rows]: how active the best places are beyond rest; 0 elsewhere."""
    active = np.zeros(len(rows), np.float32)
    if now is not None:
        active[best] = above_rest(index, rows[best], now=now)
    return active


def _boosted(boosts: Sequence[Boost], rows: RowNumbers) -> Floats:
    """float32 [n]: how much higher somebody wants each of the rows."""
    more = np.zeros(len(rows), np.float32)
    for boost in boosts:
        more += boost.rows[rows] * np.float32(boost.log_odds)
    return more


def _raised(boosts: Sequence[Boost], row: int) -> Iterator[Part]:
    for boost in boosts:
        if boost.rows[row]:
            yield Part(boost.name, 1.0, boost.log_odds)


def _by_standing(index: MemoryIndex, rows: RowNumbers, odds: Floats, at: int | None) -> tuple[Floats, Floats]:
    """For each row: the share of it that was replaced by then, and what it inherits as a successor.

    Whoever asks for what was replaced is answered with what took its place: a successor stands at
    least as high as its predecessor would have.
    """
    replaced, inherited = np.zeros(len(rows), np.float32), np.zeros(len(rows), np.float32)
    if at is not None:
        replaced = replaced_share(index, rows, at=at)
        for old, new in successions(index, rows, replaced, at=at):
            inherited[new] = max(inherited[new], odds[old] - odds[new])
    return replaced, inherited


def _led_to(found: Candidates, odds: Floats) -> Floats:
    """float32 [n]: the log-odds at least of a row that a better one leads to, as high as that and further."""
    least: Floats = np.minimum(odds[found.begun_at] + found.further, np.float32(LED_TO_MAX))
    least[found.begun_at == NONE] = -np.inf
    return least


def _one_a_passage(
    index: MemoryIndex, rows: RowNumbers, *, outright: int, history: bool
) -> tuple[RowNumbers, dict[int, tuple[int, ...]]]:
    """Of rows best first, the places that are shown, and the rows left out by the place that stands for them.

    An utterance and what was derived from it are one passage, of which the best row is shown: whoever asks
    for k hits gets k messages. What fills a slot, or has one of the flags `outright`, is shown too where it
    stands above its utterance. In a history, only equal texts of an item are one.
    """
    source, kind = index.columns.ints("source")[rows], index.columns.ints("kind")[rows]
    item, text = index.columns.ints("item")[rows], index.columns.ints("text")[rows]
    spoken = (source == NO_SOURCE) & (kind == UTTERANCE)
    passage = -text if history else np.where(source != NO_SOURCE, source, np.where(spoken, item, -text))
    keys = passage.tolist()
    if len(set(keys)) == len(keys):
        return np.arange(len(keys), dtype=np.int32), {}
    leads: dict[int, int] = {}
    lead = np.array([leads.setdefault(key, place) for place, key in enumerate(keys)], np.intp)
    shown = lead == np.arange(len(rows))
    if not history:
        shown |= (source != NO_SOURCE) & ~spoken[lead] & says_outright(index, rows, outright)
    also: dict[int, tuple[int, ...]] = {}
    for place in np.flatnonzero(~shown).tolist():
        also[int(lead[place])] = (*also.get(int(lead[place]), ()), int(rows[place]))
    return np.flatnonzero(shown).astype(np.int32), also


def _repeats(index: MemoryIndex, rows: RowNumbers) -> RowNumbers:
    """Of rows best first, how many earlier ones have the same author and words."""
    prints = index.fingerprints[rows].tolist()
    repeats = np.zeros(len(rows), np.int32)
    if len(set(prints)) == len(prints):
        return repeats
    heard: dict[int, int] = {}
    for place, (words, length) in enumerate(zip(prints, index.lengths[rows].tolist(), strict=True)):
        before = heard.get(words, 0)
        if before and length:
            repeats[place] = before
        heard[words] = before + 1
    return repeats
