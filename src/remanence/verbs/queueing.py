"""The queue of messages that wait for a language model: what goes in, what is parked, what is unread.

Reading is in `reading_queue`, which is loaded when it is asked for.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from remanence.errors import CubeBusy, CubeDamaged, CubeFull, InvalidInput, ReadingFailed
from remanence.model.ids import ItemId, RevisionId
from remanence.storage.jobs_port import LLM, RULES
from remanence.storage.port import Snapshot, Transaction
from remanence.verbs import arguments
from remanence.verbs.setting import Setting

PARKED_MAX = 10_000  # that are listed
_log = logging.getLogger("remanence")


@dataclass(frozen=True, slots=True)
class Parked:
    """A message that no reader could read so often that it waits for a person: see `retry_parked`."""

    item_id: ItemId
    attempts: int
    error: str  # what went wrong the last time


def note_observed(setting: Setting, tx: Transaction, change_set: int, *, at: datetime) -> None:
    """Of the messages that a change set brought: the rules have read them, and a model is to."""
    if setting.derives:
        tx.note_readings_of_change(change_set, family=RULES, identity=rule_reader())
    if setting.llm is not None:
        tx.queue_change(change_set, at=at)


def let_read_again(setting: Setting, tx: Transaction, items: Sequence[ItemId], *, at: datetime) -> None:
    """After an erasure took what a model had found in these messages too: it is to read them anew."""
    tx.forget_readings(items, family=LLM)
    if setting.llm is not None:
        tx.queue_items(items, at=at)


def read_at_once(setting: Setting, *, actor: str) -> None:
    """Work the queue now, where the reader is set so; what can't be read now waits, and the log says so."""
    if setting.llm is None or not setting.llm.at_once:
        return
    from remanence.verbs.reading_queue import read_pending

    try:
        report = read_pending(setting, limit=None, seconds=None, actor=actor)
    except (ReadingFailed, CubeBusy, CubeFull, CubeDamaged) as error:
        _log.warning("messages wait for the language model: %s", error)
        return
    if report.stopped is not None:
        _log.warning("%d messages wait for the language model: it was %s", report.pending, report.stopped)


def parked(setting: Setting) -> tuple[Parked, ...]:
    """The messages that were tried too often, in the order in which they came."""
    with setting.store.read() as snapshot:
        jobs = snapshot.parked_jobs(limit=PARKED_MAX)
    return tuple(Parked(job.item_id, job.attempts, job.error or "") for job in jobs)


def retry_parked(setting: Setting, prefixes: Iterable[str] | None) -> int:
    """Let parked messages wait again: these, or all; returns how many."""
    if isinstance(prefixes, str):
        raise InvalidInput(f"items must be a list of ids; got the text {prefixes!r}")
    with setting.store.write() as tx:
        items = None if prefixes is None else [arguments.item_id(tx, prefix) for prefix in prefixes]
        return tx.retry_parked(items)


def unread(setting: Setting, snapshot: Snapshot) -> set[RevisionId]:
    """The rows of messages that a `reread` would bring up to the present readers."""
    found: set[RevisionId] = set()
    if setting.derives:
        found.update(one.revision for one in snapshot.unread(RULES, rule_reader()))
    if setting.llm is not None:
        found.update(one.revision for one in snapshot.unread(LLM, setting.llm.identity))
    return found


def rule_reader() -> str:
    """How the cube calls the rule reader of today."""
    from remanence.reader.rules.identity import rules_identity

    return rules_identity()
