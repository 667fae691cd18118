"""I learn from corrections: what was corrected stands behind what replaced it, and is not said again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from remanence.model.ids import RevisionId
from remanence.model.item import Revision
from remanence.promises.checks.look import Found, Look, passages_of, quoted, said_again

ASKED_MAX = 50  # of the newest corrections are tried by a recall; the others by the contexts on record


@dataclass(frozen=True, slots=True)
class _Correction:
    """A statement, what stands in its place since when, and the rows that tell the one and the other."""

    old: Revision
    new: Revision
    at: datetime
    tells_old: frozenset[RevisionId]
    tells_new: frozenset[RevisionId]


def check(look: Look) -> Found:
    """A breach for each context, recall or message in which the corrected value came first."""
    corrections = _corrections(look)
    found = Found(looked_at=len(corrections))
    _in_contexts(look, corrections, found)
    for one in corrections[-ASKED_MAX:]:
        ranked = [hit.item.revision.id for hit in look.recall(one.old.content.text)]
        if _comes_first(ranked, one):
            found.broken(
                [one.old.item_id], look.now, f"a recall answers {quoted(one.old)} before {quoted(one.new)}"
            )
    for one in corrections:
        for message in said_again(look.snapshot, one.old, instead_of=one.new, after=_said(one)):
            found.broken(
                [message.item_id, one.new.item_id],
                message.provenance.said_at,
                f"{message.provenance.author} says {quoted(message)} again, after {quoted(one.new)}",
            )
    return found


def _corrections(look: Look) -> list[_Correction]:
    pairs = look.snapshot.replacements(look.now)
    rows = look.snapshot.revisions([number for pair in pairs for number in pair])
    corrections = []
    for old, new in ((rows[pair.old], rows[pair.new]) for pair in pairs):
        if old.text_id and new.text_id:
            tells_old = passages_of(look.snapshot, old) - {new.id}
            tells_new = passages_of(look.snapshot, new) - tells_old
            at = new.recorded.start
            assert at is not None, "a row was recorded at some time"
            corrections.append(_Correction(old, new, at, frozenset(tells_old), frozenset(tells_new)))
    return corrections


def _in_contexts(look: Look, corrections: Sequence[_Correction], found: Found) -> None:
    telling: dict[RevisionId, list[_Correction]] = {}
    for one in corrections:
        for number in one.tells_old:
            telling.setdefault(number, []).append(one)
    for context in look.contexts:
        met = {id(one): one for number in context.given for one in telling.get(number, ())}
        for one in met.values():
            if context.at > one.at and _comes_first(context.given, one):
                found.broken(
                    [one.old.item_id],
                    context.at,
                    f"a context was handed out with {quoted(one.old)} before {quoted(one.new)}",
                )


def _said(one: _Correction) -> datetime:
    """When it was heard: the time of the conversation, which an import brings in later."""
    return one.new.provenance.said_at


def _comes_first(ranked: Sequence[RevisionId], one: _Correction) -> bool:
    """Whether the old value is there, and the new one not before it."""
    for number in ranked:
        if number in one.tells_new:
            return False
        if number in one.tells_old:
            return True
    return False
