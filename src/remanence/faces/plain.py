"""Text that no terminal can be steered by: what is remembered was written by others."""

from __future__ import annotations

import re

ANSWERED_MIN = 0.5  # below, a question asks for what is not there more likely than not
PREVIEW_CHARS = 400  # of an item in a list; `show` has all of it
# What moves a cursor or turns text around, and halves of characters, which no terminal can show.
_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    r"""The text with its control characters made visible; line breaks and tabs stay.

    >>> printable("red \x1b[31m alert")
    'red \\x1b[31m alert'
    """
    return _STEERING.sub(lambda found: ascii(found[0])[1:-1], text.replace("\r\n", "\n"))


def preview(text: str) -> str:
    """The beginning of a text, for a list or a question."""
    return text if len(text) <= PREVIEW_CHARS else text[:PREVIEW_CHARS].rstrip() + " ..."


def doubt_of(answered: float) -> str | None:
    """What is to be said above hits of which perhaps none answers; None where one more likely does.

    >>> doubt_of(0.12)
    'perhaps nothing here answers this (12% that it does)'
    """
    if answered >= ANSWERED_MIN:
        return None
    return f"perhaps nothing here answers this ({answered:.0%} that it does)"
