"""What the mirror looks at: utterances and actions as plain values, in order of time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from remanence.mirror.language import language_of, language_of_all
from remanence.model.clipping import clipped
from remanence.model.ids import ItemId
from remanence.model.mirror import Quote
from remanence.recall.analyser import words
from remanence.units.sentences import sentences

T = TypeVar("T")

EVIDENCE_MAX = 20  # items named as evidence of one finding
QUOTE_CHARS_MAX = 240  # of a quote: more of it is one call away
_WRITTEN = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_FENCED = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Said:
    """One utterance: by whom, when, where, and in which words."""

    id: ItemId
    author: str
    at: datetime
    text: str
    session: str | None = None
    turn: int | None = None

    def quote(self, start: int = 0, end: int | None = None) -> Quote:
        """Characters [start, end) of it, cut where they are many."""
        passage = " ".join(self.text[start:end].split())
        return Quote(self.id, clipped(passage, QUOTE_CHARS_MAX), self.at)


class Record:
    """All that was said and done, the agent's own apart from the others'. Lists are in order of time."""

    def __init__(self, agent: str, said: Sequence[Said], actions: Sequence[Said] = ()) -> None:
        self.agent = agent
        self.said = said
        self.actions = actions
        self.mine = [one for one in said if one.author == agent]
        self.others = [one for one in said if one.author != agent]

    @cached_property
    def my_words(self) -> list[list[str]]:
        """The words of each of the agent's utterances, code left out."""
        return [spoken_words(one.text) for one in self.mine]

    @cached_property
    def others_words(self) -> list[list[str]]:
        """The words of each utterance of the others."""
        return [spoken_words(one.text) for one in self.others]

    @cached_property
    def language(self) -> str | None:
        """What the agent speaks; None where there are no word lists for it."""
        return language_of_all(self.my_words)

    @cached_property
    def my_languages(self) -> list[str | None]:
        """The language of each of the agent's utterances; of one that shows none, what it speaks."""
        return [language_of(spoken) or self.language for spoken in self.my_words]

    @cached_property
    def before(self) -> list[Said | None]:
        """Of each of the agent's utterances, what somebody else had said last in the same session."""
        last: dict[str | None, Said] = {}
        found: list[Said | None] = []
        for one in self.said:
            if one.author == self.agent:
                found.append(last.get(one.session))
            else:
                last[one.session] = one
        return found


def spread(items: Sequence[T], *, limit: int = EVIDENCE_MAX) -> list[T]:
    """At most so many of them, the first and the last among them, evenly.

    >>> spread(range(10), limit=4)
    [0, 3, 6, 9]
    """
    if len(items) <= limit:
        return list(items)
    step = (len(items) - 1) / (limit - 1)
    return [items[round(number * step)] for number in range(limit)]


def without_code(text: str) -> str:
    """The text with code blanked out, each character in its place."""
    return _FENCED.sub(lambda match: " " * len(match.group()), text) if "`" in text else text


def spoken_words(text: str) -> list[str]:
    """The words of a text in lower case, code left out."""
    return words(without_code(text))


def written_words(text: str) -> list[str]:
    """The words of a text in small letters as they are written, accents and all."""
    return _WRITTEN.findall(text.lower().replace("\u2019", "'"))


def as_written(text: str, sequence: Sequence[str]) -> list[str]:
    """This sequence of words, as the text writes it where it says it first.

    >>> as_written("Ça dépend, à mon avis.", ("a", "mon", "avis"))
    ['à', 'mon', 'avis']
    """
    written = written_words(without_code(text))
    plain = [words(word) for word in written]
    wanted = [[word] for word in sequence]
    places = (at for at in range(len(plain)) if plain[at : at + len(wanted)] == wanted)
    at = next(places, None)
    return list(sequence) if at is None else written[at : at + len(wanted)]


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """The places [start, end) of its sentences, code left out."""
    return sentences(without_code(text))
