"""What a cube asks of its engine about entities; the two ports of storage.port inherit it.

Entities and names have numbers here; `by` and `change_set` are change sets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from remanence.model.entity import EntityId, EntityKind, Ground, Origin
from remanence.model.ids import ItemId, TextId


class KnownName(NamedTuple):
    """An alias as names are looked up: the entity, and the name by its number and its wording."""

    entity: int
    name: int
    content: str
    folded: str  # by which names are compared
    speaker: int | None  # the entity whose "my sister" it is; None for everybody's
    origin: Origin
    standing: int  # 2: borne out by what is believed now, 1: by what was believed once


class StoredAlias(NamedTuple):
    """An alias with its number; whether it stands is told by the mentions."""

    alias: int
    entity: int
    name: int
    content: str
    folded: str
    speaker: int | None
    origin: Origin


class StoredMention(NamedTuple):
    """A mention that counts now."""

    mention: int
    entity: int
    name: int
    item_id: ItemId
    text: TextId
    start: int
    end: int
    score: float
    said_at: datetime


@dataclass(frozen=True, slots=True)
class MentionCounts:
    """How often entities are mentioned now, by (entity, name); in how many items, said when."""

    by_name: Mapping[tuple[int, int], int]
    items: int
    first_at: datetime | None
    last_at: datetime | None


class KindEvidence(NamedTuple):
    """How often mentions of an entity said that it is of a kind; up to 16 are counted."""

    entity: int
    kind: EntityKind
    firm: bool
    times: int


@dataclass(frozen=True, slots=True)
class NewName:
    """A name that the cube had not heard."""

    number: int
    content: str
    folded: str
    first: str  # the first word of `folded`, or its first character where words are not spaced
    last: str


class NewMention(NamedTuple):
    """A mention to keep."""

    entity: int
    name: int
    text: TextId
    start: int
    end: int
    kind: EntityKind
    firm: bool
    ground: Ground
    score: float


class NewAlias(NamedTuple):
    """An alias to keep."""

    entity: int
    name: int
    speaker: int | None
    origin: Origin


class EntitySnapshot(Protocol):
    """One committed state of the entities."""

    def names_by_words(self, words: Sequence[str]) -> list[KnownName]:
        """The aliases that begin or end with one of these words."""
        ...

    def name_numbers(self, contents: Sequence[str]) -> dict[str, int]:
        """The numbers of the names that the cube has in these very wordings."""
        ...

    def kind_evidence(self, entities: Sequence[int]) -> list[KindEvidence]:
        """What mentions say of the kinds of these entities."""
        ...

    def kinds_given(self) -> dict[int, EntityKind]:
        """The kinds that were said by hand."""
        ...

    def mergers(self) -> list[tuple[int, int]]:
        """Which entity was taken for which other, by hand, in that order."""
        ...

    def last_sessions(self, entities: Sequence[int]) -> dict[int, str | None]:
        """The conversation in which each of these was last named for certain."""
        ...

    def entity_ids(self) -> dict[int, EntityId]:
        """All entities, in the order in which they were first heard of."""
        ...

    def aliases(self) -> list[StoredAlias]:
        """All aliases that may stand, in the order in which they were learnt."""
        ...

    def standing_mentions(self, entities: Sequence[int] | None = None) -> list[StoredMention]:
        """The mentions that count now, of all entities or of these, in order of time."""
        ...

    def mention_counts(self, entities: Sequence[int]) -> MentionCounts:
        """The mentions of these, taken as one, that count now."""
        ...

    def open_mentions(self, entities: Sequence[int]) -> list[StoredMention]:
        """All mentions of these, of what is not believed now too."""
        ...

    def texts_mentioning(self, entities: Sequence[int]) -> list[int]:
        """The texts that mention one of these, of what was ever believed."""
        ...

    def names_in_texts(
        self, texts: Sequence[TextId], entities: Sequence[int]
    ) -> list[tuple[TextId, int, str]]:
        """Where these texts mention these entities, and by which name, in the order of the texts' words."""
        ...

    def texts_with_mentions(self, texts: Sequence[TextId]) -> set[TextId]:
        """Which of these texts have mentions."""
        ...

    def entity_sets_built_on(self, change_set: int) -> set[int]:
        """The later sets that ended what this one said of entities by hand."""
        ...


class EntityTransaction(EntitySnapshot, Protocol):
    """An EntitySnapshot that may write."""

    def next_entity_numbers(self) -> tuple[int, int]:
        """The numbers that the next entity and the next name may have."""
        ...

    def add_entities(self, entities: Iterable[tuple[int, EntityId]], *, at: datetime) -> None:
        """Make entities."""
        ...

    def add_names(self, names: Iterable[NewName]) -> None:
        """Keep names."""
        ...

    def add_aliases(self, aliases: Iterable[NewAlias], *, by: int) -> None:
        """Let names mean entities."""
        ...

    def add_mentions(self, mentions: Iterable[NewMention], *, by: int) -> None:
        """Keep mentions; their texts, names and entities are there."""
        ...

    def merge_entity(self, entity: int, target: int, *, by: int) -> None:
        """Take an entity for another."""
        ...

    def move_mentions(self, mentions: Sequence[int], entity: int, *, by: int) -> None:
        """Let these mentions be of another entity."""
        ...

    def close_aliases(self, aliases: Sequence[int], *, by: int) -> None:
        """End aliases that were given by hand."""
        ...

    def set_entity_kind(self, entity: int, kind: EntityKind, others: Sequence[int], *, by: int) -> None:
        """Say what an entity is; ends what was said of it, and of these others, before."""
        ...

    def take_back_entities(self, change_sets: Sequence[int], *, by: int) -> int:
        """End what sets said of entities by hand, let return what they ended; returns how much that was."""
        ...

    def clear_names(self) -> None:
        """After an erasure: let go of names and aliases that no mention bears out any more."""
        ...
