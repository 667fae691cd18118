"""What is measured of a question and a row, without scale, so that one set of weights serves all cubes.

In two stages: a cheap score of every row chooses the candidates, and the features are of those.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from remanence.recall.analyser import Flag
from remanence.recall.columns import NO_SESSION, Bools, Floats, RowNumbers
from remanence.recall.index import MemoryIndex
from remanence.recall.lexical import Lexical, covered_nearby, lexical
from remanence.recall.question import Question
from remanence.recall.turns import OFFSETS

Matrix: TypeAlias = npt.NDArray[np.float32]

CANDIDATES = 600  # rows that get all features; gold turns beyond are under 1 % (bench/locomo.py)
SESSION_BEST = 3  # a session's share is that of its three best turns
SESSION_POOL = 2000  # rows among which those three are sought
FEEDBACK = 5  # first rows whose mean is asked a second time
LENGTH_RANGE = 2.0  # log of length over the median, at most so far either way
TYPICAL_TOKENS = 25.0  # a spoken turn; the median of a cube of chats is near
ROUGH = {"dense": 0.30, "dense_window": 0.25, "bm25": 0.25, "bm25_window": 0.20}  # the cheap score
ROUGH_SESSION = 0.25  # added to it: the session's share
ROUGH_IN_TIME = 0.15  # added where the row is of the time asked for
ROUGH_OTHER_SPEAKER = 0.8  # of it is left where the question names others than the speaker


@dataclass(frozen=True, slots=True)
class Candidates:
    """Rows with their features: float32 [n, len(FEATURES)], in the order of FEATURES."""

    rows: RowNumbers
    features: Matrix


FEATURES = (
    "cosine",  # the question's cosine with the row
    "dense",  # the same, from the mean of all rows (0) to the best (1)
    "dense_window",  # the cosine with the row and its neighbours, likewise
    "dense_z",  # standard deviations above the mean, over 8
    "bm25",  # share of the best BM25
    "bm25_window",  # share of the best BM25 of a window
    "covered",  # share of the question's idf mass in the row
    "covered_window",  # ... in the row or its neighbours
    "before",  # the rough score of the turn before, share of the best
    "after",  # ... of the turn after
    "session",  # the session's three best, share of the best session
    "feedback",  # cosine with the mean of the first five rows, from the candidates' mean to their best
    "speaker",  # 1: said by whom the question names; -1: by somebody else
    "asker",  # 1: the question says "I", and its asker said this; -1: somebody else
    "told",  # 1: the question asks what the agent said, and it said this; -1: it did not
    "in_time",  # said in the time asked for
    "out_of_time",  # a time was asked for, and this was said at another
    "time_words",  # asks when, and the row has a word for a time
    "number_words",  # asks how many, and the row has a number
    "name_words",  # asks who, and the row has a name
    "question",  # the row asks something
    "reply",  # the row follows a question
    "reply_score",  # ... times that question's rough score
    "length",  # log of its length over the median
    "quoted",  # share of the quoted phrases' terms in the row
    "best_dense",  # 1 for the row of best cosine, falling as one over rank
    "best_bm25",  # 1 for the row of best BM25, likewise
)


def candidates(index: MemoryIndex, question: Question, mask: Bools, *, count: int = CANDIDATES) -> Candidates:
    """The rows worth a full look among those in the mask, bool [rows], and their features.

    At most `count`, roughly best first. Without a vector, rows that share no word with the question,
    nor stand beside one that does, are no candidates unless they are of the time asked for.
    """
    scores = _scores(index, question, mask)
    session = _session_share(index, scores.rough, mask)
    rough = scores.rough + np.float32(ROUGH_SESSION) * session[index.columns.ints("session")]
    rows = _best(rough, count, mask if question.vector is not None else mask & (rough > 0))
    features = np.zeros((len(rows), len(FEATURES)), np.float32)
    for name, values in _measure(index, question, scores, session, rows).items():
        features[:, FEATURES.index(name)] = values
    return Candidates(rows, features)


@dataclass(frozen=True, slots=True)
class _Scores:
    """Scores of all rows, each float32 [rows], 0 outside the mask."""

    cosine: Floats
    cosine_mean: float
    cosine_deviation: float
    dense: Floats
    dense_window: Floats
    words: Lexical
    bm25: Floats
    bm25_window: Floats
    rough: Floats


def _scores(index: MemoryIndex, question: Question, mask: Bools) -> _Scores:
    cosine = index.cosines(question.vector)
    cosine *= mask
    words = lexical(index, question.terms, mask)
    words.bm25[~mask] = 0
    window = index.turns.spread(cosine)
    window /= index.turns.norms
    bm25, bm25_window = _share(words.bm25), _share(index.turns.spread(words.bm25))
    dense, mean, deviation = _from_mean(cosine, mask)
    dense_window = _from_mean(window, mask)[0]
    rough = dense * np.float32(ROUGH["dense"])
    for name, part in (("dense_window", dense_window), ("bm25", bm25), ("bm25_window", bm25_window)):
        rough += part * np.float32(ROUGH[name])
    if question.spans:
        rough += _one(_in_time(index, question)) * np.float32(ROUGH_IN_TIME)
    if question.named:
        named = np.isin(index.columns.ints("author"), list(question.named))
        rough *= np.where(named, np.float32(1), np.float32(ROUGH_OTHER_SPEAKER))
    rough *= mask
    return _Scores(cosine, mean, deviation, dense, dense_window, words, bm25, bm25_window, rough)


def _share(scores: Floats) -> Floats:
    best = float(scores.max(initial=0.0))
    return scores / np.float32(best) if best > 0 else scores


def _from_mean(scores: Floats, mask: Bools) -> tuple[Floats, float, float]:
    """The scores moved so that the mean of the mask is 0 and its best 1, that mean, and the deviation."""
    allowed = scores[mask]
    if not len(allowed):
        return np.zeros_like(scores), 0.0, 0.0
    mean, best = float(allowed.mean()), float(allowed.max())
    if best - mean < 1e-6:
        return np.zeros_like(scores), mean, 0.0
    moved = (scores - np.float32(mean)) / np.float32(best - mean)
    return np.maximum(moved, np.float32(-1), out=moved), mean, float(allowed.std())


def _best(scores: Floats, count: int, mask: Bools) -> RowNumbers:
    """The rows of the highest scores within the mask, best first."""
    rows = np.flatnonzero(mask)
    if len(rows) > count:
        within = scores[rows]
        rows = rows[np.argpartition(within, -count)[-count:]]
    return rows[np.argsort(-scores[rows], kind="stable")].astype(np.int32)


def _session_share(index: MemoryIndex, rough: Floats, mask: Bools) -> Floats:
    """By session number: the sum of its three best rough scores, share of the best session's."""
    session = index.columns.ints("session")
    pool = _best(rough, SESSION_POOL, mask)
    pool = pool[np.argsort(session[pool], kind="stable")]  # within a session still best first
    at = session[pool]
    starts = np.flatnonzero(np.diff(at, prepend=-1))
    rank = np.arange(len(at)) - np.repeat(starts, np.diff(starts, append=len(at)))
    first = (rank < SESSION_BEST) & (at != NO_SESSION)
    size = int(session.max(initial=0)) + 1
    total = np.bincount(at[first], weights=rough[pool[first]], minlength=size).astype(np.float32)
    return _share(total)


def _measure(
    index: MemoryIndex, question: Question, scores: _Scores, session: Floats, rows: RowNumbers
) -> dict[str, Floats]:
    columns = index.columns
    flags = columns.ints("flags")
    near = np.stack([index.turns.at(offset)[rows] for offset in OFFSETS], axis=1)
    before, after = index.turns.at(-1)[rows], index.turns.at(1)[rows]
    rough = np.append(_share(scores.rough), np.float32(0))
    asked = np.append((flags & Flag.QUESTION) != 0, np.False_)
    groups = np.concatenate((rows[:, None], near), axis=1)
    tokens = columns.ints("tokens")
    typical = max(1.0, float(np.median(tokens[rows]))) if len(rows) else 1.0
    length = np.log((tokens[rows] + 1.0) / (typical + 1.0)).astype(np.float32)
    own = flags[rows]
    deviation = scores.cosine_deviation or 1.0
    return {
        "cosine": scores.cosine[rows],
        "dense": scores.dense[rows],
        "dense_window": scores.dense_window[rows],
        "dense_z": ((scores.cosine[rows] - scores.cosine_mean) / (8 * deviation)).astype(np.float32),
        "bm25": scores.bm25[rows],
        "bm25_window": scores.bm25_window[rows],
        "covered": scores.words.covered[rows],
        "covered_window": covered_nearby(scores.words, groups, len(columns)),
        "before": rough[before],
        "after": rough[after],
        "session": session[columns.ints("session")[rows]],
        "feedback": _feedback(index, rows),
        "question": _one((own & Flag.QUESTION) != 0),
        "reply": _one(asked[before]),
        "reply_score": asked[before] * rough[before],
        "length": np.clip(length, -LENGTH_RANGE, LENGTH_RANGE),
        "quoted": _quoted(index, question, rows),
        "best_dense": _one_over_rank(scores.cosine[rows]),
        "best_bm25": _one_over_rank(scores.bm25[rows]) * (scores.bm25[rows] > 0),
        **_asked_about(index, question, rows),
    }


def _asked_about(index: MemoryIndex, question: Question, rows: RowNumbers) -> dict[str, Floats]:
    columns = index.columns
    author, agent, own = (
        columns.ints("author")[rows],
        columns.bools("agent")[rows],
        columns.ints("flags")[rows],
    )
    found: dict[str, Floats] = {}
    if question.named:
        found["speaker"] = _sign(np.isin(author, list(question.named)))
    if question.asker is not None:
        found["asker"] = _sign(author == question.asker)
    if question.told:
        found["told"] = _sign(agent)
    if question.spans:
        inside = _in_time(index, question)[rows]
        found["in_time"], found["out_of_time"] = _one(inside), _one(~inside)
    for name, asked, flag in (
        ("time_words", question.when, Flag.TIME),
        ("number_words", question.how_many, Flag.NUMBER),
        ("name_words", question.who, Flag.NAME),
    ):
        if asked:
            found[name] = _one((own & flag) != 0)
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


def _feedback(index: MemoryIndex, rows: RowNumbers) -> Floats:
    """Of rows best first: the cosine with the mean of the first few, their own mean 0 and best 1."""
    if not len(rows):
        return np.empty(0, np.float32)
    vectors = index.vectors.of_rows(rows)
    likeness: Floats = vectors @ vectors[:FEEDBACK].mean(axis=0)
    return _from_mean(likeness, np.ones(len(rows), np.bool_))[0]


def _quoted(index: MemoryIndex, question: Question, rows: RowNumbers) -> Floats:
    held = np.zeros(len(rows), np.float32)
    for term in question.quoted:
        held += np.isin(rows, index.postings.find(term)[0])
    return held / np.float32(max(1, len(question.quoted)))


def _one_over_rank(scores: Floats) -> Floats:
    place = np.empty(len(scores), np.float32)
    place[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1, dtype=np.float32)
    return np.float32(1) / place


def _one(truth: Bools) -> Floats:
    return truth.astype(np.float32)


def _sign(truth: Bools) -> Floats:
    return np.where(truth, np.float32(1), np.float32(-1))
