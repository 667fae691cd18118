"""Remember one thing that somebody states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from remanence.errors import InvalidInput, ItemErased, Refused
from remanence.lifecycle.changes import Change
from remanence.model.belief import Belief
from remanence.model.bitemporal import row_in_force
from remanence.model.ids import short
from remanence.model.interval import ALWAYS, Interval
from remanence.model.item import (
    NOTHING,
    STATED,
    Content,
    Item,
    Json,
    Provenance,
    Revision,
    Slot,
    Source,
    SpokenTime,
    event_of,
)
from remanence.model.journal import Verb
from remanence.model.kind import Kind, Trust
from remanence.model.state import RECALLED, State
from remanence.storage.port import Snapshot
from remanence.verbs import arguments, reliability
from remanence.verbs.ageing import expiry, set_expiry
from remanence.verbs.arguments import When
from remanence.verbs.deriving import claim
from remanence.verbs.setting import Setting
from remanence.verbs.supporting import settle
from remanence.verbs.vectors import embed_pending_or_say, keep_vectors, try_to_embed

CONCLUDED = "concluded"  # the method of what somebody states as following from other items
DEFAULT_CONFIDENCE = 0.9  # of what somebody states without saying how sure they are


@dataclass(frozen=True, slots=True)
class Statement:
    """What to remember, as the caller gave it; see Cube.remember."""

    text: str
    kind: Kind | str = Kind.FACT
    confidence: float = DEFAULT_CONFIDENCE
    valid_from: When | None = None
    valid_to: When | None = None
    domain: str | None = None
    tags: Iterable[str] = ()
    metadata: Mapping[str, Json] = field(default_factory=lambda: NOTHING)
    author: str | None = None
    session: str | None = None
    trust: Trust | str = Trust.USER
    derived_from: Iterable[str] = ()
    slot: Slot | tuple[str, str, str] | None = None
    expires: When | None = None


def remember(setting: Setting, statement: Statement, *, because: str | None, actor: str) -> Item:
    """Make an item of a statement, with its vector if that can be had now."""
    now = setting.clock.now()
    content = _content(setting, statement, now)
    valid = validity(setting, statement.valid_from, statement.valid_to, now)
    author = arguments.name(statement.author, "author") if statement.author is not None else setting.owner
    session = None if statement.session is None else arguments.name(statement.session, "session")
    reason = arguments.reason(because)
    trust = Trust.parse(statement.trust)
    prefixes = arguments.listed(statement.derived_from, "derived_from")
    until = expiry(setting, statement.expires, now)
    vectors_at_hand = try_to_embed(setting, content.text)
    waits = False
    with setting.store.write() as tx:
        sources = tuple(source_named(tx, prefix, now) for prefix in prefixes)
        change = setting.change(tx, actor=actor, reason=reason)
        provenance = Provenance(
            author=author,
            role="user",
            trust=trust,
            method=CONCLUDED if sources else STATED,
            said_at=change.at,
            session=session,
            sources=sources,
        )
        if author != setting.owner:
            belief = reliability.weighed(change, content.belief, provenance)
            content = replace(content, belief=belief)
        given = None if content.slot is not None and valid == ALWAYS else valid
        item_id, _ = claim(change, content, provenance, valid=given, verb=Verb.REMEMBER)
        row = max(change.open_rows_of(item_id), key=lambda row: row.id)
        if row.text_id not in change.new_texts:
            row = _as_sure_as_now(change, row, content.belief)
        settle(tx, change, [item_id])
        if until is not None:
            set_expiry(tx, change, item_id, until)
        if not change.items:
            return Item(row)  # the same source said it again: nothing is new
        change.write()
        if vectors_at_hand is not None and row.text_id in change.new_texts:
            waits = not keep_vectors(tx, {row.text_id: vectors_at_hand})
    if waits:
        embed_pending_or_say(setting)
    return Item(row)


def _as_sure_as_now(change: Change, row: Revision, belief: Belief) -> Revision:
    """What is stated again with another confidence is believed so, where nobody else has spoken of it."""
    known = row.content.belief
    if change.items or known.strength != belief.strength or known == belief:
        return row
    change.close_row(row)
    copy = change.copy_row(row, content=replace(row.content, belief=belief))
    change.note(Verb.REMEMBER, row.item_id, opened=[copy], closed=[row])
    return copy


def validity(setting: Setting, valid_from: When | None, valid_to: When | None, now: datetime) -> Interval:
    """The interval that two bounds mean; InvalidInput when it is empty."""
    start = arguments.starting(valid_from, now=now, zone=setting.zone, name="valid_from")
    end = arguments.starting(valid_to, now=now, zone=setting.zone, name="valid_to")
    return Interval(start, end)


def spoken_times(setting: Setting, text: str, said_at: datetime) -> tuple[SpokenTime, ...]:
    """The times that a text names, resolved against when it was said."""
    if not setting.derives:
        return ()
    from remanence.reader.times import find_times

    return tuple(
        SpokenTime(found.start, found.end, found.interval, found.grain.value, found.kind.value)
        for found in find_times(text, said_at=said_at, tz=setting.zone)
    )


def source_named(tx: Snapshot, prefix: str, now: datetime) -> Source:
    """An item that a statement is concluded from, by its text as it is believed now."""
    item_id = arguments.item_id(tx, prefix)
    rows = tx.rows_of([item_id])
    states = {row.state for row in rows}
    if State.ERASED in states:
        raise ItemErased(f"{short(item_id)} was erased; nothing can be derived from it")
    standing = [row for row in rows if row.state in RECALLED]
    if not standing:
        raise Refused(f"{short(item_id)} is not believed now (see `history`); nothing can be derived from it")
    return Source(item_id, text_id=row_in_force(standing, now).text_id)


def _slot(slot: Slot | tuple[str, str, str] | None) -> Slot | None:
    """A slot as rows bear it: subject and attribute without regard to capitals."""
    if slot is None:
        return None
    try:
        subject, attribute, value = (
            (slot.subject, slot.attribute, slot.value) if isinstance(slot, Slot) else slot
        )
    except (TypeError, ValueError):
        subject = None
    if subject is None or isinstance(slot, str):
        raise InvalidInput(f"slot {slot!r} must be (subject, attribute, value)")
    return Slot(
        arguments.name(subject, "slot subject").casefold(),
        arguments.name(attribute, "slot attribute").casefold(),
        arguments.name(value, "slot value"),
    )


def _content(setting: Setting, statement: Statement, now: datetime) -> Content:
    text = arguments.text(statement.text, "text")
    times = spoken_times(setting, text, now)
    return Content(
        text=text,
        kind=statement.kind if isinstance(statement.kind, Kind) else Kind.parse(statement.kind),
        domain=None if statement.domain is None else arguments.name(statement.domain, "domain"),
        tags=arguments.tags(statement.tags),
        metadata=arguments.metadata(statement.metadata),
        belief=Belief.stated(statement.confidence),
        event=event_of(times),
        times=times,
        slot=_slot(statement.slot),
    )
