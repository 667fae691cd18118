"""One reading of one message, by whichever reader: what it finds meets what was derived from it before.

What the same message was found to say already, by the rules or by a model, is no further evidence. What an
older reader derived and this one does not find is set aside. What a person has decided since stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from remanence.beliefs.sameness import wording
from remanence.beliefs.slots import is_affirmed
from remanence.lifecycle import states
from remanence.lifecycle.changes import Change
from remanence.model.ids import ItemId
from remanence.model.item import Revision
from remanence.model.journal import Verb
from remanence.model.state import RECALLED, State
from remanence.reader.rules.derived import UNNAMED, Derived
from remanence.storage.jobs_port import RULES, Family
from remanence.storage.port import Snapshot, Transaction
from remanence.verbs.deriving import derive_from
from remanence.verbs.supporting import settle

ADDS_NOTHING = "adds nothing to what is believed"
DECIDED = "decided otherwise since"
DIFFERS = "differs from what the rules found"
REREAD = "reread"  # in the detail of a journal line: a reading set the row aside, or brought it back
_METHODS: dict[Family, str] = {"rules": "rule:", "llm": "llm:"}
_LINES_OF_A_CHANGE_MAX = 16
_WORD = re.compile(r"\w+")


@dataclass(slots=True)
class Anew:
    """What a reading did to which items, and why it left out what it left out."""

    derived: list[ItemId] = field(default_factory=list)
    corroborated: list[ItemId] = field(default_factory=list)
    set_aside: list[ItemId] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)  # why, for each statement that was not written


@dataclass(frozen=True, slots=True)
class _Before:
    """The rows that readers derived from the message: what stands, by whom, and what does not."""

    mine: tuple[Revision, ...]
    others: tuple[Revision, ...]
    aside: tuple[Revision, ...]  # set aside by an earlier reading
    decided: tuple[Revision, ...]  # revised, retired or undone since


def derive_anew(
    tx: Transaction,
    change: Change,
    row: Revision,
    found: Sequence[Derived],
    *,
    family: Family,
    fresh: bool = False,
) -> Anew:
    """Write into the change what a reading of this message comes to; see the head of this file.

    What the rules take from what is believed at the time is read once only, when the message is `fresh`.
    """
    blocked = frozenset(method for _, method in tx.blocked([row.item_id]))
    before = _before(tx, row, family, change.open_rows_of)
    result = Anew()
    new, kept = _sorted_out(change, before, found, result)
    for old in before.mine:
        if old.id not in kept and old.state is not State.FROZEN and _rests_alone_on(old, row):
            states.move(change, [old], State.ARCHIVED, Verb.RETIRE, detail={REREAD: True})
            result.set_aside.append(old.item_id)
    if fresh and family == RULES:
        for item_id in derive_from(change, row, new, blocked=blocked):
            _count(change, item_id, result)
    else:
        for one in new:
            _derive_one(change, row, one, blocked, result)
    settle(tx, change, [*result.set_aside, *result.derived])
    return result


def _derive_one(change: Change, row: Revision, one: Derived, blocked: frozenset[str], result: Anew) -> None:
    items = [] if _asks_older_beliefs(one) else derive_from(change, row, [one], blocked=blocked, reads=False)
    for item_id in items:
        _count(change, item_id, result)
    if not items:
        result.dropped.append(ADDS_NOTHING)


def would_change(
    snapshot: Snapshot, row: Revision, found: Sequence[Derived], *, fresh: bool
) -> tuple[list[Revision], int]:
    """Of a reading by the rules: the rows that it would set aside, and how many statements it would add."""
    before = _before(snapshot, row, RULES, lambda item_id: snapshot.rows_of([item_id]))
    blocked = {method for _, method in snapshot.blocked([row.item_id])}
    kept: set[int] = set()
    added = 0
    for one in found:
        same = [old.id for old in before.mine if _is_same(one, old, within=False)]
        kept.update(same)
        known = same or any(_is_same(one, old, within=True) for old in (*before.others, *before.decided))
        read = fresh or not _asks_older_beliefs(one)
        added += not known and read and one.method not in blocked
    aside = [
        old
        for old in before.mine
        if old.id not in kept and old.state is not State.FROZEN and _rests_alone_on(old, row)
    ]
    return aside, added


def _sorted_out(
    change: Change, before: _Before, found: Sequence[Derived], result: Anew
) -> tuple[list[Derived], set[int]]:
    """The statements that are new, and the rows that say again what was found."""
    new: list[Derived] = []
    kept: set[int] = set()
    returned: set[int] = set()
    for one in found:
        mine = [old.id for old in before.mine if _is_same(one, old, within=False)]
        kept.update(mine)
        said = next((old for old in before.others if _is_same(one, old, within=True)), None)
        aside = next((old for old in before.aside if _is_same(one, old, within=False)), None)
        if mine:
            continue
        if said is not None:
            result.corroborated.append(said.item_id)
        elif aside is not None:
            if aside.id not in returned:
                states.move(change, [aside], State.ACTIVE, Verb.RETURN, detail={REREAD: True})
                result.derived.append(aside.item_id)
                returned.add(aside.id)
        elif any(_is_same(one, old, within=True) or _is_of_its_slot(one, old) for old in before.decided):
            result.dropped.append(DECIDED)
        elif one.reader == "llm" and any(_is_of_its_slot(one, old) for old in before.others):
            result.dropped.append(DIFFERS)
        else:
            new.append(one)
    return new, kept


def _before(
    snapshot: Snapshot, message: Revision, family: Family, rows_of: Callable[[ItemId], list[Revision]]
) -> _Before:
    """What readers derived from it; `rows_of` gives the open rows of an item, as a change leaves them."""
    items = snapshot.derived_from([message.item_id])
    read: dict[ItemId, list[Revision]] = {item_id: [] for item_id in items}
    for row in snapshot.rows_of(items, which="all"):
        if _is_read_from(row, message):
            read[row.item_id].append(row)
    mine, others, aside, decided = [], [], [], []
    for item_id in items:
        open_rows = [row for row in rows_of(item_id) if _is_read_from(row, message)]
        standing = [row for row in open_rows if row.state in RECALLED]
        mine += [row for row in standing if _family_of(row) == family and not _is_bound(row)]
        others += [row for row in standing if _family_of(row) != family or _is_bound(row)]
        if not standing:
            put_by = [row for row in open_rows if _was_set_aside(snapshot, row)]
            aside += [row for row in put_by if _family_of(row) == family]
            if not put_by:
                decided += read[item_id]
    return _Before(tuple(mine), tuple(others), tuple(aside), tuple(decided))


def _family_of(row: Revision) -> Family | None:
    return next((name for name, start in _METHODS.items() if row.provenance.method.startswith(start)), None)


def _is_bound(row: Revision) -> bool:
    """Whether a rule read it from what was believed at that time, which is not there to be asked again."""
    from remanence.reader.rules.updates import ENDED, RENEWED, TOLD

    return row.provenance.method.removeprefix("rule:") in (RENEWED, ENDED, TOLD)


def _is_read_from(row: Revision, message: Revision) -> bool:
    named = any(source.item_id == message.item_id for source in row.provenance.sources)
    return named and bool(row.text_id) and _family_of(row) is not None


def _rests_alone_on(row: Revision, message: Revision) -> bool:
    grounds = row.provenance.grounds
    return bool(grounds) and all(source.item_id == message.item_id for source in grounds)


def _was_set_aside(snapshot: Snapshot, row: Revision) -> bool:
    if row.state is not State.ARCHIVED:
        return False
    lines = snapshot.journal(after=row.opened_by - 1, limit=_LINES_OF_A_CHANGE_MAX, item_id=row.item_id)
    return any(REREAD in line.entry.detail and row.id in line.entry.opened for line in lines)


def _is_same(one: Derived, row: Revision, *, within: bool) -> bool:
    """Whether a row says what was found; `within`, also where one value is a part of the other."""
    if wording(row.content.text) in (wording(one.content), wording(one.was or "")):
        return True
    slot, known = one.slot, row.content.slot
    if slot is None or known is None:
        return False
    if _asks_older_beliefs(one):
        return one.method == row.provenance.method and _overlaps(one, row)
    if not _is_of_its_slot(one, row, single_valued=False) or one.polarity is not is_affirmed(row):
        return False
    if slot.value.casefold() == known.value.casefold():
        return True
    words, held = (frozenset(_WORD.findall(text.casefold())) for text in (slot.value, known.value))
    return within and bool(words and held) and (words <= held or held <= words)


def _asks_older_beliefs(one: Derived) -> bool:
    """Whether which slot it is about is found by what is believed already."""
    return one.ending or (one.slot is not None and one.slot.attribute == UNNAMED)


def _is_of_its_slot(one: Derived, row: Revision, *, single_valued: bool = True) -> bool:
    """Whether both speak of the same attribute of the same subject, which has one value at a time."""
    from remanence.reader.rules.statements import is_single_valued

    slot, known = one.slot, row.content.slot
    if slot is None or known is None or (slot.subject, slot.attribute) != (known.subject, known.attribute):
        return False
    return not single_valued or is_single_valued(slot.attribute)


def _overlaps(one: Derived, row: Revision) -> bool:
    return any(
        source.start is not None
        and source.end is not None
        and source.start < one.end
        and one.start < source.end
        for source in row.provenance.sources
    )


def _count(change: Change, item_id: ItemId, result: Anew) -> None:
    """An item with new words was derived; one that merely stands firmer was corroborated."""
    rows = change.open_rows_of(item_id)
    new = any(row.text_id in change.new_texts for row in rows)
    (result.derived if new else result.corroborated).append(item_id)
