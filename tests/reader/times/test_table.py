"""The table of expressions: what English speakers mean, each at its moment and in its zone."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from remanence.reader.times import find_times, resolve

SCENES = tomllib.loads((Path(__file__).parent / "table.toml").read_text("utf-8"))["scene"]
CASES = [
    pytest.param(line, scene["said"], scene["zone"], id=f"{scene['said']} {line}")
    for scene in SCENES
    for line in scene["cases"].strip().splitlines()
]
ROWS_MIN = 300


def bound(text: str, zone: ZoneInfo) -> datetime | None:
    """A bound of the table in UTC; "-" is open."""
    if text.strip() == "-":
        return None
    return datetime.fromisoformat(text.strip()).replace(tzinfo=zone).astimezone(UTC)


def test_the_table_is_long_enough() -> None:
    assert len(CASES) >= ROWS_MIN
    assert len({case.values for case in CASES}) == len(CASES)


@pytest.mark.parametrize(("line", "said", "zone_name"), CASES)
def test_expression_resolves_to_what_speakers_mean(line: str, said: str, zone_name: str) -> None:
    text, _, expected = line.rpartition(" = ")
    start, end = expected.split("..")
    zone = ZoneInfo(zone_name)
    said_at = datetime.fromisoformat(said).replace(tzinfo=zone)
    found = find_times(text, said_at=said_at, tz=zone)
    mentions = found or resolve(text, said_at=said_at, tz=zone)[:1]
    assert [(m.interval.start, m.interval.end) for m in mentions] == [(bound(start, zone), bound(end, zone))]
