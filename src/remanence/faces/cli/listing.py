"""The command that lists what is kept, page by page."""

from __future__ import annotations

from typing import Annotated

import typer

from remanence.faces import documents
from remanence.faces.cli.call import Call

OfKind = Annotated[str | None, typer.Option("--kind", metavar="KIND", help="Only this kind.")]
OfUnit = Annotated[str | None, typer.Option("--unit", metavar="UNIT", help="Only members of this unit.")]
OfSession = Annotated[
    str | None, typer.Option("--session", metavar="NAME", help="Only of this conversation.")
]
OfState = Annotated[
    str | None,
    typer.Option("--state", metavar="STATE", help="Only in this state; archived is what was retired."),
]
WithTag = Annotated[str | None, typer.Option("--tag", metavar="TAG", help="Only with this tag.")]
After = Annotated[
    str | None, typer.Option("--after", metavar="ID", help="Go on after this item, the last one shown.")
]
PageLimit = Annotated[
    int | None, typer.Option("--limit", "-n", metavar="N", help="How many at most (default 100).")
]


def list_(
    call: Call,
    kind: OfKind = None,
    unit: OfUnit = None,
    session: OfSession = None,
    state: OfState = None,
    tag: WithTag = None,
    after: After = None,
    limit: PageLimit = None,
) -> None:
    """List items, the newest first.

    What is believed and has not ended, unless a state is asked for.
    """
    with call.read() as cube:
        wanted = 100 if limit is None else limit
        found = cube.items(
            kind=kind, unit=unit, session=session, state=state, tag=tag, after=after, limit=wanted
        )
        more = len(found) == wanted
        call.answer(
            documents.of_page(found, more=more),
            lambda page: page.listed(found, more=more),
            zone=cube.time_zone,
        )


list_.__name__ = "list"  # the command's name, which would hide Python's own
