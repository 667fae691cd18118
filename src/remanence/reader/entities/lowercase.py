"""Known names in text that has no capitals to go by: chat, shouting, and scripts without case.

Only what the cube knows is found here, and no everyday word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from remanence.model.entity import EntityKind
from remanence.reader.entities.folding import fold, is_unspaced, unspaced_characters
from remanence.reader.entities.found import Found
from remanence.reader.entities.names import READ_CHARS_MAX
from remanence.reader.entities.words import LANGUAGES, not_names_anywhere, words

if TYPE_CHECKING:
    from remanence.reader.entities.resolving import Directory

LENGTH_MIN = 3  # of a word that is taken for a name without a capital
NAME_WORDS_MAX = 5
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_FIRST_PERSON = re.compile(r"\bI\b")
_SENTENCE_STARTS = re.compile(r"(?:^|[.!?…]\s+|\n\s*)\w")


def plain_words(text: str) -> set[str]:
    """The words of such a text that may be, begin or end a known name, folded; of any other text none."""
    text = text[:READ_CHARS_MAX]
    found = unspaced_characters(text)
    if is_plain(text):
        everyday = _everyday()
        found |= {word for one in set(_WORD.findall(text)) if (word := _bare(one)) not in everyday}
    return found


def known_in_plain_words(text: str, directory: Directory) -> Iterator[Found]:
    """The known names that occur in such a text, the longest at each place."""
    text = text[:READ_CHARS_MAX]
    if unspaced_characters(text):
        yield from _unspaced(text, directory)
    if not is_plain(text):
        return
    words = _WORD.findall(text)
    if text.isascii() and directory.ends.isdisjoint([word.lower().removesuffix("'s") for word in words]):
        return
    people_only = not (text.islower() or text.isupper())
    matches = list(_WORD.finditer(text))
    at = 0
    while at < len(matches):
        found, taken = _longest(text, matches, at, directory)
        if found is not None and not (people_only and found.kind is not EntityKind.PERSON):
            yield found
            at += taken
        else:
            at += 1


def is_plain(text: str) -> bool:
    """Whether its capitals say nothing: none but at the beginnings of sentences, or nothing else."""
    if text.islower() or text.isupper():
        return True
    return _SENTENCE_STARTS.sub("", _FIRST_PERSON.sub("i", text)).islower()


def _longest(
    text: str, matches: list[re.Match[str]], at: int, directory: Directory
) -> tuple[Found | None, int]:
    first = matches[at].group()
    if first.isascii() and first.lower().removesuffix("'s") not in directory.ends:
        return None, 1
    first = _bare(first)
    if first in _everyday() or len(first) < LENGTH_MIN or first not in directory.ends:
        return None, 1
    for count in range(min(NAME_WORDS_MAX, len(matches) - at), 0, -1):
        start, end = matches[at].start(), matches[at + count - 1].end()
        surface = text[start:end].removesuffix("'s").removesuffix("’s")
        kind = directory.kind_of_name(surface)
        if kind is not None:
            return Found(start, start + len(surface), surface, kind, certain=False), count
    return None, 1


def _unspaced(text: str, directory: Directory) -> Iterator[Found]:
    at = 0
    while at < len(text):
        name = directory.longest_unspaced(text, at) if is_unspaced(text[at]) else None
        if name is None:
            at += 1
        else:
            yield Found(at, at + len(name), name, certain=False)
            at += len(name)


def _bare(word: str) -> str:
    return fold(word.removesuffix("'s").removesuffix("’s"))


@cache
def _everyday() -> frozenset[str]:
    tables = [words(language) for language in LANGUAGES]
    return not_names_anywhere().union(*(one.starts | one.everyday | one.function for one in tables))
