"""How a text tells what it tells: as what is so with its speaker now, or as what is another's, supposed,
passing, refused or long past.

Judged by phrases of one to three words, each with a weight that `tools/learn_manner.py` learnt; asked by the
analyser for each text, and kept as a level among its flags.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from itertools import pairwise
from math import fsum  # the same in whatever order a set gives the phrases

WORDS_MAX = 45  # a longer text tells too many things for one judgement
KNOWN_MIN = 3  # phrases: by fewer nothing is judged, so that another language stays without a judgement
UNJUDGED, LEVEL_MAX = 0, 15
STEP = 0.5  # log-odds between two levels; the middle one stands for even odds
NUMBER, BEGIN, END = "0", "^", "$"


def manner_of(found: Sequence[str]) -> int:
    """The level of a text's words, as the analyser splits them: UNJUDGED, or 1 (surely not so now) to
    LEVEL_MAX (surely so).

    >>> ours, theirs = "we sleep in the attic now", "my sister sleeps in the attic"
    >>> manner_of(ours.split()) > manner_of(theirs.split()) > UNJUDGED
    True
    >>> manner_of("ich schlafe unter dem dach".split())
    0
    """
    if not found or len(found) > WORDS_MAX:
        return UNJUDGED
    weights = phrase_weights()
    known = [weights[phrase] for phrase in set(phrases_of(found)) if phrase in weights]
    if len(known) < KNOWN_MIN:
        return UNJUDGED
    middle = (1 + LEVEL_MAX) // 2
    level = middle + round(fsum([*known, weights[""]]) / STEP)
    return min(max(level, 1), LEVEL_MAX)


def phrases_of(found: Sequence[str]) -> Iterator[str]:
    """Words, pairs, pairs with a gap and threes, where the text begins and ends among them; numbers alike.

    >>> sorted(phrases_of(["room", "7"]))
    ['0', '0 $', '^ _ 0', '^ room', '^ room 0', 'room', 'room 0', 'room 0 $', 'room _ $']
    """
    all_words = [NUMBER if any(map(str.isdigit, word)) else word for word in found]
    yield from all_words
    framed = [BEGIN, *all_words, END]
    for first, second in pairwise(framed):
        yield f"{first} {second}"
    for first, second, third in zip(framed, framed[1:], framed[2:], strict=False):
        yield f"{first} _ {third}"
        yield f"{first} {second} {third}"


@cache
def phrase_weights() -> dict[str, float]:
    """The weights of `data/manner.tsv`, in log-odds; that of the empty phrase counts for every text."""
    text = (resources.files(__package__) / "data" / "manner.tsv").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return {phrase: float(weight) for phrase, weight in rows}
