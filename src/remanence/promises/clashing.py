"""When two open promises of one agent can't both be kept. Pure.

Two ways are seen: one says that it will be done and the other that it will not, in much the same words; or
both say the same and put different values on one constraint. What clashes in other words is not seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, combinations, product
from typing import NamedTuple

from remanence.model.ids import ItemId
from remanence.model.promise import Promise, PromiseKind, PromiseState
from remanence.recall.analyser import term_id, words

SHARED_WORDS_MIN = 0.6  # of the words of both, by stem
NEGATIONS = frozenset({"not", "never", "no", "without", "cannot", "nobody", "nothing", "neither", "nor"})


class _Said(NamedTuple):
    promise: Promise
    stems: frozenset[int]
    denied: bool


def clashes(promises: Iterable[Promise]) -> dict[ItemId, tuple[ItemId, ...]]:
    """For each open promise that clashes with others, those."""
    by_promiser: dict[tuple[str, PromiseKind], list[_Said]] = {}
    for one in promises:
        if one.state is PromiseState.OPEN:
            by_promiser.setdefault((one.promiser, one.terms.kind), []).append(_said(one))
    found: dict[ItemId, list[ItemId]] = {}
    for mine in by_promiser.values():
        for first, second in _pairs(mine):
            if _alike(first.stems, second.stems):
                found.setdefault(first.promise.id, []).append(second.promise.id)
                found.setdefault(second.promise.id, []).append(first.promise.id)
    return {promise: tuple(dict.fromkeys(others)) for promise, others in found.items()}


def _pairs(mine: Sequence[_Said]) -> Iterator[tuple[_Said, _Said]]:
    """The pairs that would clash if they were about the same."""
    denied, affirmed = ([one for one in mine if one.denied is way] for way in (True, False))
    bound = [one for one in mine if one.promise.terms.constraints]
    return chain(product(denied, affirmed), filter(_differ, combinations(bound, 2)))


def _differ(pair: tuple[_Said, _Said]) -> bool:
    mine, yours = (one.promise.terms.constraints for one in pair)
    return any(mine[name] != yours[name] for name in mine.keys() & yours.keys())


def _said(promise: Promise) -> _Said:
    """The telling words of a body by stem, and whether it denies."""
    found = words(promise.terms.body)
    negating = {word for word in found if word in NEGATIONS or word.endswith("n't")}
    passed_over = negating.union(words(promise.promiser))
    stems = frozenset(number for word in found if word not in passed_over and (number := term_id(word)) >= 0)
    return _Said(promise, stems, bool(negating))


def _alike(some: frozenset[int], others: frozenset[int]) -> bool:
    return bool(some) and len(some & others) >= SHARED_WORDS_MIN * len(some | others)
