"""Entities as JSON documents; see `documents`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from remanence.faces.documents import Document, of_item, of_time

if TYPE_CHECKING:
    from remanence.model.entity import Candidate, Entity, EntityPage


def of_entity(entity: Entity) -> Document:
    """An entity, its names and how often it is mentioned."""
    return {
        "id": entity.id,
        "name": entity.name,
        "kind": entity.kind.value,
        "aliases": [
            {"text": alias.text, "origin": alias.origin.value, "speaker": alias.speaker}
            for alias in entity.aliases
        ],
        "mentions": entity.mentions,
        "items": entity.items,
        "first_at": of_time(entity.first_at),
        "last_at": of_time(entity.last_at),
        "speaks": entity.speaks,
    }


def of_entities(entities: Iterable[Entity]) -> Document:
    """Entities, the most mentioned first."""
    return {"entities": [of_entity(entity) for entity in entities]}


def of_entity_page(page: EntityPage) -> Document:
    """An entity with the items that mention it, and where they do."""
    return {
        "entity": of_entity(page.entity),
        "items": [of_item(item) for item in page.items],
        "mentions": [
            {"id": one.item_id, "start": one.start, "end": one.end, "text": one.text, "score": one.score}
            for one in page.mentions
        ],
    }


def of_candidates(found: Iterable[Candidate]) -> Document:
    """Whom a name may mean, best first."""
    return {"candidates": [{"score": one.score, "entity": of_entity(one.entity)} for one in found]}
