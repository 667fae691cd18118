"""One recall over several cubes: what one cube would answer that held the rows of all.

Each cube keeps its own index. The features of its rows are measured against the rows of all of them (see
recall/tally.py), so that a strong hit in a small cube and one in a big cube have scores that compare.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

from remanence.errors import CubeError
from remanence.model.hit import Context, Format, Hits
from remanence.model.item import Item
from remanence.model.mount import SEPARATOR, MountedHit, MountedItem
from remanence.storage.port import Snapshot
from remanence.verbs.hits import frozen_items, hits_of
from remanence.verbs.recalling import CONTEXT_LOOKED_AT, Asked, Recaller, checked_k, context_hits
from remanence.verbs.setting import Setting

if TYPE_CHECKING:
    from remanence.recall.question import Question
    from remanence.recall.rank import Boost
    from remanence.verbs.search import Search

ABSENT = -1  # the number of an author who speaks in another cube
T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class MountPoint:
    """One of several cubes: its name, its indexes, and by how many log-odds its hits are raised."""

    name: str
    recaller: Recaller
    weight: float


@dataclass(frozen=True, slots=True, eq=False)
class _Looked:
    """A search in one cube that is held open while the others are looked at."""

    mount: MountPoint
    snapshot: Snapshot
    search: Search


def recall(mounts: Sequence[MountPoint], asked: Asked, *, k: int) -> Hits[MountedHit]:
    """The k best hits of all cubes, best first."""
    checked_k(k)
    return _held(mounts, asked, (), lambda looked: _hits(asked, looked, k))


def context(
    mounts: Sequence[MountPoint], asked: Asked, *, setting: Setting, budget_tokens: int, form: Format
) -> Context:
    """One text within one budget, each line cited with its mount; times are shown in the setting's zone."""
    from remanence.verbs.contexts import build_context

    k = context_hits(budget_tokens)
    hits, always = _held(
        mounts,
        asked,
        (),
        lambda looked: (_hits(asked, looked, k, looked_at=CONTEXT_LOOKED_AT), _frozen(looked)),
    )
    return build_context(setting, hits, always=always, budget_tokens=budget_tokens, form=form)


def _held(
    mounts: Sequence[MountPoint],
    asked: Asked,
    held: tuple[_Looked, ...],
    look: Callable[[Sequence[_Looked]], T],
) -> T:
    """What `look` finds while every cube is held in one state; a CubeError names the mount.

    They are always taken in the order of the mounts, so that two threads can't wait for each other.
    """
    if not mounts:
        return look(held)
    first, *rest = mounts
    is_held = False

    def further(snapshot: Snapshot, search: Search) -> T:
        nonlocal is_held
        is_held = True
        return _held(rest, asked, (*held, _Looked(first, snapshot, search)), look)

    try:
        return first.recaller.searching_for(_of_mount(asked, first), further)
    except CubeError as error:
        if is_held:  # another mount's, which has named it
            raise
        raise type(error)(f"mount {first.name!r}: {error}") from error


def _of_mount(asked: Asked, mount: MountPoint) -> Asked:
    """What one cube is asked: the goal, which is named by its address, in the cube that holds it."""
    goal = asked.query.goal
    if not isinstance(goal, str):
        return asked
    name, _, item_id = goal.rpartition(SEPARATOR)
    own = item_id if name == mount.name else None
    return replace(asked, query=replace(asked.query, goal=own), ahead=None)


def _hits(asked: Asked, looked: Sequence[_Looked], k: int, *, looked_at: int = 0) -> Hits[MountedHit]:
    """The searches of all as one: one question, one measure, one order."""
    from remanence.recall.answering import answered
    from remanence.recall.tally import together
    from remanence.verbs.one_order import in_one_order

    searches = _as_one(asked, looked)
    found = together([search.measured(max(k, looked_at)) for search in searches])
    signs = [search.signs(candidates) for search, candidates in zip(searches, found, strict=True)]
    likely = answered(searches[0].question, signs)
    ordered = in_one_order(searches, found, k)
    ranked = [place for place in ordered if place[1].score >= asked.query.score_min]
    by_place: dict[int, MountedHit] = {}
    for number, (one, search) in enumerate(zip(looked, searches, strict=True)):
        places = [place for place, (of, _) in enumerate(ranked) if of == number]
        try:
            hits = hits_of(one.snapshot, search, [ranked[place][1] for place in places])
        except CubeError as error:
            raise type(error)(f"mount {one.mount.name!r}: {error}") from error
        for place, hit in zip(places, hits, strict=True):
            item = MountedItem(hit.item.revision, one.mount.name)
            by_place[place] = MountedHit(item, hit.score, hit.why)
    return Hits((by_place[place] for place in range(len(ranked))), answered=likely.probability)


def _frozen(looked: Sequence[_Looked]) -> list[Item]:
    """What is frozen in each cube, in the order of the mounts."""
    return [
        MountedItem(item.revision, one.mount.name)
        for one in looked
        for item in frozen_items(one.snapshot, one.search)
    ]


def _as_one(asked: Asked, looked: Sequence[_Looked]) -> list[Search]:
    """The searches with one reading of the question, and the weights of their mounts.

    A name is the name of somebody who speaks, and an asker is known, if they speak in any of the cubes.
    """
    from remanence.recall.question import read_question

    known = [one.search.index.authors for one in looked]
    numbers = {name: number for number, name in enumerate(dict.fromkeys(chain.from_iterable(known)))}
    question = read_question(
        asked.query.text,
        authors=numbers,
        asker=None if asked.query.asker is None else numbers.get(asked.query.asker),
        spans=asked.spans,
        then=asked.times.as_of is not None,
    )
    return [
        replace(
            one.search,
            question=replace(_numbered(question, list(numbers), authors), made=one.search.question.made),
            boosts=(*one.search.boosts, *_weight(one)),
            score_min=0.0,  # of what all of them come to
            leads=None,  # of its own rows alone
        )
        for one, authors in zip(looked, known, strict=True)
    ]


def _numbered(question: Question, names: Sequence[str], authors: Mapping[str, int]) -> Question:
    """The question with the numbers that one cube gives to authors, ABSENT for who speaks in others alone."""

    def own(number: int) -> int:
        return authors.get(names[number], ABSENT)

    asker = None if question.asker is None else own(question.asker)
    return replace(question, named=frozenset(map(own, question.named)), asker=asker)


def _weight(one: _Looked) -> tuple[Boost, ...]:
    import numpy as np

    from remanence.recall.rank import Boost

    if not one.mount.weight:
        return ()
    rows = np.ones(len(one.search.index.columns), np.bool_)
    return (Boost(f"mount {one.mount.name}", rows, one.mount.weight),)
