"""Deeds and promises in a memory of several cubes, and what a memory or the past of a cube does not offer."""

from __future__ import annotations

from pathlib import Path

import pytest
from mounting import MountAll

import remanence
from opening import OpenCube
from remanence import Memory
from remanence.errors import CubeReadOnly, InvalidInput
from remanence.mounts.opening import Mount
from remanence.mounts.routing import Route
from ticking import TickingClock


def test_deeds_lie_in_the_cube_of_what_they_serve(memory: Memory) -> None:
    goal = memory.goal("cook without salt", mount="agent")
    choice = memory.decide(
        "use lemon", situation="the soup is bland", reason="lemon is sour", goal=goal.address
    )
    deed = memory.act("buy lemons", situation="the soup is bland", decision=choice.id)
    assert [one.mount for one in (goal, choice, deed)] == ["agent"] * 3
    memory.outcome(deed.address, "three lemons", worked=True)
    memory.progress(goal.id, 0.5)
    told = memory.precedents("the soup is bland again")
    assert {(one.mount, one.value.item.id) for one in told} == {("agent", choice.id), ("agent", deed.id)}
    assert {one.value.worked for one in told} == {True, None}
    hits = memory.recall("lemons", goal=goal.address, k=3)
    assert any("served the goal" in str(hit.why) for hit in hits if hit.item.id == deed.id)
    assert not any("served the goal" in str(hit.why) for hit in hits if hit.mount != "agent")
    (story,) = [one.value for one in memory.story(about="lemons") if one.mount == "agent"]
    assert "lemon" in str(story)


def test_a_deed_is_routed_where_it_names_nothing(paths: dict[str, Path], mount_all: MountAll) -> None:
    memory = mount_all(**paths, routes=[Route("agent", kind="action")])
    assert memory.act("water the plants").mount == "agent"
    assert memory.act("water the plants", mount="team").mount == "team"
    assert memory.goal("a green office").mount == "user"


def test_what_lies_apart_or_may_not_be_written_is_refused(
    paths: dict[str, Path], mount_all: MountAll
) -> None:
    memory = mount_all(user=paths["user"], team=paths["team"], agent=Mount(paths["agent"], read_only=True))
    goal = memory.goal("a green office", mount="team")
    with pytest.raises(InvalidInput, match="lies in one cube"):
        memory.act("water the plants", goal=goal.address, mount="user")
    with pytest.raises(CubeReadOnly):
        memory.act("water the plants", mount="agent")
    with pytest.raises(CubeReadOnly):
        memory.promise("bring cake", to="Bob", mount="agent")
    assert memory.precedents("plants") == ()


def test_promises_of_all_cubes_are_told_with_their_mounts(memory: Memory) -> None:
    cake = memory.promise("bring cake", to="Bob")
    tea = memory.promise("make tea", to="Bob", by="assistant", mount="team")
    assert [(one.mount, one.value.terms.body) for one in memory.promises()] == [
        ("user", "bring cake"),
        ("team", "make tea"),
    ]
    found = memory.assess_promise(tea.value.id, "kept", by="Bob")
    assert (found.mount, found.value.promise) == ("team", tea.value.id)
    assert [one.value.state.value for one in memory.promises()] == ["open", "kept"]
    elsewhere = memory.remember("There was cake", mount="team")
    with pytest.raises(InvalidInput, match="another cube"):
        memory.assess_promise(cake.value.id, "kept", by="Bob", evidence=[elsewhere.address])


def test_what_a_memory_of_several_does_not_offer_says_where_to_ask(memory: Memory) -> None:
    with pytest.raises(AttributeError, match=r"ask one of them, memory\.cube\(mount\)\.lessons"):
        memory.lessons  # type: ignore[attr-defined]  # noqa: B018  # that it is not there is what is looked at
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        memory.nonsense  # type: ignore[attr-defined]  # noqa: B018  # the same
    assert not hasattr(memory, "reflect")


def test_the_past_is_asked_for_a_goal_and_records_nothing(open_cube: OpenCube, clock: TickingClock) -> None:
    cube = open_cube()
    goal = cube.goal("cook without salt")
    deed = cube.act("buy lemons", goal=goal)
    cube.remember("Lemons are yellow")
    view = cube.at(clock.now())
    hits = view.recall("lemons", goal=goal.id)
    assert any("served the goal" in str(hit.why) for hit in hits if hit.item.id == deed.id)
    for name in ("act", "promise", "precedents", "story"):
        with pytest.raises(AttributeError, match=f"no '{name}': it is read only"):
            getattr(view, name)
    with pytest.raises(AttributeError, match="no attribute"):
        view.nonsense  # type: ignore[attr-defined]  # noqa: B018  # the same
    assert isinstance(view, remanence.View)
