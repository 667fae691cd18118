"""The command that serves a cube over the Model Context Protocol."""

from __future__ import annotations

from typing import Annotated

import typer

from remanence.errors import ExtraMissing
from remanence.faces.cli import options
from remanence.faces.cli.call import Call

ReadOnly = Annotated[bool, typer.Option("--read-only", help="Offer no tool that changes anything.")]
AllowErase = Annotated[
    bool, typer.Option("--allow-erase", help="Let clients erase for good, where they say so explicitly.")
]


def mcp(
    call: Call,
    read_only: ReadOnly = False,
    allow_erase: AllowErase = False,
    owner: options.Owner = None,
) -> None:
    """Serve the cube to MCP clients: Claude, Cursor, VS Code and others.

    On standard input and output.
    """
    try:
        from remanence.faces.mcp import server, serving
    except ImportError as error:
        raise ExtraMissing("serving MCP needs its package: pip install 'remanence[mcp]'") from error
    offer = server.Offer(read_only=read_only, allow_erase=allow_erase)
    with call.read(embeds=True) if read_only else call.make(owner=owner) as cube:
        serving.serve_stdio(cube, offer)
