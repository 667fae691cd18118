"""Cutting a text to a length, with a mark that says so."""

from __future__ import annotations


def clipped(text: str, chars_max: int) -> str:
    """A text, cut with a mark where it is longer.

    >>> clipped("a long walk", 7)
    'a long…'
    """
    return text if len(text) <= chars_max else text[: chars_max - 1].rstrip() + "…"
