"""Writes entities within a transaction; storage.entities_port.EntityTransaction says what each call does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import apsw

from remanence.model.entity import EntityId, EntityKind
from remanence.model.interval import to_micros
from remanence.storage.entities_port import NewAlias, NewMention, NewName
from remanence.storage.sqlite.erasable import CLEARINGS_OF_NAMES
from remanence.storage.sqlite.rows import Bound

BY_HAND = ("mentions", "mergers", "entity_kinds", "given_aliases")  # each with a pair of statements


class EntityWriting:
    """The entities' part of a write transaction."""

    _db: apsw.Connection
    _sql: dict[str, str]
    _run: Callable[[str, Bound], None]

    def next_entity_numbers(self) -> tuple[int, int]:
        ((entity, name),) = list(self._db.execute(self._sql["select_last_entity_numbers"]))
        return entity + 1, name + 1

    def add_entities(self, entities: Iterable[tuple[int, EntityId]], *, at: datetime) -> None:
        rows = [(number, entity_id, to_micros(at)) for number, entity_id in entities]
        self._db.executemany(self._sql["insert_entity"], rows)

    def add_names(self, names: Iterable[NewName]) -> None:
        rows = [(one.number, one.content, one.folded, one.first, one.last) for one in names]
        self._db.executemany(self._sql["insert_name"], rows)

    def add_aliases(self, aliases: Iterable[NewAlias], *, by: int) -> None:
        rows = [(one.entity, one.name, one.speaker, one.origin.value, by) for one in aliases]
        self._db.executemany(self._sql["insert_alias"], rows)

    def add_mentions(self, mentions: Iterable[NewMention], *, by: int) -> None:
        rows = [
            (
                one.entity,
                one.name,
                one.text,
                one.start,
                one.end,
                one.kind.value,
                one.firm,
                one.ground.value,
                one.score,
                by,
            )
            for one in mentions
        ]
        self._db.executemany(self._sql["insert_mention"], rows)

    def merge_entity(self, entity: int, target: int, *, by: int) -> None:
        self._run("insert_merger", {"entity": entity, "target": target, "by": by})

    def move_mentions(self, mentions: Sequence[int], entity: int, *, by: int) -> None:
        numbers = json.dumps(mentions)
        self._run("move_mentions", {"mentions": numbers, "entity": entity, "by": by})
        self._run("close_mentions", {"mentions": numbers, "by": by})

    def close_aliases(self, aliases: Sequence[int], *, by: int) -> None:
        self._run("close_aliases", {"aliases": json.dumps(aliases), "by": by})

    def set_entity_kind(self, entity: int, kind: EntityKind, others: Sequence[int], *, by: int) -> None:
        self._run("close_entity_kinds", {"entities": json.dumps([entity, *others]), "by": by})
        self._run("insert_entity_kind", {"entity": entity, "kind": kind.value, "by": by})

    def take_back_entities(self, change_sets: Sequence[int], *, by: int) -> int:
        taken = 0
        for rows in BY_HAND:
            for step in ("close", "return"):
                bound: Bound = {"change_sets": json.dumps(change_sets), "by": by}
                self._run(f"{step}_{rows}_of_change_sets", bound)
                taken += self._db.changes()
        return taken

    def clear_names(self) -> None:
        for clearing in CLEARINGS_OF_NAMES:
            self._run(clearing.statement, {})
