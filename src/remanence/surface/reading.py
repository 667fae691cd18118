"""The façade's reading: messages that wait for a language model, and messages read by an older reader."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from remanence.surface.bound import Bound
from remanence.verbs import queueing
from remanence.verbs.queueing import Parked

if TYPE_CHECKING:
    from remanence.verbs.reading_queue import ReadReport
    from remanence.verbs.rereading import Reread, RereadPlan


class Reading(Bound):
    """What readers have read, and what they have not."""

    def read_pending(
        self, *, limit: int | None = None, seconds: float | None = None, actor: str | None = None
    ) -> ReadReport:
        """Let the language model read the messages that wait; each chunk of a conversation is one change.

        Until none is due, `limit` messages are read, or `seconds` have passed and the call in hand has
        ended. Safe to be killed, and to run in several processes. An endpoint that is away leaves the
        messages waiting: the report says so. Raises Refused without an LLM reader, ExtraMissing, and
        ReadingFailed for a key or a model that the endpoint does not take.
        """
        from remanence.verbs import reading_queue  # here and below: no part of a first recall

        return reading_queue.read_pending(
            self._setting, limit=limit, seconds=seconds, actor=actor or self.owner
        )

    def parked(self) -> tuple[Parked, ...]:
        """The messages that the language model could not read so often that they wait no longer."""
        return queueing.parked(self._setting)

    def retry_parked(self, items: Iterable[str] | None = None) -> int:
        """Let parked messages wait again, these or all; returns how many. Raises NotFound, AmbiguousId."""
        return queueing.retry_parked(self._setting, items)

    def plan_reread(self) -> RereadPlan:
        """What `reread` would touch; nothing is changed, and no model is asked."""
        from remanence.verbs import rereading

        return rereading.plan(self._setting)

    def reread(self, *, because: str | None = None, actor: str | None = None) -> Reread:
        """Let the present readers read what older ones have read, or none.

        By the rules at once, in one change that `undo` takes back; for a language model the messages are
        queued (see `read_pending`). What they find again stays, what they don't is retired, what is new is
        derived. What a person revised, retired or undid since stays as it is, and what was erased gone.
        """
        from remanence.verbs import rereading

        return rereading.reread(self._setting, because=because, actor=actor or self.owner)
