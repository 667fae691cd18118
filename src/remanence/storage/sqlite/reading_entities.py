"""Reads entities, names and mentions; see storage.entities_port.EntitySnapshot for what each call gives."""

from __future__ import annotations

import json
from collections.abc import Sequence

import apsw

from remanence.model.entity import EntityId, EntityKind, Origin
from remanence.model.ids import ItemId, TextId
from remanence.model.interval import from_micros
from remanence.storage.entities_port import KindEvidence, KnownName, MentionCounts, StoredAlias, StoredMention
from remanence.storage.sqlite.rows import Bound, decoding, held_by_sqlite


class EntityReading:
    """The entities' part of a read transaction."""

    _db: apsw.Connection
    _sql: dict[str, str]

    def names_by_words(self, words: Sequence[str]) -> list[KnownName]:
        bound = {"words": json.dumps([held_by_sqlite(word) for word in words])}
        with decoding("an alias"):
            return [
                KnownName(entity, name, content, folded, speaker, Origin(origin), standing)
                for entity, name, content, folded, speaker, origin, standing in self._db.execute(
                    self._sql["select_names_by_words"], bound
                )
            ]

    def name_numbers(self, contents: Sequence[str]) -> dict[str, int]:
        bound = {"contents": json.dumps(contents)}
        return dict(self._db.execute(self._sql["select_names_by_content"], bound))

    def kind_evidence(self, entities: Sequence[int]) -> list[KindEvidence]:
        found = self._db.execute(self._sql["select_kind_evidence"], {"entities": json.dumps(entities)})
        return [KindEvidence(entity, EntityKind(kind), bool(firm), n) for entity, kind, firm, n in found]

    def kinds_given(self) -> dict[int, EntityKind]:
        with decoding("an entity's kind"):
            found = self._db.execute(self._sql["select_kinds_given"])
            return {entity: EntityKind(kind) for entity, kind in found}

    def mergers(self) -> list[tuple[int, int]]:
        return list(self._db.execute(self._sql["select_mergers"]))

    def last_sessions(self, entities: Sequence[int]) -> dict[int, str | None]:
        return dict(self._db.execute(self._sql["select_last_sessions"], {"entities": json.dumps(entities)}))

    def entity_ids(self) -> dict[int, EntityId]:
        return {
            number: EntityId(entity_id)
            for number, entity_id in self._db.execute(self._sql["select_entities"])
        }

    def aliases(self) -> list[StoredAlias]:
        with decoding("an alias"):
            return [
                StoredAlias(alias, entity, name, content, folded, speaker, Origin(origin))
                for alias, entity, name, content, folded, speaker, origin in self._db.execute(
                    self._sql["select_entity_aliases"]
                )
            ]

    def standing_mentions(self, entities: Sequence[int] | None = None) -> list[StoredMention]:
        if entities is None:
            return self._mentions("select_standing_mentions", {})
        return self._mentions("select_standing_mentions_of", {"entities": json.dumps(entities)})

    def mention_counts(self, entities: Sequence[int]) -> MentionCounts:
        bound = {"entities": json.dumps(entities)}
        counted = self._db.execute(self._sql["select_mentions_by_name"], bound)
        by_name = {(entity, name): times for entity, name, times in counted}
        ((items, first, last),) = list(self._db.execute(self._sql["select_span_of_mentions"], bound))
        with decoding("when an entity was mentioned"):
            return MentionCounts(
                by_name,
                items,
                None if first is None else from_micros(first),
                None if last is None else from_micros(last),
            )

    def open_mentions(self, entities: Sequence[int]) -> list[StoredMention]:
        return self._mentions("select_open_mentions_of", {"entities": json.dumps(entities)})

    def _mentions(self, name: str, bound: Bound) -> list[StoredMention]:
        with decoding("a mention"):
            return [
                StoredMention(
                    mention, entity, name, ItemId(item), TextId(text), start, end, score, from_micros(said_at)
                )
                for mention, entity, name, item, text, start, end, score, said_at in self._db.execute(
                    self._sql[name], bound
                )
            ]

    def texts_mentioning(self, entities: Sequence[int]) -> list[int]:
        bound = {"entities": json.dumps(entities)}
        return [text for (text,) in self._db.execute(self._sql["select_texts_mentioning"], bound)]

    def names_in_texts(
        self, texts: Sequence[TextId], entities: Sequence[int]
    ) -> list[tuple[TextId, int, str]]:
        bound = {"texts": json.dumps(texts), "entities": json.dumps(entities)}
        found = self._db.execute(self._sql["select_names_in_texts"], bound)
        return [(TextId(text), entity, content) for text, entity, content in found]

    def texts_with_mentions(self, texts: Sequence[TextId]) -> set[TextId]:
        bound = {"texts": json.dumps(texts)}
        return {TextId(text) for (text,) in self._db.execute(self._sql["select_texts_read"], bound)}

    def entity_sets_built_on(self, change_set: int) -> set[int]:
        bound = {"change_set": change_set}
        return {n for (n,) in self._db.execute(self._sql["select_entity_sets_built_on"], bound)}
