"""How much of what a passage said has been replaced since: ranking follows standing, not words alone.

A statement derived from an utterance may have ended while the utterance stays as it was said.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from remanence.model.interval import MAX_MICROS
from remanence.model.state import RECALLED
from remanence.recall.columns import (
    NO_SLOT,
    NO_SOURCE,
    NONE,
    PROMISES,
    STATE_CODES,
    Bools,
    Floats,
    RowNumbers,
    among,
)
from remanence.recall.index import Ended, MemoryIndex
from remanence.recall.question import Question
from remanence.recall.turns import source_rows

_IS_RECALLED = np.zeros(max(STATE_CODES.values()) + 1, np.bool_)
_IS_RECALLED[[STATE_CODES[state] for state in RECALLED]] = True


def replaced_share(index: MemoryIndex, rows: RowNumbers, *, at: int) -> Floats:
    """float32 [rows] in [0, 1]: of what was derived from each row's item, the share that had ended at
    this time (microseconds), or was retired; 0 where nothing was derived."""
    ended = index.ended
    if ended is None or not ended.since <= at < ended.until:
        ended = index.ended = _ended(index, at)
    item = index.columns.ints("item")[rows]
    last = len(ended.shares) - 1
    return ended.shares[np.minimum(item, last)] * (item < last)


def _ended(index: MemoryIndex, at: int) -> Ended:
    source, derived = index.columns.ints("source")[index.derived], index.derived
    total = np.bincount(source, minlength=1)
    stands = _stands(index, derived, at)
    shares = np.bincount(source[~stands], minlength=len(total)) / np.maximum(total, 1)
    until = index.columns.ints("valid_to")[derived[stands]].min(initial=MAX_MICROS)
    return Ended(np.append(shares, 0).astype(np.float32), at, int(until))


def successions(
    index: MemoryIndex, rows: RowNumbers, replaced: Floats, *, at: int
) -> Iterator[tuple[int, int]]:
    """Places in `rows`: of an utterance that was replaced in part, and of what took that part's place."""
    columns = index.columns
    partly = np.flatnonzero(replaced > 0)
    if not len(partly):
        return
    standing = np.flatnonzero((columns.ints("source")[rows] != NO_SOURCE) & _stands(index, rows, at))
    heir = dict(zip(columns.ints("item")[rows[standing]].tolist(), standing.tolist(), strict=True))
    source, item = columns.ints("source"), columns.ints("item")
    for place in partly.tolist():
        derived = np.flatnonzero(source == item[rows[place]]).astype(np.int32)
        for number in item[derived[~_stands(index, derived, at)]].tolist():
            if number in heir:
                yield place, heir[number]


def held_to_passages(
    index: MemoryIndex, question: Question, rows: RowNumbers, odds: Floats, mask: Bools
) -> Floats:
    """float32 [rows], at most 0: how far each derived row stands above the passage that it was taken from.

    A statement repeats its passage in fewer words, and so nearly always lies nearer to some question; what
    the passage itself lies far from, it seldom answers. Held to nothing is one whose slot is asked for, a
    promise where one is asked for, and what took an older value's place: its passage may only say "no, the
    9th". A passage that is no candidate stands as low as the lowest; one outside the mask, bool [all rows],
    says nothing of what was taken from it.
    """
    columns = index.columns
    source, item = columns.ints("source")[rows], columns.ints("item")[rows]
    above, derived = np.zeros(len(rows), np.float32), np.flatnonzero(source != NO_SOURCE)
    slot = columns.ints("slot")[rows[derived]]
    promised = columns.ints("flags")[rows[derived]] & (PROMISES * question.promised) != 0
    succeeds = (slot != NO_SLOT) & (item[derived] < source[derived])  # it was known before it was said here
    derived = derived[~(among(slot, question.slots) | promised | succeeds)]
    if not len(derived):
        return above
    order = np.argsort(item, kind="stable")
    at = order[np.minimum(np.searchsorted(item, source[derived], sorter=order), len(order) - 1)]
    beside = item[at] == source[derived]
    passage = np.where(beside, odds[at], odds[derived])
    absent = np.flatnonzero(~beside)
    if len(absent):
        found = source_rows(columns, rows[derived[absent]])
        passage[absent[(found != NONE) & mask[found]]] = odds.min()
    above[derived] = np.minimum(passage - odds[derived], 0)
    return above


def says_outright(index: MemoryIndex, rows: RowNumbers, flags: int) -> Bools:
    """bool [rows]: whether each fills a slot, or has one of these flags."""
    columns = index.columns
    found: Bools = (columns.ints("slot")[rows] != NO_SLOT) | (columns.ints("flags")[rows] & flags != 0)
    return found


def _stands(index: MemoryIndex, rows: RowNumbers, at: int) -> Bools:
    state = index.columns.ints("state")[rows]
    stands: Bools = _IS_RECALLED[state] & (index.columns.ints("valid_to")[rows] > at)
    return stands
