"""What is current: of rows that say the same sort of thing of the same subject, the newest comes first.

Similarity can't tell: "my car is a Golf" lies nearer to "what is my car?" than the later "it is a Yaris
now". So a newer row takes the place of the best older one that it says anew; all of them stay.
"""

from __future__ import annotations

import numpy as np

from remanence.recall.analyser import Flag
from remanence.recall.columns import DENIES, NO_SOURCE, Floats, RowNumbers
from remanence.recall.index import MemoryIndex
from remanence.recall.question import Question

# By the development sets (docs/benchmarks.md, "What is current"): the widest gates that cost none of them.
LOOKED_AT = 10  # of the best rows
TWIN_COSINE_MIN = 0.6  # what merely stands side by side seldom lies so near
TWIN_SHARED_MIN = 0.5  # of the shorter one's terms
PAIR_COSINE_MIN = 0.45  # of the first two rows, where the question asks of the present
PAIR_COVERED_MIN = 0.5  # of what the older one holds of the question
PAIR_ODDS_MAX = 1.5  # log-odds between the two
AHEAD = 1e-3  # log-odds by which a newer row comes to stand before an older one


def gains(index: MemoryIndex, question: Question, rows: RowNumbers, odds: Floats) -> Floats:
    """float32 [n]: by how much each row rises to stand before what it says anew; rows are best first.

    A row says another anew if the same author said it later, not in the same breath nor of another slot,
    it lies near, shares most of its terms with it and holds as many of the question's. Where none does,
    and the question asks of the present, the newer of the first two is enough if both speak of what is asked.
    """
    found = np.zeros(len(rows), np.float32)
    seen = rows[:LOOKED_AT]
    if len(seen) < 2:
        return found
    near = _cosines(index, seen)
    terms = [frozenset(index.terms_of(row)) for row in seen.tolist()]
    asked = frozenset(question.terms)
    held = [len(one & asked) for one in terms]
    recency = np.argsort(np.lexsort((seen, index.columns.ints("said_at")[seen]))).tolist()
    states = (index.columns.ints("flags")[seen] & (Flag.QUESTION | DENIES)) == 0  # else it tells no value
    slot = index.columns.ints("slot")[seen].tolist()
    source = index.columns.ints("source")[seen].tolist()
    author = index.columns.ints("author")[seen].tolist()
    for older in range(len(seen)):
        for newer in range(older + 1, len(seen)):
            shared = len(terms[older] & terms[newer])
            if (
                states[newer]
                and recency[newer] > recency[older]
                and near[older, newer] >= TWIN_COSINE_MIN
                and author[newer] == author[older]
                and slot[newer] == slot[older]
                and (source[newer] == NO_SOURCE or source[newer] != source[older])
                and held[newer] >= held[older]
                and shared >= TWIN_SHARED_MIN * min(len(terms[older]), len(terms[newer]))
            ):
                rise = odds[older] - odds[newer] + AHEAD * (1 + recency[newer])
                found[newer] = max(found[newer], rise)
    speak_alike = author[0] == author[1] and slot[0] == slot[1]
    if not found.any() and question.present and recency[1] > recency[0] and speak_alike:
        gap = float(odds[0] - odds[1])
        alike = (
            states[1]
            and near[0, 1] >= PAIR_COSINE_MIN
            and held[1] + 0.5 >= PAIR_COVERED_MIN * (held[0] + 0.5)
        )
        if alike and gap <= PAIR_ODDS_MAX:
            found[1] = gap + AHEAD
    return found


def _cosines(index: MemoryIndex, rows: RowNumbers) -> Floats:
    if index.vectors.dims == 0:
        return np.ones((len(rows), len(rows)), np.float32)  # by words alone
    vectors = index.vectors.of_rows(rows)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.float32(1e-9))
    near: Floats = vectors @ vectors.T
    return near
