"""Says what came of a deed: a further row of its item from then on, and evidence for what it rested on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from remanence.errors import InvalidInput
from remanence.lifecycle.changes import Change
from remanence.lifecycle.merging import survivor_rows
from remanence.model import bitemporal
from remanence.model.belief import Belief
from remanence.model.deed import Action, Decision, Deed, Goal, GoalStatus, deed_of
from remanence.model.ids import ItemId, short
from remanence.model.item import Item
from remanence.model.journal import Verb
from remanence.model.promise import COMMITMENT, PROMISE
from remanence.model.state import State
from remanence.storage.port import Snapshot, Transaction
from remanence.verbs import arguments
from remanence.verbs.acting import Named, costs, said
from remanence.verbs.arguments import When
from remanence.verbs.deed_rows import grounds_of, renewed
from remanence.verbs.deriving import STRENGTH_MAX
from remanence.verbs.revising import open_rows
from remanence.verbs.setting import Setting
from remanence.verbs.supporting import settle
from remanence.verbs.unit_editing import By


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an action or a decision, as the caller gave it; see Cube.outcome."""

    text: str | None = None
    worked: bool | None = None
    cost: Mapping[str, float] = field(default_factory=dict)
    at: When | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a goal has come, as the caller gave it; see Cube.progress."""

    share: float | None = None
    status: GoalStatus | str | None = None
    note: str | None = None
    at: When | None = None


def outcome(setting: Setting, named: Named, given: Outcome, by: By) -> Item:
    """Record what came of an action or a decision; a decision's reasons gain or lose by it."""
    text, cost = said(given.text, "outcome"), costs(given.cost)
    if given.worked is not None and not isinstance(given.worked, bool):
        raise InvalidInput(f"worked {given.worked!r} must be True, False, or None where it can't be said")
    if text is None and given.worked is None and not cost:
        raise InvalidInput("an outcome says something: give its text, worked or cost")
    reason = arguments.reason(by.because)
    with setting.store.write() as tx:
        change = setting.change(tx, actor=by.actor, reason=reason)
        item_id, was, at = _deed_named(setting, tx, named, given.at, change.at)
        if isinstance(was, Goal):
            raise InvalidInput(f"{short(item_id)} is a goal; say by `progress` how far it has come")
        if cost and isinstance(was, Decision):
            raise InvalidInput(f"{short(item_id)} is a decision; what its actions cost is said of them")
        worked = was.worked if given.worked is None else given.worked
        now = replace(was, outcome=text or was.outcome, worked=worked)
        if isinstance(now, Action) and cost:
            now = replace(now, cost={**now.cost, **cost})
        if isinstance(now, Decision) and worked is not None and _is_last(change, item_id, at):
            now = replace(now, weighed=_weigh_reasons(tx, change, item_id, now))
        opened = renewed(change, item_id, now, at=at, times_of=setting)
        settle(tx, change, [item_id])
        change.write()
    return Item(opened)


def progress(setting: Setting, named: Named, given: Progress, by: By) -> Item:
    """Record how far a goal has come."""
    share = given.share
    if share is not None and (
        isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1
    ):
        raise InvalidInput(f"progress {share!r} must be a share in [0, 1]")
    status = None if given.status is None else GoalStatus.parse(given.status)
    note = said(given.note, "note")
    if share is None and status is None and note is None:
        raise InvalidInput("progress says something: give a share, a status or a note")
    reason = arguments.reason(by.because)
    with setting.store.write() as tx:
        change = setting.change(tx, actor=by.actor, reason=reason)
        item_id, was, at = _deed_named(setting, tx, named, given.at, change.at)
        if not isinstance(was, Goal):
            raise InvalidInput(f"{short(item_id)} is no goal; say by `outcome` what came of it")
        now = replace(
            was,
            status=was.status if status is None else status,
            progress=was.progress if share is None else float(share),
            note=note,
        )
        opened = renewed(change, item_id, now, at=at, times_of=setting)
        settle(tx, change, [item_id])
        change.write()
    return Item(opened)


def _deed_named(
    setting: Setting, tx: Snapshot, named: Named, when: When | None, now: datetime
) -> tuple[ItemId, Deed, datetime]:
    """The deed that an item bore at the time asked for (default now), and that time."""
    item_id = arguments.item_id(tx, named)
    rows = open_rows(tx, item_id)
    at = arguments.starting(when, now=now, zone=setting.zone, name="at") if when is not None else now
    row = bitemporal.row_in_force(rows, at or now)
    if not {PROMISE, COMMITMENT}.isdisjoint(row.content.tags):
        raise InvalidInput(f"{short(item_id)} is a promise; say by `assess_promise` whether it was kept")
    deed = deed_of(row.content)
    if deed is None:
        raise InvalidInput(
            f"{short(item_id)} is of the kind {row.content.kind}; name an action, a decision or a goal"
        )
    began = row.provenance.said_at
    if at is None or at < began:
        raise InvalidInput(f"at {when} lies before the deed itself ({began.isoformat()})")
    return item_id, deed, at


def _is_last(change: Change, item_id: ItemId, at: datetime) -> bool:
    """Whether nothing is known of the item that begins later: the last verdict is the one that counts."""
    return all(row.valid.start is None or row.valid.start <= at for row in change.open_rows_of(item_id))


def _weigh_reasons(
    tx: Transaction, change: Change, item_id: ItemId, decision: Decision
) -> Mapping[ItemId, float]:
    """Let the outcome count for or against what the decision rests on, one observation shared by all of it.

    What an earlier outcome of the same decision counted is taken back first. Returns what counts now.
    """
    grounds = grounds_of(tx, item_id)
    share = (1.0 if decision.worked else -1.0) / max(1, len(grounds))
    wanted = dict.fromkeys(grounds, share)
    counted: dict[ItemId, float] = {}
    for ground in dict.fromkeys([*decision.weighed, *grounds]):
        before, after = decision.weighed.get(ground, 0.0), wanted.get(ground, 0.0)
        going_on = survivor_rows(tx, ground) if before != after else []
        kept = _moved(change, going_on[0].item_id, before, after) if going_on else before
        if kept:
            counted[ground] = kept
    return counted


def _moved(change: Change, ground: ItemId, before: float, after: float) -> float:
    """Take evidence back and give other evidence, above 0 for the item, below against it; what counts now.

    What is frozen, retired or as sure as it can be stays as it is.
    """
    rows = [row for row in change.open_rows_of(ground) if row.state in (State.ACTIVE, State.DORMANT)]
    opened, closed = [], []
    for row in rows:
        known = row.content.belief
        support = max(0.0, known.support - max(before, 0.0)) + max(after, 0.0)
        doubt = max(0.0, known.doubt - max(-before, 0.0)) + max(-after, 0.0)
        if support + doubt > STRENGTH_MAX or support + doubt <= 0:
            continue
        change.close_row(row)
        belief = Belief(support, doubt)
        opened.append(change.copy_row(row, content=replace(row.content, belief=belief)))
        closed.append(row)
    if not opened:
        return before
    change.note(Verb.REVISE, ground, opened=opened, closed=closed)
    return after
