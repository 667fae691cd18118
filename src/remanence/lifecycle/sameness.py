"""When two statements are one: the same words, or the same slot in nearly the same ones.

A statement that is merged wrongly leaves recall, one that is not merged only takes space: in doubt they
are two. Cosine alone can't tell, since long texts that differ in one word lie nearer than paraphrases do.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cache
from importlib import resources

from remanence.storage.life_port import StatementRow

SAME_SLOT_COSINE = 0.9  # of two texts that give one slot one value; see NEAR_DUPLICATE_COSINE of recall
LATIN_LAST = "\u024f"  # the last letter of the extended Latin alphabet
_EDGES = ".,;:!…。！，；：\"'“”‘’«»()[]"  # not "?": what is asked is not stated


@dataclass(frozen=True, slots=True)
class WordLists:
    """The data file, read."""

    articles: frozenset[str]
    pointing: frozenset[str]
    turning: frozenset[str]


@cache
def word_lists() -> WordLists:
    """Read `data/sameness.toml`."""
    raw = tomllib.loads((resources.files(__package__) / "data" / "sameness.toml").read_text("utf-8"))
    return WordLists(*(frozenset(raw[name].split()) for name in WordLists.__slots__))


def words_of(text: str) -> tuple[str, ...]:
    """The words by which a text is known again: without articles, and punctuation at their edges.

    Capitals count, but for the first word's: Bill is not a bill.

    >>> words_of("The code is 4711.") == words_of("code is 4711")
    True
    >>> words_of("Alice owes 5$") == words_of("Alice owes 5€")
    False
    """
    found = [word.strip(_EDGES) for word in unicodedata.normalize("NFC", text).split()]
    words = [word for word in found if word]
    if words:
        words[0] = words[0].casefold()
    articles = word_lists().articles
    kept = [word for word in words if word.casefold() not in articles]
    return tuple(kept or words)


def beside_words(row: StatementRow) -> Hashable:
    """All that must be alike beside the words: what it is, of whose trust, when, and of which slot.

    Unless a slot names the subject, whoever speaks counts, and the session where words point at what
    only it tells.
    """
    slot = None
    if row.slot_attribute is not None and row.slot_value is not None:
        slot = (row.slot_subject, row.slot_attribute, row.slot_value.casefold())
    points = slot is None and _points(row.content)
    return (
        (row.kind, row.trust, row.domain, row.metadata),
        (row.event_from, row.event_to, row.valid_to),
        slot,
        row.author if slot is None else None,
        row.session if points else None,
    )


def _points(text: str) -> bool:
    """Whether only its conversation may tell what a text is about; so it is in scripts whose words that
    point are not listed."""
    if any(character.isalpha() and character > LATIN_LAST for character in text):
        return True
    words = {word.strip(_EDGES) for word in text.casefold().split()}
    return not word_lists().pointing.isdisjoint(words)


def same_words(row: StatementRow) -> Hashable:
    """Alike for two statements that say the same in the same words, unlike for others."""
    return beside_words(row), words_of(row.content)


def same_slot(row: StatementRow) -> Hashable | None:
    """Alike for two that give one slot one value, with the same names, numbers and denials; None without."""
    if row.slot_attribute is None:
        return None
    words = words_of(row.content)
    telling = [word for word in words[1:] if not word.islower()]  # names, numbers, scripts without case
    turning = [word for word in words if word.casefold() in word_lists().turning or word.endswith("n't")]
    return beside_words(row), tuple(telling), tuple(turning)
