"""Runs that two sequences of numbers have in common: at their ends, as a whole, or several in order.

Knows nothing of messages. Equal stretches are compared by rolling hashes, so that repeats such as
"ok, ok, ok" cost no more than others. Asked by `align`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import TypeAlias

WILD = -1  # a number on the left that equals whatever `may_be` allows
OTHER = -2  # a number on the left that none on the right equals

# A Mersenne prime, so that two different stretches of any real length hash alike by no practical chance;
# the caller compares once more what is found.
_MODULUS = 2**61 - 1
_RADIX = 1_000_003

Pair: TypeAlias = tuple[int, int]
MayBe: TypeAlias = Callable[[int, int], bool]


def longest_overlap(left: Sequence[int], right: Sequence[int], may_be: MayBe) -> list[Pair]:
    """The longest beginning of `right` that ends `left`, as pairs of (left, right) indexes.

    A WILD in `left` equals each number of `right` for which `may_be(left index, right index)` holds; an
    overlap of nothing but those is none. The same goes for the other functions here.

    >>> longest_overlap([7, 1, 2], [1, 2, 3], lambda left, right: False)
    [(1, 0), (2, 1)]
    """
    first = max(0, len(left) - len(right))
    stretches = _Stretches(left[first:], right, lambda a, b: may_be(first + a, b))
    for offset in range(first, len(left)):
        if stretches.match_from(offset - first):
            return [(index, index - offset) for index in range(offset, len(left))]
    return []


def contained_run(left: Sequence[int], right: Sequence[int], may_be: MayBe) -> list[Pair]:
    """The last place in `left` where the whole of `right` stands, as pairs of (left, right) indexes."""
    if not right or (WILD not in left and not set(right) <= set(left)):
        return []  # as most often, and told without looking at each place
    possible = left[: max(0, len(left) - len(right) + 1)]
    begins = [offset for offset, number in enumerate(possible) if number in (right[0], WILD)]
    stretches = _Stretches(left, right, may_be)
    for offset in reversed(begins):
        if stretches.match_from(offset):
            return [(offset + index, index) for index in range(len(right))]
    return []


def common_runs(left: Sequence[int], right: Sequence[int], may_be: MayBe) -> list[list[Pair]]:
    """Runs of neighbours that stand in both sequences in the same order, as (left, right) indexes.

    They grow to both sides from numbers that stand once in each, and do not overlap: what a patience
    diff keeps.
    """
    once_left, once_right = Counter(left), Counter(right)
    at_right = {number: index for index, number in enumerate(right)}
    once = {number for number in at_right if once_left[number] == 1 and once_right[number] == 1}
    anchors = _rising([(index, at_right[number]) for index, number in enumerate(left) if number in once])
    anchored = {b for _, b in anchors}

    def equal(a: int, b: int) -> bool:
        return left[a] == right[b] or (left[a] == WILD and b not in anchored and may_be(a, b))

    runs: list[list[Pair]] = []
    left_free = right_free = 0  # what lies before stands in a run already
    for a, b in anchors:
        if a < left_free:
            continue
        back = 0
        while a - back > left_free and b - back > right_free and equal(a - back - 1, b - back - 1):
            back += 1
        on = 1
        while a + on < len(left) and b + on < len(right) and equal(a + on, b + on):
            on += 1
        runs.append([(a + step, b + step) for step in range(-back, on)])
        left_free, right_free = a + on, b + on
    return runs


def _rising(pairs: Sequence[Pair]) -> list[Pair]:
    """The longest choice of the pairs, sorted by their first number, whose second numbers rise too."""
    tails: list[int] = []  # the smallest second number that ends a choice of each length
    ends: list[int] = []  # the pair that it stands in
    before: list[int] = []
    for index, (_, b) in enumerate(pairs):
        length = bisect_left(tails, b)
        before.append(ends[length - 1] if length else -1)
        tails[length : length + 1] = [b]
        ends[length : length + 1] = [index]
    chosen = []
    index = ends[-1] if ends else -1
    while index >= 0:
        chosen.append(pairs[index])
        index = before[index]
    return chosen[::-1]


class _Stretches:
    """Compares stretches of two sequences in constant time, and one more step for each WILD within."""

    __slots__ = ("left", "left_hashes", "may_be", "powers", "right", "right_hashes", "wild")

    def __init__(self, left: Sequence[int], right: Sequence[int], may_be: MayBe) -> None:
        self.left, self.right, self.may_be = left, right, may_be
        self.left_hashes, self.right_hashes = _prefix_hashes(left), _prefix_hashes(right)
        self.wild = [index for index, number in enumerate(left) if number == WILD]
        self.powers = [1]
        for _ in range(min(len(left), len(right))):
            self.powers.append(self.powers[-1] * _RADIX % _MODULUS)

    def match_from(self, offset: int) -> bool:
        """Whether `right` and `left` from the offset on agree up to the end of the shorter."""
        end = min(len(self.left), offset + len(self.right))
        first, last = bisect_left(self.wild, offset), bisect_left(self.wild, end)
        if end - offset == last - first:
            return False  # nothing but WILD
        start = offset
        for position in range(first, last):
            index = self.wild[position]
            if not self._equal(start, index, offset) or not self.may_be(index, index - offset):
                return False
            start = index + 1
        return self._equal(start, end, offset)

    def _equal(self, start: int, end: int, offset: int) -> bool:
        power = self.powers[end - start]
        ours = self.left_hashes[end] - self.left_hashes[start] * power
        theirs = self.right_hashes[end - offset] - self.right_hashes[start - offset] * power
        return (ours - theirs) % _MODULUS == 0


def _prefix_hashes(numbers: Sequence[int]) -> list[int]:
    return list(
        accumulate(numbers, lambda value, number: (value * _RADIX + number + 2) % _MODULUS, initial=0)
    )
