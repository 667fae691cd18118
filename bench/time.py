"""How often time expressions are resolved to their exact value: bench/time.py PATH, dateparser beside ours.

Figures, as shares: `exact` by group (points, each source among them, intervals), and the same for the floors
`dateparser future` and `dateparser past`. Protocol: an expression, its extent given, against its reference
time; right when the value at the row's grain, or both ends of an interval, is the row's value or in `also`.
"""  # noqa: A005 - named for its data set; the library's own time is built in and comes first

from __future__ import annotations

import json
import sys
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from pathlib import Path

# The sources' reference times are local; Duckling's corpus stands two hours west of UTC, which shows where an
# expression names a zone.
ZONES = {"Duckling": timezone(timedelta(hours=-2))}
FORMS = {
    "second": "%Y-%m-%dT%H:%M:%S",
    "minute": "%Y-%m-%dT%H:%M",
    "hour": "%Y-%m-%dT%H",
    "day": "%Y-%m-%d",
    "week": "%G-W%V",
    "month": "%Y-%m",
    "year": "%Y",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One expression and its right values."""

    source: str
    text: str
    sentence: str
    reference: datetime
    values: frozenset[str]
    grain: str


def read_rows(path: Path) -> list[Row]:
    """The rows of a JSON Lines file of the README's form."""
    rows = []
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        reference = datetime.fromisoformat(row["reference"]).replace(tzinfo=UTC)
        values = frozenset(normal(value) for value in (row["value"], *row.get("also", ())))
        rows.append(Row(row["source"], row["text"], row["sentence"], reference, values, row["grain"]))
    return rows


def normal(value: str) -> str:
    """An interval's ends without a time of day that says nothing."""
    return (
        "/".join(end.removesuffix("T00:00:00").removesuffix("T00:00") for end in value.split("/"))
        if "/" in value
        else value
    )


def at_grain(time: datetime, grain: str) -> str:
    """The time as the file writes it at this grain."""
    if grain == "quarter":
        return f"{time.year}-Q{(time.month + 2) // 3}"
    return time.strftime(FORMS[grain])


def our_value(row: Row, *, last_unit_out: bool = True) -> str | None:
    """What Remanence reads, its best reading.

    The file ends "from May 3 to 5" where the 5th begins; we hold, with English speakers, that the 5th belongs
    to it. `last_unit_out` converts, so that both readings of that convention can be reported.
    """
    from remanence.reader.times import resolve

    zone = ZONES.get(row.source.split(" ")[0], UTC)
    mentions = resolve(row.text, said_at=row.reference.replace(tzinfo=zone), tz=zone)
    if not mentions:
        return None
    best = mentions[0]
    if row.grain != "interval":
        return at_grain(best.at.astimezone(zone), row.grain)
    end = best.last if last_unit_out and best.last is not None else best.interval.end
    if best.interval.start is None or end is None:
        return None
    return normal("/".join(time.strftime("%Y-%m-%dT%H:%M:%S") for time in (best.interval.start, end)))


def dateparser_value(prefer: str) -> Callable[[Row], str | None]:
    """What dateparser reads, with this preference for dates that leave the year open."""
    import dateparser  # type: ignore[import-untyped]  # it ships no types

    def read(row: Row) -> str | None:
        settings = {"RELATIVE_BASE": row.reference.replace(tzinfo=None), "PREFER_DATES_FROM": prefer}
        found = dateparser.parse(row.text, languages=["en"], settings=settings)
        return None if found is None or row.grain == "interval" else at_grain(found, row.grain)

    return read


def group_names(row: Row) -> Iterator[str]:
    """The groups that a row counts in: points and its source, or intervals."""
    if row.grain == "interval":
        yield "intervals"
        return
    yield "points"
    yield row.source.removeprefix("Recognizers-Text ").split(" ")[0]


def measure(rows: list[Row], read: Callable[[Row], str | None]) -> dict[str, tuple[int, int]]:
    """Right answers and rows, by group."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        right = read(row) in row.values
        for group in group_names(row):
            counts[group][0] += right
            counts[group][1] += 1
    return {group: (right, n) for group, (right, n) in counts.items()}


def figure(group: str, value: float, n: int) -> str:
    """One line of the report."""
    return json.dumps(
        {
            "bench": "time",
            "figure": "exact",
            "group": group,
            "value": round(value, 4),
            "unit": "share",
            "n": n,
        }
    )


def machine() -> str:
    """The line that says where this was measured."""
    from machine import machine_line

    return str(machine_line("time"))


def main() -> None:
    """Reads the file named on the command line and prints all figures."""
    if len(sys.argv) != 2:
        sys.exit("usage: bench/time.py PATH (a JSON Lines file of time expressions)")
    warnings.simplefilter("ignore")
    rows = read_rows(Path(sys.argv[1]))
    for group, (right, n) in measure(rows, our_value).items():
        print(figure(group, right / n, n))
    for group, (right, n) in measure(rows, partial(our_value, last_unit_out=False)).items():
        if group == "intervals":
            print(figure("intervals, last unit counted in", right / n, n))
    for prefer in ("future", "past"):
        for group, (right, n) in measure(rows, dateparser_value(prefer)).items():
            print(figure(f"dateparser {prefer}: {group}", right / n, n))
    print(machine())


if __name__ == "__main__":
    main()
