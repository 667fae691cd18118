"""What a text shows of a change: that something is other now, or that it is only supposed, passing or past.

Asked by the analyser for each text; the words are in `data/cues.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TypeAlias

WORDS_MAX = 60  # the first of a text: somewhere in a long one nearly every cue stands
OTHERS_WITHIN = 7  # words from the beginning
OBJECT_WITHIN = 4  # words: if the speaker comes up so soon after, it is done to them, or with them

Phrases: TypeAlias = Mapping[str, tuple[str, ...]]  # by first word: the phrases, a space around each

_NAMED_FIRST = re.compile(r"([A-Z]\w+)(?:'s\b| (?:(?:from|at|in|of|on) (?:\w+ ){1,3})?([a-z]+))")
_VERB = re.compile(r"(?:has|had|is|was|got|took|went|goes|does|did|said|told|would|wants|\w+(?:ed|[^s]s))$")


@dataclass(frozen=True, slots=True)
class CueLists:
    """The data file, read."""

    change: Phrases
    supposed: Phrases
    passing: Phrases
    past: Phrases
    others: frozenset[str]
    third: frozenset[str]
    openers: frozenset[str]
    nobody: frozenset[str]
    speaker: frozenset[str]
    function: frozenset[str]


@cache
def cue_lists() -> CueLists:
    """Read `data/cues.toml`."""
    raw = tomllib.loads((resources.files(__package__) / "data" / "cues.toml").read_text("utf-8"))
    change, supposed, passing, past = (
        _by_first_word(raw[name].split(",")) for name in ("change", "supposed", "passing", "past")
    )
    others, third, openers, nobody, speaker, function = (
        frozenset(raw[name].split())
        for name in ("others", "third", "openers", "nobody", "speaker", "function")
    )
    return CueLists(change, supposed, passing, past, others, third, openers, nobody, speaker, function)


def cues_of(text: str, found: Sequence[str]) -> tuple[bool, bool, bool, bool, bool, bool]:
    """Whether a text says that something changed; is supposed, passing, long past; begins with somebody else,
    or has them in it at all.

    `found` are the text's words, as the analyser splits them.

    >>> cues_of("I no longer row", ["i", "no", "longer", "row"])
    (True, False, False, False, False, False)
    """
    lists, first = cue_lists(), found[:WORDS_MAX]
    seen = set(first)
    spaced = f" {' '.join(first)} "
    change, supposed, passing, past = (
        _has(phrases, spaced, seen) for phrases in (lists.change, lists.supposed, lists.passing, lists.past)
    )
    others = bool(others_named(first))
    third = others or not lists.third.isdisjoint(seen)
    return change, supposed, passing, past, _speaks_of_another(text, first, others=others), third


def speaks_of_speaker(found: Sequence[str]) -> bool:
    """Whether the words are those of somebody who speaks of what is theirs.

    >>> speaks_of_speaker(["what", "is", "our", "rent"])
    True
    """
    return not cue_lists().speaker.isdisjoint(found)


def others_named(found: Sequence[str]) -> set[str]:
    """The words by which somebody is named as what they are to the speaker: their sister, a colleague."""
    others = cue_lists().others
    return {word for word in found if (word[:-2] if word[-2:] == "'s" else word) in others}


def _has(phrases: Phrases, spaced: str, seen: Set[str]) -> bool:
    begun = phrases.keys() & seen
    return any(phrase in spaced for word in begun for phrase in phrases[word]) if begun else False


def _speaks_of_another(text: str, found: Sequence[str], *, others: bool) -> bool:
    """Whether a text begins with somebody else, and its speaker does not come up right after that.

    `others` tells whether anybody is named in it as what they are to the speaker.
    """
    lists = cue_lists()
    for place, word in enumerate(found[:OTHERS_WITHIN] if others else ()):
        if word.removesuffix("'s") in lists.others:
            opener = next(
                (at for at in (place - 1, place - 2) if at >= 0 and found[at] in lists.openers), None
            )
            if place == 0 or (opener is not None and lists.speaker.isdisjoint(found[:opener])):
                after = found[place + 1 : place + 1 + OBJECT_WITHIN]
                return after[:2] == ["of", "mine"] or lists.speaker.isdisjoint(after)
    if others and any(word.endswith("'s") and word[:-2] in lists.others for word in found):
        return True
    named = _NAMED_FIRST.match(text)
    if named is None or named[1].lower() in lists.nobody:
        return False
    if named[2] is not None and not _VERB.match(named[2]):
        return False
    return lists.speaker.isdisjoint(found[: 1 + OBJECT_WITHIN])


def _by_first_word(phrases: Sequence[str]) -> Phrases:
    by_word: defaultdict[str, list[str]] = defaultdict(list)
    for phrase in map(str.split, phrases):
        by_word[phrase[0]].append(f" {' '.join(phrase)} ")
    return {word: tuple(known) for word, known in by_word.items()}
