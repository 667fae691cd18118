"""The same surface for asyncio: every method of a cube, run in a worker thread, or awaited from a server.

No logic lives here. A call that is cancelled before a thread has taken it is not made; one that has begun
goes on to its end in its thread, and what it wrote stays written, all of it or nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import wraps
from operator import attrgetter
from types import TracebackType
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Self, TypeVar

from remanence import cube as sync
from remanence.aio_opening import Opening, opening
from remanence.memory import Memory
from remanence.memory import mount as sync_mount
from remanence.remote.opening import open as sync_open
from remanence.surface.proposal import Proposal
from remanence.surface.unit import Unit
from remanence.threaded import Twin, given, in_a_thread
from remanence.vault.loading import load as sync_load

if TYPE_CHECKING:
    from remanence.verbs.arguments import When

__all__ = [
    "AsyncCube",
    "AsyncMemory",
    "AsyncProposal",
    "AsyncUnit",
    "AsyncView",
    "Opening",
    "load",
    "mount",
    "open",
]

P = ParamSpec("P")
R = TypeVar("R")
InnerT = TypeVar("InnerT")


def _giving_a_unit(
    method: Callable[Concatenate[InnerT, P], Unit],
) -> Callable[Concatenate[Twin[InnerT], P], Coroutine[None, None, AsyncUnit]]:
    """The asynchronous twin of a method that gives a unit; a unit among its arguments may be a mirror."""
    plain = _taking_units(method)

    @wraps(method)
    async def call(self: Twin[InnerT], /, *args: P.args, **kwargs: P.kwargs) -> AsyncUnit:
        return AsyncUnit(await plain(self, *args, **kwargs))

    return call


def _giving_units(
    method: Callable[Concatenate[InnerT, P], Sequence[Unit]],
) -> Callable[Concatenate[Twin[InnerT], P], Coroutine[None, None, tuple[AsyncUnit, ...]]]:
    """The asynchronous twin of a method that gives units."""

    @wraps(method)
    async def call(self: Twin[InnerT], /, *args: P.args, **kwargs: P.kwargs) -> tuple[AsyncUnit, ...]:
        return tuple(map(AsyncUnit, await given(method, self._inner, args, kwargs)))

    return call


def _giving_proposals(
    method: Callable[Concatenate[InnerT, P], Sequence[Proposal]],
) -> Callable[Concatenate[Twin[InnerT], P], Coroutine[None, None, tuple[AsyncProposal, ...]]]:
    """The asynchronous twin of a method that gives proposals."""

    @wraps(method)
    async def call(self: Twin[InnerT], /, *args: P.args, **kwargs: P.kwargs) -> tuple[AsyncProposal, ...]:
        return tuple(map(AsyncProposal, await given(method, self._inner, args, kwargs)))

    return call


def _taking_units(
    method: Callable[Concatenate[InnerT, P], R],
) -> Callable[Concatenate[Twin[InnerT], P], Coroutine[None, None, R]]:
    """The asynchronous twin of a method among whose arguments may be mirrors of units."""

    @wraps(method)
    async def call(self: Twin[InnerT], /, *args: P.args, **kwargs: P.kwargs) -> R:
        named = {name: _unwrapped(value) for name, value in kwargs.items()}
        return await given(method, self._inner, tuple(map(_unwrapped, args)), named)

    return call


def _unwrapped(value: object) -> object:
    if isinstance(value, AsyncUnit):
        return value._inner
    if isinstance(value, Mapping):
        return {_unwrapped(name): one for name, one in value.items()}
    return [_unwrapped(one) for one in value] if isinstance(value, list | tuple) else value


class AsyncCube(Twin[sync.Cube]):
    """One owner's memory, open, for asyncio; see remanence.Cube for what each method does.

    Several calls may run at once. Close it, or use it in an `async with` block.

    >>> async def main() -> str:
    ...     async with open(tmp / "alice.cube", owner="Alice", embedder="hashing") as cube:
    ...         _ = await cube.remember("Alice is allergic to peanuts")
    ...         return (await cube.recall("peanuts"))[0].item.content
    >>> asyncio.run(main())
    'Alice is allergic to peanuts'
    """

    @property
    def owner(self) -> str:
        """Whose memory it is."""
        return self._inner.owner

    @property
    def time_zone(self) -> str:
        """The zone in which naive times are read."""
        return self._inner.time_zone

    observe = in_a_thread(sync.Cube.observe)
    import_from = in_a_thread(sync.Cube.import_from)
    remember = in_a_thread(sync.Cube.remember)
    recall = _taking_units(sync.Cube.recall)
    context = _taking_units(sync.Cube.context)
    revise = in_a_thread(sync.Cube.revise)
    annotate = in_a_thread(sync.Cube.annotate)
    forget = in_a_thread(sync.Cube.forget)
    plan_erasure = in_a_thread(sync.Cube.plan_erasure)
    freeze = in_a_thread(sync.Cube.freeze)
    thaw = in_a_thread(sync.Cube.thaw)
    undo = in_a_thread(sync.Cube.undo)
    restore = in_a_thread(sync.Cube.restore)
    show = in_a_thread(sync.Cube.show)
    recognise = in_a_thread(sync.Cube.recognise)
    history = in_a_thread(sync.Cube.history)
    timeline = in_a_thread(sync.Cube.timeline)
    changes = in_a_thread(sync.Cube.changes)
    journal = in_a_thread(sync.Cube.journal)
    erased = in_a_thread(sync.Cube.erased)
    stats = in_a_thread(sync.Cube.stats)
    check = in_a_thread(sync.Cube.check)
    verify = in_a_thread(sync.Cube.verify)
    used = in_a_thread(sync.Cube.used)
    expire = in_a_thread(sync.Cube.expire)
    marks = in_a_thread(sync.Cube.marks)
    plan_lifecycle = in_a_thread(sync.Cube.plan_lifecycle)
    apply_lifecycle = in_a_thread(sync.Cube.apply_lifecycle)
    consolidate = in_a_thread(sync.Cube.consolidate)
    explain = _taking_units(sync.Cube.explain)
    why_not = _taking_units(sync.Cube.why_not)
    items = in_a_thread(sync.Cube.items)
    act = in_a_thread(sync.Cube.act)
    decide = in_a_thread(sync.Cube.decide)
    goal = in_a_thread(sync.Cube.goal)
    outcome = in_a_thread(sync.Cube.outcome)
    progress = in_a_thread(sync.Cube.progress)
    precedents = in_a_thread(sync.Cube.precedents)
    lessons = in_a_thread(sync.Cube.lessons)
    story = in_a_thread(sync.Cube.story)
    reflect = in_a_thread(sync.Cube.reflect)
    portrait = in_a_thread(sync.Cube.portrait)
    accept_persona = _giving_a_unit(sync.Cube.accept_persona)
    merged = in_a_thread(sync.Cube.merged)
    survivor = in_a_thread(sync.Cube.survivor)
    embed_pending = in_a_thread(sync.Cube.embed_pending)
    reembed = in_a_thread(sync.Cube.reembed)
    snapshot = in_a_thread(sync.Cube.snapshot)
    why = in_a_thread(sync.Cube.why)
    impact = in_a_thread(sync.Cube.impact)
    conflicts = in_a_thread(sync.Cube.conflicts)
    resolve = in_a_thread(sync.Cube.resolve)
    reliabilities = in_a_thread(sync.Cube.reliabilities)
    close = in_a_thread(sync.Cube.close)
    promise = in_a_thread(sync.Cube.promise)
    promises = in_a_thread(sync.Cube.promises)
    assess_promise = in_a_thread(sync.Cube.assess_promise)
    withdraw_promise = in_a_thread(sync.Cube.withdraw_promise)
    declare_promises = in_a_thread(sync.Cube.declare_promises)
    check_promises = in_a_thread(sync.Cube.check_promises)
    sign_promise = in_a_thread(sync.Cube.sign_promise)
    accept_promise = in_a_thread(sync.Cube.accept_promise)
    unit = _giving_a_unit(sync.Cube.unit)
    find_unit = _giving_a_unit(sync.Cube.find_unit)
    units = _giving_units(sync.Cube.units)
    link = _taking_units(sync.Cube.link)
    unlink = _taking_units(sync.Cube.unlink)
    links = _taking_units(sync.Cube.links)
    entities = in_a_thread(sync.Cube.entities)
    entity = in_a_thread(sync.Cube.entity)
    find_entities = in_a_thread(sync.Cube.find_entities)
    merge_entities = in_a_thread(sync.Cube.merge_entities)
    split_entity = in_a_thread(sync.Cube.split_entity)
    annotate_entity = in_a_thread(sync.Cube.annotate_entity)
    summarise = in_a_thread(sync.Cube.summarise)
    ingest = in_a_thread(sync.Cube.ingest)
    documents = in_a_thread(sync.Cube.documents)
    forget_document = in_a_thread(sync.Cube.forget_document)
    rollup = in_a_thread(sync.Cube.rollup)
    read_pending = in_a_thread(sync.Cube.read_pending)
    parked = in_a_thread(sync.Cube.parked)
    retry_parked = in_a_thread(sync.Cube.retry_parked)
    plan_reread = in_a_thread(sync.Cube.plan_reread)
    reread = in_a_thread(sync.Cube.reread)
    propose_units = _giving_proposals(sync.Cube.propose_units)
    export = in_a_thread(sync.Cube.export)

    def at(self, known_at: When, *, as_of: When | None = None) -> AsyncView:
        """The whole memory as this cube knew it then, to be read only. Waits for nothing."""
        return AsyncView(self._inner.at(known_at, as_of=as_of))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.shield(self.close())


class AsyncView(Twin[sync.View]):
    """A cube as it was at one time; see remanence.View."""

    recall = in_a_thread(sync.View.recall)
    context = in_a_thread(sync.View.context)
    show = in_a_thread(sync.View.show)
    history = in_a_thread(sync.View.history)
    timeline = in_a_thread(sync.View.timeline)
    journal = in_a_thread(sync.View.journal)
    erased = in_a_thread(sync.View.erased)
    stats = in_a_thread(sync.View.stats)


class AsyncUnit(Twin[Unit]):
    """A unit in the hand; see remanence.Unit. What it is needs no waiting, what it holds does."""

    id = property(attrgetter("_inner.id"))
    kind = property(attrgetter("_inner.kind"))
    name = property(attrgetter("_inner.name"))
    description = property(attrgetter("_inner.description"))
    annotations = property(attrgetter("_inner.annotations"))
    rule = property(attrgetter("_inner.rule"))
    version = property(attrgetter("_inner.version"))
    tags = property(attrgetter("_inner.tags"))
    is_retired = property(attrgetter("_inner.is_retired"))

    members = in_a_thread(Unit.members)
    items = in_a_thread(Unit.items)
    links = in_a_thread(Unit.links)
    summary = in_a_thread(Unit.summary)
    versions = in_a_thread(Unit.versions)
    diff = in_a_thread(Unit.diff)
    at = _giving_a_unit(Unit.at)
    add = _giving_a_unit(Unit.add)
    remove = _giving_a_unit(Unit.remove)
    annotate = _giving_a_unit(Unit.annotate)
    rename = _giving_a_unit(Unit.rename)
    link = _giving_a_unit(Unit.link)
    unlink = _giving_a_unit(Unit.unlink)
    tag = _giving_a_unit(Unit.tag)
    restore = in_a_thread(Unit.restore)
    fork = _giving_a_unit(Unit.fork)
    merge = _giving_a_unit(Unit.merge)
    retire = _giving_a_unit(Unit.retire)
    erase = in_a_thread(Unit.erase)


class AsyncProposal(Twin[Proposal]):
    """A unit that could be; see remanence.Proposal."""

    name = property(attrgetter("_inner.name"))
    terms = property(attrgetter("_inner.terms"))
    members = property(attrgetter("_inner.members"))
    cohesion = property(attrgetter("_inner.cohesion"))

    accept = _giving_a_unit(Proposal.accept)
    refuse = in_a_thread(Proposal.refuse)


class AsyncMemory(Twin[Memory]):
    """Several cubes, open, as one memory, for asyncio; see remanence.Memory for what each method does."""

    asker = property(attrgetter("_inner.asker"))
    time_zone = property(attrgetter("_inner.time_zone"))
    mounts = property(attrgetter("_inner.mounts"))

    observe = in_a_thread(Memory.observe)
    remember = in_a_thread(Memory.remember)
    recall = in_a_thread(Memory.recall)
    context = in_a_thread(Memory.context)
    revise = in_a_thread(Memory.revise)
    annotate = in_a_thread(Memory.annotate)
    forget = in_a_thread(Memory.forget)
    plan_erasure = in_a_thread(Memory.plan_erasure)
    freeze = in_a_thread(Memory.freeze)
    thaw = in_a_thread(Memory.thaw)
    expire = in_a_thread(Memory.expire)
    resolve = in_a_thread(Memory.resolve)
    used = in_a_thread(Memory.used)
    act = in_a_thread(Memory.act)
    decide = in_a_thread(Memory.decide)
    goal = in_a_thread(Memory.goal)
    outcome = in_a_thread(Memory.outcome)
    progress = in_a_thread(Memory.progress)
    precedents = in_a_thread(Memory.precedents)
    story = in_a_thread(Memory.story)
    promise = in_a_thread(Memory.promise)
    promises = in_a_thread(Memory.promises)
    assess_promise = in_a_thread(Memory.assess_promise)
    show = in_a_thread(Memory.show)
    history = in_a_thread(Memory.history)
    why = in_a_thread(Memory.why)
    impact = in_a_thread(Memory.impact)
    marks = in_a_thread(Memory.marks)
    conflicts = in_a_thread(Memory.conflicts)
    timeline = in_a_thread(Memory.timeline)
    changes = in_a_thread(Memory.changes)
    stats = in_a_thread(Memory.stats)
    close = in_a_thread(Memory.close)

    def cube(self, mount: str) -> AsyncCube:
        """The cube of one mount; the memory closes it. Waits for nothing."""
        return AsyncCube(self._inner.cube(mount))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.shield(self.close())


def _beside(call: Callable[P, R]) -> Callable[P, Coroutine[None, None, R]]:
    """The asynchronous twin of a function that is about no open cube."""

    @wraps(call)
    async def run(*args: P.args, **kwargs: P.kwargs) -> R:
        return await asyncio.to_thread(call, *args, **kwargs)

    return run


load = _beside(sync_load)
open = opening(sync_open, AsyncCube)  # the mirror of remanence.open bears its name
mount = opening(sync_mount, AsyncMemory)
