"""What a sentence is about: its telling words as stems, and which of them exclude one another."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache

from remanence.mirror.language import DEFAULT_LANGUAGE, lists

Term = str
Weights = Mapping[Term, float]
_EXTRA = {"en": frozenset({"really", "thing", "things", "way", "get", "make", "going", "one's", "let"})}
_STEMMERS = {"en": "english", "de": "german", "es": "spanish"}


@cache
def _stem(language: str = DEFAULT_LANGUAGE) -> Callable[[str], str]:
    from Stemmer import Stemmer  # type: ignore[import-not-found]  # it ships no hints

    stem: Callable[[str], str] = Stemmer(
        _STEMMERS[language], 0
    ).stemWord  # no cache: an erased text leaves no word
    return stem


@cache
def _bare(language: str = DEFAULT_LANGUAGE) -> frozenset[str]:
    """Words that tell of no subject, but for those that have an opposite."""
    paired = {word for words in _pairs() for word in words} if language == DEFAULT_LANGUAGE else set()
    little = lists(language).spoken("style", "function_words")
    return frozenset({*little, *_EXTRA.get(language, ())} - paired)


@cache
def _pairs() -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(line.replace(":", " ").split()) for line in lists().words("stance", "opposites"))


@cache
def _opposites() -> Mapping[Term, frozenset[Term]]:
    found: dict[Term, set[Term]] = {}
    for word, *others in _pairs():
        for other in others:
            found.setdefault(_stem()(word), set()).add(_stem()(other))
            found.setdefault(_stem()(other), set()).add(_stem()(word))
    return {term: frozenset(others) for term, others in found.items()}


def terms_of(words: Iterable[str], language: str = DEFAULT_LANGUAGE) -> frozenset[Term]:
    """The telling words, as stems.

    >>> sorted(terms_of("the cats are sleeping".split()))
    ['cat', 'sleep']
    """
    bare, stem = _bare(language), _stem(language)
    return frozenset(
        stem(word.removesuffix("'s"))
        for word in words
        if (word not in bare and len(word) > 1) or word.isdecimal()
    )


def excluded_by(terms: Iterable[Term]) -> frozenset[Term]:
    """All that is the opposite of one of them."""
    known = _opposites()
    return frozenset(other for term in terms for other in known.get(term, ()))


def opposed(one: Collection[Term], other: Collection[Term]) -> list[tuple[Term, Term]]:
    """Pairs of opposites between two sets, each word once.

    >>> opposed(terms_of(["cheap"]), terms_of(["expensive"]))
    [('cheap', 'expens')]
    """
    known, taken, found = _opposites(), set[Term](), []
    for term in sorted(one):
        for against in sorted(known.get(term, frozenset()).intersection(other) - taken):
            taken.add(against)
            found.append((term, against))
            break
    return found


def rarity(sets: Iterable[Collection[Term]]) -> Weights:
    """How telling each term is: the logarithm of one over the share of sets that hold it."""
    frequency: Counter[Term] = Counter()
    total = 0
    for one in sets:
        frequency.update(set(one))
        total += 1
    return {term: math.log(1 + total / count) for term, count in frequency.items()}


def weight(terms: Iterable[Term], weights: Weights) -> float:
    """How much they tell together."""
    return sum(weights.get(term, 1.0) for term in terms)


def likeness(one: frozenset[Term], other: frozenset[Term], weights: Weights) -> float:
    """The weight of what both hold over that of what either holds, in [0, 1]; 0 where one is empty."""
    both = one & other
    return weight(both, weights) / weight(one | other, weights) if both else 0.0
