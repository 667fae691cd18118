"""Sources that a row got after it was written: which they are, and what it rested on before.

A statement heard again rests on one more passage; the row stays, and the journal's line is all that dates
the source. Asked by undo, by restore and by whoever looks at the past.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from remanence.model.ids import ItemId
from remanence.model.item import Revision, Source
from remanence.model.journal import JournalEntry, Verb
from remanence.storage.port import Snapshot

LINES_AT_A_TIME = 5_000  # of the journal


class Given(NamedTuple):
    """A source that some row of an item got in a change set."""

    source: ItemId
    change_set: int


def given_to(snapshot: Snapshot, item_id: ItemId) -> list[Given]:
    """The sources that rows of the item got after they were written, in order."""
    given: list[Given] = []
    after = 0
    while lines := snapshot.journal(after=after, limit=LINES_AT_A_TIME, item_id=item_id):
        given += [found for line in lines if (found := given_by(line)) is not None]
        after = lines[-1].sequence
    return given


def given_by(line: JournalEntry) -> Given | None:
    """The source that a line tells of, if it tells of one."""
    source = line.entry.detail.get("source")
    if line.verb is not Verb.DERIVE or not isinstance(source, str):
        return None
    return Given(ItemId(source), line.change_set)


def given_later(row: Revision, given: Sequence[Given]) -> list[Given]:
    """Of the sources given to rows of its item, those that came while this row stood."""
    until = row.closed_by
    return [
        one for one in given if one.change_set > row.opened_by and (until is None or one.change_set < until)
    ]


def sources_after(row: Revision, given: Sequence[Given], change_set: int) -> tuple[Source, ...]:
    """What a row rested on when this change set had been written; the row is as old at least."""
    later = given_later(row, given)
    kept: list[Source] = []
    for source in reversed(row.provenance.sources):  # sources are added at the end
        places = [place for place, one in enumerate(later) if one.source == source.item_id]
        if places:
            number = later[places[-1]].change_set
            del later[places[-1] :]
            if number > change_set:
                continue
        kept.append(source)
    return tuple(reversed(kept))


def sources_without(row: Revision, given: Sequence[Given]) -> tuple[Source, ...]:
    """What a row rests on without these sources that it was given, or that the row it copies was given."""
    kept = list(row.provenance.sources)
    for one in given:
        places = [place for place, source in enumerate(kept) if source.item_id == one.source]
        if places and len(kept) > 1 and row.opened_by != one.change_set:
            del kept[places[-1]]
    return tuple(kept)
