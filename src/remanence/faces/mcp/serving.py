"""The transports: standard input and output, and HTTP; both end cleanly when they are told to."""

from __future__ import annotations

from mcp.server import MCPServer

from remanence.cube import Cube
from remanence.faces.mcp.server import Offer, server_of


def serve_stdio(cube: Cube, offer: Offer) -> None:
    """Serve one client on standard input and output, until its input ends."""
    server: MCPServer = server_of(cube, offer)
    server.run("stdio")
