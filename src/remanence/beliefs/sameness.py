"""Whether two statements say the same: the same words, of the same kind, about the same times.

Capitals, spacing and a full stop make no difference; every other sign does ("-5", "C++"). What says
the same in other words is for consolidation to find, by its vector.
"""

from __future__ import annotations

import re
import unicodedata

from remanence.beliefs.slots import NEGATED
from remanence.model.item import Content

_QUOTES = str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"")
_END = re.compile(r"[\s.!\u3002]+$")
_SPACES = re.compile(r"\s+")


def wording(text: str) -> str:
    """What is alike for texts of the same words.

    >>> wording("Alice  likes TEA.") == wording("alice likes tea")
    True
    """
    folded = unicodedata.normalize("NFC", text).casefold().translate(_QUOTES)
    return _END.sub("", _SPACES.sub(" ", folded)).strip()


def says_no_more(new: Content, known: Content) -> bool:
    """Whether a statement of the same wording adds nothing to a known one, other than a voice.

    A relative date ("tomorrow") is another time on another day.
    """
    return (
        new.kind is known.kind
        and new.domain in (None, known.domain)
        and new.slot == known.slot
        and new.metadata.get(NEGATED) == known.metadata.get(NEGATED)
        and new.event == known.event
        and [time.interval for time in new.times] == [time.interval for time in known.times]
        and set(new.tags) <= set(known.tags)
        and all(known.metadata.get(key) == value for key, value in new.metadata.items())
    )
