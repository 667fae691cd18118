"""A real server in its own process, and the official client that talks to it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import anyio
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.types import CallToolResult, Implementation, TextContent

SECONDS_MAX = 60.0  # of one test's whole conversation
CLIENT = Implementation(name="test-client", version="1")


def command(cube: Path, *options: str) -> list[str]:
    """The command line that serves this cube."""
    return [sys.executable, "-m", "remanence", "--cube", str(cube), "--embedder", "hashing", "mcp", *options]


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REMANENCE_")}
    return kept | more


@asynccontextmanager
async def talking(
    cube: Path, *options: str, mode: str = "legacy", name: str = CLIENT.name
) -> AsyncIterator[Client]:
    """A client of a server on this cube, over standard input and output."""
    line = command(cube, *options)
    server = stdio_client(StdioServerParameters(command=line[0], args=line[1:], env=environment()))
    async with Client(server, mode=mode, client_info=Implementation(name=name, version="1")) as client:
        yield client


def run(conversation: Callable[[], Awaitable[None]]) -> None:
    """Run a conversation to its end, or fail when it takes too long."""

    async def bounded() -> None:
        with anyio.fail_after(SECONDS_MAX):
            await conversation()

    anyio.run(bounded)


async def ask(client: Client, tool: str, **arguments: object) -> CallToolResult:
    """What a tool answers; it must be no error."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, text(result)
    return result


async def refused(client: Client, tool: str, **arguments: object) -> str:
    """What a tool says is wrong; it must be an error, and no traceback."""
    result = await client.call_tool(tool, arguments)
    assert result.is_error, text(result)
    assert "Traceback" not in text(result)
    return text(result)


def text(result: CallToolResult) -> str:
    """What a model reads."""
    assert all(isinstance(one, TextContent) for one in result.content)
    return "\n".join(one.text for one in result.content if isinstance(one, TextContent))


def shape(result: CallToolResult) -> dict[str, object]:
    """What a program reads."""
    assert result.structured_content is not None
    return dict(result.structured_content)


def started(cube: Path, *options: str, **variables: str) -> subprocess.Popen[str]:
    """The server's process, with pipes for all that it reads and writes."""
    return subprocess.Popen(
        command(cube, *options),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=environment(**variables),
    )


@contextmanager
def serving(cube: Path, *options: str, **variables: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server over HTTP on a free port, and its address."""
    process = started(cube, "--http", "--port", "0", *options, **variables)
    assert process.stderr is not None
    try:
        line = process.stderr.readline()
        assert "http://" in line, line + process.stderr.read()
        yield process, next(word for word in line.split() if word.startswith("http://"))
    finally:
        process.kill()
        process.communicate()
