"""What was said before an utterance, which it may answer or put right. Asked wherever utterances are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from remanence.model.item import Revision
from remanence.storage.port import Snapshot

TURNS_BACK = 3  # before an utterance in which what it puts right is sought


@dataclass(frozen=True, slots=True)
class Earlier:
    """The turn of somebody else that an utterance answers, and its speaker's own last one."""

    answered: str | None
    own: str | None


def said_before(tx: Snapshot, row: Revision) -> Earlier:
    """The turns of its session that an utterance may answer or put right."""
    session, turn = row.provenance.session, row.provenance.turn
    if session is None or not turn:
        return Earlier(None, None)
    first = max(turn - TURNS_BACK, 0)
    rows = tx.turns_between(session, first, turn - 1)
    return earlier_of([(one.provenance.author, one.content.text) for one in rows], row.provenance.author)


def earlier_of(turns: Sequence[tuple[str, str]], author: str) -> Earlier:
    """Of the last turns, each its author and its words, what an utterance of this author may mean."""
    own = next((text for who, text in reversed(turns) if who == author and text), None)
    answered = (turns[-1][1] or None) if turns and turns[-1][0] != author else None
    return Earlier(answered, own)
