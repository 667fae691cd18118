"""Lifecycle as JSON documents: plans, what was applied, consolidation, the journal's proof."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from remanence.faces.documents import Document, of_plan, of_receipt
from remanence.faces.promise_documents import of_report
from remanence.model.mark import MarkSort

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from remanence.model.ids import ItemId
    from remanence.model.item import Json
    from remanence.model.mark import Mark
    from remanence.verbs.consolidating import Consolidated
    from remanence.verbs.proving import Verified
    from remanence.verbs.ruling import LifecycleApplied, LifecyclePlan


def of_used(items: Sequence[ItemId]) -> Document:
    """The items that were marked as used."""
    return {"used": list(items)}


def of_marks(marks: Sequence[Mark]) -> Document:
    """How often an item was used and when last, and from when it is recalled no more."""
    uses = [mark.at for mark in marks if mark.sort is MarkSort.USE]
    ends = [mark.at for mark in marks if mark.sort is MarkSort.EXPIRY]
    return {
        "uses": len(uses),
        "used_at": max(uses).isoformat() if uses else None,
        "expires_at": ends[0].isoformat() if ends else None,
    }


def of_lifecycle_plan(plan: LifecyclePlan) -> Document:
    """What rules would touch: each item with its steps, and the field values for which each rule fits."""
    return {
        "looked_at": plan.looked_at,
        "touched": [
            {
                "id": touched.item_id,
                "into": touched.into,
                "steps": [
                    {
                        "rule": step.rule.name,
                        "then": step.rule.action.name,
                        "because": _values(step.values),
                    }
                    for step in touched.steps
                ],
            }
            for touched in plan.touched
        ],
        "erasure": None if plan.erasure is None else of_plan(plan.erasure),
    }


def of_lifecycle_applied(applied: LifecycleApplied) -> Document:
    """What rules did; `change_set` is what `undo` takes back."""
    return {
        **of_lifecycle_plan(applied.plan),
        "change_set": applied.change_set,
        "receipt": None if applied.receipt is None else of_receipt(applied.receipt),
    }


def of_consolidated(done: Consolidated) -> Document:
    """What a consolidation did."""
    return {
        "merged": [{"survivor": one.survivor, "merged": list(one.merged)} for one in done.merged],
        "strengthened": list(done.strengthened),
        "dormant": list(done.dormant),
        "woken": list(done.woken),
        "expired": list(done.expired),
        "renewed": list(done.renewed),
        "learnt": list(done.learnt),
        "words_before": done.words_before,
        "words_after": done.words_after,
        "words_merged": done.words_merged,
        "finished": done.finished,
        "change_set": done.change_set,
        "proposed": None
        if done.proposed is None
        else [{"name": one.name, "members": list(one.members)} for one in done.proposed],
        "promises": None if done.promises is None else of_report(done.promises),
    }


def of_verified(verified: Verified) -> Document:
    """The journal's proof; `holds` when nothing contradicts it."""
    return {
        "holds": not verified.faults,
        "lines": verified.lines,
        "head": verified.head,
        "erasures": verified.erasures,
        "erased": verified.erased,
        "faults": list(verified.faults),
    }


def _values(values: Mapping[str, object]) -> dict[str, Json]:
    """Field values as JSON has them: sets as lists, and what is without end as null."""
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: object) -> Json:
    if isinstance(value, frozenset):
        return [str(one) for one in sorted(value)]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
