"""Which known entity a name means: candidates with scores, never a guess that passes for knowledge."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from remanence.model.entity import EntityKind, Ground, Origin
from remanence.reader.entities.folding import ends_of, fold
from remanence.reader.entities.found import Found
from remanence.reader.entities.words import words
from remanence.storage.entities_port import KindEvidence, KnownName

BY_NAME = 0.95  # the name is the one that it is known by
BY_PART = 0.8  # a part of it: "Ana" of Ana Souza
BY_LOOSE_RELATION = 0.6  # "my friend": one of them is known, and there may be others
NEW = 0.9  # nobody is known by this name: it is somebody new
CALLED_MAX = 20  # a first or last name that more have means none of them: somebody known by it alone, or new
OF_THIS_TALK = 3.0  # how much more likely is whom this conversation has named before


@dataclass(frozen=True, slots=True)
class Meant:
    """An entity that a name may mean, with a score in [0, 1], and what that rests on."""

    entity: int
    score: float
    ground: Ground = Ground.NAME


@dataclass(slots=True)
class Directory:
    """The names that are known, as far as they begin or end like those that are looked for.

    `root` gives for an entity the one it was taken for; `last_sessions` for several in which conversation
    each was named last, and is asked only where a name may mean more than one.
    """

    root: Callable[[int], int]
    last_sessions: Callable[[Sequence[int]], Mapping[int, str | None]]
    last_session: dict[int, str | None] = field(default_factory=dict)
    _by_folded: dict[str, list[KnownName]] = field(default_factory=dict)
    _by_end: dict[str, list[KnownName]] = field(default_factory=dict)
    _kinds: dict[int, dict[tuple[EntityKind, bool], int]] = field(default_factory=dict)

    def learn(self, names: Iterable[KnownName]) -> None:
        """Take in aliases."""
        for known in names:
            self._by_folded.setdefault(known.folded, []).append(known)
            for end in set(ends_of(known.folded)):
                self._by_end.setdefault(end, []).append(known)

    def weigh(self, evidence: Iterable[KindEvidence]) -> None:
        """Take in what is known of kinds."""
        for one in evidence:
            counts = self._kinds.setdefault(self.root(one.entity), {})
            counts[one.kind, one.firm] = counts.get((one.kind, one.firm), 0) + one.times

    @property
    def ends(self) -> AbstractSet[str]:
        """The words with which known names begin or end."""
        return self._by_end.keys()

    def kind_of_name(self, text: str) -> EntityKind | None:
        """The kind of what is known by this name, to everybody; None where nothing is."""
        known = [one for one in self._by_folded.get(fold(text), ()) if one.speaker is None]
        return self.kind_of(known[0].entity)[0] if known else None

    def longest_unspaced(self, text: str, at: int) -> str | None:
        """The longest known name that stands at this place of a text without spaces."""
        known = (one.content for one in self._by_end.get(text[at], ()) if text.startswith(one.content, at))
        return max(known, key=len, default=None)

    def tells_otherwise(self, entity: int, relations: Sequence[tuple[str, int | None]]) -> bool:
        """Whether it is known as something of somebody's that one of these, "my sister" of whom, is not."""
        if not relations:
            return False
        exclusive = words("en").relations - words("en").relation_loose
        theirs = [
            (ends_of(one.folded)[1], self.root(one.speaker))
            for one in self._by_end.get(words("en").mine, ())
            if one.speaker is not None and self.root(one.entity) == self.root(entity)
        ]
        return any(
            whose == speaker and noun != ends_of(relation)[1] and {noun, ends_of(relation)[1]} <= exclusive
            for relation, speaker in relations
            for noun, whose in theirs
        )

    def alias(self, folded: str, name: int, entity: int, speaker: int | None) -> KnownName | None:
        """The alias, if it is known already."""
        for known in self._by_folded.get(folded, ()):
            if known.name == name and known.entity == entity and known.speaker == speaker:
                return known
        return None

    def kind_of(self, entity: int) -> tuple[EntityKind, bool]:
        """What sort of thing an entity is, and whether that is beyond doubt."""
        return kind_by(self._kinds.get(self.root(entity), {}))

    def candidates(self, found: Found, *, speaker: int | None, session: str | None) -> list[Meant]:
        """The entities that a name may mean, best first; none where nobody is known by it.

        `speaker` is the entity that a relative name hangs on.
        """
        folded = fold(found.text)
        exact = [one for one in self._by_folded.get(folded, ()) if self._is_said_so(one, speaker)]
        if found.relative and speaker is None:
            return []
        if found.relative:
            similar = exact or self._of_relation(folded, speaker)
            score = BY_NAME if found.unique else BY_LOOSE_RELATION
            return self._shared(similar, score, session)
        exact = [one for one in exact if one.speaker is None and self._fits(one, found)]
        if " " not in folded:
            parts = [one for one in self._by_end.get(folded, ()) if self._is_called(one, folded, found)]
            known = {self.root(one.entity) for one in exact}
            parts = [one for one in parts if self.root(one.entity) not in known]
            if len(parts) > CALLED_MAX:
                parts = []
            if exact or parts:
                return self._shared([*exact, *parts], BY_NAME if exact else BY_PART, session)
            return []
        if exact:
            return self._shared(exact, BY_NAME, session)
        return self._shared(self._fuller(folded, found), BY_PART, session)

    def _of_relation(self, folded: str, speaker: int | None) -> list[KnownName]:
        """ "my sister" where "my younger sister" is known."""
        first, last = ends_of(folded)
        return [
            one
            for one in self._by_end.get(last, ())
            if one.speaker is not None
            and self.root(one.speaker) == speaker
            and ends_of(one.folded) == (first, last)
        ]

    def _is_said_so(self, known: KnownName, speaker: int | None) -> bool:
        return known.speaker is None or self.root(known.speaker) == speaker

    def _fits(self, known: KnownName, found: Found) -> bool:
        kind, firm = self.kind_of(known.entity)
        return not (firm and found.firm and kind is not found.kind)

    def _is_called(self, known: KnownName, folded: str, found: Found) -> bool:
        """Whether one word may be short for a known name of several."""
        if known.speaker is not None or known.folded == folded or known.origin is Origin.LINKED:
            return False
        first, last = ends_of(known.folded)
        kind, _ = self.kind_of(known.entity)
        if not self._fits(known, found):
            return False
        if kind is EntityKind.ORGANISATION:
            return (
                folded == first
                and first not in words("en").organisation_starts | words("en").shared_beginnings
            )
        return kind is EntityKind.PERSON and folded in (first, last) and found.kind in _MAYBE_PERSON

    def _fuller(self, folded: str, found: Found) -> list[KnownName]:
        """Whom a name of several words may be a fuller name of: somebody known by its first word alone."""
        first, _ = ends_of(folded)
        found_people = []
        for one in self._by_folded.get(first, ()):
            kind, _ = self.kind_of(one.entity)
            person = EntityKind.PERSON in (kind, found.kind) and {kind, found.kind} <= _MAYBE_PERSON
            if one.speaker is None and person and not self._has_fuller_name(one.entity, first, folded):
                found_people.append(one)
        roots = {self.root(one.entity) for one in found_people}
        return found_people if len(roots) == 1 else []

    def _has_fuller_name(self, entity: int, first: str, but: str) -> bool:
        return any(
            self.root(one.entity) == self.root(entity)
            and " " in one.folded
            and ends_of(one.folded)[0] == first
            and one.folded != but
            for one in self._by_end.get(first, ())
        )

    def _shared(self, names: Sequence[KnownName], score: float, session: str | None) -> list[Meant]:
        """One score shared by all whom the name may mean, with more for whom this talk has named."""
        best = max((one.standing for one in names), default=0)
        grounds: dict[int, Ground] = {}
        for one in names:
            if one.standing == best:
                root = self.root(one.entity)
                linked = one.origin is Origin.LINKED
                ground = Ground.ALIAS if linked and grounds.get(root) is not Ground.NAME else Ground.NAME
                grounds[root] = ground
        if len(grounds) == 1:
            return [Meant(entity, score, ground) for entity, ground in grounds.items()]
        unknown = [entity for entity in grounds if entity not in self.last_session]
        if session is not None and unknown:
            self.last_session.update(self.last_sessions(unknown))
        weights = {
            entity: OF_THIS_TALK if session is not None and self.last_session.get(entity) == session else 1.0
            for entity in grounds
        }
        total = sum(weights.values())
        shared = [Meant(one, round(score * weights[one] / total, 4), grounds[one]) for one in grounds]
        return sorted(shared, key=lambda one: -one.score)


_MAYBE_PERSON = frozenset({EntityKind.PERSON, EntityKind.UNKNOWN})


def kind_by(counts: Mapping[tuple[EntityKind, bool], int]) -> tuple[EntityKind, bool]:
    """The kind that has most evidence, what is beyond doubt before the rest."""
    for firm in (True, False):
        found = {kind: times for (kind, sure), times in counts.items() if sure is firm}
        if found:
            return max(found, key=lambda kind: found[kind]), firm
    return EntityKind.UNKNOWN, False
