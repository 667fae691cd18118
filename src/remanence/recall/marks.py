"""What the marks say of the items that bear some: few beside all rows, so apart from the columns."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import numpy as np

from remanence.recall.columns import Ints
from remanence.recall.shelf import Parts, Shelf
from remanence.storage.marks_port import LATEST_USES, AgeingFacts


class MarkTable:
    """Uses and expiries by item number, in rising order of it; times are microseconds, 0 for none."""

    def __init__(self) -> None:
        self._items: Ints = np.empty(0, np.int64)
        self._uses: Ints = np.empty(0, np.int64)
        self._latest: Ints = np.empty((0, LATEST_USES), np.int64)
        self._expires_at: Ints = np.empty(0, np.int64)

    def replace(self, items: Collection[int], facts: Iterable[AgeingFacts]) -> None:
        """Put these facts in the place of all that is held of these items."""
        new = list(facts)
        gone = np.isin(self._items, np.fromiter(items, np.int64, len(items)))
        if not new and not gone.any():
            return
        padded = [[*one.latest, *[0] * (LATEST_USES - len(one.latest))] for one in new]
        items_now = np.concatenate((self._items[~gone], np.array([one.item for one in new], np.int64)))
        order = np.argsort(items_now)
        self._items = items_now[order]
        uses = np.array([one.uses for one in new], np.int64)
        self._uses = np.concatenate((self._uses[~gone], uses))[order]
        latest = np.array(padded, np.int64).reshape(len(new), LATEST_USES)
        self._latest = np.concatenate((self._latest[~gone], latest))[order]
        expires_at = np.array([one.expires_at for one in new], np.int64)
        self._expires_at = np.concatenate((self._expires_at[~gone], expires_at))[order]

    def parts(self) -> Parts:
        """All that is held, by name."""
        return {
            "items": self._items,
            "uses": self._uses,
            "latest": self._latest,
            "expires_at": self._expires_at,
        }

    def restore(self, shelf: Shelf) -> None:
        """Hold what was saved."""
        count = shelf.count("items")
        self._items = shelf.whole("items", np.int64, count)
        self._uses = shelf.whole("uses", np.int64, count)
        self._latest = shelf.whole("latest", np.int64, count, LATEST_USES)
        self._expires_at = shelf.whole("expires_at", np.int64, count)

    def uses_of(self, items: Ints) -> tuple[Ints, Ints]:
        """int64 [n] and [n, LATEST_USES]: how often each item was used, and when lately, newest first."""
        if not len(self._items):
            return np.zeros(len(items), np.int64), np.zeros((len(items), LATEST_USES), np.int64)
        at = np.minimum(np.searchsorted(self._items, items), len(self._items) - 1)
        marked = self._items[at] == items
        return np.where(marked, self._uses[at], 0), np.where(marked[:, None], self._latest[at], 0)

    def expiry_of(self, items: Ints) -> Ints:
        """int64 [n]: until when each item is to be recalled, 0 for without end."""
        if not len(self._items):
            return np.zeros(len(items), np.int64)
        at = np.minimum(np.searchsorted(self._items, items), len(self._items) - 1)
        expires_at: Ints = np.where(self._items[at] == items, self._expires_at[at], 0)
        return expires_at

    def expired(self, now: int) -> Ints:
        """Item numbers of what was to be recalled until this time (microseconds) or an earlier one."""
        found: Ints = self._items[(self._expires_at != 0) & (self._expires_at <= now)]
        return found
