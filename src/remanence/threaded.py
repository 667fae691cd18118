"""Asynchronous twins: methods that run those of a synchronous object in worker threads, or await a server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from functools import wraps
from typing import Concatenate, Generic, ParamSpec, TypeVar, cast

from remanence.remote.handle import Remote

P = ParamSpec("P")
R = TypeVar("R")
InnerT = TypeVar("InnerT")


class Twin(Generic[InnerT]):
    """Holds the synchronous object that the methods of an asynchronous twin call."""

    def __init__(self, inner: InnerT) -> None:
        self._inner = inner


def in_a_thread(
    method: Callable[Concatenate[InnerT, P], R],
) -> Callable[Concatenate[Twin[InnerT], P], Coroutine[None, None, R]]:
    """The asynchronous twin of a method: same parameters, same result, same docstring."""

    @wraps(method)
    async def call(self: Twin[InnerT], /, *args: P.args, **kwargs: P.kwargs) -> R:
        return await given(method, self._inner, args, kwargs)

    return call


async def given(
    method: Callable[..., R], inner: object, args: tuple[object, ...], kwargs: Mapping[str, object]
) -> R:
    """What a method gives: awaited where a server answers, else from a thread."""
    if isinstance(inner, Remote):
        return cast("R", await inner.awaited(method, args, kwargs))
    return await asyncio.to_thread(method, inner, *args, **kwargs)
