"""Brings messages up with the present readers: those that an older reader has read, or none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from remanence.errors import Refused
from remanence.model.ids import ItemId
from remanence.model.item import Revision
from remanence.model.journal import Verb
from remanence.storage.jobs_port import LLM, RULES, Unread
from remanence.storage.port import Snapshot
from remanence.verbs import arguments
from remanence.verbs.anew import derive_anew, would_change
from remanence.verbs.calling import read_calls_anew
from remanence.verbs.deriving import read
from remanence.verbs.queueing import rule_reader
from remanence.verbs.setting import Setting
from remanence.verbs.turns_before import said_before
from remanence.verbs.vectors import embed_pending_or_say

if TYPE_CHECKING:
    from remanence.reader.rules.derived import Derived

BATCH_ROWS = 500  # loaded at a time


@dataclass(frozen=True, slots=True)
class RereadPlan:
    """What a reread would do."""

    messages: tuple[ItemId, ...]  # that the rules would read again
    retired: tuple[ItemId, ...]  # items that the rules would not find again
    derived: int  # statements that they would add
    queued: tuple[ItemId, ...]  # messages that would wait for the language model


@dataclass(frozen=True, slots=True)
class Reread:
    """What a reread did; `change_set` is None where the rules had nothing to read."""

    messages: int
    derived: tuple[ItemId, ...]
    retired: tuple[ItemId, ...]
    queued: int
    change_set: int | None


def plan(setting: Setting) -> RereadPlan:
    """See Cube.plan_reread."""
    _refuse_without_reader(setting)
    messages, retired, derived = [], [], 0
    queued: tuple[ItemId, ...] = ()
    with setting.store.read() as snapshot:
        if setting.derives:
            for row, fresh in _rows_to_read(snapshot):
                messages.append(row.item_id)
                aside, added = would_change(snapshot, row, _found(setting, snapshot, row), fresh=fresh)
                retired += [old.item_id for old in aside]
                derived += added
        if setting.llm is not None:
            queued = _to_queue(snapshot, setting.llm.identity)
    return RereadPlan(tuple(messages), tuple(dict.fromkeys(retired)), derived, queued)


def reread(setting: Setting, *, because: str | None, actor: str) -> Reread:
    """See Cube.reread."""
    _refuse_without_reader(setting)
    reason = arguments.reason(because)
    derived: list[ItemId] = []
    retired: list[ItemId] = []
    queued: tuple[ItemId, ...] = ()
    number = None
    read_now: list[Revision] = []
    with setting.store.write() as tx:
        if setting.derives:
            change = setting.change(tx, actor=actor, reason=reason)
            for row, fresh in _rows_to_read(tx):
                anew = derive_anew(tx, change, row, _found(setting, tx, row), family=RULES, fresh=fresh)
                derived += [*anew.derived, *read_calls_anew(tx, change, row)]
                retired += anew.set_aside
                read_now.append(row)
            if read_now:
                identity = rule_reader()
                change.note(Verb.READ, None, detail={"reader": identity, "messages": len(read_now)})
                number = change.write()
                read_texts = [(row.item_id, row.text_id) for row in read_now]
                tx.note_readings(read_texts, family=RULES, identity=identity, change_set=number)
        if setting.llm is not None:
            queued = _to_queue(tx, setting.llm.identity)
            tx.queue_items(queued, at=setting.clock.now())
    if derived:
        embed_pending_or_say(setting)
    return Reread(
        len(read_now), tuple(dict.fromkeys(derived)), tuple(dict.fromkeys(retired)), len(queued), number
    )


def _refuse_without_reader(setting: Setting) -> None:
    if not setting.derives and setting.llm is None:
        raise Refused("this cube was opened with reader=None; open it with a reader to read anything again")


def _rows_to_read(snapshot: Snapshot) -> Iterator[tuple[Revision, bool]]:
    """The messages that another rule reader has read last, in order, and whether none has read it yet."""
    for batch in _batches(snapshot.unread(RULES, rule_reader())):
        rows = snapshot.revisions([one.revision for one in batch])
        yield from ((rows[one.revision], one.last is None) for one in batch if one.revision in rows)


def _to_queue(snapshot: Snapshot, identity: str) -> tuple[ItemId, ...]:
    found: dict[ItemId, None] = {}
    for batch in _batches(snapshot.unread(LLM, identity)):
        found.update(
            (row.item_id, None) for row in snapshot.revisions([one.revision for one in batch]).values()
        )
    return tuple(found)


def _batches(unread: Sequence[Unread]) -> Iterator[Sequence[Unread]]:
    for start in range(0, len(unread), BATCH_ROWS):
        yield unread[start : start + BATCH_ROWS]


def _found(setting: Setting, snapshot: Snapshot, row: Revision) -> Sequence[Derived]:
    return read(setting, row.content, row.provenance, earlier=said_before(snapshot, row))
