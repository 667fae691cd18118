"""Which passages of a document are known, changed, new or gone, against those it had.

Pure. What has the same words is the same passage, wherever it moved; of the rest, what says much the
same, or stands alone at the same place of the same section, was changed. Asked by `ingest`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

LIKENESS_MIN = 0.5  # share of words in common from which a passage counts as the other one, changed
PAIRS_MAX = 40_000  # of passages that are compared by their words
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Known:
    """A passage that the document had. `text` is None where it was erased: only its place is left."""

    text: str | None
    heading: tuple[str, ...] = ()
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that the document has."""

    text: str
    heading: tuple[str, ...] = ()
    key: str | None = None
    likeness: bool = True  # whether it may be known by the likeness of its words


@dataclass(frozen=True, slots=True)
class Alignment:
    """For each passage found the place of the known one that it is, None where it is new.

    `withheld` are new ones that may be what was erased: they stand where it stood.
    """

    places: tuple[int | None, ...]
    withheld: frozenset[int]

    @property
    def kept(self) -> frozenset[int]:
        """The places of known passages that are still there."""
        return frozenset(place for place in self.places if place is not None)


Matched: TypeAlias = dict[int, int]  # found to known


def align_passages(known: Sequence[Known], found: Sequence[Found]) -> Alignment:
    """Find for each passage of a document the one it was.

    >>> had = [Known("a cat"), Known("the dog runs home"), Known("so")]
    >>> align_passages(had, [Found("the dog runs away home"), Found("a cat"), Found("new")]).places
    (1, 0, 2)
    """
    matched: Matched = {}
    _match(known, found, matched, lambda one: (one.text, one.heading) if one.text is not None else None)
    _match(known, found, matched, lambda one: one.text)
    _match(known, found, matched, lambda one: one.key)
    _match_alike(known, found, matched, lambda one: one.heading)
    _match_alike(known, found, matched, lambda _: None)
    withheld = _match_gaps(known, found, matched)
    return Alignment(tuple(matched.get(index) for index in range(len(found))), withheld)


def _match(
    known: Sequence[Known],
    found: Sequence[Found],
    matched: Matched,
    trait: Callable[[Known | Found], object],
) -> None:
    """Match what bears the same trait, in order; None is no trait."""
    taken = set(matched.values())
    waiting: dict[object, list[int]] = {}
    for place in reversed(range(len(known))):
        if place not in taken:
            waiting.setdefault(trait(known[place]), []).append(place)
    waiting.pop(None, None)
    for index, one in enumerate(found):
        if index not in matched and (places := waiting.get(trait(one))):
            matched[index] = places.pop()


def _match_alike(
    known: Sequence[Known],
    found: Sequence[Found],
    matched: Matched,
    group: Callable[[Known | Found], object],
) -> None:
    """Match within each group what has most words in common, the likest first."""
    taken = set(matched.values())
    old: dict[object, list[int]] = {}
    new: dict[object, list[int]] = {}
    for place, one in enumerate(known):
        if place not in taken and one.text is not None:
            old.setdefault(group(one), []).append(place)
    for index, other in enumerate(found):
        if index not in matched and other.likeness:
            new.setdefault(group(other), []).append(index)
    for key, indexes in new.items():
        places = old.get(key, [])
        if len(places) * len(indexes) > PAIRS_MAX:
            continue  # so much is new that its place must tell
        words_then = {place: _words(known[place].text or "") for place in places}
        words_now = {index: _words(found[index].text) for index in indexes}
        pairs = [
            (likeness, index, place)
            for index in indexes
            for place in places
            if (likeness := _likeness(words_now[index], words_then[place])) >= LIKENESS_MIN
        ]
        for _, index, place in sorted(pairs, key=lambda one: (-one[0], abs(one[1] - one[2]))):
            if index not in matched and place not in taken:
                matched[index] = place
                taken.add(place)


def _match_gaps(known: Sequence[Known], found: Sequence[Found], matched: Matched) -> frozenset[int]:
    """Match what alone stands between the same neighbours; withhold what stands where one was erased."""
    taken = set(matched.values())
    withheld: set[int] = set()
    anchors = [(-1, -1), *sorted(_in_order(matched)), (len(found), len(known))]
    for (index_before, place_before), (index_after, place_after) in pairwise(anchors):
        new = [index for index in range(index_before + 1, index_after) if index not in matched]
        old = [place for place in range(place_before + 1, place_after) if place not in taken]
        if not new or not old:
            continue
        if any(known[place].text is None for place in old):
            withheld.update(new)
        elif len(new) == len(old):
            for index, place in zip(new, old, strict=True):
                if found[index].heading == known[place].heading:
                    matched[index] = place
    return frozenset(withheld)


def _in_order(matched: Mapping[int, int]) -> Iterable[tuple[int, int]]:
    """The longest run of matches that stand in the same order on both sides."""
    from bisect import bisect_left

    pairs = sorted(matched.items())
    tails: list[int] = []  # the place that ends the best run of each length
    ends: list[int] = []
    before: list[int | None] = []
    for number, (_, place) in enumerate(pairs):
        at = bisect_left(tails, place)
        before.append(ends[at - 1] if at else None)
        if at == len(tails):
            tails.append(place)
            ends.append(number)
        else:
            tails[at], ends[at] = place, number
    number_or_none = ends[-1] if ends else None
    while number_or_none is not None:
        yield pairs[number_or_none]
        number_or_none = before[number_or_none]


def _words(text: str) -> Counter[str]:
    """A text's words; of a script without spaces its pairs of characters."""
    counted: Counter[str] = Counter()
    for word in _WORD.findall(text.casefold()):
        if word.isascii() or len(word) < 8:
            counted[word] += 1
        else:
            counted.update(word[at : at + 2] for at in range(len(word) - 1))
    return counted


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    """The share of words that two texts have in common, in [0, 1]."""
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0
