"""I evolve with evidence: what was contradicted lost confidence, and is not asserted as if nothing were."""

from __future__ import annotations

from datetime import datetime

from remanence.model.conflict import Conflict
from remanence.model.item import Revision
from remanence.promises.checks.look import Found, Look, passages_of, quoted, said_again


def check(look: Look) -> Found:
    """A breach for each belief that stood up unmoved, and for each assertion that hides an open conflict."""
    found = Found(looked_at=len(look.conflicts))
    _unmoved(look, found)
    for conflict in look.conflicts:
        since = max(_recorded(row) for row in conflict.claims)
        _half_told(look, conflict, since, found)
        heard = max(row.provenance.said_at for row in conflict.claims)
        for row in conflict.claims:
            other = next(one for one in conflict.claims if one.item_id != row.item_id)
            for message in said_again(look.snapshot, row, instead_of=other, after=heard):
                found.broken(
                    [message.item_id, row.item_id, other.item_id],
                    message.provenance.said_at,
                    f"{message.provenance.author} asserts {quoted(message)} while {quoted(other)} "
                    "contradicts it",
                )
    return found


def _unmoved(look: Look, found: Found) -> None:
    pairs = look.snapshot.doubted_rows()
    rows = look.snapshot.revisions([number for pair in pairs for number in pair])
    found.looked_at += len(pairs)
    for before, after in ((rows[pair.old], rows[pair.new]) for pair in pairs):
        if after.content.belief.mean >= before.content.belief.mean:
            found.broken(
                [after.item_id],
                _recorded(after),
                f"{quoted(after)} was contradicted and is believed as before",
            )


def _half_told(look: Look, conflict: Conflict, since: datetime, found: Found) -> None:
    """Contexts with one claim of the conflict and without what contradicts it."""
    sides = [passages_of(look.snapshot, row) for row in conflict.claims]
    for context in look.contexts:
        if context.at <= since:
            continue
        given = set(context.given)
        told = [row for row, side in zip(conflict.claims, sides, strict=True) if side & given]
        left = [row for row, side in zip(conflict.claims, sides, strict=True) if not side & given]
        if told and left:
            found.broken(
                [row.item_id for row in conflict.claims],
                context.at,
                f"a context was handed out with {quoted(told[0])} and without {quoted(left[0])}, "
                "which contradicts it",
            )


def _recorded(row: Revision) -> datetime:
    assert row.recorded.start is not None, "a row was recorded at some time"
    return row.recorded.start
