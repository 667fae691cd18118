"""What is measured of a question and a row, without scale, so that one set of weights serves all cubes.

In two stages: a cheap score of every row chooses the candidates, and the features are of those.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from remanence.recall.analyser import Flag
from remanence.recall.columns import NO_SESSION, NONE, PROMISES, UTTERANCE, Bools, Floats, RowNumbers, among
from remanence.recall.grouping import places_in_runs, with_none
from remanence.recall.index import MemoryIndex
from remanence.recall.lexical import Lexical, covered_nearby, measured_words
from remanence.recall.question import Question
from remanence.recall.tally import Measurement, Tally, alone
from remanence.recall.turns import OFFSETS

Matrix: TypeAlias = npt.NDArray[np.float32]

CANDIDATES = 256  # rows that get all features; on bench/locomo.py 400 gain .002 of B@5000 alone
SESSION_BEST = 3  # a session's share is that of its three best turns
POOL = 400  # rows in which a session's best are sought, and from which candidates are taken
SHORT_TOKENS = 16.0  # a row of so many is short; 32 times as long, it is not short at all
SHORT_OCTAVES = 5.0
SPAN_COST = 0.06  # of cosine, for each doubling of a row's spans: the best of many lies higher by chance
SPAN_OCTAVES_MAX = 3.0  # beyond, more spans cost no more: what is deep in a long text is to be found
UNRELATED_COSINE = 0.1  # of a text that has nothing to do with the question
FLAT = 1e-6  # scores that differ by less are alike
NEAR_MICROS = 3 * 86_400_000_000.0  # three days: what happened is often told some days later
ROUGH = {"dense": 0.30, "dense_window": 0.25, "bm25": 0.25, "bm25_window": 0.20}  # the cheap score
ROUGH_SESSION = 0.25  # added to it: the session's share
ROUGH_IN_TIME = 0.15  # added where the row is of the time asked for
ROUGH_SLOT = 0.5  # added where the row tells the value of a slot that is asked for
ROUGH_PROMISED = 0.5  # added where a promise is asked for, and the row is one
ROUGH_OTHER_SPEAKER = 0.8  # of it is left where the question names others than the speaker


@dataclass(frozen=True, slots=True)
class Candidates:
    """Rows with their features, float32 [n, len(FEATURES)] in the order of FEATURES, and the mask that they
    were chosen in, bool [all rows].

    `holds` says which row holds which of the question's terms, bool [n, terms], `idf` how rare each is, and
    `absent` what share of that stands nowhere.
    """

    rows: RowNumbers
    features: Matrix
    mask: Bools
    holds: Bools
    idf: Floats
    absent: float


FEATURES = (
    "cosine",  # the question's cosine with the row
    "dense",  # the same, from the mean of all rows (0) to the best (1)
    "dense_window",  # the cosine with the row and its neighbours, likewise
    "bm25",  # share of the best BM25
    "bm25_window",  # share of the best BM25 of a window
    "bm25_unsaid",  # the mean of both, times how much of the question even the row that says most lacks
    "covered_window",  # share of the question's idf mass that stands in the row or its neighbours
    "before",  # the rough score of the turn before, share of the best
    "after",  # ... of the turn after
    "before_short",  # the turn before's, times how short the row is: a short one leans on its neighbours
    "after_short",  # ... the turn after's
    "session",  # its three best, share of the best session; of a row without one: how near it is itself
    "speaker",  # 1: said by whom the question names; -1: an utterance of somebody else
    "asker",  # 1: the question says "I", and its asker said this; -1: an utterance of somebody else
    "told",  # 1: the question asks what the agent said, and it said this; -1: another's utterance
    "near_time",  # 1: said in, or speaks of, the time asked for; falling with the distance from it
    "time_words",  # asks when, and the row has a word for a time
    "number_words",  # asks how many, and the row has a number
    "name_words",  # asks who, and the row has a name
    "slot",  # the row tells the value of a slot that the question may ask for
    "promised",  # asks for what was promised, and the row is a promise
    "first_person",  # the row speaks of its speaker, or is a statement that speaks of somebody
    "number",  # the row has a number
    "question",  # the row asks something
    "reply_score",  # the rough score of the question that the row follows
    "quoted",  # share of the quoted phrases' terms in the row
    # Of the question, alike for all rows: they move no row past another, but the score.
    "nearest",  # the best cosine of any row
    "other_speaker",  # by how much another's best row beats those of whom the question names
)


COLUMN_OF = {name: column for column, name in enumerate(FEATURES)}


def candidates(index: MemoryIndex, question: Question, mask: Bools, *, count: int = CANDIDATES) -> Candidates:
    """The rows worth a full look among those in the mask, bool [rows], and their features.

    At most `count`, roughly best first. Without a vector, rows that share no word with the question,
    nor stand beside one that does, are no candidates unless they are of the time asked for.
    """
    return alone(measured_candidates(index, question, mask, count=count))


def measured_candidates(
    index: MemoryIndex, question: Question, mask: Bools, *, count: int = CANDIDATES
) -> Measurement[Candidates]:
    """As `candidates`, with features that are measured against all rows that answer together."""
    scores = yield from _scores(index, question, mask)
    allowed = mask if question.vector is not None else mask & (scores.rough > 0)
    pool = _best(scores.rough, max(count, POOL), allowed)
    session = yield from _session_share(index, scores.rough, pool)
    order = np.argsort(-(scores.rough[pool] + np.float32(ROUGH_SESSION) * session), kind="stable")[:count]
    rows, session = pool[order], session[order]
    words = scores.words
    holds = words.holds(rows)
    unsaid = yield from _unsaid(words, holds)
    features = np.zeros((len(rows), len(FEATURES)), np.float32)
    for name, values in _measure(index, question, scores, session, unsaid, rows).items():
        features[:, COLUMN_OF[name]] = values
    return Candidates(rows, features, mask, holds, words.idf, words.absent)


def rough_places(index: MemoryIndex, question: Question, mask: Bools, rows: RowNumbers) -> RowNumbers:
    """int32 [n]: where the cheap score puts each of these rows among those in the mask, from 1."""
    rough = alone(_scores(index, question, mask)).rough
    others = np.sort(rough[mask])
    return (len(others) - np.searchsorted(others, rough[rows], side="right") + 1).astype(np.int32)


@dataclass(frozen=True, slots=True)
class _Scores:
    """Scores of all rows, each float32 [rows], 0 outside the mask."""

    cosine: Floats
    dense: Floats
    dense_window: Floats
    words: Lexical
    bm25: Floats
    bm25_window: Floats
    rough: Floats
    shared: Floats  # the rough score, share of the best
    nearest: float
    other_speaker: float


def _scores(index: MemoryIndex, question: Question, mask: Bools) -> Measurement[_Scores]:
    everywhere = bool(mask.all())
    within = None if everywhere else mask
    words = yield from measured_words(index, question.terms, mask)
    if not everywhere:
        words.bm25[~mask] = 0
    bm25_window = index.turns.spread(words.bm25)
    known = question.vector is not None  # from here on: it may be in the making until then
    cosine, nearest = _cosines(index, question, mask, everywhere)
    window = index.turns.spread(cosine)
    window /= index.turns.norms
    (sums, best), (window_sums, window_best) = (_extent(of, within, known) for of in (cosine, window))
    bests = (best, window_best, _top(words.bm25), _top(bm25_window))
    found = yield Tally((*sums, *window_sums), bests)
    dense = _from_mean(cosine, found.sums[:2], found.bests[0], known)
    dense_window = _from_mean(window, found.sums[2:], found.bests[1], known)
    bm25, bm25_window = _share(words.bm25, found.bests[2]), _share(bm25_window, found.bests[3])
    rough = dense * np.float32(ROUGH["dense"])
    for name, part in (("dense_window", dense_window), ("bm25", bm25), ("bm25_window", bm25_window)):
        rough += part * np.float32(ROUGH[name])
    if question.spans:
        rough += _one(_in_time(index, question)) * np.float32(ROUGH_IN_TIME)
    if question.slots:
        rough += _one(among(index.columns.ints("slot"), question.slots)) * np.float32(ROUGH_SLOT)
    if question.promised:
        rough += _one((index.columns.ints("flags") & PROMISES) != 0) * np.float32(ROUGH_PROMISED)
    if not everywhere:
        rough *= mask
    any_best = theirs_best = _top(rough)
    if question.named:
        theirs = _said_by(index, question.named)
        theirs_best = float(rough.max(initial=0.0, where=theirs))
        rough *= np.where(theirs, np.float32(1), np.float32(ROUGH_OTHER_SPEAKER))
    found = yield Tally(bests=(any_best, theirs_best, _top(rough), nearest))
    any_best, theirs_best, rough_best, nearest = found.bests
    other_speaker = max(0.0, 1.0 - theirs_best / max(any_best, FLAT)) if question.named else 0.0
    shared = _share(rough, rough_best)
    return _Scores(
        cosine, dense, dense_window, words, bm25, bm25_window, rough, shared, nearest, other_speaker
    )


def _cosines(index: MemoryIndex, question: Question, mask: Bools, everywhere: bool) -> tuple[Floats, float]:
    """Cosines within the mask, and how near the nearest text is.

    A row whose vector is not there yet is neither near nor far. A row of several spans has the best of their
    cosines, less what so many draws win by chance.
    """
    cosine = index.cosines(question.vector)
    if not everywhere:
        cosine *= mask
    nearest = _top(cosine)
    octaves = None if question.vector is None else index.vectors.span_octaves()
    if octaves is not None:
        cost = np.minimum(octaves, np.float32(SPAN_OCTAVES_MAX)) * np.float32(SPAN_COST)
        cosine -= cost if everywhere else cost * mask
    unknown = index.vectors.unknown()
    if question.vector is not None and unknown.any():
        known = cosine[mask & ~unknown]
        cosine[mask & unknown] = known.mean() if len(known) else 0
    return cosine, nearest


def _said_by(index: MemoryIndex, authors: frozenset[int]) -> Bools:
    return among(index.columns.ints("author"), authors)


def _top(scores: Floats) -> float:
    return float(scores.max(initial=0.0))


def _share(scores: Floats, best: float) -> Floats:
    return scores / np.float32(best) if best > 0 else scores


def _extent(scores: Floats, mask: Bools | None, known: bool) -> tuple[tuple[float, float], float]:
    """The sum and the number of the scores in the mask (None: of all), and their best; of none, nothing."""
    allowed = scores if mask is None else scores[mask]
    if not known or not len(allowed):
        return (0.0, 0.0), -math.inf
    return (float(allowed.sum()), float(len(allowed))), float(allowed.max())


def _from_mean(scores: Floats, sums: tuple[float, ...], best: float, known: bool) -> Floats:
    """The scores moved and stretched so that the mean of all rows is 0 and the best is 1; at least -1.

    `sums` are the scores' sum and number. One unrelated text counts as well, so that a row that stands
    alone is measured against something.
    """
    total, count = sums
    mean = (total + UNRELATED_COSINE) / (count + 1)
    if not known or best - mean < FLAT:
        return np.zeros_like(scores)
    moved = scores - np.float32(mean)
    moved /= np.float32(best - mean)
    np.maximum(moved, np.float32(-1), out=moved)
    return moved


def _best(scores: Floats, count: int, mask: Bools) -> RowNumbers:
    """The rows of the highest scores within the mask, best first."""
    rows = np.flatnonzero(mask)
    if len(rows) > count:
        within = scores if len(rows) == len(scores) else scores[rows]
        rows = rows[np.argpartition(within, -count)[-count:]]
    return rows[np.argsort(-scores[rows], kind="stable")].astype(np.int32)


def _session_share(index: MemoryIndex, rough: Floats, pool: RowNumbers) -> Measurement[Floats]:
    """Of rows best first: the sum of their session's three best rough scores, share of the best session's.

    A row that stands in no session has its own rough score's share instead.
    """
    session = index.columns.ints("session")[pool]
    order = np.argsort(session, kind="stable")  # within a session still best first
    at = session[order]
    first = (places_in_runs(at) < SESSION_BEST) & (at != NO_SESSION)
    size = int(at[-1]) + 1 if len(at) else 1
    own = rough[pool]
    total = np.bincount(at[first], weights=own[order[first]], minlength=size).astype(np.float32)
    found = yield Tally(bests=(_top(own), _top(total)))
    own_best, session_best = found.bests
    return np.where(session == NO_SESSION, _share(own, own_best), _share(total, session_best)[session])


def _unsaid(words: Lexical, holds: Bools) -> Measurement[float]:
    """In [0, 1]: of the question's idf mass that stands anywhere, how much even the row that says most lacks.

    The best BM25 counts 1 however poor it is; this says how poor. `holds` as in Candidates.
    """
    found = yield Tally(bests=(_top(holds @ words.idf),))
    known = float(words.idf[words.held > 0].sum())
    return max(0.0, 1.0 - found.bests[0] / known) if known > 0 else 0.0


def _measure(
    index: MemoryIndex, question: Question, scores: _Scores, session: Floats, unsaid: float, rows: RowNumbers
) -> dict[str, Floats | np.float32]:
    columns = index.columns
    flags, kind = columns.ints("flags"), columns.ints("kind")[rows]
    own = flags[rows]
    rough = with_none(scores.shared)
    near = [index.turns.at(offset)[rows] for offset in OFFSETS]
    before, after = near[OFFSETS.index(-1)], near[OFFSETS.index(1)]
    asks = (before != NONE) & ((flags[before] & Flag.QUESTION) != 0)
    octaves = np.log2(np.maximum(columns.ints("tokens")[rows], 1) / SHORT_TOKENS) / SHORT_OCTAVES
    short = np.clip(1 - octaves, 0, 1).astype(np.float32)
    return {
        "cosine": scores.cosine[rows],
        "dense": scores.dense[rows],
        "dense_window": scores.dense_window[rows],
        "bm25": scores.bm25[rows],
        "bm25_window": scores.bm25_window[rows],
        "bm25_unsaid": (scores.bm25[rows] + scores.bm25_window[rows]) * np.float32(unsaid / 2),
        "covered_window": covered_nearby(scores.words, np.stack([rows, *near], axis=1), len(columns)),
        "before": rough[before],
        "after": rough[after],
        "before_short": rough[before] * short,
        "after_short": rough[after] * short,
        "session": session,
        "first_person": _one(((own & Flag.FIRST_PERSON) != 0) | (kind != UTTERANCE)),
        "number": _one((own & Flag.NUMBER) != 0),
        "question": _one((own & Flag.QUESTION) != 0),
        "reply_score": asks * rough[before],
        "quoted": _quoted(index, question, rows),
        "nearest": np.float32(scores.nearest),
        "other_speaker": np.float32(scores.other_speaker),
        **_asked_about(index, question, rows),
    }


def _asked_about(index: MemoryIndex, question: Question, rows: RowNumbers) -> dict[str, Floats]:
    columns = index.columns
    spoken, flags = columns.ints("kind")[rows] == UTTERANCE, columns.ints("flags")[rows]
    found: dict[str, Floats] = {}
    if question.named:
        found["speaker"] = _for_or_against(_said_by(index, question.named)[rows], spoken)
    if question.asker is not None:
        found["asker"] = _for_or_against(columns.ints("author")[rows] == question.asker, spoken)
    if question.told:
        found["told"] = _for_or_against(columns.bools("agent")[rows], spoken)
    if question.spans:
        found["near_time"] = _near_time(index, question, rows)
    if question.slots:
        found["slot"] = _one(among(columns.ints("slot")[rows], question.slots))
    for name, asked, flag in (
        ("time_words", question.when, Flag.TIME),
        ("number_words", question.how_many, Flag.NUMBER),
        ("name_words", question.who, Flag.NAME),
        ("promised", question.promised, PROMISES),
    ):
        if asked:
            found[name] = _one((flags & flag) != 0)
    return found


def _in_time(index: MemoryIndex, question: Question) -> Bools:
    """Whether each row was said in a time asked for, or speaks of it."""
    said, columns = index.columns.ints("said_at"), index.columns
    event_from, event_to = columns.ints("event_from"), columns.ints("event_to")
    inside = np.zeros(len(columns), np.bool_)
    for span in question.spans:
        inside |= (said >= span.start) & (said < span.end)
        inside |= (event_from < span.end) & (event_to > span.start) & (event_to != 0)
    return inside


def _near_time(index: MemoryIndex, question: Question, rows: RowNumbers) -> Floats:
    """1 inside a time asked for; else falling with the distance in lengths of it (and three days)."""
    said = index.columns.ints("said_at")[rows].astype(np.float64)
    near = _one(_in_time(index, question)[rows])
    for span in question.spans:
        start, end = float(span.start), float(span.end)
        gap = np.maximum(np.maximum(start - said, said - end), 0)
        near = np.maximum(near, 1 / (1 + gap / (end - start + NEAR_MICROS)))
    return near.astype(np.float32)


def _quoted(index: MemoryIndex, question: Question, rows: RowNumbers) -> Floats:
    if not question.quoted:
        return np.zeros(len(rows), np.float32)
    holding = np.bincount(index.postings.find(question.quoted)[0], minlength=len(index.columns))
    return holding[rows].astype(np.float32) / np.float32(len(question.quoted))


def _one(truth: Bools) -> Floats:
    return truth.astype(np.float32)


def _for_or_against(truth: Bools, spoken: Bools) -> Floats:
    """1 where it is so, -1 where not; a statement written down may be about anybody: never -1."""
    return truth.astype(np.float32) - (spoken & ~truth)
