"""Makes actions of the tool calls in a conversation, and gives them their results as these are heard.

The request that a call answers is its situation. An action rests on the message of the call, on that request
and on the tool's answer, so that it goes where one of them is erased.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from remanence.lifecycle import states
from remanence.lifecycle.changes import Change
from remanence.model.belief import Belief
from remanence.model.clipping import clipped
from remanence.model.deed import OUTCOME_CHARS_MAX, Action, deed_of, metadata_of
from remanence.model.ids import ItemId
from remanence.model.interval import Interval
from remanence.model.item import Content, Provenance, Revision, Source
from remanence.model.journal import Verb
from remanence.model.kind import Kind
from remanence.model.state import RECALLED, State
from remanence.reader.calls import ANSWERS, Call, read_calls, says_failed
from remanence.storage.port import Transaction, Turn
from remanence.verbs import arguments
from remanence.verbs.deed_rows import CALLED, call_known, renewed

SITUATION_CHARS_MAX = 300  # of the request that a call answers
ARGUMENT_BYTES_MAX = 16 * 1024  # kept of one call; the message holds it whole
LOOKED_AROUND_TURNS = 50  # for the request and the answers of a call that is read anew
HEARD_CONFIDENCE = 0.95
ANSWERING = ("tool", "function")


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked last, and in which item."""

    item_id: ItemId
    text: str


class Calls:
    """The calls of one session while its messages are heard, in one change; `asked` is what came before."""

    def __init__(self, tx: Transaction, change: Change, asked: Request | None) -> None:
        self._tx = tx
        self._change = change
        self._asked = asked
        self._last: ItemId | None = None  # the action that the next answer without an id belongs to
        self._by_id: dict[str, ItemId] = {}  # of this very change

    def heard(self, row: Revision, *, changed: bool = False) -> list[ItemId]:
        """The actions that a message makes, or that it gives their result; `changed`: it was heard before."""
        role, text = row.provenance.role, row.content.text
        if role == "user":
            self._asked = Request(row.item_id, text)
        elif role == "assistant":
            calls = read_calls(text, row.content.metadata)
            if calls and changed:
                self._set_aside(row)
            return self._made(row, calls) if calls else []
        elif role in ANSWERING:
            return self._answered(row)
        return []

    def _made(self, row: Revision, calls: Sequence[Call]) -> list[ItemId]:
        if (row.item_id, CALLED) in self._tx.blocked([row.item_id]):
            return []
        made = []
        for call in calls:
            known = None
            if call.call_id is not None:
                known = call_known(self._tx, call.call_id, row.provenance.session)
            if known is not None and known.provenance.sources:
                known = None  # another message's: there are servers that count their calls anew each time
            item_id = known.item_id if known is not None else _action_of(self._change, row, call, self._asked)
            self._last = item_id
            if call.call_id is not None:
                self._by_id[call.call_id] = item_id
            if known is None:
                made.append(item_id)
        return made

    def _answered(self, row: Revision) -> list[ItemId]:
        call_id = row.content.metadata.get(ANSWERS)
        item_id = self._last
        if isinstance(call_id, str):
            known = call_known(self._tx, call_id, row.provenance.session)
            item_id = self._by_id.get(call_id) or (None if known is None else known.item_id)
        if item_id is None:
            return []
        rows = self._change.open_rows_of(item_id)
        if not rows or any(one.state not in (State.ACTIVE, State.DORMANT) for one in rows):
            return []
        was = deed_of(rows[-1].content)
        if not isinstance(was, Action) or was.outcome is not None:
            return []
        failed = says_failed(row.content.text, row.content.metadata)
        outcome = clipped(row.content.text, OUTCOME_CHARS_MAX)
        deed = Action(was.what, was.arguments, was.situation, outcome, not failed, was.cost)
        renewed(
            self._change,
            item_id,
            deed,
            at=None,
            sources=[Source(row.item_id, 0, len(row.content.text), row.text_id)],
        )
        return [item_id]

    def _set_aside(self, row: Revision) -> None:
        """What a message was read to call before its words were changed."""
        for item_id in self._tx.derived_from([row.item_id]):
            rows = [one for one in self._change.open_rows_of(item_id) if one.provenance.method == CALLED]
            movable = [one for one in rows if one.state in (State.ACTIVE, State.DORMANT)]
            states.move(self._change, movable, State.ARCHIVED, Verb.RETIRE)


def _action_of(change: Change, row: Revision, call: Call, asked: Request | None) -> ItemId:
    """Make the action that a call in an assistant's message is."""
    passed = call.arguments if call.arguments not in ("", {}) else None
    if passed is not None and len(str(passed)) > ARGUMENT_BYTES_MAX:
        passed = clipped(str(passed), ARGUMENT_BYTES_MAX)
    situation = None if asked is None else clipped(" ".join(asked.text.split()), SITUATION_CHARS_MAX)
    deed = Action(call.name, passed, situation)
    content = Content(
        text=deed.text,
        kind=Kind.ACTION,
        metadata=arguments.metadata(metadata_of(deed)),
        belief=Belief.stated(HEARD_CONFIDENCE),
    )
    said = row.provenance
    sources = [Source(row.item_id, call.start, call.end, row.text_id)]
    if asked is not None:
        sources.append(Source(asked.item_id))
    provenance = Provenance(
        author=said.author,
        role=said.role,
        trust=said.trust,
        method=CALLED,
        said_at=said.said_at,
        session=said.session,
        message_id=call.call_id,
        sources=tuple(sources),
    )
    made = change.open_row(change.new_item(), content, provenance, valid=Interval(said.said_at))
    change.note(Verb.DERIVE, made.item_id, opened=[made])
    return made.item_id


def last_request(turns: Sequence[Turn]) -> Request | None:
    """What was asked last in these turns."""
    asked = (
        Request(turn.item_id, turn.text) for turn in reversed(turns) if turn.role == "user" and turn.text
    )
    return next(asked, None)


def read_calls_anew(tx: Transaction, change: Change, row: Revision) -> list[ItemId]:
    """Make the actions of a message that was heard before calls were read, with the answers that followed.

    None where it has some already.
    """
    session, turn = row.provenance.session, row.provenance.turn
    if session is None or turn is None or not read_calls(row.content.text, row.content.metadata):
        return []
    derived = tx.rows_of(tx.derived_from([row.item_id]), which="all")
    if any(one.provenance.method == CALLED for one in derived):
        return []
    before = tx.turns_between(session, max(0, turn - LOOKED_AROUND_TURNS), turn - 1) if turn else []
    asked = [one for one in before if one.provenance.role == "user" and one.state in RECALLED]
    calls = Calls(tx, change, Request(asked[-1].item_id, asked[-1].content.text) if asked else None)
    made = calls.heard(row)
    after = tx.turns_between(session, turn + 1, turn + LOOKED_AROUND_TURNS) if made else []
    for answer in takewhile(lambda one: one.provenance.role in ANSWERING, after):
        calls.heard(answer)
    return made
