"""What a person sees in the mirror: a page about an agent, the telling things first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from remanence.faces.cli.page import QUIET, Page
from remanence.faces.plain import printable
from remanence.model.ids import short

if TYPE_CHECKING:
    from datetime import datetime

    from remanence.model.mirror import (
        Contradiction,
        Drift,
        Inclination,
        Phrase,
        Portrait,
        Quote,
        Reflection,
        StyleMark,
    )

SHOWN_MAX = 12  # of each sort
MARKS_SHOWN = 9  # of the style card, those that tell it most from the others
HEAD = "bold"


def show_portrait(page: Page, portrait: Portrait) -> None:
    """The whole page."""
    if portrait.agent is None:
        page.say("no agent speaks in this cube: there is nothing to reflect on")
        return
    page.say(Text(portrait.agent, style="bold green"), f"  {_span(portrait)}")
    _style(page, portrait.style)
    _phrases(page, [*portrait.phrases, *portrait.openings])
    _drifts(page, portrait.drifts)
    _contradictions(page, portrait.contradictions)
    _corrections(page, portrait.corrections)
    _inclinations(page, portrait.inclinations)
    _intentions(page, portrait)
    _coherence(page, portrait)
    if portrait.persona:
        _head(page, "What has stayed the same")
        page.say("  ", " ".join(trait.text for trait in portrait.persona))
    if portrait.shortfalls:
        _head(page, "Too little to say")
        for one in portrait.shortfalls:
            page.say("  ", Text(str(one), style=QUIET))


def show_reflection(page: Page, done: Reflection, *, accepted: bool) -> None:
    """The page, and what was kept of it."""
    show_portrait(page, done.portrait)
    page.say("")
    if done.change_set is None:
        page.say(f"nothing new was found: {done.unchanged} findings stand as they were")
    else:
        withdrawn = f"{len(done.withdrawn)} withdrawn, " if done.withdrawn else ""
        page.say(
            Text("kept ", style="green"),
            f"{len(done.written)} findings, {len(done.renewed)} renewed, {withdrawn}"
            f"{done.unchanged} as they were; change {done.change_set} can be undone",
        )
    if done.left_as_counted:
        page.say(
            f"{len(done.left_as_counted)} stay as they were counted: "
            "the model's words lacked a figure or a quotation, or added one"
        )
    if done.persona is not None:
        for sign, lines in (("+", done.persona.added), ("-", done.persona.removed)):
            for line in lines:
                page.say("  ", Text(f"{sign} {printable(line)}", style="green" if sign == "+" else "red"))
        told = "its persona says so now" if accepted else "--accept-persona lets its persona say so"
        page.say(f"persona {done.persona.agent!r}: {told}")


def _span(portrait: Portrait) -> str:
    days = f"{_day(portrait.first)} to {_day(portrait.last)}"
    return f"{portrait.utterances} messages, {days}"


def _style(page: Page, marks: Sequence[StyleMark]) -> None:
    if not marks:
        return
    _head(page, "How it speaks", "the agent, those it talks with, and how many times as much")
    for one in sorted(marks, key=_difference, reverse=True)[:MARKS_SHOWN]:
        if one.others is None:
            page.say(f"  {one.name:<24}{one.value:>8.1f} {one.unit}")
        else:
            times = f"{one.value / one.others:.1f} x" if one.others and one.value else ""
            page.say(
                f"  {one.name:<24}{one.value:>8.1f}{one.others:>8.1f}  {times:>8}  ",
                Text(one.unit, style=QUIET),
            )


def _difference(mark: StyleMark) -> float:
    """How far the agent is from the others, in either direction; rare things count for less."""
    if mark.others is None:
        return mark.value
    return abs(math.log((mark.value + 1) / (mark.others + 1)))


def _phrases(page: Page, phrases: Sequence[Phrase]) -> None:
    if not phrases:
        return
    _head(page, "What it says again and again", "uses, and uses by others")
    for one in phrases[:SHOWN_MAX]:
        kind = "" if one.sort == "phrase" else f" ({one.sort})"
        page.say(
            f"  {one.count:>4}{one.others:>5}  ",
            Text(f"“{printable(one.text)}”{kind}", style="green"),
            Text(f"  first {_day(one.first.said_at)}, last {_day(one.last.said_at)}", style=QUIET),
        )
    _more(page, len(phrases))


def _drifts(page: Page, drifts: Sequence[Drift]) -> None:
    if drifts:
        _head(page, "When it changed")
    for one in drifts:
        page.say(
            f"  between {_day(one.after)} and {_day(one.before)}",
            Text(f"  Delta {one.delta:.2f}, p {one.p_value:.3f}", style=QUIET),
        )
        for shift in one.shifts:
            page.say(f"    {shift.name:<24}{shift.before:>8.1f} -> {shift.after:.1f}")


def _contradictions(page: Page, pairs: Sequence[Contradiction]) -> None:
    if not pairs:
        return
    unexplained = sum(not one.is_explained for one in pairs)
    _head(
        page,
        "Where it went against itself",
        f"{unexplained} unexplained, {len(pairs) - unexplained} explained",
    )
    ordered = sorted(pairs, key=lambda one: one.is_explained)
    for one in ordered[:SHOWN_MAX]:
        _quote(page, "  ", one.earlier)
        _quote(page, "  ", one.later)
        if one.explanation is None:
            page.say("    ", Text("nothing in between explains it", style="red"))
        elif one.explanation == one.later:
            page.say("    ", Text("the second itself explains it", style=QUIET))
        else:
            _quote(page, "    explained: ", one.explanation)
    _more(page, len(pairs))


def _corrections(page: Page, quotes: Sequence[Quote]) -> None:
    if quotes:
        _head(page, "Where it owned a mistake", f"{len(quotes)} times")
    for one in quotes[-SHOWN_MAX:]:
        _quote(page, "  ", one)


def _inclinations(page: Page, inclinations: Sequence[Inclination]) -> None:
    if inclinations:
        _head(page, "What it keeps coming back to")
    for one in inclinations[:SHOWN_MAX]:
        page.say(
            f"  {one.count:>4}  {one.sort} ",
            Text(printable(one.what), style="green"),
            Text(f"  last {_day(one.last.said_at)}", style=QUIET),
        )
    _more(page, len(inclinations))


def _intentions(page: Page, portrait: Portrait) -> None:
    if not portrait.intentions:
        return
    reported = sum(one.by_own_word for one in portrait.intentions)
    acted = sum(one.done is not None and not one.by_own_word for one in portrait.intentions)
    counted = f"of {len(portrait.intentions)}, {acted} have an action that answers to them"
    own = f", {reported} only its own word" if reported else ""
    _head(page, "Said and done", counted + own)
    for one in [one for one in portrait.intentions if one.done is None][-SHOWN_MAX:]:
        _quote(page, "  ", one.said)


def _coherence(page: Page, portrait: Portrait) -> None:
    if portrait.coherence:
        _head(page, "How far it is one and the same", "with the 95 % interval")
    for one in portrait.coherence:
        page.say(
            f"  {one.name:<24}{one.value:>8.2f}",
            Text(f"  {one.low:.2f} to {one.high:.2f}, of {one.of}", style=QUIET),
        )


def _head(page: Page, title: str, more: str = "") -> None:
    page.say("")
    page.say(Text(title, style=HEAD), Text(f"  {more}" if more else "", style=QUIET))


def _quote(page: Page, before: str, quote: Quote) -> None:
    page.say(
        before,
        Text(f"{_day(quote.said_at)} ", style=QUIET),
        f"“{printable(quote.text)}” ",
        Text(short(quote.item_id), style="yellow"),
    )


def _more(page: Page, count: int) -> None:
    if count > SHOWN_MAX:
        page.say(Text(f"  and {count - SHOWN_MAX} more; --json lists all", style=QUIET))


def _day(time: datetime | None) -> str:
    return "" if time is None else f"{time:%Y-%m-%d}"
