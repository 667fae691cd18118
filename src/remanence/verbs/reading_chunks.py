"""Takes the next chunk of a conversation out of the queue: what one call reads, and what stands before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from remanence.model.ids import ItemId, RevisionId, TextId
from remanence.model.item import Revision
from remanence.model.state import RECALLED
from remanence.reader.llm.reader import LLMReader
from remanence.reader.llm.transcript import Line, tokens_of, within
from remanence.storage.jobs_port import WaitingJob
from remanence.storage.port import Snapshot, Transaction
from remanence.verbs.setting import Setting

MESSAGES_MAX = 40  # that one call reads
CONTEXT_TURNS = 6  # before the first message, and between two, that are shown to be understood
# What a message brought on itself, perhaps: it is read alone the next time, so that no other suffers for it.
_ALONE = frozenset({"unreadable", "refused", "timed out", "broken off"})


@dataclass(frozen=True, slots=True)
class Message:
    """A message of a chunk: its job, and the text that was taken; `sent` unless there is nothing to send.

    Of one that is `cut`, only the beginning was sent.
    """

    job: int
    text_id: TextId
    sent: bool
    cut: bool


@dataclass(frozen=True, slots=True)
class Chunk:
    """Messages that one call reads, by their numbers in it, with the lines that the model is shown."""

    messages: Mapping[int, Message]
    lines: tuple[Line, ...]
    attempts: Mapping[ItemId, int]

    @property
    def has_work(self) -> bool:
        """Whether any of it is to be sent at all."""
        return any(message.sent for message in self.messages.values())


def next_chunk(
    setting: Setting, reader: LLMReader, lease: int, lease_s: float, *, limit: int | None
) -> Chunk | None:
    """Lease the jobs of the next chunk that is due; None where nothing is."""
    now = setting.clock.now()
    count = MESSAGES_MAX if limit is None else min(MESSAGES_MAX, limit)
    with setting.store.read() as snapshot:
        if not snapshot.due_jobs(now, limit=1):
            return None
    with setting.store.write() as tx:
        jobs = tx.due_jobs(now, limit=count)
        if not jobs:
            return None  # another worker was quicker
        rows = tx.revisions([job.revision for job in jobs])
        taken = _that_fit(jobs, rows, reader)
        tx.lease_jobs([job.number for job in taken], lease=lease, until=now + timedelta(seconds=lease_s))
        return _chunk(tx, taken, rows, reader)


def _that_fit(
    jobs: Sequence[WaitingJob], rows: Mapping[RevisionId, Revision], reader: LLMReader
) -> list[WaitingJob]:
    """The first job, and those after it that one call can read with it."""
    taken = [jobs[0]]
    if jobs[0].error in _ALONE:
        return taken
    tokens = _tokens(rows[jobs[0].revision], reader)
    for job in jobs[1:]:
        tokens += _tokens(rows[job.revision], reader)
        before = rows[taken[-1].revision].provenance.turn or 0
        gap = (rows[job.revision].provenance.turn or 0) - before
        if tokens > reader.chunk_tokens_max or gap > CONTEXT_TURNS or job.error in _ALONE:
            break
        taken.append(job)
    return taken


def _tokens(row: Revision, reader: LLMReader) -> int:
    return min(tokens_of(row.content.text), reader.message_tokens_max)


def _chunk(
    tx: Transaction, jobs: Sequence[WaitingJob], rows: Mapping[RevisionId, Revision], reader: LLMReader
) -> Chunk:
    by_item = {job.item_id: job for job in jobs}
    blocked = {item_id for item_id, _ in tx.blocked(list(by_item))}
    messages: dict[int, Message] = {}
    lines: list[Line] = []
    for number, row in enumerate(_shown(tx, [rows[job.revision] for job in jobs]), start=1):
        job = by_item.get(row.item_id)
        sends = job is not None and row.item_id not in blocked and any(map(str.isalnum, row.content.text))
        text = within(row.content.text, reader.message_tokens_max)
        if job is not None:
            messages[number] = Message(job.number, row.text_id, sends, sends and text != row.content.text)
        if job is None or sends:
            said = row.provenance
            lines.append(Line(number, said.author, said.role, said.said_at, text, sends))
    return Chunk(messages, tuple(lines), {job.item_id: job.attempts for job in jobs})


def _shown(snapshot: Snapshot, rows: Sequence[Revision]) -> list[Revision]:
    """The rows to read, with the turns before and between them, in order."""
    first, last = rows[0].provenance, rows[-1].provenance
    if first.session is None or first.turn is None or last.turn is None:
        return list(rows)
    wanted = {row.item_id: row for row in rows}
    beside = {
        row.item_id: row
        for row in snapshot.turns_between(first.session, first.turn - CONTEXT_TURNS, last.turn)
        if row.state in RECALLED and row.item_id not in wanted
    }
    both = [*wanted.values(), *beside.values()]
    return sorted(both, key=lambda row: row.provenance.turn or 0)
