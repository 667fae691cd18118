"""The memory beside the calls: recalls before one, within a time, and observes after it, one by one.

Nothing here ever stops a call: what fails is said in a few words, for a header.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from remanence.cube import Cube
from remanence.errors import InvalidInput, RemanenceError
from remanence.faces.memory_block import memory_block
from remanence.faces.proxy.cubes import Cubes
from remanence.faces.proxy.dialects import Message, cue_of
from remanence.faces.proxy.wishes import Wish

ACTOR = "proxy"
CUE_CHARS_MAX = 2_000  # of a longer message its two ends: a question stands before or behind what it is about
PENDING_MAX = 1_000  # conversations that wait to be observed; more than that are not taken
FAULTS_MAX = 10_000  # users whose last fault is kept until their next call
RECALLING_THREADS, OBSERVING_THREADS = 8, 4
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recalled:
    """What a recall brought: a block to put in, and the ids in it; or what failed."""

    block: str | None = None
    ids: tuple[str, ...] = ()
    fault: str | None = None


class Memory:
    """The memory of all users, for one event loop."""

    def __init__(self, cubes: Cubes, *, timeout_s: float, names_speakers: bool) -> None:
        """`names_speakers` says that several users share a cube, so that each is named in it."""
        self._cubes = cubes
        self._timeout_s = timeout_s
        self._names_speakers = names_speakers
        self._recalling = ThreadPoolExecutor(RECALLING_THREADS, "remanence-recall")
        self._observing = ThreadPoolExecutor(OBSERVING_THREADS, "remanence-observe")
        self._pending: set[asyncio.Task[None]] = set()
        self._last: dict[str, asyncio.Task[None]] = {}
        self._faults: dict[str, str] = {}

    async def recall(self, user: str, session: str, messages: Sequence[Message], wish: Wish) -> Recalled:
        """What the memory says to the user's last message, beside the messages themselves."""
        work = partial(self._recall, user, session, messages, wish)
        future = asyncio.get_running_loop().run_in_executor(self._recalling, work)
        done, _ = await asyncio.wait({future}, timeout=self._timeout_s)
        if not done:
            future.add_done_callback(_forget)
            return Recalled(fault=f"recall: Timeout: it took longer than {self._timeout_s:g} seconds")
        error = future.exception()
        return future.result() if error is None else Recalled(fault=_told("recall", error))

    def observe_later(
        self, user: str, session: str, messages: Sequence[Message], *, shown: Sequence[str]
    ) -> None:
        """Observe a conversation, after those of the same user that came before it.

        `shown` are the ids of what stood in the prompt of its answer.
        """
        if not messages:
            return
        if len(self._pending) >= PENDING_MAX:
            self._note(user, "observe: Busy: too many conversations wait to be observed")
            return
        work = partial(self._observe, user, session, messages, shown)
        task = asyncio.create_task(self._in_turn(user, self._last.get(user), work))
        self._pending.add(task)
        self._last[user] = task
        task.add_done_callback(partial(self._ended, user))

    def fault_of(self, user: str) -> str | None:
        """What failed after an earlier call of this user; said once."""
        return self._faults.pop(user, None)

    async def finish(self) -> None:
        """Wait until all that was heard is written, and close the cubes."""
        while self._pending:
            await asyncio.wait(set(self._pending))
        await asyncio.to_thread(self._end)

    def _end(self) -> None:
        self._observing.shutdown()
        self._recalling.shutdown()
        self._cubes.close()

    def _recall(self, user: str, session: str, messages: Sequence[Message], wish: Wish) -> Recalled:
        cue = _shortened(cue_of(messages))
        if not cue.strip():
            return Recalled()
        with self._cubes.borrowed(user, make=False) as cube:
            if cube is None:
                return Recalled()
            context = cube.context(
                cue,
                budget=wish.budget_tokens,
                format=wish.form,
                without=_at_hand(cube, session, self._with_speakers(user, messages)),
                asker=user if self._names_speakers and user else None,
            )
        return Recalled(memory_block(context), tuple(item.id for item in context.items))

    def _observe(self, user: str, session: str, messages: Sequence[Message], shown: Sequence[str]) -> None:
        with self._cubes.borrowed(user, make=True) as cube:
            assert cube is not None, "it is made where there is none"
            cube.observe(
                self._with_speakers(user, messages),
                session=session,
                shown=shown,
                because="heard by the proxy",
                actor=ACTOR,
            )

    def _with_speakers(self, user: str, messages: Sequence[Message]) -> Sequence[Message]:
        """The messages with their speaker's name, where several speak in one cube."""
        return [_named(one, user) for one in messages] if self._names_speakers and user else messages

    async def _in_turn(self, user: str, before: asyncio.Task[None] | None, work: Callable[[], None]) -> None:
        if before is not None:
            await asyncio.wait({before})
        future = asyncio.get_running_loop().run_in_executor(self._observing, work)
        await asyncio.wait({future})
        error = future.exception()
        if error is not None:
            self._note(user, _told("observe", error))

    def _ended(self, user: str, task: asyncio.Task[None]) -> None:
        self._pending.discard(task)
        if self._last.get(user) is task:
            del self._last[user]

    def _note(self, user: str, fault: str) -> None:
        self._faults.pop(user, None)
        self._faults[user] = fault
        while len(self._faults) > FAULTS_MAX:
            del self._faults[next(iter(self._faults))]


def _at_hand(cube: Cube, session: str, messages: Sequence[Message]) -> Sequence[str]:
    """What the cube holds of the conversation that the prompt holds anyway."""
    try:
        return cube.recognise(messages, session=session)
    except InvalidInput:
        return ()  # a message that the memory can't read: observing it says so


def _shortened(cue: str) -> str:
    if len(cue) <= CUE_CHARS_MAX:
        return cue
    half = CUE_CHARS_MAX // 2
    return f"{cue[:half]}\n{cue[-half:]}"


def _named(message: Message, user: str) -> Message:
    return {**message, "name": user} if message.get("role") == "user" and "name" not in message else message


def _told(what: str, error: BaseException) -> str:
    """The error in a line that quotes no memory: its name, and what that means."""
    if isinstance(error, RemanenceError):
        _log.warning("memory: %s failed: %s", what, type(error).__name__)
        _log.debug("memory: %s failed", what, exc_info=error)
    else:
        _log.error("memory: %s failed", what, exc_info=error)
    means = (type(error).__doc__ or "").strip().split("\n")[0]
    return f"{what}: {type(error).__name__}: {means}"


def _forget(future: asyncio.Future[Recalled]) -> None:
    """Look at what came too late, so that asyncio does not complain that nobody did."""
    if not future.cancelled() and (error := future.exception()) is not None:
        _told("recall", error)
