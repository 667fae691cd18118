"""One change set: rows opened and closed, texts brought in, and the journal lines that say so.

A Change collects what is to happen and writes it at once, in the transaction it was made for. All
rows of a change set bear one record time, later than any that the cube holds.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from remanence.lifecycle.voices import Voice, Voices
from remanence.model.bitemporal import Update
from remanence.model.clock import Clock
from remanence.model.ids import ItemId, RevisionId, TextId, new_item_id
from remanence.model.interval import ALWAYS, Interval
from remanence.model.item import NOTHING, Content, Json, Provenance, Revision, Slot, Source
from remanence.model.journal import Entry, Verb, text_digest
from remanence.model.mark import Mark, MarkSort
from remanence.model.state import State
from remanence.storage.port import NewText, Transaction
from remanence.storage.support_port import Observation, summed

ID_RANDOM_BITS = 74
SALT_BYTES = 16
_TICK = timedelta(microseconds=1)  # record times are told apart to the microsecond


@dataclass(frozen=True, slots=True)
class TextFacts:
    """What the analyser makes of a text; see recall.analyser."""

    terms: bytes
    tokens: int
    flags: int
    words: str | None = None


Analyse = Callable[[str], TextFacts]


@dataclass(frozen=True, slots=True)
class _Note:
    verb: Verb
    item_id: ItemId | None
    opened: tuple[Revision, ...]
    closed: tuple[Revision, ...]
    detail: Mapping[str, Json]


class Change:
    """A change set in the making. Nothing is written before `write`."""

    def __init__(
        self, tx: Transaction, *, clock: Clock, analyse: Analyse, actor: str, reason: str | None = None
    ) -> None:
        head = tx.head()
        now = clock.now()
        self.at: datetime = now if head.recorded_at is None else max(now, head.recorded_at + _TICK)
        self.number = head.sequence + 1
        self._recorded = Interval(self.at)
        self._unix_ms = int(self.at.timestamp() * 1000)
        self._tx = tx
        self._clock = clock
        self._analyse = analyse
        self._actor = actor
        self._reason = reason
        self._items: list[tuple[ItemId, datetime]] = []
        self._texts: dict[TextId, NewText] = {}
        self._rows: dict[RevisionId, Revision] = {}
        self._sources: list[tuple[RevisionId, Source]] = []
        self._slots: dict[tuple[str, str], dict[str, list[RevisionId]]] = {}
        self._stored_slots: dict[tuple[str, str], dict[str, list[Revision]]] = {}
        self._by_item: dict[ItemId, list[RevisionId]] = {}
        self._saying: dict[str, list[RevisionId]] = {}
        self._closed: dict[RevisionId, Revision] = {}
        self._touched: set[ItemId] = set()  # items of which a row is opened or closed
        self._voices = Voices(tx.voices_of, self.open_rows_of, self._touched.__contains__)
        self._turns: dict[str, list[tuple[int, ItemId, bool]]] = {}
        self._shown: dict[ItemId, Sequence[ItemId]] = {}
        self._marks: list[Mark] = []
        self._closed_marks: dict[int, Mark] = {}
        self._notes: list[_Note] = []
        self.observations: list[Observation] = []  # how sources did, kept with the change
        self._records: Mapping[tuple[str, str], tuple[int, int]] | None = None
        self._parts: list[Callable[[Transaction], None]] = []

    def new_item(self) -> ItemId:
        """Make an identity."""
        item_id = self.new_id()
        self._items.append((item_id, self.at))
        return item_id

    def new_id(self) -> ItemId:
        """An id that nothing else has."""
        return new_item_id(self._unix_ms, self._clock.random_bits(ID_RANDOM_BITS))

    def open_row(
        self,
        item_id: ItemId,
        content: Content,
        provenance: Provenance,
        *,
        valid: Interval = ALWAYS,
        state: State = State.ACTIVE,
        wording: str | None = None,
    ) -> Revision:
        """A row with a text that is new to the item; of a statement also its wording."""
        facts = self._analyse(content.text)
        text_id = self._tx.next_text_id()
        salt = self._clock.random_bits(8 * SALT_BYTES).to_bytes(SALT_BYTES, "little")
        self._texts[text_id] = NewText(
            id=text_id,
            item_id=item_id,
            content=content.text,
            salt=salt,
            terms=facts.terms,
            tokens=facts.tokens,
            flags=facts.flags,
            words=facts.words,
            wording=wording,
        )
        row = Revision(
            id=self._tx.next_revision_id(),
            item_id=item_id,
            text_id=text_id,
            content=content,
            provenance=provenance,
            state=state,
            valid=valid,
            recorded=self._recorded,
            opened_by=self.number,
        )
        if wording is not None:
            self._saying.setdefault(wording, []).append(row.id)
        return self._keep(row)

    def rows_saying(self, wording: str) -> list[Revision]:
        """The open rows of statements with this wording, as this change leaves them."""
        stored = [row for row in self._tx.rows_saying(wording) if row.id not in self._closed]
        pending = (self._rows[number] for number in self._saying.get(wording, ()) if number in self._rows)
        return [*stored, *pending]

    def copy_row(
        self,
        row: Revision,
        *,
        valid: Interval | None = None,
        state: State | None = None,
        content: Content | None = None,
        sources: tuple[Source, ...] | None = None,
    ) -> Revision:
        """The row recorded anew; a changed `content` keeps the text."""
        assert content is None or content.text == row.content.text, "a new text needs open_row"
        copy = replace(
            row,
            id=self._tx.next_revision_id(),
            valid=valid or row.valid,
            state=state or row.state,
            content=content or row.content,
            provenance=row.provenance if sources is None else replace(row.provenance, sources=sources),
            recorded=self._recorded,
            opened_by=self.number,
            closed_by=None,
        )
        return self._keep(copy)

    def close_row(self, row: Revision) -> None:
        """End a row's record interval; a row of this very change is taken back instead."""
        self._touch(row.item_id)
        if self._rows.pop(row.id, None) is None:
            assert row.closed_by is None, "the row is closed already"
            assert row.id not in self._closed, "this change has closed the row already"
            self._closed[row.id] = row

    def open_rows_of(self, item_id: ItemId) -> list[Revision]:
        """The item's open rows as this change leaves them."""
        pending = [self._rows[number] for number in self._by_item.get(item_id, ()) if number in self._rows]
        return [*(row for row in self._tx.rows_of([item_id]) if row.id not in self._closed), *pending]

    def details_about(self, row: Revision) -> list[Mapping[str, Json]]:
        """The details of this change's own lines that tell of the row being opened."""
        return [note.detail for note in self._notes if any(one.id == row.id for one in note.opened)]

    def voices_behind(self, row: Revision) -> Collection[Voice]:
        """Who has said what an open row rests on, and in which session, as this change leaves them."""
        return self._voices.of(row)

    def rows_in_slot(self, slot: Slot, *, any_value: bool = True) -> list[Revision]:
        """The open rows that say something of the slot's attribute, as this change leaves them.

        Without `any_value` only those of the slot's own value, however it is capitalised.
        """
        key = (slot.subject, slot.attribute)
        if key not in self._stored_slots:  # asked once: what is stored changes through this change alone
            values = self._stored_slots[key] = {}
            for row in self._tx.rows_in_slot(*key):
                values.setdefault(_value_of(row), []).append(row)
        stored, pending = self._stored_slots[key], self._slots.get(key, {})
        wanted = dict.fromkeys([*stored, *pending]) if any_value else [slot.value.casefold()]
        kept = (row for value in wanted for row in stored.get(value, ()) if row.id not in self._closed)
        new = (number for value in wanted for number in pending.get(value, ()) if number in self._rows)
        return [*kept, *(self._rows[number] for number in new)]

    def attributes_of(self, subject: str) -> list[str]:
        """The attributes that some open row gives the subject, as this change leaves them, in order."""
        pending = (attribute for named, attribute in self._slots if named == subject)
        return sorted({*self._tx.attributes_of(subject), *pending})

    def add_source(self, row: Revision, source: Source) -> None:
        """Let an open row rest on one more passage, of which the journal tells."""
        pending = self._rows.get(row.id)
        if pending is None:
            self._sources.append((row.id, source))
        else:
            sources = (*pending.provenance.sources, source)
            self._rows[row.id] = replace(pending, provenance=replace(pending.provenance, sources=sources))
        echo = {"echo": True} if source.echo else {}
        self.note(Verb.DERIVE, row.item_id, detail={"source": source.item_id, **echo})

    def place(self, session: str, turn: int, item_id: ItemId, *, timed: bool) -> None:
        """Give an item its place in a conversation."""
        self._turns.setdefault(session, []).append((turn, item_id, timed))

    def note_shown(self, item_id: ItemId, shown: Sequence[ItemId]) -> None:
        """Say of an agent's message which items stood in its prompt."""
        self._shown[item_id] = shown

    def shown_before(self, item_id: ItemId) -> Sequence[ItemId]:
        """The items that stood in an agent's prompt when it said this."""
        pending = self._shown.get(item_id)
        return self._tx.shown_before(item_id) if pending is None else pending

    def mark(self, item_id: ItemId, sort: MarkSort, at: datetime) -> None:
        """Mark an item: used at, or recalled until, that time."""
        self._marks.append(Mark(0, item_id, sort, at, self.number))

    def close_mark(self, mark: Mark) -> None:
        """Take a stored mark back."""
        assert mark.closed_by is None, "the mark is closed already"
        self._closed_marks[mark.number] = mark

    def attach(self, part: Callable[[Transaction], None]) -> None:
        """Write this too, once the rows are there: what has tables of its own."""
        self._parts.append(part)

    def note(
        self,
        verb: Verb,
        item_id: ItemId | None,
        *,
        opened: Iterable[Revision] = (),
        closed: Iterable[Revision] = (),
        detail: Mapping[str, Json] = NOTHING,
    ) -> None:
        """Say in the journal what was done to an item."""
        self._notes.append(_Note(verb, item_id, tuple(opened), tuple(closed), detail))

    def write(self) -> int:
        """Write everything, texts before rows and the journal last; returns the change set's number."""
        assert self._notes, "a change that no journal line tells of"
        tx = self._tx
        tx.add_items(self._items)
        shown = {row.text_id for row in self._rows.values()}
        self._texts = {text_id: text for text_id, text in self._texts.items() if text_id in shown}
        tx.add_texts(self._texts.values())
        if self._closed:
            tx.close_revisions(list(self._closed), at=self.at, by=self.number)
        tx.add_revisions(self._rows.values())
        tx.add_sources((row, source) for row, source in self._sources if row not in self._closed)
        for session, turns in self._turns.items():
            tx.add_turns(session, turns)
        tx.add_shown(self._shown.items())
        tx.add_observations(self.observations, change_set=self.number)
        if self._closed_marks:
            tx.close_marks(list(self._closed_marks), by=self.number)
        tx.add_marks(self._marks)
        for part in self._parts:
            part(tx)
        entries = [self._entry_of(note) for note in self._notes]
        tx.append(entries, actor=self._actor, reason=self._reason, at=self.at, change_set=self.number)
        return self.number

    def _touch(self, item_id: ItemId) -> None:
        self._touched.add(item_id)
        self._voices.forget(item_id)

    def _keep(self, row: Revision) -> Revision:
        self._touch(row.item_id)
        self._rows[row.id] = row
        self._by_item.setdefault(row.item_id, []).append(row.id)
        slot = row.content.slot
        if slot is not None:
            values = self._slots.setdefault((slot.subject, slot.attribute), {})
            values.setdefault(_value_of(row), []).append(row.id)
        return row

    def _entry_of(self, note: _Note) -> Entry:
        """The journal line, without rows that the same change took back."""
        opened = [row for row in note.opened if row.id in self._rows]
        brought = [self._texts[row.text_id] for row in opened if row.text_id in self._texts]
        return Entry(
            verb=note.verb,
            item_id=note.item_id,
            opened=tuple(row.id for row in opened),
            closed=tuple(row.id for row in note.closed if row.id in self._closed),
            digests=tuple(text_digest(text.salt, text.content) for text in brought),
            detail=note.detail,
        )

    @property
    def track_records(self) -> Mapping[tuple[str, str], tuple[int, int]]:
        """How sources did before this change, by (AUTHOR or METHOD, name): borne out, wrong."""
        if self._records is None:
            self._records = summed(self._tx.track_records())
        return self._records

    @property
    def items(self) -> list[ItemId]:
        """The items that its journal lines name so far, each once."""
        return list(dict.fromkeys(note.item_id for note in self._notes if note.item_id is not None))

    @property
    def rows_with_new_texts(self) -> list[Revision]:
        """The first row of each text that this change brings in, in order."""
        first: dict[TextId, Revision] = {}
        for row in self._rows.values():
            if row.text_id in self._texts:
                first.setdefault(row.text_id, row)
        return list(first.values())

    @property
    def new_texts(self) -> Collection[TextId]:
        """The texts that this change brings in."""
        return self._texts.keys()


def _value_of(row: Revision) -> str:
    """The value that a row gives its slot, for comparison."""
    return "" if row.content.slot is None else row.content.slot.value.casefold()


def apply_update(
    change: Change, item_id: ItemId, update: Update, content: Content, provenance: Provenance
) -> Revision:
    """Write a bitemporal update into a change: rows closed, remainders recorded anew, the new row opened."""
    for row in update.closed:
        change.close_row(row)
    remainders = [change.copy_row(rest.row, valid=rest.valid) for rest in update.remainders]
    row = change.open_row(item_id, content, provenance, valid=update.valid)
    change.note(Verb.REVISE, item_id, opened=[row, *remainders], closed=update.closed)
    return row
