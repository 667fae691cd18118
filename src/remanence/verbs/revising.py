"""Revise what is believed: the bitemporal update of an item, and its annotation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from remanence.beliefs.slots import NEGATED, is_affirmed
from remanence.errors import NotFound, Refused
from remanence.lifecycle.changes import apply_update
from remanence.lifecycle.states import refuse_unless_changeable
from remanence.model import bitemporal
from remanence.model.belief import Belief
from remanence.model.deed import DEED
from remanence.model.ids import ItemId, short
from remanence.model.interval import Interval
from remanence.model.item import STATED, Item, Json, Provenance, Revision, Source, event_of
from remanence.model.journal import Verb
from remanence.model.kind import Kind, Trust
from remanence.model.promise import ASSESSMENT, PROMISE
from remanence.model.state import State
from remanence.storage.port import Snapshot
from remanence.verbs import arguments
from remanence.verbs.arguments import When
from remanence.verbs.deriving import read_again
from remanence.verbs.remembering import CONCLUDED, source_named, spoken_times
from remanence.verbs.setting import Setting
from remanence.verbs.supporting import refuse_circles, settle
from remanence.verbs.vectors import embed_pending_or_say, keep_vectors, try_to_embed


@dataclass(frozen=True, slots=True)
class NewContent:
    """What to put in the place of an item's content, as the caller gave it; see Cube.revise."""

    text: str
    confidence: float | None = None
    valid_from: When | None = None
    valid_to: When | None = None
    derived_from: Iterable[str] = ()


def is_promised(row: Revision) -> bool:
    """Whether an item's metadata bears the terms of a promise, which its text alone would leave behind."""
    told = row.content.metadata.get(PROMISE)
    return isinstance(told, Mapping) and "body" in told


def revise(setting: Setting, prefix: str, new: NewContent, *, because: str | None, actor: str) -> Item:
    """Revise an item; returns it with its new row.

    Raises NotFound, AmbiguousId, InvalidInput, ItemFrozen, ItemErased or Refused.
    """
    now = setting.clock.now()
    text = arguments.text(new.text, "text")
    valid_from = arguments.starting(new.valid_from, now=now, zone=setting.zone, name="valid_from")
    valid_to = arguments.starting(new.valid_to, now=now, zone=setting.zone, name="valid_to")
    Interval(valid_from, valid_to)
    belief = None if new.confidence is None else Belief.stated(new.confidence)
    reason = arguments.reason(because)
    prefixes = arguments.listed(new.derived_from, "derived_from")
    vectors = try_to_embed(setting, text)
    waits = False
    with setting.store.write() as tx:
        item_id = arguments.item_id(tx, prefix)
        change = setting.change(tx, actor=actor, reason=reason)
        rows = open_rows(tx, item_id)
        if any(map(is_promised, rows)):
            raise Refused(
                f"{short(item_id)} is a promise, whose terms a new text would not change; make the new one "
                "by `promise(..., replaces=...)`. Nothing was changed"
            )
        retired = [row for row in tx.rows_of([item_id]) if row.state is State.ARCHIVED]
        update = bitemporal.update(rows, now=now, retired=retired, valid_from=valid_from, valid_to=valid_to)
        replaced = [row for row in update.closed if row.state is not State.ARCHIVED]
        old = bitemporal.row_in_force(replaced or rows, now)
        slot = old.content.slot
        times = spoken_times(setting, text, now)
        content = replace(
            old.content,
            text=text,
            belief=belief or old.content.belief,
            event=event_of(times),
            times=times,
            slot=None if slot is None else replace(slot, value=text),
        )
        sources = tuple(source_named(tx, prefix, now) for prefix in prefixes)
        refuse_circles(tx, item_id, [source.item_id for source in sources])
        provenance = _provenance(setting, old, change.at, sources)
        row = apply_update(change, item_id, update, content, provenance)
        if old.content.kind is Kind.UTTERANCE:
            waits = bool(read_again(setting, tx, change, row))
        settle(tx, change, change.items)
        change.write()
        if vectors is not None:
            waits |= not keep_vectors(tx, {row.text_id: vectors})
    if waits:
        embed_pending_or_say(setting)
    return Item(row)


def annotate(
    setting: Setting,
    prefix: str,
    *,
    tags: Iterable[str] | None,
    metadata: Mapping[str, Json] | None,
    because: str | None,
    actor: str,
) -> Item:
    """Give an item other tags or metadata; its text stays. Returns it as it now is."""
    new_tags = None if tags is None else arguments.tags(tags)
    new_metadata = None if metadata is None else arguments.metadata(metadata)
    reason = arguments.reason(because)
    with setting.store.write() as tx:
        item_id = arguments.item_id(tx, prefix)
        rows = open_rows(tx, item_id)
        change = setting.change(tx, actor=actor, reason=reason)
        opened = []
        for row in rows:
            change.close_row(row)
            content = replace(
                row.content,
                tags=row.content.tags if new_tags is None else new_tags,
                metadata=row.content.metadata if new_metadata is None else _kept(row, new_metadata),
            )
            opened.append(change.copy_row(row, content=content))
        change.note(Verb.ANNOTATE, item_id, opened=opened, closed=rows)
        change.write()
    return Item(bitemporal.row_in_force(opened, change.at))


def _kept(row: Revision, metadata: Mapping[str, Json]) -> Mapping[str, Json]:
    """New metadata; a derived denial, a deed or a promise stays what it is, whatever else is noted on it."""
    own = (DEED, PROMISE, ASSESSMENT)
    kept = {**metadata, **{key: row.content.metadata[key] for key in own if key in row.content.metadata}}
    return kept if row.content.slot is None or is_affirmed(row) else {**kept, NEGATED: True}


def _provenance(setting: Setting, old: Revision, at: datetime, sources: tuple[Source, ...]) -> Provenance:
    """A corrected utterance keeps its place and time; whatever else is revised is the owner's word now.

    It goes on belonging to the conversation that it came from.
    """
    if old.content.kind is Kind.UTTERANCE:
        return old.provenance
    return Provenance(
        author=setting.owner,
        role="user",
        trust=Trust.USER,
        method=CONCLUDED if sources else STATED,
        said_at=at,
        session=old.provenance.session,
        sources=sources,
    )


def open_rows(snapshot: Snapshot, item_id: ItemId) -> list[Revision]:
    """The open rows of an item that may be changed; raises the error that says why it may not."""
    rows = snapshot.rows_of([item_id])
    if not rows:
        raise NotFound(f"{short(item_id)} was undone; redo it first (see `history`)")
    standing = [row for row in rows if row.state is not State.ARCHIVED]
    refuse_unless_changeable(standing or rows)
    return standing
