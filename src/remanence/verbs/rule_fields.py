"""The fields that a lifecycle rule may ask of an item: name, type, meaning, and how each is computed.

Each is an array over a chunk of items, so that a plan over 100,000 items takes no longer than reading them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import islice

import numpy as np

from remanence.lifecycle.expressions import Column, FieldType
from remanence.model.ageing import DECAY
from remanence.model.interval import MAX_MICROS, to_micros
from remanence.model.item import Revision
from remanence.model.kind import Kind
from remanence.model.state import State
from remanence.recall.activation import DAY_MICROS, Reals, base_level
from remanence.recall.columns import Ints
from remanence.recall.marks import MarkTable
from remanence.storage.life_port import LifeRow
from remanence.storage.marks_port import LATEST_USES
from remanence.storage.port import Snapshot
from remanence.verbs.entity_lookup import Catalogue

CHUNK_ITEMS = 8192
NEVER = float("inf")


class Named:
    """Whom and what each item mentions, read when a rule first asks for it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    @cached_property
    def names(self) -> Mapping[str, frozenset[str]]:
        """By item id: all names of the entities that it mentions, but those that hang on who says them."""
        catalogue = Catalogue(self._snapshot)
        known: dict[int, frozenset[str]] = {}
        found: dict[str, frozenset[str]] = {}
        for mention in self._snapshot.standing_mentions():
            root = catalogue.groups.root(mention.entity)
            if root not in known:
                aliases = (
                    one for member in catalogue.members(root) for one in catalogue.aliases.get(member, ())
                )
                known[root] = frozenset(one.content for one in aliases if one.speaker is None)
            found[mention.item_id] = found.get(mention.item_id, frozenset()) | known[root]
        return found


class Chunk:
    """Some items, and the arrays made of them when they are first asked for."""

    def __init__(self, rows: Sequence[LifeRow], marks: MarkTable, named: Named, now: int) -> None:
        self.rows = rows
        self.named = named
        self.now = now
        items = np.array([row.item for row in rows], np.int64)
        self.uses, self.latest = marks.uses_of(items)
        self.expires_at: Ints = marks.expiry_of(items)

    def numbers(self, name: str) -> Reals:
        """float64 [n]: a column of numbers as stored."""
        place = LifeRow._fields.index(name)
        return np.array([row[place] for row in self.rows], np.float64)

    def words(self, name: str) -> Column:
        """object [n]: a column of texts as stored, None for none."""
        place = LifeRow._fields.index(name)
        return np.array([row[place] for row in self.rows], object)

    def days_since(self, micros: Reals) -> Reals:
        """float64 [n]: how many days ago each time was; below 0 for what is to come."""
        days: Reals = (self.now - micros) / DAY_MICROS
        return days

    def activation(self) -> Reals:
        """float64 [n]; see recall.activation."""
        decay = np.array([DECAY[Kind(row.kind)] for row in self.rows], np.float64)
        said_at = np.array([row.said_at for row in self.rows], np.int64)
        frozen = np.array([row.state == State.FROZEN for row in self.rows], np.bool_)
        return base_level(said_at, decay, self.uses, self.latest, now=self.now, frozen=frozen)


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its type, what it means, and how it is computed of a chunk."""

    type: FieldType
    meaning: str
    of: Callable[[Chunk], Column]


def _unused_days(chunk: Chunk) -> Column:
    last = np.where(chunk.uses > 0, chunk.latest[:, 0], chunk.numbers("said_at"))
    return chunk.days_since(last)


def _confidence(chunk: Chunk) -> Column:
    support = chunk.numbers("support")
    return support / (support + chunk.numbers("doubt"))


def _ended_days(chunk: Chunk) -> Column:
    ends = chunk.numbers("valid_to")
    return np.where(ends >= float(MAX_MICROS), 0.0, np.maximum(chunk.days_since(ends), 0.0))


def _expires_in_days(chunk: Chunk) -> Column:
    return np.where(chunk.expires_at == 0, NEVER, -chunk.days_since(chunk.expires_at.astype(np.float64)))


def _tags(chunk: Chunk) -> Column:
    found = np.empty(len(chunk.rows), object)
    read: dict[str | None, frozenset[str]] = {None: frozenset()}
    for place, row in enumerate(chunk.rows):
        tags = read.get(row.tags)
        if tags is None:
            tags = read[row.tags] = frozenset(json.loads(row.tags or "[]"))
        found[place] = tags
    return found


def _entities(chunk: Chunk) -> Column:
    found = np.empty(len(chunk.rows), object)
    nobody: frozenset[str] = frozenset()
    for place, row in enumerate(chunk.rows):
        found[place] = chunk.named.names.get(row.id, nobody)
    return found


FIELDS: dict[str, Field] = {
    "kind": Field(FieldType.TEXT, "utterance, fact, preference, ...", lambda c: c.words("kind")),
    "state": Field(FieldType.TEXT, "active, dormant, archived, ...", lambda c: c.words("state")),
    "age_days": Field(
        FieldType.NUMBER, "days since it was said", lambda c: c.days_since(c.numbers("said_at"))
    ),
    "uses": Field(FieldType.NUMBER, "how often it was used", lambda c: c.uses.astype(np.float64)),
    "unused_days": Field(FieldType.NUMBER, "days since it was last used, or else said", _unused_days),
    "activation": Field(FieldType.NUMBER, "its base-level activation now", lambda c: c.activation()),
    "confidence": Field(FieldType.NUMBER, "the mean of its belief, 0 to 1", _confidence),
    "evidence": Field(
        FieldType.NUMBER,
        "observations behind that belief",
        lambda c: c.numbers("support") + c.numbers("doubt"),
    ),
    "ended_days": Field(FieldType.NUMBER, "days since it ceased to hold, 0 while it holds", _ended_days),
    "expires_in_days": Field(
        FieldType.NUMBER, "days until it expires, infinite where it does not", _expires_in_days
    ),
    "tokens": Field(FieldType.NUMBER, "how long its text is", lambda c: c.numbers("tokens")),
    "tags": Field(FieldType.WORDS, 'its tags: `"travel" in tags`', _tags),
    "entities": Field(
        FieldType.WORDS, 'by all their names, whom it mentions: `"Ana" in entities`', _entities
    ),
    "author": Field(FieldType.TEXT, "who said it", lambda c: c.words("author")),
    "role": Field(FieldType.TEXT, "user, assistant, system, ...", lambda c: c.words("role")),
    "trust": Field(FieldType.TEXT, "user, agent, tool, document or import", lambda c: c.words("trust")),
    "session": Field(FieldType.TEXT, "its conversation, or None", lambda c: c.words("session")),
    "domain": Field(FieldType.TEXT, "its field, or None", lambda c: c.words("domain")),
    "method": Field(FieldType.TEXT, "observed, stated, rule:NAME", lambda c: c.words("method")),
}
TYPES = {name: field.type for name, field in FIELDS.items()}


def chunks(snapshot: Snapshot, now: datetime) -> Iterator[Chunk]:
    """All items, some at a time."""
    marks = MarkTable()
    marks.replace((), snapshot.ageing_facts())
    named = Named(snapshot)
    rest = snapshot.life_rows(now)
    while rows := list(islice(rest, CHUNK_ITEMS)):
        yield Chunk(rows, marks, named, to_micros(now))


def activations(snapshot: Snapshot, now: datetime) -> Iterator[tuple[LifeRow, float, int]]:
    """Each item with its activation, and when it expires in microseconds, 0 for never."""
    for chunk in chunks(snapshot, now):
        yield from zip(chunk.rows, chunk.activation().tolist(), chunk.expires_at.tolist(), strict=True)


def activation_of(row: Revision, uses: Sequence[datetime], now: datetime) -> float:
    """The activation of one row that was used at these times."""
    latest = sorted(map(to_micros, uses), reverse=True)[:LATEST_USES]
    found = base_level(
        np.array([to_micros(row.provenance.said_at)], np.int64),
        np.array([DECAY[row.content.kind]], np.float64),
        np.array([len(uses)], np.int64),
        np.array([[*latest, *[0] * (LATEST_USES - len(latest))]], np.int64),
        now=to_micros(now),
        frozen=np.zeros(1, np.bool_),
    )
    return float(found[0])
