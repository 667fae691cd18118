"""What a recall raises: the members of units, and what served a goal before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from remanence.errors import InvalidInput
from remanence.model.ids import ItemId, short
from remanence.model.item import Item
from remanence.model.kind import Kind
from remanence.model.unit import ItemEnd
from remanence.recall.rank import Boost
from remanence.storage.port import Snapshot
from remanence.verbs import arguments
from remanence.verbs.deed_rows import PART_OF, SERVES
from remanence.verbs.unit_asked import UnitsAsked
from remanence.verbs.unit_lookup import UnitAt

GOAL_ODDS = 1.0  # log-odds: what answers as well, and served the goal, stands clearly above what did not
SERVING_MAX = 10_000  # items that are looked at, so that a goal of years costs no second
BY_GOAL = "served the goal"


def boosts_asked(
    units: UnitsAsked, units_boost: Sequence[tuple[UnitAt | str, float]], goal: Item | str | None
) -> tuple[Boost, ...]:
    """The boosts of the units and of the goal that a query names."""
    raised = tuple(units.boost(unit, odds) for unit, odds in units_boost)
    return raised if goal is None else (*raised, _of_goal(units, goal))


def serving(snapshot: Snapshot, goal: ItemId) -> Iterator[ItemId]:
    """What served a goal: its parts, what was done or decided for it and for these, and what that rests on.

    By links of the types "serves" and "part_of", and the sources of what they name.
    """
    seen: dict[ItemId, None] = {goal: None}
    waiting = [goal]
    while waiting and len(seen) < SERVING_MAX:
        end = ItemEnd(waiting.pop())
        for link in snapshot.links_of(end):
            if (
                link.target != end
                or link.type not in (SERVES, PART_OF)
                or not isinstance(link.source, ItemEnd)
            ):
                continue
            if link.source.item_id not in seen:
                seen[link.source.item_id] = None
                waiting.append(link.source.item_id)
    served = [item_id for item_id in seen if item_id != goal]
    yield from served
    for row in snapshot.rows_of(served):
        yield from (source.item_id for source in row.provenance.sources if source.item_id not in seen)


def goal_named(snapshot: Snapshot, goal: Item | str) -> ItemId:
    """The goal that is meant; raises NotFound, AmbiguousId, and InvalidInput for what is no goal."""
    item_id = goal.id if isinstance(goal, Item) else arguments.item_id(snapshot, goal)
    rows = snapshot.rows_of([item_id], which="all")
    if rows and rows[-1].content.kind is not Kind.GOAL:
        raise InvalidInput(f"{short(item_id)} is of the kind {rows[-1].content.kind}; name a goal")
    return item_id


def _of_goal(units: UnitsAsked, goal: Item | str) -> Boost:
    snapshot, index = units.snapshot, units.index
    items = list(dict.fromkeys(serving(snapshot, goal_named(snapshot, goal))))
    numbers = np.array(snapshot.item_numbers(items), np.int64)
    return Boost(BY_GOAL, np.isin(index.columns.ints("item"), numbers), GOAL_ODDS)
