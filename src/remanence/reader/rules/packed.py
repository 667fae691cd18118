"""Rows of whole numbers, each as one number: rows are added by one addition.

Asked by `likely`, which adds a row for each feature of a sentence.
"""

from __future__ import annotations

from collections.abc import Iterable

LANE_BITS = 24  # of a number of a row: sums of thousands of weights stay far below 2**23
_HALF = 1 << (LANE_BITS - 1)


def packed(row: Iterable[int]) -> int:
    """The row as one number.

    >>> unpacked(packed([3, -5]) + packed([-4, 1]), 2)
    [-1, -4]
    """
    return sum(number << (LANE_BITS * place) for place, number in enumerate(row))


def unpacked(total: int, count: int) -> list[int]:
    """The sums of so many places, each in [-2**23, 2**23)."""
    shifted = total + packed([_HALF] * count)
    return [(shifted >> (LANE_BITS * place)) % (2 * _HALF) - _HALF for place in range(count)]
