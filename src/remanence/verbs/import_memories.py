"""Writes what other stores remember into a change: new items, revisions of known ones, nothing twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from remanence.beliefs.sameness import wording
from remanence.lifecycle.changes import Change, apply_update
from remanence.model import bitemporal
from remanence.model.belief import Belief
from remanence.model.ids import ItemId
from remanence.model.interval import Interval
from remanence.model.item import Content, Json, Provenance, Revision, event_of
from remanence.model.journal import Verb
from remanence.model.kind import Trust
from remanence.model.state import State
from remanence.reader.exports.records import Earlier, Memory, Problem
from remanence.storage.port import Transaction
from remanence.verbs.remembering import DEFAULT_CONFIDENCE, spoken_times
from remanence.verbs.setting import Setting

METHOD = "import:"  # what an imported row's method begins with
SECTION = "section"  # in the metadata: where in its group a memory stands
_FIXED = (State.FROZEN, State.ARCHIVED, State.MERGED, State.SUPERSEDED, State.ERASED)  # no file changes these


class Memories:
    """The memories of one batch, as part of its change."""

    def __init__(self, setting: Setting, tx: Transaction, change: Change, kind: str) -> None:
        self._setting, self._tx, self._change = setting, tx, change
        self._method = METHOD + kind
        self._rows: dict[str, dict[ItemId, list[Revision]]] = {}
        self.added: list[ItemId] = []
        self.changed: list[ItemId] = []
        self.known = 0
        self.problems: list[Problem] = []

    def write(self, batch: Sequence[Memory]) -> list[tuple[Memory, ItemId]]:
        """Write a batch; each memory with its item. All memories of a group are in one batch."""
        found: dict[ItemId, list[Revision]] = defaultdict(list)
        for row in self._tx.imported_rows(self._method, list({memory.key for memory in batch})):
            found[row.item_id].append(row)
        self._rows = defaultdict(dict)
        for item_id, rows in found.items():
            key = next(row.provenance.message_id for row in rows if row.provenance.message_id)
            self._rows[key][item_id] = rows
        places: list[tuple[Memory, ItemId]] = []
        for memory, known_as in self._paired([self._dated(memory) for memory in batch]):
            places.append((memory, self._one(memory, known_as)))
        return places

    def _paired(self, batch: Sequence[Memory]) -> Iterator[tuple[Memory, ItemId | None]]:
        """Each memory with the item that it is known as: by its id, or in a group by text or place."""
        taken: set[ItemId] = set()
        waiting: list[Memory] = []
        for memory in batch:
            if not memory.shared:
                yield memory, next(iter(self._there(memory.key)), None)
                continue
            found = self._alike(memory, taken)
            if found is None:
                waiting.append(memory)
            else:
                taken.add(found)
                yield memory, found
        for memory in waiting:
            there = self._at_its_place(memory, taken)
            if there is not None:
                taken.add(there)
            yield memory, there

    def _there(self, key: str) -> dict[ItemId, list[Revision]]:
        """The items under a key, but those whose import was undone."""
        found = self._rows.get(key, {})
        return {item_id: rows for item_id, rows in found.items() if any(row.is_open for row in rows)}

    def _alike(self, memory: Memory, taken: set[ItemId]) -> ItemId | None:
        there = {one: rows for one, rows in self._there(memory.key).items() if one not in taken}
        for now in (True, False):
            for item_id, rows in there.items():
                if any(row.content.text == memory.text and (row.is_open or not now) for row in rows):
                    return item_id
        return None

    def _at_its_place(self, memory: Memory, taken: set[ItemId]) -> ItemId | None:
        if memory.slot is None:
            return None
        for item_id, rows in self._there(memory.key).items():
            places = [row.content.metadata.get(SECTION) for row in rows if row.is_open]
            if item_id not in taken and memory.slot in places:
                return item_id
        return None

    def _one(self, memory: Memory, item_id: ItemId | None) -> ItemId:
        if item_id is None:
            return self._add(memory)
        rows = self._rows[memory.key][item_id]
        before = len(self.changed)
        for state in (*memory.earlier, Earlier(memory.text, memory.said_at)):
            self._meet(memory, state, item_id, rows)
        self._end(memory, item_id)
        if len(self.changed) == before:
            self.known += 1
        else:
            self.changed[before:] = [item_id]
        return item_id

    def _dated(self, memory: Memory) -> Memory:
        """The memory where its times are in order; else with what can be kept of it, and a word on it."""
        times = [*(earlier.said_at for earlier in memory.earlier), memory.said_at]
        known = times if times[0] else times[1:]  # the first may have held since ever
        if memory.earlier and not (all(known) and all(a < b for a, b in pairwise(filter(None, known)))):
            why = "its history bears no times, or not in order; the earlier wordings stand in its metadata"
            self.problems.append(Problem(memory.place, "time", why))
            said: list[Json] = [earlier.text for earlier in memory.earlier]
            memory = replace(memory, earlier=(), metadata={**memory.metadata, "earlier": said})
        begins = memory.valid_from or (memory.said_at if memory.earlier else None)
        if memory.valid_to is not None and begins is not None and memory.valid_to <= begins:
            why = f"it ends at {memory.valid_to.isoformat()}, before it begins; it holds without end"
            self.problems.append(Problem(memory.place, "time", why))
            memory = replace(memory, valid_to=None)
        return memory

    def _add(self, memory: Memory) -> ItemId:
        states = [*memory.earlier, Earlier(memory.text, memory.said_at)]
        starts = [state.said_at for state in states]
        starts[-1] = memory.valid_from or (memory.said_at if memory.earlier else None)
        spans = map(Interval, starts, [*starts[1:], memory.valid_to])
        item_id = self._change.new_item()
        rows = [self._open(memory, state, item_id, span) for state, span in zip(states, spans, strict=True)]
        self._change.note(Verb.REMEMBER, item_id, opened=rows)
        self._rows[memory.key][item_id] = rows
        self.added.append(item_id)
        return item_id

    def _open(self, memory: Memory, state: Earlier, item_id: ItemId, span: Interval) -> Revision:
        content = self._content(memory, state)
        provenance = self._provenance(memory, state.said_at or self._change.at)
        return self._change.open_row(item_id, content, provenance, valid=span, wording=wording(content.text))

    def _meet(self, memory: Memory, state: Earlier, item_id: ItemId, rows: list[Revision]) -> None:
        """Let one state of a known memory meet what the cube has of it."""
        content = self._content(memory, state)
        if any(_same(row, content, state.said_at) for row in rows):
            return
        standing = self._change.open_rows_of(item_id)
        current = bitemporal.row_in_force(standing, self._change.at)
        if current.state in _FIXED or not current.provenance.method.startswith(METHOD):
            if any(row.state is State.ERASED for row in standing):
                return
            why = f"it is {current.state} here" if current.state in _FIXED else "it was revised here"
            self.problems.append(Problem(memory.place, "kept", f"{why}; the file's words were not taken"))
            return
        if state.said_at is not None and state.said_at < current.provenance.said_at:
            self._before(memory, state, item_id, standing)
            return
        if content.text == current.content.text:
            self._change.close_row(current)
            row = self._change.copy_row(current, content=content)
            self._change.note(Verb.ANNOTATE, item_id, opened=[row], closed=[current])
        else:
            start = current.valid.start
            begins = state.said_at if state.said_at and (start is None or state.said_at > start) else None
            update = bitemporal.update(standing, now=self._change.at, valid_from=begins)
            provenance = self._provenance(memory, state.said_at or self._change.at)
            row = apply_update(self._change, item_id, update, content, provenance)
        rows.append(row)
        self.changed.append(item_id)

    def _before(self, memory: Memory, state: Earlier, item_id: ItemId, standing: Sequence[Revision]) -> None:
        """A wording older than the one that stands: it held until the first that is known after it."""
        said_at = state.said_at
        assert said_at is not None, "what bears no time is not older than anything"
        later = [row.valid.start for row in standing if row.valid.start and row.valid.start > said_at]
        if not later or any(row.valid.contains(said_at) for row in standing):
            why = "an older wording under an id of which the cube has a newer one; it was not taken"
            self.problems.append(Problem(memory.place, "repeated", why))
            return
        row = self._open(memory, state, item_id, Interval(said_at, min(later)))
        self._change.note(Verb.REVISE, item_id, opened=[row])
        self.changed.append(item_id)

    def _end(self, memory: Memory, item_id: ItemId) -> None:
        """A memory that its store deleted holds no longer from then on."""
        if memory.valid_to is None:
            return
        for row in self._change.open_rows_of(item_id):
            begins = row.valid.start
            imported = row.provenance.method == self._method and row.state not in _FIXED
            if imported and row.valid.end is None and (begins is None or begins < memory.valid_to):
                self._change.close_row(row)
                ended = self._change.copy_row(row, valid=Interval(begins, memory.valid_to))
                self._change.note(Verb.REVISE, item_id, opened=[ended], closed=[row])
                self.changed.append(item_id)

    def _content(self, memory: Memory, state: Earlier) -> Content:
        times = spoken_times(self._setting, state.text, state.said_at or self._change.at)
        confidence = DEFAULT_CONFIDENCE if memory.confidence is None else memory.confidence
        return Content(
            text=state.text,
            kind=memory.kind,
            domain=memory.domain,
            tags=memory.tags,
            metadata=memory.metadata,
            belief=Belief.stated(confidence),
            event=event_of(times),
            times=times,
        )

    def _provenance(self, memory: Memory, said_at: datetime) -> Provenance:
        owner = self._setting.owner
        author = memory.author or owner
        return Provenance(
            author=owner if author.casefold() == owner.casefold() else author,
            role=memory.role,
            trust=Trust.IMPORT,
            method=self._method,
            said_at=said_at,
            session=memory.session,
            message_id=memory.key,
        )


def _same(row: Revision, content: Content, said_at: datetime | None) -> bool:
    """Whether a row says this already, or said it at that time."""
    old = row.content
    parts = (content.text, content.tags, content.metadata, content.domain, content.kind)
    if (old.text, old.tags, old.metadata, old.domain, old.kind) != parts:
        return False
    return row.is_open or said_at is None or row.provenance.said_at == said_at
