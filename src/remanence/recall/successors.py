"""Which of several statements tells how things stand now, where the newer shares few words with the question.

Of the first hit and what else its author said, two things are judged by the same features: whether it speaks
of what is asked for, and whether, if so, what it tells is so now with its speaker. `tools/learn_currency.py`
learns the weights of both.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from remanence.embedding.manner import SURE_MAX
from remanence.errors import InvalidInput
from remanence.recall.analyser import MANNER_UNIT, Flag, term_id
from remanence.recall.columns import NO_SLOT, Bools, Floats, Ints
from remanence.recall.cues import cue_lists
from remanence.recall.features import Matrix
from remanence.recall.manner import LEVEL_MAX, UNJUDGED
from remanence.recall.question import Question

TOKENS_MAX = 45  # of a statement: what a longer one says of a change, its words at large don't tell
BEHIND_MAX = 3.0  # log-odds: how far one stands below the first counts up to here, ever less
SHARED_MAX = 2  # terms: more tell no more
LIKELY_MIN = 1e-6
MANY = 1000  # rows: among so many and more, what else was said is no likelier to speak of the same
# Log-odds by which another must be likelier than the first to take its place: by held-out development
# dialogues (tools/learn_currency.py), where less gains little of what is new and loses what stands.
SURE = 0.25

_FLAGS = {
    "time": Flag.TIME,
    "speaker": Flag.FIRST_PERSON,  # its speaker comes up in it
    "addressed": Flag.SECOND_PERSON,
    "number": Flag.NUMBER,
    "name": Flag.NAME,
    "change": Flag.CHANGE,
    "supposed": Flag.SUPPOSED,
    "passing": Flag.PASSING,
    "past": Flag.PAST,
    "another": Flag.ANOTHER,
    "third": Flag.THIRD,  # somebody else comes up in it
    "question": Flag.QUESTION,
}
_BITS = np.array(list(map(int, _FLAGS.values())), np.int64)
FEATURES = (
    "prior",
    "first",  # it is the first
    "asked",  # its cosine with the question
    "below nearest",  # by how much another lies nearer
    "near",  # its cosine with the first
    "shared",  # share of SHARED_MAX terms that it has with the first, and the question has not
    "shared before",  # the same, at most with one said earlier
    "shared asked before",  # the same, times how near that one lies to the question
    "near asked before",  # its cosine with one said earlier, times the same
    "covers",  # share of the question's terms
    "behind",  # by how many log-odds it stands below the first, at most BEHIND_MAX
    "length",
    "slot",  # it says outright what fills a slot
    "same slot",  # ... the one that the first fills
    "judged",  # its manner is known
    "manner",  # by it, how surely it tells what is so now with its speaker: -1 to 1
    "manner near",
    "manner asked",
    "shown",  # the same by its vector, as a share of SURE_MAX
    "shown near",
    "later shown",
    "later",  # it was said later than the first
    "later near",
    "later shared",
    "later manner",
    "near asked",
    "shared asked",
    "change near",
    "change shared",
    "change asked",
    "another shared",
    "another own",  # it speaks of somebody else, and the asker asks for their own
    "another who",  # ... asks for a person
    "speaker own",
    "number how many",
    "number when",
    "time when",
    "name who",
    "both numbers",  # the first has one too
    "no number",  # the first has one, and it has none
    "both names",
    "no name",
    "own",  # the asker asks for their own
    "few",  # how few rows there are in all: 1 of one, 0 of MANY and more
    "few later",
    "few near",
    "few asked",
    *_FLAGS,
)
JUDGED = ("speaks", "holds")  # of what is asked for; and what it tells is so now


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """Rows best first, as they were said: a statement without a slot as the passage that it was read from."""

    vectors: Floats  # float32 [n, dims] of length 1
    flags: Ints  # analyser.Flag
    tokens: Ints
    slot: Ints
    terms: Sequence[frozenset[int]]
    states: Bools  # whether it tells a value
    shown: Floats  # its manner as the vector shows it, in log-odds
    later: Bools  # bool [n, n]: whether the second was said later than the first by the same author
    among: int  # how many rows there are in all


@dataclass(frozen=True, slots=True, eq=False)
class Succession:
    """The first of some rows and those that may come before it: `rows`, their features, and which of two
    was said `later`."""

    rows: Ints
    features: Matrix  # float32 [rows, len(FEATURES)]
    later: Bools  # bool [rows, rows]: whether the second was


@cache
def shipped_weights() -> Matrix:
    """float32 [len(FEATURES), len(JUDGED)]: the weights of `data/currency.toml`."""
    raw = tomllib.loads((resources.files(__package__) / "data" / "currency.toml").read_text("utf-8"))
    missing = {name for table in JUDGED for name in set(FEATURES) ^ set(raw[table])}
    if missing:
        raise InvalidInput(f"currency.toml and the features differ in: {', '.join(sorted(missing))}")
    return np.array([[raw[table][name] for table in JUDGED] for name in FEATURES], np.float32)


def asks_for_the_latest(question: Question, *, among: int) -> bool:
    """Whether successors are looked for: for what is the asker's own, or among few rows for what else is so
    now, and of no past."""
    return not question.past and (question.own or (question.present and not question.named and among < MANY))


def succession(said: Said, question: Question, vector: Floats, odds: Floats) -> Succession:
    """The first of some rows, and those that may tell how things stand; `odds` are theirs, best first.
    `vector` is the question's, float32 [dims]."""
    brief = (said.tokens <= TOKENS_MAX) & _has(said.flags, Flag.CUES)
    may = (said.later[0] | said.later[:, 0]) & said.states & brief & brief[0]
    may &= (said.slot == NO_SLOT) | (said.slot == said.slot[0]) | (said.slot[0] == NO_SLOT)
    may[0] = True
    rows = np.flatnonzero(may)
    measured = _measured(said, question, vector, odds)
    features = np.empty((len(FEATURES), len(odds)), np.float32)
    for place, name in enumerate(FEATURES):
        features[place] = measured[name]
    return Succession(rows, features[:, rows].T, said.later[np.ix_(rows, rows)])


def chosen_of(among: Succession, weights: Matrix, *, sure: float = SURE) -> int:
    """Which comes first: the first, 0, unless another is surely likelier to be the last that tells it.

    Each is judged by itself; what tells it now is the newest that does.
    """
    tells = np.prod(1 / (1 + np.exp(-(among.features @ weights))), axis=1)
    untold = np.log(np.maximum(1 - tells, LIKELY_MIN))
    likely = np.log(np.maximum(tells, LIKELY_MIN)) + among.later @ untold
    likely[0] += sure
    return int(np.argmax(likely))


def _measured(said: Said, question: Question, vector: Floats, odds: Floats) -> dict[str, Floats | np.float32]:
    asked_for = frozenset(question.terms)
    near_all = np.clip(said.vectors @ said.vectors.T, 0, 1)
    near, asked = near_all[0], np.clip(said.vectors @ vector, 0, 1)
    shared = _shared(said, asked_for)
    later = _one(said.later[0])
    few = max(0.0, 1 - math.log(max(said.among, 1)) / math.log(MANY))
    flagged = _one((said.flags & _BITS[:, None]) != 0)
    found: dict[str, Floats] = dict(zip(_FLAGS, flagged, strict=True))
    found["another"] = _one(_of_another(said, question))
    covered = [len(terms & asked_for) / max(1, len(asked_for)) for terms in said.terms]
    alone = {
        "prior": np.float32(1),
        "first": _one(np.arange(len(odds)) == 0),
        "asked": asked,
        "below nearest": asked - asked.max(),
        "near": near,
        "shared": shared[0],
        "shared before": np.max(shared * said.later, axis=0),
        "shared asked before": np.max(shared * said.later * asked[:, None], axis=0),
        "near asked before": np.max(near_all * said.later * asked[:, None], axis=0),
        "covers": np.array(covered, np.float32),
        "behind": BEHIND_MAX * np.tanh((odds - odds[0]) / BEHIND_MAX),
        "length": np.log(np.maximum(said.tokens, 1)).astype(np.float32),
        "slot": _one(said.slot != NO_SLOT),
        "same slot": _one((said.slot != NO_SLOT) & (said.slot == said.slot[0])),
        "later": later,
        "later near": later * near,
        "later shared": later * shared[0],
        "near asked": near * asked,
        "shared asked": shared[0] * asked,
        "own": np.float32(question.own),
        "few": np.float32(few),
        "few later": few * later,
        "few near": few * near,
        "few asked": few * asked,
    }
    return (
        found
        | alone
        | _by_manner(said, near, asked, later)
        | _by_cues(found, question, near, shared[0], asked)
        | _kind_of_value(found, question)
    )


def _by_manner(said: Said, near: Floats, asked: Floats, later: Floats) -> dict[str, Floats]:
    judged, manner = _manner(said.flags)
    shown = said.shown / SURE_MAX
    return {
        "judged": judged,
        "manner": manner,
        "manner near": manner * near,
        "manner asked": manner * asked,
        "shown": shown,
        "shown near": shown * near,
        "later shown": later * shown,
        "later manner": later * manner,
    }


def _by_cues(
    found: Mapping[str, Floats], question: Question, near: Floats, shared: Floats, asked: Floats
) -> dict[str, Floats]:
    change, another = found["change"], found["another"]
    return {
        "change near": change * near,
        "change shared": change * shared,
        "change asked": change * asked,
        "another shared": another * shared,
        "another own": another * (not question.who),
        "another who": another * question.who,
        "speaker own": found["speaker"] * question.own,
    }


def _kind_of_value(found: Mapping[str, Floats], question: Question) -> dict[str, Floats]:
    """Whether each has a value of the kind that is asked for, and that the first has."""
    number, name = found["number"], found["name"]
    return {
        "number how many": number * question.how_many,
        "number when": number * question.when,
        "time when": found["time"] * question.when,
        "name who": name * question.who,
        "both numbers": number * number[0],
        "no number": (1 - number) * number[0],
        "both names": name * name[0],
        "no name": (1 - name) * name[0],
    }


def _shared(said: Said, asked_for: frozenset[int]) -> Matrix:
    """float32 [n, n]: the share of SHARED_MAX telling terms that two statements have in common."""
    untold = asked_for | _function_terms()
    telling = [terms - untold for terms in said.terms]
    common = np.zeros((len(telling), len(telling)), np.float32)
    for place, one in enumerate(telling):
        for other in range(place + 1):
            common[place, other] = common[other, place] = min(len(one & telling[other]), SHARED_MAX)
    return common / np.float32(SHARED_MAX)


def _manner(flags: Ints) -> tuple[Floats, Floats]:
    """Whether each was judged, and how surely it tells what is so now with its speaker: -1 to 1."""
    level = (flags // MANNER_UNIT) & LEVEL_MAX
    judged = _one(level != UNJUDGED)
    middle = (1 + LEVEL_MAX) / 2
    return judged, ((level - middle) / (LEVEL_MAX - middle)).astype(np.float32) * judged


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
