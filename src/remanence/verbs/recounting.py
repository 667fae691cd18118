"""What changed and why: change sets between two times or lines, with the texts before and after."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from remanence.errors import InvalidInput
from remanence.lifecycle.further_sources import given_by
from remanence.model.ids import ItemId, RevisionId
from remanence.model.interval import EPOCH
from remanence.model.item import Revision
from remanence.model.journal import JournalEntry, Verb
from remanence.storage.past_port import SetSize
from remanence.storage.port import Snapshot
from remanence.verbs import arguments
from remanence.verbs.arguments import When
from remanence.verbs.setting import Setting

SETS_MAX = 1_000  # of one answer
DEFAULT_SETS = 50
EDITS_MAX = 500  # told of in one answer, shared evenly by the sets asked for: each has some text to load
LineOrWhen: TypeAlias = "int | When"
_Bound: TypeAlias = "int | datetime | None"  # a line, a moment, or none
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Edit:
    """What a change set did to one item: the rows it opened and those it closed."""

    verb: Verb
    item_id: ItemId | None  # None: the cube itself
    opened: tuple[Revision, ...]
    closed: tuple[Revision, ...]
    source: ItemId | None = None  # an item that it rests on further

    @property
    def before(self) -> tuple[str | None, ...]:
        """The texts that were believed before, each once; None for one that was erased since."""
        return _texts(self.closed)

    @property
    def after(self) -> tuple[str | None, ...]:
        """The texts that were believed afterwards, the new one first; None for one that was erased since."""
        return _texts(self.opened)


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """One change: who made it, when and why, and what it did to which items."""

    number: int
    at: datetime
    actor: str
    verb: Verb
    reason: str | None
    reason_erased: bool  # it had a reason, which an erasure took
    edits: tuple[Edit, ...]
    left_out: int  # edits that are not told of; ask for this change alone to see more
    next_line: int  # of the journal, where the change after it begins

    @property
    def items(self) -> tuple[ItemId, ...]:
        """The items of its edits, each once."""
        return tuple(dict.fromkeys(edit.item_id for edit in self.edits if edit.item_id is not None))


def changes(
    setting: Setting, since: LineOrWhen, until: LineOrWhen | None, *, limit: int
) -> tuple[ChangeSet, ...]:
    """The change sets from one time or line up to another, both included, oldest first."""
    if not 1 <= limit <= SETS_MAX:
        raise InvalidInput(f"limit {limit} must lie in [1, {SETS_MAX}]")
    share = max(1, EDITS_MAX // limit)
    begin, end = _bounds(setting, since, until)
    with setting.store.read() as snapshot:
        sizes = snapshot.change_sets(first=_first(snapshot, begin), last=_last(snapshot, end), limit=limit)
        lines = {size.change_set: snapshot.journal(change_set=size.change_set, limit=share) for size in sizes}
        rows = snapshot.revisions(_rows_named([line for told in lines.values() for line in told]))
    return tuple(_change_set(size, lines[size.change_set], rows) for size in sizes)


def _bounds(setting: Setting, since: LineOrWhen, until: LineOrWhen | None) -> tuple[_Bound, _Bound]:
    """The line or moment to begin with, and the one to end with; InvalidInput where they are none."""
    now, zone = setting.clock.now(), setting.zone
    first: _Bound = _line(since, "since") if isinstance(since, int) else None
    last: _Bound = _line(until, "until") if isinstance(until, int) else None
    if not isinstance(since, int):
        first = arguments.interval_of(since, now=now, zone=zone, name="since").start
    if until is not None and not isinstance(until, int):
        last = arguments.last_moment(until, now=now, zone=zone, name="until")
    lines = isinstance(first, int) and isinstance(last, int) and last < first
    moments = isinstance(first, datetime) and isinstance(last, datetime) and last < first
    if lines or moments:
        raise InvalidInput(f"until {until} lies before since {since}")
    return first, last


def _line(line: int, name: str) -> int:
    if isinstance(line, bool) or line < 1:
        raise InvalidInput(f"{name} {line!r} is no line of the journal; give a number from 1, or a time")
    return line


def _first(snapshot: Snapshot, bound: _Bound) -> int:
    """The number of the change that a line belongs to, or of the first one from that moment on."""
    if isinstance(bound, int):
        lines = snapshot.journal(after=bound - 1, limit=1)
        return lines[0].change_set if lines else bound
    return 1 if bound is None or bound <= EPOCH else snapshot.sequence_at(bound - _INSTANT) + 1


def _last(snapshot: Snapshot, bound: _Bound) -> int:
    if isinstance(bound, int):
        return bound
    return snapshot.head().sequence if bound is None else snapshot.sequence_at(bound)


def _rows_named(lines: Iterable[JournalEntry]) -> list[RevisionId]:
    return [number for line in lines for number in (*line.entry.opened, *line.entry.closed)]


def _change_set(size: SetSize, lines: Sequence[JournalEntry], rows: dict[RevisionId, Revision]) -> ChangeSet:
    head = lines[0]
    return ChangeSet(
        number=head.change_set,
        at=head.recorded_at,
        actor=head.actor,
        verb=head.verb,
        reason=head.reason,
        reason_erased=head.reason is None and head.reason_digest is not None,
        edits=tuple(_edit(line, rows) for line in lines),
        left_out=size.lines - len(lines),
        next_line=size.change_set + size.lines,
    )


def _edit(line: JournalEntry, rows: dict[RevisionId, Revision]) -> Edit:
    given = given_by(line)
    return Edit(
        verb=line.verb,
        item_id=line.item_id,
        opened=tuple(rows[number] for number in line.entry.opened if number in rows),
        closed=tuple(rows[number] for number in line.entry.closed if number in rows),
        source=None if given is None else given.source,
    )


def _texts(rows: Iterable[Revision]) -> tuple[str | None, ...]:
    return tuple(dict.fromkeys(row.content.text if row.text_id else None for row in rows))
