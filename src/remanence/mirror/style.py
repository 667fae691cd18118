"""Style: which little words the agent uses, how often it hedges, asks, apologises, how long it speaks.

The profile by which one stretch is compared with another is the rates of the function words; their mean
difference in standard deviations is Burrows's Delta (Burrows 2002, "Delta: a measure of stylistic difference
and a guide to likely authorship", Literary and Linguistic Computing 17(3)).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from remanence.mirror.language import DEFAULT_LANGUAGE, hints, language_of, lists, matcher, rule
from remanence.mirror.said import Said, without_code
from remanence.model.mirror import StyleMark
from remanence.recall.analyser import words

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats: TypeAlias = npt.NDArray[np.float64]

_SENTENCE_END = re.compile(r"[.!?…。！？]+(?=\s|$|[\"'”’)])|\n+")
_QUESTION = re.compile(r"[?？](?=\s|$|[\"'”’)])")
_PICTURE = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")
_LISTED = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Feature:
    """One figure of style: a count in `per` of something else, in so many units."""

    name: str
    per: str  # "word", "sentence" or "message"
    scale: float
    unit: str


FEATURES = (
    Feature("words in a sentence", "sentence", 1, "words"),
    Feature("sentences in a message", "message", 1, "sentences"),
    Feature("questions", "sentence", 100, "of 100 sentences"),
    Feature("exclamations", "sentence", 100, "to 100 sentences"),
    Feature("hedges", "word", 1000, "to 1,000 words"),
    Feature("apologies", "message", 100, "to 100 messages"),
    Feature("contractions", "word", 1000, "to 1,000 words"),
    Feature("everyday turns", "word", 1000, "to 1,000 words"),
    Feature("formal turns", "word", 1000, "to 1,000 words"),
    Feature("speaks of itself", "word", 1000, "to 1,000 words"),
    Feature("addresses its reader", "word", 1000, "to 1,000 words"),
    Feature("long words", "word", 1000, "of 1,000 words"),
    Feature("emoji", "message", 100, "to 100 messages"),
    Feature("list items", "message", 100, "to 100 messages"),
    Feature("similes", "message", 100, "to 100 messages"),
    Feature("commas", "word", 1000, "to 1,000 words"),
)
LONG_WORD = 8  # letters and more
_PER = {"word": 0, "sentence": 1, "message": 2}


# Of which lists some figures are made; a language without them has no such figures.
_LISTED_AS = {
    "hedges": "hedges",
    "apologies": "apologies",
    "everyday turns": "informal",
    "formal turns": "formal",
    "contractions": "contracted",
    "speaks of itself": "first_person",
    "addresses its reader": "second_person",
    "similes": "simile",
}


@dataclass(frozen=True, slots=True)
class Counts:
    """Of each utterance: float64 [n, 3] words, sentences, messages; [n, columns] features, function words."""

    base: Floats
    found: Floats

    def part(self, start: int, end: int) -> Counts:
        """Those of utterances [start, end)."""
        return Counts(self.base[start:end], self.found[start:end])

    @property
    def denominators(self) -> Floats:
        """What each column of `found` is a rate of: float64 [n, columns]."""
        return self.base[:, _places(self.found.shape[1])]

    @property
    def rates(self) -> Floats:
        """The rates of all utterances together: float64 [columns]."""
        rates: Floats = self.found.sum(axis=0) / np.maximum(
            self.base.sum(axis=0)[_places(self.found.shape[1])], 1
        )
        return rates


def counted(said: Sequence[Said], language: str | None = DEFAULT_LANGUAGE) -> Counts:
    """The counts of these utterances, each by the lists of its language, or of this one where it shows none.

    The function words are those of this one.
    """
    little = _function_words(language or DEFAULT_LANGUAGE)
    base = np.zeros((len(said), 3))
    found = np.zeros((len(said), len(FEATURES) + len(little)))
    for row, one in enumerate(said):
        text = without_code(one.text)
        spoken = words(text)
        sentences = max(1, len([piece for piece in _SENTENCE_END.split(text) if piece.strip()]))
        base[row] = len(spoken), sentences, 1
        spoken_in = language_of(spoken) or language or DEFAULT_LANGUAGE
        found[row, : len(FEATURES)] = _features(text, spoken, sentences, spoken_in)
        for word in spoken:
            place = little.get(word)
            if place is not None:
                found[row, len(FEATURES) + place] += 1
    return Counts(base, found)


def card(mine: Counts, others: Counts | None, language: str = DEFAULT_LANGUAGE) -> list[StyleMark]:
    """The style card: the agent's figures beside those of whom it talks with, as far as it has lists."""
    ours, theirs = mine.rates, None if others is None else others.rates
    return [
        StyleMark(
            one.name,
            float(ours[place] * one.scale),
            None if theirs is None else float(theirs[place] * one.scale),
            one.unit,
        )
        for place, one in enumerate(FEATURES)
        if _is_told(one, language)
    ]


def _is_told(one: Feature, language: str) -> bool:
    listed = _LISTED_AS.get(one.name)
    return listed is None or any(lists(language).words(file, listed) for file in ("style", "grammar"))


def delta(one: Floats, other: Floats, deviations: Floats) -> float:
    """Burrows's Delta of two rows of rates: the mean absolute difference in standard deviations."""
    used = deviations > 0
    return float(np.abs((one - other)[used] / deviations[used]).mean()) if used.any() else 0.0


def _features(text: str, spoken: Sequence[str], sentences: int, language: str) -> tuple[float, ...]:
    def listed(name: str) -> int:
        if hints("style", name, language).isdisjoint(spoken):
            return 0
        return len(matcher("style", name, language).findall(text))

    def ruled(name: str) -> int:
        return len(rule(name, language).findall(text))

    return (
        len(spoken),
        sentences,
        len(_QUESTION.findall(text)) if "?" in text or "？" in text else 0,
        text.count("!") + text.count("！"),
        listed("hedges"),
        listed("apologies"),
        ruled("contracted"),
        listed("informal"),
        listed("formal"),
        ruled("first_person"),
        ruled("second_person"),
        sum(len(word) >= LONG_WORD for word in spoken),
        0 if text.isascii() else len(_PICTURE.findall(text)),
        len(_LISTED.findall(text)),
        ruled("simile"),
        text.count(","),
    )


@cache
def _places(columns: int) -> list[int]:
    return [*(_PER[one.per] for one in FEATURES), *[0] * (columns - len(FEATURES))]


@cache
def _function_words(language: str) -> dict[str, int]:
    return {word: place for place, word in enumerate(_little(language))}


def _little(language: str) -> list[str]:
    listed = lists(language).words("style", "function_words")
    return list(dict.fromkeys(word for entry in listed for word in words(entry)))
