"""What a person sees of reading: what it came to, what is parked, what a reread does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from remanence.faces.cli.page import QUIET, Page
from remanence.model.ids import short

if TYPE_CHECKING:
    from remanence.verbs.queueing import Parked
    from remanence.verbs.reading_queue import ReadReport
    from remanence.verbs.rereading import Reread, RereadPlan


def show_report(page: Page, report: ReadReport) -> None:
    """How much was read, what came of it, what it cost, and what waits."""
    page.say(
        Text("read ", style="green"),
        f"{report.read} messages in {report.calls} calls: {len(report.derived)} items derived, "
        f"{len(report.corroborated)} known already, {len(report.set_aside)} set aside",
    )
    cost = "" if report.cost is None else f", {report.cost:.4f} by the prices given"
    page.say(f"{report.prompt_tokens:,} tokens sent, {report.completion_tokens:,} answered{cost}")
    if report.cut:
        page.say(Text(f"of {report.cut} long messages the beginning", style=QUIET))
    for cause, count in sorted(report.dropped.items()):
        page.say(Text(f"dropped {count}: {cause}", style=QUIET))
    for trouble, count in sorted(report.failed.items()):
        page.say(Text("not read ", style="yellow"), f"{count} messages: {trouble}")
    if report.stopped is not None:
        page.say(Text("stopped ", style="yellow"), f"the endpoint was {report.stopped}; what waits is kept")
    if report.pending or report.parked:
        page.say(f"{report.pending} messages wait, {report.parked} are parked")


def show_parked(page: Page, parked: Sequence[Parked], *, retried: int) -> None:
    """Each message that was tried too often."""
    for one in parked:
        page.say(
            Text(short(one.item_id), style="yellow"), f"  tried {one.attempts} times, the last: {one.error}"
        )
    page.say(f"{len(parked)} messages are parked" + (f", {retried} wait again" if retried else ""))


def show_plan(page: Page, plan: RereadPlan) -> None:
    """What a reread would touch."""
    page.say(
        f"the rules would read {len(plan.messages)} messages again, add {plan.derived} statements and retire "
        f"{len(plan.retired)} items; {len(plan.queued)} messages would wait for the language model"
    )
    for item_id in plan.retired:
        page.say(Text("retire ", style="green"), Text(short(item_id), style="yellow"))
    page.say("nothing was changed")


def show_reread(page: Page, done: Reread) -> None:
    """What a reread did, and how to take it back."""
    undoable = "" if done.change_set is None else f"; change {done.change_set} can be undone"
    page.say(
        Text("reread ", style="green"),
        f"{done.messages} messages by the rules: {len(done.derived)} items derived, "
        f"{len(done.retired)} retired{undoable}",
    )
    if done.queued:
        page.say(f"{done.queued} messages wait for the language model; `remanence read` works the queue")
