"""Texts cut by a model's own tokenizer, and batches of alike length: for engines that run on this machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from remanence.embedding.port import Span
from remanence.embedding.spans import readable

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

PIECE_CHARS_MAX = 32  # read of a text for each piece that may count: bounds the tokenizer's work


class PieceCutter:
    """Cuts texts into overlapping spans of at most so many word pieces. Use it from any thread."""

    def __init__(self, tokenizer: Tokenizer, *, pieces: int, overlap: int) -> None:
        """`pieces` counts the model's own marks too; `tokenizer` is taken over, and set to cut so."""
        tokenizer.no_padding()
        tokenizer.enable_truncation(pieces, stride=overlap)
        self._tokenizer = tokenizer
        self._pieces = pieces

    def cut(self, index: int, text: str, *, limit: int) -> Iterator[tuple[Span, list[int]]]:
        """The text's spans, at most `limit`, and the ids of the pieces of each.

        The first begins where the text does, the last ends where it ends.
        """
        read = text[: limit * self._pieces * PIECE_CHARS_MAX]
        whole = self._tokenizer.encode(readable(read))
        pieces = [whole, *whole.overflowing][:limit]
        for number, encoding in enumerate(pieces):
            first, end = _extent(encoding) if len(pieces) > 1 else (0, len(read))
            is_last = number + 1 == len(pieces) == 1 + len(whole.overflowing)
            yield Span(index, first if number else 0, len(read) if is_last else end), encoding.ids


def _extent(encoding: Encoding) -> tuple[int, int]:
    """The characters from the first piece to the last, the model's marks left out."""
    marks = encoding.special_tokens_mask
    own = [place for place, is_mark in zip(encoding.offsets, marks, strict=True) if not is_mark]
    return own[0][0], own[-1][1]


def batches_by_length(lengths: Sequence[int], *, pieces_max: int) -> Iterator[list[int]]:
    """Row numbers in batches of at most `pieces_max` pieces, padding included, or of one row; longest first.

    >>> list(batches_by_length([2, 300, 3, 300], pieces_max=500))
    [[1], [3], [2, 0]]
    """
    batch: list[int] = []
    for number in sorted(range(len(lengths)), key=lambda number: -lengths[number]):
        if batch and (len(batch) + 1) * lengths[batch[0]] > pieces_max:
            yield batch
            batch = []
        batch.append(number)
    if batch:
        yield batch
