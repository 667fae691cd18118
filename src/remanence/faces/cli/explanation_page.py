"""What a person sees of a recall taken apart: the question as it was read, the filters, a table a hit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from remanence.faces.cli.page import QUIET, Page
from remanence.faces.plain import printable

if TYPE_CHECKING:
    from remanence.model.explanation import ExplainedHit, Explanation, Reading


def show_explanation(page: Page, told: Explanation) -> None:
    """The question, the filters, then each hit with its roads and all that its score is made of."""
    page.say(Text("asks ", style=QUIET), _read(page, told.reading))
    sieves = ", ".join(f"{one.name} {one.passed}" for one in told.sieves)
    total = max((one.of for one in told.sieves), default=told.allowed)
    page.say(Text("rows ", style=QUIET), f"{told.allowed} of {total} may answer; pass {sieves}")
    signs = ", ".join(map(str, told.signs))
    page.say(Text("answered ", style=QUIET), f"{told.answered:.2f}: {signs}" if signs else "0.00")
    for one in told.hits:
        page.say("")
        page.hits([one.hit], why=False)
        page.table(_parts(one))
        belief = one.hit.item.revision.content.belief
        age = "" if one.activation is None else f"; activation {one.activation:+.2f} above rest"
        page.say(
            Text(f"      belief {belief.mean:.2f} of {belief.strength:g} observations{age}", style=QUIET)
        )


def _read(page: Page, reading: Reading) -> str:
    told = [
        *reading.asks,
        *(f"about {name}" for name in reading.about),
        *(() if reading.asker is None else (f"I = {reading.asker}",)),
        *(page.interval(time) for time in reading.times),
    ]
    return printable("; ".join(told)) or "for its words"


def _parts(one: ExplainedHit) -> Table:
    """What adds up to the log-odds of the score, with the raw score and the place by each road."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=QUIET)
    table.add_column("      part", no_wrap=True)
    for name in ("raw", "place", "value", "weight", "log-odds"):
        table.add_column(name, justify="right", no_wrap=True)
    roads = {road.name: road for road in one.roads}
    for part in one.hit.why.parts:
        road = roads.pop(part.name, None)
        table.add_row(
            f"      {part.name}",
            "" if road is None else f"{road.raw:.3f}",
            "" if road is None else str(road.place),
            f"{part.value:.3f}",
            f"{part.contribution / part.value:+.2f}",
            f"{part.contribution:+.2f}",
        )
    for road in roads.values():  # that added nothing
        table.add_row(f"      {road.name}", f"{road.raw:.3f}", str(road.place), "0.000", "", "")
    total = sum(part.contribution for part in one.hit.why.parts)
    table.add_row("      sum", "", "", "", "", f"{total:+.2f}", style="bold")
    return table
