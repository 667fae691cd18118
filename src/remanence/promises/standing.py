"""How a promise stands: what its assessors and its deadline make of it, and whether its conditions are met.

Pure: one promise, or all of them with their conditions, in; states, chains and circles out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from remanence.model.ids import ItemId
from remanence.model.promise import Assessment, Outcome, Promise, PromiseState

MET = PromiseState.KEPT


def latest_of_each(assessments: Iterable[Assessment]) -> list[Assessment]:
    """The last word of each assessor, oldest first."""
    latest = {one.assessor: one for one in sorted(assessments, key=lambda one: (one.at, one.item_id))}
    return sorted(latest.values(), key=lambda one: (one.at, one.item_id))


def judged(promiser: str, promisees: Sequence[str], assessments: Sequence[Assessment]) -> Outcome | None:
    """The outcome that counts: the last word of a promisee, else of a third, else of the promiser.

    A promise was made to its promisees, so they judge it before others do, and nobody is judge in their
    own cause while somebody else has spoken.
    """
    latest = latest_of_each(assessments)
    theirs = [one for one in latest if one.assessor in promisees and one.assessor != promiser]
    others = [one for one in latest if one.assessor != promiser]
    for voices in (theirs, others, latest):
        if voices:
            return voices[-1].outcome
    return None


def state_of(outcome: Outcome | None, *, due: datetime | None, now: datetime) -> PromiseState:
    """The state of a promise that was neither withdrawn nor replaced."""
    if outcome is not None:
        return PromiseState(outcome.value)
    return PromiseState.EXPIRED if due is not None and due <= now else PromiseState.OPEN


def is_binding(promise: Promise, promises: Mapping[ItemId, Promise]) -> bool | None:
    """Whether all it waits for has come true; None where that takes a person to say.

    A condition that names a promise which was replaced means the one in its place.
    """
    unknown = False
    for condition in promise.terms.conditions:
        target = None if condition.promise is None else successor(condition.promise, promises)
        if condition.promise is None:
            unknown = True
        elif target is None or target.state is not MET:
            return False
    return None if unknown else True


def successor(promise: ItemId, promises: Mapping[ItemId, Promise]) -> Promise | None:
    """The promise that stands in the place of this one by now; None where it is not known here."""
    seen: set[ItemId] = set()
    found = promises.get(promise)
    while found is not None and found.replaced_by is not None and found.id not in seen:
        seen.add(found.id)
        found = promises.get(found.replaced_by)
    return found


def circles(promises: Mapping[ItemId, Promise]) -> dict[ItemId, tuple[ItemId, ...]]:
    """For each promise that waits for itself, the circle it is in, from it and back before it.

    Depth first, without recursion: a chain may be as long as a conversation.
    """
    waits = {one.id: _waits_for(one, promises) for one in promises.values()}
    found: dict[ItemId, tuple[ItemId, ...]] = {}
    done: set[ItemId] = set()
    for start in waits:
        path: list[ItemId] = []
        places: dict[ItemId, int] = {}
        stack = [(start, iter((start,)))]
        while stack:
            _, following = stack[-1]
            node = next(following, None)
            if node is None:
                stack.pop()
                if path:
                    done.add(path[-1])
                    places.pop(path.pop())
            elif node in places:
                circle = path[places[node] :]
                for at, member in enumerate(circle):
                    found.setdefault(member, (*circle[at:], *circle[:at]))
            elif node not in done:
                places[node] = len(path)
                path.append(node)
                stack.append((node, iter(waits[node])))
    return found


def _waits_for(promise: Promise, promises: Mapping[ItemId, Promise]) -> list[ItemId]:
    if promise.replaced_by is not None:
        return []
    targets = (
        successor(condition.promise, promises)
        for condition in promise.terms.conditions
        if condition.promise is not None
    )
    return [target.id for target in targets if target is not None]
