"""Pydantic AI's message history over a session of a cube."""

from __future__ import annotations

from pathlib import Path

import pytest

from opening import OpenCube
from remanence.errors import InvalidInput

kinds = pytest.importorskip(
    "pydantic_ai.messages", reason="pydantic-ai-slim is not installed: pip install 'remanence[pydantic-ai]'"
)
from remanence.compat.pydantic_ai import RemanenceMessageHistory  # noqa: E402  (needs the package)

PICTURE = kinds.BinaryContent(b"\0\xff", media_type="image/png")


def chat() -> list:
    """Messages as the package itself reads them back."""
    said = [
        kinds.ModelRequest([kinds.SystemPromptPart("be kind"), kinds.UserPromptPart("I live in Porto")]),
        kinds.ModelResponse(
            [kinds.TextPart("Sunny? お元気で"), kinds.ToolCallPart("weather", {"city": "Porto"})]
        ),
        kinds.ModelRequest([kinds.ToolReturnPart("weather", {"sky": "blue"}, tool_call_id="c1")]),
        kinds.ModelResponse([]),
        kinds.ModelRequest([kinds.UserPromptPart(["look", PICTURE])]),
        kinds.ModelRequest([kinds.UserPromptPart("yes")]),
        kinds.ModelRequest([kinds.UserPromptPart("yes")]),
    ]
    adapter = kinds.ModelMessagesTypeAdapter
    return adapter.validate_json(adapter.dump_json(said))


def test_messages_come_back_as_they_were_also_after_reopening(tmp_path: Path) -> None:
    said = chat()
    with RemanenceMessageHistory(tmp_path / "a.cube", "s1", embedder="hashing") as history:
        assert history.messages == []
        history.add(said[:3])
        history.add(said[3:])
        assert history.messages == said
    with RemanenceMessageHistory(tmp_path / "a.cube", "s1") as history:
        assert history.messages == said
        history.clear()
        assert history.messages == []
    assert b"Porto" not in (tmp_path / "a.cube").read_bytes()


def test_a_prompt_is_recalled_and_what_is_erased_of_it_is_gone_here_too(open_cube: OpenCube) -> None:
    cube = open_cube(reader="rules")
    history = RemanenceMessageHistory(cube, "s1")
    prompt = kinds.UserPromptPart("I live in Porto. I love aubergines.")
    history.add([kinds.ModelRequest([kinds.SystemPromptPart("be kind"), prompt])])
    (home,) = (hit.item for hit in cube.recall("where does Alice live?", kinds=["fact"]))
    assert home.content == "Alice lives in Porto"
    cube.forget(home.id, erase=True)
    (request,) = history.messages
    assert [part.part_kind for part in request.parts] == ["system-prompt", "user-prompt"]
    assert "Porto" not in request.parts[1].content
    assert "aubergines" in request.parts[1].content


def test_a_part_that_was_erased_whole_leaves_the_others_in_their_message(open_cube: OpenCube) -> None:
    cube = open_cube()
    history = RemanenceMessageHistory(cube, "s1")
    said = chat()
    history.add(said[:2])
    (first_answer,) = (item for item in cube.find_unit("s1").items() if item.content.startswith("Sunny?"))
    cube.forget(first_answer.id, erase=True)
    left = history.messages
    assert left[0] == said[0]
    assert left[1].parts == said[1].parts[1:]


def test_a_conversation_observed_by_another_way_is_there_too(open_cube: OpenCube) -> None:
    cube = open_cube()
    roles = ("system", "user", "assistant")
    cube.observe([{"role": role, "content": f"said by {role}"} for role in roles], session="s1")
    found = RemanenceMessageHistory(cube, "s1").messages
    assert [part.part_kind for message in found for part in message.parts] == [
        "system-prompt",
        "user-prompt",
        "text",
    ]


def test_an_agent_goes_on_with_what_was_said(open_cube: OpenCube) -> None:
    from pydantic_ai import Agent
    from pydantic_ai.models.test import TestModel

    agent = Agent(TestModel())
    history = RemanenceMessageHistory(open_cube(), "s1")
    for text in ("one", "two"):
        history.add(agent.run_sync(text, message_history=history.messages).new_messages())
    assert len(history.messages) == 4
    with pytest.raises(InvalidInput, match="session"):
        RemanenceMessageHistory(open_cube(), " ")
