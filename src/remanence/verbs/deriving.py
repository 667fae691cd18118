"""Derives items from an utterance by the rule reader, and lets them meet what is believed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from remanence.beliefs.sameness import says_no_more, wording
from remanence.beliefs.slots import NEGATED, Claim, Effect, takes_over_at, weigh
from remanence.beliefs.validity import Place, Spoken, spoken_validity
from remanence.lifecycle.changes import Change, apply_update
from remanence.model import bitemporal
from remanence.model.belief import Belief
from remanence.model.ids import ItemId
from remanence.model.interval import Interval
from remanence.model.item import NOTHING, Content, Json, Provenance, Revision, Slot, Source, event_of
from remanence.model.journal import Verb
from remanence.model.kind import Kind, Trust
from remanence.model.promise import COMMITMENT
from remanence.model.state import RECALLED
from remanence.reader.rules.derived import CORRECTION, STEPS
from remanence.storage.port import Transaction
from remanence.verbs import reliability
from remanence.verbs.echoing import echoed
from remanence.verbs.instructing import may_instruct, without_instructions
from remanence.verbs.replacing import in_its_slot, renewals
from remanence.verbs.setting import Setting
from remanence.verbs.supporting import settle
from remanence.verbs.turns_before import Earlier, said_before

if TYPE_CHECKING:
    from remanence.reader.rules.derived import Derived
    from remanence.reader.rules.modality import OwnText

REASON = "reason"  # the key of a decision's metadata that says why
PROMISED_ANEW_AFTER = timedelta(days=1)  # the same words mean another promise
STRENGTH_MAX = 32.0  # observations after which another one no longer moves a belief


def read(
    setting: Setting,
    utterance: Content,
    provenance: Provenance,
    *,
    earlier: Earlier | None = None,
    spoken: OwnText | None = None,
) -> Sequence[Derived]:
    """What the rule reader finds in an utterance; nothing when the cube was opened without it.

    `spoken` is its text where it was `heard` already.
    """
    if not setting.derives or utterance.kind is not Kind.UTTERANCE:
        return ()
    from remanence.reader.rules.statements import derive

    found = derive(
        spoken or utterance.text,
        speaker=provenance.author,
        role=provenance.role,
        before=None if earlier is None else earlier.answered,
        own_before=None if earlier is None else earlier.own,
    )
    return found if may_instruct(setting, provenance) else without_instructions(found)


def hear(setting: Setting, text: str, role: str) -> OwnText | None:
    """A message as the rule reader takes it apart; None of one that it does not read."""
    if not setting.derives:
        return None
    from remanence.reader.rules.statements import READ_ROLES, heard

    return heard(text) if role in READ_ROLES else None


def tags_of(spoken: OwnText | None) -> tuple[str, ...]:
    """The tags of a message itself: that it asks for something."""
    if spoken is None:
        return ()
    from remanence.reader.rules.asking import REQUEST, asks

    return (REQUEST,) if asks(spoken) else ()


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
    touched = []
    for one in [*found, *(renewals(change, row, found) if reads else ())]:
        derived = one if one.slot is None else in_its_slot(change, one, row.provenance.author)
        if derived is None and one.alone:  # of what is not known: still what is said now
            derived = replace(one, slot=None, ending=False)
        if derived is None or derived.method in blocked or derived.content in standing:
            continue
        provenance = _provenance(row, derived)
        belief = reliability.weighed(change, Belief.stated(derived.confidence), provenance)
        content = _content(row, derived, belief)
        spoken = Spoken() if derived.slot is None else _spoken(row, derived)
        made = None if derived.slot is None else _claim(derived, provenance, spoken)
        effect, target = _weighed(change, content, provenance, made, None)
        if effect is Effect.ADD and derived.is_correction and derived.replaces and content.slot is not None:
            wrong = change.rows_in_slot(replace(content.slot, value=derived.replaces), any_value=False)
            target = next(
                (row for row in wrong if row.state in RECALLED), None
            )  # of several values, this one
            effect = Effect.ADD if target is None else Effect.CORRECT
        if effect is Effect.ADD and made is not None and _tells_of_the_past(derived, made.slot):
            item_id = _add_past(change, derived, content, provenance, spoken)
            touched += [] if item_id is None else [item_id]
            continue
        if effect is Effect.ADD and made is not None and derived.ending and derived.slot != one.slot:
            continue
        begins = provenance.said_at if made is None else takes_over_at(made, target)
        held = Interval(begins, spoken.ended if derived.polarity else None)
        told, news = _carry_out(change, effect, target, content, provenance, held, Verb.DERIVE)
        if news:
            touched.append(told)
    return touched


def claim(
    change: Change, content: Content, provenance: Provenance, *, valid: Interval | None, verb: Verb
) -> tuple[ItemId, bool]:
    """Write a statement, and let it meet what stands in its slot, or says the same.

    It holds in `valid`, by default from when it was said. Returns the item that now says it, and whether
    that is news: not where the same source says it again.
    """
    made = None
    if content.slot is not None:
        made = Claim(
            slot=content.slot,
            affirmed=content.metadata.get(NEGATED) is not True,
            correction=False,
            trust=provenance.trust,
            author=provenance.author,
            session=provenance.session,
            said_at=provenance.said_at if valid is None or valid.start is None else valid.start,
        )
    effect, target = _weighed(change, content, provenance, made, valid)
    held = valid or Interval(provenance.said_at)
    return _carry_out(change, effect, target, content, provenance, held, verb)


def read_again(setting: Setting, tx: Transaction, change: Change, row: Revision) -> list[ItemId]:
    """After an utterance changed: retire what rested on its old words alone, derive from the new."""
    settle(tx, change, [row.item_id])
    blocked = frozenset(method for _, method in tx.blocked([row.item_id]))
    found = read(setting, row.content, row.provenance, earlier=said_before(tx, row))
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
        found = read(setting, row.content, row.provenance, earlier=said_before(tx, row))
        touched += derive_from(change, row, found, blocked=blocked, standing=standing, reads=setting.derives)
    return touched


def _carry_out(
    change: Change,
    effect: Effect,
    target: Revision | None,
    content: Content,
    provenance: Provenance,
    held: Interval,
    verb: Verb,
) -> tuple[ItemId, bool]:
    if target is None:
        said = wording(content.text)
        row = change.open_row(change.new_item(), content, provenance, valid=held, wording=said)
        change.note(verb, row.item_id, opened=[row])
        return row.item_id, True
    if effect in (Effect.REPEAT, Effect.CORROBORATE):
        if effect is Effect.CORROBORATE:
            reliability.observe(change, target, borne_out=True, by=provenance.author)
        if effect is Effect.CORROBORATE and target.content.belief.strength < STRENGTH_MAX:
            stronger = replace(target.content, belief=target.content.belief.corroborated())
            change.close_row(target)
            copy = change.copy_row(target, content=stronger)
            change.note(verb, target.item_id, opened=[copy], closed=[target])
            target = copy
        for source in provenance.sources:
            change.add_source(target, source)
        return target.item_id, effect is Effect.CORROBORATE
    if effect is Effect.ECHO:
        for source in provenance.sources:
            change.add_source(target, replace(source, echo=True))
        return target.item_id, False
    rows = change.open_rows_of(target.item_id)
    begins = held.start or provenance.said_at
    if effect is Effect.CORRECT:
        reliability.observe(change, target, borne_out=False, by=provenance.author)
        valid_from, valid_to = target.valid.start, target.valid.end
    else:
        starts = [row.valid.start for row in rows if row.state in RECALLED and row.valid.start is not None]
        ends = [*(start for start in starts if start > begins), *([] if held.end is None else [held.end])]
        valid_from, valid_to = begins, min(ends, default=None)
    update = bitemporal.update(rows, now=begins, valid_from=valid_from, valid_to=valid_to)
    apply_update(change, target.item_id, update, content, provenance)
    return target.item_id, True


def _weighed(
    change: Change, content: Content, provenance: Provenance, made: Claim | None, valid: Interval | None
) -> tuple[Effect, Revision | None]:
    """What a statement does, and to which row: by its slot, else by what was said in the same words."""
    from remanence.reader.rules.statements import is_single_valued

    heard = echoed(change, content, provenance)
    if heard is not None:
        return Effect.ECHO, heard
    if made is not None:
        single = is_single_valued(made.slot.attribute)
        standing = change.rows_in_slot(made.slot, any_value=single)
        effect, target = weigh(made, standing, single_valued=single)
    else:
        effect, target = _said_before(change, content, provenance, valid)
    if effect is Effect.CORROBORATE and target is not None and not _is_evidence(change, target, provenance):
        effect = Effect.REPEAT
    return effect, target


def _tells_of_the_past(derived: Derived, slot: Slot) -> bool:
    """Whether it denies a value, nothing of which is believed, of a slot that holds one at a time."""
    from remanence.reader.rules.statements import is_single_valued

    return not derived.polarity and is_single_valued(slot.attribute)


def _add_past(
    change: Change,
    derived: Derived,
    content: Content,
    provenance: Provenance,
    spoken: Spoken,
) -> ItemId | None:
    """What held once and is believed no more: until the first that is known to have held after it."""
    if derived.was is None or derived.slot is None:
        return None
    standing = change.rows_in_slot(derived.slot)
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


def _said_before(
    change: Change, content: Content, provenance: Provenance, valid: Interval | None
) -> tuple[Effect, Revision | None]:
    """Whether a statement without a slot is known already, for the same time if one is given."""
    for row in reversed(change.rows_saying(wording(content.text))):
        same_time = row.valid.end is None if valid is None else row.valid == valid
        if row.state in RECALLED and same_time and says_no_more(content, row.content):
            mine = (provenance.author, provenance.session)
            if _is_promised_anew(content, provenance, row):
                return Effect.ADD, None
            same = mine == (row.provenance.author, row.provenance.session)
            return (Effect.REPEAT if same else Effect.CORROBORATE), row
    return Effect.ADD, None


def _is_promised_anew(content: Content, provenance: Provenance, known: Revision) -> bool:
    """Whether somebody commits to the same thing again: on a later day, in another conversation.

    The one before may have been kept meanwhile, and each is owed.
    """
    later = provenance.said_at - known.provenance.said_at >= PROMISED_ANEW_AFTER
    elsewhere = provenance.session != known.provenance.session
    return COMMITMENT in content.tags and later and elsewhere


def _is_evidence(change: Change, target: Revision, provenance: Provenance) -> bool:
    """Whether this voice adds an observation: not one heard already, and not an agent's echo of a user.

    What an agent says of a user it may have from this very memory: beliefs must not grow by being recalled.
    """
    echoes = provenance.trust is Trust.AGENT and target.provenance.trust is Trust.USER
    return not echoes and not _heard(change, target, provenance)


def _heard(change: Change, target: Revision, provenance: Provenance) -> bool:
    """Whether this speaker has said it in this session already."""
    return (provenance.author, provenance.session) in change.voices_behind(target)


def _content(row: Revision, derived: Derived, belief: Belief) -> Content:
    spans = ((derived.start, derived.end), derived.when or (0, 0))
    inside = tuple(
        time
        for time in row.content.times
        if any(start <= time.start and time.end <= end for start, end in spans)
    )
    return Content(
        text=derived.content,
        kind=derived.kind,
        tags=_tags(derived),
        metadata=_metadata(row, derived),
        belief=belief,
        event=event_of(inside),
        slot=derived.slot,
    )


def _tags(derived: Derived) -> tuple[str, ...]:
    corrects = derived.is_correction and CORRECTION not in derived.tags
    return (*derived.tags, CORRECTION) if corrects else derived.tags


def _metadata(row: Revision, derived: Derived) -> Mapping[str, Json]:
    found: dict[str, Json] = {} if derived.polarity else {NEGATED: True}
    if derived.reason is not None:
        found[REASON] = derived.reason
    if derived.steps:
        found[STEPS] = [row.content.text[start:end] for start, end in derived.steps]
    return found or NOTHING


def _provenance(row: Revision, derived: Derived) -> Provenance:
    return replace(
        row.provenance,
        method=derived.method,
        message_id=None,
        sources=(Source(row.item_id, derived.start, derived.end, row.text_id),),
    )
