"""Who the agent is: what has been the same in most windows of its time, a sentence each.

Figures are told in words ("short sentences"), so that the text stays the same from one reflection to the
next and can stand first in every context.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from remanence.mirror.coherence import WINDOWS_MIN, windows
from remanence.mirror.said import Said
from remanence.mirror.style import Counts, card
from remanence.model.ids import ItemId
from remanence.model.mirror import Contradiction, Inclination, Phrase, StyleMark, Trait

STABLE_SHARE = 0.75  # of the windows, the last among them
SEEN_WINDOWS = 3  # in which a phrase or an inclination occurs, one of the last half among them
PHRASES_SHOWN = 5
INCLINED_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Band:
    """How a figure of the style card is told below and above two bounds; what lies between is not told."""

    low: float
    below: str
    high: float
    above: str


BANDS: Mapping[str, Band] = {
    "words in a sentence": Band(9, "Writes short sentences.", 17, "Writes long sentences."),
    "sentences in a message": Band(2.5, "Keeps messages to a sentence or two.", 6, "Writes at length."),
    "questions": Band(3, "Rarely asks.", 20, "Asks many questions."),
    "exclamations": Band(0, "", 15, "Exclaims."),
    "hedges": Band(2, "Says things flatly, without hedging.", 20, "Hedges: perhaps, maybe, I think."),
    "apologies": Band(0, "", 10, "Apologises readily."),
    "contractions": Band(2, "Writes without contractions.", 25, "Writes as one talks: it's, don't."),
    "formal turns": Band(0, "", 6, "Writes formally."),
    "everyday turns": Band(0, "", 12, "Uses everyday turns of phrase."),
    "emoji": Band(0, "", 20, "Uses emoji."),
    "list items": Band(0, "", 60, "Answers in lists."),
    "similes": Band(0, "", 10, "Likes comparisons."),
}
_TOLD = {
    "weighs": "Weighs {}.",
    "recommends": "Recommends {}.",
    "advises against": "Advises against {}.",
    "refuses": "Does not {}.",
}


def key(finding: Phrase | Inclination) -> str:
    """What names a finding, however often it is found again."""
    return f"{finding.sort}: {finding.text if isinstance(finding, Phrase) else finding.what}"


def sentence(finding: Phrase | Inclination) -> str:
    """What a persona says of a finding."""
    if isinstance(finding, Phrase):
        return f"Often says “{finding.text}”."
    return _TOLD[finding.sort].format(finding.what)


def persona(
    mine: Sequence[Said],
    counts: Counts,
    phrases: Sequence[Phrase],
    inclinations: Sequence[Inclination],
    contradictions: Sequence[Contradiction],
    language: str,
) -> list[Trait]:
    """What has been stable, a sentence each; nothing where there are too few windows to say so."""
    parts = windows(len(mine))
    if len(parts) < WINDOWS_MIN:
        return []
    of_item = {one.id: number for number, (start, end) in enumerate(parts) for one in mine[start:end]}
    disputed = {
        item
        for one in contradictions
        if not one.is_explained
        for item in (one.earlier.item_id, one.later.item_id)
    }
    habits = [one for one in phrases if _is_stable(one.evidence, of_item, len(parts))]
    inclined = [
        one
        for one in inclinations
        if _is_stable(one.evidence, of_item, len(parts)) and not disputed.intersection(one.evidence)
    ]
    cards = [card(counts.part(*part), None, language) for part in parts]
    traits = [Trait(line) for line in _style(cards)]
    shown: list[Phrase | Inclination] = [*habits[:PHRASES_SHOWN], *inclined[:INCLINED_SHOWN]]
    return traits + [Trait(sentence(one), (key(one),)) for one in shown]


def _style(cards: Sequence[Sequence[StyleMark]]) -> Iterator[str]:
    for place, mark in enumerate(cards[-1]):
        band = BANDS.get(mark.name)
        if band is None:
            continue
        told = [
            band.below if one[place].value < band.low else band.above if one[place].value > band.high else ""
            for one in cards
        ]
        if told[-1] and told.count(told[-1]) >= STABLE_SHARE * len(told):
            yield told[-1]


def _is_stable(evidence: Sequence[ItemId], of_item: Mapping[ItemId, int], count: int) -> bool:
    seen = {of_item[item] for item in evidence if item in of_item}
    return len(seen) >= SEEN_WINDOWS and max(seen) >= count // 2
