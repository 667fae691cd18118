"""Works the queue of messages that wait for a language model.

A chunk of a conversation is leased in one short transaction, read while none is held, and written with the
closing of its jobs in another: whoever is killed in between loses no message and repeats no finished work.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from remanence.errors import CubeReadOnly, InvalidInput, Refused
from remanence.lifecycle.changes import Change
from remanence.model.ids import ItemId
from remanence.model.item import Json, Revision
from remanence.model.journal import Verb
from remanence.reader.llm.calls import Setback
from remanence.reader.llm.checking import Checked, checked
from remanence.reader.llm.exchange import Caller, Exchange
from remanence.reader.llm.reader import LLMReader
from remanence.storage.jobs_port import LLM
from remanence.storage.port import Transaction
from remanence.verbs.anew import derive_anew
from remanence.verbs.reading_chunks import Chunk, next_chunk
from remanence.verbs.setting import Setting
from remanence.verbs.vectors import embed_pending_or_say

if TYPE_CHECKING:
    from remanence.reader.llm.endpoint import Endpoint

LEASE_MARGIN_S = 30.0  # beyond twice the time of a call, for a wait between two tries and the writing
LEASE_BITS = 62
BACKOFF_FIRST_S = 30.0  # until a chunk that failed is tried again; twice as long after each further failure
BACKOFF_MAX_S = 6 * 3_600.0
CHANCE_BITS = 30
IDS_MAX = 200  # of a sort, in a journal line
NEVER = 1 << 31  # attempts that no message reaches
# Of the endpoint, not of a message: whoever waits for it is not parked, and nothing else is asked meanwhile.
_OUTAGES = frozenset({"unreachable", "busy"})
_STOPS = _OUTAGES | {"timed out", "broken off"}


@dataclass(frozen=True, slots=True)
class ReadReport:
    """What working the queue came to. `cost` is None where the reader was given no prices."""

    read: int  # messages
    cut: int  # of those, messages of which only the beginning was sent
    calls: int
    prompt_tokens: int
    completion_tokens: int
    cost: float | None
    derived: tuple[ItemId, ...]  # items made, or changed
    corroborated: tuple[ItemId, ...]  # known already; firmer where another speaker or conversation says so
    set_aside: tuple[ItemId, ...]  # derived by an older reader, and not found by this one
    dropped: Mapping[str, int]  # statements that failed a check, by cause
    failed: Mapping[str, int]  # messages that could not be read now, by what went wrong
    pending: int  # messages that wait still
    parked: int  # messages that were tried too often
    change_sets: tuple[int, ...]
    stopped: str | None  # what ended it before the queue did


@dataclass(slots=True)
class _Tally:
    read: int = 0
    cut: int = 0
    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    derived: list[ItemId] = field(default_factory=list)
    corroborated: list[ItemId] = field(default_factory=list)
    set_aside: list[ItemId] = field(default_factory=list)
    dropped: dict[str, int] = field(default_factory=dict)
    failed: dict[str, int] = field(default_factory=dict)
    change_sets: list[int] = field(default_factory=list)
    stopped: str | None = None


@dataclass(frozen=True, slots=True)
class _Result:
    """What reading a chunk wrote, by cause the messages whose statements were dropped."""

    derived: list[ItemId]
    corroborated: list[ItemId]
    set_aside: list[ItemId]
    dropped: dict[str, list[ItemId]]


def read_pending(setting: Setting, *, limit: int | None, seconds: float | None, actor: str) -> ReadReport:
    """Read what waits and is due, until nothing is, `limit` messages are read or `seconds` have passed."""
    reader = setting.llm
    if reader is None:
        raise Refused(
            "this cube was opened without an LLM reader; open it with reader=remanence.LLMReader(model=...)"
        )
    if setting.store.read_only:
        raise CubeReadOnly("the cube is open for reading only, and what a reader finds is to be written")
    if limit is not None and limit < 1:
        raise InvalidInput(f"limit {limit} must be at least 1, or left out")
    if seconds is not None and not seconds > 0:
        raise InvalidInput(f"seconds {seconds} must be above 0, or left out")
    run = _Run(setting, reader, actor)
    try:
        run.work(limit, None if seconds is None else time.monotonic() + seconds)
    finally:
        run.end()
    return run.report()


class _Run:
    """One working of the queue, with one endpoint in use."""

    def __init__(self, setting: Setting, reader: LLMReader, actor: str) -> None:
        self._setting = setting
        self._reader = reader
        self._actor = actor
        self._tally = _Tally()
        self._endpoint: Endpoint | None = None  # until there is something to read
        self._lease = 0
        self._called_at: float | None = None

    def work(self, limit: int | None, deadline: float | None) -> None:
        """Chunk after chunk; raises ReadingFailed, and then leaves the chunk in hand waiting as it did."""
        while self._tally.stopped is None:
            left = None if limit is None else limit - self._tally.read
            if (left is not None and left <= 0) or (deadline is not None and time.monotonic() > deadline):
                break
            self._lease = self._setting.clock.random_bits(LEASE_BITS)
            chunk = next_chunk(self._setting, self._reader, self._lease, self._lease_s, limit=left)
            if chunk is None:
                break
            done = False
            try:
                exchange = self._ask(chunk) if chunk.has_work else Exchange((), None, 0, 0, 0)
                self._settle(chunk, exchange)
                done = True
            finally:
                if not done:
                    with self._setting.store.write() as tx:
                        tx.release_jobs(self._lease)

    def end(self) -> None:
        """Let the endpoint go, and give what was derived its vectors."""
        if self._endpoint is not None:
            self._endpoint.close()
        if self._tally.derived:
            embed_pending_or_say(self._setting)

    def report(self) -> ReadReport:
        """What it came to."""
        tally = self._tally
        with self._setting.store.read() as snapshot:
            pending, parked = snapshot.job_counts()
        return ReadReport(
            read=tally.read,
            cut=tally.cut,
            calls=tally.calls,
            prompt_tokens=tally.prompt_tokens,
            completion_tokens=tally.completion_tokens,
            cost=self._reader.cost(tally.prompt_tokens, tally.completion_tokens),
            derived=tuple(dict.fromkeys(tally.derived)),
            corroborated=tuple(dict.fromkeys(tally.corroborated)),
            set_aside=tuple(dict.fromkeys(tally.set_aside)),
            dropped=tally.dropped,
            failed=tally.failed,
            pending=pending,
            parked=parked,
            change_sets=tuple(tally.change_sets),
            stopped=tally.stopped,
        )

    def _ask(self, chunk: Chunk) -> Exchange:
        from remanence.reader.llm.endpoint import Endpoint  # its client takes a second to load

        if self._endpoint is None:
            self._endpoint = Endpoint(self._reader)
        caller = Caller(
            self._endpoint, before=self._before_call, sleep=self._reader.sleep, chance=self._chance
        )
        return caller.read(chunk.lines)

    def _settle(self, chunk: Chunk, exchange: Exchange) -> None:
        tally = self._tally
        tally.calls += exchange.calls
        tally.prompt_tokens += exchange.prompt_tokens
        tally.completion_tokens += exchange.completion_tokens
        if exchange.setback is not None:
            self._put_back(chunk, exchange.setback)
            return
        found = checked(exchange.stated, chunk.lines, rule=self._reader.rule)
        with self._setting.store.write() as tx:
            rows = _still_as_sent(tx, chunk, self._lease)
            if rows:
                change = self._setting.change(tx, actor=self._actor, reason=None)
                result = _written(tx, change, chunk, rows, found)
                change.note(Verb.READ, None, detail=_detail(self._reader, rows, result, exchange))
                change.write()
                read = [(row.item_id, row.text_id) for row in rows.values()]
                tx.note_readings(read, family=LLM, identity=self._reader.identity, change_set=change.number)
                tx.close_jobs(self._lease, [row.item_id for row in rows.values()])
            tx.release_jobs(self._lease)
        if rows:
            tally.read += len(rows)
            tally.cut += sum(chunk.messages[number].cut for number in rows)
            tally.derived += result.derived
            tally.corroborated += result.corroborated
            tally.set_aside += result.set_aside
            tally.change_sets.append(change.number)
            for cause, items in result.dropped.items():
                tally.dropped[cause] = tally.dropped.get(cause, 0) + len(items)

    def _put_back(self, chunk: Chunk, setback: Setback) -> None:
        """Let the chunk wait, the longer the oftener it failed; what fails of itself is parked at last."""
        attempts = max(chunk.attempts.values(), default=0)
        doubled = min(BACKOFF_FIRST_S * 2 ** min(attempts, 20), BACKOFF_MAX_S) * (0.5 + self._chance())
        not_before = self._setting.clock.now() + timedelta(seconds=max(doubled, setback.wait_s))
        parks = NEVER if setback.trouble in _OUTAGES else self._reader.attempts_max
        with self._setting.store.write() as tx:
            tx.put_back(self._lease, not_before=not_before, error=setback.trouble, attempts_max=parks)
        failed = self._tally.failed
        failed[setback.trouble] = failed.get(setback.trouble, 0) + len(chunk.attempts)
        if setback.trouble in _STOPS:
            self._tally.stopped = setback.trouble

    @property
    def _lease_s(self) -> float:
        return 2 * self._reader.timeout_s + LEASE_MARGIN_S

    def _before_call(self) -> None:
        """Keep the pace that was asked for, and the lease for as long as the call may take."""
        wait_s = 0.0
        if self._reader.calls_per_minute is not None and self._called_at is not None:
            wait_s = max(0.0, self._called_at + 60.0 / self._reader.calls_per_minute - time.monotonic())
        until = self._setting.clock.now() + timedelta(seconds=wait_s + self._lease_s)
        with self._setting.store.write() as tx:
            tx.extend_lease(self._lease, until=until)
        if wait_s > 0:
            self._reader.sleep(wait_s)
        self._called_at = time.monotonic()

    def _chance(self) -> float:
        return self._setting.clock.random_bits(CHANCE_BITS) / (1 << CHANCE_BITS)


def _still_as_sent(tx: Transaction, chunk: Chunk, lease: int) -> dict[int, Revision]:
    """The messages, by their number in the chunk, that are ours still and say what the model has read."""
    rows: dict[int, Revision] = {}
    jobs = {job.number: job for job in tx.leased_jobs(lease)}
    stored = tx.revisions([job.revision for job in jobs.values()])
    for number, sent in chunk.messages.items():
        job = jobs.get(sent.job)
        row = None if job is None else stored.get(job.revision)
        if row is not None and row.text_id == sent.text_id:
            rows[number] = row
    return rows


def _written(
    tx: Transaction, change: Change, chunk: Chunk, rows: Mapping[int, Revision], found: Checked
) -> _Result:
    result = _Result([], [], [], {})
    for number, row in rows.items():
        if not chunk.messages[number].sent:
            continue
        anew = derive_anew(tx, change, row, found.found.get(number, ()), family=LLM)
        result.derived.extend(anew.derived)
        result.corroborated.extend(anew.corroborated)
        result.set_aside.extend(anew.set_aside)
        for cause in anew.dropped:
            result.dropped.setdefault(cause, []).append(row.item_id)
    for one in found.dropped:
        named = rows.get(one.number) if one.number is not None else None
        result.dropped.setdefault(one.cause, []).append(ItemId("") if named is None else named.item_id)
    return result


def _detail(
    reader: LLMReader, rows: Mapping[int, Revision], result: _Result, exchange: Exchange
) -> dict[str, Json]:
    """What the journal keeps of a reading: who read what, what was dropped and why; no word of the answer."""
    detail: dict[str, Json] = {
        "reader": reader.identity,
        "messages": _ids([row.item_id for row in rows.values()]),
        "calls": exchange.calls,
        "prompt_tokens": exchange.prompt_tokens,
        "completion_tokens": exchange.completion_tokens,
        "derived": len(result.derived),
    }
    if result.corroborated:
        detail["corroborated"] = _ids(result.corroborated)
    if result.dropped:
        detail["dropped"] = {cause: _ids(items) for cause, items in result.dropped.items()}
    return detail


def _ids(items: Sequence[ItemId]) -> list[Json]:
    return list[Json](dict.fromkeys(items))[:IDS_MAX]
