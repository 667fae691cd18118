"""Lifecycle rules over a cube: what they would touch and why, and their carrying out in one change."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from remanence.errors import InvalidInput, Refused
from remanence.lifecycle import erasure, states
from remanence.lifecycle.changes import Change
from remanence.lifecycle.erasure import ErasurePlan
from remanence.lifecycle.expressions import Column
from remanence.lifecycle.merging import merge, survivor_of
from remanence.lifecycle.rules import Rule, Step, read_rules, shipped_rules, simulate
from remanence.model.ids import ItemId, short
from remanence.model.state import State
from remanence.storage.port import Receipt, Snapshot, Transaction
from remanence.verbs import arguments, forgetting
from remanence.verbs.ageing import expiry, set_expiry
from remanence.verbs.consolidating import state_then, statements_that_are_one
from remanence.verbs.session_summaries import drafts, sessions_due, write_drafts
from remanence.verbs.setting import Setting
from remanence.verbs.supporting import settle
from remanence.verbs.vectors import embed_pending_or_say

SUMMARISE = "summarise"


@dataclass(frozen=True, slots=True)
class Touched:
    """An item that rules fit, and what they do to it in order; with `merge`, into which item it goes."""

    item_id: ItemId
    steps: tuple[Step, ...]
    into: ItemId | None = None

    @property
    def erases(self) -> bool:
        """Whether it would be gone for good."""
        return self.steps[-1].rule.action.target is State.ERASED


@dataclass(frozen=True, slots=True)
class LifecyclePlan:
    """What the rules would do: to which items, of how many looked at, and what erasures take along."""

    looked_at: int
    touched: tuple[Touched, ...]
    erasure: ErasurePlan | None = None


@dataclass(frozen=True, slots=True)
class LifecycleApplied:
    """What the rules did; `change_set` is what `undo` takes back, None where only erasures were done."""

    plan: LifecyclePlan
    change_set: int | None
    receipt: Receipt | None


def read_file(path: str | os.PathLike[str] | bytes | None) -> tuple[Rule, ...]:
    """The rules of a file, by path or by its bytes, or the shipped ones for None.

    Raises InvalidInput, which says what is wrong with it.
    """
    from remanence.verbs.rule_fields import TYPES

    if path is None:
        return shipped_rules(TYPES)
    if isinstance(path, bytes):
        return read_rules(path.decode(errors="replace"), TYPES, source="the rules")
    name = os.fspath(path)
    try:
        text = Path(name).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:  # of no UTF-8, too
        why = error.strerror if isinstance(error, OSError) else error
        raise InvalidInput(f"the rule file {name} can't be read: {why}") from error
    return read_rules(text, TYPES, source=name)


def plan(setting: Setting, rules: Sequence[Rule]) -> LifecyclePlan:
    """What the rules would touch; nothing is changed."""
    now = setting.clock.now()
    _refuse_past(setting, rules, now)
    with setting.store.read() as snapshot:
        return _planned(snapshot, rules, now)


def apply(
    setting: Setting, rules: Sequence[Rule], *, allow_erase: bool, because: str | None, actor: str
) -> LifecycleApplied:
    """Do what the rules say: all that can be undone as one change, erasures as another after it.

    Raises Refused for rules that erase without `allow_erase`, and ItemFrozen where an erasure would
    take something frozen along; then nothing is changed.
    """
    reason = arguments.reason(because)
    _refuse_past(setting, rules, setting.clock.now())
    with setting.store.write() as tx:
        change = setting.change(tx, actor=actor, reason=reason or _reason(rules))
        made = _planned(tx, rules, change.at)
        gone = [touched for touched in made.touched if touched.erases]
        if gone and not allow_erase:
            raise Refused(
                f"the rule {gone[0].steps[-1].rule.name!r} erases {len(gone)} items, which can't be undone; "
                "allow it with allow_erase (--allow-erase); nothing was changed"
            )
        kept = [touched for touched in made.touched if not touched.erases]
        number = None
        if kept:
            _carry_out(setting, tx, change, kept)
            number = change.write()
    if any(step.rule.action.name == SUMMARISE for one in kept for step in one.steps):
        embed_pending_or_say(setting)
    receipt = None
    if gone:
        receipt = forgetting.erase(
            setting,
            [touched.item_id for touched in gone],
            because=reason or _reason([touched.steps[-1].rule for touched in gone]),
            actor=actor,
            in_sources="passage",
            force=False,
            remaining=(),
        )
    return LifecycleApplied(made, number, receipt)


def _reason(rules: Sequence[Rule]) -> str:
    names = ", ".join(dict.fromkeys(f"{rule.number} {rule.name}" for rule in rules))
    return f"lifecycle rules: {names}"[: arguments.REASON_CHARS_MAX]


def _planned(snapshot: Snapshot, rules: Sequence[Rule], now: datetime) -> LifecyclePlan:
    from remanence.verbs.rule_fields import FIELDS, Chunk, chunks

    merges = any(rule.action.target is State.MERGED for rule in rules)
    into = _twins(snapshot, now) if merges else {}
    due = sessions_due(snapshot) if any(rule.action.name == SUMMARISE for rule in rules) else set()

    def columns_of(chunk: Chunk) -> Callable[[str], Column]:
        return cache(lambda name: FIELDS[name].of(chunk))

    def name_in(chunk: Chunk) -> Callable[[int], str]:
        return lambda place: short(ItemId(chunk.rows[place].id))

    looked_at, touched = 0, list[Touched]()
    for chunk in chunks(snapshot, now):
        found = simulate(
            rules,
            columns_of(chunk),
            states=[row.state for row in chunk.rows],
            expires=(chunk.expires_at != 0).tolist(),
            twinned=[row.id in into for row in chunk.rows],
            unsummed=[row.session in due for row in chunk.rows],
            named=name_in(chunk),
        )
        looked_at += len(chunk.rows)
        touched += [
            Touched(item_id, tuple(steps), into.get(item_id) if _merges(steps) else None)
            for item_id, steps in ((ItemId(chunk.rows[place].id), found[place]) for place in sorted(found))
        ]
    gone = [one.item_id for one in touched if one.erases]
    busy = {one.item_id for one in touched}
    kept = [one for one in touched if one.into not in busy]  # into what is moved itself: the next time
    return LifecyclePlan(looked_at, tuple(kept), _erasure(snapshot, gone))


def _twins(snapshot: Snapshot, now: datetime) -> dict[ItemId, ItemId]:
    """For each statement that another says too: the item that would go on for both."""
    groups = statements_that_are_one(snapshot, now)
    rows = snapshot.revisions([number for group in groups for number in group])
    found = {}
    for group in groups:
        survivor = survivor_of([rows[number] for number in group]).item_id
        found.update({rows[one].item_id: survivor for one in group if rows[one].item_id != survivor})
    return found


def _merges(steps: Sequence[Step]) -> bool:
    return steps[-1].rule.action.target is State.MERGED


def _erasure(snapshot: Snapshot, items: Sequence[ItemId]) -> ErasurePlan | None:
    return erasure.plan_erasure(snapshot, items) if items else None


def _carry_out(setting: Setting, tx: Transaction, change: Change, touched: Sequence[Touched]) -> None:
    survivors: dict[tuple[ItemId, int], list[ItemId]] = {}
    for one in touched:
        if one.into is not None:
            survivors.setdefault((one.into, one.steps[-1].rule.number), []).append(one.item_id)
    for (into, number), merged in survivors.items():
        rows = [row for item_id in (into, *merged) for row in change.open_rows_of(item_id)]
        merge(tx, change, rows, state_then(change.at), kept=into, cause={"rule": number})
    _summarise(tx, change, touched)
    for one in touched:
        for step in one.steps:
            if step.rule.action.name == SUMMARISE:
                continue
            if step.rule.action.name == "expire":
                until = _until(setting, step.rule, change.at)
                set_expiry(tx, change, one.item_id, until, cause={"rule": step.rule.number})
            elif one.into is None:
                _move(tx, change, one.item_id, step)


def _summarise(tx: Transaction, change: Change, touched: Sequence[Touched]) -> None:
    """Write the summaries that rules ask for; of sessions whose messages they move, the next time."""
    asking: list[ItemId] = []
    moved: list[ItemId] = []
    for one in touched:
        names = {step.rule.action.name for step in one.steps}
        asking += [one.item_id] if SUMMARISE in names else []
        moved += [one.item_id] if any(step.rule.action.target for step in one.steps) else []
    sessions = _sessions_of(tx, asking) - _sessions_of(tx, moved)
    if sessions:
        write_drafts(tx, change, drafts(tx, among=sessions))


def _sessions_of(tx: Transaction, items: Sequence[ItemId]) -> set[str]:
    return {row.provenance.session for row in tx.rows_of(items) if row.provenance.session is not None}


def _move(tx: Transaction, change: Change, item_id: ItemId, step: Step) -> None:
    action = step.rule.action
    assert action.target is not None, "a move leads to a state"
    rows = [row for row in change.open_rows_of(item_id) if action.fits(row.state)]
    moved = states.move(change, rows, action.target, action.verb, detail={"rule": step.rule.number})
    if moved and action.target is State.ARCHIVED:
        settle(tx, change, [item_id])


def _refuse_past(setting: Setting, rules: Sequence[Rule], now: datetime) -> None:
    """Raise InvalidInput for a rule by which items would have expired already."""
    for rule in rules:
        if rule.at is not None:
            try:
                expiry(setting, rule.at, now)
            except InvalidInput as error:
                raise InvalidInput(f"rule {rule.number}, {rule.name!r}: {error}") from error


def _until(setting: Setting, rule: Rule, now: datetime) -> datetime:
    if rule.after_days is not None:
        return now + timedelta(days=rule.after_days)
    until = expiry(setting, rule.at, now)
    assert until is not None, "the rule names a date"
    return until
