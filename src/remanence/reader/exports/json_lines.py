"""Plain JSON Lines: messages as `observe` takes them, conversations of them, or statements to remember.

A line is a message (role and content, in the OpenAI chat format), an object with "messages" (as fine-tuning
files have them), or a statement (text, or content with a kind). One JSON array of them will do too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from remanence.errors import InvalidInput
from remanence.model.kind import Kind
from remanence.reader.exports.json_stream import entries
from remanence.reader.exports.reading import Told
from remanence.reader.exports.records import Memory, Problem, Record, Talk
from remanence.reader.exports.sources import Export, text_of
from remanence.reader.exports.values import items, key, mapping, name, notes, shown, text, time_of, when
from remanence.reader.messages import ROLES, Message, parse_messages

TALK_MESSAGES = 500  # of a session that are handed on at a time
_WORDS = ("text", "content", "memory", "statement")
_TIMES = ("said_at", "timestamp", "created_at", "create_time")
_OWN = {*_WORDS, *_TIMES, "id", "kind", "confidence", "valid_from", "valid_to", "author", "session", "domain"}
_OWN |= {"tags", "metadata"}


@dataclass(slots=True)
class _Sessions:
    """The messages that are not handed on yet, by session, and how many each session has had."""

    file: str
    told: Told
    held: dict[str, list[Message]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    empty: int = 0

    def take(self, message: Message) -> Iterator[Talk]:
        """Take a message; without an id it is known by its number in its session."""
        session = message.session or self.file
        number = self.counts[session] = self.counts.get(session, 0) + 1
        message_id = message.message_id or f"{key(self.file)} {number}"[-200:]
        self.held.setdefault(session, []).append(replace(message, session=session, message_id=message_id))
        if sum(map(len, self.held.values())) >= TALK_MESSAGES:
            yield from self.rest()

    def rest(self) -> Iterator[Talk]:
        """What is held; sessions of one file are no threads of one conversation."""
        for session, messages in self.held.items():
            yield Talk(f"\0{self.file}", messages, f"{self.file}, session {session}", None, self.empty)
            self.empty = 0
        self.held.clear()


def read(export: Export, told: Told) -> Iterator[Record]:
    """Messages by their sessions (else one of the file's name), statements as memories."""
    for part in export.parts:
        sessions = _Sessions(name(part.stem) or "messages", told)
        with text_of(part, told.moved(part)) as stream:
            for entry in entries(stream, part.name, unfold=("conversations", "items", "memories")):
                yield from told.encoding(stream, entry)
                if isinstance(entry, Problem):
                    yield entry
                else:
                    yield from _value(entry.value, entry.place, entry.index or 0, sessions)
        yield from sessions.rest()
        if sessions.empty:
            yield Talk(f"\0{sessions.file}", (), part.name, None, sessions.empty)


def _value(value: object, place: str, number: int, sessions: _Sessions) -> Iterator[Record]:
    fields = mapping(value)
    if isinstance(value, list):
        for place_in, one in enumerate(value):
            yield from _value(one, f"{place}[{place_in}]", number, sessions)
    elif "record" in fields and "check" in fields:
        raise InvalidInput("these are lines of a cube's export; import them as remanence, or load them")
    elif isinstance(fields.get("messages"), list):
        session = name(fields.get("session") or fields.get("session_id") or fields.get("id"))
        shared = {"session": session or f"{sessions.file} {number}"}
        for place_in, one in enumerate(items(fields["messages"])):
            inner = {**shared, **one} if isinstance(one, Mapping) else one
            yield from _value(inner, f"{place}, messages[{place_in}]", number, sessions)
        for rest in fields:
            if rest not in ("messages", "session", "session_id", "id") and fields[rest]:
                yield Problem(f"{place}, {rest}", "unmapped", "said of a conversation, and no message")
    elif _is_statement(fields):
        yield from _statement(fields, place, number, sessions)
    else:
        yield from _message(value, place, sessions)


def _is_statement(fields: Mapping[str, object]) -> bool:
    """Whether an object says something to remember, and is no message of a conversation."""
    if "kind" in fields:
        return fields["kind"] != Kind.UTTERANCE.value and any(text(fields.get(word)) for word in _WORDS)
    return "role" not in fields and any(text(fields.get(word)) for word in _WORDS)


def _message(value: object, place: str, sessions: _Sessions) -> Iterator[Record]:
    if not isinstance(value, Mapping):
        yield Problem(place, "refused", f"{shown(value)} is neither a message nor a statement")
        return
    fields = dict(value)
    for one in _TIMES:
        _, why = when(fields.get(one), sessions.told.zone)
        if why is not None:
            yield Problem(place, "time", f"{one}: {why}")
            del fields[one]
    if fields.get("role") in ROLES and fields.get("content", "") is None and not fields.get("tool_calls"):
        fields["content"] = ""  # null says nothing
    try:
        found = parse_messages([fields], tz=sessions.told.zone)
    except InvalidInput as error:
        yield Problem(place, "refused", str(error).removeprefix("message 0: "))
        return
    sessions.empty += len(found.empty)
    for message in found.messages:
        yield from sessions.take(message)


def _statement(
    fields: Mapping[str, object], place: str, number: int, sessions: _Sessions
) -> Iterator[Record]:
    problems: list[Problem] = []
    words = next(str(fields[word]) for word in _WORDS if text(fields.get(word)))
    kind, confidence = Kind.FACT, fields.get("confidence")
    if fields.get("kind") is not None:
        try:
            kind = Kind.parse(str(fields["kind"]))
        except InvalidInput as error:
            problems.append(Problem(place, "unmapped", f"{error}; it is kept as a fact"))
    if confidence is not None and not (_is_number(confidence) and 0 <= float(str(confidence)) <= 1):
        problems.append(Problem(place, "unmapped", f"confidence {shown(confidence)} is no number in [0, 1]"))
        confidence = None
    further = {one: value for one, value in fields.items() if one not in _OWN}
    metadata, unkept = notes({**mapping(fields.get("metadata")), **further}, place)
    bounds = [_bound(fields, one, place, sessions.told, problems) for one in ("valid_from", "valid_to")]
    said_at = time_of(fields, _TIMES, place, problems)
    yield from (*problems, *unkept)
    own = name(fields.get("id"))
    yield Memory(
        key=key("jsonl", own) if own else key("jsonl", sessions.file, f"line {number}"),
        text=words,
        place=place,
        kind=kind,
        said_at=said_at,
        valid_from=bounds[0],
        valid_to=bounds[1],
        author=name(fields.get("author")),
        session=name(fields.get("session")),
        domain=name(fields.get("domain")),
        confidence=None if confidence is None else float(str(confidence)),
        tags=tuple(dict.fromkeys(filter(None, map(name, items(fields.get("tags"))))))[:64],
        metadata=metadata,
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _bound(
    fields: Mapping[str, object], one: str, place: str, told: Told, problems: list[Problem]
) -> datetime | None:
    found, why = when(fields.get(one), told.zone)
    if why is not None:
        problems.append(Problem(place, "time", f"{one}: {why}"))
    return found
