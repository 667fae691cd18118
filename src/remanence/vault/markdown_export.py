"""Writes a cube as a folder of notes: a page for each conversation, day and unit, and an index over them.

Every item stands once on the page of its conversation, or of the day when it was said; units list their
members and lead there. Texts are read page by page; of all items only their places are held.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice
from operator import attrgetter
from typing import TYPE_CHECKING

from remanence.errors import Refused
from remanence.model.ids import ItemId, RevisionId
from remanence.model.item import Json, Revision
from remanence.model.kind import Kind
from remanence.model.unit import Member, Standing, UnitEnd, UnitId, UnitKind, UnitVersion
from remanence.storage.port import Snapshot
from remanence.vault import markdown_text as text
from remanence.vault.file_names import Names
from remanence.vault.folder import Pages
from remanence.vault.progress import Told
from remanence.vault.selection import Selection
from remanence.verbs.recalling import Recaller
from remanence.verbs.setting import Setting
from remanence.verbs.unit_lookup import UnitAt, all_units, state_of
from remanence.verbs.unit_members import membership_of

if TYPE_CHECKING:
    from remanence.recall.index import MemoryIndex

SESSIONS, DAYS, UNITS = "sessions", "days", "units"
ROWS_AT_A_TIME = 250
LAST = 2**31  # behind every turn of a conversation


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an item stands: its page, and its order on it."""

    page: str
    order: tuple[int, bool, str, int]
    row: RevisionId
    item: ItemId
    shown: str  # how a link to it reads


@dataclass(slots=True)
class _Vault:
    """What is known while the pages are written."""

    setting: Setting
    snapshot: Snapshot
    index: MemoryIndex
    pages: Pages
    places: dict[ItemId, _Place] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)  # of each page, by its path without ending
    units: dict[UnitId, str] = field(default_factory=dict)  # the page of each

    def write(self, page: str, fields: dict[str, Json], blocks: Iterable[str]) -> None:
        title = self.titles[page]
        head = text.front_matter({"title": title, **fields})
        body = "\n".join(blocks).strip("\n") or "_Nothing stands here._"
        self.pages.write(f"{page}.md", f"{head}\n# {text.plain(title)}\n\n{body}\n")

    def link(self, item: ItemId) -> str:
        """A link to where an item stands; its id alone where it stands nowhere."""
        place = self.places.get(item)
        return item if place is None else text.link(place.page, place.shown, item)

    def rows(self, places: Sequence[_Place]) -> Iterator[Revision]:
        rest = iter(places)
        while batch := [place.row for place in islice(rest, ROWS_AT_A_TIME)]:
            found = self.snapshot.revisions(batch)
            yield from (found[number] for number in batch)


def write_markdown(
    setting: Setting, recaller: Recaller, pages: Pages, selection: Selection, *, told: Told
) -> dict[str, int]:
    """Write the notes, from one state of the cube; returns how many pages and entries there are."""

    def look(snapshot: Snapshot, index: MemoryIndex) -> dict[str, int]:
        vault = _Vault(setting, snapshot, index, pages)
        _give_places(vault, selection)
        _name_units(vault)
        _write_homes(vault, told)
        listed = _write_units(vault)
        _write_index(vault)
        return {"items": len(vault.places), "units": listed, "pages": len(pages.hashes)}

    return recaller.looking("open", look)


def _give_places(vault: _Vault, selection: Selection) -> None:
    """Give each item its page, and each page its name."""
    zone, names, page_of = vault.setting.zone, {SESSIONS: Names(), DAYS: Names()}, {}
    for row in selection.items(vault.snapshot):
        provenance = row.provenance
        day = text.day(provenance.said_at, zone)
        folder, title = (DAYS, day) if provenance.session is None else (SESSIONS, provenance.session)
        if (folder, title) not in page_of:
            page_of[folder, title] = f"{folder}/{names[folder].give(title)}"
            vault.titles[page_of[folder, title]] = title
        turn = LAST if provenance.turn is None else provenance.turn
        order = (turn, row.content.kind is not Kind.UTTERANCE, provenance.said_at.isoformat(), row.id)
        shown = f"{provenance.author}, {day}"
        place = _Place(page_of[folder, title], order, row.id, row.item_id, shown)
        vault.places[row.item_id] = place


def _name_units(vault: _Vault) -> None:
    names = Names()
    for unit in _units(vault):
        page = vault.units[unit.id] = f"{UNITS}/{names.give(unit.name)}"
        vault.titles[page] = unit.name


def _units(vault: _Vault) -> list[UnitVersion]:
    """The units that get a page: those in use, but for conversations that nobody made a unit of."""
    return [
        one
        for one in all_units(vault.setting, vault.snapshot)
        if one.standing is Standing.ACTIVE and not (one.kind is UnitKind.CONTEXT and one.number == 0)
    ]


def _write_homes(vault: _Vault, told: Told) -> None:
    """Write the pages of conversations and days."""
    zone = vault.setting.zone
    ordered = sorted(vault.places.values(), key=attrgetter("page", "order"))
    done = 0
    for page, group in groupby(ordered, key=attrgetter("page")):
        places = list(group)
        blocks = []
        for row in vault.rows(places):
            sources = ", ".join(vault.link(source.item_id) for source in row.provenance.sources)
            who = f"{text.said(row, zone)}: " if row.content.kind is Kind.UTTERANCE else ""
            blocks.append(text.entry(who + row.content.text, text.notes_of(row, zone, sources), row.item_id))
        vault.write(page, {"kind": page.split("/")[0][:-1], "items": len(places)}, blocks)
        done += len(places)
        told(done, len(ordered))


def _write_units(vault: _Vault) -> int:
    """Write the pages of units; returns how many."""
    units = _units(vault)
    for unit in units:
        held = state_of(vault.setting, vault.snapshot, UnitAt(unit)).holdings
        members, note = _members(vault, unit)
        blocks = [text.plain(unit.description), ""] if unit.description else []
        blocks += [f"_{note}_", ""] if note else []
        blocks += list(_member_lines(vault, unit, members))
        blocks += ["", "## Links", ""] if held.links else []
        for one in held.links:
            end = one.target
            target = _unit_link(vault, end.unit_id) if isinstance(end, UnitEnd) else vault.link(end.item_id)
            blocks.append(f"- {text.plain(one.type)}: {target}")
        fields: dict[str, Json] = {
            "unit": unit.id,
            "kind": unit.kind.value,
            "version": unit.number,
            "tags": list(unit.tags),
            "annotations": dict(unit.annotations),
        }
        vault.write(vault.units[unit.id], fields, blocks)
    return len(units)


def _members(vault: _Vault, unit: UnitVersion) -> tuple[Sequence[Member], str]:
    """The unit's members, and what must be said of the list."""
    state = state_of(vault.setting, vault.snapshot, UnitAt(unit))
    try:
        return membership_of(vault.snapshot, vault.index, state).members, ""
    except Refused:  # a rule of likeness, and no embedder
        return state.holdings.members, "Only members that were named: its rule needs the cube's embedder."


def _member_lines(vault: _Vault, unit: UnitVersion, members: Sequence[Member]) -> Iterator[str]:
    """The members that stand somewhere; of what a person only said, the page of the conversation tells."""
    roles = {member.item_id: member.role for member in members}
    places = [vault.places[member.item_id] for member in members if member.item_id in vault.places]
    for row in vault.rows(places):
        if row.content.kind is Kind.UTTERANCE and unit.kind is UnitKind.PERSONA and unit.number == 0:
            continue
        role = roles[row.item_id]
        notes = text.notes_of(row, vault.setting.zone, vault.link(row.item_id))
        yield text.entry(row.content.text, notes if role is None else f"{text.plain(role)}, {notes}")


def _unit_link(vault: _Vault, unit: UnitId) -> str:
    page = vault.units.get(unit)
    return unit if page is None else text.link(page, vault.titles[page])


def _write_index(vault: _Vault) -> None:
    """Write the first page: links to all others."""
    facts = vault.setting.store.facts
    vault.titles["index"] = f"The memory of {facts.owner}"
    blocks: list[str] = []
    for folder, heading in ((UNITS, "Units"), (SESSIONS, "Conversations"), (DAYS, "Days")):
        pages = sorted(page for page in vault.titles if page.startswith(f"{folder}/"))
        if pages:
            blocks += [
                f"## {heading}",
                "",
                *(f"- {text.link(page, vault.titles[page])}" for page in pages),
                "",
            ]
    fields: dict[str, Json] = {
        "cube": facts.cube_id,
        "owner": facts.owner,
        "time_zone": facts.time_zone,
        "items": len(vault.places),
    }
    vault.write("index", fields, blocks)
