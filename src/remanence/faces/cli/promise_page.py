"""What a person sees of promises: the ledger by state, and what became of the promises about memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from rich.text import Text

from remanence.faces.cli.page import QUIET, Page
from remanence.faces.plain import preview, printable
from remanence.model.ids import short
from remanence.model.promise import PromiseKind, PromiseState, Verdict

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from remanence.model.promise import AgentTrust, CheckedPromise, Ledger, Promise, PromiseReport

HEADINGS = {
    PromiseState.EXPIRED: "Came due, and nobody has said how it came out",
    PromiseState.BROKEN: "Broken",
    PromiseState.OPEN: "Open",
    PromiseState.KEPT: "Kept",
    PromiseState.WITHDRAWN: "Withdrawn",
    PromiseState.SUPERSEDED: "Replaced",
}
STYLES = {
    PromiseState.EXPIRED: "yellow",
    PromiseState.BROKEN: "bold red",
    PromiseState.OPEN: "cyan",
    PromiseState.KEPT: "green",
    PromiseState.WITHDRAWN: QUIET,
    PromiseState.SUPERSEDED: QUIET,
}
INTENTIONS_MAX = 10  # shown, the newest; the JSON has all
BREACHES_MAX = 20  # of one promise; the JSON has all
VERDICTS = {Verdict.KEPT: "green", Verdict.BROKEN: "bold red", Verdict.NOT_ASSESSED: QUIET}


def show_ledger(page: Page, ledger: Ledger, zone: tzinfo) -> None:
    """The promises by state, then trust, and what is no promise."""
    if not ledger.promises:
        page.say(Text("nobody has promised anything yet", style=QUIET))
    for state, heading in HEADINGS.items():
        mine = [one for one in ledger if one.state is state]
        if mine:
            page.say(Text(f"{heading} ({len(mine)})", style=STYLES[state]))
            for one in _by_due(mine):
                _show(page, one, zone)
            page.say("")
    if ledger.trust:
        page.say(Text("Trust, by promises that others have assessed", style="bold"))
        for agent in ledger.trust:
            page.say(_trust_line(agent))
        page.say("")
    if ledger.impositions:
        page.say(Text("Said of others, and so no promise of theirs", style="bold"))
        for one in ledger.impositions:
            page.say(f"  {short(one.id)}  {one.said_by} says of {one.promiser}: {preview(one.terms.body)}")
        page.say("")
    if ledger.intentions:
        page.say(Text(f"Intentions, promised to nobody ({len(ledger.intentions)})", style="bold"))
        for item in ledger.intentions[-INTENTIONS_MAX:]:
            page.say(f"  {short(item.id)}  {preview(item.content)}")


def show_report(page: Page, report: PromiseReport, zone: tzinfo) -> None:
    """Each memory promise, its verdict, and where it was broken."""
    for one in report.checked:
        page.say(Text(f"{one.verdict.value:<13}", style=VERDICTS[one.verdict]), one.words, _looked(one))
        for breach in one.breaches[:BREACHES_MAX]:
            page.say(Text(f"             {_time(breach.at, zone)}  ", style=QUIET), breach.what)
        if len(one.breaches) > BREACHES_MAX:
            page.say(f"             and {len(one.breaches) - BREACHES_MAX} more; --json has them all")


def show_promises(page: Page, promises: Iterable[Promise], zone: tzinfo) -> None:
    """Promises with their states, in the order given."""
    for one in promises:
        page.say(Text(one.state.value, style=STYLES[one.state]))
        _show(page, one, zone)


def _by_due(promises: Iterable[Promise]) -> list[Promise]:
    """What comes due first, then what stands, the oldest first."""
    return sorted(
        promises, key=lambda one: (one.terms.due is None, one.terms.due or one.made_at, one.made_at)
    )


def _show(page: Page, one: Promise, zone: tzinfo) -> None:
    heard = "" if one.source is None else f"\u201c{preview(one.words)}\u201d"
    page.say(
        "  ", Text(short(one.id), style="yellow"), "  ", Text(printable(heard or preview(one.terms.body)))
    )
    sign = "" if one.terms.kind is PromiseKind.GIVE else ", to accept"
    due = "standing" if one.terms.due is None else f"due {_time(one.terms.due, zone)}"
    to = ", ".join(one.terms.promisees)
    page.say(
        Text(
            f"            {printable(one.promiser)} to {printable(to)}{sign}, {one.made_at:%Y-%m-%d}; ",
            style=QUIET,
        ),
        Text(due, style=QUIET),
    )
    for remark in _remarks(one):
        page.say("            ", Text(printable(remark), style=QUIET))


def _remarks(one: Promise) -> Iterator[str]:
    if one.terms.constraints:
        yield "with " + ", ".join(f"{name} = {value}" for name, value in one.terms.constraints.items())
    for condition in one.terms.conditions:
        yield f"if {condition.words or condition}"
    if one.is_binding is False:
        yield "binds nobody yet: what it waits for was not kept"
    if one.circle:
        yield f"waits for itself: {' for '.join(map(short, (*one.circle, one.circle[0])))}"
    if one.contradicts:
        yield f"can't be kept beside {', '.join(map(short, one.contradicts))}"
    for found in one.assessments:
        evidence = f", by {', '.join(map(short, found.evidence))}" if found.evidence else ""
        yield f"{found.outcome}: {found.assessor}, {found.at:%Y-%m-%d}{evidence}"
    if one.is_disputed:
        yield "its assessors disagree"
    if one.replaced_by is not None:
        yield f"replaced by {short(one.replaced_by)}"


def _trust_line(one: AgentTrust) -> str:
    return (
        f"  {one.mean:.2f} \u00b1 {one.deviation:.2f}  {printable(one.agent)}: "
        f"{one.assessed} assessed, weighing {one.kept:.1f} kept and {one.broken:.1f} broken"
    )


def _looked(one: CheckedPromise) -> Text:
    looked = f"  ({one.looked_at} looked at)" if one.looked_at else ""
    note = f"  ({one.note})" if one.note else ""
    return Text(f"{looked}{note}", style=QUIET)


def _time(time: datetime, zone: tzinfo) -> str:
    return f"{time.astimezone(zone):%Y-%m-%d %H:%M}"
