"""Finds a quote in a message: the very words, however they are spaced, and where exactly they stand."""

from __future__ import annotations

from remanence.reader.llm.transcript import sendable

QUOTE_CHARS_MAX = 1_000
_STRAIGHT = str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"")  # models write them as they are used to


def find_quote(text: str, quote: str) -> tuple[int, int] | None:
    """Characters [start, end) of the text that the quote copies; None where it has no such words.

    Runs of white space are one space, and curved quotation marks are straight; nothing else is forgiven.

    >>> find_quote("I moved\\n  to Lisbon.", "moved to Lisbon")
    (2, 19)
    """
    words = " ".join(sendable(quote).translate(_STRAIGHT).split())
    if not any(map(str.isalnum, words)) or len(words) > QUOTE_CHARS_MAX:
        return None
    folded, places = _folded(sendable(text).translate(_STRAIGHT))
    at = folded.find(words)
    while at >= 0:
        end = at + len(words)
        if _between_words(folded, at, end):
            return places[at], places[end - 1] + 1
        at = folded.find(words, at + 1)
    return None


def _folded(text: str) -> tuple[str, list[int]]:
    """The text with single spaces, and where each of its characters stood."""
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        if not character.isspace():
            characters.append(character)
            places.append(place)
        elif characters and characters[-1] != " ":
            characters.append(" ")
            places.append(place)
    return "".join(characters), places


def _between_words(folded: str, start: int, end: int) -> bool:
    """Whether a quote cuts no word in two, in scripts that have words: "art" is not said in "start"."""
    return not (_joined(folded, start) or _joined(folded, end))


def _joined(folded: str, at: int) -> bool:
    if not 0 < at < len(folded):
        return False
    before, after = folded[at - 1], folded[at]
    return before.isascii() and after.isascii() and before.isalnum() and after.isalnum()
