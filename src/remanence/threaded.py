"""Asynchronous twins: an object whose methods run those of a synchronous one in worker threads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Concatenate, Generic, ParamSpec, TypeVar

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
        return await asyncio.to_thread(method, self._inner, *args, **kwargs)

    return call
