"""Timestamps are read in the forms people and programs write them, or refused with what to write."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remanence.errors import InvalidInput
from remanence.reader.timestamps import read_timestamp

BERLIN = ZoneInfo("Europe/Berlin")
MAY_8 = datetime(2023, 5, 8, 13, 56, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2023-05-08T13:56:00Z",
        "2023-05-08T15:56:00+02:00",
        "2023-05-08 13:56",
        "20230508T135600",
        "2023/05/08 (Mon) 13:56",
        "2023.05.08 13:56:00",
        "1:56 pm on 8 May, 2023",
        "8 May 2023, 1:56 PM",
        "Monday, May 8th, 2023 at 1:56 p.m.",
        "Mon, 08 May 2023 13:56:00 +0000",
        "08 May 2023 15:56:00 +02:00",
        "8th of May 2023 13:56 UTC",
        "8.5.2023 13:56",
        "May 8, 2023 13:56 GMT",
        "8-May-2023 13:56",
        "1683554160",
        "1683554160000",
        "1683554160.0",
        1683554160,
        1683554160.0,
        1683554160000,
        1683554160000000,
        1683554160000000000,
        MAY_8,
        datetime(2023, 5, 8, 13, 56),
        datetime(2023, 5, 8, 15, 56, tzinfo=timezone(timedelta(hours=2))),
    ],
)
def test_a_time_is_read_in_every_usual_form(text: object) -> None:
    assert read_timestamp(text, tz=UTC) == MAY_8


def test_a_time_without_zone_is_read_in_the_zone_given() -> None:
    assert read_timestamp("2023-05-08 15:56", tz=BERLIN) == MAY_8
    assert read_timestamp("8 May 2023, 3:56 pm", tz=BERLIN) == MAY_8
    assert read_timestamp("8 May 2023, 1:56 pm UTC", tz=BERLIN) == MAY_8


def test_a_date_alone_is_its_midnight() -> None:
    midnight = datetime(2023, 5, 7, 22, tzinfo=UTC)
    for value in (date(2023, 5, 8), "2023-05-08", "8 May 2023", "May 8, 2023", "8.5.2023"):
        assert read_timestamp(value, tz=BERLIN) == midnight


def test_midnight_and_noon_on_the_twelve_hour_clock() -> None:
    assert read_timestamp("8 May 2023 12:05 am", tz=UTC).hour == 0
    assert read_timestamp("8 May 2023 12:05 pm", tz=UTC).hour == 12


def test_a_slashed_date_is_read_only_where_it_has_one_reading() -> None:
    assert read_timestamp("25/12/2023", tz=UTC) == datetime(2023, 12, 25, tzinfo=UTC)
    assert read_timestamp("12/25/2023", tz=UTC) == datetime(2023, 12, 25, tzinfo=UTC)
    with pytest.raises(InvalidInput, match="2023-MM-DD"):
        read_timestamp("05/08/2023", tz=UTC)


@pytest.mark.parametrize(
    "value",
    [
        "", "  ", "yesterday", "8 May", "2023-02-30", "30 February 2023", "2023-05-08 25:00", "13:56",
        "8 May 2023 13:56 pm", "8 May 2023 and then some", "12", "x" * 101, True, None, [], float("nan"),
        float("inf"), 10**30, -(10**30), 10**4000, 9e20, b"2023-05-08", "9" * 30,
    ],
)  # fmt: skip
def test_what_is_no_time_is_refused(value: object) -> None:
    with pytest.raises(InvalidInput, match="timestamp"):
        read_timestamp(value, tz=UTC)


def test_a_time_beyond_the_calendar_in_utc_is_refused() -> None:
    with pytest.raises(InvalidInput, match="outside"):
        read_timestamp("0001-01-01T00:00:00+05:00", tz=UTC)


@given(st.text() | st.integers() | st.floats())
def test_any_value_is_read_or_refused(value: object) -> None:
    with suppress(InvalidInput):
        assert read_timestamp(value, tz=UTC).tzinfo is UTC


@given(st.datetimes(min_value=datetime(1900, 1, 1), timezones=st.just(UTC)))
def test_a_time_survives_being_written_in_any_form(moment: datetime) -> None:
    whole = moment.replace(microsecond=0)
    assert read_timestamp(moment.isoformat(), tz=UTC) == moment
    assert read_timestamp(whole.strftime("%Y/%m/%d %H:%M:%S").zfill(19), tz=UTC) == whole
    if 1e9 < whole.timestamp() < 1e11:
        assert read_timestamp(int(whole.timestamp() * 1000), tz=UTC) == whole
