"""Lets as many threads work on questions as the processor and the interpreter let get on.

Threads that rank side by side hand the interpreter over whenever one of them reads a row or adds up numbers,
some two hundred times a question, and each time a thread has to wake up; those that embed drive those that
rank from their cores. So one thread ranks at a time, while as many as there are cores embed or rank.

Both are courtesies with an end: who holds a turn may itself wait for what another one holds.
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
