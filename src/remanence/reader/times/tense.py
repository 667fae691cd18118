"""Whether the words around a time look back or ahead, where the time itself leaves it open."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from remanence.reader.times.tables import Language

_CHARACTERS_MAX = 90  # how far from the time a verb is looked for, within its sentence


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    return re.compile(r"[.!?;\n]"), re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def looks_back(text: str, start: int, end: int, language: Language) -> bool | None:
    """Whether the nearest verb of the sentence, before or else after the time, is past; None without one."""
    breaks, words = _patterns()
    before = breaks.split(text[max(start - _CHARACTERS_MAX, 0) : start])[-1]
    behind = breaks.split(text[end : end + _CHARACTERS_MAX], maxsplit=1)[0]
    said = [word.lower() for word in words.findall(before)]
    if _is_put_off(said, language):
        return False
    for word in [*reversed(said), *words.findall(behind)]:
        direction = _direction(word.lower().replace("’", "'"), language)
        if direction:
            return direction < 0
    return None


def _is_put_off(before: Sequence[str], language: Language) -> bool:
    """Whether the words right before a time say that something was put off to it."""
    if not before or before[-1] not in language.until:
        return False
    verb = next((word for word in reversed(before[:-1]) if word not in language.onwards), None)
    return verb in language.put_off


def _direction(word: str, language: Language) -> int:
    """-1 for a word that looks back, 1 for one that looks ahead, else 0."""
    if word in language.future or word.endswith(language.future_endings):
        return 1
    if word in language.past:
        return -1
    return -1 if len(word) > 4 and word.endswith(language.past_endings) else 0
