"""What goes over the wire, and how often: requests, answers, and what is tried again, as steps.

A step is driven by either face, the one that blocks and the one that awaits; nothing here does I/O.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from remanence.errors import RemanenceError, RemoteFailed
from remanence.model.item import Json
from remanence.remote.problems import raised_for

R = TypeVar("R")
TRIES_MAX = 4
WAIT_SECONDS = 0.1  # before the second try; then four times as long each time
WAIT_SECONDS_MAX = 5.0  # also where the server asks for more
BUSY = (429, 503)  # the server has done nothing yet
DETAIL_CHARS_MAX = 500


@dataclass(frozen=True, slots=True)
class Sent:
    """One request; what comes with status 200 goes to `taken`, part by part, where that is given."""

    method: str
    route: str  # below the cube
    query: Mapping[str, Json] = field(default_factory=dict)
    body: bytes | None = None
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    taken: Callable[[bytes], object] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Lost:
    """No whole answer came back; with `late` the time was up, else the connection was not had or broke.

    `begun` says that a part of it came, and was taken.
    """

    why: str
    late: bool = False
    begun: bool = False


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait so long, then go on."""

    seconds: float


Steps: TypeAlias = "Generator[Sent | Pause, Answer | Lost | None, R]"


def delivered(sent: Sent) -> Steps[Answer]:
    """The answer to a request, tried again where the server is busy or the connection broke.

    Every request may be sent again: it reads, or bears an Idempotency-Key, or does nothing the second
    time. Raises RemoteFailed, or the error that the answer tells of.
    """
    wait = WAIT_SECONDS
    for number in range(1, TRIES_MAX + 1):
        told = yield sent
        assert told is not None, "a request is answered or lost"
        is_last = number == TRIES_MAX
        if isinstance(told, Lost):
            if told.late:
                raise RemoteFailed(f"{told.why}; a change may have been made: look at the journal")
            if is_last or told.begun:
                raise RemoteFailed(f"{told.why}; tried {number} times")
            yield Pause(wait)
        elif told.status in BUSY and not is_last:
            yield Pause(max(wait, _asked_to_wait(told)))
        elif told.status >= 300:
            raise _error_of(told)
        else:
            return told
        wait *= 4
    raise AssertionError("the last try returns or raises")


def read_json(answer: Answer) -> Json:
    """The JSON of an answer; RemoteFailed for anything else."""
    try:
        found: Json = json.loads(answer.body)
    except ValueError as error:
        raise RemoteFailed(f"the server answered with what is no JSON: {_shown(answer)}") from error
    return found


def _asked_to_wait(answer: Answer) -> float:
    said = answer.headers.get("retry-after", "")
    return min(float(said), WAIT_SECONDS_MAX) if said.isdigit() else 0.0


def _error_of(answer: Answer) -> RemanenceError:
    if answer.headers.get("content-type", "").startswith("application/problem+json"):
        told = read_json(answer)
        if isinstance(told, dict) and isinstance(told.get("code"), str):
            return raised_for(str(told["code"]), str(told.get("detail")))
    return RemoteFailed(f"the server answered with status {answer.status}: {_shown(answer)}")


def _shown(answer: Answer) -> str:
    return repr(answer.body[:DETAIL_CHARS_MAX].decode(errors="replace"))
