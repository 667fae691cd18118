"""A lock that many threads hold together, or one alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class SharedLock:
    """Whoever wants it alone is served before those who come later. Not to be taken twice by a thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition(threading.Lock())
        self._together = 0  # threads that hold it with others
        self._alone = False  # whether one holds it alone
        self._wanted = 0  # threads that wait to hold it alone

    @contextmanager
    def together(self) -> Iterator[None]:
        """Held with others that do the same."""
        with self._changed:
            self._changed.wait_for(lambda: not self._alone and not self._wanted)
            self._together += 1
        try:
            yield
        finally:
            with self._changed:
                self._together -= 1
                if not self._together:
                    self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Held by nobody else."""
        with self._changed:
            self._wanted += 1
            try:
                self._changed.wait_for(lambda: not self._alone and not self._together)
                self._alone = True
            finally:
                self._wanted -= 1
                self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._alone = False
                self._changed.notify_all()
