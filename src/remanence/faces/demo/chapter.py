"""One chapter of the demo: what it says, the call that does it, and what came of it; no layout."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A sentence, the Python that does it, and the result as a table, a text and a closing remark."""

    title: str
    says: str
    call: str
    columns: Row = ()
    rows: tuple[Row, ...] = ()
    text: str = ""
    note: str = ""

    def to_json(self) -> str:
        """The chapter on one line: how one process hands it to another."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, line: str) -> Chapter:
        """The chapter that a line says."""
        fields = json.loads(line)
        rows = tuple(tuple(row) for row in fields.pop("rows"))
        return cls(**{**fields, "columns": tuple(fields["columns"]), "rows": rows})
