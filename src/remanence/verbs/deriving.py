"""Derives items from an utterance by the rule reader, and lets them meet what is believed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from remanence.beliefs.slots import NEGATED, Claim, Effect, takes_over_at, weigh
from remanence.beliefs.validity import Place, Spoken, spoken_validity
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
from remanence.verbs.replacing import in_its_slot, renewals
from remanence.verbs.setting import Setting

if TYPE_CHECKING:
    from remanence.reader.rules.derived import Derived

METHOD = "rule:"  # what a derived row's method begins with
STRENGTH_MAX = 32.0  # observations after which another one no longer moves a belief


def read(
    setting: Setting, utterance: Content, provenance: Provenance, *, before: str | None = None
) -> Sequence[Derived]:
    """What the rule reader finds in an utterance; nothing when the cube was opened without it.

    `before` is the turn of somebody else that it answers.
    """
    if not setting.derives or utterance.kind is not Kind.UTTERANCE:
        return ()
    from remanence.reader.rules.statements import derive

    return derive(utterance.text, speaker=provenance.author, role=provenance.role, before=before)


def derive_from(
    change: Change,
    row: Revision,
    found: Sequence[Derived],
    *,
    blocked: frozenset[str] = frozenset(),
    standing: frozenset[str] = frozenset(),
    reads: bool = True,
) -> list[ItemId]:
    """Write what was found in an utterance into the change; returns the items made or revised.

    What a `blocked` method finds is passed over, and what stands there already in the same words.
    """
    found = [*found, *(renewals(change, row, found) if reads else ())]
    if not found:
        return []
    from remanence.reader.rules.statements import is_single_valued

    touched = []
    for one in found:
        derived = one if one.slot is None else in_its_slot(change, one, row.provenance.author)
        if derived is None or METHOD + derived.rule in blocked or derived.content in standing:
            continue
        content, provenance = _content(row, derived), _provenance(row, derived)
        effect, target, claim, spoken = Effect.ADD, None, None, Spoken()
        if derived.slot is not None:
            spoken = _spoken(row, derived)
            claim = _claim(derived, provenance, spoken)
            single = is_single_valued(derived.slot.attribute)
            standing_rows = change.rows_in_slot(derived.slot, any_value=single)
            effect, target = weigh(claim, standing_rows, single_valued=single)
            if effect is Effect.CORROBORATE and target is not None and _heard(change, target, provenance):
                effect = Effect.REPEAT
            if effect is Effect.ADD and not derived.polarity and single:
                item_id = _add_past(change, derived, content, provenance, spoken, standing_rows)
                touched += [] if item_id is None else [item_id]
                continue
            if effect is Effect.ADD and derived.ending and derived.slot != one.slot:
                continue
        begins = provenance.said_at if claim is None else takes_over_at(claim, target)
        held = Interval(begins, spoken.ended if derived.polarity else None)
        item_id = _carry_out(change, effect, target, content, provenance, held)
        if item_id is not None:
            touched.append(item_id)
    return touched


def read_again(setting: Setting, tx: Transaction, change: Change, row: Revision) -> list[ItemId]:
    """After an utterance changed: retire what rested on its old words alone, derive from the new."""
    for derived in tx.derived_from([row.item_id]):
        resting = [
            old
            for old in change.open_rows_of(derived)
            if old.state is State.ACTIVE and {s.item_id for s in old.provenance.sources} == {row.item_id}
        ]
        if resting:
            states.move(change, resting, State.ARCHIVED, Verb.RETIRE)
    blocked = frozenset(method for _, method in tx.blocked([row.item_id]))
    found = read(setting, row.content, row.provenance, before=_answered(tx, row))
    return derive_from(change, row, found, blocked=blocked, reads=setting.derives)


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
        found = read(setting, row.content, row.provenance, before=_answered(tx, row))
        touched += derive_from(change, row, found, blocked=blocked, standing=standing, reads=setting.derives)
    return touched


def _answered(tx: Transaction, row: Revision) -> str | None:
    """The turn of somebody else before this one."""
    session, turn = row.provenance.session, row.provenance.turn
    if session is None or not turn:
        return None
    earlier = tx.turns_between(session, turn - 1, turn - 1)
    return next((one.content.text for one in earlier if one.provenance.author != row.provenance.author), None)


def _carry_out(
    change: Change,
    effect: Effect,
    target: Revision | None,
    content: Content,
    provenance: Provenance,
    held: Interval,
) -> ItemId | None:
    begins = held.start
    assert begins is not None, "a statement holds from some time on"
    if target is None:
        row = change.open_row(change.new_item(), content, provenance, valid=held)
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
        ends = [*(start for start in starts if start > begins), *([] if held.end is None else [held.end])]
        valid_from, valid_to = begins, min(ends, default=None)
    update = bitemporal.update(rows, now=begins, valid_from=valid_from, valid_to=valid_to)
    apply_update(change, target.item_id, update, content, provenance)
    return target.item_id


def _add_past(
    change: Change,
    derived: Derived,
    content: Content,
    provenance: Provenance,
    spoken: Spoken,
    standing: Sequence[Revision],
) -> ItemId | None:
    """What held once and is believed no more: until the first that is known to have held after it."""
    if derived.was is None:
        return None
    began = None if spoken.began is None else spoken.began.start
    starts = [row.valid.start for row in standing if row.state in RECALLED and row.valid.start is not None]
    later = [start for start in starts if began is None or start > began]
    ended = min([spoken.ended or provenance.said_at, *later])
    if began is not None and began >= ended:
        return None
    past = replace(content, text=derived.was, metadata=NOTHING)
    row = change.open_row(change.new_item(), past, provenance, valid=Interval(began, ended))
    change.note(Verb.DERIVE, row.item_id, opened=[row])
    return row.item_id


def _claim(derived: Derived, provenance: Provenance, spoken: Spoken) -> Claim:
    assert derived.slot is not None, "only what fills a slot meets what stands there"
    denied_from = spoken.ended if not derived.polarity else None
    return Claim(
        slot=derived.slot,
        affirmed=derived.polarity,
        correction=derived.is_correction,
        trust=provenance.trust,
        author=provenance.author,
        session=provenance.session,
        said_at=provenance.said_at,
        began=spoken.began if denied_from is None else Interval(denied_from),
        event=derived.event or denied_from is not None,
    )


def _spoken(row: Revision, derived: Derived) -> Spoken:
    assert derived.slot is not None
    place = Place(
        sentence=derived.sentence,
        clause=(derived.clause_start, derived.clause_end),
        value=(derived.end - len(derived.slot.value), derived.end),
    )
    return spoken_validity(
        row.content.times,
        place,
        said_at=row.provenance.said_at,
        affirmed=derived.polarity,
        event=derived.event,
    )


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
