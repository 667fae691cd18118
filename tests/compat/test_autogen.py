"""AutoGen's Memory over a cube."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

import remanence
from opening import OpenCube
from remanence.errors import CubeClosed, InvalidInput

core = pytest.importorskip(
    "autogen_core", reason="autogen-core is not installed: pip install 'remanence[autogen]'"
)
from autogen_core.memory import Memory, MemoryContent, MemoryMimeType  # noqa: E402
from autogen_core.model_context import (  # noqa: E402
    BufferedChatCompletionContext,
    UnboundedChatCompletionContext,
)
from autogen_core.models import AssistantMessage, SystemMessage, UserMessage  # noqa: E402

from remanence.compat.autogen import RemanenceMemory  # noqa: E402

PEANUTS = "Alice is allergic to peanuts"


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


def text(content: str, **metadata: object) -> MemoryContent:
    return MemoryContent(content=content, mime_type=MemoryMimeType.TEXT, metadata=metadata or None)


def blocks(messages: list[Any]) -> list[str]:
    return [one.content for one in messages if isinstance(one, SystemMessage)]


def test_what_is_added_is_found_with_its_metadata_and_score(open_cube: OpenCube) -> None:
    async def work() -> None:
        memory = RemanenceMemory(open_cube())
        assert isinstance(memory, Memory)
        await memory.add(text(PEANUTS, category="health"))
        await memory.add(MemoryContent(content={"茶": ["緑"]}, mime_type=MemoryMimeType.JSON))
        await memory.add(MemoryContent(content="# Tea\n- green", mime_type="text/markdown"))
        (best, *_) = (await memory.query("what about peanuts?")).results
        assert best.content == PEANUTS
        assert best.metadata is not None
        assert best.metadata["category"] == "health"
        assert 0 < best.metadata["score"] <= 1
        found = {str(one.mime_type): one.content for one in (await memory.query(text("茶 tea"))).results}
        assert found["application/json"] == {"茶": ["緑"]}
        assert found["text/markdown"] == "# Tea\n- green"
        assert len((await memory.query("tea", limit=1)).results) == 1

    run(work())


def test_a_context_gets_what_fits_the_last_question_and_gets_it_once(open_cube: OpenCube) -> None:
    async def work() -> None:
        cube = open_cube()
        cube.remember(PEANUTS)
        memory, talk = RemanenceMemory(cube), UnboundedChatCompletionContext()
        await talk.add_message(UserMessage(content="May Alice have peanuts?", source="user"))
        told = await memory.update_context(talk)
        assert [one.content for one in told.memories.results] == [PEANUTS]
        assert PEANUTS in blocks(await talk.get_messages())[0]
        await talk.add_message(AssistantMessage(content="No.", source="agent"))
        cube.remember("Bob eats peanuts")
        await talk.add_message(UserMessage(content=["And who", " eats peanuts?"], source="user"))
        await memory.update_context(talk)
        _, second = blocks(await talk.get_messages())
        assert "Bob" in second
        assert PEANUTS not in second
        await talk.clear()
        await talk.add_message(UserMessage(content="Peanuts for Alice?", source="user"))
        await memory.update_context(talk)
        (anew,) = blocks(await talk.get_messages())
        assert PEANUTS in anew, "what stands there no more is told again"

    run(work())


def test_where_nothing_is_asked_or_known_nothing_is_put(open_cube: OpenCube) -> None:
    async def work() -> None:
        memory, talk = RemanenceMemory(open_cube()), BufferedChatCompletionContext(buffer_size=3)
        assert (await memory.update_context(talk)).memories.results == []
        await talk.add_message(UserMessage(content="Hello?", source="user"))
        assert (await memory.update_context(talk)).memories.results == []
        assert len(await talk.get_messages()) == 1

    run(work())


def test_clearing_takes_what_was_added_and_nothing_else(open_cube: OpenCube, tmp_path: Path) -> None:
    async def work() -> None:
        cube = open_cube()
        cube.remember("Lunch is at noon")
        memory = RemanenceMemory(cube)
        await memory.add(text("the quixotic marmalade"))
        await memory.clear()
        assert [hit.item.content for hit in cube.recall("marmalade at noon", k=9)] == ["Lunch is at noon"]
        await memory.close()
        assert cube.stats().counts["items"] > 0, "a cube that was given open stays open"

    run(work())
    assert b"quixotic" not in (tmp_path / "a.cube").read_bytes()


def test_a_file_is_closed_and_found_again(tmp_path: Path) -> None:
    async def work() -> None:
        memory = RemanenceMemory(tmp_path / "m.cube", embedder="hashing")
        await memory.add(text(PEANUTS))
        await memory.close()
        with pytest.raises(CubeClosed):
            await memory.query("peanuts")
        again = RemanenceMemory(tmp_path / "m.cube", erase=False)
        assert [one.content for one in (await again.query("peanuts")).results] == [PEANUTS]
        await again.clear()
        await again.close()

    run(work())
    with remanence.open(tmp_path / "m.cube") as cube:
        assert [hit.item.state for hit in cube.recall("peanuts", include=["retired"])] == ["archived"]


@pytest.mark.parametrize(
    "content",
    [
        MemoryContent(content=b"\x89PNG", mime_type=MemoryMimeType.BINARY),
        MemoryContent(content=b"bytes", mime_type=MemoryMimeType.TEXT),
        MemoryContent(content={"a": float("nan")}, mime_type=MemoryMimeType.JSON),
        MemoryContent(content="  ", mime_type=MemoryMimeType.TEXT),
    ],
)
def test_what_is_no_text_is_refused(open_cube: OpenCube, content: MemoryContent) -> None:
    cube = open_cube()
    with pytest.raises(InvalidInput):
        run(RemanenceMemory(cube).add(content))
    assert cube.stats().counts["items"] == 0


def test_who_cancels_waits_no_longer(open_cube: OpenCube) -> None:
    async def work() -> None:
        token = core.CancellationToken()
        token.cancel()
        with pytest.raises(asyncio.CancelledError):
            await RemanenceMemory(open_cube()).query("peanuts", token)

    run(work())
