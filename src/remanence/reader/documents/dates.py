"""The date that a document, or a part of it, bears: as programs and people write it, or none."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from email.utils import parsedate_to_datetime

from remanence.errors import InvalidInput
from remanence.reader.timestamps import read_timestamp


def read_date_borne(value: datetime | str | None, *, tz: tzinfo) -> datetime | None:
    """The aware UTC time that a document's own date names; None where it names none that can be read.

    >>> read_date_borne("Mon, 2 Mar 2026 10:00:00 +0100", tz=UTC).isoformat()
    '2026-03-02T09:00:00+00:00'
    """
    if value is None:
        return None
    if isinstance(value, str) and (written := _of_mail(value)) is not None:
        return _in_utc(written, tz)
    try:
        return read_timestamp(value, tz=tz)
    except InvalidInput:
        return None


def _of_mail(value: str) -> datetime | None:
    """A date as e-mail writes it; None where it is written in another way."""
    try:
        return parsedate_to_datetime(value)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _in_utc(moment: datetime, tz: tzinfo) -> datetime | None:
    try:
        aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=tz)
        return aware.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
