"""What repeated deeds teach: groups of like situations, and what of them holds often enough to be said.

The rule counts, nothing else. Two trials are of one kind where the same was done, in situations that share
half of their words; trials of one conversation with the same arguments are one. A lesson needs TRIALS_MIN of
its own side, and may have an exception for every EXCEPTION_FOR of them. Pure: takes trials, knows no store.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime

from remanence.model.ids import ItemId

TRIALS_MIN = 3  # the same twice may be chance
EXCEPTION_FOR = 3  # one exception in four at the most
SHARED_MIN = 0.5  # of the words of two situations, by Jaccard: half of all that either says


@dataclass(frozen=True, slots=True)
class Trial:
    """One deed with its outcome; `terms` are those of its situation, `same` what a repetition shares."""

    item_id: ItemId
    did: Hashable
    terms: frozenset[int]
    worked: bool
    at: datetime
    same: Hashable


@dataclass(frozen=True, slots=True)
class Lesson:
    """That the same worked, or failed, in like situations; oldest trial first, exceptions apart."""

    worked: bool
    bearing: tuple[Trial, ...]
    exceptions: tuple[Trial, ...]


def lessons(trials: Sequence[Trial]) -> list[Lesson]:
    """The lessons that these trials teach, in the order of their first trials."""
    found = []
    for group in _alike(sorted(trials, key=lambda one: (one.at, one.item_id))):
        once = list({one.same: one for one in group}.values())  # the last of those that are one
        for worked in (True, False):
            bearing = tuple(one for one in once if one.worked is worked)
            exceptions = tuple(one for one in once if one.worked is not worked)
            if len(bearing) >= TRIALS_MIN and len(exceptions) * EXCEPTION_FOR <= len(bearing):
                found.append(Lesson(worked, bearing, exceptions))
    return found


def _alike(trials: Sequence[Trial]) -> list[list[Trial]]:
    """Groups of trials of one kind: each with the first group whose first situation is like its own."""
    groups: dict[Hashable, list[list[Trial]]] = {}
    for trial in trials:
        known = groups.setdefault(trial.did, [])
        for group in known:
            if shared(group[0].terms, trial.terms) >= SHARED_MIN:
                group.append(trial)
                break
        else:
            known.append([trial])
    return [group for known in groups.values() for group in known]


def shared(one: frozenset[int], other: frozenset[int]) -> float:
    """The share of the terms of either that both have, in [0, 1].

    >>> shared(frozenset({1, 2, 3}), frozenset({2, 3, 4}))
    0.5
    """
    either = one | other
    return len(one & other) / len(either) if either else 0.0
