"""The time stamped on a message, in the forms that programs and people write it.

Absolute times only: what a sentence means by "last Tuesday" is another matter. A date whose day
and month could be exchanged is refused, never guessed. Asked by `messages`.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, time, tzinfo

from remanence.errors import InvalidInput

TIMESTAMP_CHARS_MAX = 100  # the longest date people write out is some 50 characters

# Epoch numbers below each bound, and how many of their units make a second. 1e11 seconds is the
# year 5138 and 1e11 milliseconds is 1973, so that no time since then is read in a wrong unit.
_EPOCH_UNITS = ((1e11, 1), (1e14, 1_000), (1e17, 1_000_000), (1e20, 1_000_000_000))

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE | re.ASCII)
    for pattern in (
        r"(?<!\d)(?P<year>\d{4})[-/.](?P<number>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)",
        r"(?<!\d)(?P<day>\d{1,2})\.\s?(?P<number>\d{1,2})\.\s?(?P<year>\d{4})(?!\d)",
        rf"(?<!\d){_DAY}[\s-]+(?:of\s+)?{_MONTH}\b[.,]?[\s-]*(?P<year>\d{{4}})(?!\d)",
        rf"\b{_MONTH}\b\.?\s+{_DAY},?\s+(?P<year>\d{{4}})(?!\d)",
    )
)
_SLASHED = re.compile(r"(?<!\d)(?P<first>\d{1,2})[/-](?P<second>\d{1,2})[/-](?P<year>\d{4})(?!\d)", re.ASCII)
_TIME = re.compile(
    r"(?<!\d)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"(?:\s*(?P<half>[ap])\.?m\b\.?)?",
    re.IGNORECASE | re.ASCII,
)
_ZONE = re.compile(
    r"(?:\b(?:utc|gmt)|(?<=\d)z\b)?\s*(?P<offset>[+-]\d{2}:?\d{2})\b|\b(?:utc|gmt)\b|(?<=\d)z\b",
    re.IGNORECASE | re.ASCII,
)
_NOISE = re.compile(
    r"[\s,()\[\]|·–-]+|\b(?:on|at|t|mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun|monday|tuesday|wednesday|thursday"
    r"|friday|saturday|sunday)\b",
    re.IGNORECASE,
)


def read_timestamp(value: object, *, tz: tzinfo) -> datetime:
    """The aware UTC time that a timestamp names.

    Read are datetimes and dates, ISO 8601, seconds, milliseconds, microseconds or nanoseconds since
    1970 (told apart by their size), and dates as people write them, such as "8 May 2023, 1:56 pm" or
    "2023/05/08 (Mon) 13:56". What names no zone is a time in `tz`; a date alone is its midnight.
    Raises InvalidInput for anything else.

    >>> read_timestamp("1:56 pm on 8 May, 2023", tz=UTC).isoformat()
    '2023-05-08T13:56:00+00:00'
    """
    if isinstance(value, datetime):
        return _in_utc(value, tz)
    if isinstance(value, date):
        return _in_utc(datetime.combine(value, time()), tz)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_epoch(value)
    if isinstance(value, str):
        return _in_utc(_from_text(value), tz)
    raise InvalidInput(
        f"timestamp {value!r} is a {type(value).__name__}; give ISO 8601 text, epoch seconds or a datetime"
    )


def _in_utc(moment: datetime, tz: tzinfo) -> datetime:
    try:
        aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=tz)
        return aware.astimezone(UTC)
    except (OverflowError, ValueError) as error:
        raise InvalidInput(f"timestamp {moment.isoformat()} lies outside of the years 1 to 9999") from error


def _from_epoch(number: int | float) -> datetime:
    if isinstance(number, int) or math.isfinite(number):
        for bound, per_second in _EPOCH_UNITS:
            if abs(number) < bound:
                try:
                    return datetime.fromtimestamp(number / per_second, UTC)
                except (OverflowError, OSError, ValueError):
                    break
    shown = f"{number:.6g}" if isinstance(number, float) else f"of {number.bit_length()} bits"
    raise InvalidInput(f"timestamp {shown} is no time in the years 1 to 9999; give seconds since 1970")


def _from_text(text: str) -> datetime:
    stripped = text.strip()
    if not stripped or len(stripped) > TIMESTAMP_CHARS_MAX:
        raise InvalidInput(f"timestamp of {len(stripped)} characters; expected 1 to {TIMESTAMP_CHARS_MAX}")
    if re.fullmatch(r"-?\d{9,19}(\.\d{1,9})?", stripped, re.ASCII):
        return _from_epoch(float(stripped) if "." in stripped else int(stripped))
    try:
        return datetime.fromisoformat(stripped)
    except ValueError:
        return _from_prose(stripped)


def _from_prose(text: str) -> datetime:
    day, rest = _cut_date(text)
    clock = _TIME.search(rest)
    moment = time()
    zone: tzinfo | None = None
    try:
        if clock is not None:
            found_zone = _ZONE.search(rest, clock.end())
            if found_zone is not None:
                offset = found_zone["offset"]
                zone = datetime.strptime(offset.replace(":", ""), "%z").tzinfo if offset else UTC
                rest = rest[: found_zone.start()] + " " + rest[found_zone.end() :]
            moment = _clock_time(clock)
            rest = rest[: clock.start()] + " " + rest[clock.end() :]
        if _NOISE.sub("", rest):
            raise ValueError(rest)
        return datetime.combine(day, moment, zone)
    except ValueError:
        raise _unreadable(text) from None


def _cut_date(text: str) -> tuple[date, str]:
    """The date in the text, and the text without it."""
    for pattern in _DATES:
        found = pattern.search(text)
        if found is None:
            continue
        parts = found.groupdict()
        month = int(parts["number"]) if parts.get("number") else _MONTHS.index(parts["month"][:3].lower()) + 1
        return _date(text, int(parts["year"]), month, int(parts["day"])), _without(text, found)
    found = _SLASHED.search(text)
    if found is None:
        raise _unreadable(text)
    first, second = int(found["first"]), int(found["second"])
    if first <= 12 and second <= 12 and first != second:
        raise InvalidInput(
            f"timestamp {text!r} could be the {first}th of the {second}th month or the reverse; "
            f"write it as {found['year']}-MM-DD"
        )
    month, day = (second, first) if first > 12 else (first, second)
    return _date(text, int(found["year"]), month, day), _without(text, found)


def _without(text: str, found: re.Match[str]) -> str:
    return text[: found.start()] + " " + text[found.end() :]


def _date(text: str, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise InvalidInput(f"timestamp {text!r} names a day that is in no calendar") from None


def _clock_time(clock: re.Match[str]) -> time:
    hour = int(clock["hour"])
    if clock["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(clock[0])
        hour = hour % 12 + (12 if clock["half"].lower() == "p" else 0)
    micros = int((clock["fraction"] or "0").ljust(6, "0")[:6])
    return time(hour, int(clock["minute"]), int(clock["second"] or 0), micros)


def _unreadable(text: str) -> InvalidInput:
    return InvalidInput(f"timestamp {text!r} is no time that can be read; write it as '2023-05-08T13:56:00Z'")
