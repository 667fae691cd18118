"""The command that serves a cube over the Model Context Protocol."""

from __future__ import annotations

import os
from typing import Annotated, TypeAlias

import typer

from remanence.errors import ExtraMissing
from remanence.faces.cli import options
from remanence.faces.cli.call import Call, UsageFault

PROFILES = ("remanence", "reference")
DEFAULT_HOST, DEFAULT_PORT = "127.0.0.1", 8765

Http: TypeAlias = Annotated[
    bool, typer.Option("--http", help="Serve over HTTP instead of standard input and output.")
]
Host: TypeAlias = Annotated[
    str | None,
    typer.Option("--host", metavar="HOST", help="Where to listen (default 127.0.0.1: this machine alone)."),
]
Port: TypeAlias = Annotated[
    int | None,
    typer.Option("--port", metavar="N", min=0, max=65_535, help="On which port (default 8765; 0: any)."),
]
AllowHost: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-host", metavar="NAME", help="A name by which clients reach it; repeat for several."
    ),
]
KeyFile: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--key-file",
        metavar="PATH",
        help="A file with the key that clients must show (or set REMANENCE_MCP_KEY).",
    ),
]
ReadOnly: TypeAlias = Annotated[
    bool, typer.Option("--read-only", help="Offer no tool that changes anything.")
]
AllowErase: TypeAlias = Annotated[
    bool, typer.Option("--allow-erase", help="Let clients erase for good, where they say so.")
]
ProfileName: TypeAlias = Annotated[
    str,
    typer.Option(
        "--profile",
        metavar="NAME",
        help="Which tools: remanence, or reference, those of the MCP reference memory server.",
    ),
]


def mcp(
    call: Call,
    http: Http = False,
    host: Host = None,
    port: Port = None,
    allow_host: AllowHost = None,
    key_file: KeyFile = None,
    read_only: ReadOnly = False,
    allow_erase: AllowErase = False,
    profile: ProfileName = "remanence",
    owner: options.Owner = None,
) -> None:
    """Serve the cube to MCP clients: Claude, Cursor, VS Code.

    On standard input and output, for one client that starts it; with --http, for several. The cube is
    made if there is none. docs/mcp.md shows how clients are told of it.
    """
    if profile not in PROFILES:
        raise UsageFault(f"profile {profile!r} is not one of: {', '.join(PROFILES)}")
    if not http and (host or port is not None or allow_host or key_file):
        raise UsageFault("--host, --port, --allow-host and --key-file go with --http")
    try:
        from remanence.faces.mcp import http as over_http
        from remanence.faces.mcp import server, stdio
    except ModuleNotFoundError as error:
        raise ExtraMissing(f"serving MCP needs more: pip install 'remanence[mcp]' ({error})") from error
    offer = server.Offer(reference=profile == "reference", read_only=read_only, allow_erase=allow_erase)
    place = over_http.Place(
        host=host or DEFAULT_HOST,
        port=DEFAULT_PORT if port is None else port,
        names=tuple(allow_host or ()),
        key=over_http.key_of(key_file, os.environ.get(over_http.KEY_VARIABLE)) if http else None,
    )
    if http:
        place.check()  # before the cube is made
    with call.read(embeds=True) if read_only else call.make(owner=owner) as cube:
        serving = server.server_of(cube, offer)
        if http:
            over_http.serve(serving, place, owner=cube.owner)
        else:
            stdio.serve(serving)
