"""CrewAI's Memory over a cube, alone and under a real crew whose model answers by script."""

from __future__ import annotations

import copy
import os
from pathlib import Path

import pytest

import remanence
from opening import OpenCube
from remanence.errors import CubeClosed, InvalidInput

os.environ.setdefault("CREWAI_DISABLE_TELEMETRY", "true")
pytest.importorskip("crewai", reason="crewai is not installed: pip install 'remanence[crewai]'")
from crewai import Agent, Crew, Task
from crewai.events import MemorySaveCompletedEvent, crewai_event_bus
from crewai.llms.base_llm import BaseLLM
from crewai.memory.unified_memory import Memory
from crewai.tools.memory_tools import create_memory_tools

from remanence.compat.crewai import RemanenceMemory

PEANUTS = "Alice is allergic to peanuts"


class Script(BaseLLM):
    """Writes down what it was asked, and gives one answer."""

    def call(self, messages: object, *args: object, **options: object) -> str:
        self.additional_params.setdefault("asked", []).append(str(messages))
        return "Thought: I now can give a great answer\nFinal Answer: a risotto without nuts"

    @property
    def asked(self) -> list[str]:
        found: list[str] = self.additional_params.get("asked", [])
        return found


def crew_of(memory: RemanenceMemory, model: Script) -> Crew:
    cook = Agent(role="Cook", goal="cook", backstory="cooks", llm=model)
    dinner = Task(description="What may Alice eat, peanuts?", expected_output="a dish", agent=cook)
    return Crew(name="Kitchen", agents=[cook], tasks=[dinner], memory=memory)


def test_a_crew_is_told_what_is_remembered_and_its_result_is_kept(open_cube: OpenCube) -> None:
    cube, model = open_cube(), Script(model="script")
    cube.remember(PEANUTS)
    crew = crew_of(RemanenceMemory(cube, root_scope="/crew/kitchen"), model)
    assert "risotto" in str(crew.kickoff())
    assert PEANUTS not in model.asked[0], "it is outside of the crew's scope"
    (kept,) = cube.items(tag="crewai")
    assert "a risotto without nuts" in kept.content
    assert (kept.session, kept.author, kept.revision.provenance.trust) == (
        "/crew/kitchen/agent/cook",
        "Cook",
        "agent",
    )
    model = Script(model="script")
    crew_of(RemanenceMemory(cube), model).kickoff()
    assert PEANUTS in model.asked[0]
    assert "a risotto without nuts" in model.asked[0]


def test_it_is_a_memory_of_crewai_and_asks_no_model(open_cube: OpenCube) -> None:
    memory = RemanenceMemory(open_cube())
    assert isinstance(memory, Memory)
    record = memory.remember(PEANUTS, scope="people//alice/", categories=["health"], metadata={"茶": ["緑"]})
    assert record is not None
    assert (record.content, record.scope, record.categories) == (PEANUTS, "/people/alice", ["health"])
    assert (record.metadata, record.importance) == ({"茶": ["緑"]}, 0.5)
    (match,) = memory.recall("peanuts?", scope="/people", categories=["health", "other"])
    assert match.record == record
    assert 0 < match.score <= 1
    assert match.match_reasons
    assert PEANUTS in match.format()
    for scope, categories in (("/peop", None), ("/people/bob", None), (None, ["other"])):
        assert memory.recall("peanuts?", scope=scope, categories=categories) == []
    assert memory.recall(" ") == []
    assert memory.extract_memories("one. two.") == ["one. two."]


def test_a_model_divides_a_result_where_one_is_given(open_cube: OpenCube) -> None:
    model = Script(model="script")
    memory = RemanenceMemory(open_cube(), llm=model)
    assert memory.extract_memories("Tea is green. Coffee is black.")
    assert "Coffee is black" in model.asked[0]


def test_what_is_private_is_seen_by_its_source_alone(open_cube: OpenCube) -> None:
    memory = RemanenceMemory(open_cube())
    memory.remember("The secret of Ana is a rose", source="ana", private=True)
    memory.remember("The secret of nobody is a thorn", private=True)
    memory.remember("The secret of all is a leaf")

    def seen(**options: bool | str) -> set[str]:
        return {match.record.content.split()[-1] for match in memory.recall("secret?", limit=3, **options)}

    assert seen() == {"leaf"}
    assert seen(source="ana") == {"leaf", "rose"}
    assert seen(include_private=True) == {"leaf", "rose", "thorn"}


def test_what_stands_behind_others_is_found_by_its_category(open_cube: OpenCube) -> None:
    memory = RemanenceMemory(open_cube())
    for number in range(12):
        memory.remember(f"Tea number {number} is green tea", categories=["tea"])
    memory.remember("A pot for tea", categories=["pots"])
    assert [match.record.content for match in memory.recall("green tea", categories=["pots"], limit=2)] == [
        "A pot for tea"
    ]


def test_scopes_are_a_tree(open_cube: OpenCube) -> None:
    cube = open_cube()
    memory = RemanenceMemory(cube, root_scope="/crew/kitchen")
    memory.remember_many(["Salt is white", "Pepper is black"], scope="/spices", categories=["food"])
    memory.remember("The stove is hot")
    assert memory.list_scopes("/") == ["/crew/kitchen/spices"]
    assert memory.list_categories() == {"food": 2}
    info = memory.info("/")
    assert (info.record_count, info.child_scopes) == (3, ["/crew/kitchen/spices"])
    assert memory.tree().splitlines() == [
        "/crew/kitchen (3 records)",
        "  /crew/kitchen/spices (2 records)",
    ]
    assert [one.content for one in memory.list_records(limit=2)] == ["The stove is hot", "Pepper is black"]
    assert [one.content for one in memory.list_records(limit=2, offset=2)] == ["Salt is white"]
    cube.find_unit("/crew/kitchen/spices", kind="context").rename("what is in the jars")
    spices = memory.scope("/spices")
    assert [match.record.content for match in spices.recall("what is black?", limit=1)] == ["Pepper is black"]


def test_a_record_is_changed_and_its_past_is_kept(open_cube: OpenCube) -> None:
    cube = open_cube()
    memory = RemanenceMemory(cube)
    record = memory.remember(PEANUTS, scope="/a", categories=["x"], metadata={"n": 1}, importance=0.9)
    assert record is not None
    changed = memory.update(record.id, content="Alice is allergic to nuts", categories=["y"], importance=0.1)
    assert (changed.content, changed.categories, changed.metadata) == (
        "Alice is allergic to nuts",
        ["y"],
        {"n": 1},
    )
    assert (changed.importance, changed.scope) == (0.1, "/a")
    assert memory.list_records() == [changed]
    assert cube.history(record.id)[0].content.text == PEANUTS
    with pytest.raises(ValueError, match="not found"):
        memory.update("zzzzzzzz", content="x")
    with pytest.raises(InvalidInput, match="keeps its scope"):
        memory.update(record.id, content="never kept", scope="/b")
    with pytest.raises(InvalidInput):
        memory.update(record.id, content="never kept", metadata={"n": float("nan")})
    assert memory.list_records() == [changed]


def test_deleting_erases_what_was_meant_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.cube"
    with remanence.open(path, embedder=None) as cube:
        cube.remember("Lunch is at noon")
        memory = RemanenceMemory(cube)
        memory.remember("the quixotic marmalade", scope="/a", metadata={"n": 1})
        memory.remember("the xanthic zeppelin", scope="/a/b", categories=["air"])
        memory.remember("the plain bread", scope="/c")
        assert memory.forget(scope="/a", metadata_filter={"n": 2}) == 0
        assert memory.forget(scope="/a", metadata_filter={"n": 1}) == 1
        assert memory.forget(categories=["air"], scope="/c") == 0
        assert [one.content for one in memory.list_records("/a")] == ["the xanthic zeppelin"]
        memory.reset("/a")
        assert [one.content for one in memory.list_records()] == ["the plain bread"]
        memory.reset_all()
        assert [item.content for item in cube.items()] == ["Lunch is at noon"]
    kept = path.read_bytes()
    assert b"Lunch" in kept
    assert not [word for word in (b"quixotic", b"xanthic", b"plain bread") if word in kept]


def test_a_reader_of_it_changes_nothing(open_cube: OpenCube) -> None:
    cube = open_cube()
    record = RemanenceMemory(cube).remember(PEANUTS)
    assert record is not None
    memory, head = RemanenceMemory(cube, read_only=True), cube.journal(limit=1)[0].sequence
    assert memory.remember("x y") is None
    assert memory.remember_many(["x y"]) == []
    assert memory.update(record.id, content="x y") == record
    assert len(create_memory_tools(memory)) == 1
    assert cube.journal(limit=1)[0].sequence == head


def test_the_tools_of_an_agent_remember_and_recall(open_cube: OpenCube) -> None:
    recall, remember = create_memory_tools(RemanenceMemory(open_cube()))
    assert "Saved to memory" in remember.run(contents=[PEANUTS])
    remember.run(contents=["Tea is green", "Coffee is black"])
    assert PEANUTS in recall.run(queries=["peanuts?", "tea?"])


def test_listeners_hear_of_what_is_kept(open_cube: OpenCube) -> None:
    heard: list[str] = []
    with crewai_event_bus.scoped_handlers():

        @crewai_event_bus.on(MemorySaveCompletedEvent)
        def hear(source: object, event: MemorySaveCompletedEvent) -> None:
            heard.append(event.value)

        RemanenceMemory(open_cube()).remember(PEANUTS)
        crewai_event_bus.flush()
    assert heard == [PEANUTS]


def test_a_file_is_closed_and_found_again_and_a_copy_is_the_same(tmp_path: Path) -> None:
    memory = RemanenceMemory(tmp_path / "m.cube", embedder="hashing")
    memory.remember(PEANUTS)
    assert copy.deepcopy(memory) is memory
    memory.close()
    with pytest.raises(CubeClosed):
        memory.recall("peanuts")
    again = RemanenceMemory(tmp_path / "m.cube", erase=False)
    assert [match.record.content for match in again.recall("peanuts")] == [PEANUTS]
    again.reset()
    assert again.list_records() == []
    again.close()
    with remanence.open(tmp_path / "m.cube") as cube:
        assert [item.content for item in cube.items(state="archived")] == [PEANUTS]
