"""Writes small things through the port, so that a test names only what it is about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

from remanence.model.ids import ItemId, RevisionId, new_item_id
from remanence.model.interval import ALWAYS, Interval
from remanence.model.item import Content, Provenance, Revision, Source
from remanence.model.journal import Entry, Verb, text_digest
from remanence.model.kind import Trust
from remanence.model.state import State
from remanence.storage.port import CubeFacts, EmbedderName, NewText, Store, StoredSpan, Transaction

OpenStore = Callable[..., Store]

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TICK = timedelta(seconds=1)
EMBEDDER = EmbedderName("test", "1", 2)
FACTS = CubeFacts("cube-1", "Alice", "Europe/Lisbon", START, "test-analyser", EMBEDDER)
SALT = b"0123456789abcdef"
HARD_TEXTS = {
    "NUL": "before\0after\0",
    "lone surrogate": "half \ud83d and \udfff pair",
    "both": "\0\ud800\0",
    "the sign that stands for what can't be held": "a \ufffd of one's own",
    "right to left": "שלום \u202eabc\u202c مرحبا",
    "emoji": "👩‍👩‍👧‍👦 🇵🇹 e\u0301 ﷽",
    "CJK": "我喜欢喝绿茶，不喜欢咖啡。",
    "line ends": "a\r\nb\rc\u2028d\x85e\x1a",
    "not normalised": "e\u0301 is not \u00e9",
    "quotes": "'; DROP TABLE text; -- \" \\ %s :name ?",
    "long": "lang " * 20_000,
}
_numbers = count(1)


def new_id() -> ItemId:
    """An id that no other test item has."""
    return new_item_id(1_772_442_000_000, next(_numbers) << 30)


def text_of(row: Revision, *, terms: bytes = b"\1\0\0\0", words: str | None = None) -> NewText:
    """The row's text as it is kept."""
    return NewText(row.text_id, row.item_id, row.content.text, SALT, terms, 3, 0, words)


def said(text: str = "hello", **fields: object) -> Revision:
    """A row in the making; ids and times are given when it is written."""
    provenance = Provenance("Alice", "user", Trust.USER, "stated", START)
    content_names = {"kind", "domain", "tags", "metadata", "belief", "event", "times", "slot"}
    content = Content(text, **{k: v for k, v in fields.items() if k in content_names})  # type: ignore[arg-type]
    place_names = {"session", "turn", "message_id", "method", "role", "author", "sources", "said_at"}
    provenance = replace(provenance, **{k: v for k, v in fields.items() if k in place_names})  # type: ignore[arg-type]
    row_names = {"item_id": new_id(), "state": State.ACTIVE, "valid": ALWAYS}
    rest = {k: fields.get(k, default) for k, default in row_names.items()}
    unknown = set(fields) - content_names - place_names - set(row_names)
    assert not unknown, unknown
    return Revision(RevisionId(0), text_id=0, content=content, provenance=provenance, **rest)  # type: ignore[arg-type]


def keep(
    tx: Transaction,
    rows: Sequence[Revision],
    *,
    closed: Sequence[Revision] = (),
    known: Sequence[ItemId] = (),
    reason: str | None = None,
    verb: Verb = Verb.REMEMBER,
    flags: int = 0,
) -> list[Revision]:
    """Write rows of new items (or `known` ones), close others, and say so in the journal; their texts have
    these flags."""
    head = tx.head()
    at = START + TICK * (head.sequence + 1)
    number = head.sequence + 1
    whole = [
        replace(
            row,
            id=tx.next_revision_id(),
            text_id=tx.next_text_id(),
            recorded=Interval(at),
            opened_by=number,
        )
        for row in rows
    ]
    tx.add_items(
        [(item_id, at) for item_id in dict.fromkeys(r.item_id for r in whole) if item_id not in known]
    )
    tx.add_texts([replace(text_of(row), flags=flags) for row in whole])
    if closed:
        tx.close_revisions([row.id for row in closed], at=at, by=number)
    tx.add_revisions(whole)
    for row in whole:
        place = row.provenance
        if place.session is not None and place.turn is not None and row.item_id not in known:
            tx.add_turns(place.session, [(place.turn, row.item_id, place.message_id is not None)])
    entries = [
        Entry(verb, row.item_id, (row.id,), tuple(r.id for r in closed if r.item_id == row.item_id),
              (text_digest(SALT, row.content.text),))
        for row in whole
    ]  # fmt: skip
    entries = entries or [Entry(verb, row.item_id, (), (row.id,)) for row in closed]
    tx.append(entries, actor="Alice", reason=reason, at=at, change_set=number)
    return whole


def span(*values: int, start: int = 0, end: int = 5) -> StoredSpan:
    """One vector of EMBEDDER's dimensions; the values are bytes, two a dimension."""
    return StoredSpan(start, end, bytes(values))


def source(row: Revision, start: int | None = None, end: int | None = None) -> Source:
    """A place in a row's item."""
    return Source(row.item_id, start, end)
