"""Records what an agent does, decides and aims at, each as an item of its own in one change set.

An action waits for its vector, so that recording it costs no embedding; a decision and a goal bring theirs.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from remanence.beliefs.sameness import wording
from remanence.errors import InvalidInput
from remanence.lifecycle.changes import Change
from remanence.model.belief import Belief
from remanence.model.deed import DEED, Action, Decision, Deed, Goal, deed_of, metadata_of
from remanence.model.ids import ItemId, short
from remanence.model.interval import Interval
from remanence.model.item import STATED, Content, Item, Json, Provenance, Revision, SpokenTime, event_of
from remanence.model.journal import Verb
from remanence.model.kind import Kind, Trust
from remanence.model.promise import COMMITMENT, PROMISE
from remanence.model.state import RECALLED
from remanence.model.unit import ItemEnd, Link
from remanence.storage.port import Snapshot, Transaction
from remanence.verbs import arguments
from remanence.verbs.arguments import When
from remanence.verbs.deed_rows import CALLED, PART_OF, RESTS_ON, SERVES, call_known, renewed
from remanence.verbs.remembering import spoken_times
from remanence.verbs.setting import Setting
from remanence.verbs.unit_editing import By, live_item
from remanence.verbs.unit_links import between
from remanence.verbs.vectors import Embedded, keep_vectors, try_to_embed

AGENT = "assistant"  # who acts, where nobody is named
OPTIONS_MAX = 100
COSTS_MAX = 32  # units in which an action is counted
RECORDED_CONFIDENCE = 0.95  # of who records what it did itself
REASON_CONFIDENCE = 0.6  # a reason somebody gives is a claim: what comes of it counts for more
REASON = "reason"  # the tag of what was given as one
Named = Item | str


@dataclass(frozen=True, slots=True)
class Beside:
    """What may be said of any deed: who, in which conversation, when, for what larger thing."""

    agent: str | None = None
    session: str | None = None
    at: When | None = None
    serves: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True)
class Acted:
    """An action as the caller gave it; see Cube.act."""

    what: str
    arguments: Json = None
    situation: str | None = None
    result: str | None = None
    error: str | None = None
    cost: Mapping[str, float] = field(default_factory=dict)
    call_id: str | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision as the caller gave it; see Cube.decide."""

    choice: str
    options: Iterable[str] = ()
    situation: str | None = None
    expected: str | None = None
    reason: str | None = None
    grounds: Iterable[Named] = ()


def act(setting: Setting, acted: Acted, beside: Beside, by: By) -> Item:
    """Record an action; a call whose id is known is the same action, which this may add a result to."""
    if acted.result is not None and acted.error is not None:
        raise InvalidInput("an action has a result or an error; give one of them")
    outcome = acted.error if acted.result is None else acted.result
    deed = Action(
        what=arguments.text(acted.what, "what"),
        arguments=passed(acted.arguments),
        situation=said(acted.situation, "situation"),
        outcome=said(outcome, "result" if acted.error is None else "error"),
        worked=None if outcome is None else acted.error is None,
        cost=costs(acted.cost),
    )
    call_id = None if acted.call_id is None else arguments.name(acted.call_id, "call_id")
    draft = _drafted(setting, deed, beside, call_id=call_id)
    reason = arguments.reason(by.because)
    with setting.store.write() as tx:
        known = None if call_id is None else call_known(tx, call_id, draft.session)
        change = setting.change(tx, actor=by.actor, reason=reason)
        if known is None:
            row = _opened(change, draft)
        elif (now := _with_more(known, deed)) == deed_of(known.content):
            row = known
        else:
            at = change.at if beside.at is None else draft.at
            row = renewed(change, known.item_id, now, at=at)
        serve(tx, change, row.item_id, beside.serves)
        if change.items:
            change.write()
    return Item(row)


def decide(setting: Setting, decided: Decided, beside: Beside, by: By) -> Item:
    """Record a decision, and what it rests on: items, and a reason in words, which becomes one."""
    options = tuple(arguments.text(one, "option") for one in arguments.listed(decided.options, "options"))
    if len(options) > OPTIONS_MAX:
        raise InvalidInput(f"{len(options)} options are more than OPTIONS_MAX = {OPTIONS_MAX}")
    deed = Decision(
        choice=arguments.text(decided.choice, "choice"),
        options=options,
        situation=said(decided.situation, "situation"),
        expected=said(decided.expected, "expected"),
    )
    words = said(decided.reason, "reason")
    grounds = arguments.listed(decided.grounds, "grounds")
    draft = _drafted(setting, deed, beside)
    reason = arguments.reason(by.because)
    vectors = [try_to_embed(setting, text) for text in (deed.text, words) if text is not None]
    with setting.store.write() as tx:
        change = setting.change(tx, actor=by.actor, reason=reason)
        row = _opened(change, draft)
        serve(tx, change, row.item_id, beside.serves)
        rests_on = [live_item(tx, one) for one in grounds]
        brought = [row]
        if words is not None:
            ground = _reason_item(setting, change, draft, words)
            rests_on.append(ground.item_id)
            brought.append(ground)
        for item_id in dict.fromkeys(rests_on):
            between(change, Link(ItemEnd(row.item_id), RESTS_ON, ItemEnd(item_id)), stands=True)
        change.write()
        _keep(tx, change, brought, vectors)
    return Item(row)


def aim(setting: Setting, text: str, due: When | None, beside: Beside, by: By) -> Item:
    """Record a goal; with `due` it is about that time."""
    deed = Goal(arguments.text(text, "goal"))
    draft = _drafted(setting, deed, beside)
    if due is not None:
        event = arguments.interval_of(due, now=setting.clock.now(), zone=setting.zone, name="due")
        draft = replace(draft, event=event)
    reason = arguments.reason(by.because)
    vectors = [try_to_embed(setting, deed.text)]
    with setting.store.write() as tx:
        change = setting.change(tx, actor=by.actor, reason=reason)
        row = _opened(change, draft)
        serve(tx, change, row.item_id, beside.serves, type_=PART_OF)
        change.write()
        _keep(tx, change, [row], vectors)
    return Item(row)


@dataclass(frozen=True, slots=True)
class _Draft:
    """A deed about to be written: checked, dated, and by whom."""

    deed: Deed
    author: str
    role: str
    trust: Trust
    session: str | None
    at: datetime
    metadata: Mapping[str, Json]
    times: tuple[SpokenTime, ...]
    event: Interval | None
    call_id: str | None


def _drafted(setting: Setting, deed: Deed, beside: Beside, *, call_id: str | None = None) -> _Draft:
    now = setting.clock.now()
    author = AGENT if beside.agent is None else arguments.name(beside.agent, "agent")
    own = author == setting.owner
    at = arguments.starting(beside.at, now=now, zone=setting.zone, name="at") or now
    times = () if isinstance(deed, Action) else spoken_times(setting, deed.text, at)
    return _Draft(
        deed=deed,
        author=author,
        role="user" if own else "assistant",
        trust=Trust.USER if own else Trust.AGENT,
        session=None if beside.session is None else arguments.name(beside.session, "session"),
        at=at,
        metadata=arguments.metadata(metadata_of(deed)),
        times=times,
        event=event_of(times),
        call_id=call_id,
    )


def _opened(change: Change, draft: _Draft) -> Revision:
    kind = {Action: Kind.ACTION, Decision: Kind.DECISION, Goal: Kind.GOAL}[type(draft.deed)]
    content = Content(
        text=draft.deed.text,
        kind=kind,
        metadata=draft.metadata,
        belief=Belief.stated(RECORDED_CONFIDENCE),
        event=draft.event,
        times=draft.times,
    )
    provenance = Provenance(
        author=draft.author,
        role=draft.role,
        trust=draft.trust,
        method=STATED if draft.call_id is None else CALLED,
        said_at=draft.at,
        session=draft.session,
        message_id=draft.call_id,
    )
    row = change.open_row(change.new_item(), content, provenance, valid=Interval(draft.at))
    change.note(Verb.REMEMBER, row.item_id, opened=[row])
    return row


def _reason_item(setting: Setting, change: Change, draft: _Draft, words: str) -> Revision:
    """The item that a reason in words is: the one that says so already, or a new one.

    An agent that gives its reason again is no evidence for it; what came of the decisions is.
    """
    for row in change.rows_saying(wording(words)):
        if row.state in RECALLED and row.content.metadata.get(DEED) is None:
            return row
    times = spoken_times(setting, words, draft.at)
    content = Content(
        text=words,
        tags=(REASON,),
        belief=Belief.stated(REASON_CONFIDENCE),
        event=event_of(times),
        times=times,
    )
    provenance = Provenance(
        author=draft.author,
        role=draft.role,
        trust=draft.trust,
        method=STATED,
        said_at=draft.at,
        session=draft.session,
    )
    item_id = change.new_item()
    row = change.open_row(item_id, content, provenance, valid=Interval(draft.at), wording=wording(words))
    change.note(Verb.REMEMBER, item_id, opened=[row])
    return row


def serve(
    tx: Snapshot, change: Change, item_id: ItemId, larger: Iterable[Named], *, type_: str = SERVES
) -> None:
    """Link a deed to the goals and decisions that it is done for; raises InvalidInput for what is neither.

    A link that is there already stays.
    """
    for named in larger:
        target = live_item(tx, named)
        content = tx.rows_of([target])[-1].content
        kind = content.kind
        if kind not in (Kind.GOAL, Kind.DECISION):
            raise InvalidInput(f"{short(target)} is of the kind {kind}; name a goal or a decision")
        if type_ == PART_OF and kind is not Kind.GOAL:
            raise InvalidInput(f"{short(target)} is a decision; a goal can be part of a goal")
        if type_ == PART_OF and not {PROMISE, COMMITMENT}.isdisjoint(content.tags):
            raise InvalidInput(f"{short(target)} is a promise; a goal can be part of a goal")
        link = Link(ItemEnd(item_id), type_, ItemEnd(target))
        if link not in tx.links_of(link.source):
            between(change, link, stands=True)


def _with_more(known: Revision, new: Action) -> Action:
    """The known call with what is said of it further: its result, its cost, a situation where it had none."""
    was = deed_of(known.content)
    assert isinstance(was, Action), "only actions are called"
    return replace(
        was,
        situation=was.situation or new.situation,
        outcome=was.outcome if new.outcome is None else new.outcome,
        worked=was.worked if new.outcome is None else new.worked,
        cost={**was.cost, **new.cost},
    )


def passed(given: Json) -> Json:
    """The arguments of a call as JSON holds them; none where they are empty."""
    kept = arguments.metadata({"arguments": given})["arguments"]
    return None if kept == {} else kept


def said(value: str | None, name: str) -> str | None:
    """A text that may be left out."""
    return None if value is None else arguments.text(value, name)


def costs(given: Mapping[str, float]) -> Mapping[str, float]:
    """What something cost, by unit; raises InvalidInput for what is no finite number, or below 0."""
    if not isinstance(given, Mapping):
        raise InvalidInput(f"cost {given!r} must give a number for each unit, as {{'usd': 0.02}}")
    if len(given) > COSTS_MAX:
        raise InvalidInput(f"{len(given)} units of cost are more than COSTS_MAX = {COSTS_MAX}")
    for unit, number in given.items():
        arguments.name(unit, "unit of cost")
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise InvalidInput(f"cost in {unit} is {number!r}; give a number")
        if not math.isfinite(number) or number < 0:
            raise InvalidInput(f"cost in {unit} is {number!r}; give a finite number that is not negative")
    return {unit: float(number) for unit, number in given.items()}


def _keep(tx: Transaction, change: Change, rows: list[Revision], vectors: list[Embedded | None]) -> None:
    """Give the texts that this change brought in their vectors, as far as they could be had."""
    at_hand = {
        row.text_id: found
        for row, found in zip(rows, vectors, strict=True)
        if found is not None and row.text_id in change.new_texts
    }
    keep_vectors(tx, at_hand)
