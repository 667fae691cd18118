"""LangChain's chat message history over a session of a cube."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

import remanence
from opening import OpenCube
from remanence.errors import InvalidInput

messages = pytest.importorskip(
    "langchain_core.messages", reason="langchain-core is not installed: pip install 'remanence[langchain]'"
)
from remanence.compat.langchain import RemanenceChatMessageHistory  # noqa: E402  (needs the package)


def chat() -> list:
    return [
        messages.SystemMessage("Be kind."),
        messages.HumanMessage("I live in Porto", id="m1", additional_kwargs={"x": [1]}),
        messages.AIMessage(
            "", tool_calls=[{"name": "weather", "args": {"city": "Porto"}, "id": "c1", "type": "tool_call"}]
        ),
        messages.ToolMessage("sunny", tool_call_id="c1"),
        messages.AIMessage("Sunny! お元気で", response_metadata={"tokens": 3}),
        messages.HumanMessage([{"type": "text", "text": "And"}, {"type": "text", "text": "this?"}]),
        messages.HumanMessage("yes"),
        messages.HumanMessage("yes"),
    ]


def test_messages_come_back_as_they_were_also_after_reopening(tmp_path: Path) -> None:
    path = tmp_path / "chat.cube"
    with RemanenceChatMessageHistory(path, "s1", embedder="hashing") as history:
        assert history.messages == []
        history.add_messages(chat()[:3])
        for message in chat()[3:]:
            history.add_message(message)
        assert history.messages == chat()
    with RemanenceChatMessageHistory(path, "s1") as history:
        assert history.messages == chat()


def test_what_was_said_is_remembered_and_cleared_with_what_followed_from_it(tmp_path: Path) -> None:
    path = tmp_path / "chat.cube"
    with remanence.open(path, owner="Alice", embedder="hashing") as cube:
        history = RemanenceChatMessageHistory(cube, "s1")
        other = RemanenceChatMessageHistory(cube, "s2")
        history.add_messages(chat())
        other.add_user_message("I love aubergines")
        assert cube.recall("where does Alice live?", kinds=["fact"])[0].item.content == "Alice lives in Porto"
        history.clear()
        history.close()
        assert history.messages == []
        assert [message.content for message in other.messages] == ["I love aubergines"]
        history.add_user_message("again")
        assert [message.content for message in history.messages] == ["again"]
    assert b"Porto" not in path.read_bytes()


def test_what_is_erased_of_a_message_is_erased_here_too(open_cube: OpenCube) -> None:
    cube = open_cube(reader="rules")
    history = RemanenceChatMessageHistory(cube, "s1")
    history.add_user_message("I live in Porto. I love aubergines.")
    (home,) = (hit.item for hit in cube.recall("home", kinds=["fact"]))
    receipt = cube.forget(home.id, erase=True)
    assert receipt is not None
    assert not receipt.pending
    (left,) = history.messages
    assert "Porto" not in left.content
    assert "aubergines" in left.content


def test_a_conversation_observed_by_another_way_is_there_too(open_cube: OpenCube) -> None:
    cube = open_cube()
    cube.observe(
        [{"role": "user", "content": "hello"}, {"role": "assistant", "content": "good day"}], session="s1"
    )
    history = RemanenceChatMessageHistory(cube, "s1")
    assert [(one.type, one.content) for one in history.messages] == [("human", "hello"), ("ai", "good day")]


def test_sessions_whose_names_look_like_anothers_are_apart(open_cube: OpenCube) -> None:
    cube = open_cube()
    RemanenceChatMessageHistory(cube, "alice").add_user_message("secret")
    unit = cube.find_unit("alice", kind="context")
    for name in ("Alice", "ali", "context:alice", str(unit.id)[:10]):
        assert RemanenceChatMessageHistory(cube, name).messages == []


def test_the_asynchronous_calls_answer_alike(tmp_path: Path) -> None:
    async def main() -> None:
        with RemanenceChatMessageHistory(tmp_path / "a.cube", "s1", embedder="hashing") as history:
            await history.aadd_messages(chat())
            assert await history.aget_messages() == chat()
            await history.aclear()
            assert await history.aget_messages() == []

    asyncio.run(main())


def test_wrong_input_is_refused_and_nothing_is_kept(open_cube: OpenCube) -> None:
    cube = open_cube()
    for name in ("", " ", "x" * 300):
        with pytest.raises(InvalidInput, match="session"):
            RemanenceChatMessageHistory(cube, name)
    history = RemanenceChatMessageHistory(cube, "s1")
    odd = messages.HumanMessage("hi", additional_kwargs={"x": object()})
    with pytest.raises(InvalidInput, match="JSON"):
        history.add_messages([messages.HumanMessage("fine"), odd])
    assert history.messages == []


def test_a_long_message_with_large_fields_comes_back(open_cube: OpenCube) -> None:
    history = RemanenceChatMessageHistory(open_cube(), "s1")
    large = messages.AIMessage("look " * 20_000, additional_kwargs={"picture": "x" * 200_000})
    history.add_message(large)
    assert history.messages == [large]
