"""docs/mcp.md: its tables are what the server lists, and a client that is told as it says finds the memory.

Run as a program, it writes the tables anew.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import anyio
import mcp_client as mcp
import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.types import Tool

import remanence
from remanence.faces.mcp.server import Offer, server_of

PAGE = Path(__file__).parents[2] / "docs" / "mcp.md"
PLACE = re.compile(r"(<!-- (\w+), by tests/mcp/test_mcp_page.py -->\n)(.*?)(<!-- end -->)", re.S)
BLOCK = re.compile(r"^```json\n(.*?)^```", re.M | re.S)


def tables() -> dict[str, str]:
    """What the servers list, as tables by the name of their place in the page."""
    with (
        tempfile.TemporaryDirectory() as folder,
        remanence.open(Path(folder) / "a.cube", embedder=None) as cube,
    ):
        return anyio.run(listed, cube)


async def listed(cube: remanence.Cube) -> dict[str, str]:
    async with Client(server_of(cube, Offer())) as client:
        tools = (await client.list_tools()).tools
        templates = (await client.list_resource_templates()).resource_templates
        resources = (await client.list_resources()).resources
        prompts = (await client.list_prompts()).prompts
    async with Client(server_of(cube, Offer(reference=True))) as client:
        names = (await client.list_tools()).tools
    rows = [
        *(f"| `{one.uri_template}` | {one.description} |" for one in templates),
        *(f"| `{one.uri}` | {one.description} |" for one in resources),
    ]
    return {
        "tools": table("| tool | what it does | takes (* must be given) |", tool_lines(tools)),
        "resources": table("| resource | what it is |", rows),
        "prompts": table("| prompt | what it does |", [f"| {p.title} | {p.description} |" for p in prompts]),
        "reference": table("| tool | what it does | takes (* must be given) |", tool_lines(names)),
    }


def table(head: str, rows: Iterable[str]) -> str:
    rule = "| " + " | ".join(["---"] * (head.count("|") - 1)) + " |"
    return "\n".join([head, rule, *rows]) + "\n"


def tool_lines(tools: list[Tool]) -> Iterator[str]:
    for tool in tools:
        required = tool.input_schema.get("required", [])
        takes = ", ".join(f"`{name}`{'*' * (name in required)}" for name in tool.input_schema["properties"])
        says = (tool.description or "").partition("\n")[0]
        yield f"| `{tool.name}` | {says} | {takes} |"


def test_the_tables_are_what_the_server_lists() -> None:
    found = {name: printed for _, name, printed, _ in PLACE.findall(PAGE.read_text(encoding="utf-8"))}
    assert found == tables(), "run `python tests/mcp/test_mcp_page.py`"


@pytest.mark.parametrize("block", BLOCK.findall(PAGE.read_text(encoding="utf-8")))
def test_a_client_that_is_told_so_finds_the_memory(block: str, tmp_path: Path) -> None:
    told = json.loads(block)
    entry = told.get("mcpServers", told.get("servers"))["memory"]
    if entry.get("type") == "http":
        assert entry["headers"]["Authorization"].startswith("Bearer ")
        return
    with remanence.open(tmp_path / "alice.cube", owner="Alice", embedder="hashing"):
        pass
    assert entry["command"] == "remanence"
    given = [str(tmp_path / "alice.cube") if one.endswith("alice.cube") else one for one in entry["args"]]
    line = [*mcp.command(tmp_path)[:3], *given, "--embedder", "hashing"]
    server = StdioServerParameters(command=line[0], args=line[1:], env=mcp.environment())

    async def conversation() -> None:
        async with Client(stdio_client(server)) as client:
            assert "Memory of Alice" in mcp.text(await mcp.ask(client, "stats"))

    mcp.run(conversation)


if __name__ == "__main__":
    new = tables()
    page = PLACE.sub(lambda place: place[1] + new[place[2]] + place[4], PAGE.read_text(encoding="utf-8"))
    PAGE.write_text(page, encoding="utf-8")
