"""Import another store: its records in batches, each one change set; then vectors for what is new."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from zlib import crc32

from remanence.embedding.port import batch_texts_of
from remanence.embedding.progress import Progress
from remanence.errors import CubeBusy, CubeFull, EmbedderMismatch, EmbeddingError, InvalidInput
from remanence.model.ids import ItemId
from remanence.reader.exports.formats import Format, format_named, looks_like, refuse_other_format
from remanence.reader.exports.reading import Told
from remanence.reader.exports.records import About, Memory, Problem, Record, Talk, Tie, UnitName
from remanence.reader.exports.sources import Export, Source, open_export
from remanence.reader.messages import NAME_CHARS_MAX, Message
from remanence.storage.port import Snapshot
from remanence.verbs import arguments, observing
from remanence.verbs.import_memories import Memories
from remanence.verbs.import_report import Count, Imported
from remanence.verbs.import_units import Units
from remanence.verbs.seat import EmbedderSeat
from remanence.verbs.setting import Setting
from remanence.verbs.supporting import settle
from remanence.verbs.vectors import embed_pending

AUTO = "auto"  # the kind that an export looks like
BATCH_MESSAGES = 1_000  # messages and memories of one change set
BATCH_CHARS = 4 * 2**20  # of them; a single message may be longer
TIES_HELD_MAX = 1_000_000  # links wait for their units, to the end of the export
_log = logging.getLogger("remanence")


@dataclass(frozen=True, slots=True)
class Wanted:
    """How to import; see Cube.import_from."""

    because: str | None
    actor: str
    reads: bool
    embeds: bool
    dry_run: bool
    unpacked_max: int | None
    progress: Progress


@dataclass(slots=True)
class _Batch:
    """What is to be written next, as one change."""

    talks: list[Talk] = field(default_factory=list)
    memories: list[Memory] = field(default_factory=list)
    abouts: list[About] = field(default_factory=list)
    size: int = 0
    chars: int = 0

    def take(self, record: Talk | Memory | About) -> None:
        if isinstance(record, Talk):
            self.talks.append(record)
            self.size += len(record.messages)
            self.chars += sum(len(message.content) for message in record.messages)
        elif isinstance(record, Memory):
            self.memories.append(record)
            self.size += 1
            self.chars += len(record.text)
        else:
            self.abouts.append(record)
            self.size += 1

    def is_full(self, coming: Record) -> bool:
        """Whether it is to be written before the next; a group of memories is not torn apart."""
        if isinstance(coming, Memory) and self.memories and self.memories[-1].key == coming.key:
            return False
        return self.size >= BATCH_MESSAGES or self.chars >= BATCH_CHARS


def import_from(setting: Setting, kind: str, source: Source, wanted: Wanted) -> Imported:
    """Import an export; see Cube.import_from."""
    reason = arguments.reason(wanted.because)
    actor = arguments.name(wanted.actor, "actor")
    export = open_export(source, unpacked_max=wanted.unpacked_max)
    found = _format(kind, export)
    count = Count(found.name)
    told = Told(setting.zone, _bytes_told(wanted.progress, export), setting.derives and wanted.reads)
    quiet = replace(setting, seat=EmbedderSeat(None), derives=setting.derives and wanted.reads)
    writing = _Writing(quiet, count, reason, actor, dry_run=wanted.dry_run)
    for record in _records(found, export, told):
        writing.take(record)
    writing.end()
    _refuse_nothing(export, count)
    if wanted.dry_run:
        return count.told(dry_run=True)
    embedded, pending = _embed(setting, wanted)
    return count.told(embedded=embedded, pending=pending)


def _refuse_nothing(export: Export, count: Count) -> None:
    """Raise InvalidInput where an export gave nothing, but for records that are told one by one."""
    if count.records:
        return
    damage = next((one for one in count.problems if one.what == "damaged"), None)
    if damage is not None:
        raise InvalidInput(f"{damage.place}: {damage.why}; nothing was taken in")
    if not count.by_sort:
        raise InvalidInput(f"{export.name} holds nothing that {count.kind} has; nothing was taken in")


def _format(kind: str, export: Export) -> Format:
    if kind == AUTO:
        found = looks_like(export)
        if found is None:
            raise InvalidInput(f"{export.name} looks like no kind there is; say which it is")
        return found
    found = format_named(kind)
    refuse_other_format(export, found)
    return found


def _records(found: Format, export: Export, told: Told) -> Iterator[Record]:
    """The records of an export; where its file gives out, what came before, and a Problem."""
    try:
        yield from found.read(export, told)
    except InvalidInput as error:
        yield Problem(export.name, "damaged", str(error))


def _bytes_told(progress: Progress, export: Export) -> _Bytes:
    return _Bytes(progress, sum(part.size for part in export.parts))


@dataclass(slots=True)
class _Bytes:
    """Tells how many of an export's bytes are read."""

    progress: Progress
    total: int
    done: int = 0

    def __call__(self, count: int, name: str) -> None:
        self.done += count
        self.progress(min(self.done, self.total), self.total, "reading")


class _Writing:
    """Writes records as they come, a batch at a time."""

    def __init__(
        self, setting: Setting, count: Count, reason: str | None, actor: str, *, dry_run: bool
    ) -> None:
        self._setting, self._count, self._reason, self._actor = setting, count, reason, actor
        self._dry_run = dry_run
        self._batch = _Batch()
        self._ties: list[Tie] = []
        self._conversation = ""
        self._said: dict[tuple[str | None, str], int] = {}  # what stands under which id of this conversation

    def take(self, record: Record) -> None:
        """Take the next record."""
        if isinstance(record, Problem):
            self._count.note([record])
            return
        self._count.records += 1
        if isinstance(record, Tie):
            self._ties.append(record)
            if len(self._ties) > TIES_HELD_MAX:
                self._write_ties()
            return
        self._tell(record)
        pieces = _cut(record) if isinstance(record, Talk) else [record]
        for piece in pieces:
            if self._batch.is_full(piece):
                self._flush()
            self._batch.take(piece)

    def end(self) -> None:
        """Write what is left."""
        self._flush()
        self._write_ties()

    def _tell(self, record: Talk | Memory | About) -> None:
        if isinstance(record, Talk):
            self._count.messages += len(record.messages)
            self._count.empty += record.empty
            self._count.sessions.update(hash(message.session) for message in record.messages[:1])
        elif isinstance(record, Memory):
            self._count.memories += 1

    def _flush(self) -> None:
        batch, self._batch = self._batch, _Batch()
        if not batch.size or self._dry_run:
            return
        setting, count = self._setting, self._count
        tally = observing.Tally()
        with setting.store.write() as tx:
            change = setting.change(tx, actor=self._actor, reason=self._reason)
            for session, messages in self._unsaid(tx, batch).items():
                observing.observe_session(setting, tx, change, session, messages, tally)
            memories = Memories(setting, tx, change, count.kind)
            sessions = {talk.about.unit.name for talk in batch.talks if talk.about is not None}
            units = Units(setting, tx, change, count.kind, sessions=sessions)
            members: dict[UnitName, list[ItemId]] = defaultdict(list)
            for memory, item_id in memories.write(batch.memories):
                for unit in memory.units:
                    members[unit].append(item_id)
            abouts = [*batch.abouts, *(talk.about for talk in batch.talks if talk.about is not None)]
            units.describe(abouts, members)
            wrote = bool(tally.added or tally.changed or memories.added or memories.changed or units.changed)
            if wrote:
                settle(tx, change, [*tally.derived, *memories.added, *memories.changed])
                count.change_sets.append(change.write())
        count.added += len(tally.added) + len(memories.added)
        count.changed += len(tally.changed) + len(memories.changed)
        count.derived += len(set(tally.derived))
        count.known += tally.known + memories.known
        count.units += units.changed
        count.note(memories.problems)
        count.note(units.problems)

    def _unsaid(self, tx: Snapshot, batch: _Batch) -> dict[str, list[Message]]:
        """The messages by session, without those that another thread of their conversation holds."""
        ids = [message.message_id for talk in batch.talks for message in talk.messages if message.message_id]
        said: dict[str, set[str]] = defaultdict(set)
        for message_id, session in tx.sessions_of_messages(ids):
            said[message_id].add(session)
        found: dict[str, list[Message]] = {}
        for talk in batch.talks:
            for message in map(partial(self._told_apart, talk), talk.messages):
                session = message.session or talk.conversation
                there = said.get(message.message_id or "", set()) - {session}
                if any(_is_thread(one, talk.conversation) for one in there):
                    self._count.known += 1
                    continue
                author = message.author or observing.speaker_of(self._setting, message.role)
                found.setdefault(session, []).append(replace(message, author=author))
        return found

    def _told_apart(self, talk: Talk, message: Message) -> Message:
        """The message, under an id of its own where the conversation has another one under its id."""
        if message.message_id is None:
            return message
        if talk.conversation != self._conversation:
            self._conversation = talk.conversation
            self._said.clear()
        words = (message.role, message.author, message.content)
        if self._said.setdefault((message.session, message.message_id), hash(words)) == hash(words):
            return message
        digest = crc32("\0".join(map(str, words)).encode("utf-8", "surrogatepass"))
        other = f"{message.message_id[: NAME_CHARS_MAX - 9]}~{digest:08x}"
        why = f"another message has its id and other words; it is kept under {other!r}"
        self._count.note([Problem(f"{talk.place}, message {message.message_id}", "repeated", why)])
        return replace(message, message_id=other)

    def _write_ties(self) -> None:
        ties, self._ties = self._ties, []
        if not ties or self._dry_run:
            self._count.links += len(ties) if self._dry_run else 0
            return
        setting = self._setting
        with setting.store.write() as tx:
            change = setting.change(tx, actor=self._actor, reason=self._reason)
            units = Units(setting, tx, change, self._count.kind)
            units.tie(ties)
            if units.changed:
                self._count.change_sets.append(change.write())
        self._count.links += units.linked
        self._count.note(units.problems)


def _is_thread(session: str, conversation: str) -> bool:
    return session == conversation or session.startswith(f"{conversation}/branch-")


def _cut(talk: Talk) -> Iterator[Talk]:
    """A conversation in pieces that fit a batch."""
    for start in range(0, max(len(talk.messages), 1), BATCH_MESSAGES):
        piece = talk.messages[start : start + BATCH_MESSAGES]
        yield replace(talk, messages=piece, about=None if start else talk.about)


def _embed(setting: Setting, wanted: Wanted) -> tuple[int, int]:
    """Give the texts that wait their vectors, and tell of it; returns how many have them, and how many wait.

    What was imported is safe before this begins, and is found by its words until it ends.
    """
    with setting.store.read() as snapshot:
        waiting = snapshot.counts().get("texts without vector", 0)
    if setting.embedder is None or not wanted.embeds:
        return 0, waiting
    done = 0
    try:
        while step := embed_pending(setting, limit=batch_texts_of(setting.embedder)):
            done += step
            wanted.progress(min(done, waiting), waiting, "embedding")
    except (EmbeddingError, EmbedderMismatch, CubeBusy, CubeFull) as error:
        _log.warning(
            "texts wait for their vectors and are found by their words alone: %s", type(error).__name__
        )
    return done, max(waiting - done, 0)
