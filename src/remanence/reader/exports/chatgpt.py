"""A ChatGPT data export: conversations.json, or conversations-000.json and on, or the archive of them.

The format is published nowhere by its maker. Followed are docs/chatgpt-data-export-format.md of
mitkury/chatgpt-export-parser, and the split files that readers of exports report since 2026.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from remanence.errors import InvalidInput
from remanence.model.kind import Kind
from remanence.model.unit import UnitKind
from remanence.reader.exports.chatgpt_content import CONTEXTS, content_text
from remanence.reader.exports.json_stream import Entry, entries
from remanence.reader.exports.messages import message_of
from remanence.reader.exports.reading import Told
from remanence.reader.exports.records import About, Memory, Problem, Record, Talk, UnitName
from remanence.reader.exports.sources import Export, Part, text_of
from remanence.reader.exports.threads import threads
from remanence.reader.exports.values import first_time, mapping, name, notes, plain, shown, text
from remanence.reader.messages import Message

_CONVERSATIONS = re.compile(r"(^|/)conversations(-\d+)?\.json$", re.IGNORECASE)
_ROLES = {
    "user": "user",
    "assistant": "assistant",
    "system": "system",
    "tool": "tool",
    "developer": "developer",
}
_TREE = ("mapping", "current_node")
_MEMORY_TOOL = "bio"  # to whom the assistant says what it is to remember of the user


def read(export: Export, told: Told) -> Iterator[Record]:
    """The conversations of an export, one after another, and what its account remembers.

    The thread that was shown is a session under the conversation's id; each other branch is one of its
    own, `<id>/branch-<first message>`, of the messages that it does not share.
    """
    parts, others = _parts(export)
    for part in others:
        yield Problem(part.name, "unmapped", "it holds no conversations")
    said: set[tuple[str, str]] = set()
    for part in parts:
        with text_of(part, told.moved(part)) as stream:
            for entry in entries(stream, part.name, unfold=("conversations", "items")):
                yield from told.encoding(stream, entry)
                if isinstance(entry, Problem):
                    yield entry
                elif entry.index is None and not mapping(mapping(entry.value).get("mapping")):
                    yield Problem(entry.place, "unmapped", f"{shown(entry.value)} is no conversation")
                else:
                    yield from _conversation(entry, said)


def _parts(export: Export) -> tuple[Sequence[Part], Sequence[Part]]:
    """The files with conversations, and the others beside them that might be thought to be taken."""
    if len(export.parts) == 1:
        return export.parts, ()
    wanted = [part for part in export.parts if _CONVERSATIONS.search(part.name)]
    if not wanted:
        raise InvalidInput(f"{export.name} holds no conversations.json; give a ChatGPT data export")
    return wanted, [part for part in export.ending(".json") if part not in wanted]


def _conversation(entry: Entry, said: set[tuple[str, str]]) -> Iterator[Record]:
    fields = mapping(entry.value)
    nodes = mapping(fields.get("mapping"))
    session = name(fields.get("conversation_id")) or name(fields.get("id"))
    if not nodes or session is None:
        missing = "no mapping of messages" if not nodes else "no id"
        yield Problem(entry.place, "refused", f"{shown(entry.value)} has {missing}")
        return
    place = f"{entry.place} ({session})"
    current = fields.get("current_node")
    if not isinstance(current, str) or current not in nodes:
        yield Problem(
            place, "unmapped", f"current_node {shown(current)} is no message; the last one is taken for it"
        )
        current = None
    found = threads({str(node): _parent(fields) for node, fields in nodes.items()}, current)
    for node in found.lost:
        yield Problem(f"{place}, {node}", "refused", "it answers itself, in a circle")
    yield from _talk(
        session, session, [nodes[one] for one in found.main], place, said, _about(fields, session, place)
    )
    for branch in found.branches:
        thread = f"{session}/branch-{plain(branch[0][:8])}"
        yield from _talk(session, thread, [nodes[one] for one in branch], place, said, None)


def _parent(node: object) -> str | None:
    parent = mapping(node).get("parent")
    return parent if isinstance(parent, str) else None


def _about(fields: Mapping[str, object], session: str, place: str) -> About:
    facts, _ = notes({key: value for key, value in fields.items() if key not in _TREE}, place)
    return About(UnitName(UnitKind.CONTEXT, session), place, text(fields.get("title")) or "", facts)


def _talk(
    conversation: str,
    session: str,
    nodes: Sequence[object],
    place: str,
    said: set[tuple[str, str]],
    about: About | None,
) -> Iterator[Record]:
    messages: list[Message] = []
    memories: list[Memory] = []
    empty = 0
    for node in nodes:
        fields = mapping(mapping(node).get("message"))
        if not fields:
            continue
        where = f"{place}, message {fields.get('id') or mapping(node).get('id')}"
        content = mapping(fields.get("content"))
        context = CONTEXTS.get(str(content.get("content_type")))
        if context is not None:
            memories += _contexts(content, context, fields, where, said)
            continue
        for one in _message(fields, node, session, where):
            if isinstance(one, Problem):
                yield one
            elif one.content:
                messages.append(one)
                memories += _remembered(one, fields, where)
            else:
                empty += 1
    if messages or empty or about is not None:
        yield Talk(conversation, messages, place, about if messages else None, empty)
    yield from memories


def _message(
    fields: Mapping[str, object], node: object, session: str, place: str
) -> Iterator[Message | Problem]:
    author = mapping(fields.get("author"))
    role = _ROLES.get(str(author.get("role")))
    if role is None:
        yield Problem(
            place, "refused", f"role {shown(author.get('role'))} is not one of: {', '.join(_ROLES)}"
        )
        return
    content, missing = content_text(mapping(fields.get("content")))
    for why in missing:
        yield Problem(place, "unmapped", why)
    said_at = None
    for found in first_time(fields, ("create_time", "update_time"), place):
        if isinstance(found, Problem):
            yield found
        else:
            said_at = found
    further, problems = notes(_further(fields), place)
    yield from problems
    yield from message_of(
        place,
        role=role,
        content=content,
        author=name(author.get("name")) if role in ("tool", "user") else None,
        said_at=said_at,
        session=session,
        message_id=name(fields.get("id")) or name(mapping(node).get("id")),
        metadata=further,
    )


def _further(fields: Mapping[str, object]) -> dict[str, object]:
    """What else is said of a message, where it is not what is said of each."""
    further = dict(mapping(fields.get("metadata")))
    kind = mapping(fields.get("content")).get("content_type")
    if kind not in (None, "text"):
        further["content_type"] = kind
    usual = {"recipient": "all", "status": "finished_successfully", "weight": 1}
    for key in ("recipient", "status", "weight", "channel", "end_turn", "update_time"):
        if fields.get(key) is not None and fields[key] != usual.get(key):
            further[key] = fields[key]
    assistant = mapping(fields.get("author"))
    if assistant.get("role") == "assistant" and assistant.get("name"):
        further["author_name"] = assistant["name"]
    if mapping(assistant.get("metadata")):
        further["author_metadata"] = assistant["metadata"]
    return further


def _contexts(
    content: Mapping[str, object],
    wanted: Sequence[tuple[str, str]],
    fields: Mapping[str, object],
    place: str,
    said: set[tuple[str, str]],
) -> Iterator[Memory]:
    """What the service keeps beside the talks; each wording once, from the first place in the file."""
    at = next(
        (one for one in first_time(fields, ("create_time",), place) if not isinstance(one, Problem)), None
    )
    for key, kind in wanted:
        words = text(content.get(key))
        if words is None or (key, words) in said:
            continue
        said.add((key, words))
        yield Memory(
            key=f"chatgpt {key}",
            text=words,
            place=place,
            kind=Kind(kind),
            shared=True,
            said_at=at,
            tags=(key,),
        )


def _remembered(message: Message, fields: Mapping[str, object], place: str) -> Iterator[Memory]:
    """What the assistant told the service to remember of the user."""
    if fields.get("recipient") == _MEMORY_TOOL and message.message_id is not None:
        yield Memory(
            key=message.message_id,
            text=message.content,
            place=place,
            said_at=message.said_at,
            valid_from=message.said_at,
            session=message.session,
            tags=("saved memory",),
        )
