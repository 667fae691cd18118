"""In what way a sentence is said: asserted, asked, requested, supposed, quoted, or not meant at all.

Only what is asserted may become a fact. Asked by `clauses` and by every reader of whole sentences.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from remanence.reader.rules.language import DEFAULT_LANGUAGE, Language, load_language
from remanence.reader.rules.needed import holds, occurs, search, words_of
from remanence.reader.rules.sentences import MASK, TEXT_CHARS_MAX, plainly, sentences

QUOTED_SHARE = 0.7  # of a sentence's characters; with more of it in quotes, the sentence is a quote


class Modality(StrEnum):
    """In what way something is said."""

    ASSERTED = "asserted"
    HYPOTHETICAL = "hypothetical"
    QUOTED = "quoted"  # or told as somebody else's word
    ASKED = "asked"
    REQUESTED = "requested"  # or proposed, or bidden
    IRONIC = "ironic"


class Said(NamedTuple):
    """Characters [start, start + len(text)) of a text, and in what way they are said."""

    start: int
    text: str
    modality: Modality


@dataclass(frozen=True, slots=True)
class OwnText:
    """A text, and the beginning of it that is its writer's own, of the same places."""

    text: str
    plain: str  # with masks over what is quoted
    words: frozenset[str]  # of all of it
    own: str
    sentences: tuple[tuple[int, str], ...]  # of `own`: where each starts, and its text


def modality_of(sentence: str, *, language: str = DEFAULT_LANGUAGE) -> Modality:
    """In what way one sentence is said, taken by itself.

    >>> modality_of("Could you book a table?").value
    'requested'
    >>> modality_of("Tom says he loves jazz").value
    'quoted'
    """
    tables = load_language(language)
    return modality_of_plain(plainly(sentence[:TEXT_CHARS_MAX]).strip(), tables)


def modalities(text: str, *, language: str = DEFAULT_LANGUAGE) -> tuple[Said, ...]:
    """The sentences of a text, each with its modality; what is pasted or drafted in it is quoted.

    >>> [one.modality.value for one in modalities("I live in Porto. Is it nice? Just kidding!")]
    ['ironic', 'ironic', 'ironic']
    """
    tables = load_language(language)
    plain = plainly(text[:TEXT_CHARS_MAX])
    words = words_of(plain)
    serious = is_serious(plain, words, tables)
    own = len(own_words(plain, words, tables))
    found = []
    for start, sentence in sentences(plain):
        if not serious:
            modality = Modality.IRONIC
        else:
            modality = modality_of_plain(sentence, tables) if start < own else Modality.QUOTED
        found.append(Said(start, text[start : start + len(sentence)], modality))
    return tuple(found)


def is_serious(plain: str, words: frozenset[str], language: Language) -> bool:
    """Whether a text of these words is meant as it is said, and is talk rather than a record of talk."""
    patterns = (
        language.guards["joking"],
        language.guards["record"],
        language.patterns["modality"]["unserious"],
    )
    return not any(holds(pattern, plain, words) for pattern in patterns)


def own_words(plain: str, words: frozenset[str], language: Language) -> str:
    """The beginning of a text that is its writer's own: not what is pasted, forwarded or drafted in it."""
    about = language.guards["given_text"]
    given = about.search(plain) if holds(about, plain, words) else None
    patterns = language.patterns["modality"]
    own = plain if given is None or patterns["to_keep"].search(plain[: given.end()]) else plain[: given.end()]
    foreign = search(patterns["foreign"], own, words)
    return own if foreign is None else own[: foreign.start()]


def own_text(text: str, language: Language) -> OwnText:
    """What a text says in its writer's own words; nothing of one that is not meant."""
    plain = plainly(text[:TEXT_CHARS_MAX])
    words = words_of(plain)
    own = own_words(plain, words, language) if is_serious(plain, words, language) else ""
    return OwnText(text, plain, words, own, tuple(_own_sentences(own, words, language)))


def _own_sentences(own: str, words: frozenset[str], language: Language) -> Iterator[tuple[int, str]]:
    """Those that are not said to be somebody else's at their end: "..., says the ad"."""
    attributed = language.patterns["modality"]["attributed"]
    for start, sentence in sentences(own):
        if not holds(attributed, sentence, words):
            yield start, sentence


def modality_of_plain(sentence: str, language: Language) -> Modality:
    """The same of a sentence of an `OwnText`, with its quotes masked."""
    guards, patterns = language.guards, language.patterns["modality"]
    if occurs(patterns["ironic"], sentence) or occurs(guards["joking"], sentence):
        return Modality.IRONIC
    if sentence.count(MASK) >= QUOTED_SHARE * max(len(sentence), 1):
        return Modality.QUOTED
    if occurs(patterns["requested"], sentence) or occurs(patterns["bidden"], sentence):
        return Modality.REQUESTED
    if occurs(patterns["reported"], sentence) or occurs(patterns["attributed"], sentence):
        return Modality.QUOTED
    if occurs(patterns["asked"], sentence):
        return Modality.ASKED
    if occurs(patterns["supposed"], sentence) or occurs(guards["unreal"], sentence):
        return Modality.HYPOTHETICAL
    return Modality.ASSERTED
