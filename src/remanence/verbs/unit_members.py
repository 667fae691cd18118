"""Which items belong to a unit: those that were named, and those that its rule brings in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from remanence.errors import Refused
from remanence.lifecycle.unit_changes import UnitState
from remanence.model.bitemporal import row_in_force
from remanence.model.ids import ItemId, RevisionId
from remanence.model.interval import MAX_MICROS, to_micros
from remanence.model.item import Item
from remanence.model.kind import Kind
from remanence.model.state import RECALLED
from remanence.model.unit import Holdings, Member
from remanence.storage.port import Snapshot
from remanence.storage.units_port import RuleWords
from remanence.units.rules import Rule, parse_rule
from remanence.verbs.setting import Setting

if TYPE_CHECKING:
    from remanence.recall.columns import Bools
    from remanence.recall.index import MemoryIndex


@dataclass(frozen=True, slots=True)
class Membership:
    """A unit's state with all its members: named ones first, in their order, then those of the rule."""

    state: UnitState
    members: tuple[Member, ...]

    @property
    def ruled(self) -> tuple[ItemId, ...]:
        """The members that nobody named."""
        named = {member.item_id for member in self.state.holdings.members}
        return tuple(member.item_id for member in self.members if member.item_id not in named)


def membership_of(
    snapshot: Snapshot, index: MemoryIndex, state: UnitState, *, known_at: datetime | None = None
) -> Membership:
    """The members that a state has in this index."""
    ruled = ruled_rows(snapshot, index, state, known_at=known_at)
    held = state.holdings
    if ruled is None:
        return Membership(state, held.members)
    numbers = [RevisionId(int(n)) for n in index.columns.ints("revision")[ruled]]
    rows = sorted(snapshot.revisions(numbers).values(), key=lambda row: (row.provenance.said_at, row.id))
    known = {*(member.item_id for member in held.members), *held.left_out}
    found = dict.fromkeys(row.item_id for row in rows if row.item_id not in known)
    return Membership(state, (*held.members, *map(Member, found)))


def item_numbers(
    snapshot: Snapshot, index: MemoryIndex, state: UnitState, *, known_at: datetime | None = None
) -> set[int]:
    """The members' item numbers, as the index names them."""
    held = state.holdings
    ruled = ruled_rows(snapshot, index, state, known_at=known_at)
    brought = set() if ruled is None else set(index.columns.ints("item")[ruled].tolist())
    brought -= set(snapshot.item_numbers(held.left_out))
    return brought | set(snapshot.item_numbers([member.item_id for member in held.members]))


def items_of(setting: Setting, snapshot: Snapshot, members: Collection[Member]) -> tuple[Item, ...]:
    """The members that are there, each with the row in force, in the order given."""
    rows = snapshot.rows_of([member.item_id for member in members])
    by_item: dict[ItemId, list[int]] = {}
    for place, row in enumerate(rows):
        by_item.setdefault(row.item_id, []).append(place)
    now = setting.clock.now()
    return tuple(
        Item(row_in_force([rows[place] for place in by_item[member.item_id]], now))
        for member in members
        if member.item_id in by_item
    )


def ruled_rows(
    snapshot: Snapshot, index: MemoryIndex, state: UnitState, *, known_at: datetime | None = None
) -> Bools | None:
    """bool [rows]: the rows of the index that the unit's rule brings in; None where it has no rule."""
    import numpy as np

    from remanence.recall.columns import KIND_CODES, STATE_CODES, among

    if state.version.rule is None:
        return None
    rule = parse_rule(state.version.rule)
    columns = index.columns
    passed = index.alive & among(columns.ints("state"), [STATE_CODES[one] for one in RECALLED])
    if known_at is None:
        passed &= columns.ints("recorded_to") == MAX_MICROS
    else:
        at = to_micros(known_at)
        passed &= (columns.ints("recorded_from") <= at) & (columns.ints("recorded_to") > at)
    if rule.kind:
        passed &= among(columns.ints("kind"), [KIND_CODES[kind] for kind in rule.kind])
    else:
        passed &= columns.ints("kind") != KIND_CODES[Kind.SUMMARY]  # it tells of members and is none
    if rule.author:
        wanted = [index.authors[name] for name in rule.author if name in index.authors]
        passed &= among(columns.ints("author"), wanted)
    if rule.session:
        names = snapshot.sessions()
        passed &= among(columns.ints("session"), [n for n, name in names.items() if name in rule.session])
    micros = None if known_at is None else to_micros(known_at)
    for words in (
        RuleWords(tags=rule.tag, known_at=micros),
        RuleWords(entities=rule.entity, known_at=micros),
    ):
        if words.tags or words.entities:
            fitting = snapshot.items_by_words(words)
            fits = np.isin(columns.ints("item"), np.fromiter(fitting, np.int64, len(fitting)))
            passed &= fits | _mentioning(snapshot, index, words.entities) if words.entities else fits
    if rule.similarity is not None:
        passed &= _alike(snapshot, index, rule, state.holdings)
    return passed


def _mentioning(snapshot: Snapshot, index: MemoryIndex, names: Sequence[str]) -> Bools:
    """bool [rows]: those that mention one of these by any of its names; a name may become known later."""
    from remanence.verbs.entities_asked import EntitiesAsked

    return EntitiesAsked(snapshot, names, "", known_later=True).mentioning(index)


def _alike(snapshot: Snapshot, index: MemoryIndex, rule: Rule, held: Holdings) -> Bools:
    """bool [rows]: near enough to the mean of the members that were named; none where there is no mean."""
    import numpy as np

    if not index.vectors.dims:
        raise Refused("a rule asks for similarity, and the cube is open without an embedder")
    numbers = snapshot.item_numbers([member.item_id for member in held.members])
    own = np.flatnonzero(np.isin(index.columns.ints("item"), numbers) & index.alive).astype(np.int32)
    own = own[index.vectors.has(own)]
    if not len(own) or rule.similarity is None:
        return np.zeros(len(index.columns), np.bool_)
    mean = index.vectors.of_rows(own).mean(axis=0)
    length = float(np.linalg.norm(mean))
    if not length:
        return np.zeros(len(index.columns), np.bool_)
    near: Bools = index.cosines((mean / length).astype(np.float32)) >= rule.similarity
    near &= ~index.vectors.unknown()
    return near
