"""Erases items for good: what falls with them, what is blanked in their sources, what proves it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from remanence.errors import ItemFrozen
from remanence.lifecycle.changes import Change
from remanence.model.belief import CERTAIN
from remanence.model.ids import ItemId, TextId, short
from remanence.model.interval import ALWAYS
from remanence.model.item import REDACTED, Content, Revision, Source
from remanence.model.journal import Verb
from remanence.model.kind import Kind
from remanence.model.mirror import PERSONA_LINE, REFLECTION
from remanence.model.state import State
from remanence.storage.port import Snapshot, Transaction

InSources = Literal["passage", "message", "keep"]
IN_SOURCES: tuple[InSources, ...] = get_args(InSources)
BLANK = "\u2588"  # one for each character taken out of a source, so that other spans still fit
FRAGMENT_BYTES = 24  # cut so short that a page boundary can hide some of a text's pieces, never all
FRAGMENT_BYTES_MIN = 6  # shorter pieces occur by chance
LINES_AT_A_TIME = 5_000  # of the journal
FRAGMENTS_MAX = 32  # looked for after an erasure; spread over the texts


@dataclass(frozen=True, slots=True)
class Span:
    """Characters [start, end) of one of an item's texts: the one that something was derived from."""

    item_id: ItemId
    text_id: TextId
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ErasurePlan:
    """What an erasure would take: items asked for, items that fall with them, passages to blank."""

    asked: tuple[ItemId, ...]
    fallen: tuple[ItemId, ...]
    passages: tuple[Span, ...]
    read_again: tuple[ItemId, ...] = ()  # sources left whole, of which something fell
    whole: tuple[ItemId, ...] = ()  # of the fallen: sources that go with all they say, on request

    @property
    def items(self) -> tuple[ItemId, ...]:
        """All items that lose their text."""
        return (*self.asked, *self.fallen)

    @property
    def redacted(self) -> tuple[ItemId, ...]:
        """The sources that lose a passage."""
        return tuple(dict.fromkeys(span.item_id for span in self.passages))


def plan_erasure(
    tx: Snapshot, item_ids: Sequence[ItemId], *, in_sources: InSources = "passage", force: bool = False
) -> ErasurePlan:
    """Follow the items up to the passages they came from, and down to whatever rests on what goes.

    Up from the items asked for alone: what merely falls with them leaves its other sources as they
    are, and those are read again. Neighbours derived from a blanked passage fall. With
    `in_sources="message"` whole source messages fall; with "keep" sources stay as they are. Raises
    ItemFrozen for a frozen item among them, unless forced.
    """
    asked = tuple(dict.fromkeys(item_ids))
    spans, whole = ([], []) if in_sources == "keep" else _places_of(tx, asked, in_sources)
    falling = dict.fromkeys([*asked, *whole, *_derived_there(tx, spans)])
    waiting = list(falling)
    while waiting:
        waiting = [item_id for item_id in tx.derived_from(waiting) if item_id not in falling]
        falling.update(dict.fromkeys(waiting))
    passages = tuple(dict.fromkeys(span for span in spans if span.item_id not in falling))
    if not force:
        for row in tx.rows_of([*falling, *(span.item_id for span in passages)]):
            if row.state is State.FROZEN:
                raise ItemFrozen(
                    f"{short(row.item_id)} is frozen and would be erased; thaw it first, or force it"
                )
    blanked = {span.item_id for span in passages}
    sources = (
        source.item_id
        for row in tx.rows_of(list(falling))
        if not _sums_up(row)  # what it was taken from has nothing to be read for
        for source in row.provenance.grounds
    )
    left = tuple(dict.fromkeys(one for one in sources if one not in falling and one not in blanked))
    fallen = tuple(item_id for item_id in falling if item_id not in asked)
    again = left if in_sources != "keep" else ()
    return ErasurePlan(asked, fallen, passages, again, tuple(dict.fromkeys(whole)))


def erase(tx: Transaction, change: Change, plan: ErasurePlan) -> None:
    """Take the content out of every row and say so in the journal; writes the change."""
    touched = [*plan.items, *plan.redacted]
    rows: dict[ItemId, list[Revision]] = {item_id: [] for item_id in touched}
    for row in tx.rows_of(touched, which="all"):
        rows[row.item_id].append(row)
    tx.erase_content(touched)
    for item_id in plan.items:
        _leave_personas(tx, item_id, rows[item_id])
        last = rows[item_id][-1]
        if last.state is State.ERASED:
            continue
        closed = [row for row in rows[item_id] if row.is_open]  # none, where its making was undone
        for row in closed:
            change.close_row(row)
        empty = replace(last, text_id=TextId(0), content=_nothing(last), valid=ALWAYS)
        place = change.copy_row(empty, state=State.ERASED)
        change.note(
            Verb.ERASE,
            item_id,
            opened=[place],
            closed=closed,
            detail={"asked": item_id in plan.asked},
        )
        if item_id not in plan.asked and item_id not in plan.whole:
            _keep_what_was_stated(change, closed)
    for item_id in plan.redacted:
        spans = [span for span in plan.passages if span.item_id == item_id]
        texts = {row.text_id: row.content.text for row in rows[item_id]}
        closed = [row for row in rows[item_id] if row.is_open]
        opened = [_blanked(change, row, spans, texts) for row in closed]
        for row in closed:
            change.close_row(row)
        change.note(Verb.ERASE, item_id, opened=opened, closed=closed, detail={"redacted": len(spans)})
    tx.block(_never_again(rows, plan))
    change.write()
    tx.clear_names()


def _leave_personas(tx: Transaction, item_id: ItemId, rows: Iterable[Revision]) -> None:
    """Take what personas say of a finding out of every version of theirs, of old ones too."""
    said = (row.content.metadata.get(PERSONA_LINE) for row in rows)
    for line in dict.fromkeys(said):
        if isinstance(line, str):
            tx.erase_from_descriptions(item_id, line)


def fragments_of(texts: Iterable[str]) -> list[bytes]:
    """Pieces of erased texts: what a scan must not find, but where a row that is left has them too."""
    pieces: dict[bytes, None] = {}
    for text in texts:
        data = text.encode("utf-8", "surrogatepass")
        cuts = range(0, max(1, len(data) - FRAGMENT_BYTES + 1), FRAGMENT_BYTES)
        pieces.update(dict.fromkeys(data[at : at + FRAGMENT_BYTES] for at in cuts))
    usable = [piece for piece in pieces if len(piece) >= FRAGMENT_BYTES_MIN]
    step = max(1, len(usable) // FRAGMENTS_MAX)
    return usable[::step][:FRAGMENTS_MAX]


def digests_of(tx: Snapshot, item_ids: Sequence[ItemId]) -> tuple[str, ...]:
    """By which digests (hex) the journal names the texts of these items, in order."""
    found: dict[str, None] = {}
    for item_id in item_ids:
        after = 0
        while lines := tx.journal(after=after, limit=LINES_AT_A_TIME, item_id=item_id):
            found.update((digest.hex(), None) for line in lines for digest in line.entry.digests)
            after = lines[-1].sequence
    return tuple(found)


def _places_of(
    tx: Snapshot, item_ids: Sequence[ItemId], in_sources: InSources
) -> tuple[list[Span], list[ItemId]]:
    """The passages that the items were derived from, and the sources that fall as a whole."""
    spans: dict[tuple[ItemId, int, int], Span] = {}
    whole: list[ItemId] = []
    added = {item_id: _sources_added(tx, item_id) for item_id in item_ids}
    for row in tx.rows_of(item_ids, which="all"):
        for source, change_set in _sources_of(row, added[row.item_id]):
            if in_sources == "message":
                whole.append(source.item_id)
            if in_sources == "message" or source.start is None or source.end is None:
                continue  # what was concluded from a whole text stands nowhere in it
            place = (source.item_id, source.start, source.end)
            if place not in spans:
                spans[place] = Span(source.item_id, _text_then(tx, source.item_id, change_set), *place[1:])
    return list(spans.values()), whole


def _sources_added(tx: Snapshot, item_id: ItemId) -> list[tuple[ItemId, int]]:
    """The sources that rows of the item got after they were written, and in which change set, in order."""
    added: list[tuple[ItemId, int]] = []
    after = 0
    while lines := tx.journal(after=after, limit=LINES_AT_A_TIME, item_id=item_id):
        for line in lines:
            source = line.entry.detail.get("source")
            if isinstance(source, str):
                added.append((ItemId(source), line.change_set))
        after = lines[-1].sequence
    return added


def _sources_of(row: Revision, added: Sequence[tuple[ItemId, int]]) -> list[tuple[Source, int]]:
    """A row's sources, each with the change set that named it: the row's own, or a later one."""
    until = row.closed_by
    later = [one for one in added if one[1] > row.opened_by and (until is None or one[1] < until)]
    sources = row.provenance.sources
    first = len(sources) - len(later)
    return [
        (source, row.opened_by if place < first else later[place - first][1])
        for place, source in enumerate(sources)
    ]


def _text_then(tx: Snapshot, item_id: ItemId, change_set: int) -> TextId:
    """The text that an item had when this change set was written, or what an erasure left of it.

    Places in a text still fit after another passage of it was blanked.
    """
    rows = tx.rows_of([item_id], which="all")
    at = max((place for place, row in enumerate(rows) if row.opened_by <= change_set), default=0)
    return next((row.text_id for row in rows[at:] if row.text_id), TextId(0))


def _derived_there(tx: Snapshot, spans: Sequence[Span]) -> list[ItemId]:
    """Items derived from a passage that overlaps one of the spans."""
    derived = tx.derived_from([span.item_id for span in spans])
    return [
        row.item_id
        for row in tx.rows_of(derived)
        for source in row.provenance.sources
        for span in spans
        if source.item_id == span.item_id
        and (
            source.start is None
            or source.end is None
            or (source.start < span.end and span.start < source.end)
        )
    ]


def _keep_what_was_stated(change: Change, rows: Sequence[Revision]) -> None:
    """Of an item that merely falls: what somebody stated rests on no source, and goes on as a new item."""
    stated = [row for row in rows if row.text_id and (row.provenance.is_stated or not row.provenance.grounds)]
    if not stated:
        return
    item_id = change.new_item()
    opened = [
        change.open_row(
            item_id, row.content, replace(row.provenance, sources=()), valid=row.valid, state=row.state
        )
        for row in stated
    ]
    change.note(Verb.REMEMBER, item_id, opened=opened, detail={"from": stated[0].item_id})


def _nothing(row: Revision) -> Content:
    return Content("", kind=row.content.kind, belief=CERTAIN)


def _blanked(change: Change, row: Revision, spans: Sequence[Span], texts: Mapping[TextId, str]) -> Revision:
    """The row with its passages blanked; in a text said otherwise since, wherever the same words stand."""
    text = row.content.text
    for span in spans:
        passage = texts.get(span.text_id, "")[span.start : span.end]
        blank = BLANK * len(passage)
        if span.text_id == row.text_id:
            text = text[: span.start] + blank + text[span.end :]
        elif passage:
            text = text.replace(passage, blank)
    content = replace(row.content, text=text, times=(), event=None)
    provenance = replace(row.provenance, method=REDACTED)
    state = row.state if any(map(str.isalnum, text)) else State.ARCHIVED
    return change.open_row(row.item_id, content, provenance, valid=row.valid, state=state)


def _sums_up(row: Revision) -> bool:
    """Whether it was made of many items together, and is made anew of those that are left."""
    return row.content.kind is Kind.SUMMARY or row.provenance.method.startswith(REFLECTION)


def _never_again(rows: dict[ItemId, list[Revision]], plan: ErasurePlan) -> Iterable[tuple[ItemId, str]]:
    """The (source, method) pairs of what goes; not of sources that are to be read again."""
    for item_id in plan.items:
        for row in rows[item_id]:
            if _sums_up(row) and item_id not in plan.asked:
                continue
            for source in row.provenance.sources:
                if source.item_id not in plan.read_again:
                    yield source.item_id, row.provenance.method
