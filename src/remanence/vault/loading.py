"""Makes a new cube of a complete export: a restore of that cube, which backdates nothing.

Rows keep the times at which it recorded them because its journal comes with them and is recomputed: each
text must be the one that the journal names. The load is a further line, dated now and chained to the last;
that is why a load makes a cube and adds to none: two journals make no one chain.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from remanence.beliefs.sameness import wording
from remanence.clock import SystemClock
from remanence.errors import CubeDamaged, InvalidInput
from remanence.lifecycle.changes import Change
from remanence.lifecycle.verifying import journal_faults, row_faults
from remanence.model.clock import Clock
from remanence.model.ids import ItemId, TextId
from remanence.model.interval import from_micros
from remanence.model.journal import Verb
from remanence.recall.analyser import ANALYSER
from remanence.storage.dump_port import REVISION, VECTOR, Cell
from remanence.storage.port import CubeFacts, EmbedderName, NewText, Receipt, StoredSpan, Transaction
from remanence.storage.sqlite.engine import SqliteStore
from remanence.storage.sqlite.opening import Access
from remanence.storage.vectors_port import SHOWN_MAX
from remanence.vault import lines
from remanence.vault.erasing_again import erase_again
from remanence.vault.jsonl_reading import Reading
from remanence.vault.progress import Told, unheard
from remanence.vault.target import move, refuse_what_stands_there, unused_name
from remanence.verbs import arguments
from remanence.verbs.seat import EmbedderSeat
from remanence.verbs.setting import Setting, text_facts

ROWS_AT_A_TIME = 1_000  # read again to see that they make rows
FAULTS_SHOWN = 3
HALF_BYTES = 2
SIDE_FILES = ("", "-wal", "-shm", "-journal")
TEXT_PLACE = 2  # of the cell `text` in a revision
Cells: TypeAlias = tuple[Cell, ...]


class _Row(NamedTuple):
    """The first cells of a revision, which tell of its text."""

    revision: int
    item: ItemId
    text: TextId
    content: str | None
    salt: bytes | None
    statement: int


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of an export: the new cube, how many records of each sort, and whose journal it goes on."""

    path: Path
    cube_id: str
    owner: str
    counts: Mapping[str, int]
    journal_head: str  # hex; the exporter's, which the load's own line is chained to
    pending: int  # texts that wait for their vectors


def load(
    export: str | os.PathLike[str],
    cube: str | os.PathLike[str],
    *,
    key: str | None = None,
    erased: Iterable[Receipt] = (),
    clock: Clock | None = None,
    progress: Told = unheard,
) -> Loaded:
    """Make a new cube of a complete export ("jsonl"); `key` encrypts it.

    It answers as the exported one did, at every time it knew. What was erased since goes here too, by
    its receipts: `erased=other.erased()`. All of it or nothing: raises InvalidInput,
    with the line, for an export that was cut short, changed or is partial, and where a file stands at
    `cube` already; CubeTooNew for a newer format. `progress` is told of bytes read and bytes in all.

    >>> import remanence
    >>> with remanence.open(tmp / "a.cube", embedder="hashing") as old:
    ...     item = old.remember("Alice is allergic to peanuts")
    ...     report = old.export("jsonl", tmp / "a.jsonl", vectors=True)
    >>> remanence.load(tmp / "a.jsonl", tmp / "b.cube").counts["revision"]
    1
    """
    if key == "":
        raise InvalidInput("key is empty; give a passphrase, or leave it out for a cube without encryption")
    source, target = Path(os.fspath(export)).expanduser(), Path(os.fspath(cube)).expanduser()
    refuse_what_stands_there(target, instead="a load makes a new cube and adds to none")
    with _opened(source) as file:
        size = max(1, os.fstat(file.fileno()).st_size)
        reading = Reading(file, str(source), lambda done: progress(done, size))
        facts = _facts(reading)
        made = unused_name(target)
        try:
            access = Access(path=made, key=key)
            pending = _make(reading, facts, access, clock or SystemClock(), list(erased))
            move(made, target)
        finally:
            for ending in SIDE_FILES:
                made.with_name(made.name + ending).unlink(missing_ok=True)
    head = facts.head
    return Loaded(target, facts.cube.cube_id, facts.cube.owner, reading.counts, head, pending)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the header says."""

    cube: CubeFacts
    last_text: TextId
    head: str


def _make(reading: Reading, facts: _Facts, access: Access, clock: Clock, erased: Sequence[Receipt]) -> int:
    """Make the cube at a place of its own; returns how many of its texts wait for vectors."""
    store = SqliteStore.open(access, new=facts.cube)
    try:
        try:
            with store.write() as tx:
                _write(tx, reading, facts)
                _write_down(tx, reading, facts, clock)
        except CubeDamaged as error:
            raise reading.fault(f"or one shortly before it, contradicts the others ({error})") from error
        _prove(store, reading, facts)
        setting = Setting(
            store=store,
            clock=clock,
            zone=ZoneInfo(facts.cube.time_zone),
            owner=facts.cube.owner,
            seat=EmbedderSeat(None),
            derives=True,
        )
        erase_again(setting, erased)
        with store.read() as snapshot:
            return snapshot.counts()["texts without vector"]
    finally:
        store.close()


def _prove(store: SqliteStore, reading: Reading, facts: _Facts) -> None:
    """Look whether what was written holds together; raises InvalidInput where it does not."""
    try:
        with store.read() as snapshot:
            faults = [*store.check(), *journal_faults(snapshot, head=facts.head), *row_faults(snapshot)]
            after = 0
            while numbers := snapshot.row_numbers(after=after, limit=ROWS_AT_A_TIME, which="all"):
                after = numbers[-1]
                snapshot.revisions(numbers)  # raises where the cells make no row
    except CubeDamaged as error:
        raise InvalidInput(f"{reading.name} contradicts itself: {error}; nothing was written") from error
    if faults:
        listed = "; ".join(faults[:FAULTS_SHOWN])
        raise InvalidInput(f"{reading.name} contradicts its own journal ({listed}); nothing was written")


def _write(tx: Transaction, reading: Reading, facts: _Facts) -> None:
    """Write all rows, section by section, in batches."""
    last_text = facts.last_text
    seen = TextId(0)
    for section, cells in reading.batches():
        if section is VECTOR:
            tx.set_vectors(_spans(reading, facts, cells))
            continue
        if section is REVISION:
            texts = _new_texts(tx, reading, cells, seen)
            tx.add_texts(texts)
            seen = max([seen, *(text.id for text in texts)])
        tx.load(section.name, cells)
    if seen > last_text:
        raise reading.fault(f"ends an export with a text {seen}, above the last_text {last_text} of its head")
    tx.set_last_text(last_text)


def _new_texts(tx: Transaction, reading: Reading, rows: Sequence[Cells], seen: TextId) -> list[NewText]:
    """The texts that these rows are the first to bear; raises InvalidInput where one is told in two ways."""
    told = [_Row._make(row[: len(_Row._fields)]) for row in rows if row[TEXT_PLACE] is not None]
    items = {row.item for row in told}
    if len(tx.item_numbers(list(items))) < len(items):
        raise reading.fault("or one before it, is of an item that no line tells of")
    held = tx.texts_held([row.text for row in told if row.text <= seen])
    new: dict[TextId, NewText] = {}
    for row in told:
        known = held.get(row.text, new[row.text].content if row.text in new else None)
        if known is None:
            new[row.text] = _new_text(reading, row)
        elif known != row.content:
            raise reading.fault(f"or one before it, gives text {row.text} two contents")
    return list(new.values())


def _new_text(reading: Reading, row: _Row) -> NewText:
    if row.content is None or row.salt is None:
        raise reading.fault(f"or one before it, has a text {row.text} without its content or salt")
    facts = text_facts(row.content)
    return NewText(
        id=row.text,
        item_id=row.item,
        content=row.content,
        salt=row.salt,
        terms=facts.terms,
        tokens=facts.tokens,
        flags=facts.flags,
        words=facts.words,
        wording=wording(row.content) if row.statement else None,
    )


def _spans(
    reading: Reading, facts: _Facts, rows: Sequence[Cells]
) -> Iterator[tuple[TextId, list[StoredSpan]]]:
    """Vectors by text; raises InvalidInput for one that the embedder of the head can't have made."""
    embedder = facts.cube.embedder
    for text, group in groupby(rows, key=itemgetter(0)):
        spans = [StoredSpan._make((*row[1:-1], row[-1] or 0)) for row in group]
        if embedder is None or any(len(span.value) != HALF_BYTES * embedder.dims for span in spans):
            raise reading.fault("or one before it, has a vector of other dimensions than the head names")
        if any(not 0 <= span.shown <= SHOWN_MAX for span in spans):
            raise reading.fault(f"or one before it, has a vector with a 'shown' outside 0 to {SHOWN_MAX}")
        yield TextId(text), spans


def _write_down(tx: Transaction, reading: Reading, facts: _Facts, clock: Clock) -> None:
    """Say in the journal what was loaded, and on whose last line it goes on."""
    if tx.head().hash.hex() != facts.head:
        raise reading.fault(
            "ends an export whose journal does not come to the head that its first line names"
        )
    change = Change(tx, clock=clock, analyse=text_facts, actor=facts.cube.owner)
    change.note(Verb.LOAD, None, detail={"head": facts.head, "lines": reading.line, "sha256": reading.sha256})
    change.write()


def _facts(reading: Reading) -> _Facts:
    """Read the header; raises InvalidInput that names what is wrong with it."""
    header = reading.header()
    try:
        told = lines.an_object(header["cube"])
        embedder = None
        if told["embedder"] is not None:
            named = lines.an_object(told["embedder"])
            embedder = EmbedderName(
                lines.a_text(named["name"]), lines.a_text(named["revision"]), lines.a_number(named["dims"])
            )
        cube = CubeFacts(
            cube_id=lines.a_text(told["id"]),
            owner=arguments.name(lines.a_text(told["owner"]), "owner"),
            time_zone=ZoneInfo(lines.a_text(told["time_zone"])).key,
            created_at=from_micros(lines.time_micros(told["created_at"])),
            analyser=ANALYSER,
            embedder=embedder,
        )
        return _Facts(cube, TextId(lines.a_number(told["last_text"])), lines.a_text(told["journal_head"]))
    except (TypeError, ValueError, OverflowError, OSError, ZoneInfoNotFoundError) as error:
        raise reading.fault(f"says of the cube what can't be: {error}") from error
    except KeyError as error:
        raise reading.fault(f"says nothing of {error} of the cube") from error


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise InvalidInput(f"{path} can't be read: {error.strerror}; nothing was written") from error
    with file:
        yield file
