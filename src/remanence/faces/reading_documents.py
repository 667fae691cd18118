"""Reading as JSON documents: what a language model's reading came to, what is parked, what a reread does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from remanence.faces.documents import Document

if TYPE_CHECKING:
    from collections.abc import Sequence

    from remanence.verbs.queueing import Parked
    from remanence.verbs.reading_queue import ReadReport
    from remanence.verbs.rereading import Reread, RereadPlan


def of_read_report(report: ReadReport) -> Document:
    """What working the queue came to; `cost` is null without prices, `stopped` where the queue was ended."""
    return {
        "read": report.read,
        "cut": report.cut,
        "calls": report.calls,
        "prompt_tokens": report.prompt_tokens,
        "completion_tokens": report.completion_tokens,
        "cost": report.cost,
        "derived": list(report.derived),
        "corroborated": list(report.corroborated),
        "set_aside": list(report.set_aside),
        "dropped": dict(report.dropped),
        "failed": dict(report.failed),
        "pending": report.pending,
        "parked": report.parked,
        "change_sets": list(report.change_sets),
        "stopped": report.stopped,
    }


def of_parked(parked: Sequence[Parked], *, retried: int) -> Document:
    """Messages that were tried too often, and how many of them now wait again."""
    return {
        "parked": [{"id": one.item_id, "attempts": one.attempts, "error": one.error} for one in parked],
        "retried": retried,
    }


def of_reread_plan(plan: RereadPlan) -> Document:
    """What a reread would do."""
    return {
        "messages": list(plan.messages),
        "retired": list(plan.retired),
        "derived": plan.derived,
        "queued": list(plan.queued),
    }


def of_reread(done: Reread) -> Document:
    """What a reread did."""
    return {
        "messages": done.messages,
        "derived": list(done.derived),
        "retired": list(done.retired),
        "queued": done.queued,
        "change_set": done.change_set,
    }
