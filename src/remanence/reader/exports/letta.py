"""A Letta agent file (.af): messages, memory blocks, files, and passages of archival memory.

Followed are letta/schemas/agent_file.py of letta-ai/letta (agents, blocks, files at the top), the one-agent
schema before it (core_memory), examples of letta-ai/agent-file, and the passages of Letta's API.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from remanence.errors import InvalidInput
from remanence.model.kind import Kind
from remanence.model.unit import UnitKind
from remanence.reader.exports.blocks import blocks_text
from remanence.reader.exports.json_stream import entries
from remanence.reader.exports.messages import message_of
from remanence.reader.exports.reading import Told
from remanence.reader.exports.records import About, Memory, Problem, Record, Talk, UnitName
from remanence.reader.exports.sources import Export, text_of
from remanence.reader.exports.values import items, key, mapping, name, notes, shown, text, time_of
from remanence.reader.messages import Message
from remanence.reader.parts import calls_text

_ROLES = {
    "user": "user",
    "assistant": "assistant",
    "system": "system",
    "tool": "tool",
    "function": "tool",
    "approval": "assistant",
    "summary": "system",
}
_FACTS = (
    "agent_type",
    "description",
    "tags",
    "timezone",
    "metadata",
    "metadata_",
    "system",
    "model",
    "version",
)
_CODE = ("tools", "mcp_servers", "sources", "groups", "tool_rules")
_PASSAGES = ("passages", "archival_passages", "archival_memory")
_UNSAID = {
    "role",
    "content",
    "text",
    "id",
    "created_at",
    "name",
    "tool_calls",
    "type",
    "agent_id",
    "updated_at",
}


def read(export: Export, told: Told) -> Iterator[Record]:
    """Each agent's messages as a session of its name, its blocks and passages as memories of its persona.

    Message ids of an agent file count its messages and change from file to file: a message is known again
    by its time.
    """
    for part in export.parts:
        with text_of(part, told.moved(part)) as stream:
            for entry in entries(stream, part.name):
                yield from told.encoding(stream, entry)
                if isinstance(entry, Problem):
                    yield entry
                    continue
                fields = mapping(entry.value)
                if "agents" in fields:
                    yield from _file(fields, entry.place)
                elif "core_memory" in fields or "agent_type" in fields:
                    yield from _agent(fields, entry.place, items(fields.get("core_memory")), None)
                elif text(fields.get("text")):
                    yield from _passage(fields, entry.place, None)
                else:
                    yield Problem(entry.place, "refused", f"{shown(entry.value)} is no agent and no passage")


def _file(fields: Mapping[str, object], place: str) -> Iterator[Record]:
    problems: list[Problem] = []
    written = time_of(fields, ("created_at",), place, problems)
    yield from problems
    blocks = {str(mapping(block).get("id")): block for block in items(fields.get("blocks"))}
    owned: set[str] = set()
    for number, one in enumerate(items(fields.get("agents"))):
        agent = mapping(one)
        ids = [str(block) for block in items(agent.get("block_ids"))]
        own = [blocks[one] for one in ids if one in blocks and one not in owned]
        owned.update(ids)
        yield from _agent(
            agent, f"{place}, agents[{number}]", [*own, *items(agent.get("memory_blocks"))], written
        )
    for block_id, block in blocks.items():
        if block_id not in owned:
            yield from _block(mapping(block), f"{place}, {block_id}", None, written)
    for number, one in enumerate(items(fields.get("files"))):
        yield from _document(mapping(one), f"{place}, files[{number}]")
    for more in _PASSAGES:
        for number, one in enumerate(items(fields.get(more))):
            yield from _passage(mapping(one), f"{place}, {more}[{number}]", None)
    for more in _CODE:
        if items(fields.get(more)):
            why = f"{len(items(fields.get(more)))} of them say how agents run, and are no memory"
            yield Problem(f"{place}, {more}", "unmapped", why)


def _agent(
    agent: Mapping[str, object], place: str, blocks: Sequence[object], written: datetime | None
) -> Iterator[Record]:
    label = name(agent.get("name")) or name(agent.get("id")) or "agent"
    unit = UnitName(UnitKind.PERSONA, label)
    facts, problems = notes({one: agent.get(one) for one in _FACTS}, place)
    yield About(unit, place, text(agent.get("description")) or "", facts)
    yield from problems
    if items(agent.get("tools")):
        yield Problem(f"{place}, tools", "unmapped", "tools say how an agent runs, and are no memory")
    if agent.get("tool_exec_environment_variables"):
        why = "variables of an agent's environment may be secrets, and were not read"
        yield Problem(f"{place}, tool_exec_environment_variables", "unmapped", why)
    yield from _talk(agent, label, place)
    for number, block in enumerate(blocks):
        yield from _block(mapping(block), f"{place}, block {number}", unit, written)
    for more in _PASSAGES:
        for number, one in enumerate(items(agent.get(more))):
            yield from _passage(mapping(one), f"{place}, {more}[{number}]", unit)


def _talk(agent: Mapping[str, object], label: str, place: str) -> Iterator[Record]:
    messages: list[Message] = []
    problems: list[Problem] = []
    empty = 0
    times: dict[str, int] = {}
    session = key("letta", label)
    for number, one in enumerate(items(agent.get("messages"))):
        for found in _message(mapping(one), label, session, f"{place}, messages[{number}]", times):
            if isinstance(found, Problem):
                problems.append(found)
            elif found.content:
                messages.append(found)
            else:
                empty += 1
    if messages or empty:
        yield Talk(session, messages, place, None, empty)
    yield from problems


def _message(
    fields: Mapping[str, object], label: str, session: str, place: str, times: dict[str, int]
) -> Iterator[Message | Problem]:
    role = _ROLES.get(str(fields.get("role")))
    if role is None:
        why = f"role {shown(fields.get('role'))} is not one of: {', '.join(_ROLES)}"
        yield Problem(place, "refused", why)
        return
    problems: list[Problem] = []
    said_at = time_of(fields, ("created_at",), place, problems)
    content, missing, further = blocks_text(fields.get("content") or fields.get("text"))
    problems += [Problem(place, "unmapped", why) for why in missing]
    if role == "user":
        content, role = _unpacked(content)
    if items(fields.get("tool_calls")):
        try:
            called, _ = calls_text(fields["tool_calls"])
            content = "\n".join(filter(None, (content, called)))
        except InvalidInput as error:
            problems.append(Problem(place, "unmapped", str(error)))
    more = {one: value for one, value in fields.items() if one not in _UNSAID}
    metadata, unkept = notes({**further, **more, "letta_id": fields.get("id")}, place)
    yield from (*problems, *unkept)
    moment = f"{said_at.isoformat() if said_at else ''} {role}"
    times[moment] = times.get(moment, 0) + 1
    yield from message_of(
        place,
        role=role,
        content=content,
        author=label if role == "assistant" else name(fields.get("name")) if role == "tool" else None,
        said_at=said_at,
        session=session,
        message_id=f"{moment} {times[moment]}",
        metadata=metadata,
    )


def _unpacked(content: str) -> tuple[str, str]:
    """What a user's message says, and in what role: Letta packs words and its own events into JSON."""
    if not content.startswith("{"):
        return content, "user"
    try:
        packed = mapping(json.loads(content))
    except (ValueError, RecursionError):
        return content, "user"
    words = text(packed.get("message"))
    if words is None or "type" not in packed:
        return content, "user"
    return (words, "user") if packed["type"] == "user_message" else (content, "system")


def _block(
    fields: Mapping[str, object], place: str, unit: UnitName | None, written: datetime | None
) -> Iterator[Record]:
    label, words = name(fields.get("label")), text(fields.get("value"))
    if words is None:
        if fields.get("value") not in ("", None):
            yield Problem(place, "refused", f"{shown(fields.get('value'))} is no text")
        return
    problems: list[Problem] = []
    said_at = time_of(fields, ("updated_at", "created_at"), place, problems) or written
    known = ("value", "label", "id", "created_at", "updated_at")
    metadata, unkept = notes({one: value for one, value in fields.items() if one not in known}, place)
    yield from (*problems, *unkept)
    yield Memory(
        key=key("letta block", None if unit is None else unit.name, label or fields.get("id")),
        text=words.strip(),
        place=place,
        said_at=said_at,
        valid_from=said_at,
        author=None if unit is None else unit.name,
        role="assistant",
        domain=label,
        metadata=metadata,
        tags=("memory block",),
        units=() if unit is None else (unit,),
    )


def _passage(fields: Mapping[str, object], place: str, unit: UnitName | None) -> Iterator[Record]:
    words = text(fields.get("text"))
    if words is None:
        yield Problem(place, "refused", "a passage without text")
        return
    problems: list[Problem] = []
    said_at = time_of(fields, ("created_at", "updated_at"), place, problems)
    left = ("text", "id", "tags", "embedding", "embedding_config", "created_at")
    metadata, unkept = notes({one: value for one, value in fields.items() if one not in left}, place)
    yield from (*problems, *unkept)
    own = name(fields.get("id"))
    yield Memory(
        key=own or key("letta passage", None if unit is None else unit.name),
        text=words,
        place=place,
        shared=own is None,
        said_at=said_at,
        valid_from=said_at,
        author=None if unit is None else unit.name,
        role="assistant",
        metadata=metadata,
        tags=tuple(dict.fromkeys(["archival memory", *filter(None, map(name, items(fields.get("tags"))))])),
        units=() if unit is None else (unit,),
    )


def _document(fields: Mapping[str, object], place: str) -> Iterator[Record]:
    label, words = name(fields.get("file_name")) or name(fields.get("id")), text(fields.get("content"))
    if words is None:
        yield Problem(place, "unmapped", f"the file {label!r} is not in the export")
        return
    problems: list[Problem] = []
    said_at = time_of(fields, ("file_last_modified_date", "file_creation_date"), place, problems)
    metadata, unkept = notes({one: value for one, value in fields.items() if one != "content"}, place)
    yield from (*problems, *unkept)
    yield Memory(
        key=key("letta file", label),
        text=words,
        place=place,
        kind=Kind.CONCEPT,
        said_at=said_at,
        metadata=metadata,
        tags=("file",),
    )
