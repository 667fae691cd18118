"""Finds the slot that a statement is about where its words name the older value, or the slot in part.

"I switched from Spotify to Tidal" is about whatever has the value Spotify; "the deadline" is that of the
grant report where no other is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from remanence.beliefs.slots import is_affirmed
from remanence.lifecycle.changes import Change
from remanence.model.item import Revision, Slot
from remanence.model.state import RECALLED

if TYPE_CHECKING:
    from remanence.reader.rules.derived import Derived

ATTRIBUTES_MAX = 500  # of a subject that are looked through for an older value
_OF = " of "
_WORD = re.compile(r"\w+")
# What "the ..." is of something: the only one there is, where it is not said of what.
_QUALIFIABLE = {
    *("dose", "deadline", "launch date", "meeting time", "lead", "tool", "venue", "version"),
    *("working title", "project budget", "destination"),
}
_SAYS_NOTHING = frozenset({"a", "an", "the", "my", "our", "now", "new", "old"})


def in_its_slot(change: Change, derived: Derived, speaker: str) -> Derived | None:
    """The statement with its slot; None where it is about nothing that is believed."""
    from remanence.reader.rules.derived import UNNAMED
    from remanence.reader.rules.statements import said_of

    slot = derived.slot
    assert slot is not None, "what has no slot is about itself"
    if slot.attribute != UNNAMED and not _stands_elsewhere(change, derived, slot):
        attribute = _told_in_full(change, slot)
        if attribute == slot.attribute:
            return derived
        slot = replace(slot, attribute=attribute)
        said = said_of(slot, speaker)
        return replace(derived, slot=slot, content=said or derived.content)
    row = _holding(change, slot.subject, derived.replaces or "", ended=derived.polarity)
    if row is None or row.content.slot is None:
        return None
    old = row.content.slot
    if not derived.polarity:
        return replace(derived, slot=old, content=f"No longer: {row.content.text}", was=None)
    slot = Slot(slot.subject, old.attribute, slot.value)
    said = said_of(slot, speaker)
    return None if said is None else replace(derived, slot=slot, content=said, kind=row.content.kind)


def renewals(change: Change, row: Revision, found: Sequence[Derived]) -> tuple[Derived, ...]:
    """What an utterance says anew of its speaker's slots, beside what the rules found."""
    from remanence.reader.rules.statements import called
    from remanence.reader.rules.updates import may_renew, renewed, told

    speaker = called(row.provenance.author)
    if row.provenance.role != "user":
        return ()
    text = row.content.text
    first = () if found else told(text, speaker=speaker)
    if not first and not may_renew(text):
        return ()
    rows = _open_rows(change, speaker.casefold())
    slots = {row.content.slot.attribute: row.content.slot for row in rows if row.content.slot is not None}
    read = {one.slot.attribute for one in found if one.slot is not None and one.polarity}
    known = [slot for attribute, slot in slots.items() if attribute not in read]
    new = renewed(text, speaker=speaker, known=known) if may_renew(text) else ()
    return (*new, *(one for one in first if one.slot is not None and one.slot.attribute not in slots))


def _told_in_full(change: Change, slot: Slot) -> str:
    """The attribute that is meant: of "the deadline" and "the report deadline" the only one there is."""
    head, _, owner = slot.attribute.partition(_OF)
    if head not in _QUALIFIABLE:
        return slot.attribute
    known = [name for name in change.attributes_of(slot.subject) if name.partition(_OF)[0] == head]
    if slot.attribute in known:
        return slot.attribute
    words = _words(owner)
    meant = [name for name in known if words <= _words(name.partition(_OF)[2])]
    return meant[0] if len(meant) == 1 else slot.attribute


def _stands_elsewhere(change: Change, derived: Derived, slot: Slot) -> bool:
    """Whether the older value stands in another slot: "I moved from Tesco to Aldi" is about no home."""
    if derived.replaces is None:
        return False
    row = _holding(change, slot.subject, derived.replaces, ended=False)
    return row is not None and row.content.slot is not None and row.content.slot.attribute != slot.attribute


def _holding(change: Change, subject: str, value: str, *, ended: bool) -> Revision | None:
    """The row, begun last, whose value these words name: one that is believed, or of which it has `ended`."""
    wanted = _words(value)
    if not wanted:
        return None
    found = [
        row for row in _open_rows(change, subject) if _names(wanted, row) and (ended or is_affirmed(row))
    ]
    return max(found, key=lambda row: (row.valid.start_micros, row.id), default=None)


def _open_rows(change: Change, subject: str) -> Iterator[Revision]:
    from remanence.reader.rules.statements import is_single_valued

    for attribute in change.attributes_of(subject)[:ATTRIBUTES_MAX]:
        if is_single_valued(attribute):
            for row in change.rows_in_slot(Slot(subject, attribute, "")):
                if row.state in RECALLED and row.valid.end is None:
                    yield row


def _names(wanted: frozenset[str], row: Revision) -> bool:
    slot = row.content.slot
    held = _words("" if slot is None else slot.value)
    fewer = len(held) * 2 >= len(wanted) and any(len(word) > 2 and not word.isdigit() for word in held)
    return bool(held) and (wanted <= held or (fewer and held <= wanted))


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold())) - _SAYS_NOTHING
