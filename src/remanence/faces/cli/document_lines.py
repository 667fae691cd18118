"""What a person sees of documents: lines on a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from remanence.faces.cli.page import QUIET, Page

if TYPE_CHECKING:
    from remanence.model.document import DocumentVersion
    from remanence.verbs.ingesting import Ingested


def put_ingested(page: Page, taken: Sequence[Ingested], failed: int) -> None:
    """What became of each document, and a closing line."""
    for one in taken:
        page.say(Text(f"{_verb(one)} ", style="green"), one.name, ": ", _told(one))
        for left in one.left_out:
            page.say(Text(f"  left out: {left.where}: ", style=QUIET), left.why)
        for note in one.notes:
            page.say(Text("  note: ", style=QUIET), note)
    new = [one for one in taken if one.change_set is not None]
    added, changed, retired = (
        sum(len(ids) for ids in lists)
        for lists in (
            [one.added for one in new],
            [one.changed for one in new],
            [one.retired for one in new],
        )
    )
    page.say(
        f"{_count(len(taken) + failed, 'document')}: {len(new)} taken in, {len(taken) - len(new)} known, "
        f"{failed} failed; {_count(added, 'passage')} added, {changed} changed, {retired} retired"
    )


def put_documents(page: Page, found: Sequence[DocumentVersion]) -> None:
    """Documents, a line each."""
    if not found:
        page.say(Text("there is no document", style=QUIET))
    for one in found:
        page.say(one.name, Text(f"  {one.format}, {_count(len(one.items), 'passage')}", style=QUIET))


def _verb(one: Ingested) -> str:
    return "known" if one.change_set is None else "ingested"


def _told(one: Ingested) -> str:
    if one.known_as is not None:
        return f"held already under the name {one.known_as}"
    if one.change_set is None:
        return "unchanged"
    named = ("added", "changed", "moved", "retired", "unchanged")
    lists = (one.added, one.changed, one.moved, one.retired, one.unchanged)
    return (
        ", ".join(f"{len(ids)} {name}" for name, ids in zip(named, lists, strict=True) if ids) or "no passage"
    )


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
