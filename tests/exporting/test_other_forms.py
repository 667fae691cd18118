"""mem0's shape and conversations for fine-tuning: what other programs read."""

from __future__ import annotations

import hashlib
import json
import uuid
from datetime import datetime
from pathlib import Path
from typing import Any  # what the files hold is JSON of other programs

import pytest

from opening import OpenCube
from remanence import Cube
from remanence.errors import InvalidInput


def mem0(cube: Cube, path: Path, **options: object) -> list[dict[str, Any]]:
    cube.export("mem0", path, overwrite=True, **options)  # type: ignore[arg-type]
    document = json.loads(path.read_text("utf-8"))
    assert list(document) == ["results"]
    return document["results"]


def chat(cube: Cube, path: Path, **options: object) -> list[list[dict[str, Any]]]:
    cube.export("chat", path, overwrite=True, **options)  # type: ignore[arg-type]
    return [json.loads(line)["messages"] for line in path.read_text("utf-8").split("\n")[:-1]]


def test_a_memory_has_the_fields_that_mem0_gives(cube: Cube, tmp_path: Path) -> None:
    item = cube.remember(
        "茶が好きです", metadata={"category": "drinks"}, session="one", expires="2027-01-01", tags=["tea"]
    )
    (memory,) = mem0(cube, tmp_path / "a.json")
    assert set(memory) == {
        "id", "memory", "hash", "metadata", "created_at", "updated_at", "user_id", "run_id", "role",
        "attributed_to", "expiration_date",
    }  # fmt: skip
    assert uuid.UUID(memory["id"]).version == 7
    assert memory["memory"] == "茶が好きです"
    assert memory["hash"] == hashlib.md5("茶が好きです".encode()).hexdigest()
    assert (memory["user_id"], memory["run_id"]) == ("Alice", "one")
    assert memory["expiration_date"] == "2027-01-01"
    assert memory["metadata"]["category"] == "drinks"
    assert memory["metadata"]["remanence"]["item"] == item.id
    assert memory["metadata"]["remanence"]["tags"] == ["tea"]
    assert datetime.fromisoformat(memory["created_at"]) == item.said_at


def test_memories_are_what_follows_from_a_conversation_unless_asked(
    open_cube: OpenCube, tmp_path: Path
) -> None:
    cube = open_cube(reader="rules")
    cube.observe([{"role": "user", "content": "I live in Porto and I love green tea"}])
    told = {memory["memory"] for memory in mem0(cube, tmp_path / "a.json")}
    assert told == {"Alice lives in Porto", "Alice loves green tea"}
    said = [memory["memory"] for memory in mem0(cube, tmp_path / "a.json", kinds=["utterance"])]
    assert said == ["I live in Porto and I love green tea"]


def test_an_item_is_one_memory_by_what_holds_of_it(cube: Cube, tmp_path: Path) -> None:
    item = cube.remember("Alice lives in Porto")
    cube.revise(item.id, "Alice lives in Faro", valid_from="2026-02-01")
    cube.forget(cube.remember("a retired one").id)
    cube.forget(cube.remember("wombatish").id, erase=True)
    assert [memory["memory"] for memory in mem0(cube, tmp_path / "a.json")] == ["Alice lives in Faro"]
    told = [memory["memory"] for memory in mem0(cube, tmp_path / "a.json", include=["retired"])]
    assert told == ["Alice lives in Faro", "a retired one"]
    assert "wombatish" not in (tmp_path / "a.json").read_text()


def test_an_empty_cube_gives_an_empty_list(cube: Cube, tmp_path: Path) -> None:
    assert mem0(cube, tmp_path / "a.json") == []
    assert chat(cube, tmp_path / "a.jsonl") == []


CALL = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": '{"city":\n"Köln"}'}}
TALK = [
    {"role": "system", "content": "Be kind."},
    {"role": "user", "content": "How is the weather in Köln?"},
    {"role": "assistant", "content": "Let me see.", "tool_calls": [CALL]},
    {"role": "tool", "content": "sun", "tool_call_id": "c1"},
    {"role": "assistant", "content": "It shines. ☀"},
]


def test_a_conversation_comes_out_as_it_went_in(cube: Cube, tmp_path: Path) -> None:
    cube.observe(TALK, session="one")
    cube.observe(
        [{"role": "user", "content": "hallo"}, {"role": "assistant", "content": "hi"}], session="two"
    )
    assert chat(cube, tmp_path / "a.jsonl") == [
        TALK,
        [{"role": "user", "content": "hallo"}, {"role": "assistant", "content": "hi"}],
    ]


def test_calls_without_ids_and_words_that_look_like_calls_stay_text(cube: Cube, tmp_path: Path) -> None:
    told = "say [calls f(1)] in words"
    cube.observe(
        [{"role": "user", "content": told}, {"role": "assistant", "content": f"{told}\n[calls g(2)]"}]
    )
    (messages,) = chat(cube, tmp_path / "a.jsonl")
    assert [message["content"] for message in messages] == [told, f"{told}\n[calls g(2)]"]
    assert not any("tool_calls" in message for message in messages)


def test_a_long_conversation_is_cut_between_exchanges(cube: Cube, tmp_path: Path) -> None:
    talk = [{"role": "system", "content": "Be kind."}]
    for number in range(20):
        talk += [
            {"role": "user", "content": f"question {number} about a thing"},
            {"role": "assistant", "content": f"answer {number} to that"},
        ]
    talk += [{"role": "user", "content": "too long " * 100}, {"role": "assistant", "content": "yes"}]
    talk += [{"role": "user", "content": "nobody answers this"}]
    cube.observe(talk)
    lines = chat(cube, tmp_path / "a.jsonl", tokens_max=60)
    assert len(lines) > 5
    for line in lines:
        assert [message["role"] for message in line[:2]] == ["system", "user"]
        assert line[-1]["role"] == "assistant"
    kept = [message["content"] for line in lines for message in line[1:]]
    assert kept == [message["content"] for message in talk[1:41]]
    exported = cube.export("chat", tmp_path / "b.jsonl", tokens_max=60)
    assert exported.counts == {
        "conversations": 1, "lines": len(lines), "messages": 40, "messages left out": 3,
    }  # fmt: skip


def test_what_an_erasure_blanked_is_left_out(open_cube: OpenCube, tmp_path: Path) -> None:
    cube = open_cube(reader="rules")
    cube.observe(
        [
            {"role": "user", "content": "I love green tea"},
            {"role": "assistant", "content": "Noted."},
            {"role": "user", "content": "What is the time?"},
            {"role": "assistant", "content": "Nine."},
        ]
    )
    item = cube.recall("tea", kinds=["preference"])[0].item
    cube.forget(item.id, erase=True)
    (messages,) = chat(cube, tmp_path / "a.jsonl")
    assert "\u2588" not in (tmp_path / "a.jsonl").read_text("utf-8")
    assert [message["content"] for message in messages][-2:] == ["What is the time?", "Nine."]


def test_filters_choose_conversations(cube: Cube, tmp_path: Path) -> None:
    for day in (1, 5, 9):
        time = f"2026-02-0{day}T10:00:00Z"
        cube.observe(
            [
                {"role": "user", "content": f"day {day}", "timestamp": time},
                {"role": "assistant", "content": "yes", "timestamp": time},
            ],
            session=f"s{day}",
        )
    lines = chat(cube, tmp_path / "a.jsonl", since="2026-02-05", until="2026-02-09")
    assert [line[0]["content"] for line in lines] == ["day 5"]
    assert [line[0]["content"] for line in chat(cube, tmp_path / "a.jsonl", sessions=["s9"])] == ["day 9"]


@pytest.mark.parametrize(
    ("form", "options", "said"),
    [
        ("mem0", {"vectors": True}, "mem0 has none"),
        ("jsonl", {"tokens_max": 5}, "jsonl has none"),
        ("chat", {"tokens_max": 0}, "at least 1"),
    ],
)
def test_an_option_that_a_form_has_not_is_refused(
    cube: Cube, tmp_path: Path, form: str, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(InvalidInput, match=said):
        cube.export(form, tmp_path / "a", **options)
    assert not (tmp_path / "a").exists()
