"""Cuts a text into sentences, in any language: Unicode's own rules (UAX 29), mended for short words.

Source: Unicode Standard Annex 29, "Unicode Text Segmentation", section 5.
"""

from __future__ import annotations

import re

from apsw.unicode import sentence_iter_with_offsets

_LINES = re.compile(r"[^\r\n\u2028\u2029\x85]+")
# "J. Bach", "z. B. so", "Dr. Smith": a full stop after one letter, or a few without a vowel.
_SHORT = re.compile(r"(?:^|[\s(\"'])(?:[^\W\d_]|[A-Z][b-df-hj-np-tv-xz]{1,2})\.\s*$")


def sentences(text: str) -> list[tuple[int, int]]:
    """The places [start, end) of a text's sentences, without the space around them.

    >>> text = "Dr. Smith came. 你好吗？很好。"
    >>> [text[start:end] for start, end in sentences(text)]
    ['Dr. Smith came.', '你好吗？', '很好。']
    """
    found: list[tuple[int, int]] = []
    for line in _LINES.finditer(text):
        begun: int | None = None
        for start, end, piece in sentence_iter_with_offsets(line.group()):
            begun = start if begun is None else begun
            if _SHORT.search(piece) and end < len(line.group()):
                continue
            _keep(text, line.start() + begun, line.start() + end, found)
            begun = None
    return found


def _keep(text: str, start: int, end: int, found: list[tuple[int, int]]) -> None:
    piece = text[start:end]
    if any(map(str.isalnum, piece)):
        start += len(piece) - len(piece.lstrip())
        found.append((start, start + len(piece.strip())))
