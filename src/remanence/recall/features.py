"""What is measured of a question and a row, without scale, so that one set of weights serves all cubes.

In two stages: a cheap score of every row chooses the candidates, and the features are of those.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from remanence.recall.analyser import Flag
from remanence.recall.columns import (
    NO_SESSION,
    NONE,
    PROMISES,
    UTTERANCE,
    Bools,
    Floats,
    Ints,
    RowNumbers,
    among,
)
from remanence.recall.following import reached
from remanence.recall.guessing import Ground, ground_of, look_for
from remanence.recall.index import MemoryIndex
from remanence.recall.lexical import Lexical, measured_words
from remanence.recall.looking import Look, whole
from remanence.recall.question import Question
from remanence.recall.rough import Scores, Told, in_time, measured_scores, said_by, share, top
from remanence.recall.tally import Measurement, Tally, alone
from remanence.recall.turns import OFFSETS

Matrix: TypeAlias = npt.NDArray[np.float32]

CANDIDATES = 256  # rows that get all features; on bench/locomo.py 400 gain .002 of B@5000 alone
SESSION_BEST = 3  # a session's share is that of its three best turns
POOL = 400  # rows in which a session's best are sought, and from which candidates are taken
SHORT_TOKENS = 16.0  # a row of so many is short; 32 times as long, it is not short at all
SHORT_OCTAVES = 5.0
_TOKENS = np.arange(SHORT_TOKENS * 2**SHORT_OCTAVES + 1).clip(1)
_SHORT = np.clip(1 - np.log2(_TOKENS / SHORT_TOKENS) / SHORT_OCTAVES, 0, 1).astype(np.float32)  # by tokens
ROUGH_SESSION = 0.25  # added to the rough score: the session's share
NEAR_MICROS = 3 * 86_400_000_000.0  # three days: what happened is often told some days later


@dataclass(frozen=True, slots=True)
class Candidates:
    """Rows with their features, float32 [n, len(FEATURES)] in the order of FEATURES, and the mask that they
    were chosen in, bool [all rows].

    `holds` is 1 where a row holds a term of the question, float32 [n, terms], `idf` how rare each is, and
    `absent` what share of that stands nowhere.
    """

    rows: RowNumbers
    features: Matrix
    mask: Bools
    holds: Floats
    idf: Floats
    absent: float
    begun_at: RowNumbers  # int32 [n]: the place of the candidate from which a row was reached, NONE for most
    further: Floats  # float32 [n]: by how many log-odds it answers better than that


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
    index: MemoryIndex,
    question: Question,
    mask: Bools,
    *,
    count: int = CANDIDATES,
    leads: Leads | None = None,
) -> Measurement[Candidates]:
    """As `candidates`, with features that are measured against all rows that answer together, unless the
    `leads` of the same rows alone are given."""
    if leads is None:
        told = yield from _told(index, question, mask)
        leads = Leads(told, ground_of(index, question, told))
    look = look_for(index, question, mask, leads.ground, count=count)
    words = leads.told.words
    scores = yield from measured_scores(look, question, leads.told)
    allowed = look.worth if question.vector is not None else look.worth & (scores.rough > 0)
    pool = _best(scores.rough, max(count, POOL), allowed)
    chains = reached(scores, question, allowed, pool)
    pool = chains.added_to(pool)
    session = yield from _session_share(look, scores.rough, pool)
    order = np.argsort(-(scores.rough[pool] + np.float32(ROUGH_SESSION) * session), kind="stable")
    first = chains.kept(order.astype(np.int32), pool, count)
    places, session = pool[first], session[first]
    rows = look.rows[places]
    holds = words.holds(rows)
    unsaid = yield from _unsaid(words, holds)
    features = np.zeros((len(FEATURES), len(rows)), np.float32)
    for name, values in _measure(question, scores, session, unsaid, places, rows).items():
        features[COLUMN_OF[name]] = values
    return Candidates(rows, features.T, mask, holds, words.idf, words.absent, *chains.among(rows, places))


@dataclass(frozen=True, slots=True, eq=False)
class Leads:
    """What is found before the question has its vector."""

    told: Told
    ground: Ground | None


def found_without_vector(index: MemoryIndex, question: Question, mask: Bools) -> Leads:
    """What needs no vector, for a question that is asked of these rows, bool [rows], alone."""
    told = alone(_told(index, question, mask))
    return Leads(told, ground_of(index, question, told))


def rough_places(index: MemoryIndex, question: Question, mask: Bools, rows: RowNumbers) -> RowNumbers:
    """int32 [n]: where the cheap score puts each of these rows among those in the mask, from 1."""
    told = alone(_told(index, question, mask))
    rough = alone(measured_scores(whole(index, mask), question, told)).rough
    others = np.sort(rough[mask])
    return (len(others) - np.searchsorted(others, rough[rows], side="right") + 1).astype(np.int32)


def _told(index: MemoryIndex, question: Question, mask: Bools) -> Measurement[Told]:
    words = yield from measured_words(index, question.terms, mask)
    windows = index.turns.spread(words.bm25)
    return Told(mask, words, windows, (top(words.bm25), top(windows)))


def _best(scores: Floats, count: int, mask: Bools) -> RowNumbers:
    """The rows of the highest scores within the mask, best first."""
    rows = np.flatnonzero(mask)
    if len(rows) > count:
        within = scores if len(rows) == len(scores) else scores[rows]
        rows = rows[np.argpartition(within, -count)[-count:]]
    return rows[np.argsort(-scores[rows], kind="stable")].astype(np.int32)


def _session_share(look: Look, rough: Floats, pool: RowNumbers) -> Measurement[Floats]:
    """Of places best first: the sum of their session's three best rough scores, share of the best session's.

    A row in no session has its own rough score's share instead.
    """
    session = look.index.columns.ints("session")[look.rows[pool]]
    order = np.argsort(session, kind="stable")  # within a session still best first
    at, own = session[order], rough[pool]
    first = at != NO_SESSION
    first[SESSION_BEST:] &= at[SESSION_BEST:] != at[:-SESSION_BEST]
    total = np.bincount(at[first], weights=own[order[first]], minlength=1).astype(np.float32)
    found = yield Tally(bests=(top(own), top(total)))
    own_best, session_best = found.bests
    shares = share(total, session_best)[session]
    without = session == NO_SESSION
    return np.where(without, share(own, own_best), shares) if without.any() else shares


def _unsaid(words: Lexical, holds: Floats) -> Measurement[float]:
    """In [0, 1]: of the question's idf mass that stands anywhere, how much even the row that says most lacks.

    The best BM25 counts 1 however poor it is; this says how poor. `holds` as in Candidates.
    """
    found = yield Tally(bests=(top(holds @ words.idf),))
    known = float(words.idf[words.known].sum())
    return max(0.0, 1.0 - found.bests[0] / known) if known > 0 else 0.0


def _measure(
    question: Question, scores: Scores, session: Floats, unsaid: float, places: RowNumbers, rows: RowNumbers
) -> dict[str, Floats | Bools | float]:
    look, index = scores.look, scores.look.index
    flags = index.columns.ints("flags")
    own, beside = flags[rows], index.turns.beside(rows)
    previous, following = beside[OFFSETS.index(-1)], beside[OFFSETS.index(1)]
    before, after = (_rough_of(scores, look.places(near)) for near in (previous, following))
    bm25, bm25_window = (
        share(of[places], best)
        for of, best in zip((scores.bm25, scores.bm25_window), scores.bm25_bests, strict=True)
    )
    short = _SHORT[np.minimum(index.columns.ints("tokens")[rows], len(_SHORT) - 1)]
    cosine = scores.cosine[places]
    return {
        "cosine": cosine,
        "dense": scores.near[0].of(cosine),
        "dense_window": scores.near[1].of(scores.window[places]),
        "bm25": bm25,
        "bm25_window": bm25_window,
        "bm25_unsaid": (bm25 + bm25_window) * np.float32(unsaid / 2),
        "covered_window": _covered(scores.words, np.concatenate((rows[:, None], beside.T), axis=1)),
        "before": before,
        "after": after,
        "before_short": before * short,
        "after_short": after * short,
        "session": session,
        "first_person": _has(own, Flag.FIRST_PERSON) | (index.columns.ints("kind")[rows] != UTTERANCE),
        "number": _has(own, Flag.NUMBER),
        "question": _has(own, Flag.QUESTION),
        "reply_score": before * _has(flags[previous], Flag.QUESTION),
        "nearest": scores.nearest,
        "other_speaker": scores.other_speaker,
        **_asked_about(index, question, rows),
    }


def _rough_of(scores: Scores, places: RowNumbers) -> Floats:
    """float32 [n]: the rough score, share of the best, of each of the places; 0 for NONE."""
    return share(scores.rough[places] * (places != NONE), scores.rough_best)


def _covered(words: Lexical, groups: RowNumbers) -> Floats:
    """float32 [n]: the share of the idf mass that stands anywhere in each group of rows, int32 [n, g]."""
    return words.holds(groups) @ words.idf / np.float32(words.mass or 1.0)


def _has(flags: Ints, flag: int) -> Bools:
    found: Bools = flags & int(flag) != 0
    return found


def _asked_about(
    index: MemoryIndex, question: Question, rows: RowNumbers
) -> dict[str, Floats | Bools | float]:
    columns = index.columns
    spoken, flags = columns.ints("kind")[rows] == UTTERANCE, columns.ints("flags")[rows]
    found: dict[str, Floats | Bools | float] = {}
    if question.named:
        found["speaker"] = _for_or_against(said_by(index, question.named, rows), spoken)
    if question.asker is not None:
        found["asker"] = _for_or_against(columns.ints("author")[rows] == question.asker, spoken)
    if question.told:
        found["told"] = _for_or_against(columns.bools("agent")[rows], spoken)
    if question.spans:
        found["near_time"] = _near_time(index, question, rows)
    if question.slots:
        found["slot"] = among(columns.ints("slot")[rows], question.slots)
    if question.quoted:
        found["quoted"] = _quoted(index, question, rows)
    for name, asked, flag in (
        ("time_words", question.when, Flag.TIME),
        ("number_words", question.how_many, Flag.NUMBER),
        ("name_words", question.who, Flag.NAME),
        ("promised", question.promised, PROMISES),
    ):
        if asked:
            found[name] = _has(flags, flag)
    return found


def _near_time(index: MemoryIndex, question: Question, rows: RowNumbers) -> Floats:
    """1 inside a time asked for; else falling with the distance in lengths of it (and three days)."""
    said = index.columns.ints("said_at")[rows].astype(np.float64)
    near = in_time(index, question, rows).astype(np.float32)
    for span in question.spans:
        start, end = float(span.start), float(span.end)
        gap = np.maximum(np.maximum(start - said, said - end), 0)
        near = np.maximum(near, 1 / (1 + gap / (end - start + NEAR_MICROS)))
    return near.astype(np.float32)


def _quoted(index: MemoryIndex, question: Question, rows: RowNumbers) -> Floats:
    holding = np.bincount(index.postings.find(question.quoted).rows, minlength=len(index.columns))
    return holding[rows].astype(np.float32) / np.float32(len(question.quoted))


def _for_or_against(truth: Bools, spoken: Bools) -> Floats:
    """1 where it is so, -1 where not; a statement written down may be about anybody: never -1."""
    return truth.astype(np.float32) - (spoken & ~truth)
