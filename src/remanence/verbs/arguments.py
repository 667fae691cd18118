"""Reads what callers pass: ids, times, names, reasons; one clear error each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TypeAlias, TypeVar

from remanence.errors import AmbiguousId, InvalidInput, NotFound
from remanence.model.ids import DIGITS, ItemId, clean_prefix, short
from remanence.model.interval import Interval
from remanence.model.item import Item, Json
from remanence.storage.port import Snapshot

When: TypeAlias = "datetime | date | str"
T = TypeVar("T")

NAME_CHARS_MAX = 200  # of an author, a session, a tag
TAGS_MAX = 64
REASON_CHARS_MAX = 10_000
METADATA_BYTES_MAX = 64 * 1024
TEXT_BYTES_MAX = 16 * 2**20  # as for a message: above any model's window, below SQLite's limit
CANDIDATES_SHOWN = 5
# A moment to its microsecond, as the JSON of every face prints it: that moment and no second around it.
_EXACT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d\d:\d\d)?")
_UNFIT = re.compile("[\0\ud800-\udfff]")
_INSTANT = timedelta(microseconds=1)
END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)  # stands for the last moment of a stretch without end


def item_id(snapshot: Snapshot, named: Item | str) -> ItemId:
    """The item, or the one whose id begins so; NotFound, AmbiguousId, or InvalidInput for what names none."""
    if isinstance(named, Item):
        return named.id
    if not isinstance(named, str):
        raise InvalidInput(f"a {type(named).__name__} names no item; give an Item or the beginning of its id")
    prefix = clean_prefix(named)
    found = snapshot.ids_with_prefix(prefix, limit=CANDIDATES_SHOWN + 1)
    return _the_one(found, prefix, "")


def item_ids(snapshot: Snapshot, named: Sequence[Item | str]) -> list[ItemId]:
    """The items, as `item_id` says of each; whole ids are looked up together."""
    ids = [one.id if isinstance(one, Item) else ItemId(clean_prefix(one)) for one in named]
    if all(len(one) == DIGITS for one in ids) and len(snapshot.item_numbers(ids)) == len(ids):
        return ids
    return [item_id(snapshot, one) for one in ids]


def item_id_then(snapshot: Snapshot, text: str, known_at: datetime) -> ItemId:
    """The one item that there was by then whose id begins so; NotFound or AmbiguousId otherwise."""
    prefix = clean_prefix(text)
    found = snapshot.ids_known_at(prefix, time=known_at, limit=CANDIDATES_SHOWN + 1)
    return _the_one(found, prefix, f" known at {known_at.isoformat()}")


def _the_one(found: Sequence[ItemId], prefix: str, when: str) -> ItemId:
    if not found:
        raise NotFound(f"no item's id{when} begins with {prefix!r}; `recall` and `journal` print ids")
    if len(found) > 1:
        shown = ", ".join(map(short, found[:CANDIDATES_SHOWN]))
        more = ", ..." if len(found) > CANDIDATES_SHOWN else ""
        raise AmbiguousId(f"{prefix!r} is the beginning of several ids ({shown}{more}); give more digits")
    return found[0]


def interval_of(when: When, *, now: datetime, zone: tzinfo, name: str) -> Interval:
    """The stretch of time that somebody's words mean: a day for a date, an instant for a datetime.

    A naive datetime is read in the cube's time zone. Raises InvalidInput that names the argument.
    """
    if not isinstance(when, date | str):
        raise InvalidInput(f"{name} is a {type(when).__name__}; give a datetime, a date or words for one")
    try:
        return _interval_of(when, now, zone)
    except InvalidInput as error:
        raise InvalidInput(f"{name}: {error}") from None
    except OverflowError as error:
        raise InvalidInput(
            f"{name} {when} lies outside of the years 1 to 9999 in UTC; leave it out"
        ) from error


def _interval_of(when: When, now: datetime, zone: tzinfo) -> Interval:
    if isinstance(when, str) and _EXACT.fullmatch(when.strip()):
        with suppress(ValueError):  # of a month 13: refused below, with the words for it
            when = datetime.fromisoformat(when.strip())
    if isinstance(when, datetime):
        aware = when if when.tzinfo is not None else when.replace(tzinfo=zone)
        # Where clocks go back, a sum on the wall clock falls into the other hour.
        start = aware.astimezone(UTC)
        return Interval(start, start + _INSTANT)
    if isinstance(when, date):
        start = datetime.combine(when, time(), zone)
        return Interval(start, datetime.combine(when + timedelta(days=1), time(), zone))
    from remanence.reader.times import read_date

    return read_date(when, now=now, tz=zone)


def starting(when: When | None, *, now: datetime, zone: tzinfo, name: str) -> datetime | None:
    """The first moment of what is meant: the bound of an interval."""
    return None if when is None else interval_of(when, now=now, zone=zone, name=name).start


def ending(when: When | None, *, now: datetime, zone: tzinfo, name: str) -> datetime | None:
    """The last moment of what is meant: "as of 3 May" includes what that day brought."""
    if when is None:
        return None
    end = interval_of(when, now=now, zone=zone, name=name).end
    return None if end is None else end - _INSTANT


def last_moment(when: When, *, now: datetime, zone: tzinfo, name: str) -> datetime:
    """As `ending`, of a time that must be given; END_OF_TIME for a stretch without end."""
    end = interval_of(when, now=now, zone=zone, name=name).end
    return END_OF_TIME if end is None else end - _INSTANT


def text(value: object, name: str) -> str:
    """A text to remember: any characters, but some that show."""
    if not isinstance(value, str):
        raise InvalidInput(f"{name} is a {type(value).__name__}; give a text")
    if not value.strip():
        raise InvalidInput(f"{name} is empty; give a text to remember")
    size = len(value.encode("utf-8", "surrogatepass"))
    if size > TEXT_BYTES_MAX:
        raise InvalidInput(f"{name} has {size} bytes, above TEXT_BYTES_MAX = {TEXT_BYTES_MAX}; split it")
    return value


def name(value: str, what: str) -> str:
    """A name of somebody or something: short, and of characters that every system can hold."""
    if not isinstance(value, str) or not value.strip():
        raise InvalidInput(f"{what} {value!r} must be a text that is not empty")
    if len(value) > NAME_CHARS_MAX:
        raise InvalidInput(f"{what} has {len(value)} characters, above NAME_CHARS_MAX = {NAME_CHARS_MAX}")
    if _UNFIT.search(value):
        raise InvalidInput(f"{what} {value!r} has a NUL or a lone surrogate; take it out")
    return value


def reason(value: str | None) -> str | None:
    """Why something is done, in the caller's words."""
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip():
        raise InvalidInput(f"because {value!r} must be a text that is not empty, or left out")
    if len(value) > REASON_CHARS_MAX:
        raise InvalidInput(f"because has {len(value)} characters; REASON_CHARS_MAX is {REASON_CHARS_MAX}")
    if _UNFIT.search(value):
        raise InvalidInput("because has a NUL or a lone surrogate; take it out")
    return value


def listed(values: Iterable[T], what: str) -> list[T]:
    """Several values; one text is not meant as a list of its letters."""
    if isinstance(values, str):
        raise InvalidInput(f"{what} {values!r} is one text; give a list")
    if not isinstance(values, Iterable):
        raise InvalidInput(f"{what} is a {type(values).__name__}; give a list")
    return list(values)


def one_of(value: str, choices: Iterable[str], what: str) -> None:
    """Raise InvalidInput unless the value is one of the choices."""
    listed = list(choices)
    if value not in listed:
        raise InvalidInput(f"{what} {value!r} is not one of: {', '.join(listed)}")


def tags(values: Iterable[str]) -> tuple[str, ...]:
    """Tags, each once, in the order given."""
    if isinstance(values, str):
        raise InvalidInput(f"tags {values!r} is one text; give a list of them")
    found = tuple(dict.fromkeys(name(value, "tag") for value in values))
    if len(found) > TAGS_MAX:
        raise InvalidInput(f"{len(found)} tags are more than TAGS_MAX = {TAGS_MAX}")
    return found


def metadata(values: Mapping[str, Json]) -> Mapping[str, Json]:
    """Metadata as JSON holds it: within its bound, and the caller's own no more."""
    import json

    try:
        encoded = json.dumps(dict(values), allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInput(f"metadata can't be kept as JSON: {error}") from error
    if len(encoded) > METADATA_BYTES_MAX:
        raise InvalidInput(
            f"metadata has {len(encoded)} bytes, above METADATA_BYTES_MAX = {METADATA_BYTES_MAX}"
        )
    decoded: dict[str, Json] = json.loads(encoded)
    return decoded
