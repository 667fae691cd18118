"""Lets as many threads work on questions as the processor and the interpreter let get on.

Threads that rank hand the interpreter to each other some two hundred times a question, and have to wake up
each time; those that embed drive those that rank from their cores. So one ranks at a time, and as many as
there are cores are at work. Who waits for long goes on all the same: who holds a turn may wait for another.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from remanence.embedding.cores import cores

PATIENCE_SECONDS = 0.25


class _Turns:
    """Of one process."""

    def __init__(self) -> None:
        self.ranking = threading.RLock()
        self.cores = threading.Semaphore(cores())
        self.counting = threading.Lock()
        self.asking = 0


@contextmanager
def turn() -> Iterator[None]:
    """The interpreter's: held by one thread, or after a while by more; a thread may take it twice."""
    lock = _turns_of(os.getpid()).ranking
    taken = lock.acquire(timeout=PATIENCE_SECONDS)
    try:
        yield
    finally:
        if taken:
            lock.release()


@contextmanager
def core() -> Iterator[None]:
    """The processor's: held by as many threads as it has cores, or after a while by more."""
    turns = _turns_of(os.getpid())
    with turns.counting:
        turns.asking += 1
    taken = turns.cores.acquire(timeout=PATIENCE_SECONDS)
    try:
        yield
    finally:
        if taken:
            turns.cores.release()
        with turns.counting:
            turns.asking -= 1


def are_others_asking() -> bool:
    """Whether a thread besides one holds a core, or waits for one."""
    return _turns_of(os.getpid()).asking > 1


@cache
def _turns_of(_process: int) -> _Turns:
    """A process that was forked does not wait for its parent's threads."""
    return _Turns()
