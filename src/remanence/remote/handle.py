"""What is in the hand of somebody who works with a server: methods that are sent, blocking or awaited."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from functools import cache, wraps
from typing import ClassVar, Concatenate, ParamSpec, TypeVar, cast
from zoneinfo import ZoneInfo

from remanence.clock import SystemClock
from remanence.errors import CubeReadOnly, NotOffered
from remanence.model.item import Json
from remanence.remote.asking import Asked, asked_for, in_second_hour, in_zone
from remanence.remote.calls import NOT_OFFERED, Call
from remanence.remote.line import Line
from remanence.remote.wire import Steps

P = ParamSpec("P")
R = TypeVar("R")
InnerT = TypeVar("InnerT")
TOKEN_BITS = 128


class Remote(ABC):
    """Something whose methods are those of a local class, each sent to a server."""

    calls: ClassVar[Mapping[str, Call]]

    @property
    @abstractmethod
    def line(self) -> Line:
        """The connection."""

    @property
    def is_read_only(self) -> bool:
        """Whether what would change something is refused here."""
        return False

    @abstractmethod
    def zone(self) -> Steps[ZoneInfo]:
        """The zone of the cube, in which naive times are read."""

    def fixed(self, call: Call) -> dict[str, Json]:
        """What a call is about beside its arguments."""
        return {}

    def handed(self, name: str, value: object) -> object:
        """What the caller gets for the value of an answer."""
        return value

    def steps(self, method: Callable[..., object], asked: Asked) -> Steps[object]:
        """The way of one call: what is sent, what comes of the answer."""
        name = method.__name__
        if name in NOT_OFFERED:
            raise NotOffered(f"{name} is not done through a server: {NOT_OFFERED[name]}")
        call = self.calls[name]
        if call.changes and self.is_read_only:
            raise CubeReadOnly(f"{self.line.address.cube} was opened for reading only")
        asked = yield from self.zoned(asked)
        token = f"{SystemClock().random_bits(TOKEN_BITS):032x}"
        value = yield from asked_for(call, asked, fixed=self.fixed(call), token=token)
        return self.handed(name, value)

    def zoned(self, asked: Asked) -> Steps[Asked]:
        """The arguments, so that each naive time stays the one that it is in the cube's zone."""
        asked = {name: list(one) if isinstance(one, Iterator) else one for name, one in asked.items()}
        if not in_second_hour(asked):
            return asked
        return cast("Asked", in_zone(asked, (yield from self.zone())))

    async def awaited(
        self, method: Callable[..., object], args: tuple[object, ...], kwargs: Mapping[str, object]
    ) -> object:
        """What a method gives, awaited: the same steps as when it blocks."""
        return await self.line.arun(self.steps(method, _bound(method, self, args, kwargs)))


def sent(method: Callable[Concatenate[InnerT, P], R]) -> Callable[Concatenate[InnerT, P], R]:
    """The twin of a method that is sent to a server: same parameters, same result, same docstring."""

    @wraps(method)
    def call(self: InnerT, /, *args: P.args, **kwargs: P.kwargs) -> R:
        assert isinstance(self, Remote)
        steps = self.steps(method, _bound(method, self, args, kwargs))
        return cast("R", self.line.run(steps))

    return call


def _bound(
    method: Callable[..., object], self: object, args: tuple[object, ...], kwargs: Mapping[str, object]
) -> Asked:
    """The arguments that were given, by name; TypeError as a local call has it."""
    bound = _signature(method).bind(self, *args, **kwargs)
    return dict(list(bound.arguments.items())[1:])


@cache
def _signature(method: Callable[..., object]) -> inspect.Signature:
    return inspect.signature(method)
