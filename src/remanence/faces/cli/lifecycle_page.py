"""What a person sees of the lifecycle: a plan with its reasons, what was done, the journal's proof."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from remanence.faces.cli.page import QUIET, Page
from remanence.faces.plain import preview, printable
from remanence.model.ids import ItemId, short

if TYPE_CHECKING:
    from remanence.model.item import Item
    from remanence.verbs.consolidating import Consolidated
    from remanence.verbs.proving import Verified
    from remanence.verbs.ruling import LifecycleApplied, LifecyclePlan

TEXT_CHARS = 60  # of an item in a plan


def show_plan(page: Page, plan: LifecyclePlan, text_of: Callable[[ItemId], str]) -> None:
    """Each item that rules would touch: what, which rule, and for which values."""
    for touched in plan.touched:
        for step in touched.steps:
            into = "" if touched.into is None else f" into {short(touched.into)}"
            text = preview(text_of(touched.item_id))[:TEXT_CHARS]
            page.say(
                Text(f"{step.rule.action.name}{into} ", style="green"),
                Text(short(touched.item_id), style="yellow"),
                f"  {text}",
            )
            values = ", ".join(f"{name}={_shown(value)}" for name, value in step.values.items())
            page.say(Text(f"  rule {step.rule.number}, {step.rule.name}: {values}", style=QUIET))
    if plan.erasure is not None:
        page.plan(plan.erasure)
    page.say(f"{len(plan.touched)} of {plan.looked_at} items would be touched; nothing was changed")


def show_applied(page: Page, applied: LifecycleApplied) -> None:
    """How much was done, and how to take it back."""
    if applied.change_set is None and applied.receipt is None:
        page.say(f"no rule fits any of {applied.plan.looked_at} items; nothing was changed")
    if applied.change_set is not None:
        counts: dict[str, int] = {}
        for touched in applied.plan.touched:
            if not touched.erases:
                name = touched.steps[-1].rule.action.name
                counts[name] = counts.get(name, 0) + 1
        told = ", ".join(f"{name} {count}" for name, count in counts.items())
        page.say(Text("applied ", style="green"), f"{told}; change {applied.change_set} can be undone")
    if applied.receipt is not None:
        page.receipt(applied.receipt)


def show_consolidated(page: Page, done: Consolidated, lessons: Sequence[Item]) -> None:
    """What a consolidation did, and the lessons that it learnt."""
    if done.change_set is None:
        page.say("nothing is to consolidate; nothing was changed")
        _show_proposed(page, done)
        _show_broken(page, done)
        return
    merged = sum(len(one.merged) for one in done.merged)
    page.say(
        Text("consolidated ", style="green"),
        f"{_count(merged, 'item')} merged into {len(done.merged)}, {len(done.strengthened)} strengthened, "
        f"{len(done.dormant)} dormant, {len(done.woken)} woken, {len(done.expired)} expired, "
        f"{_count(len(done.renewed), 'summary', 'summaries')} renewed, "
        f"{_count(len(done.learnt), 'lesson')} learnt; "
        f"change {done.change_set} can be undone",
    )
    for one in done.merged:
        page.say(
            Text(short(one.survivor), style="yellow"), " goes on for ", ", ".join(map(short, one.merged))
        )
    for item in lessons:
        page.say(Text(short(item.id), style="yellow"), f" {printable(item.content)}")
    if not done.finished:
        page.say("time ran out; the next call goes on")
    _show_proposed(page, done)
    _show_broken(page, done)


def _count(count: int, one: str, many: str | None = None) -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"


def _show_proposed(page: Page, done: Consolidated) -> None:
    if done.proposed:
        names = ", ".join(one.name for one in done.proposed)
        page.say(f"what could be a unit (`remanence propose` accepts or refuses): {names}")


def _show_broken(page: Page, done: Consolidated) -> None:
    if done.promises is not None and done.promises.broken:
        broken = " ".join(one.words for one in done.promises.broken)
        page.say(Text("broken ", style="bold red"), f"{broken} See `remanence promises check`")


def show_verified(page: Page, verified: Verified) -> None:
    """Whether the journal holds, and what was erased meanwhile."""
    if not verified.faults:
        page.say(Text("holds", style="green"), f": {verified.lines} lines, each bound to the one before it")
        if verified.erasures:
            page.say(f"after {verified.erasures} erasures of {verified.erased} items")
    for fault in verified.faults:
        page.say(Text("fault ", style="bold red"), fault)
    page.say("head  ", verified.head)


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    return "{" + ", ".join(sorted(map(str, value))) + "}" if isinstance(value, frozenset) else str(value)
