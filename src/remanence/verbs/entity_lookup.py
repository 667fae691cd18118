"""Finds entities: all there are, by id, or by a name that somebody may use for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from remanence.errors import AmbiguousId, InvalidInput, NotFound
from remanence.model.entity import Alias, Candidate, Entity, EntityId, EntityKind, Origin
from remanence.model.ids import ItemId, short
from remanence.storage.entities_port import MentionCounts, StoredAlias, StoredMention
from remanence.storage.port import Snapshot
from remanence.verbs import arguments
from remanence.verbs.entity_groups import Groups
from remanence.verbs.unit_lookup import id_prefix

CANDIDATES_SHOWN = 5
SUGGESTIONS = 3
_FIRST_PERSON = frozenset({"i", "me", "my", "myself", "mine"})
_OF_ROLE = frozenset({"user", "assistant", "system", "developer", "tool", "function"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A name with whoever uses it: "my sister" is theirs."""

    name: str
    asker: str


class Catalogue:
    """The entities of one state of the cube."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.groups = Groups(snapshot.mergers())
        self.ids = snapshot.entity_ids()

    @cached_property
    def aliases(self) -> dict[int, list[StoredAlias]]:
        """All aliases by entity."""
        found: dict[int, list[StoredAlias]] = {}
        for one in self.snapshot.aliases():
            found.setdefault(one.entity, []).append(one)
        return found

    @cached_property
    def speaking(self) -> dict[str, bool]:
        """Who speaks in what is remembered now, and whether it is a person who does."""
        standing = set(self.snapshot.speakers())
        roles = {author: role for author, role in self.snapshot.authors() if author in standing}
        return {author: roles.get(author) == "user" for author in standing}

    def members(self, entity: int) -> Sequence[int]:
        """All that are one with it by hand."""
        return self.groups.members(entity)

    def every(self) -> list[Entity]:
        """Every entity that is mentioned or speaks, the most mentioned first."""
        by_root: dict[int, list[StoredMention]] = {}
        for mention in self.snapshot.standing_mentions():
            by_root.setdefault(self.groups.root(mention.entity), []).append(mention)
        roots = dict.fromkeys(self.groups.root(number) for number in self.ids)
        found = [self._made(root, _counted(by_root.get(root, []))) for root in roots]
        listed = [one for one in found if one is not None]
        return sorted(listed, key=lambda one: (-one.mentions, one.name.casefold(), one.id))

    def entity(self, number: int) -> Entity | None:
        """One entity; None where nothing that is believed mentions it."""
        root = self.groups.root(number)
        return self._made(root, self.snapshot.mention_counts(self.members(root)))

    def with_prefix(self, prefix: str) -> list[int]:
        """The entities whose id begins so, each by the one that stands for it."""
        found = (self.groups.root(number) for number, one in self.ids.items() if one.startswith(prefix))
        return list(dict.fromkeys(found))

    def _made(self, root: int, mentions: MentionCounts) -> Entity | None:
        members = self.members(root)
        counts = Counter(mentions.by_name)
        stored = [one for member in members for one in self.aliases.get(member, ())]
        standing = [one for one in stored if self._stands(one, counts)]
        speaks = [one for one in standing if one.origin is Origin.SPEAKS]
        if not mentions.items and not speaks:
            return None
        return Entity(
            id=self.ids[root],
            name=_display_name(standing, counts, root),
            kind=self._kind(root, members, any(self.speaking[one.content] for one in speaks)),
            aliases=self._shown(standing, counts),
            mentions=counts.total(),
            items=mentions.items,
            first_at=mentions.first_at,
            last_at=mentions.last_at,
            speaks=bool(speaks),
        )

    def _stands(self, alias: StoredAlias, counts: Counter[tuple[int, int]]) -> bool:
        if alias.origin is Origin.SPEAKS:
            return alias.content in self.speaking
        return alias.origin is Origin.GIVEN or counts[alias.entity, alias.name] > 0

    def _kind(self, root: int, members: Sequence[int], is_person: bool) -> EntityKind:
        from remanence.reader.entities.resolving import kind_by

        for member in (root, *members):
            if member in self._kinds_given:
                return self._kinds_given[member]
        if is_person:
            return EntityKind.PERSON
        evidence: Counter[tuple[EntityKind, bool]] = Counter()
        for one in self.snapshot.kind_evidence(members):
            evidence[one.kind, one.firm] += one.times
        return kind_by(evidence)[0]

    @cached_property
    def _kinds_given(self) -> dict[int, EntityKind]:
        return self.snapshot.kinds_given()

    def _shown(self, aliases: Sequence[StoredAlias], counts: Counter[tuple[int, int]]) -> tuple[Alias, ...]:
        """Each wording once, the one used most."""
        best: dict[tuple[str, int | None], StoredAlias] = {}

        def rank(one: StoredAlias) -> tuple[bool, int]:
            return one.origin is not Origin.SPEAKS, -counts[one.entity, one.name]

        for one in sorted(aliases, key=rank):
            best.setdefault((one.folded, one.speaker), one)
        return tuple(
            Alias(one.content, one.origin, None if one.speaker is None else self._speaker_name(one.speaker))
            for one in sorted(best.values(), key=lambda one: one.alias)
        )

    def _speaker_name(self, entity: int) -> str:
        spoken = [
            one.content
            for member in self.members(entity)
            for one in self.aliases.get(member, ())
            if one.origin is Origin.SPEAKS
        ]
        return spoken[0] if spoken else self.ids[entity]


def _counted(mentions: Sequence[StoredMention]) -> MentionCounts:
    times = [one.said_at for one in mentions]
    return MentionCounts(
        Counter((one.entity, one.name) for one in mentions),
        len({one.item_id for one in mentions}),
        min(times, default=None),
        max(times, default=None),
    )


def candidates(catalogue: Catalogue, asked: Asked) -> list[Candidate]:
    """Whom a name may mean, best first: an id, "I" or "my sister" of whoever asks, or a name."""
    name = arguments.name(asked.name, "entity").strip()
    meant = _meant(catalogue, name, asked.asker)
    found = [(entity, score) for number, score in meant if (entity := catalogue.entity(number)) is not None]
    total = sum(score for _, score in found)
    return [Candidate(entity, round(score / total, 4)) for entity, score in found]


def one_number(catalogue: Catalogue, asked: Asked) -> int:
    """The one entity that is meant. Raises NotFound, which says what comes near, and AmbiguousId."""
    found = candidates(catalogue, asked)
    if not found:
        raise NotFound(f"nobody and nothing is known as {asked.name!r}{_suggestions(catalogue, asked.name)}")
    if len(found) > 1:
        shown = ", ".join(f"{one.entity} {_short(one.entity.id)}" for one in found[:CANDIDATES_SHOWN])
        more = ", ..." if len(found) > CANDIDATES_SHOWN else ""
        raise AmbiguousId(f"{asked.name!r} may mean: {shown}{more}; give an id")
    return next(number for number, one in catalogue.ids.items() if one == found[0].entity.id)


def _meant(catalogue: Catalogue, name: str, asker: str) -> list[tuple[int, float]]:
    from remanence.reader.entities.folding import ends_of, fold
    from remanence.reader.entities.found import Found
    from remanence.reader.entities.relations import relative_names
    from remanence.reader.entities.resolving import Directory
    from remanence.reader.entities.words import language_of, words

    prefix = id_prefix(name)
    by_id = catalogue.with_prefix(prefix) if prefix else []
    if by_id:
        return [(number, 1.0) for number in by_id]
    said_by = _speaker(catalogue, asker)
    if name.casefold() in _FIRST_PERSON:
        return [] if said_by is None else [(said_by, 1.0)]
    relative = [
        one
        for one in relative_names(name, words(language_of(name)))
        if (one.start, one.end) == (0, len(name))
    ]
    found = relative[0] if relative else Found(0, len(name), name.removeprefix("the "), certain=False)
    if found.owner is not None:
        owners = _meant(catalogue, found.owner, asker)
        said_by = owners[0][0] if len(owners) == 1 else None
    directory = Directory(catalogue.groups.root, catalogue.snapshot.last_sessions)
    known = catalogue.snapshot.names_by_words(sorted({*ends_of(fold(found.text)), fold(name)[:1]}))
    directory.learn(known)
    directory.weigh(catalogue.snapshot.kind_evidence(sorted({one.entity for one in known})))
    meant = directory.candidates(found, speaker=said_by, session=None)
    return [(one.entity, one.score) for one in meant]


def _speaker(catalogue: Catalogue, author: str) -> int | None:
    """The entity of who speaks under this name."""
    for aliases in catalogue.aliases.values():
        for one in aliases:
            if one.origin is Origin.SPEAKS and one.content == author:
                return catalogue.groups.root(one.entity)
    return None


def _suggestions(catalogue: Catalogue, name: str) -> str:
    contents = {
        one.content.casefold(): one.content
        for aliases in catalogue.aliases.values()
        for one in aliases
        if one.speaker is None
    }
    near = get_close_matches(name.casefold(), contents, n=SUGGESTIONS, cutoff=0.7)
    if not near:
        return "; `entities` lists who and what is"
    return f"; did you mean {' or '.join(repr(contents[one]) for one in near)}?"


def _display_name(aliases: Sequence[StoredAlias], counts: Counter[tuple[int, int]], root: int) -> str:
    """What was given by hand, else the name it speaks under, else its fullest common name.

    Of several that were taken for one, the name is that of the one that stands for them.
    """
    given = [one for one in aliases if one.origin is Origin.GIVEN]
    given = [one for one in given if one.entity == root] or given
    if given:
        return given[-1].content
    speaks = [one for one in aliases if one.origin is Origin.SPEAKS and one.content not in _OF_ROLE]
    if speaks:
        return speaks[0].content
    proper = [one for one in aliases if one.speaker is None]
    proper = [one for one in proper if one.content not in _OF_ROLE] or proper or list(aliases)
    proper = [one for one in proper if one.entity == root] or proper
    used: Counter[str] = Counter()
    for one in proper:
        used[one.folded] += counts[one.entity, one.name]
    best = max(proper, key=lambda one: (used[one.folded], len(one.content)))
    fuller = [one for one in proper if f" {best.folded} " in f" {one.folded} "]
    folded = max(fuller, key=lambda one: len(one.folded)).folded
    spelt = [one for one in proper if one.folded == folded]
    return max(
        spelt, key=lambda one: (one.content != one.content.lower(), counts[one.entity, one.name])
    ).content


def _short(entity_id: EntityId) -> str:
    return f"[{short(ItemId(entity_id))}]"


def checked_names(names: Iterable[str], what: str) -> list[str]:
    """Several names, each a text; InvalidInput else."""
    listed = arguments.listed(names, what)
    for one in listed:
        if not isinstance(one, str):
            raise InvalidInput(f"{what} {one!r} must be texts")
    return listed
