"""Proposes units: what lies close together in meaning, named by its most telling terms."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from remanence.errors import InvalidInput, NotFound, Refused
from remanence.lifecycle.unit_changes import UnitState, record
from remanence.model.ids import ItemId, RevisionId
from remanence.model.interval import MAX_MICROS
from remanence.model.item import Revision
from remanence.model.journal import Verb
from remanence.model.kind import Kind
from remanence.model.state import RECALLED, State
from remanence.model.unit import Holdings, Member, Standing, UnitKind, UnitVersion
from remanence.storage.port import Snapshot
from remanence.verbs import arguments
from remanence.verbs.recalling import Recaller
from remanence.verbs.setting import Setting
from remanence.verbs.unit_editing import By, fresh_unit
from remanence.verbs.unit_lookup import all_units

if TYPE_CHECKING:
    from remanence.recall.columns import RowNumbers
    from remanence.recall.index import MemoryIndex
    from remanence.units.clusters import Cluster, Word

CLUSTERED_MAX = 10_000  # newest rows that are looked at: under a second
MEMBERS_MIN_MAX = 1_000
NAME_TERMS = 3
TERMS_SHOWN = 8
KNOWN_SHARE = 0.5  # of all items of both: above, a group is one that is a unit, or was refused


@dataclass(frozen=True, slots=True)
class Draft:
    """A unit that could be: its name and most telling terms, its members by time, and how close they lie."""

    name: str
    terms: tuple[str, ...]
    members: tuple[ItemId, ...]
    cohesion: float  # the mean cosine with their middle, at most 1


def propose(setting: Setting, recaller: Recaller, *, members_min: int) -> list[Draft]:
    """What could be units, closest first; not what is one already, nor what was refused.

    Raises ExtraMissing without scikit-learn, and Refused for a cube without vectors.
    """
    if isinstance(members_min, bool) or not isinstance(members_min, int):
        raise InvalidInput(f"members_min {members_min!r} must be a whole number")
    if not 2 <= members_min <= MEMBERS_MIN_MAX:
        raise InvalidInput(f"members_min {members_min} must lie in [2, {MEMBERS_MIN_MAX}]")
    if setting.embedder is None:
        raise Refused("units are proposed by meaning, and the cube is open without an embedder")

    def look(snapshot: Snapshot, index: MemoryIndex) -> list[Draft]:
        import numpy as np

        from remanence.units.clusters import clusters

        rows = _rows(index)
        vectors = index.vectors.of_rows(rows)
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.float32(1e-9))
        items = index.columns.ints("item")[rows].tolist()
        known = _known(snapshot)
        found = [
            one
            for one in clusters(vectors, members_min=members_min)
            if not _is_known({items[place] for place in one.places}, known)
        ]
        numbers = [RevisionId(int(n)) for n in index.columns.ints("revision")[rows]]
        return _drafts(snapshot, found, numbers, taken=_names(setting, snapshot))

    return recaller.looking("open", look)


def accept(setting: Setting, draft: Draft, name: str | None, kind: UnitKind, by: By) -> UnitVersion:
    """Make the unit, of those members that are still there."""
    reason = arguments.reason(by.because)
    chosen = arguments.name(draft.name if name is None else name, "unit name")
    with setting.store.write() as tx:
        change = setting.change(tx, actor=by.actor, reason=reason)
        there = {row.item_id for row in tx.rows_of(draft.members) if row.state is not State.ERASED}
        members = tuple(Member(one) for one in draft.members if one in there)
        if not members:
            raise NotFound("none of the proposed members is there any more")
        fresh = fresh_unit(setting, tx, change, chosen, kind)
        version = record(change, None, UnitState(fresh, Holdings(members)))
        change.write()
    return version


def refuse(setting: Setting, draft: Draft, by: By) -> None:
    """Remember that nobody wants this unit; what holds much the same items is not proposed again."""
    reason = arguments.reason(by.because)
    with setting.store.write() as tx:
        numbers = tx.item_numbers(draft.members)
        change = setting.change(tx, actor=by.actor, reason=reason)
        change.attach(lambda tx: tx.add_refusal(numbers, by=change.number))
        change.note(Verb.UNIT, None, detail={"refused": len(numbers)})
        change.write()


def _rows(index: MemoryIndex) -> RowNumbers:
    """The newest rows that were said or stated, stand, and have a vector."""
    import numpy as np

    from remanence.recall.columns import KIND_CODES, NO_SOURCE, STATE_CODES, among

    columns = index.columns
    wanted = index.alive & (columns.ints("recorded_to") == MAX_MICROS)
    wanted &= columns.ints("source") == NO_SOURCE
    wanted &= columns.ints("kind") != KIND_CODES[Kind.SUMMARY]
    wanted &= among(columns.ints("state"), [STATE_CODES[one] for one in RECALLED])
    rows = np.flatnonzero(wanted).astype(np.int32)
    return rows[index.vectors.has(rows)][-CLUSTERED_MAX:]


def _known(snapshot: Snapshot) -> list[frozenset[int]]:
    """The items of each unit that is stored and in use, and of each proposal that was refused."""
    units = [one for one in snapshot.newest_units() if one.standing is Standing.ACTIVE]
    held = [snapshot.holdings(one.id).members for one in units]
    return [
        *snapshot.refusals(),
        *(frozenset(snapshot.item_numbers([one.item_id for one in members])) for members in held if members),
    ]


def _is_known(items: Collection[int], known: Iterable[frozenset[int]]) -> bool:
    own = frozenset(items)
    return any(len(own & other) > KNOWN_SHARE * len(own | other) for other in known)


def _drafts(
    snapshot: Snapshot, found: Sequence[Cluster], numbers: Sequence[RevisionId], *, taken: set[str]
) -> list[Draft]:
    from remanence.units.clusters import telling_terms

    rows = snapshot.revisions([numbers[place] for one in found for place in one.places])
    groups = [_in_order([rows[numbers[place]] for place in one.places]) for one in found]
    texts = [[_words(row.content.text) for row in group] for group in groups]
    drafts = []
    for one, group, terms in zip(found, groups, telling_terms(texts, count=TERMS_SHOWN), strict=True):
        if not terms:
            continue  # they have no word in common
        name = _name(terms, taken)
        taken.add(name.casefold())
        members = tuple(dict.fromkeys(row.item_id for row in group))
        drafts.append(Draft(name, tuple(terms), members, one.cohesion))
    return drafts


def _in_order(rows: Iterable[Revision]) -> list[Revision]:
    return sorted(rows, key=lambda row: (row.provenance.said_at, row.id))


def _name(terms: Sequence[str], taken: set[str]) -> str:
    """The first terms; with as many more as it takes to differ, or a number."""
    for count in range(NAME_TERMS, len(terms) + 1):
        name = ", ".join(terms[:count])
        if name.casefold() not in taken:
            return name
    base = ", ".join(terms[:NAME_TERMS])
    if base.casefold() not in taken:
        return base
    return next(name for n in range(2, len(taken) + 3) if (name := f"{base} {n}").casefold() not in taken)


def _names(setting: Setting, snapshot: Snapshot) -> set[str]:
    return {one.name.casefold() for one in all_units(setting, snapshot)}


def _words(text: str) -> list[Word]:
    """The words that can name something, with what counts as the same; pairs of characters of a script
    without spaces."""
    from remanence.recall.analyser import STOPPED, term_id, words
    from remanence.recall.tokens import is_unspaced

    found: list[Word] = []
    for word in words(text):
        parts = [word]
        if is_unspaced(word):
            parts = [word[at : at + 2] for at in range(max(1, len(word) - 1))]
        elif len(word) < 3 or word.isdecimal():
            continue
        found += [(key, part) for part in parts if (key := term_id(part)) != STOPPED]
    return found
