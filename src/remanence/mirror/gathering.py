"""Reads from a cube what the mirror looks at: the words of all, the agent's deeds, the slots it filled."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime
from itertools import pairwise

from remanence.errors import NotFound
from remanence.mirror.contradictions import Consistency
from remanence.mirror.said import Record, Said
from remanence.model.item import Revision
from remanence.model.kind import Kind
from remanence.model.mirror import Contradiction, Quote
from remanence.model.state import RECALLED
from remanence.storage.port import Snapshot

AGENT_ROLE = "assistant"
TOOL_ROLE = "tool"
_RULE = "rule:"  # what a reader concludes from words is no deed


def record_of(snapshot: Snapshot, agent: str | None) -> Record | None:
    """What was said and done, for this agent, or the one that said most; None where no agent spoke.

    Raises NotFound for a name under which nothing was said.
    """
    rows = sorted((row for row in snapshot.rows_spoken_or_done() if row.state in RECALLED), key=_place)
    spoken = [row for row in rows if row.content.kind is Kind.UTTERANCE]
    if agent is None:
        agents = Counter(row.provenance.author for row in spoken if row.provenance.role == AGENT_ROLE)
        if not agents:
            return None
        agent = min(agents, key=lambda name: (-agents[name], name))
    elif all(row.provenance.author != agent for row in spoken):
        heard = ", ".join(sorted({row.provenance.author for row in spoken})[:5])
        raise NotFound(f"{agent!r} says nothing in this cube; those who do: {heard or 'nobody'}")
    done = (row for row in rows if _is_deed(row, agent))
    return Record(agent, list(map(_said, spoken)), list(map(_said, done)))


def slot_clashes(snapshot: Snapshot, agent: str) -> Consistency:
    """Values that the agent gave one slot, one after the other, where it holds one value at a time.

    What it tells of the time before the earlier one is no second value.
    """
    from remanence.reader.rules.statements import is_single_valued

    slots: dict[tuple[str, str], list[Revision]] = defaultdict(list)
    for row in snapshot.rows_slotted_by(agent):
        slot = row.content.slot
        if slot is not None and row.state in RECALLED and is_single_valued(slot.attribute):
            slots[slot.subject, slot.attribute].append(row)
    agreed, clashes = 0, []
    for rows in slots.values():
        for earlier, later in pairwise(sorted(rows, key=_place)):
            if _value(earlier) == _value(later):
                agreed += 1
            elif not _is_of_before(later, earlier):
                clashes.append(_clash(earlier, later))
    return Consistency(agreed, tuple(clashes))


def _place(row: Revision) -> tuple[datetime, str, int, int]:
    """What orders rows in time; turns within a session."""
    provenance = row.provenance
    return (
        provenance.said_at,
        provenance.session or "",
        -1 if provenance.turn is None else provenance.turn,
        row.id,
    )


def _clash(earlier: Revision, later: Revision) -> Contradiction:
    """Explained where the agent itself corrected what it had said, and where the one ended with the other."""
    quote = _quote(later)
    explained = "correction" in later.content.tags or not earlier.valid.overlaps(later.valid)
    return Contradiction("slot", _quote(earlier), quote, quote if explained else None)


def _is_of_before(later: Revision, earlier: Revision) -> bool:
    end, start = later.valid.end, earlier.valid.start
    return end is not None and start is not None and end <= start


def _quote(row: Revision) -> Quote:
    sources = row.provenance.sources
    item_id = sources[0].item_id if sources else row.item_id
    return Said(item_id, row.provenance.author, row.provenance.said_at, row.content.text).quote()


def _value(row: Revision) -> str:
    assert row.content.slot is not None
    return row.content.slot.value.casefold()


def _is_deed(row: Revision, agent: str) -> bool:
    if row.content.kind is not Kind.ACTION or row.provenance.method.startswith(_RULE):
        return False
    return row.provenance.author == agent or row.provenance.role == TOOL_ROLE


def _said(row: Revision) -> Said:
    provenance = row.provenance
    return Said(
        row.item_id,
        provenance.author,
        provenance.said_at,
        row.content.text,
        provenance.session,
        provenance.turn,
    )
