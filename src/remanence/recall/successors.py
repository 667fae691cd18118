"""Which of several statements tells how things stand now, where the newer shares few words with the question.

The first hit is compared with what its author said later: how near the two are, what they share that was not
asked for, which cues of a change the later one has. `tools/learn_currency.py` learns the weights.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from remanence.errors import InvalidInput
from remanence.recall.analyser import Flag, term_id
from remanence.recall.columns import NO_SLOT, Bools, Floats, Ints
from remanence.recall.cues import cue_lists
from remanence.recall.features import Matrix
from remanence.recall.question import Question

TOKENS_MAX = 45  # of either statement: what a longer one says of a change, its words at large don't tell
HELD_BACK = (
    3.0  # log-odds: what is supposed, passing or somebody else's leads only if all else is so far below
)
BEHIND_MAX = 3.0  # log-odds: how far one stands below the other counts up to here, ever less
LATER_MAX = 4
# Log-odds by which a successor must be likelier than what it comes before; and one with a cue of DOUBTS:
SURE, SURE_IN_DOUBT = 1.25, 2.5  # so that of what stands none was lost in the development set
SHARED_MAX = 2  # terms: more tell no more

FEATURES = (
    "prior",  # alike for all but the first
    "nearer",  # to the question than the first, by cosine
    "behind",  # by how many log-odds it stands below the first, at most BEHIND_MAX
    "covers",  # more of the question's terms than the first, as a share
    "near",  # its cosine with the first
    "shared",  # share of SHARED_MAX terms that it has with the first, and the question has not
    "change",  # it has a cue of a change
    "change near",  # the same, times `near`
    "change shared",  # the same, times `shared`
    "supposed",
    "passing",
    "past",
    "another",  # it speaks of somebody else, and the question asks for no person
    "another shared",  # the same, times `shared`: of what they have to do with the first
    "another asked",  # the same where it does
    "third",  # somebody else comes up in it
    "third alone",  # ... and its speaker does not
    "speaker",  # its speaker comes up in it
    "slot",  # it says outright what fills a slot
    "number",  # both have a number
    "no number",  # the first has a number, and it has none
    "name",  # both have a name
    "no name",  # the first has a name, and it has none
    "time asked",  # the question asks when, and it has a time or number
    "later near",  # the best cosine with a still later one
    "later",  # how many are later still
    "first near",  # the first's cosine with the question
    "first slot",  # the first fills a slot: the reader knows what it says, and what has taken its place
    "first slot shared",  # the same, times `shared`
    "first change",  # the first has a cue of a change itself
)
DOUBTS = ("supposed", "passing", "past", "another")
_IN_DOUBT = np.array([name in DOUBTS for name in FEATURES])


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """Rows best first, as they were said: a statement without a slot as the passage that it was read from."""

    vectors: Floats  # float32 [n, dims] of length 1
    flags: Ints  # analyser.Flag
    tokens: Ints
    slot: Ints
    terms: Sequence[frozenset[int]]
    later: Bools  # bool [n, n]: whether the second was said later than the first by the same author


@dataclass(frozen=True, slots=True, eq=False)
class Succession:
    """Who leads among some rows, and who may come before: `rows`, the leader first, and their features."""

    rows: Ints
    features: Matrix  # float32 [rows, len(FEATURES)], zeros for the leader


@cache
def shipped_weights() -> Floats:
    """float32 [len(FEATURES)]: the weights of `data/currency.toml`."""
    raw = tomllib.loads((resources.files(__package__) / "data" / "currency.toml").read_text("utf-8"))
    missing = set(FEATURES) ^ set(raw["weight"])
    if missing:
        raise InvalidInput(f"currency.toml and the features differ in: {', '.join(sorted(missing))}")
    return np.array([raw["weight"][name] for name in FEATURES], np.float32)


def asks_for_the_latest(question: Question) -> bool:
    """Whether successors are looked for: it asks for what is the asker's own, and of no past."""
    return question.own and not question.past


def succession(said: Said, question: Question, vector: Floats, odds: Floats) -> Succession:
    """The leader of some rows, and those that may tell what is so since; `odds` are theirs, best first.
    `vector` is the question's, float32 [dims]."""
    lead = _leader(said, question, odds)
    flags, count = said.flags, len(odds)
    brief = (said.tokens <= TOKENS_MAX) & _has(flags, Flag.CUES)
    may = said.later[lead] & ~_has(flags, Flag.QUESTION) & brief & brief[lead]
    may &= (said.slot == NO_SLOT) | (said.slot == said.slot[lead]) | (said.slot[lead] == NO_SLOT)
    if not question.who:
        may &= ~_of_another(said, question)
    rows = np.concatenate(([lead], np.flatnonzero(may)))
    measured = _measured(said, question, vector, odds, lead, may)
    features = np.stack([np.broadcast_to(measured[name], count) for name in FEATURES], axis=1)[rows]
    features[0] = 0
    return Succession(rows, features.astype(np.float32))


def chosen_of(features: Matrix, weights: Floats) -> int:
    """Which comes first: the leader, 0, unless another is surely likelier to tell how things stand."""
    doubted = np.any(features[:, _IN_DOUBT] > 0, axis=1)
    likely = features @ weights - np.where(doubted, SURE_IN_DOUBT, SURE)
    likely[0] = 0
    return int(np.argmax(likely))


def _leader(said: Said, question: Question, odds: Floats) -> int:
    """The first row, unless it is only supposed, passing or somebody else's: then the best that is not."""
    weak = _has(said.flags, Flag.SUPPOSED | Flag.PASSING) | _of_another(said, question)
    weak &= (said.tokens <= TOKENS_MAX) & question.own
    if not weak[0]:
        return 0
    return int(np.argmax(odds - HELD_BACK * (weak | _has(said.flags, Flag.QUESTION))))


def _measured(
    said: Said, question: Question, vector: Floats, odds: Floats, lead: int, may: Bools
) -> dict[str, Floats | np.float32]:
    flags, asked = said.flags, frozenset(question.terms)
    near_all = np.clip(said.vectors @ said.vectors.T, 0, 1)
    to_question = np.clip(said.vectors @ vector, 0, 1)
    covered = np.array([len(terms & asked) for terms in said.terms], np.float32) / max(1, len(asked))
    first = said.terms[lead] - asked - _function_terms()
    common = np.array([len(terms & first) for terms in said.terms], np.float32)
    near, shared = near_all[lead], np.minimum(common, SHARED_MAX) / SHARED_MAX
    change, supposed, passing, past = (
        _one(_has(flags, flag)) for flag in (Flag.CHANGE, Flag.SUPPOSED, Flag.PASSING, Flag.PAST)
    )
    another = _one(_of_another(said, question))
    after = said.later & may & (supposed + passing + past + another == 0)
    told = (Flag.THIRD, Flag.FIRST_PERSON, Flag.NUMBER, Flag.NAME)
    third, speaker, number, name = (_has(flags, flag) for flag in told)
    timed = number | _has(flags, Flag.TIME)
    return {
        "prior": np.float32(1),
        "nearer": to_question - to_question[lead],
        "behind": BEHIND_MAX * np.tanh((odds - odds[lead]) / BEHIND_MAX),
        "covers": covered - covered[lead],
        "near": near,
        "shared": shared,
        "change": change,
        "change near": change * near,
        "change shared": change * shared,
        "supposed": supposed,
        "passing": passing,
        "past": past,
        "another": another * (not question.who),
        "another shared": another * (not question.who) * shared,
        "another asked": another * question.who,
        "third": _one(third),
        "third alone": _one(third & ~speaker),
        "speaker": _one(speaker),
        "slot": _one(said.slot != NO_SLOT),
        "number": _one(number & number[lead]),
        "no number": _one(~number & number[lead]),
        "name": _one(name & name[lead]),
        "no name": _one(~name & name[lead]),
        "time asked": _one(timed) * question.when,
        "later near": np.max(near_all * after, axis=1),
        "later": np.minimum(np.count_nonzero(after, axis=1), LATER_MAX).astype(np.float32),
        "first near": to_question[lead],
        "first slot": np.float32(said.slot[lead] != NO_SLOT),
        "first slot shared": shared * (said.slot[lead] != NO_SLOT),
        "first change": change[lead],
    }


def _of_another(said: Said, question: Question) -> Bools:
    """Whether each speaks of somebody else, where the asker asks for their own; not of whom they ask for."""
    asked_for = np.array([not question.others.isdisjoint(terms) for terms in said.terms], np.bool_)
    return _has(said.flags, Flag.ANOTHER) & ~asked_for & question.own


@cache
def _function_terms() -> frozenset[int]:
    return frozenset(map(term_id, cue_lists().function))


def _has(flags: Ints, flag: Flag) -> Bools:
    found: Bools = (flags & int(flag)) != 0
    return found


def _one(truth: Bools) -> Floats:
    return truth.astype(np.float32)
