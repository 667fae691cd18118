"""The command about the agent itself: what its own output says about it."""

from __future__ import annotations

from typing import Annotated

import typer

from remanence.faces import mirror_documents
from remanence.faces.cli import options, unit_options
from remanence.faces.cli.call import Call, UsageFault

Agent = Annotated[
    str | None,
    typer.Option("--agent", metavar="NAME", help="Whose mirror; else the assistant that said most."),
]
Keep = Annotated[bool, typer.Option("--keep", help="Keep what is found as items that cite their evidence.")]
AcceptPersona = Annotated[
    bool, typer.Option("--accept-persona", help="With --keep: let the agent's persona say what is proposed.")
]


def mirror(
    call: Call,
    agent: Agent = None,
    keep: Keep = False,
    accept_persona: AcceptPersona = False,
    abstractive: unit_options.Abstractive = False,
    because: options.Because = None,
) -> None:
    """Show what the agent's own words say about it.

    Habits of speech, style and when it changed, contradictions and what explains them, what it keeps
    weighing, how far it is one and the same. Nothing is changed without --keep.
    """
    from remanence.faces.cli import mirror_page

    if (accept_persona or abstractive or because) and not keep:
        raise UsageFault(
            "--accept-persona, --abstractive and --because go with --keep: without it nothing is changed"
        )
    if not keep:
        with call.read() as cube:
            shown = cube.portrait(agent=agent)
            call.answer(
                mirror_documents.of_portrait(shown), lambda page: mirror_page.show_portrait(page, shown)
            )
        return
    with call.write() as cube:
        done = cube.reflect(agent=agent, persona=accept_persona, abstractive=abstractive, because=because)
        call.answer(
            mirror_documents.of_reflection(done),
            lambda page: mirror_page.show_reflection(page, done, accepted=accept_persona),
        )
