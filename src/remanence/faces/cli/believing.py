"""Commands about grounds: why something is believed, what would fall with it, what contradicts what."""

from __future__ import annotations

from typing import Annotated

import typer

from remanence.faces import belief_documents, documents
from remanence.faces.cli import options
from remanence.faces.cli.call import Call
from remanence.faces.plain import printable

Subject = Annotated[
    str | None, typer.Option("--subject", metavar="NAME", help="Only of this person or thing.")
]


def why(call: Call, item_id: options.ItemId) -> None:
    """Show what an item rests on, down to who said it."""
    with call.read() as cube:
        tree = cube.why(item_id)
        call.answer(belief_documents.of_support(tree), lambda page: page.say(printable(str(tree))))


def impact(call: Call, item_id: options.ItemId) -> None:
    """Show what would fall if an item were retracted."""
    with call.read() as cube:
        found = cube.impact(item_id)
        call.answer(belief_documents.of_impact(found), lambda page: page.say(printable(str(found))))


def conflicts(call: Call, subject: Subject = None) -> None:
    """List claims that contradict each other.

    They are of one thing and the same time, and none of them has given way; see `resolve`.
    """
    with call.read() as cube:
        found = cube.conflicts(subject=subject)
        text = "\n".join(map(str, found)) or "no open conflicts"
        call.answer(belief_documents.of_conflicts(found), lambda page: page.say(printable(text)))


def resolve(call: Call, keep: options.ItemId, because: options.Because = None) -> None:
    """Settle the conflicts of an item in its favour.

    What contradicts it is superseded: kept, no longer recalled, and brought back by `undo`.
    """
    with call.write() as cube:
        item = cube.resolve(keep, because=because)
        call.answer(documents.of_item(item), lambda page: page.done("kept", item))


def sources(call: Call) -> None:
    """Show how reliable authors and rules have been."""
    with call.read() as cube:
        found = cube.reliabilities()
        lines = [
            f"{one.share:.2f}  {one.of} {one.name}: {one.borne_out} borne out, {one.wrong} wrong"
            for one in found
        ]
        text = "\n".join(lines) or "nothing was borne out or proved wrong yet"
        call.answer(belief_documents.of_reliabilities(found), lambda page: page.say(printable(text)))
