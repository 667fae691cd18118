"""An agent's own history as JSON documents: precedents, lessons, a story."""

from __future__ import annotations

from typing import TYPE_CHECKING

from remanence.faces.documents import Document, of_item

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from remanence.model.item import Item
    from remanence.verbs.learning import Learnt
    from remanence.verbs.precedents import Precedent
    from remanence.verbs.telling import Story


def of_precedents(found: Iterable[Precedent]) -> Document:
    """What was done in such situations: each item, whether it worked, and what it rested on."""
    return {
        "precedents": [
            {
                "score": one.score,
                "worked": one.worked,
                "situation": one.deed.situation,
                "outcome": one.deed.outcome,
                "item": of_item(one.item),
                "reasons": [of_item(reason) for reason in one.reasons],
            }
            for one in found
        ]
    }


def of_learnt(learnt: Learnt, lessons: Sequence[Item]) -> Document:
    """What was learnt, and the lessons as they now are."""
    return {
        "made": list(learnt.made),
        "renewed": list(learnt.renewed),
        "withdrawn": list(learnt.withdrawn),
        "unchanged": learnt.unchanged,
        "change_set": learnt.change_set,
        "lessons": [of_item(item) for item in lessons],
    }


def of_story(story: Story) -> Document:
    """The lines of a story, each with its items, and the text of them all."""
    return {
        "text": story.text,
        "tokens": story.tokens,
        "budget_tokens": story.budget_tokens,
        "lines": [
            {
                "at": line.at.isoformat(),
                "kind": line.kind.value,
                "speaker": line.speaker,
                "text": line.text,
                "items": list(line.items),
            }
            for line in story.lines
        ],
    }
