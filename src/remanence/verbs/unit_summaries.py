"""A unit's summary, made once for each state of its members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from remanence.model.item import Revision
from remanence.model.state import RECALLED
from remanence.model.summary import Summary
from remanence.model.unit import Member
from remanence.storage.port import Snapshot
from remanence.verbs.recalling import Recaller
from remanence.verbs.setting import Setting
from remanence.verbs.summarising import summary_of
from remanence.verbs.unit_lookup import UnitAt, state_of
from remanence.verbs.unit_members import membership_of
from remanence.verbs.wording import Wording

if TYPE_CHECKING:
    from remanence.recall.index import MemoryIndex

SUMMARIES_MAX = 1_000  # kept in memory


def summary(
    setting: Setting, recaller: Recaller, wanted: UnitAt, *, budget_tokens: int, abstractive: bool = False
) -> Summary:
    """The summary of a unit's members as they are told now, or were at the unit's time.

    With `abstractive` in the words of the cube's model.
    """
    if not abstractive:
        return _extracted(setting, recaller, wanted, budget_tokens, None).summary
    with Wording(setting) as wording:
        shown = wording.material_tokens(budget_tokens)
        extract = _extracted(setting, recaller, wanted, shown, (wording.identity, budget_tokens))
        if extract.worded is not None:
            return extract.worded
        made = wording.summary(extract.summary, budget_tokens=budget_tokens)

    def keep(snapshot: Snapshot, index: MemoryIndex) -> None:
        if snapshot.erasures() == extract.erasures:  # else it may quote what is gone
            recaller.summaries[extract.key] = (extract.stamp, made)

    recaller.looking("open", keep)
    return made


@dataclass(frozen=True, slots=True)
class _Extract:
    """An extract, what it was made of, and the summary in a model's words that was made of the same."""

    summary: Summary
    key: object
    stamp: object
    erasures: int
    worded: Summary | None


def _extracted(
    setting: Setting, recaller: Recaller, wanted: UnitAt, budget_tokens: int, by: tuple[str, int] | None
) -> _Extract:
    def look(snapshot: Snapshot, index: MemoryIndex) -> _Extract:
        state = state_of(setting, snapshot, wanted)
        found = membership_of(snapshot, index, state, known_at=wanted.time)
        rows = _rows(snapshot, found.members, wanted.time)
        version = state.version
        key = (version.id, version.number, wanted.time, budget_tokens)
        numbers = index.rows_with_revisions([row.id for row in rows])
        embedded = (numbers >= 0) & index.vectors.has(numbers)
        stamp = (*(row.id for row in rows), embedded.tobytes())
        known = recaller.summaries.get(key)
        if known is None or known[0] != stamp:
            if len(recaller.summaries) >= SUMMARIES_MAX:
                recaller.summaries.clear()
            known = (stamp, summary_of(snapshot, rows, budget_tokens=budget_tokens))
            recaller.summaries[key] = known
        worded = recaller.summaries.get((*key, by))
        same = worded is not None and worded[0] == stamp
        return _Extract(
            known[1],
            (*key, by),
            stamp,
            snapshot.erasures(),
            worded[1] if worded is not None and same else None,
        )

    return recaller.looking("open" if wanted.time is None else "all", look)


def _rows(snapshot: Snapshot, members: Sequence[Member], time: datetime | None) -> list[Revision]:
    """The members' rows that stand, or stood then, in order of time."""
    rows = snapshot.rows_of([one.item_id for one in members], which="open" if time is None else "all")
    standing = [row for row in rows if time is None or row.recorded.contains(time)]
    told = [row for row in standing if row.state in RECALLED and row.text_id]
    return sorted(told, key=lambda row: (row.provenance.said_at, row.provenance.turn or 0, row.id))
