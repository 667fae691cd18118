"""What a client's model can do with a memory over MCP, by the official client and a real server process."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import mcp_client as mcp
import pytest

import remanence
from remanence.faces.mcp import given
from remanence.model.kind import Kind


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_what_is_remembered_is_recalled(tmp_path: Path, mode: str) -> None:
    async def conversation() -> None:
        async with mcp.talking(tmp_path / "a.cube", mode=mode) as client:
            kept = await mcp.ask(client, "remember", text="Alice is allergic to peanuts", said_by="user")
            memory = mcp.shape(kept)["memory"]
            assert isinstance(memory, dict)
            found = await mcp.ask(client, "recall", question="peanuts")
            assert f"[{memory['id'][:8]}]" in mcp.text(found)
            assert '"Alice is allergic to peanuts"' in mcp.text(found)
            assert [hit["memory"]["id"] for hit in mcp.shape(found)["hits"]] == [memory["id"]]  # type: ignore[attr-defined]

    mcp.run(conversation)
    with remanence.open(tmp_path / "a.cube", embedder=None) as cube:
        assert cube.recall("peanuts")[0].item.author == "user"


def test_the_kinds_that_tools_know_are_those_there_are() -> None:
    assert list(get_args(given.KindName)) == list(Kind)
