"""Ingest a document: its passages as items, in one change set; of a known one, what changed in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from remanence.lifecycle import states
from remanence.lifecycle.changes import Change, apply_update
from remanence.model import bitemporal
from remanence.model.document import DocumentVersion
from remanence.model.ids import ItemId
from remanence.model.interval import Interval
from remanence.model.item import Content, Json, Provenance, Revision, event_of
from remanence.model.journal import Verb
from remanence.model.kind import Kind, Trust
from remanence.model.state import State
from remanence.model.unit import UnitId
from remanence.reader.documents.alignment import Found, align_passages
from remanence.reader.documents.blocks import LeftOut
from remanence.reader.documents.passages import Passage
from remanence.storage.port import Snapshot, Transaction
from remanence.verbs import arguments
from remanence.verbs.document_passages import METHOD, PLACE_FIELDS, Had, passages_had
from remanence.verbs.document_units import Placed, keep_unit
from remanence.verbs.documents import REMARKS_MAX, Draft, Given, named_source, place_words, read_draft
from remanence.verbs.remembering import spoken_times
from remanence.verbs.setting import Setting
from remanence.verbs.supporting import settle
from remanence.verbs.vectors import embed_pending_or_say


@dataclass(frozen=True, slots=True)
class Ingested:
    """What an `ingest` did.

    Of the passages: added, changed, moved (the same words at another place), retired since they are gone
    from the document, unchanged. `left_out` is what was not taken and why, `notes` what was taken and not
    quite as it stands.
    """

    name: str
    format: str
    unit: UnitId
    added: tuple[ItemId, ...] = ()
    changed: tuple[ItemId, ...] = ()
    moved: tuple[ItemId, ...] = ()
    retired: tuple[ItemId, ...] = ()
    unchanged: tuple[ItemId, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()
    known_as: str | None = None  # the name under which the cube holds the very same document
    change_set: int | None = None  # None when nothing was written


@dataclass(slots=True)
class _Tally:
    added: list[ItemId] = field(default_factory=list)
    changed: list[ItemId] = field(default_factory=list)
    moved: list[ItemId] = field(default_factory=list)
    retired: list[ItemId] = field(default_factory=list)
    unchanged: list[ItemId] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    @property
    def news(self) -> bool:
        """Whether any passage is not as it was."""
        return bool(self.added or self.changed or self.moved or self.retired)


def ingest(setting: Setting, given: Given, *, because: str | None, actor: str) -> Ingested:
    """Take in a document; see Cube.ingest."""
    name, source, format = named_source(given)
    reason = arguments.reason(because)
    tags = arguments.tags(given.tags)
    with setting.store.read() as snapshot:
        known = _known(snapshot, name, source.digest)
    if known is not None:
        return known
    draft = _with_times_read(setting, read_draft(setting, given, name, source, format))
    with setting.store.write() as tx:
        known = _known(tx, name, source.digest)
        if known is not None:
            return known
        change = setting.change(tx, actor=actor, reason=reason)
        old = tx.document_named(name)
        tally = _Tally(left_out=list(draft.left_out))
        placed = _take(setting, tx, change, draft, old, tags, tally)
        items = tuple(one.item_id for one in placed)
        # With the rest in hand, a digest of the whole would tell which guess at an erased passage is right.
        digest = None if any(one.lacks_words for one in placed) else tx.keyed_digest(source.digest)
        if old is not None and digest is None and items == old.items and not tally.news:
            return _report(draft, old.unit_id, tally, None)
        unit_id = keep_unit(setting, tx, change, name, old, placed)
        version = DocumentVersion(0, name, format, items, unit_id, digest, change.number)
        _put_in_force(change, old, version)
        settle(tx, change, [*tally.changed, *tally.retired])
        change.write()
    embed_pending_or_say(setting)
    return _report(draft, unit_id, tally, change.number)


def _put_in_force(change: Change, old: DocumentVersion | None, new: DocumentVersion) -> None:
    """Let the new version take the place of the old one, with the change."""

    def write(tx: Transaction) -> None:
        if old is not None:
            tx.close_document_versions([old.number], by=change.number)
        tx.add_document_versions([new])

    change.attach(write)
    change.note(Verb.INGEST, None, detail={"unit": new.unit_id, "passages": len(new.items)})


def _report(draft: Draft, unit_id: UnitId, tally: _Tally, change_set: int | None) -> Ingested:
    return Ingested(
        draft.name,
        draft.format,
        unit_id,
        added=tuple(tally.added),
        changed=tuple(tally.changed),
        moved=tuple(tally.moved),
        retired=tuple(tally.retired),
        unchanged=tuple(tally.unchanged),
        left_out=_few(tally.left_out),
        notes=tuple(draft.notes[:REMARKS_MAX]),
        change_set=change_set,
    )


def _few(left_out: Sequence[LeftOut]) -> tuple[LeftOut, ...]:
    if len(left_out) <= REMARKS_MAX:
        return tuple(left_out)
    rest = LeftOut("the document", f"{len(left_out) - REMARKS_MAX} more parts were left out")
    return (*left_out[:REMARKS_MAX], rest)


def _known(snapshot: Snapshot, name: str, digest: bytes) -> Ingested | None:
    """What to say of a document that the cube holds to the byte; None where it does not, or not any more."""
    keyed = snapshot.keyed_digest(digest)
    own = snapshot.document_named(name)
    same = own if own is not None and own.digest == keyed else snapshot.document_of_digest(keyed)
    if same is None or (own is not None and same is not own):
        return None
    standing = {row.item_id for row in snapshot.rows_of(same.items)}
    if not standing.issuperset(same.items):
        return None  # a restore took passages back without their document
    return Ingested(
        name,
        same.format,
        same.unit_id,
        unchanged=same.items,
        known_as=same.name if same.name != name else None,
    )


def _take(
    setting: Setting,
    tx: Transaction,
    change: Change,
    draft: Draft,
    old: DocumentVersion | None,
    tags: tuple[str, ...],
    tally: _Tally,
) -> list[Placed]:
    """Put the passages into the change; returns all of the document in order, places of erased ones too."""
    had = [] if old is None else passages_had(tx, old)
    found = [Found(one.text, one.heading, one.key, one.likeness) for one in draft.passages]
    alignment = align_passages([one.known for one in had], found)
    after: dict[int | None, list[Placed]] = {}  # places of erased passages, by the known one they follow
    anchor: int | None = None
    kept = alignment.kept
    for place, one in enumerate(had):
        if place in kept:
            anchor = place
        elif one.known.text is None:
            after.setdefault(anchor, []).append(
                Placed(one.item_id, lacks_words=True, is_erased=one.is_erased)
            )
        else:
            _retire(change, one, tally)
    placed = after.get(None, [])
    for index, passage in enumerate(draft.passages):
        was = alignment.places[index]
        if index in alignment.withheld:
            why = "what stood there was erased, and this may be it; remember it by hand if not"
            tally.left_out.append(LeftOut(place_words(passage), why))
        elif was is None:
            placed.append(Placed(_add(setting, change, draft, index, tags, tally), passage.heading))
        else:
            _keep(setting, change, draft, index, had[was], tally)
            placed += [Placed(had[was].item_id, passage.heading), *after.get(was, [])]
    return placed


def _add(
    setting: Setting, change: Change, draft: Draft, index: int, tags: tuple[str, ...], tally: _Tally
) -> ItemId:
    passage = draft.passages[index]
    content = Content(passage.text, kind=Kind.CONCEPT, tags=tags, metadata=_metadata(draft, passage))
    content = _with_times(setting, content, draft, index)
    row = change.open_row(
        change.new_item(), content, _provenance(draft, index), valid=Interval(draft.dates[index])
    )
    change.note(Verb.INGEST, row.item_id, opened=[row])
    tally.added.append(row.item_id)
    return row.item_id


def _keep(setting: Setting, change: Change, draft: Draft, index: int, had: Had, tally: _Tally) -> None:
    """A passage that was there: unchanged, moved, or with other words."""
    passage = draft.passages[index]
    metadata = _metadata(draft, passage, had.row)
    if had.row.content.text == passage.text:
        if had.is_ours and metadata != had.row.content.metadata:
            change.close_row(had.row)
            copy = change.copy_row(had.row, content=replace(had.row.content, metadata=metadata))
            change.note(Verb.ANNOTATE, had.item_id, opened=[copy], closed=[had.row])
            tally.moved.append(had.item_id)
        else:
            tally.unchanged.append(had.item_id)
        return
    if not had.is_ours:
        tally.left_out.append(
            LeftOut(place_words(passage), f"it changed, and stays as it was: {had.held_by}")
        )
        tally.unchanged.append(had.item_id)
        return
    dated, begins = draft.dates[index], had.row.valid.start
    update = bitemporal.update(
        had.open_rows, now=change.at, valid_from=dated if begins is not None and dated > begins else None
    )
    content = _with_times(
        setting, replace(had.row.content, text=passage.text, metadata=metadata), draft, index
    )
    apply_update(change, had.item_id, update, content, _provenance(draft, index))
    tally.changed.append(had.item_id)


def _retire(change: Change, had: Had, tally: _Tally) -> None:
    """A passage that is gone from the document."""
    rows = [row for row in had.open_rows if row.state is not State.ARCHIVED]
    if not rows:
        return
    if not had.is_ours:
        tally.left_out.append(LeftOut("what is gone", f"an item of it stays: {had.held_by}"))
        return
    states.move(change, rows, State.ARCHIVED, Verb.RETIRE)
    tally.retired.append(had.item_id)


def _metadata(draft: Draft, passage: Passage, old: Revision | None = None) -> dict[str, Json]:
    """The passage's place, and what somebody noted on the item beside it."""
    kept = {} if old is None else {k: v for k, v in old.content.metadata.items() if k not in PLACE_FIELDS}
    heading: dict[str, Json] = {"heading": list(passage.heading)} if passage.heading else {}
    place: dict[str, Json] = {"document": draft.name, **heading, **passage.place}
    return {**kept, **place}


def _with_times_read(setting: Setting, draft: Draft) -> Draft:
    """The times that new passages name, read while nobody waits for the cube."""
    with setting.store.read() as snapshot:
        old = snapshot.document_named(draft.name)
        known = set() if old is None else {one.known.text for one in passages_had(snapshot, old)}
    times = [
        None if passage.text in known else spoken_times(setting, passage.text, date)
        for passage, date in zip(draft.passages, draft.dates, strict=True)
    ]
    return replace(draft, times=times)


def _with_times(setting: Setting, content: Content, draft: Draft, index: int) -> Content:
    times = draft.times[index]
    if times is None:  # the version that was known has changed meanwhile
        times = spoken_times(setting, content.text, draft.dates[index])
    return replace(content, times=times, event=event_of(times))


def _provenance(draft: Draft, index: int) -> Provenance:
    message = draft.passages[index].place.get("message")
    return Provenance(
        author=draft.authors[index],
        role="system",
        trust=Trust.DOCUMENT,
        method=METHOD + draft.method,
        said_at=draft.dates[index],
        turn=index,
        message_id=message if isinstance(message, str) and message.isprintable() else None,
    )
