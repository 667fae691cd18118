"""What a recall asks of entities: the rows that mention one of them, and by which of its names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from remanence.errors import InvalidInput, NotFound
from remanence.model.entity import Entity, Origin
from remanence.model.hit import Hit, Why
from remanence.model.ids import TextId
from remanence.recall.analyser import Flag
from remanence.recall.columns import Bools, among
from remanence.recall.index import MemoryIndex
from remanence.storage.port import Snapshot
from remanence.verbs.entity_lookup import Asked, Catalogue, candidates

ENTITIES_MAX = 1_000  # of one recall


class EntitiesAsked:
    """One state of a cube, in which entities are looked up; a name of several means each of them.

    Raises NotFound for a name that nobody is known by, unless that is left to be `known_later`.
    """

    def __init__(
        self, snapshot: Snapshot, names: Sequence[str], asker: str, *, known_later: bool = False
    ) -> None:
        if len(names) > ENTITIES_MAX:
            raise InvalidInput(f"{len(names)} entities are more than ENTITIES_MAX = {ENTITIES_MAX}")
        self._snapshot = snapshot
        self._catalogue = Catalogue(snapshot)
        self._entities: dict[int, Entity] = {}  # each member of what is asked for, with the whole
        numbers = {entity_id: number for number, entity_id in self._catalogue.ids.items()}
        for name in names:
            meant = candidates(self._catalogue, Asked(name, asker))
            if not meant and not known_later:
                raise NotFound(f"nobody and nothing is known as {name!r}; `entities` lists who and what is")
            for one in meant:
                members = self._catalogue.members(numbers[one.entity.id])
                self._entities.update((member, one.entity) for member in members)
        self._speakers = {
            one.content: self._entities[member]
            for member in self._entities
            for one in self._catalogue.aliases.get(member, ())
            if one.origin is Origin.SPEAKS
        }

    def rows(self, index: MemoryIndex) -> Bools:
        """bool [rows]: those that mention one of them, or in which one speaks of themself."""
        columns = index.columns
        passed = self.mentioning(index)
        authors = [index.authors[name] for name in self._speakers if name in index.authors]
        if authors:
            speaks = (columns.ints("flags") & int(Flag.FIRST_PERSON)) != 0
            passed |= among(columns.ints("author"), authors) & speaks
        return passed

    def mentioning(self, index: MemoryIndex) -> Bools:
        """bool [rows]: those whose text mentions one of them, by whatever name."""
        texts = self._snapshot.texts_mentioning(list(self._entities))
        found: Bools = np.isin(index.columns.ints("text"), np.array(texts, np.int64))
        return found

    def explained(self, hits: Sequence[Hit]) -> list[Hit]:
        """The hits, each with a note of who it mentions, and as what."""
        texts = [hit.item.revision.text_id for hit in hits]
        by_text: dict[TextId, dict[str, None]] = {}
        for text, entity, content in self._snapshot.names_in_texts(texts, list(self._entities)):
            name = self._entities[entity].name
            said = f"mentions {name}" if content == name else f"mentions {name} as {content!r}"
            by_text.setdefault(text, {})[said] = None
        return [self._noted(hit, tuple(by_text.get(hit.item.revision.text_id, ()))) for hit in hits]

    def _noted(self, hit: Hit, notes: tuple[str, ...]) -> Hit:
        speaker = self._speakers.get(hit.item.author)
        if not notes and speaker is not None:
            notes = (f"{speaker.name} speaks of themself",)
        return replace(hit, why=Why(hit.why.parts, (*hit.why.notes, *notes)))
