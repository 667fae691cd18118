"""A Claude data export: conversations.json, projects, memories and users, or the archive of them.

The format is published nowhere by its maker. Followed are the types of readers of exports (withLinda's
claude-conversation-exporter, Sinity/polylogue docs/providers/claude-ai.md) and the files they name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from remanence.model.kind import Kind
from remanence.model.unit import UnitKind
from remanence.reader.exports.blocks import blocks_text
from remanence.reader.exports.json_stream import Entry, entries
from remanence.reader.exports.messages import message_of
from remanence.reader.exports.reading import Told
from remanence.reader.exports.records import About, Memory, Problem, Record, Talk, Tie, UnitName
from remanence.reader.exports.sources import Export, Part, text_of
from remanence.reader.exports.threads import threads
from remanence.reader.exports.values import items, key, mapping, name, notes, plain, shown, text, time_of
from remanence.reader.messages import Message

_ROLES = {"human": "user", "user": "user", "assistant": "assistant", "system": "system"}
_ARRAYS = ("conversations", "projects")
_MEMORY_FIELDS = ("account_uuid", "conversations_memory", "project_memories")


def read(export: Export, told: Told) -> Iterator[Record]:
    """Projects first, then the conversations, and what the account remembers.

    Each conversation is a session under its uuid. Of one whose messages name their parents, the thread
    that was shown is that session, and each other branch one of its own.
    """
    projects: dict[str, UnitName] = {}
    for part in sorted(export.ending(".json") or export.parts, key=_projects_first):
        with text_of(part, told.moved(part)) as stream:
            for entry in entries(stream, part.name, unfold=_ARRAYS):
                yield from told.encoding(stream, entry)
                if isinstance(entry, Problem):
                    yield entry
                else:
                    yield from _record(entry, projects)


def _projects_first(part: Part) -> tuple[bool, str]:
    return "project" not in part.name, part.name


def _record(entry: Entry, projects: dict[str, UnitName]) -> Iterator[Record]:
    fields = mapping(entry.value)
    if "chat_messages" in fields:
        yield from _conversation(fields, entry.place, projects)
    elif "conversations_memory" in fields or "project_memories" in fields:
        yield from _memories(fields, entry.place, projects)
    elif "docs" in fields or "prompt_template" in fields:
        yield from _project(fields, entry.place, projects)
    elif "email_address" in fields or "full_name" in fields:
        yield Problem(entry.place, "unmapped", "whose account it is; a cube names its owner when it is made")
    else:
        yield Problem(entry.place, "unmapped", f"{shown(entry.value)} is no conversation, project or memory")


def _conversation(
    fields: Mapping[str, object], place: str, projects: Mapping[str, UnitName]
) -> Iterator[Record]:
    session = name(fields.get("uuid"))
    if session is None:
        yield Problem(place, "refused", "a conversation without uuid")
        return
    place = f"{place} ({session})"
    said = {str(mapping(one).get("uuid") or f"{session}#{n}"): one for n, one in _said(fields)}
    problems: list[Problem] = []
    facts, _ = notes({one: value for one, value in fields.items() if one != "chat_messages"}, place)
    about = About(UnitName(UnitKind.CONTEXT, session), place, text(fields.get("name")) or "", facts)
    found = _threads(fields, said)
    for node in found[0]:
        problems.append(Problem(f"{place}, {node}", "refused", "it answers itself, in a circle"))
    for number, thread in enumerate(found[1:]):
        label = f"{session}/branch-{plain(thread[0][:8])}" if number else session
        yield from _talk(
            session, label, [(one, said[one]) for one in thread], place, about if not number else None
        )
    yield from problems
    project = mapping(fields.get("project"))
    unit = projects.get(str(project.get("uuid") or fields.get("project_uuid")))
    if unit is not None and said:
        yield Tie(about.unit, "part_of", unit, place)


def _said(fields: Mapping[str, object]) -> Iterator[tuple[int, object]]:
    yield from enumerate(items(fields.get("chat_messages")))


def _threads(fields: Mapping[str, object], said: Mapping[str, object]) -> list[tuple[str, ...]]:
    """What is lost, the thread that was shown, and branches; one thread where no message names a parent."""
    parents = {one: mapping(message).get("parent_message_uuid") for one, message in said.items()}
    if not any(isinstance(parent, str) and parent in said for parent in parents.values()):
        return [(), tuple(said)]
    current = fields.get("current_leaf_message_uuid")
    found = threads(
        {one: parent if isinstance(parent, str) else None for one, parent in parents.items()},
        current if isinstance(current, str) else None,
    )
    return [found.lost, found.main, *found.branches]


def _talk(
    conversation: str, session: str, said: Sequence[tuple[str, object]], place: str, about: About | None
) -> Iterator[Record]:
    messages: list[Message] = []
    beside: list[Record] = []
    empty = 0
    for message_id, one in said:
        for found in _message(message_id, one, session, f"{place}, message {message_id}"):
            if not isinstance(found, Message):
                beside.append(found)
            elif found.content:
                messages.append(found)
            else:
                empty += 1
    if messages or empty:
        yield Talk(conversation, messages, place, about if messages else None, empty)
    yield from beside


def _message(message_id: str, one: object, session: str, place: str) -> Iterator[Message | Memory | Problem]:
    fields = mapping(one)
    role = _ROLES.get(str(fields.get("sender")))
    if role is None:
        yield Problem(
            place, "refused", f"sender {shown(fields.get('sender'))} is not one of: {', '.join(_ROLES)}"
        )
        return
    problems: list[Problem] = []
    said_at = time_of(fields, ("created_at", "updated_at"), place, problems)
    content, missing, further = blocks_text(fields.get("content"))
    pieces = [content or (text(fields.get("text")) or "")]
    problems += [Problem(place, "unmapped", why) for why in missing]
    for number, attached in enumerate(items(fields.get("attachments"))):
        pieces.append(_shown(mapping(attached)))
        document = _document(key(message_id, number), mapping(attached), place, session, said_at)
        if document is not None:
            yield document
    named = [name(mapping(one).get("file_name")) or "without a name" for one in items(fields.get("files"))]
    marks = (f"[file: {label}]" for label in dict.fromkeys(named))
    pieces += [mark for mark in marks if mark not in pieces]
    if named:
        problems.append(Problem(place, "unmapped", f"files are not in the export: {', '.join(named)}"))
    if fields.get("updated_at") != fields.get("created_at"):
        further["updated_at"] = fields.get("updated_at")
    for more in ("attachments", "files"):
        listed = [
            {k: v for k, v in mapping(f).items() if k != "extracted_content"} for f in items(fields.get(more))
        ]
        further[more] = listed
    metadata, unkept = notes(further, place)
    yield from (*problems, *unkept)
    yield from message_of(
        place,
        role=role,
        content="\n".join(filter(None, pieces)),
        author=None,
        said_at=said_at,
        session=session,
        message_id=name(message_id),
        metadata=metadata,
    )


def _shown(attached: Mapping[str, object]) -> str:
    """An attachment within its message: what was pasted, or the name of a file."""
    label, words = name(attached.get("file_name")), text(attached.get("extracted_content"))
    return words if label is None and words is not None else f"[file: {label or 'without a name'}]"


def _document(
    own: str, attached: Mapping[str, object], place: str, session: str, said_at: datetime | None
) -> Memory | Problem | None:
    """A file that was attached, as a memory of its own: its words are not the user's."""
    label, words = name(attached.get("file_name")), text(attached.get("extracted_content"))
    if words is None:
        return Problem(place, "unmapped", f"the file {label!r} is not in the export")
    if label is None:
        return None
    metadata, _ = notes({k: v for k, v in attached.items() if k != "extracted_content"}, place)
    return Memory(
        key=own,
        text=words,
        place=place,
        kind=Kind.CONCEPT,
        said_at=said_at,
        session=session,
        metadata=metadata,
        tags=("attachment", label),
    )


def _project(fields: Mapping[str, object], place: str, projects: dict[str, UnitName]) -> Iterator[Record]:
    uuid, label = name(fields.get("uuid")), name(fields.get("name")) or name(fields.get("uuid"))
    if uuid is None or label is None:
        yield Problem(place, "refused", "a project without uuid")
        return
    unit = projects[uuid] = UnitName(UnitKind.CONTEXT, label)
    facts, problems = notes(
        {
            one: value
            for one, value in fields.items()
            if one not in ("docs", "description", "prompt_template")
        },
        place,
    )
    said_at = time_of(fields, ("updated_at", "created_at"), place, problems)
    yield About(unit, place, text(fields.get("description")) or "", facts)
    prompt = text(fields.get("prompt_template"))
    if prompt is not None:
        yield Memory(
            key=key("claude project", uuid, "prompt"),
            text=prompt,
            place=place,
            kind=Kind.PROCEDURE,
            said_at=said_at,
            tags=("project instructions",),
            units=(unit,),
        )
    for number, one in enumerate(items(fields.get("docs"))):
        doc, where = mapping(one), f"{place}, docs[{number}]"
        words = text(doc.get("content"))
        if words is None:
            problems.append(Problem(where, "unmapped", "a document without content"))
            continue
        metadata, unkept = notes({k: v for k, v in doc.items() if k != "content"}, where)
        problems += unkept
        yield Memory(
            key=key("claude project", uuid, doc.get("uuid") or doc.get("filename") or number),
            text=words,
            place=where,
            kind=Kind.CONCEPT,
            said_at=time_of(doc, ("created_at",), where, problems),
            metadata=metadata,
            tags=("project document",),
            units=(unit,),
        )
    yield from problems


def _memories(fields: Mapping[str, object], place: str, projects: Mapping[str, UnitName]) -> Iterator[Record]:
    """What Claude wrote down of the user, for all talks and for those of a project."""
    account = fields.get("account_uuid")
    found: list[tuple[str, object, tuple[UnitName, ...]]] = [
        (key("claude memory", account), fields.get("conversations_memory"), ())
    ]
    for uuid, words in mapping(fields.get("project_memories")).items():
        unit = projects.get(str(uuid))
        found.append((key("claude memory", account, uuid), words, () if unit is None else (unit,)))
    for one, words, units in found:
        said = text(words)
        if said is None:
            continue
        yield Memory(
            key=one,
            text=said,
            place=place,
            kind=Kind.SUMMARY,
            author="Claude",
            role="assistant",
            tags=("claude memory",),
            units=units,
        )
    rest = {one: value for one, value in fields.items() if value and one not in _MEMORY_FIELDS}
    for one in rest:
        yield Problem(f"{place}, {one}", "unmapped", "a cube has no place for it")
