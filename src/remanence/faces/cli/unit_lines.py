"""What a person sees of units, links, summaries and proposals: lines on a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from remanence.faces.cli.page import QUIET, Page
from remanence.faces.plain import preview
from remanence.model.ids import short
from remanence.model.unit import ItemEnd
from remanence.verbs.unit_lookup import short_id

if TYPE_CHECKING:
    from remanence.model.item import Item
    from remanence.model.summary import Summary
    from remanence.model.unit import End, Link, Member, UnitDiff, UnitVersion
    from remanence.surface.proposal import Proposal
    from remanence.surface.unit import Unit


def put_units(page: Page, units: Sequence[Unit]) -> None:
    """Units, a line each."""
    if not units:
        page.say(Text("there is no unit", style=QUIET))
    for unit in units:
        _put_head(page, unit)


def put_unit(
    page: Page, unit: Unit, members: Sequence[Member], items: Sequence[Item], links: Iterable[Link]
) -> None:
    """A unit with what it holds."""
    _put_head(page, unit)
    texts = {item.id: item.content for item in items}
    for one in members:
        role = f" [{one.role}]" if one.role else ""
        page.say("  ", _yellow(short(one.item_id)), f"{role}  {preview(texts.get(one.item_id, '(undone)'))}")
    for link in links:
        put_link(page, link)


def put_versions(page: Page, versions: Iterable[UnitVersion]) -> None:
    """Versions, oldest first."""
    for one in versions:
        tags = f" ({', '.join(one.tags)})" if one.tags else ""
        page.say(
            Text(f"{one.number}", style="bold green"),
            f"{tags}  {one.recorded_at:%Y-%m-%d %H:%M}  {one.standing}  {one.name}",
        )


def put_diff(page: Page, diff: UnitDiff) -> None:
    """What differs, a line each."""
    if not diff:
        page.say(Text("nothing differs", style=QUIET))
    for name, (old, new) in diff.fields.items():
        page.say(f"{name}: {old!r} became {new!r}")
    for sign, ids in (("+", diff.added), ("-", diff.removed)):
        for item_id in ids:
            page.say(f"{sign} ", _yellow(short(item_id)))
    for one in diff.regrouped:
        page.say("~ ", _yellow(short(one.item_id)), f" role {one.role}, order {one.order}")
    for sign, links in (("+", diff.linked), ("-", diff.unlinked)):
        for link in links:
            page.say(f"{sign} ", _described(link))


def put_link(page: Page, link: Link) -> None:
    """A link on a line."""
    page.say("  ", _described(link))


def put_links(page: Page, links: Sequence[Link]) -> None:
    """Links, a line each."""
    if not links:
        page.say(Text("there is no link", style=QUIET))
    for link in links:
        put_link(page, link)


def put_summary(page: Page, summary: Summary) -> None:
    """A summary's lines."""
    page.say(summary.text or Text("there is nothing to sum up", style=QUIET))


def put_proposals(page: Page, proposals: Sequence[Proposal]) -> None:
    """Proposals, numbered as --accept and --refuse take them."""
    if not proposals:
        page.say(Text("nothing lies close enough together", style=QUIET))
    for number, one in enumerate(proposals, 1):
        page.say(Text(f"{number}", style="bold green"), f"  {one.name}  ({len(one.members)} items)")


def _put_head(page: Page, unit: Unit) -> None:
    described = f"  {preview(unit.description)}" if unit.description else ""
    retired = ", retired" if unit.is_retired else ""
    page.say(
        _yellow(short_id(unit.id)), f"  {unit.kind}, version {unit.version}{retired}  {unit.name}{described}"
    )


def _described(link: Link) -> str:
    return f"{_end(link.source)} {link.type} {_end(link.target)}"


def _end(end: End) -> str:
    return f"item {short(end.item_id)}" if isinstance(end, ItemEnd) else f"unit {short_id(end.unit_id)}"


def _yellow(text: str) -> Text:
    return Text(text, style="yellow")
