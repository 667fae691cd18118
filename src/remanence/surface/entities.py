"""The façade's entities: whom and what the cube has heard of, and the corrections of who is who."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from remanence.model.entity import Candidate, Entity, EntityKind, EntityPage
from remanence.surface.bound import Bound
from remanence.verbs.arguments import listed

if TYPE_CHECKING:
    from remanence.verbs.entity_lookup import Asked

# What entities need is imported where it is used: most programs ask for none, and start sooner.


class Entities(Bound):
    """People, places, organisations and things that are mentioned."""

    def entities(self, *, kind: EntityKind | str | None = None) -> tuple[Entity, ...]:
        """All that are mentioned, or speak, or those of one kind; the most mentioned first."""
        from remanence.verbs import entities

        return entities.listed(self._setting, None if kind is None else EntityKind.parse(kind))

    def entity(self, name: Entity | str, *, asker: str | None = None) -> EntityPage:
        """Who or what is known by this name or id, with the items that mention it.

        "I" and "my sister" are those of `asker` (default the owner). Raises NotFound, which names what
        comes near, and AmbiguousId, which lists whom it may mean.
        """
        from remanence.verbs import entities

        return entities.shown(self._setting, self._asked(name, asker))

    def find_entities(self, name: str, *, asker: str | None = None) -> tuple[Candidate, ...]:
        """Whom a name may mean, best first, each with its share of the score; none where it is unknown."""
        from remanence.verbs import entities

        return entities.found(self._setting, self._asked(name, asker))

    def merge_entities(
        self,
        kept: Entity | str,
        other: Entity | str,
        *,
        because: str | None = None,
        actor: str | None = None,
    ) -> Entity:
        """Take two entities for one, which goes on as the first. Undo takes them apart again.

        Raises NotFound, AmbiguousId, and Refused where they are one already.
        """
        from remanence.verbs import entities

        by = entities.By(actor or self.owner, because)
        return entities.merge(self._setting, self._asked(kept), self._asked(other), by)

    def split_entity(
        self,
        entity: Entity | str,
        *,
        aliases: Iterable[str] = (),
        items: Iterable[str] = (),
        because: str | None = None,
        actor: str | None = None,
    ) -> Entity:
        """Let what is mentioned by these names, or in these items, be another entity, which is returned.

        Raises InvalidInput, NotFound, AmbiguousId, and Refused where nothing would be left of the first.
        """
        from remanence.verbs import entities

        by = entities.By(actor or self.owner, because)
        return entities.split(self._setting, self._asked(entity), aliases, items, by)

    def annotate_entity(
        self,
        entity: Entity | str,
        *,
        name: str | None = None,
        kind: EntityKind | str | None = None,
        because: str | None = None,
        actor: str | None = None,
    ) -> Entity:
        """Give an entity another name, which it keeps beside those it has, or say what kind it is.

        Raises InvalidInput, NotFound and AmbiguousId.
        """
        from remanence.verbs import entities

        by = entities.By(actor or self.owner, because)
        wanted = None if kind is None else EntityKind.parse(kind)
        return entities.annotate(self._setting, self._asked(entity), name, wanted, by)

    def _asked(self, name: Entity | str, asker: str | None = None) -> Asked:
        from remanence.verbs.entity_lookup import Asked

        return Asked(name.id if isinstance(name, Entity) else name, asker or self.owner)


def names_of(entities: Iterable[Entity | str] | None) -> list[str] | None:
    """What recall takes for entities: ids and names; InvalidInput for one text."""
    if entities is None:
        return None
    return [one.id if isinstance(one, Entity) else one for one in listed(entities, "entities")]
