"""The façade's answers to "why is it there?" and "why is it not there?"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from remanence.model.absence import WhyNot
from remanence.model.explanation import Explanation
from remanence.model.kind import Kind
from remanence.surface.bound import Bound
from remanence.surface.entities import names_of
from remanence.surface.units import boosts_of, places_of
from remanence.verbs.arguments import When
from remanence.verbs.pointing import Pointer
from remanence.verbs.recalling import DEFAULT_HITS, Include, Query

if TYPE_CHECKING:
    from remanence.model.entity import Entity
    from remanence.model.item import Item, Json
    from remanence.surface.unit import Unit


class Explaining(Bound):
    """What a recall is made of, what it leaves out, and why."""

    def explain(
        self,
        text: str,
        *,
        k: int = DEFAULT_HITS,
        as_of: When | None = None,
        known_at: When | None = None,
        said_before: When | None = None,
        kinds: Iterable[Kind | str] | None = None,
        sessions: Iterable[str] | None = None,
        authors: Iterable[str] | None = None,
        tags: Iterable[str] | None = None,
        metadata: Mapping[str, Json] | None = None,
        confidence_min: float = 0.0,
        score_min: float = 0.0,
        entities: Iterable[Entity | str] | None = None,
        goal: Item | str | None = None,
        units: Iterable[Unit | str] | None = None,
        units_boost: Mapping[Unit | str, float] | Iterable[Unit | str] | None = None,
        without: Pointer | Iterable[Pointer] = (),
        include: Iterable[Include] = (),
        asker: str | None = None,
        ageing: bool = True,
    ) -> Explanation:
        """`recall(text, ...)` taken apart: how the question was read, how many rows pass each filter, and
        for each hit the raw score and the place by each road. Raises as `recall` does.

        >>> import remanence
        >>> with remanence.open(tmp / "alice.cube", embedder=None) as cube:
        ...     item = cube.remember("Alice is allergic to peanuts")
        ...     [(road.name, road.place) for road in cube.explain("peanuts").hits[0].roads]
        [('bm25', 1), ('bm25_window', 1)]
        """
        from remanence.verbs import explaining

        query = Query(
            text=text,
            as_of=as_of,
            known_at=known_at,
            said_before=said_before,
            kinds=kinds,
            sessions=sessions,
            authors=authors,
            tags=tags,
            metadata=metadata,
            confidence_min=confidence_min,
            score_min=score_min,
            entities=names_of(entities),
            goal=goal,
            units=places_of(units),
            units_boost=boosts_of(units_boost),
            without=without,
            include=include,
            asker=asker,
            ageing=ageing,
        )
        return explaining.explain(self._recaller, query, k=k)

    def why_not(
        self,
        item: str,
        text: str,
        *,
        k: int = DEFAULT_HITS,
        as_of: When | None = None,
        known_at: When | None = None,
        said_before: When | None = None,
        kinds: Iterable[Kind | str] | None = None,
        sessions: Iterable[str] | None = None,
        authors: Iterable[str] | None = None,
        tags: Iterable[str] | None = None,
        metadata: Mapping[str, Json] | None = None,
        confidence_min: float = 0.0,
        entities: Iterable[Entity | str] | None = None,
        goal: Item | str | None = None,
        units: Iterable[Unit | str] | None = None,
        units_boost: Mapping[Unit | str, float] | Iterable[Unit | str] | None = None,
        without: Pointer | Iterable[Pointer] = (),
        include: Iterable[Include] = (),
        asker: str | None = None,
        ageing: bool = True,
    ) -> WhyNot:
        """What keeps an item out of the first k hits of `recall(text, ...)` with the same arguments.

        A filter that it does not pass, a passage that it is folded into, or by what the last hit is ahead
        of it. Raises NotFound or AmbiguousId, and InvalidInput as `recall` does.
        """
        from remanence.verbs import absence

        query = Query(
            text=text,
            as_of=as_of,
            known_at=known_at,
            said_before=said_before,
            kinds=kinds,
            sessions=sessions,
            authors=authors,
            tags=tags,
            metadata=metadata,
            confidence_min=confidence_min,
            entities=names_of(entities),
            goal=goal,
            units=places_of(units),
            units_boost=boosts_of(units_boost),
            without=without,
            include=include,
            asker=asker,
            ageing=ageing,
        )
        return absence.why_not(self._recaller, item, query, k=k)
