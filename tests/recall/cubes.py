"""Small made-up memories for the tests of recall, without a store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from remanence.model.interval import MAX_MICROS, MIN_MICROS, to_micros
from remanence.recall.analyser import analyse
from remanence.recall.filters import Filter, mask
from remanence.recall.fusion import shipped_weights
from remanence.recall.index import MemoryIndex
from remanence.recall.question import Span, read_question
from remanence.recall.rank import Ranked, rank
from remanence.storage.port import IndexRow, StoredVector

DIMS = 32
START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
NOW = to_micros(START + timedelta(days=365))


@dataclass(frozen=True)
class Said:
    """One row to be; times in days after START."""

    text: str
    author: str = "Alice"
    role: str = "user"
    session: int = 1
    kind: str = "utterance"
    day: float = 0.0
    valid_days: tuple[float, float] | None = None
    state: str = "active"
    source: int = 0
    confidence: float = 1.0
    item: int | None = None
    recorded_to: int = MAX_MICROS
    slot: str = ""


def day(number: float) -> int:
    """Microseconds of a day after START."""
    return to_micros(START + timedelta(days=number))


def vector_of(text: str) -> np.ndarray:
    """A unit vector that texts with common words share directions of: float32 [DIMS]."""
    total = np.zeros(DIMS, np.float32)
    for term in np.frombuffer(analyse(text).terms, "<u4").tolist():
        total += np.random.default_rng(term).normal(size=DIMS).astype(np.float32)
    length = float(np.linalg.norm(total))
    return total / length if length else total


def stored_rows(said: Sequence[Said], *, first: int = 1) -> list[IndexRow]:
    """Rows as the store gives them; item, revision and text numbers rise from `first`."""
    rows, turns = [], {}
    for number, one in enumerate(said, first):
        analysis = analyse(one.text)
        turn = -1
        if one.kind == "utterance" and one.session:
            turn = turns[one.session] = turns.get(one.session, -1) + 1
        at = day(one.day) + max(turn, 0) * 60_000_000
        start, end = (at, MAX_MICROS) if one.valid_days is None else map(day, one.valid_days)
        rows.append(
            IndexRow(
                revision=number, item=one.item or number, text=number, kind=one.kind, state=one.state,
                valid_from=start if one.kind == "utterance" or one.valid_days else MIN_MICROS, valid_to=end,
                recorded_from=at, recorded_to=one.recorded_to, said_at=at, session=one.session, turn=turn,
                author=one.author, role=one.role, confidence=one.confidence, source=one.source,
                event_from=0, event_to=0, tokens=analysis.tokens, flags=analysis.flags, terms=analysis.terms,
                slot=one.slot,
            )
        )  # fmt: skip
    return rows


def stored_vectors(said: Sequence[Said], *, first: int = 1) -> list[StoredVector]:
    """A vector for each row's text."""
    return [
        StoredVector(number, number, vector_of(one.text).astype("<f2").tobytes())
        for number, one in enumerate(said, first)
    ]


def index_of(said: Sequence[Said], *, vectors: bool = True) -> MemoryIndex:
    """A memory index of these rows."""
    index = MemoryIndex(DIMS if vectors else 0)
    index.replace((), stored_rows(said))
    if vectors:
        index.add_vectors(stored_vectors(said))
    return index


def asked(
    index: MemoryIndex, text: str, *, k: int = 5, asker: str | None = None, wanted: Filter | None = None,
    spans: Sequence[Span] = (), slots: Sequence[int] = (), vectors: bool = True,
) -> list[Ranked]:  # fmt: skip
    """Rank an index's rows for a question, with the weights that ship."""
    question = read_question(
        text,
        authors=index.authors,
        asker=index.authors.get(asker) if asker else None,
        spans=spans,
        slots=slots,
        vector=vector_of(text) if vectors else None,
    )
    return rank(index, question, mask=mask(index, wanted or Filter(now=NOW)), k=k, weights=shipped_weights())
