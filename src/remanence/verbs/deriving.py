"""Derives items from an utterance by the rule reader, and lets them meet what is believed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from remanence.beliefs.slots import NEGATED, Claim, Effect, weigh
from remanence.lifecycle import states
from remanence.lifecycle.changes import Change, apply_update
from remanence.model import bitemporal
from remanence.model.belief import Belief
from remanence.model.ids import ItemId
from remanence.model.interval import Interval
from remanence.model.item import NOTHING, Content, Provenance, Revision, Source, event_of
from remanence.model.journal import Verb
from remanence.model.kind import Kind
from remanence.model.state import RECALLED, State
from remanence.storage.port import Transaction
from remanence.verbs.setting import Setting

if TYPE_CHECKING:
    from remanence.reader.rules.derived import Derived

METHOD = "rule:"  # what a derived row's method begins with
STRENGTH_MAX = 32.0  # observations after which another one no longer moves a belief


def read(setting: Setting, utterance: Content, provenance: Provenance) -> Sequence[Derived]:
    """What the rule reader finds in an utterance; nothing when the cube was opened without it."""
    if not setting.derives or utterance.kind is not Kind.UTTERANCE:
        return ()
    from remanence.reader.rules.statements import derive

    return derive(utterance.text, speaker=provenance.author, role=provenance.role)


def derive_from(
    change: Change,
    row: Revision,
    found: Sequence[Derived],
    *,
    blocked: frozenset[str] = frozenset(),
    standing: frozenset[str] = frozenset(),
) -> list[ItemId]:
    """Write what was found in an utterance into the change; returns the items made or revised.

    What a `blocked` method finds is passed over, and what stands there already in the same words.
    """
    if not found:
        return []
    from remanence.reader.rules.statements import is_single_valued

    touched = []
    for derived in found:
        if METHOD + derived.rule in blocked or derived.content in standing:
            continue
        content, provenance = _content(row, derived), _provenance(row, derived)
        effect, target = Effect.ADD, None
        if derived.slot is not None:
            claim = Claim(
                slot=derived.slot,
                affirmed=derived.polarity,
                correction=derived.is_correction,
                trust=provenance.trust,
                author=provenance.author,
                session=provenance.session,
                said_at=provenance.said_at,
            )
            single = is_single_valued(derived.slot.attribute)
            standing_rows = change.rows_in_slot(derived.slot, any_value=single)
            effect, target = weigh(claim, standing_rows, single_valued=single)
            if effect is Effect.CORROBORATE and target is not None and _heard(change, target, provenance):
                effect = Effect.REPEAT
        item_id = _carry_out(change, effect, target, content, provenance)
        if item_id is not None:
            touched.append(item_id)
    return touched


def read_again(setting: Setting, tx: Transaction, change: Change, row: Revision) -> list[ItemId]:
    """After an utterance changed: retire what rested on its old words alone, derive from the new."""
    for derived in tx.derived_from([row.item_id]):
        resting = [
            old
            for old in change.open_rows_of(derived)
            if old.state is State.ACTIVE
            and old.content.kind is not Kind.SUMMARY
            and {s.item_id for s in old.provenance.sources} == {row.item_id}
        ]
        if resting:
            states.move(change, resting, State.ARCHIVED, Verb.RETIRE)
    blocked = frozenset(method for _, method in tx.blocked([row.item_id]))
    found = read(setting, row.content, row.provenance)
    return derive_from(change, row, found, blocked=blocked)


def read_rest_again(
    setting: Setting, tx: Transaction, change: Change, items: Sequence[ItemId]
) -> list[ItemId]:
    """After an erasure: derive anew from utterances that were left, where something of them fell."""
    touched: list[ItemId] = []
    for row in tx.rows_of(items):
        if row.state not in RECALLED:
            continue
        blocked = frozenset(method for _, method in tx.blocked([row.item_id]))
        derived = tx.derived_from([row.item_id])
        standing = frozenset(one.content.text for one in tx.rows_of(derived) if one.text_id)
        found = read(setting, row.content, row.provenance)
        touched += derive_from(change, row, found, blocked=blocked, standing=standing)
    return touched


def _carry_out(
    change: Change, effect: Effect, target: Revision | None, content: Content, provenance: Provenance
) -> ItemId | None:
    said_at = provenance.said_at
    if target is None:
        row = change.open_row(change.new_item(), content, provenance, valid=Interval(said_at))
        change.note(Verb.DERIVE, row.item_id, opened=[row])
        return row.item_id
    if effect in (Effect.REPEAT, Effect.CORROBORATE):
        if effect is Effect.CORROBORATE and target.content.belief.strength < STRENGTH_MAX:
            stronger = replace(target.content, belief=target.content.belief.corroborated())
            change.close_row(target)
            copy = change.copy_row(target, content=stronger)
            change.note(Verb.DERIVE, target.item_id, opened=[copy], closed=[target])
            target = copy
        change.add_source(target, provenance.sources[0])
        return None if effect is Effect.REPEAT else target.item_id
    rows = change.open_rows_of(target.item_id)
    if effect is Effect.CORRECT:
        valid_from, valid_to = target.valid.start, target.valid.end
    else:
        starts = [row.valid.start for row in rows if row.state in RECALLED and row.valid.start is not None]
        valid_from, valid_to = said_at, min((start for start in starts if start > said_at), default=None)
    update = bitemporal.update(rows, now=said_at, valid_from=valid_from, valid_to=valid_to)
    apply_update(change, target.item_id, update, content, provenance)
    return target.item_id


def _heard(change: Change, target: Revision, provenance: Provenance) -> bool:
    """Whether this speaker has said it in this session already; asked of the latest source first."""
    return any(
        (one.provenance.author, one.provenance.session) == (provenance.author, provenance.session)
        for source in reversed(target.provenance.sources)
        for one in change.open_rows_of(source.item_id)
    )


def _content(row: Revision, derived: Derived) -> Content:
    inside = tuple(
        time for time in row.content.times if derived.start <= time.start and time.end <= derived.end
    )
    return Content(
        text=derived.content,
        kind=derived.kind,
        metadata=NOTHING if derived.polarity else {NEGATED: True},
        belief=Belief.stated(derived.confidence),
        event=event_of(inside),
        slot=derived.slot,
    )


def _provenance(row: Revision, derived: Derived) -> Provenance:
    return replace(
        row.provenance,
        method=METHOD + derived.rule,
        message_id=None,
        sources=(Source(row.item_id, derived.start, derived.end),),
    )
