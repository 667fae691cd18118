"""The profile of the reference memory server: the same script on both servers has the same answers.

Its answers are kept beside this file. The reference itself is asked where REMANENCE_TEST_MCP_REFERENCE names
its script (`npm install @modelcontextprotocol/server-memory`, dist/index.js); run as a program with that
variable set, this file writes the answers anew.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import mcp_client as mcp
import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

import remanence

SCRIPT = os.environ.get("REMANENCE_TEST_MCP_REFERENCE", "")
NODE = shutil.which("node")
Answer = tuple[str, object, bool]

ANA = {"name": "Ana", "entityType": "person", "observations": ["likes tea", "lebt in Köln"]}
ACME = {"name": "Acme", "entityType": "company", "observations": ["makes anvils"]}
EMPTY = {"name": "空", "entityType": "concept", "observations": []}
WORKS = {"from": "Ana", "to": "Acme", "relationType": "works_at"}
NOWHERE = {"from": "Ana", "to": "Zed", "relationType": "knows"}

CALLS: list[tuple[str, dict[str, object]]] = [
    ("read_graph", {}),
    ("create_entities", {"entities": [ANA, ACME, EMPTY]}),
    ("create_entities", {"entities": [ANA]}),
    ("create_relations", {"relations": [WORKS, NOWHERE]}),
    ("create_relations", {"relations": [WORKS]}),
    ("add_observations", {"observations": [{"entityName": "Ana", "contents": ["likes tea", "has a dog"]}]}),
    ("add_observations", {"observations": [{"entityName": "Nobody", "contents": ["x"]}]}),
    ("read_graph", {}),
    ("search_nodes", {"query": "ANVIL"}),
    ("search_nodes", {"query": "person"}),
    ("search_nodes", {"query": "zzz"}),
    ("open_nodes", {"names": ["Acme", "Nobody"]}),
    ("open_nodes", {"names": ["ana"]}),
    ("delete_observations", {"deletions": [{"entityName": "Ana", "observations": ["likes tea", "no"]}]}),
    ("delete_observations", {"deletions": [{"entityName": "Nobody", "observations": ["x"]}]}),
    ("delete_relations", {"relations": [NOWHERE, NOWHERE]}),
    ("read_graph", {}),
    ("add_observations", {"observations": [{"entityName": "Ana", "contents": ["likes tea"]}]}),
    ("create_entities", {"entities": [{"name": "ana", "entityType": "cat", "observations": ["likes tea"]}]}),
    ("delete_entities", {"entityNames": ["Acme", "Nobody"]}),
    ("read_graph", {}),
    ("create_entities", {"entities": [ACME]}),
    ("delete_entities", {"entityNames": ["ana"]}),
    ("read_graph", {}),
]  # fmt: skip


@asynccontextmanager
async def reference(folder: Path) -> AsyncIterator[Client]:
    """A client of the reference server, its memory in this folder."""
    assert NODE is not None
    parameters = StdioServerParameters(
        command=NODE, args=[SCRIPT], env=mcp.environment(MEMORY_FILE_PATH=str(folder / "memory.jsonl"))
    )
    async with Client(stdio_client(parameters), mode="legacy") as client:
        yield client


async def answers(client: Client) -> list[Answer]:
    found = []
    for tool, arguments in CALLS:
        result = await client.call_tool(tool, arguments)
        found.append((mcp.text(result), result.structured_content, result.is_error))
    return found


def test_the_same_script_has_the_answers_that_the_reference_gives(tmp_path: Path) -> None:
    expected: list[Answer] = json.loads((Path(__file__).parent / "reference_answers.json").read_text("utf-8"))

    async def conversation() -> None:
        async with mcp.talking(tmp_path / "a.cube", "--profile", "reference") as client:
            for call, ours, theirs in zip(CALLS, await answers(client), expected, strict=True):
                assert list(ours) == theirs, call

    mcp.run(conversation)


@pytest.mark.skipif(not (SCRIPT and NODE), reason="the reference server is not at hand")
def test_the_answers_that_are_kept_are_those_of_the_reference(tmp_path: Path) -> None:
    kept = json.loads((Path(__file__).parent / "reference_answers.json").read_text("utf-8"))

    async def conversation() -> None:
        async with reference(tmp_path) as client:
            assert [list(answer) for answer in await answers(client)] == kept

    mcp.run(conversation)


@pytest.mark.skipif(not (SCRIPT and NODE), reason="the reference server is not at hand")
def test_the_tools_take_what_those_of_the_reference_take(tmp_path: Path) -> None:
    async def conversation() -> None:
        async with mcp.talking(tmp_path / "a.cube", "--profile", "reference") as client:
            ours = {tool.name: tool for tool in (await client.list_tools()).tools}
        async with reference(tmp_path) as client:
            theirs = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert ours.keys() == theirs.keys()
        for name, tool in theirs.items():
            assert ours[name].annotations == tool.annotations
            assert needed(ours[name].input_schema) == needed(tool.input_schema)

    mcp.run(conversation)


def needed(schema: dict[str, object], of: dict[str, object] | None = None) -> object:
    """What a caller must know of a schema: properties, which are required, types."""
    root = schema if of is None else of
    if "$ref" in schema:
        defs = root["$defs"]
        assert isinstance(defs, dict)
        return needed(defs[str(schema["$ref"]).rsplit("/", 1)[-1]], root)
    if schema["type"] == "object":
        properties = schema.get("properties", {})
        assert isinstance(properties, dict)
        required = schema.get("required", [])
        assert isinstance(required, list)
        return {name: (needed(one, root), name in required) for name, one in properties.items()}
    if schema["type"] == "array":
        items = schema["items"]
        assert isinstance(items, dict)
        return [needed(items, root)]
    return schema["type"]


def test_words_that_no_entity_contains_lead_to_those_that_answer_them(tmp_path: Path) -> None:
    async def conversation() -> None:
        async with mcp.talking(tmp_path / "a.cube", "--profile", "reference") as client:
            await mcp.ask(client, "create_entities", entities=[ANA, ACME])
            found = await mcp.ask(client, "search_nodes", query="which company makes an anvil?")
            assert mcp.shape(found)["entities"][0] == ACME  # type: ignore[index]

    mcp.run(conversation)


def test_what_the_graph_holds_is_memory_like_any_other(tmp_path: Path) -> None:
    async def conversation() -> None:
        async with mcp.talking(tmp_path / "a.cube", "--profile", "reference", name="desk") as client:
            await mcp.ask(client, "create_entities", entities=[ANA, ACME])
            await mcp.ask(client, "create_relations", relations=[WORKS])
            await mcp.ask(client, "delete_entities", entityNames=["Ana"])

    mcp.run(conversation)
    with remanence.open(tmp_path / "a.cube", embedder=None) as cube:
        hit = cube.recall("anvils", units=["Acme"])[0].item
        assert (hit.content, hit.author) == ("makes anvils", "desk")
        assert cube.recall("tea") == []
        assert {line.actor for line in cube.journal()} == {"mcp:desk"}
        assert cube.recall("tea", include=["retired"])[0].item.content == "likes tea"


def test_somebody_who_spoke_keeps_what_they_said_when_an_entity_of_their_name_comes_and_goes(
    tmp_path: Path,
) -> None:
    with remanence.open(tmp_path / "a.cube", embedder="hashing") as cube:
        cube.observe([{"role": "user", "name": "Ana", "content": "The rain sings."}], session="s")

    async def conversation() -> None:
        async with mcp.talking(tmp_path / "a.cube", "--profile", "reference") as client:
            await mcp.ask(client, "create_entities", entities=[ANA])
            assert mcp.shape(await mcp.ask(client, "read_graph"))["entities"] == [ANA]
            await mcp.ask(client, "delete_entities", entityNames=["Ana"])
            assert mcp.shape(await mcp.ask(client, "read_graph"))["entities"] == []

    mcp.run(conversation)
    with remanence.open(tmp_path / "a.cube", embedder=None) as cube:
        said = cube.find_unit("Ana", kind="persona")
        assert [item.content for item in said.items()] == ["The rain sings."]
        assert dict(said.annotations) == {}


def test_a_relation_to_itself_is_refused_and_nothing_of_the_call_is_done(tmp_path: Path) -> None:
    async def conversation() -> None:
        async with mcp.talking(tmp_path / "a.cube", "--profile", "reference") as client:
            self_made = {"from": "Ana", "to": "Ana", "relationType": "is"}
            said = await mcp.refused(client, "create_relations", relations=[WORKS, self_made])
            assert "'Ana' can't be related to itself" in said
            assert mcp.shape(await mcp.ask(client, "read_graph"))["relations"] == []

    mcp.run(conversation)


if __name__ == "__main__":
    import tempfile

    async def write() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with reference(Path(folder)) as client:
                found = json.dumps(await answers(client), indent=1, ensure_ascii=False)
                (Path(__file__).parent / "reference_answers.json").write_text(found + "\n", encoding="utf-8")

    mcp.run(write)
