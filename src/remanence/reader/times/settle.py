"""From what an expression means to the one interval that a speaker means, looking back or ahead from now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from remanence.reader.times import occurrences
from remanence.reader.times.meaning_clock import in_daytime, on_days, span_at
from remanence.reader.times.meaning_days import DAILY
from remanence.reader.times.meaning_parts import hours_on
from remanence.reader.times.mention import Grain, MentionKind
from remanence.reader.times.occurrences import Stretch
from remanence.reader.times.spans import Span
from remanence.reader.times.values import Bounds, Clock, Every, Hours, Scene, Time


@dataclass(frozen=True, slots=True)
class Settled:
    """One reading on the local clock; None is an open end, `zone` a zone that the words name."""

    start: datetime | None
    end: datetime | None
    grain: Grain
    kind: MentionKind
    at: datetime
    zone: tzinfo | None = None
    last: datetime | None = None


def settle(meant: object, scene: Scene, *, past: bool | None) -> Settled | None:
    """The reading of a meaning for a speaker who looks back (`past`) or ahead (also when unknown), if any."""
    if isinstance(meant, Clock):
        return _clock(meant, scene, past)
    if isinstance(meant, Time):
        span = _chosen(meant, scene, past)
        if span is None or span[1] <= span[0]:
            return None
        last = _last_unit(meant.sequence, span)
        return Settled(*span, meant.grain, meant.kind, meant.at or span[0], meant.zone, last)
    if isinstance(meant, Bounds):
        return _bounds(meant, scene, past)
    if isinstance(meant, Every):
        coming = occurrences.nearest(meant.sequence, scene.now, past=False)
        at = scene.now if coming is None else coming[0]
        return Settled(scene.now, None, meant.grain, MentionKind.RECURRING, at)
    if isinstance(meant, Hours):
        return settle(hours_on(DAILY, meant), scene, past=past)
    return None


def _last_unit(sequence: object, span: Span) -> datetime | None:
    """Where the unit begins that a stretch counts in as its last; parts of a day are of no one length."""
    if not isinstance(sequence, Stretch) or not sequence.whole:
        return None
    inside = occurrences.between(sequence.last, *span)
    return next((begin for begin, end in inside if end == span[1]), None)


def _chosen(meant: Time, scene: Scene, past: bool | None) -> Span | None:
    ahead = occurrences.nearest(meant.sequence, scene.now, past=bool(past), skips_now=meant.skips_now)
    if past is not None or not meant.either_way:
        return ahead
    behind = occurrences.nearest(meant.sequence, scene.now, past=True, skips_now=meant.skips_now)
    if ahead is None or behind is None:
        return ahead or behind
    return behind if scene.now - behind[0] < ahead[0] - scene.now else ahead


def leaves_choice(meant: object) -> bool:
    """Whether looking back or ahead makes a difference."""
    if isinstance(meant, Time):
        return not occurrences.is_fixed(meant.sequence)
    if isinstance(meant, Bounds):
        return leaves_choice(meant.first or meant.last)
    return isinstance(meant, Clock | Hours)


def _clock(clock: Clock, scene: Scene, past: bool | None) -> Settled | None:
    """Today at that hour if that lies on the right side of now, daytime first, else the nearest day's."""
    daytime = in_daytime(clock)
    choices = [daytime]
    if not clock.sure:
        choices.append(replace(daytime, hour=(daytime.hour + 12) % 24))
    for choice in choices:
        start, end = span_at(scene.today, choice)
        if (start <= scene.now) if past else (end > scene.now):
            return Settled(start, end, clock.grain, MentionKind.POINT, start, clock.zone)
    return settle(on_days(DAILY, daytime), scene, past=bool(past))


def _bounds(bounds: Bounds, scene: Scene, past: bool | None) -> Settled | None:
    if bounds.first is not None:
        first = settle(bounds.first, scene, past=bounds.looks_back or past)
        if first is None:
            return None
        start = first.end if bounds.skips_first and not _instant(bounds.first) else first.start
        if start is None:
            return None
        return replace(first, start=start, end=None, kind=MentionKind.RANGE, at=start)
    last = settle(bounds.last, scene, past=past)
    if last is None:
        return None
    end = last.end if bounds.takes_last and not _instant(bounds.last) else last.start
    if end is None:
        return None
    start = scene.now if end > scene.now else None
    return replace(last, start=start, end=end, kind=MentionKind.RANGE, at=end)


def _instant(meant: object) -> bool:
    """A clock time bounds a stretch by itself, not by the minute or hour that begins with it."""
    return isinstance(meant, Clock) or (
        isinstance(meant, Time) and meant.grain in (Grain.SECOND, Grain.MINUTE, Grain.HOUR)
    )
