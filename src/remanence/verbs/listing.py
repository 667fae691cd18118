"""Lists items page by page, by what they are and where they stand."""

from __future__ import annotations

from dataclasses import dataclass, replace

from remanence.errors import InvalidInput
from remanence.model.item import Item
from remanence.model.kind import Kind
from remanence.model.state import RECALLED, State
from remanence.storage.listing_port import Listing
from remanence.storage.port import Snapshot
from remanence.verbs import arguments
from remanence.verbs.recalling import Recaller
from remanence.verbs.setting import Setting
from remanence.verbs.unit_asked import UnitsAsked
from remanence.verbs.unit_lookup import UnitAt

ITEMS_MAX = 10_000  # of one page


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which items, as the caller gave it; see Cube.items."""

    kind: Kind | str | None = None
    unit: UnitAt | str | None = None
    session: str | None = None
    state: State | str | None = None
    tag: str | None = None


def items(
    setting: Setting, recaller: Recaller, wanted: Wanted, *, after: str | None, limit: int
) -> tuple[Item, ...]:
    """One page, the newest item first; see Cube.items."""
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= ITEMS_MAX:
        raise InvalidInput(f"limit {limit!r} must be a whole number in [1, {ITEMS_MAX}]")
    states = RECALLED if wanted.state is None else {State.parse(wanted.state)}
    listing = Listing(
        at=setting.clock.now(),
        kinds=None if wanted.kind is None else [Kind.parse(wanted.kind)],
        states=states,
        session=None if wanted.session is None else arguments.name(wanted.session, "session"),
        tag=None if wanted.tag is None else arguments.name(wanted.tag, "tag"),
        holding=wanted.state is None,
    )

    def page(snapshot: Snapshot, listing: Listing) -> tuple[Item, ...]:
        last = None if after is None else arguments.item_id(snapshot, after)
        return tuple(Item(row) for row in snapshot.rows_listed(listing, limit=limit, after=last))

    unit = wanted.unit
    if unit is None:
        with setting.store.read() as snapshot:
            return page(snapshot, listing)
    return recaller.looking(
        "open",
        lambda snapshot, index: page(
            snapshot, replace(listing, items=UnitsAsked(setting, snapshot, index, None).items([unit]))
        ),
    )
