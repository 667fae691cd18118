"""The command that talks in the terminal with a model that remembers."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

from remanence.faces.cli import options
from remanence.faces.cli.call import EXIT_FAULT, Call

ModelName: TypeAlias = Annotated[
    str | None,
    typer.Option("--model", metavar="NAME", help="Which model answers (or set REMANENCE_LLM_MODEL)."),
]
BaseUrl: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--base-url",
        metavar="URL",
        help="Where it is asked (or set REMANENCE_LLM_BASE_URL); OpenAI's if not given.",
    ),
]
SessionName: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--session", metavar="NAME", help="The conversation it goes on with; a new one if not given."
    ),
]
BlockBudget: TypeAlias = Annotated[
    int,
    typer.Option(
        "--budget", metavar="N", min=1, max=1_000_000, help="How many tokens of memory a turn gets."
    ),
]


def chat(
    call: Call,
    model: ModelName = None,
    base_url: BaseUrl = None,
    session: SessionName = None,
    budget: BlockBudget = 2_000,
    owner: options.Owner = None,
) -> None:
    """Talk with a language model that remembers.

    Beside each answer stands what was recalled for it, and what was learnt. /why explains the recall,
    /forget ID retires an item, /quit ends. The key is REMANENCE_LLM_API_KEY, else OPENAI_API_KEY. Lines may
    be piped; with --json each turn answers with one JSON object. Ends with 1 when a turn failed.
    """
    from remanence.clock import SystemClock
    from remanence.reader.llm.reader import LLMReader, require_extra

    settings = LLMReader(model=model or "", base_url=base_url or "")
    require_extra()
    from remanence.faces.chat.model import Endpoint
    from remanence.faces.chat.talk import Talk
    from remanence.faces.chat.terminal import Terminal, lines_of_input

    name = session or f"chat {SystemClock().now():%Y-%m-%d %H:%M:%S}"
    with call.make(owner=owner) as cube:
        endpoint = Endpoint(settings)
        terminal = Terminal(Talk(cube, endpoint, name, budget), call.as_json)
        terminal.run(lines_of_input(f"{cube.owner}> "))
        endpoint.close()
    if terminal.failed:
        raise typer.Exit(EXIT_FAULT)
