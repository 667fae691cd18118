"""Keeps on record which contexts were handed out: row numbers, and no word of the question.

What is noted waits in memory, so that no recall waits for a disk. It is written with the next look at the
record, when the cube is closed, or when WAITING_MAX contexts wait; a process that dies loses those that wait.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from datetime import datetime

from remanence.errors import CubeBusy, CubeFull
from remanence.model.hit import Hit
from remanence.model.item import Item
from remanence.model.kind import Kind
from remanence.storage.contexts_port import HandedContext
from remanence.storage.port import Store

WAITING_MAX = 256
RELEVANT_HITS = 10  # what a recall answers with by default: a preference among them is relevant
RELEVANT_SHARE_MIN = 0.25  # of the best score: what has less came along because there was little else
_log = logging.getLogger("remanence")


class Handing:
    """The contexts of one open cube that wait to be written."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._waiting: list[HandedContext] = []

    def note(
        self, hits: Sequence[Hit], given: Sequence[Item], relevant: Sequence[Hit], *, at: datetime
    ) -> None:
        """Remember what was handed out, in order of rank, and which relevant preferences were not."""
        if self._store.read_only or not given:
            return
        inside = {item.revision.id for item in given}
        ranked = [hit.item.revision.id for hit in hits if hit.item.revision.id in inside]
        always = [item.revision.id for item in given if item.revision.id not in ranked]
        left_out = [hit.item.revision.id for hit in relevant if not _is_told(hit.item, given)]
        one = HandedContext(at, (*always, *ranked), tuple(left_out))
        with self._lock:
            self._waiting.append(one)
            full = len(self._waiting) >= WAITING_MAX
        if full:
            self.write()

    def write(self) -> None:
        """Write what waits. What can't be written now waits on, the oldest making room."""
        with self._lock:
            waiting, self._waiting = self._waiting, []
            if not waiting:
                return
            try:
                with self._store.write() as tx:
                    tx.add_contexts(waiting)
            except (CubeBusy, CubeFull) as error:
                self._waiting = waiting[-(WAITING_MAX - 1) :]
                _log.warning("which contexts were handed out can't be written now: %s", error)


def preferences_in(hits: Sequence[Hit]) -> list[Hit]:
    """The preferences among the first RELEVANT_HITS that answer the question nearly as well as the best."""
    enough = RELEVANT_SHARE_MIN * max((hit.score for hit in hits), default=0.0)
    first = hits[:RELEVANT_HITS]
    return [hit for hit in first if hit.item.kind is Kind.PREFERENCE and hit.score >= enough]


def _is_told(item: Item, given: Sequence[Item]) -> bool:
    """Whether the item is in the context, or the message that it was read from, or what was read from it."""
    return any(one.id == item.id or one.id in item.sources or item.id in one.sources for one in given)
