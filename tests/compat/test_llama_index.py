"""LlamaIndex's chat store over the sessions of a cube."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from opening import OpenCube
from remanence.errors import InvalidInput

llms = pytest.importorskip(
    "llama_index.core.llms", reason="llama-index-core is not installed: pip install 'remanence[llama-index]'"
)
from remanence.compat.llama_index import RemanenceChatStore  # noqa: E402  (needs the package)


def chat() -> list:
    return [
        llms.ChatMessage(role="system", content="be kind"),
        llms.ChatMessage(role="user", content="I live in Porto", additional_kwargs={"x": [1]}),
        llms.ChatMessage(
            role="assistant", content="", additional_kwargs={"tool_calls": [{"name": "weather"}]}
        ),
        llms.ChatMessage(role="tool", content="sunny"),
        llms.ChatMessage(
            role="assistant", blocks=[llms.TextBlock(text="お元気で"), llms.TextBlock(text="!")]
        ),
        llms.ChatMessage(role="user", content="yes"),
        llms.ChatMessage(role="user", content="yes"),
    ]


def test_chats_come_back_as_they_were_apart_from_each_other_and_after_reopening(tmp_path: Path) -> None:
    store = RemanenceChatStore(tmp_path / "a.cube", embedder="hashing")
    assert store.get_messages("alice") == []
    assert store.get_keys() == []
    store.set_messages("alice", chat()[:3])
    for message in chat()[3:]:
        store.add_message("alice", message)
    store.add_message("bob", chat()[0])
    store.close()
    store = RemanenceChatStore(tmp_path / "a.cube")
    assert store.get_messages("alice") == chat()
    assert store.get_messages("bob") == chat()[:1]
    assert sorted(store.get_keys()) == ["alice", "bob"]
    assert store.delete_messages("alice") == chat()
    assert store.delete_messages("alice") is None
    assert store.get_keys() == ["bob"]
    store.close()
    assert b"Porto" not in (tmp_path / "a.cube").read_bytes()


def test_messages_are_deleted_by_place(open_cube: OpenCube) -> None:
    store = RemanenceChatStore(open_cube())
    store.set_messages("alice", chat())
    assert store.delete_last_message("alice") == chat()[6]
    assert store.delete_message("alice", 1) == chat()[1]
    assert store.delete_message("alice", 5) is None
    assert store.delete_last_message("nobody") is None
    assert store.get_messages("alice") == [chat()[0], *chat()[2:6]]


def test_setting_a_chat_adds_what_is_new_or_begins_anew(open_cube: OpenCube) -> None:
    cube = open_cube()
    store = RemanenceChatStore(cube)
    store.set_messages("alice", chat()[:4])
    first = cube.find_unit("alice").items()[0].id
    store.set_messages("alice", chat())
    assert store.get_messages("alice") == chat()
    assert cube.find_unit("alice").items()[0].id == first
    store.set_messages("alice", chat()[1:3])
    assert store.get_messages("alice") == chat()[1:3]
    store.set_messages("alice", [])
    assert store.get_messages("alice") == []


def test_it_serves_a_chat_memory_also_asynchronously(open_cube: OpenCube) -> None:
    from llama_index.core.memory import ChatMemoryBuffer

    cube = open_cube(reader="rules")
    memory = ChatMemoryBuffer.from_defaults(
        chat_store=RemanenceChatStore(cube), chat_store_key="alice", token_limit=3000, tokenizer_fn=str.split
    )
    memory.put(chat()[1])
    asyncio.run(memory.aput(chat()[3]))
    assert memory.get_all() == [chat()[1], chat()[3]]
    assert cube.recall("where does Alice live?", kinds=["fact"])[0].item.content == "Alice lives in Porto"
    memory.reset()
    assert memory.get_all() == []
    with pytest.raises(InvalidInput, match="session"):
        RemanenceChatStore(cube).add_message(" ", chat()[0])
