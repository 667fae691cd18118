"""One bit for each number of a vector: whether it lies above the middle.

How many bits of two vectors differ tells roughly how near they lie, for a small part of what their exact
cosine costs. 48 MB for a million vectors of 384 dimensions, made of the vectors' int8 codes when first asked
for. What is told is a byte a vector: of many, the passes over all cost as much as they move.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from remanence.recall.columns import Floats, Steps
from remanence.recall.shelf import CAPACITY_MIN, Parts, Shelf, grown

Words: TypeAlias = npt.NDArray[np.uint64]

WORD_BITS = 64
MADE_AT_A_TIME = 4_096
SCANNED_AT_A_TIME = 32_768  # what is counted of them stays in the processor's cache
WORDS_AT_A_TIME = 3  # whose bits a byte can count
STEPS_MAX = 96  # of a right angle: neighbours' steps can be added to them before a byte is full


class SignTable:
    """The bits of vectors by their numbers, which go on from 0."""

    def __init__(self, dims: int) -> None:
        self._words: Words = np.empty((CAPACITY_MIN, -(-dims // WORD_BITS)), np.uint64).T.copy()
        self._size = 0
        self._middle: Floats = np.zeros(dims, np.float32)

    def follow(self, codes: npt.NDArray[np.int8], scale: Floats) -> None:
        """Take in those vectors, int8 [v, dims] with a scale each, that are not in it yet.

        The middle is the mean of the first ones: the vectors of many models lie to one side of zero.
        """
        size = len(codes)
        if self._size == 0 < size:
            first = slice(None, MADE_AT_A_TIME)
            self._middle = (codes[first] * scale[first, None]).mean(axis=0, dtype=np.float32)
        if size > self._words.shape[1]:
            self._words = np.ascontiguousarray(grown(self._words.T, self._size, size).T)
        for start in range(self._size, size, MADE_AT_A_TIME):
            part = slice(start, min(start + MADE_AT_A_TIME, size))
            self._words[:, part] = self._bits(codes[part] * scale[part, None]).T
        self._size = size

    def parts(self) -> Parts:
        """All that is held, by name."""
        return {"words": self._words[:, : self._size], "middle": self._middle}

    def restore(self, shelf: Shelf) -> None:
        """Hold what was saved."""
        self._size = shelf.count("words", axis=1)
        self._words = shelf.growing("words", np.uint64, len(self._words), self._size, axis=1)
        self._middle = shelf.whole("middle", np.float32, len(self._middle))

    @property
    def step(self) -> float:
        """The cosine that a step of `nearness` stands for."""
        # Pi times the share of bits that differ is the angle; the slope of its cosine at a right one is -1.
        return math.pi / len(self._middle) * float(1 << self._shift)

    def nearness(self, query: Floats) -> Steps:
        """How near each vector lies to a query by the bits that differ, in steps of a cosine: int8 [v]."""
        wanted, size, shift = self._bits(query[None, :]).T, self._size, self._shift
        found = np.full(size, len(self._middle) // 2 >> shift, np.int8)
        words = np.empty((WORDS_AT_A_TIME, SCANNED_AT_A_TIME), np.uint64)
        counts = np.empty(words.shape, np.uint8)
        for start in range(0, size, SCANNED_AT_A_TIME):
            part = slice(start, min(start + SCANNED_AT_A_TIME, size))
            for first in range(0, len(wanted), WORDS_AT_A_TIME):
                own, of = self._words[first : first + WORDS_AT_A_TIME, part], wanted[first:]
                room = (slice(len(own)), slice(part.stop - start))
                differing = np.bitwise_xor(own, of[:WORDS_AT_A_TIME], out=words[room])
                count = np.bitwise_count(differing, out=counts[room]).sum(axis=0, dtype=np.uint8)
                count >>= shift
                found[part] -= count.view(np.int8)
        return found

    @property
    def _shift(self) -> int:
        """By how much counts are halved, so that a right angle has at most STEPS_MAX steps."""
        return max(0, math.ceil(math.log2(len(self._middle) / (2 * STEPS_MAX))))

    def erase(self, numbers: npt.NDArray[np.intp]) -> None:
        """Overwrite the bits of these vectors."""
        self._words[:, numbers[numbers < self._size]] = 0

    def _bits(self, vectors: Floats) -> Words:
        packed = np.packbits(vectors > self._middle, axis=1)
        whole = np.zeros((len(vectors), self._words.shape[0] * WORD_BITS // 8), np.uint8)
        whole[:, : packed.shape[1]] = packed
        return whole.view(np.uint64)
