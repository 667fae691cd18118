"""Observe a conversation: every message word for word, then what follows from it, in one change set."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from remanence.lifecycle.changes import Change, apply_update
from remanence.lifecycle.erasure import BLANK
from remanence.model import bitemporal
from remanence.model.ids import ItemId
from remanence.model.interval import Interval
from remanence.model.item import NOTHING, Content, Provenance, Revision, event_of
from remanence.model.journal import Verb
from remanence.model.kind import Kind, Trust
from remanence.model.state import State
from remanence.reader.align import Place, align
from remanence.reader.messages import Message, parse_messages
from remanence.storage.port import Snapshot, Transaction, Turn
from remanence.verbs import arguments, pointing
from remanence.verbs.calling import Calls, last_request
from remanence.verbs.deriving import derive_from, hear, read, read_again, tags_of
from remanence.verbs.embedding_ahead import EmbeddingAhead
from remanence.verbs.instructing import Heard, Heeded, heed
from remanence.verbs.pointing import Pointer
from remanence.verbs.queueing import note_observed, read_at_once
from remanence.verbs.remembering import spoken_times
from remanence.verbs.setting import Setting
from remanence.verbs.supporting import settle
from remanence.verbs.turns_before import TURNS_BACK, earlier_of
from remanence.verbs.vectors import embed_pending_or_say

DEFAULT_SESSION = "main"  # where messages go that name no session
TAIL_TURNS_MIN = 2_000  # turns of a session that a given list is aligned with; more for a longer list
TRUST_OF_ROLE = {
    "user": Trust.USER,
    "assistant": Trust.AGENT,
    "tool": Trust.TOOL,
    "function": Trust.TOOL,
    "system": Trust.DOCUMENT,
    "developer": Trust.DOCUMENT,
}


@dataclass(frozen=True, slots=True)
class Observed:
    """What an `observe` did: utterances added or changed, items derived, messages known or empty.

    And what became of each request to forget that was heard in it.
    """

    added: tuple[ItemId, ...]
    changed: tuple[ItemId, ...]
    derived: tuple[ItemId, ...]
    known: int  # messages that the cube held already
    empty: int  # messages with neither text nor calls
    change_set: int | None  # None when nothing was new
    heeded: tuple[Heeded, ...] = ()

    @property
    def retired(self) -> tuple[ItemId, ...]:
        """The items that are recalled no more, because the conversation asked for it."""
        return tuple(dict.fromkeys(item for one in self.heeded for item in one.items))


@dataclass(slots=True)
class Tally:
    """What an `observe` did so far."""

    added: list[ItemId] = field(default_factory=list)
    changed: list[ItemId] = field(default_factory=list)
    derived: list[ItemId] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    known: int = 0
    shown: Sequence[ItemId] = ()  # what stood in the prompt of an agent's new messages
    ahead: EmbeddingAhead | None = None  # embeds what is added meanwhile


def observe(
    setting: Setting,
    messages: Iterable[object],
    *,
    session: str | None,
    shown: Pointer | Iterable[Pointer] = (),
    because: str | None,
    actor: str,
) -> Observed:
    """Take in a conversation; see Cube.observe."""
    by_session, empty = _by_session(setting, messages, session)
    reason = arguments.reason(because)
    with EmbeddingAhead(setting.embedder) as ahead:
        with setting.store.write() as tx:
            tally = Tally(shown=pointing.items(tx, shown), ahead=ahead)
            change = setting.change(tx, actor=actor, reason=reason)
            for name, given in by_session.items():
                observe_session(setting, tx, change, name, given, tally)
            wrote = bool(tally.added or tally.changed)
            if wrote:
                settle(tx, change, tally.derived)
                change.write()
                note_observed(setting, tx, change.number, at=change.at)
            heeded = heed(setting, tx, tally.heard, actor=actor)
        if wrote:
            embed_pending_or_say(setting, ahead=ahead)
    if wrote:
        read_at_once(setting, actor=actor)
    return Observed(
        added=tuple(tally.added),
        changed=tuple(tally.changed),
        derived=tuple(dict.fromkeys(tally.derived)),
        known=tally.known,
        empty=empty,
        change_set=change.number if wrote else None,
        heeded=heeded,
    )


def _by_session(
    setting: Setting, messages: Iterable[object], session: str | None
) -> tuple[dict[str, list[Message]], int]:
    """The messages of each session, each with its author, and how many say nothing."""
    conversation = parse_messages(messages, tz=setting.zone)
    default = DEFAULT_SESSION if session is None else arguments.name(session, "session")
    found: dict[str, list[Message]] = {}
    for message in conversation.messages:
        named = replace(message, author=message.author or speaker_of(setting, message.role))
        found.setdefault(message.session or default, []).append(named)
    return found, len(conversation.empty)


def observe_session(
    setting: Setting, tx: Transaction, change: Change, session: str, given: Sequence[Message], tally: Tally
) -> None:
    """Take in messages of one session, as part of a change; each with its author's name."""
    turns, whole = _tail(tx, session, given)
    alignment = align([_place_of(turn) for turn in turns], given, whole=whole)
    calls = Calls(tx, change, last_request(turns)) if setting.derives else None
    tally.known += len(given) - len(alignment.new) - len(alignment.changed)
    for index in alignment.changed:
        place = alignment.places[index]
        assert place is not None, "a changed message has its place"
        item_id = turns[place].item_id
        changed = _change_turn(setting, tx, change, item_id, given[index], tally)
        if changed is not None and calls is not None:
            tally.derived += calls.heard(changed, changed=True)
    if tally.ahead is not None:
        for index in alignment.new:
            tally.ahead.take(tx, given[index].content)
    turn = tx.last_turn(session)
    said_at = None
    for index in alignment.new:
        turn += 1
        message = given[index]
        said_at = message.said_at or said_at or setting.clock.now()
        new = given[max(index - TURNS_BACK, 0) : index]
        before: list[Message | Turn] = (
            [*turns[len(new) - TURNS_BACK :], *new] if len(new) < TURNS_BACK else [*new]
        )
        row = _add_turn(setting, change, session, turn, message, said_at, tally, before)
        if calls is not None:
            tally.derived += calls.heard(row)


def recognise(setting: Setting, messages: Iterable[object], *, session: str | None) -> tuple[ItemId, ...]:
    """The items that messages are in their session; see Cube.recognise."""
    found: list[ItemId] = []
    with setting.store.read() as snapshot:
        for name, given in _by_session(setting, messages, session)[0].items():
            turns, whole = _tail(snapshot, name, given, turns_min=0)
            alignment = align([_place_of(turn) for turn in turns], given, whole=whole)
            found += [turns[place].item_id for place in alignment.places if place is not None]
    return tuple(found)


def _add_turn(
    setting: Setting,
    change: Change,
    session: str,
    turn: int,
    message: Message,
    said_at: datetime,
    tally: Tally,
    before: Sequence[Message | Turn],
) -> Revision:
    provenance = Provenance(
        author=message.author or message.role,
        role=message.role,
        trust=TRUST_OF_ROLE[message.role],
        method="observed",
        said_at=said_at,
        session=session,
        turn=turn,
        message_id=message.message_id,
    )
    spoken = hear(setting, message.content, message.role)
    content = _utterance(setting, message, said_at, tags=tags_of(spoken))
    row = change.open_row(change.new_item(), content, provenance, valid=Interval(said_at))
    change.place(session, turn, row.item_id, timed=message.said_at is not None)
    shown = tally.shown if provenance.trust is Trust.AGENT else ()
    if shown:
        change.note_shown(row.item_id, shown)
    change.note(Verb.OBSERVE, row.item_id, opened=[row], detail={"shown": len(shown)} if shown else NOTHING)
    tally.added.append(row.item_id)
    earlier = earlier_of([(one.author or one.role, _text_of(one)) for one in before], provenance.author)
    found = read(setting, content, provenance, earlier=earlier, spoken=spoken)
    tally.heard += [Heard(row, one.request) for one in found if one.request is not None]
    tally.derived += derive_from(change, row, found, reads=setting.derives)
    return row


def _text_of(before: Message | Turn) -> str:
    return (before.text or "") if isinstance(before, Turn) else before.content


def _change_turn(
    setting: Setting, tx: Transaction, change: Change, item_id: ItemId, message: Message, tally: Tally
) -> Revision | None:
    """A message that came again under its id with other words: a correction of the turn."""
    rows = tx.rows_of([item_id])
    if any(row.state is not State.ACTIVE for row in rows):
        tally.known += 1
        return None
    old = bitemporal.row_in_force(rows, change.at)
    update = bitemporal.update(rows, now=change.at)
    tags = tags_of(hear(setting, message.content, message.role))
    content = _utterance(setting, message, old.provenance.said_at, tags=tags)
    row = apply_update(change, item_id, update, content, old.provenance)
    tally.changed.append(item_id)
    tally.derived += read_again(setting, tx, change, row)
    return row


def _utterance(setting: Setting, message: Message, said_at: datetime, *, tags: tuple[str, ...]) -> Content:
    times = spoken_times(setting, message.content, said_at)
    return Content(
        text=message.content,
        kind=Kind.UTTERANCE,
        tags=tags,
        metadata=message.metadata,
        event=event_of(times),
        times=times,
    )


def _tail(
    tx: Snapshot, session: str, given: Sequence[Message], *, turns_min: int = TAIL_TURNS_MIN
) -> tuple[list[Turn], bool]:
    limit = max(turns_min, 2 * len(given))
    ids = [message.message_id for message in given if message.message_id is not None]
    return tx.session_tail(session, limit=limit, message_ids=ids), tx.last_turn(session) < limit


def _place_of(turn: Turn) -> Place:
    _, _, role, author, text, said_at, message_id, redacted = turn
    return Place(role, author, text, said_at, message_id, BLANK if redacted else None)


def speaker_of(setting: Setting, role: str) -> str:
    """Who speaks in a role, where the message does not say."""
    return setting.owner if role == "user" else role
