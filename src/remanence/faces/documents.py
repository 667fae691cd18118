"""Values as JSON documents: the field names that every face for machines shares, and keeps.

Times are ISO 8601 in UTC; an interval's bounds are two fields named in pairs, null where it has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from remanence.lifecycle.erasure import ErasurePlan
    from remanence.model.absence import WhyNot
    from remanence.model.hit import Context, Hit, Hits, HitT, Part
    from remanence.model.item import Item, Json, Revision
    from remanence.model.journal import JournalEntry
    from remanence.model.mount import MountedItem
    from remanence.storage.port import Receipt
    from remanence.verbs.inspecting import Stats
    from remanence.verbs.looking_back import StatsThen
    from remanence.verbs.observing import Observed

Document: TypeAlias = "dict[str, Json]"


def of_error(error: Exception) -> Document:
    """What went wrong: the error's name in remanence.errors, and its message."""
    return of_fault(type(error).__name__, str(error))


def of_fault(name: str, message: str) -> Document:
    """What went wrong, where no exception of ours says so."""
    return {"error": {"type": name, "message": message}}


def of_item(item: Item) -> Document:
    """An item with the one row of it that was asked for."""
    return of_revision(item.revision)


def of_items(items: Iterable[Item]) -> Document:
    """Items, each with the one row of it that was asked for."""
    return {"items": [of_item(item) for item in items]}


def of_revision(row: Revision) -> Document:
    """One row; `id` is the item's, `change_set` the change that wrote it."""
    content, provenance = row.content, row.provenance
    return {
        "id": row.item_id,
        "content": content.text,
        "kind": content.kind.value,
        "state": row.state.value,
        "confidence": content.belief.mean,
        "evidence_for": content.belief.support,
        "evidence_against": content.belief.doubt,
        "valid_from": of_time(row.valid.start),
        "valid_to": of_time(row.valid.end),
        "recorded_from": of_time(row.recorded.start),
        "recorded_to": of_time(row.recorded.end),
        "event_from": None if content.event is None else of_time(content.event.start),
        "event_to": None if content.event is None else of_time(content.event.end),
        "author": provenance.author,
        "role": provenance.role,
        "trust": provenance.trust.value,
        "method": provenance.method,
        "said_at": of_time(provenance.said_at),
        "session": provenance.session,
        "turn": provenance.turn,
        "message_id": provenance.message_id,
        "sources": [
            {"id": source.item_id, "start": source.start, "end": source.end} for source in provenance.sources
        ],
        "domain": content.domain,
        "tags": list(content.tags),
        "metadata": dict(content.metadata),
        "change_set": row.opened_by,
    }


def of_page(items: Sequence[Item], *, more: bool) -> Document:
    """A page of items; `after` is what the next page is asked with, null where there is none."""
    return {"items": [of_item(item) for item in items], "after": items[-1].id if more else None}


def of_hits(hits: Hits[HitT]) -> Document:
    """Hits, best first, each with the named parts of its score, and how likely any of them answers."""
    return {"answered": hits.answered, "hits": [of_hit(hit) for hit in hits]}


def of_hit(hit: Hit) -> Document:
    """A hit with the named parts of its score."""
    return {
        "score": hit.score,
        **_mount_of(hit.item),
        "item": of_item(hit.item),
        "why": parts_of(hit.why),
        "notes": list(hit.why.notes),
    }


def of_why_not(found: WhyNot) -> Document:
    """Why an item is not among the hits."""
    return {
        "id": found.item_id,
        "hit": found.place if found.is_hit else None,
        "reasons": list(found.reasons),
        "left_out_by": list(found.left_out_by),
        "allowed": found.allowed,
        "rough_place": found.rough_place,
        "place": found.place,
        "score": found.score,
        "last_score": found.last_score,
        "why": None if found.why is None else parts_of(found.why),
        "folded_into": found.folded_into,
    }


def parts_of(parts: Iterable[Part]) -> list[Json]:
    """The named parts of a number."""
    return [{"name": part.name, "value": part.value, "contribution": part.contribution} for part in parts]


def of_context(context: Context) -> Document:
    """Prompt-ready text, and the ids of what it cites in order."""
    return {
        "text": context.text,
        "format": context.format,
        "tokens": context.tokens,
        "budget_tokens": context.budget_tokens,
        "items": [item.id if (at := _mounted(item)) is None else at.address for item in context.items],
    }


def _mount_of(item: Item) -> Document:
    mounted = _mounted(item)
    return {} if mounted is None else {"mount": mounted.mount}


def _mounted(item: Item) -> MountedItem | None:
    """The item where it is from one of several cubes."""
    from remanence.model.mount import MountedItem

    return item if isinstance(item, MountedItem) else None


def of_observed(observed: Observed) -> Document:
    """What a conversation brought."""
    return {
        "added": list(observed.added),
        "changed": list(observed.changed),
        "derived": list(observed.derived),
        "retired": list(observed.retired),
        "heeded": [
            {"asked_in": one.asked_in, "outcome": one.outcome.value, "items": list(one.items)}
            for one in observed.heeded
        ],
        "known": observed.known,
        "empty": observed.empty,
        "change_set": observed.change_set,
    }


def of_history(rows: Sequence[Revision]) -> Document:
    """All rows of an item, in the order in which they were recorded."""
    return {"revisions": [of_revision(row) for row in rows]}


def of_journal(lines: Iterable[JournalEntry]) -> Document:
    """Lines of the journal, newest first."""
    return {
        "lines": [
            {
                "sequence": line.sequence,
                "change_set": line.change_set,
                "recorded_at": of_time(line.recorded_at),
                "actor": line.actor,
                "verb": line.verb.value,
                "item": line.item_id,
                "reason": line.reason,
                "opened": list(line.entry.opened),
                "closed": list(line.entry.closed),
                "detail": dict(line.entry.detail),
                "hash": line.hash.hex(),
            }
            for line in lines
        ]
    }


def of_plan(plan: ErasurePlan) -> Document:
    """What an erasure would take, and the passages it would blank in sources."""
    return {
        "asked": list(plan.asked),
        "fallen": list(plan.fallen),
        "passages": [{"id": span.item_id, "start": span.start, "end": span.end} for span in plan.passages],
    }


def of_receipt(receipt: Receipt) -> Document:
    """The proof of an erasure."""
    return {
        "change_set": receipt.change_set,
        "erased_at": of_time(receipt.erased_at),
        "items": list(receipt.items),
        "redacted": list(receipt.redacted),
        "remaining": list(receipt.remaining),
        "journal_head": receipt.journal_head,
        "pending": receipt.pending,
        "kinds": list(receipt.kinds),
        "digests": list(receipt.digests),
        "actor": receipt.actor,
        "reason": receipt.reason,
    }


def of_receipts(receipts: Iterable[Receipt]) -> Document:
    """The proofs of all erasures, oldest first."""
    return {"receipts": [of_receipt(receipt) for receipt in receipts]}


def of_stats(stats: Stats) -> Document:
    """How much there is of what."""
    facts = stats.facts
    embedder: Json = None
    if facts.embedder is not None:
        embedder = {
            "name": facts.embedder.name,
            "revision": facts.embedder.revision,
            "dims": facts.embedder.dims,
        }
    return {
        "cube": facts.cube_id,
        "owner": facts.owner,
        "time_zone": facts.time_zone,
        "created_at": of_time(facts.created_at),
        "analyser": facts.analyser,
        "embedder": embedder,
        "counts": dict(stats.counts),
        "size_bytes": stats.size_bytes,
        "journal_head": stats.journal_head,
    }


def of_stats_then(stats: StatsThen) -> Document:
    """How much there was of what at a time."""
    return {
        "known_at": of_time(stats.known_at),
        "counts": dict(stats.counts),
        "journal_head": stats.journal_head,
    }


def of_faults(faults: Sequence[str]) -> Document:
    """What is wrong with a cube; `sound` when nothing is."""
    return {"sound": not faults, "faults": list(faults)}


def of_time(time: datetime | None) -> str | None:
    """A time in ISO 8601, null for none."""
    return None if time is None else time.isoformat()
