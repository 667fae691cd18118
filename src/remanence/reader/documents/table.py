"""CSV into blocks: each row with the names of its columns, which the first row gives."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence

from remanence.errors import InvalidInput
from remanence.reader.documents.blocks import Block, Parsed

DELIMITERS = (",", ";", "\t", "|")
ROWS_MAX = 50_000  # of one table, each of which becomes an item
TRIED_ROWS = 20  # in which the delimiter is looked for
NOTES_MAX = 20  # on rows whose length is not the header's; the rest is counted


def read_csv(text: str) -> Parsed:
    """The rows of a table, under the names that its first row gives. Raises InvalidInput."""
    rows: list[tuple[int, list[str]]] = []
    for number, row in enumerate(_rows(text, _delimiter(text)), 1):
        if any(map(str.strip, row)):
            rows.append((number, row))
        if len(rows) > ROWS_MAX + 1:
            raise InvalidInput(f"it has more than ROWS_MAX = {ROWS_MAX} rows; split it")
    if not rows:
        return Parsed((), "csv")
    names = [name.strip() or f"column {place}" for place, name in enumerate(rows[0][1], 1)]
    notes: list[str] = []
    return Parsed(
        _blocks(names, rows[1:], notes) if len(rows) > 1 else _header_alone(names), "csv", notes=notes
    )


def _rows(text: str, delimiter: str, limit: int | None = None) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for number, row in enumerate(reader):
            if limit is not None and number >= limit:
                return
            yield row
    except csv.Error as error:
        raise InvalidInput(f"near line {reader.line_num} it is no CSV that can be read ({error})") from error


def _delimiter(text: str) -> str:
    """What parts the cells: of the usual ones the one that gives most rows alike more than one cell."""

    def worth(delimiter: str) -> tuple[int, int]:
        widths = Counter(len(row) for row in _rows(text, delimiter, TRIED_ROWS) if row)
        width, count = max(widths.items(), key=lambda one: (one[0] > 1, one[1], one[0]), default=(0, 0))
        return (count if width > 1 else 0, width)

    return max(DELIMITERS, key=worth)


def _header_alone(names: Sequence[str]) -> Iterator[Block]:
    yield Block(", ".join(names), "row", {"row": 1})


def _blocks(names: Sequence[str], rows: Sequence[tuple[int, list[str]]], notes: list[str]) -> Iterator[Block]:
    firsts = Counter(row[0] for _, row in rows)
    uneven = 0
    for number, row in rows:
        if len(row) != len(names):
            uneven += 1
            if uneven <= NOTES_MAX:
                notes.append(f"row {number} has {len(row)} cells, and the header {len(names)}; all are kept")
        cells = [
            f"{names[place] if place < len(names) else f'column {place + 1}'}: {cell}"
            for place, cell in enumerate(row)
            if cell.strip()
        ]
        key = row[0] if row[0].strip() and firsts[row[0]] == 1 else None
        yield Block("\n".join(cells), "row", {"row": number}, key=key, lead=cells[0] + "\n")
    if uneven > NOTES_MAX:
        notes.append(f"{uneven - NOTES_MAX} more rows have another number of cells than the header")
