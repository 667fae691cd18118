"""Opening for asyncio: awaited, or entered with `async with`; a cancelled wait leaves nothing open."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Generator
from functools import partial, wraps
from types import TracebackType
from typing import Generic, ParamSpec, Protocol, TypeVar

P = ParamSpec("P")


class _Closing(Protocol):
    """What is open until it is closed."""

    def close(self) -> None: ...


class _ClosingLater(Protocol):
    """The same for asyncio."""

    def close(self) -> Coroutine[None, None, None]: ...


ClosingT = TypeVar("ClosingT", bound=_Closing)
ClosingLaterT = TypeVar("ClosingLaterT", bound=_ClosingLater)


class Opening(Generic[ClosingT, ClosingLaterT]):
    """Something about to be opened: await it, or enter it with `async with`, which closes it too.

    Whoever is cancelled while waiting leaves nothing open behind.
    """

    def __init__(self, make: Callable[[], ClosingT], mirror: Callable[[ClosingT], ClosingLaterT]) -> None:
        self._make = make
        self._mirror = mirror
        self._opened: ClosingLaterT | None = None

    def __await__(self) -> Generator[object, None, ClosingLaterT]:
        return self._open().__await__()

    async def __aenter__(self) -> ClosingLaterT:
        self._opened = await self._open()
        return self._opened

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._opened is not None:
            await asyncio.shield(self._opened.close())

    async def _open(self) -> ClosingLaterT:
        handover = _Handover(self._make)
        try:
            return self._mirror(await asyncio.to_thread(handover.make))
        except asyncio.CancelledError:
            handover.refuse()
            raise


class _Handover(Generic[ClosingT]):
    """Brings what a thread opens to a caller who may no longer want it."""

    def __init__(self, make: Callable[[], ClosingT]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._refused = False
        self._made: ClosingT | None = None

    def make(self) -> ClosingT:
        """Open it; close it again if it was refused meanwhile."""
        made = self._make()
        with self._lock:
            self._made = made
            if self._refused:
                made.close()
        return made

    def refuse(self) -> None:
        """The caller is gone: close what was made, or is still to be made."""
        with self._lock:
            self._refused = True
            if self._made is not None:
                self._made.close()


def opening(
    make: Callable[P, ClosingT], mirror: Callable[[ClosingT], ClosingLaterT]
) -> Callable[P, Opening[ClosingT, ClosingLaterT]]:
    """The asynchronous twin of a function that opens something; `mirror` makes its asynchronous form."""

    @wraps(make)
    def call(*args: P.args, **kwargs: P.kwargs) -> Opening[ClosingT, ClosingLaterT]:
        return Opening(partial(make, *args, **kwargs), mirror)

    return call
