"""What a cube asks of its engine about readers: who has read which message, and which wait for one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

from remanence.model.ids import ItemId, RevisionId, TextId

Family = Literal["rules", "llm"]
RULES: Family = "rules"
LLM: Family = "llm"


class WaitingJob(NamedTuple):
    """A message that waits, with its live row, how often it was tried, and what went wrong the last time."""

    number: int
    item_id: ItemId
    revision: RevisionId
    attempts: int
    error: str | None


class ParkedJob(NamedTuple):
    """A message that was tried too often."""

    item_id: ItemId
    attempts: int
    error: str | None


class Unread(NamedTuple):
    """A message's live row, and which reader of the family has read it last: None for none."""

    revision: RevisionId
    last: str | None


class JobSnapshot(Protocol):
    """Reads."""

    def due_jobs(self, at: datetime, *, limit: int) -> list[WaitingJob]:
        """The first job that is due and nobody's, and those of its session from there on, by turn."""
        ...

    def leased_jobs(self, lease: int) -> list[WaitingJob]:
        """The jobs under this lease whose messages are still live, by turn."""
        ...

    def parked_jobs(self, *, limit: int) -> list[ParkedJob]:
        """The jobs that were tried too often, in the order in which they came."""
        ...

    def job_counts(self) -> tuple[int, int]:
        """How many live messages wait, and how many are parked."""
        ...

    def unread(self, family: Family, identity: str) -> list[Unread]:
        """Live rows of messages that another reader of the family read last, or none, in order.

        Without those that wait in the queue, where it is the queue's family.
        """
        ...


class JobTransaction(Protocol):
    """Writes."""

    def note_readings_of_change(self, change_set: int, *, family: Family, identity: str) -> None:
        """The reader has read every message that this change set brought."""
        ...

    def note_readings(
        self, read: Iterable[tuple[ItemId, TextId]], *, family: Family, identity: str, change_set: int
    ) -> None:
        """The reader has read these texts."""
        ...

    def withdraw_readings(self, change_set: int, *, by: int) -> None:
        """Leave out what an undone change set has read, and bring back what it had itself withdrawn."""
        ...

    def withdraw_readings_after(self, sequence: int, *, by: int) -> None:
        """Leave out what all change sets after this line of the journal have read."""
        ...

    def forget_readings(self, item_ids: Sequence[ItemId], *, family: Family) -> None:
        """These messages count as read by none of the family: what was found in them is gone."""
        ...

    def queue_change(self, change_set: int, *, at: datetime) -> None:
        """Let every message that this change set brought wait, anew if it waited already."""
        ...

    def queue_items(self, item_ids: Sequence[ItemId], *, at: datetime) -> None:
        """Let these messages wait; those that do are left as they are."""
        ...

    def lease_jobs(self, numbers: Sequence[int], *, lease: int, until: datetime) -> None:
        """Give jobs to whoever bears this lease."""
        ...

    def extend_lease(self, lease: int, *, until: datetime) -> bool:
        """Hold the jobs for longer; False where none is left under the lease."""
        ...

    def put_back(self, lease: int, *, not_before: datetime, error: str, attempts_max: int) -> None:
        """Let the jobs wait again, one attempt richer; parked from `attempts_max` on."""
        ...

    def release_jobs(self, lease: int) -> None:
        """Let the jobs go as they were."""
        ...

    def close_jobs(self, lease: int, item_ids: Sequence[ItemId]) -> None:
        """The jobs of these items under the lease are done."""
        ...

    def retry_parked(self, item_ids: Sequence[ItemId] | None) -> int:
        """Let parked jobs of these items, or all, wait again; returns how many."""
        ...
