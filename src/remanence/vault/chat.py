"""Writes conversations for fine-tuning: a line of chat messages for each session, or for each piece of one.

The shape is that of OpenAI's fine-tuning files: {"messages": [{"role", "content"}, ...]}. A piece begins
with what the user says and ends with an answer; the session's system messages stand before each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, TypeAlias

from remanence.model.item import REDACTED, Json, Revision
from remanence.model.kind import Kind
from remanence.recall.tokens import TokenCounter, estimate_tokens, exact_counter
from remanence.storage.port import Snapshot
from remanence.vault.lines import json_bytes
from remanence.vault.progress import Told
from remanence.vault.selection import Selection
from remanence.verbs.setting import Setting

MESSAGE_TOKENS = 4  # what a message costs beside its text, about
TURNS_AT_A_TIME = 500
SYSTEM = frozenset({"system", "developer"})
ANSWER = "assistant"
CALL_IDS, CALL_ID = "tool_call_ids", "tool_call_id"
_CALL = re.compile(r"^\[calls ([^(\n]+)\((.*?)\)\]$", re.M | re.S)
Message: TypeAlias = dict[str, Json]


@dataclass(slots=True)
class _Counts:
    conversations: int = 0
    lines: int = 0
    messages: int = 0
    left_out: int = 0  # messages


def write_chat(
    setting: Setting, file: BinaryIO, selection: Selection, *, tokens_max: int | None, told: Told
) -> dict[str, int]:
    """Write the conversations, from one state of the cube, each line within `tokens_max` tokens.

    Counted by tiktoken where it is installed. Left out, and counted: what an erasure blanked in part, what
    nobody answered, and a single exchange beyond the bound.
    """
    counts = _Counts()
    count_tokens = exact_counter() or estimate_tokens
    with setting.store.read() as snapshot:
        names = list(snapshot.sessions().values())
        for done, name in enumerate(names, 1):
            told(done, len(names))
            if selection.sessions is not None and name not in selection.sessions:
                continue
            turns = [message_of(row) for row in _turns(snapshot, selection, name, counts)]
            before = counts.lines
            for line in _pieces(turns, tokens_max, count_tokens):
                file.write(json_bytes({"messages": list[Json](line)}) + b"\n")
                counts.lines += 1
                counts.messages += sum(message["role"] not in SYSTEM for message in line)
            counts.left_out += sum(message["role"] not in SYSTEM for message in turns)
            counts.conversations += counts.lines > before
    return {
        "conversations": counts.conversations,
        "lines": counts.lines,
        "messages": counts.messages,
        "messages left out": counts.left_out - counts.messages,
    }


def message_of(row: Revision) -> Message:
    """A turn as a chat message, its tool calls as such where their ids were kept."""
    text, metadata = row.content.text, row.content.metadata
    message: Message = {"role": row.provenance.role, "content": text}
    ids = metadata.get(CALL_IDS)
    calls = list(_CALL.finditer(text)) if isinstance(ids, list) else []
    if isinstance(ids, list) and calls and _end_the_text(calls, text) and len(calls) == len(ids):
        message["content"] = text[: calls[0].start()].rstrip("\n") or None
        message["tool_calls"] = [
            {"id": call_id, "type": "function", "function": {"name": call[1], "arguments": call[2]}}
            for call_id, call in zip(ids, calls, strict=True)
        ]
    if row.provenance.role == "tool" and CALL_ID in metadata:
        message[CALL_ID] = metadata[CALL_ID]
    return message


def _end_the_text(calls: Sequence[re.Match[str]], text: str) -> bool:
    """Whether the calls are the last lines of the text, and nothing stands between them."""
    ends = [call.end() for call in calls]
    starts = [call.start() for call in calls[1:]]
    return ends[-1] == len(text) and all(start == end + 1 for end, start in zip(ends, starts, strict=False))


def _turns(snapshot: Snapshot, selection: Selection, session: str, counts: _Counts) -> Iterator[Revision]:
    """The turns of a session that pass, in order."""
    last = snapshot.last_turn(session)
    for first in range(0, last + 1, TURNS_AT_A_TIME):
        for row in snapshot.turns_between(session, first, min(last, first + TURNS_AT_A_TIME - 1)):
            if row.content.kind is not Kind.UTTERANCE or not selection.takes(row):
                continue
            if row.provenance.method == REDACTED:
                counts.left_out += 1
                continue
            yield row


def _pieces(turns: Sequence[Message], tokens_max: int | None, count: TokenCounter) -> Iterator[list[Message]]:
    """The conversation in pieces of whole exchanges, each within the bound."""
    system = [message for message in turns if message["role"] in SYSTEM]
    head = sum(_tokens(message, count) for message in system)
    piece: list[Message] = []
    cost = head
    for exchange in _exchanges([message for message in turns if message["role"] not in SYSTEM]):
        tokens = sum(_tokens(message, count) for message in exchange)
        if tokens_max is not None and cost + tokens > tokens_max:
            if piece:
                yield [*system, *piece]
            piece, cost = [], head
            if head + tokens > tokens_max:
                continue
        piece += exchange
        cost += tokens
    if piece:
        yield [*system, *piece]


def _exchanges(turns: Sequence[Message]) -> Iterator[list[Message]]:
    """What the user says with all that follows up to the last answer to it."""
    exchange: list[Message] = []
    for message in [*turns, None]:
        asks_anew = message is None or (
            message["role"] == "user" and any(one["role"] == ANSWER for one in exchange)
        )
        if asks_anew and exchange:
            while exchange and (exchange[-1]["role"] != ANSWER or "tool_calls" in exchange[-1]):
                exchange.pop()
            if exchange:
                yield exchange
            exchange = []
        if message is not None:
            exchange.append(message)


def _tokens(message: Message, count: TokenCounter) -> int:
    calls = message.get("tool_calls")
    beside = json_bytes(calls).decode() if calls else ""
    return MESSAGE_TOKENS + count(str(message["content"] or "")) + count(beside)
