"""What an import did, as it is counted and as it is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from remanence.reader.exports.records import LOSSES, Problem

PROBLEMS_KEPT_MAX = 1_000  # named one by one; the counts have all


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import brought: counts, the change sets that `undo` takes, and what was not taken as it stood.

    `added`, `changed` and `known` count messages and memories alike; of a dry run they are 0, and `messages`
    and `memories` say what was found. `problems` names the first PROBLEMS_KEPT_MAX, `counts` has them all by
    sort. `pending` are texts that wait for their vectors.
    """

    kind: str
    messages: int
    memories: int
    sessions: int
    added: int
    changed: int
    derived: int
    known: int
    empty: int
    units: int
    links: int
    change_sets: tuple[int, ...]
    problems: tuple[Problem, ...]
    counts: Mapping[str, int]
    embedded: int = 0
    pending: int = 0
    dry_run: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether nothing that was in the export is missing in the cube: no damage, no record refused."""
        return not any(self.counts.get(what) for what in LOSSES)


@dataclass(slots=True)
class Count:
    """What an import did so far."""

    kind: str
    records: int = 0  # of any sort, but for problems
    messages: int = 0
    memories: int = 0
    added: int = 0
    changed: int = 0
    derived: int = 0
    known: int = 0
    empty: int = 0
    units: int = 0
    links: int = 0
    sessions: set[int] = field(default_factory=set)
    change_sets: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    by_sort: Counter[str] = field(default_factory=Counter)

    def note(self, problems: Iterable[Problem]) -> None:
        """Count problems, and keep the first ones."""
        for problem in problems:
            self.by_sort[problem.what] += 1
            if len(self.problems) < PROBLEMS_KEPT_MAX:
                self.problems.append(problem)

    def told(self, *, embedded: int = 0, pending: int = 0, dry_run: bool = False) -> Imported:
        """All of it, as a value."""
        return Imported(
            kind=self.kind,
            messages=self.messages,
            memories=self.memories,
            sessions=len(self.sessions),
            added=self.added,
            changed=self.changed,
            derived=self.derived,
            known=self.known,
            empty=self.empty,
            units=self.units,
            links=self.links,
            change_sets=tuple(self.change_sets),
            problems=tuple(self.problems),
            counts=dict(self.by_sort),
            embedded=embedded,
            pending=pending,
            dry_run=dry_run,
        )
