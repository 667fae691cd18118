"""Learns from what was tried and corrected: lessons, as items of the kind procedure with their evidence.

A lesson rests on the deeds that bear it out, and falls with them. What a person has revised, retired, frozen
or undone of it stays so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from remanence.beliefs.lessons import TRIALS_MIN, Trial, lessons
from remanence.beliefs.sameness import wording
from remanence.lifecycle import states
from remanence.lifecycle.changes import Change
from remanence.model.belief import Belief
from remanence.model.bitemporal import row_in_force
from remanence.model.deed import Action, Decision, deed_of
from remanence.model.ids import ItemId
from remanence.model.interval import Interval
from remanence.model.item import Content, Json, Provenance, Revision, Source
from remanence.model.journal import Verb
from remanence.model.kind import Kind, Trust
from remanence.model.state import RECALLED, State
from remanence.reader.rules.derived import CORRECTION
from remanence.recall.analyser import analyse
from remanence.storage.listing_port import Listing
from remanence.storage.port import Snapshot, Transaction
from remanence.verbs import arguments
from remanence.verbs.setting import Setting
from remanence.verbs.supporting import LOST, settle
from remanence.verbs.unit_editing import By
from remanence.verbs.vectors import embed_pending_or_say

LESSON = "lesson"  # the method and the tag of what is learnt
WITHDRAWN = "withdrawn"  # in a journal line's detail: too little bears it out by now
AUTHOR = "remanence"  # who says what nobody said
CORRECTED_MIN = 2  # messages that say a correction, before it is a lesson
TERM_BYTES = 4  # of a term id
ROWS_AT_A_TIME = 5_000
_LINES_OF_A_CHANGE_MAX = 16
_MOVABLE = (State.ACTIVE, State.DORMANT, State.GENERATED)


@dataclass(frozen=True, slots=True)
class Learnt:
    """What `lessons` did: items made, renewed as their evidence changed, and withdrawn for want of it."""

    made: tuple[ItemId, ...] = ()
    renewed: tuple[ItemId, ...] = ()
    withdrawn: tuple[ItemId, ...] = ()
    unchanged: int = 0
    change_set: int | None = None  # None where nothing changed


@dataclass(frozen=True, slots=True)
class Draft:
    """A lesson about to be written: its words, and what bears it out or speaks against it."""

    text: str
    belief: Belief
    side: str  # "do", "avoid" or "corrected"
    sources: tuple[Source, ...]
    exceptions: tuple[ItemId, ...]
    since: datetime
    said_at: datetime


@dataclass(slots=True)
class Steps:
    """What is to be done: lessons to make, those to renew by their open rows, those to withdraw."""

    new: list[Draft] = field(default_factory=list)
    changed: list[tuple[Draft, list[Revision]]] = field(default_factory=list)
    gone: list[list[Revision]] = field(default_factory=list)
    unchanged: int = 0

    def __bool__(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.new or self.changed or self.gone)


def learn(setting: Setting, by: By) -> Learnt:
    """Bring the lessons up to what was tried so far, as one change; see Cube.lessons."""
    reason = arguments.reason(by.because)
    with setting.store.write() as tx:
        change = setting.change(tx, actor=by.actor, reason=reason)
        steps = plan(tx, change)
        if not steps:
            return Learnt(unchanged=steps.unchanged)
        learnt = carry_out(tx, change, steps)
        change.write()
    embed_pending_or_say(setting)
    return learnt


def teaches(snapshot: Snapshot, now: datetime) -> bool:
    """Whether there is anything to learn by now."""
    return bool(_plan(_Known(snapshot, now)))


def plan(tx: Snapshot, change: Change) -> Steps:
    """What there is to learn, set against the lessons that stand, all as the change leaves it."""
    touched = {item_id: change.open_rows_of(item_id) for item_id in change.items}
    return _plan(_Known(tx, change.at, touched, change))


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known: what is stored, and what a change that is not written yet makes of it."""

    snapshot: Snapshot
    now: datetime
    touched: Mapping[ItemId, list[Revision]] = field(default_factory=dict)
    change: Change | None = None

    def rows_of(self, item_id: ItemId) -> list[Revision]:
        """The item's open rows."""
        rows = self.touched.get(item_id)
        return self.snapshot.rows_of([item_id]) if rows is None else rows

    def recalled(self, kinds: Collection[Kind] | None, *, tag: str | None = None) -> Iterator[Revision]:
        """The recalled rows in force of all items of these kinds, with this tag."""
        for row in _rows(self.snapshot, self.now, kinds, tag=tag):
            if row.item_id not in self.touched:
                yield row
        for of_item in self.touched.values():
            rows = [row for row in of_item if row.state in RECALLED and _holds(row, self.now)]
            if not rows:
                continue
            row = row_in_force(rows, self.now)
            if (kinds is None or row.content.kind in kinds) and (tag is None or tag in row.content.tags):
                yield row

    def details_about(self, row: Revision) -> Iterator[Mapping[str, Json]]:
        """The details of the journal lines that tell of the row being opened."""
        if self.change is not None:
            yield from self.change.details_about(row)
        yield from details_about(self.snapshot, row)


def _plan(known: _Known) -> Steps:
    steps = Steps()
    ours = {row.item_id: row for row in known.recalled([Kind.PROCEDURE], tag=LESSON) if _is_ours(row)}
    taken: set[ItemId] = set()
    for draft in _drafts(known):
        item_id = _learnt_before(known.snapshot, draft, taken)
        if item_id is None:
            steps.new.append(draft)
            continue
        taken.add(item_id)
        ours.pop(item_id, None)
        rows = known.rows_of(item_id)
        ours_to_renew = bool(rows) and all(
            _is_ours(row) and may_renew(row, known.details_about(row)) for row in rows
        )
        if not ours_to_renew or any(row.state in RECALLED and _says(row, draft) for row in rows):
            steps.unchanged += 1
        else:
            steps.changed.append((draft, rows))
    for item_id in ours:
        rows = [row for row in known.rows_of(item_id) if row.state in _MOVABLE]
        if rows:
            steps.gone.append(rows)
    return steps


def carry_out(tx: Transaction, change: Change, steps: Steps) -> Learnt:
    """Write the steps into a change."""
    made = [_write(change, draft, change.new_item(), ()) for draft in steps.new]
    renewed = [_write(change, draft, rows[0].item_id, rows) for draft, rows in steps.changed]
    for rows in steps.gone:
        states.move(change, rows, State.ARCHIVED, Verb.RETIRE, detail={WITHDRAWN: True})
    withdrawn = [rows[0].item_id for rows in steps.gone]
    settle(tx, change, [*renewed, *withdrawn])
    return Learnt(tuple(made), tuple(renewed), tuple(withdrawn), steps.unchanged, change.number)


def _drafts(known: _Known) -> Iterator[Draft]:
    """What was tried and corrected often enough, as lessons."""
    rows = {row.item_id: row for row in known.recalled([Kind.ACTION, Kind.DECISION])}
    for found in lessons([trial for row in rows.values() if (trial := _trial(row)) is not None]):
        bearing = [rows[one.item_id] for one in found.bearing]
        seen, against = len(found.bearing), len(found.exceptions)
        told = "do" if found.worked else "do not"
        last = deed_of(bearing[-1].content)
        assert isinstance(last, Action | Decision), "trials are deeds"
        advice = f"{told} {_in_line(_what(last))}; {_count(seen, against)}"
        yield Draft(
            text=f"When {_in_line(last.situation or '')}: {advice}",
            belief=Belief(float(seen), float(against)),
            side="do" if found.worked else "avoid",
            sources=tuple(Source(row.item_id, text_id=row.text_id) for row in bearing),
            exceptions=tuple(one.item_id for one in found.exceptions),
            since=found.bearing[TRIALS_MIN - 1].at,
            said_at=found.bearing[-1].at,
        )
    yield from _corrections(known)


def _corrections(known: _Known) -> Iterator[Draft]:
    """Statements that began as a correction, and that several messages of people have made by now."""
    for row in known.recalled(None, tag=CORRECTION):
        said = [one for source in row.provenance.sources for one in known.rows_of(source.item_id)]
        heard = {one.item_id: one for one in said if one.provenance.role == "user" and one.state in RECALLED}
        if len(heard) >= CORRECTED_MIN:
            times = sorted(one.provenance.said_at for one in heard.values())
            yield Draft(
                text=f"Keep to this: {_in_line(row.content.text)}; corrected, said {len(heard)} times",
                belief=Belief(float(len(heard)), 0.0),
                side="corrected",
                sources=(Source(row.item_id, text_id=row.text_id),),
                exceptions=(),
                since=times[CORRECTED_MIN - 1],
                said_at=times[-1],
            )


def _trial(row: Revision) -> Trial | None:
    """A deed as a trial: of those that have a situation and came out well or badly."""
    deed = deed_of(row.content)
    if not isinstance(deed, Action | Decision) or deed.situation is None or deed.worked is None:
        return None
    session = row.provenance.session
    passed = repr(deed.arguments) if isinstance(deed, Action) else ""
    return Trial(
        item_id=row.item_id,
        did=(row.content.kind, wording(_what(deed))),
        terms=_terms(deed.situation),
        worked=deed.worked,
        at=row.provenance.said_at,
        same=row.item_id if session is None else (session, passed),
    )


def _what(deed: Action | Decision) -> str:
    return deed.what if isinstance(deed, Action) else deed.choice


def _terms(text: str) -> frozenset[int]:
    """The terms of a situation; of one that has none but stop words, its wording."""
    packed = analyse(text).terms
    cut = range(0, len(packed), TERM_BYTES)
    found = frozenset(int.from_bytes(packed[at : at + TERM_BYTES], "little") for at in cut)
    return found or frozenset({hash(wording(text))})


def _learnt_before(snapshot: Snapshot, draft: Draft, taken: Collection[ItemId]) -> ItemId | None:
    """The item of the lesson that was learnt from some of the same evidence before, to the same side.

    Not one that is `taken`: what was one group may be two since the situation that it began with is gone.
    """
    evidence = [source.item_id for source in draft.sources]
    for item_id in snapshot.derived_from(evidence):
        if item_id in taken:
            continue
        for row in snapshot.rows_of([item_id], which="all"):
            lesson = row.content.metadata.get(LESSON)
            if _is_ours(row) and isinstance(lesson, dict) and lesson.get("side") == draft.side:
                return item_id
    return None


def _write(change: Change, draft: Draft, item_id: ItemId, rows: Sequence[Revision]) -> ItemId:
    exceptions: list[Json] = list(draft.exceptions)
    lesson: dict[str, Json] = {"side": draft.side, "seen": len(draft.sources), "exceptions": exceptions}
    content = Content(
        draft.text,
        kind=Kind.PROCEDURE,
        tags=(LESSON,),
        metadata={LESSON: lesson},
        belief=draft.belief,
    )
    provenance = Provenance(
        author=AUTHOR,
        role="system",
        trust=Trust.AGENT,
        method=LESSON,
        said_at=draft.said_at,
        sources=draft.sources,
    )
    for row in rows:
        change.close_row(row)
    opened = change.open_row(item_id, content, provenance, valid=Interval(draft.since))
    change.note(Verb.DERIVE, item_id, opened=[opened], closed=rows)
    return item_id


def _says(row: Revision, draft: Draft) -> bool:
    same = row.content.text == draft.text and row.provenance.sources == draft.sources
    return same and row.valid.end is None


def _is_ours(row: Revision) -> bool:
    return row.provenance.method == LESSON and bool(row.text_id)


def may_renew(row: Revision, details: Iterable[Mapping[str, Json]]) -> bool:
    """Whether a row that was counted, not said, is ours to renew: not frozen, and not retired by a person.

    `details` are those of the journal lines that tell of the row being opened.
    """
    if row.state is not State.ARCHIVED:
        return row.state in _MOVABLE
    return any(not detail.keys().isdisjoint((WITHDRAWN, LOST)) for detail in details)


def details_about(snapshot: Snapshot, row: Revision) -> list[Mapping[str, Json]]:
    """The details of the stored journal lines that tell of the row being opened."""
    lines = snapshot.journal(after=row.opened_by - 1, limit=_LINES_OF_A_CHANGE_MAX, item_id=row.item_id)
    return [line.entry.detail for line in lines if row.id in line.entry.opened]


def _rows(
    snapshot: Snapshot, now: datetime, kinds: Collection[Kind] | None, *, tag: str | None = None
) -> Iterator[Revision]:
    """The stored recalled rows in force of all items of these kinds, with this tag."""
    wanted = Listing(
        at=now, kinds=None if kinds is None else list(kinds), states=RECALLED, tag=tag, holding=True
    )
    after: ItemId | None = None
    while rows := snapshot.rows_listed(wanted, limit=ROWS_AT_A_TIME, after=after):
        yield from rows
        after = rows[-1].item_id


def _holds(row: Revision, now: datetime) -> bool:
    return row.valid.end is None or row.valid.end > now


def _in_line(text: str) -> str:
    return " ".join(text.split()).rstrip(".;:")


def _count(seen: int, against: int) -> str:
    exceptions = "" if not against else f", {against} exception{'s' if against > 1 else ''}"
    return f"seen {seen} times{exceptions}"
