"""A vault of Markdown notes: front matter, headings, tags, and links between notes.

The syntax is CommonMark's headings and fences (commonmark.org), and of Obsidian (help.obsidian.md, "Internal
links", "Properties", "Tags") the links [[Note#Heading|shown]], the YAML head and #tags.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote

from remanence.errors import InvalidInput
from remanence.model.item import Json
from remanence.model.kind import Kind
from remanence.model.unit import UnitKind
from remanence.reader.exports.front_matter import front_matter
from remanence.reader.exports.reading import Told
from remanence.reader.exports.records import About, Memory, Problem, Record, Tie, UnitName
from remanence.reader.exports.sources import Export, Part, text_of
from remanence.reader.exports.values import items, key, name, notes, text, when

ENDINGS = (".md", ".markdown")
NOTE_BYTES_MAX = 16 * 2**20  # of one note, which is read whole
SECTION_CHARS_MAX = 2_000  # of one item: what an embedder sees at once, and a reader at a glance
LINK_TYPE = "see_also"

_HEADING = re.compile(r"(#{1,6})[ \t]+(.*?)[ \t#]*$")
_FENCE = re.compile(r"\s{0,3}(```|~~~)")
_CODE = re.compile(r"(```|~~~).*?(\1|\Z)|`[^`\n]*`", re.DOTALL)
_WIKI = re.compile(r"!?\[\[([^\[\]|#^\n]+)[^\[\]\n]*\]\]")
_PLAIN = re.compile(r"\[[^\[\]\n]*\]\(<?([^()\s<>]+\.(?:md|markdown))(?:#[^()\s]*)?>?\)", re.IGNORECASE)
_TAG = re.compile(r"(?<![\w/&#])#([^\W\d_][\w/-]*|\d+[^\W\d][\w/-]*)")
_TIMES = ("updated", "modified", "last_modified", "date", "created", "created_at", "updated_at")


@dataclass(frozen=True, slots=True)
class _Section:
    """A piece of a note, under its headings."""

    headings: tuple[str, ...]
    text: str


def read(export: Export, told: Told) -> Iterator[Record]:
    """A unit for each note, an item for each section of it (a long one in pieces), links between notes.

    A section is known again by its words, or else by its place under its headings: then other words are a
    revision.
    """
    notes_there = export.ending(*ENDINGS)
    if not notes_there:
        raise InvalidInput(f"{export.name} holds no .md file; give a folder or an archive of notes")
    by_name = _names(notes_there)
    for part in notes_there:
        yield from _note(part, told, by_name)
    others = len(export.parts) - len(notes_there)
    if others:
        yield Problem(export.name, "unmapped", f"{others} files are no notes (.md), and were not read")


def _names(parts: Sequence[Part]) -> Mapping[str, str]:
    """The name of a note's unit, by each name that a link may give it: its path, or its file's name alone."""
    found: dict[str, str] = {}
    for part in parts:
        path = part.name.rpartition(".")[0]
        found[path.casefold()] = path
        found.setdefault(part.stem.casefold(), path)
    return found


def _note(part: Part, told: Told, by_name: Mapping[str, str]) -> Iterator[Record]:
    if part.size > NOTE_BYTES_MAX:
        yield Problem(part.name, "refused", f"{part.size} bytes; NOTE_BYTES_MAX is {NOTE_BYTES_MAX}")
        return
    with text_of(part, told.moved(part)) as stream:
        whole = "".join(iter(stream.read, "")).removeprefix("\ufeff").replace("\r\n", "\n")
        if stream.bad:
            yield Problem(
                part.name, "encoding", f"bytes that are not {stream.encoding}, near byte {stream.bad[0]}"
            )
    label = name(part.name.rpartition(".")[0])
    if label is None:
        yield Problem(part.name, "refused", "a note without a name")
        return
    fields, body, unread = front_matter(whole)
    problems = [Problem(f"{part.name}, line {line}", "unmapped", why) for line, why in unread]
    unit = UnitName(UnitKind.TOPIC, label)
    facts, unkept = notes(fields, part.name)
    problems += unkept
    said_at, dated = _time(fields, part, told, problems)
    tags = _tags(fields)
    yield About(unit, part.name, text(fields.get("title")) or text(fields.get("description")) or "", facts)
    counts: dict[tuple[str, ...], int] = {}
    for section in _sections(body):
        counts[section.headings] = counts.get(section.headings, 0) + 1
        slot = f"{' / '.join(section.headings)} {counts[section.headings]}".strip()
        own = [*tags, *(tag for tag in _TAG.findall(_CODE.sub(" ", section.text)))]
        metadata: dict[str, Json] = {"note": part.name, "section": slot[:1000]}
        yield Memory(
            key=key("markdown", label),
            text=section.text,
            place=f"{part.name}, {slot}",
            kind=Kind.CONCEPT,
            shared=True,
            slot=slot[:1000],
            said_at=said_at,
            valid_from=said_at if dated else None,
            tags=tuple(dict.fromkeys(filter(None, map(name, own))))[:64],
            metadata=metadata,
            units=(unit,),
        )
    if not counts:
        problems.append(Problem(part.name, "unmapped", "a note without text is a unit without members"))
    yield from problems
    yield from _links(part, unit, f"{_values(fields)}\n{body}", by_name)


def _values(fields: Mapping[str, object]) -> str:
    """What links stand in: the texts of a note's head."""
    found = [one for value in fields.values() for one in (items(value) or (value,))]
    return "\n".join(one for one in found if isinstance(one, str))


def _time(
    fields: Mapping[str, object], part: Part, told: Told, problems: list[Problem]
) -> tuple[datetime | None, bool]:
    """When the note was written, and whether it says so itself; else when its file was."""
    for one in _TIMES:
        found, why = when(fields.get(one), told.zone)
        if found is not None:
            return found, True
        if why is not None:
            problems.append(Problem(part.name, "time", f"{one}: {why}"))
    return part.changed_at, False


def _tags(fields: Mapping[str, object]) -> list[str]:
    found: list[str] = []
    for one in ("tags", "tag", "keywords"):
        value = fields.get(one)
        listed = re.split(r"[,\s]+", value) if isinstance(value, str) else [str(tag) for tag in items(value)]
        found += [tag.strip().removeprefix("#") for tag in listed if tag.strip()]
    return found


def _sections(body: str) -> Iterator[_Section]:
    """The note's sections with their headings, those that are long cut between paragraphs."""
    path: list[tuple[int, str]] = []
    held: list[str] = []
    fence: str | None = None

    def sections() -> Iterator[_Section]:
        headings = tuple(title for _, title in path)
        yield from (_Section(headings, piece) for piece in _pieces("\n".join(held)))

    for line in body.split("\n"):
        mark = _FENCE.match(line)
        heading = _HEADING.match(line) if fence is None else None
        if mark is not None and fence in (None, mark[1]):
            fence = mark[1] if fence is None else None
        if heading is not None:
            yield from sections()
            held.clear()
            level = len(heading[1])
            path[:] = [
                *((depth, title) for depth, title in path if depth < level),
                (level, heading[2].strip()),
            ]
        held.append(line)
    yield from sections()


def _pieces(section: str) -> Iterator[str]:
    """A section in pieces of whole paragraphs; a heading alone says nothing that its note does not say."""
    section = section.strip("\n")
    first, _, rest = section.partition("\n")
    if not section.strip() or (_HEADING.match(first) and not rest.strip()):
        return
    held = ""
    for paragraph in re.split(r"\n[ \t]*\n", section):
        if held and len(held) + len(paragraph) > SECTION_CHARS_MAX:
            yield held
            held = ""
        held = f"{held}\n\n{paragraph}" if held else paragraph
    if held.strip():
        yield held


def _links(part: Part, unit: UnitName, body: str, by_name: Mapping[str, str]) -> Iterator[Record]:
    words = _CODE.sub(" ", body)
    folder = part.name.rpartition("/")[0]
    targets = [target.strip() for target in _WIKI.findall(words)]
    targets += [_resolved(folder, unquote(target)) for target in _PLAIN.findall(words)]
    for target in dict.fromkeys(targets):
        plain = re.sub(r"\.(md|markdown)$", "", target, flags=re.IGNORECASE)
        found = by_name.get(plain.casefold()) or by_name.get(plain.rpartition("/")[2].casefold())
        label = None if found is None else name(found)
        if label is None:
            yield Problem(part.name, "unmapped", f"a link to {target!r}, which is not among the notes")
        elif label != unit.name:
            yield Tie(unit, LINK_TYPE, UnitName(UnitKind.TOPIC, label), part.name)


def _resolved(folder: str, target: str) -> str:
    """A relative path as one from the vault's root."""
    found: list[str] = folder.split("/") if folder else []
    for step in target.split("/"):
        if step == ".." and found:
            found.pop()
        elif step not in ("", ".", ".."):
            found.append(step)
    return "/".join(found)
