"""mem0's calls, in the forms that its documentation shows for 1.x and 2.x, answered out of cubes."""

from __future__ import annotations

import asyncio
import inspect
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import remanence
from remanence.compat.mem0 import AsyncMemory, Memory
from remanence.errors import CubeClosed, InvalidInput
from remanence.faces.compat import cubes

CHAT = [
    {"role": "user", "content": "I want to cook something tonight. Any ideas?"},
    {"role": "assistant", "content": "How about a mushroom risotto?"},
    {"role": "user", "content": "I don't like mushrooms but I love aubergines."},
    {"role": "assistant", "content": "Noted: no mushrooms, and aubergines whenever there are some."},
]


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    """A memory in a folder of its own, found by hashing."""
    with Memory(path=tmp_path / "memories", embedder="hashing") as made:
        yield made


def texts(answer: dict[str, list[dict[str, object]]]) -> list[object]:
    return [record["memory"] for record in answer["results"]]


def test_a_filter_of_metadata_finds_what_a_thousand_better_answers_hide(memory: Memory) -> None:
    others = [{"role": "user", "content": f"tea, tea and tea again, cup {number}"} for number in range(1_010)]
    memory.add(others, user_id="alice", infer=False, metadata={"of": "cups"})
    memory.add("Wir trinken manchmal tea", user_id="alice", infer=False, metadata={"of": "us", "n": 1})
    found = memory.search("tea", filters={"user_id": "alice", "of": "us", "n": {"eq": 1}})
    assert texts(found) == ["Wir trinken manchmal tea"]
    assert texts(memory.search("tea", filters={"user_id": "alice", "of": {"eq": "none"}})) == []


def test_the_documented_calls_of_2x_run_as_they_are_written(tmp_path: Path) -> None:
    m = Memory.from_config({"remanence": {"path": str(tmp_path), "embedder": "hashing"}})

    result = m.add(CHAT, user_id="alice", metadata={"category": "food"})
    assert [one["event"] for one in result["results"]] == ["ADD"] * 3
    memory_id = result["results"][0]["id"]
    all_memories = m.get_all(filters={"user_id": "alice"})
    assert len(all_memories["results"]) == 3
    specific_memory = m.get(memory_id)
    assert specific_memory is not None
    related = m.search(query="What do you know about me?", filters={"user_id": "alice"}, top_k=2)
    assert len(related["results"]) == 2
    assert m.update(memory_id=memory_id, text="I love India") == {"message": "Memory updated successfully!"}
    history = m.history(memory_id=memory_id)
    assert [one["event"] for one in history] == ["ADD", "UPDATE"]
    assert m.delete(memory_id=memory_id) == {"message": "Memory deleted successfully!"}
    assert m.delete_all(user_id="alice") == {"message": "Memories deleted successfully!"}
    assert m.get_all(filters={"user_id": "alice"}) == {"results": []}
    m.reset()


def test_the_documented_calls_of_1x_run_as_they_are_written(memory: Memory) -> None:
    m = memory
    m.add("Likes to play cricket on weekends", user_id="alice", metadata={"category": "hobbies"})
    m.add(CHAT, user_id="alice", agent_id="chef", run_id="session-001")
    m.add({"role": "user", "content": "I live in Porto"}, user_id="alice")
    assert len(m.get_all(user_id="alice")["results"]) == 5
    found = m.search("What does Alice play on weekends?", user_id="alice", limit=1)
    assert texts(found) == ["Likes to play cricket on weekends"]
    assert m.update(found["results"][0]["id"], data="Likes to play tennis on weekends")
    assert "Likes to play tennis on weekends" in texts(m.get_all(user_id="alice"))
    m.reset()
    assert m.get_all(user_id="alice") == {"results": []}


def test_a_memory_has_the_fields_that_mem0_gives(memory: Memory) -> None:
    added = memory.add("I love aubergines", user_id="alice", agent_id="chef", run_id="r1", metadata={"n": 1})[
        "results"
    ][0]
    record = memory.get(added["id"])
    assert record is not None
    assert {name: record[name] for name in ("id", "memory", "metadata")} == {
        "id": added["id"],
        "memory": "Alice loves aubergines",
        "metadata": {"n": 1},
    }
    assert (record["user_id"], record["agent_id"], record["run_id"]) == ("alice", "chef", "r1")
    assert len(str(record["hash"])) == 32
    assert str(record["created_at"]) <= str(record["updated_at"])
    scored = memory.search("aubergines", filters={"user_id": "alice"})["results"][0]
    assert {key: value for key, value in scored.items() if key != "score"} == record
    assert 0 <= scored["score"] <= 1
    assert memory.get_all(filters={"user_id": "alice"})["results"] == [record]


def test_messages_are_kept_as_they_stand_where_nothing_is_to_be_inferred(memory: Memory) -> None:
    told = [{"role": "system", "content": "Be kind."}, *CHAT[:2], {**CHAT[2], "name": "Ana"}]
    result = memory.add(told, user_id="alice", infer=False)["results"]
    assert [one["memory"] for one in result] == [one["content"] for one in CHAT[:3]]
    assert [one["role"] for one in result] == ["user", "assistant", "user"]
    assert [one["actor_id"] for one in result] == [None, None, "Ana"]
    by_ana = memory.get_all(filters={"user_id": "alice", "actor_id": "Ana"})
    assert texts(by_ana) == [CHAT[2]["content"]]


def test_what_comes_again_adds_nothing_and_what_changes_is_an_update(memory: Memory) -> None:
    memory.add(CHAT, user_id="alice", run_id="r1")
    assert memory.add(CHAT, user_id="alice", run_id="r1") == {"results": []}
    home = memory.add("I live in Porto", user_id="alice")["results"]
    moved = memory.add("I moved to Lisbon", user_id="alice")["results"]
    assert [one["event"] for one in home + moved] == ["ADD", "UPDATE"]
    assert home[0]["id"] == moved[0]["id"]
    assert "Lisbon" in str(moved[0]["memory"])
    changes = memory.history(str(home[0]["id"]))
    assert ["Porto" in str(changes[1]["old_memory"]), "Lisbon" in str(changes[1]["new_memory"])] == [
        True,
        True,
    ]


def test_nobody_finds_what_somebody_else_said(memory: Memory, tmp_path: Path) -> None:
    memory.add("I live in Porto", user_id="alice")
    memory.add("I live in Berlin", user_id="bob")
    memory.add("I live in Rome", user_id="Alice")
    for who, where in (("alice", "Porto"), ("bob", "Berlin"), ("Alice", "Rome")):
        for filters in ({"user_id": who}, {"AND": [{"user_id": who}]}, {"user_id": {"eq": who}}):
            found = texts(memory.search("where does everybody live?", filters=filters))
            assert len(found) == 1
            assert where in str(found[0])
        assert len(memory.get_all(user_id=who)["results"]) == 1
    assert memory.search("Porto", filters={"user_id": "carol"}) == {"results": []}
    assert len(list((tmp_path / "memories").glob("*.cube"))) == 3  # looking makes none


def test_agents_and_runs_are_told_apart_within_a_user_and_found_across_users(memory: Memory) -> None:
    memory.add("I love tea", user_id="alice", agent_id="chef", run_id="r1")
    memory.add("I love coffee", user_id="alice", agent_id="guide", run_id="r2")
    memory.add("I love cocoa", user_id="bob", agent_id="chef")
    memory.add("I love lemonade", agent_id="chef")
    memory.add("I love water", run_id="r1")

    def drinks(**filters: object) -> set[str]:
        answer = texts(memory.search("drinks", filters=filters))
        assert set(answer) == set(texts(memory.get_all(filters=filters)))
        return {str(text).split()[-1] for text in answer}

    assert drinks(user_id="alice", agent_id="chef") == {"tea"}
    assert drinks(user_id="alice", run_id="r2") == {"coffee"}
    assert drinks(user_id="alice", run_id="r2", agent_id="chef") == set()
    assert drinks(agent_id="chef") == {"tea", "cocoa", "lemonade"}
    assert drinks(run_id="r1") == {"tea", "water"}
    memory.delete_all(agent_id="chef")
    assert drinks(agent_id="chef") == set()
    assert drinks(user_id="alice") == {"coffee"}
    memory.delete_all(run_id="r1")
    assert drinks(run_id="r1") == set()


def test_a_memory_stays_in_its_run_when_it_is_updated(memory: Memory) -> None:
    made = memory.add("I love tea", user_id="alice", run_id="r1")["results"][0]
    memory.update(str(made["id"]), text="Alice loves green tea", metadata={"sure": True, "user_id": "bob"})
    assert texts(memory.search("tea", filters={"user_id": "alice", "run_id": "r1"})) == [
        "Alice loves green tea"
    ]
    record = memory.get(str(made["id"]))
    assert record is not None
    assert (record["user_id"], record["metadata"]) == ("alice", {"sure": True})


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"age": 30}, {"b"}),
        ({"age": {"gte": 30}}, {"b", "c"}),
        ({"age": {"gt": 20, "lt": 40}}, {"b"}),
        ({"age": {"ne": 30}}, {"a", "c", "d"}),
        ({"age": {"in": [20, 40]}}, {"a", "c"}),
        ({"age": {"nin": [20, 40]}}, {"b", "d"}),
        ({"age": "*"}, {"a", "b", "c"}),
        ({"age": {"gt": "x"}}, set()),
        ({"age": True}, set()),
        ({"note": {"contains": "Ü"}}, {"d"}),
        ({"note": {"icontains": "ü"}}, {"d"}),
        ({"OR": [{"age": 20}, {"note": {"contains": "ber"}}]}, {"a", "d"}),
        ({"AND": [{"age": {"gt": 20}}, {"age": {"lt": 40}}]}, {"b"}),
        ({"NOT": [{"age": 20}, {"age": 40}]}, {"b", "d"}),
    ],
)
def test_filters_ask_of_the_metadata(
    memory: Memory, condition: dict[str, object], expected: set[str]
) -> None:
    for name, metadata in (
        ("a", {"age": 20}),
        ("b", {"age": 30}),
        ("c", {"age": 40}),
        ("d", {"note": "Über"}),
    ):
        memory.add(name, user_id="alice", infer=False, metadata=metadata)
    asked = {"user_id": "alice", **condition}
    assert set(texts(memory.search("a letter", filters=asked))) == expected
    assert set(texts(memory.get_all(filters=asked))) == expected


def test_what_is_deleted_is_gone_from_every_byte(memory: Memory, tmp_path: Path) -> None:
    kept = memory.add("I love aubergines", user_id="alice")["results"][0]
    gone = memory.add("My password hint is zyzzyva", user_id="alice")["results"][0]
    memory.delete(str(gone["id"]))
    assert memory.get(str(gone["id"])) is None
    assert memory.history(str(gone["id"]))[-1]["event"] == "DELETE"
    with pytest.raises(ValueError, match="not found"):
        memory.delete(str(gone["id"]))
    memory.close()
    written = b"".join(path.read_bytes() for path in (tmp_path / "memories").iterdir())
    assert b"aubergines" in written
    assert b"zyzzyva" not in written
    with Memory(path=tmp_path / "memories", embedder="hashing") as again:
        again.delete_all(user_id="alice")
        assert again.get(str(kept["id"])) is None
    assert b"aubergines" not in b"".join(path.read_bytes() for path in (tmp_path / "memories").iterdir())


def test_what_is_retired_instead_can_come_back(tmp_path: Path) -> None:
    with Memory(path=tmp_path, embedder="hashing", erase=False) as memory:
        made = memory.add("I love aubergines", user_id="alice")["results"][0]
        memory.delete(str(made["id"]))
        assert memory.search("aubergines", user_id="alice") == {"results": []}
        assert memory.history(str(made["id"]))[-1]["event"] == "DELETE"
    (path,) = tmp_path.glob("*.cube")
    with remanence.open(path) as cube:
        cube.undo(cube.journal(limit=1)[0].sequence)
        assert any("aubergines" in hit.item.content for hit in cube.recall("aubergines"))


def test_ids_and_memories_are_the_same_after_reopening(tmp_path: Path) -> None:
    with Memory(path=tmp_path, embedder="hashing") as memory:
        memory.add(CHAT, user_id="愛子", metadata={"分類": "食べ物"})
        memory.add("私はお茶が好きです", user_id="愛子")
        before = memory.get_all(user_id="愛子")
    with Memory(path=tmp_path, embedder="hashing") as memory:
        assert memory.get_all(user_id="愛子") == before
        assert all(memory.get(str(one["id"])) == one for one in before["results"])
        assert texts(memory.search("お茶", filters={"user_id": "愛子"}, top_k=1)) == ["私はお茶が好きです"]


@pytest.mark.parametrize(
    "call",
    [
        lambda m: m.add("hello"),
        lambda m: m.add("hello", user_id=" "),
        lambda m: m.add("hello", user_id=7),
        lambda m: m.add("hello", user_id="a", run_id="no run at all"),
        lambda m: m.add("hello", user_id="a", metadata="tags"),
        lambda m: m.add("hello", user_id="a", metadata={"x": object()}),
        lambda m: m.add(7, user_id="a"),
        lambda m: m.add([{"content": "no role"}], user_id="a"),
        lambda m: m.add([{"role": "user", "content": None}], user_id="a", infer=False),
        lambda m: m.search("", user_id="a"),
        lambda m: m.search("x"),
        lambda m: m.search("x", filters={}),
        lambda m: m.search("x", filters={"user_id": None}),
        lambda m: m.search("x", filters=["user_id"]),
        lambda m: m.search("x", user_id="a", top_k=-1),
        lambda m: m.search("x", user_id="a", top_k=True),
        lambda m: m.search("x", user_id="a", threshold=2),
        lambda m: m.search("x", filters={"user_id": "a", "age": {"almost": 3}}),
        lambda m: m.search("x", filters={"user_id": "a", "OR": {}}),
        lambda m: m.search("x", filters={"user_id": "a", "age": {"in": 3}}),
        lambda m: m.get_all(),
        lambda m: m.delete_all(),
        lambda m: m.update("nothing", "text"),
        lambda m: m.update("nothing"),
        lambda m: m.delete("../../etc/passwd"),
        lambda m: Memory(7),
        lambda m: Memory.from_config({"remanence": {"folder": "x"}}),
    ],
)
def test_wrong_input_is_the_value_error_that_callers_of_mem0_expect(
    memory: Memory, call: Callable[[Memory], object]
) -> None:
    memory.add("I love tea", user_id="a", metadata={"age": 3})
    with pytest.raises(ValueError, match=r"\w") as caught:
        call(memory)
    assert isinstance(caught.value, InvalidInput)
    assert len(memory.get_all(user_id="a")["results"]) == 1


@pytest.mark.parametrize("memory_id", ["", "x", "../x-y", "*-" + 25 * "0", f"{16 * '0'}-{25 * '0'}", None])
def test_an_id_that_nobody_gave_finds_nothing(memory: Memory, memory_id: str) -> None:
    memory.add("I love tea", user_id="a")
    assert memory.get(memory_id) is None
    assert memory.history(memory_id) == []


def test_no_answers_are_asked_for_and_none_are_given(memory: Memory) -> None:
    memory.add("I love tea", user_id="a")
    assert memory.search("tea", filters={"user_id": "a"}, top_k=0) == {"results": []}
    assert memory.get_all(filters={"user_id": "a"}, top_k=0) == {"results": []}


def test_a_configuration_for_mem0_is_told_to_have_no_effect(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="'vector_store', 'llm' of the configuration have no effect"):
        memory = Memory.from_config(
            {"vector_store": {}, "llm": {}, "remanence": {"path": tmp_path, "embedder": None}}
        )
    memory.add("I love tea", user_id="a")
    assert len(memory.get_all(user_id="a")["results"]) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="the variable is read on Linux alone")
def test_memories_are_kept_in_the_users_data_directory_unless_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    with Memory(embedder=None) as memory:
        memory.add("I love tea", user_id="../alice")
    (path,) = tmp_path.rglob("*.cube")
    assert path.parent == tmp_path / "remanence" / "mem0"


def test_more_users_than_cubes_are_kept_open_and_many_threads_lose_nothing(memory: Memory) -> None:
    users = [f"user{number}" for number in range(cubes.OPEN_MAX + 4)]
    barrier = threading.Barrier(4)

    def tell(turn: int) -> None:
        barrier.wait()
        for user in users:
            memory.add(f"note {turn} of {user}", user_id=user, infer=False)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(tell, range(4)))
    for user in users:
        assert set(texts(memory.get_all(user_id=user))) == {f"note {turn} of {user}" for turn in range(4)}


def test_a_closed_memory_says_so(memory: Memory) -> None:
    memory.close()
    with pytest.raises(CubeClosed):
        memory.add("I love tea", user_id="a")


def test_the_asynchronous_memory_answers_alike(tmp_path: Path) -> None:
    async def main() -> None:
        async with AsyncMemory.from_config(
            {"remanence": {"path": tmp_path, "embedder": "hashing"}}
        ) as memory:
            adding = (memory.add(f"I love {drink}", user_id="alice") for drink in ("tea", "coffee", "cocoa"))
            await asyncio.gather(*adding)
            found = await memory.search("tea", filters={"user_id": "alice"}, top_k=1)
            assert texts(found) == ["Alice loves tea"]
            memory_id = found["results"][0]["id"]
            await memory.update(memory_id, text="Alice loves green tea")
            assert len(await memory.history(memory_id)) == 2
            await memory.delete(memory_id)
            assert await memory.get(memory_id) is None
            assert len((await memory.get_all(user_id="alice"))["results"]) == 2
            await memory.delete_all(user_id="alice")
            await memory.reset()
        assert list(tmp_path.iterdir()) == []

    asyncio.run(main())


# What mem0's methods take and ours do not, since nothing here would answer to it.
NOT_TAKEN = {
    "add": {"timestamp", "expiration_date", "memory_type", "prompt", "llm"},
    "search": {"rerank", "explain", "reference_date", "show_expired", "kwargs"},
    "get_all": {"show_expired", "kwargs"},
    "update": {"expiration_date"},
}


@pytest.mark.parametrize("name", ["Memory", "AsyncMemory"])
def test_every_call_takes_what_the_real_package_takes(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEM0_TELEMETRY", "False")
    monkeypatch.setenv("MEM0_DIR", str(tmp_path))
    real = getattr(pytest.importorskip("mem0", reason="mem0ai is not installed"), name)
    ours = {"Memory": Memory, "AsyncMemory": AsyncMemory}[name]
    for method in (
        "add",
        "search",
        "get",
        "get_all",
        "update",
        "delete",
        "delete_all",
        "history",
        "reset",
        "close",
    ):
        theirs = inspect.signature(getattr(real, method)).parameters
        taken = inspect.signature(getattr(ours, method)).parameters
        assert set(theirs) - NOT_TAKEN.get(method, set()) <= set(taken), method
        assert inspect.iscoroutinefunction(getattr(real, method)) == inspect.iscoroutinefunction(
            getattr(ours, method)
        ), method
