"""From when and until when a statement holds, where the words beside it say so.

"Since March I work at X" holds from March; "I lived in Y until 2022" held until then. Knows the times of an
utterance as they were resolved, and no word of any language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from remanence.model.interval import Interval
from remanence.model.item import SpokenTime

_RANGE, _POINT = "range", "point"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in an utterance a statement stands: characters, ends exclusive."""

    sentence: int  # where its sentence starts
    clause: tuple[int, int]
    value: tuple[int, int]  # a time in here is what is said, not when it holds


@dataclass(frozen=True, slots=True)
class Spoken:
    """When a statement began to hold, as exactly as is said, and when it ended; None: no word of it."""

    began: Interval | None = None
    ended: datetime | None = None


def spoken_validity(
    times: Sequence[SpokenTime], place: Place, *, said_at: datetime, affirmed: bool, event: bool
) -> Spoken:
    """What the times of an utterance say of a statement in it.

    An `event` happened at a point in time; what merely is so has a stretch. Of a denial ("I lived in
    Porto until 2022"), `began` and `ended` are of what held before.
    """
    time = _time_of(times, place, said_at, event=event)
    if time is None:
        return Spoken()
    start, end = time.interval.start, time.interval.end
    if affirmed:
        if time.kind == _RANGE and start is None:
            return Spoken(ended=end if end is not None and end > said_at else None)
        return Spoken(began=time.interval if time.kind == _POINT else Interval(start))
    if time.kind == _POINT and event:
        return Spoken(ended=start)
    began = None if start is None else Interval(start)
    return Spoken(began=began, ended=end if end is None or end <= said_at else said_at)


def _time_of(
    times: Sequence[SpokenTime], place: Place, said_at: datetime, *, event: bool
) -> SpokenTime | None:
    """The one time that is said of the statement: in its clause, else for an event before it."""
    fit = [
        time for time in times if not _inside(time, place.value) and _says_when(time, said_at, event=event)
    ]
    within = [time for time in fit if place.clause[0] <= time.start and time.end <= place.clause[1]]
    if within:
        return within[0]
    before = [time for time in fit if place.sentence <= time.start and time.end <= place.clause[0]]
    return before[0] if event and len(before) == 1 and before[0].kind == _POINT else None


def _says_when(time: SpokenTime, said_at: datetime, *, event: bool) -> bool:
    if time.kind == _RANGE:
        return True
    start = time.interval.start
    return event and time.kind == _POINT and start is not None and start <= said_at


def _inside(time: SpokenTime, value: tuple[int, int]) -> bool:
    return time.start < value[1] and value[0] < time.end
