"""Writes to a memory of several cubes: each where its route sends it, each change where the item lies."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from datetime import UTC, datetime
from pathlib import Path

import pytest
from mounting import MountAll, make_cube

import remanence
from remanence import Arriving, Memory, Mount, Route
from remanence.errors import AmbiguousId, CubeBusy, CubeReadOnly, InvalidInput, ItemFrozen, NotFound
from ticking import TickingClock

CHAT = [
    {"role": "user", "content": "I moved to Porto"},
    {"role": "assistant", "content": "How do you like it there?"},
    {"role": "user", "name": "Bob", "content": "Обед в полдень"},
]


def said_in(memory: Memory, mount: str) -> list[tuple[str, str]]:
    """Author and text of each utterance of a mount."""
    hits = memory.cube(mount).recall("Porto, there, Обед", k=50, kinds=["utterance"])
    return sorted((hit.item.author, hit.item.content) for hit in hits)


def test_without_routes_all_goes_to_the_first_mount_that_may_be_written_to(
    paths: dict[str, Path], mount_all: MountAll
) -> None:
    memory = mount_all(**{**paths, "user": Mount(paths["user"], read_only=True)})
    assert memory.remember("The kettle is blue").mount == "team"
    assert list(memory.observe(CHAT)) == ["team"]
    assert mount_all(**paths, default="agent").remember("The kettle is blue").mount == "agent"


def test_each_message_goes_where_its_role_sends_it_and_is_known_again(
    paths: dict[str, Path], mount_all: MountAll
) -> None:
    memory = mount_all(**paths, routes=[Route("agent", role="assistant"), Route("user", role="user")])
    first = memory.observe(CHAT, session="s")
    assert {name: len(done.added) for name, done in first.items()} == {"user": 2, "agent": 1}
    assert said_in(memory, "user") == [("Alice", "I moved to Porto"), ("Bob", "Обед в полдень")]
    assert said_in(memory, "agent") == [("assistant", "How do you like it there?")]
    again = memory.observe([*CHAT, {"role": "assistant", "content": "Good."}], session="s")
    assert {name: (len(done.added), done.known) for name, done in again.items()} == {
        "user": (0, 2),
        "agent": (1, 1),
    }


def test_a_message_without_a_name_is_the_askers_in_whichever_cube(
    tmp_path: Path, mount_all: MountAll
) -> None:
    memory = mount_all(
        mine=make_cube(tmp_path / "mine.cube", owner="Alice"),
        team=make_cube(tmp_path / "team.cube", owner="The team", clock=TickingClock(seed=3)),
    )
    memory.observe(CHAT, mount="team")
    assert ("Alice", "I moved to Porto") in said_in(memory, "team")


@pytest.mark.parametrize(
    ("given", "mount"),
    [
        ({"kind": "procedure"}, "agent"),
        ({"domain": "work"}, "team"),
        ({"tags": ["shared", "food"]}, "team"),
        ({"trust": "agent"}, "agent"),
        ({"domain": "work", "kind": "procedure"}, "agent"),
        ({"domain": "home"}, "user"),
        ({"kind": "procedure", "mount": "user"}, "user"),
    ],
)
def test_a_statement_goes_to_the_first_route_that_takes_it(
    paths: dict[str, Path], mount_all: MountAll, given: dict[str, object], mount: str
) -> None:
    routes = [
        Route("agent", kind="procedure"),
        Route("team", domain="work"),
        Route("team", tag="shared"),
        Route("agent", role="assistant"),
    ]
    memory = mount_all(**paths, routes=routes)
    item = memory.remember("Descale the kettle every month", **given)  # type: ignore[arg-type]  # each fits
    assert item.mount == mount
    assert memory.show(item.address).content == "Descale the kettle every month"


def test_a_function_may_choose_and_what_it_gives_is_checked(
    paths: dict[str, Path], mount_all: MountAll
) -> None:
    seen: list[Arriving] = []

    def choose(arriving: Arriving) -> str | None:
        seen.append(arriving)
        return {"team": "team", "nowhere": "attic"}.get(arriving.domain or "")

    memory = mount_all(**paths, routes=choose)
    assert memory.remember("Tea is at four", domain="team").mount == "team"
    assert memory.remember("Tea is at four", tags=["daily"]).mount == "user"
    with pytest.raises(InvalidInput, match="'attic' is not one of: user, team, agent"):
        memory.remember("Tea is at four", domain="nowhere")
    assert [(one.role, one.author, one.tags) for one in seen[:2]] == [
        ("user", "Alice", ()),
        ("user", "Alice", ("daily",)),
    ]


@pytest.mark.parametrize(
    ("routes", "said"),
    [
        ([Route("attic", role="user")], "route 0: mount 'attic' is not one of: user, team, agent"),
        ([Route("user", role="robot")], "route 0: role 'robot' is not one of"),
        ([Route("user", kind="thought")], "'thought' is not one of"),
        ([Route("user")], "route 0 has no condition"),
        (
            [Route("user", role="user"), Route("team", role="user", tag="x")],
            "route 1 is never reached: route 0",
        ),
        (["user"], "route 0 is a str"),
        ("user", "one text"),
    ],
)
def test_a_route_that_can_not_work_is_refused_when_mounting(
    paths: dict[str, Path], mount_all: MountAll, routes: object, said: str
) -> None:
    with pytest.raises(InvalidInput, match=re.escape(said)):
        mount_all(**paths, routes=routes)
    assert sorted(path.name for path in paths["user"].parent.iterdir()) == [
        "agent.cube",
        "team.cube",
        "user.cube",
    ]


def test_a_route_or_default_to_what_is_read_only_is_refused_when_mounting(
    paths: dict[str, Path], mount_all: MountAll
) -> None:
    closed = {**paths, "team": Mount(paths["team"], read_only=True)}
    with pytest.raises(CubeReadOnly, match="mount 'team' is read-only"):
        mount_all(**closed, routes=[Route("team", tag="shared")])
    with pytest.raises(CubeReadOnly, match="mount 'team' is read-only"):
        mount_all(**closed, default="team")
    with pytest.raises(InvalidInput, match="default 'attic' is not one of"):
        mount_all(**closed, default="attic")


def test_every_write_to_a_read_only_mount_is_one_error_that_names_it(
    paths: dict[str, Path], mount_all: MountAll
) -> None:
    memory = mount_all(**{name: Mount(path, read_only=True) for name, path in paths.items()})
    item = memory.recall("lunch", k=1)[0].item
    bytes_before = paths["team"].read_bytes()
    for write in (
        lambda: memory.remember("x", mount="team"),
        lambda: memory.observe(CHAT, mount="team"),
        lambda: memory.revise(item.id, "Lunch is at one"),
        lambda: memory.annotate(item.id, tags=["food"]),
        lambda: memory.forget(item.id),
        lambda: memory.forget(item.id, erase=True),
        lambda: memory.freeze(item.id),
        lambda: memory.thaw(item.address),
        lambda: memory.expire(item.id, at="2030-01-01"),
        lambda: memory.resolve(item.id),
        lambda: memory.used(memory.recall("lunch", k=1)),
    ):
        with pytest.raises(CubeReadOnly, match="mount 'team' is read-only: nothing was written"):
            write()
    with pytest.raises(CubeReadOnly, match=re.escape("all mounts are read-only (user, team, agent)")):
        memory.remember("x")
    assert paths["team"].read_bytes() == bytes_before


def test_where_one_of_several_mounts_is_read_only_a_conversation_is_written_to_none(
    paths: dict[str, Path], mount_all: MountAll
) -> None:
    def choose(arriving: Arriving) -> str | None:
        return "team" if arriving.role == "assistant" else "user"

    memory = mount_all(**{**paths, "team": Mount(paths["team"], read_only=True)}, routes=choose)
    with pytest.raises(CubeReadOnly, match="mount 'team'"):
        memory.observe(CHAT)
    assert said_in(memory, "user") == []


def test_where_a_second_cube_is_busy_the_error_says_what_was_written_and_again_adds_the_rest(
    paths: dict[str, Path], mount_all: MountAll
) -> None:
    routes = [Route("agent", role="assistant")]
    memory = mount_all(**paths, routes=routes, wait_seconds=0.2)
    program = textwrap.dedent("""
        import sys, apsw
        db = apsw.Connection(sys.argv[1])
        db.execute("BEGIN IMMEDIATE")
        print("locked", flush=True)
        sys.stdin.read()
    """)
    command = [sys.executable, "-c", program, str(paths["agent"])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == "locked\n"
        with pytest.raises(CubeBusy, match=r"mount 'agent': .* \(observed before it: user; observing again"):
            memory.observe(CHAT, session="s")
        holder.stdin.close()
    assert (len(said_in(memory, "user")), len(said_in(memory, "agent"))) == (2, 0)
    again = memory.observe(CHAT, session="s")
    assert {name: (len(done.added), done.known) for name, done in again.items()} == {
        "user": (0, 2),
        "agent": (1, 0),
    }


def test_a_change_goes_to_the_mount_that_holds_the_item(memory: Memory) -> None:
    lunch = memory.recall("when is lunch?", k=1)[0].item
    revised = memory.revise(lunch.id[:10], "Lunch is at one on Fridays", valid_from="2026-03-01")
    assert (revised.mount, revised.id) == ("team", lunch.id)
    assert revised.valid_from == datetime(2026, 3, 1, tzinfo=UTC)
    assert len(memory.history(lunch.address)) == len(memory.cube("team").history(lunch.id)) > 1
    assert memory.annotate(lunch.id, tags=["food"]).tags == ("food",)
    memory.freeze(f"team:{lunch.id[:8]}", because="it is settled")
    with pytest.raises(ItemFrozen, match="mount 'team': "):
        memory.forget(lunch.id)
    memory.thaw(lunch.id)
    assert memory.forget(lunch.id) is None
    assert all(hit.item.id != lunch.id for hit in memory.recall("when is lunch?"))
    assert str(memory.why(lunch.id)) == str(memory.cube("team").why(lunch.id))
    assert memory.impact(lunch.id) == memory.cube("team").impact(lunch.id)


def test_what_is_erased_is_gone_from_its_cube_and_from_every_answer(
    memory: Memory, paths: dict[str, Path]
) -> None:
    secret = memory.remember("Der Tresor öffnet mit 4711", mount="team")
    assert memory.plan_erasure(secret.id).items
    receipt = memory.forget(secret.id, erase=True, because="it was a secret")
    assert receipt is not None
    assert all("4711" not in hit.item.content for hit in memory.recall("Tresor 4711", k=50))
    memory.close()
    assert all(b"4711" not in path.read_bytes() for path in paths.values())


def test_what_an_agent_was_shown_is_told_to_the_cube_that_holds_it(
    paths: dict[str, Path], mount_all: MountAll
) -> None:
    memory = mount_all(**paths, routes=[Route("agent", role="assistant")], reader="rules")
    told = [{"role": "assistant", "content": "I prefer tabs for indentation."}]
    memory.observe(told, session="one")
    (known,) = [hit.item for hit in memory.recall("tabs", kinds=["preference"], k=1)]
    memory.observe(told, session="two", shown=memory.context("tabs, peanuts and lunch"))
    assert memory.show(known.address).revision.content.belief == known.revision.content.belief
    memory.observe(told, session="three")
    assert memory.show(known.address).revision.content.belief.mean > known.revision.content.belief.mean


def test_hits_that_helped_are_marked_each_in_its_own_cube(memory: Memory) -> None:
    hits = memory.recall("Alice's peanuts and the lunch of the team", k=10)
    marked = memory.used(hits)
    assert set(marked) == {hit.item.address for hit in hits}
    assert all(len(memory.marks(address)) == 1 for address in marked)
    with pytest.raises(InvalidInput, match="int is no context, hit"):
        memory.used([7])  # type: ignore[list-item]  # wrong on purpose


def test_an_item_that_expires_is_recalled_until_then(memory: Memory) -> None:
    item = memory.remember("The projector is broken", expires="2026-04-01")
    assert memory.recall("projector", k=1)[0].item.id == item.id
    assert memory.expire(item.id, at=None).id == item.id


def test_an_id_that_several_cubes_hold_is_refused_with_their_names(
    tmp_path: Path, mount_all: MountAll
) -> None:
    original = make_cube(tmp_path / "a.cube", ["Alice likes jazz"])
    with remanence.open(original, reader=None) as cube:
        cube.snapshot(tmp_path / "b.cube")
    memory = mount_all(now=original, then=tmp_path / "b.cube")
    item = memory.recall("jazz", k=1)[0].item
    with pytest.raises(AmbiguousId, match=f"now:{item.id[:8]}, then:{item.id[:8]}; put the mount before it"):
        memory.revise(item.id, "Alice likes swing")
    memory.revise(f"now:{item.id}", "Alice likes swing")
    assert memory.show(f"then:{item.id}").content == "Alice likes jazz"
    assert memory.show(f"now:{item.id}").content == "Alice likes swing"


@pytest.mark.parametrize(
    ("item", "error", "said"),
    [
        ("zzzzzzzz", NotFound, "in any of the mounts user, team, agent"),
        ("team:zzzzzzzz", NotFound, "mount 'team': no item's id"),
        ("attic:zzzzzzzz", InvalidInput, "mount 'attic' is not one of: user, team, agent"),
        ("?", InvalidInput, "'?' is not an id"),
        ("team:", InvalidInput, "is not an id"),
        (7, InvalidInput, "the item is a int; give an id, or mount:id"),
    ],
)
def test_what_names_no_item_is_refused(memory: Memory, item: str, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=re.escape(said)):
        memory.show(item)


def test_what_is_concluded_stands_in_the_cube_of_its_sources(memory: Memory) -> None:
    lunch = memory.recall("lunch", k=1)[0].item
    peanuts = memory.recall("peanuts", k=1)[0].item
    concluded = memory.remember("The canteen is full at noon", derived_from=[lunch.id])
    assert (concluded.mount, concluded.sources) == ("team", (lunch.id,))
    with pytest.raises(InvalidInput, match="lie in team, user"):
        memory.remember("The canteen serves no peanuts", derived_from=[lunch.id, peanuts.address])
    with pytest.raises(InvalidInput, match="lie in team, agent"):
        memory.remember("The canteen is full at noon", derived_from=[lunch.id], mount="agent")
    with pytest.raises(InvalidInput, match=re.escape("can't rest on items of another cube (user)")):
        memory.revise(concluded.id, "The canteen is empty", derived_from=[peanuts.id])


def test_lines_about_all_cubes_bear_their_mounts(memory: Memory) -> None:
    for mount, value in (("team", "Lisbon"), ("user", "Porto"), ("user", "Faro")):
        memory.remember(f"Alice lives in {value}", slot=("alice", "home", value.lower()), mount=mount)
    told = [(line.mount, line.value.attribute, line.value.value) for line in memory.timeline("Alice", "home")]
    assert sorted(told) == [("team", "home", "lisbon"), ("user", "home", "faro"), ("user", "home", "porto")]
    then = memory.timeline("Alice", "home", known_at="2026-01-01")
    assert then == ()
    assert [line.mount for line in memory.changes("2026-03-02")][-3:] == ["team", "user", "user"]
    assert [line.mount for line in memory.changes("2026-03-02", limit=2)] == [
        line.mount for line in memory.changes("2026-03-02")
    ][:2]
    assert str(memory.changes("2026-03-02")[0]).startswith(f"{memory.changes('2026-03-02')[0].mount}: ")
    assert {name: one.counts["items"] for name, one in memory.stats().items()} == {
        "user": 4,
        "team": 3,
        "agent": 1,
    }
    with pytest.raises(InvalidInput, match="several journals have no common line"):
        memory.changes(1)  # type: ignore[arg-type]  # wrong on purpose


def test_conflicts_of_all_cubes_are_told_with_their_mounts(memory: Memory) -> None:
    for mount in ("user", "team"):
        memory.remember("Alice lives in Lisbon", slot=("Alice", "home", "Lisbon"), mount=mount)
        memory.remember(
            "Alice lives in Porto", slot=("Alice", "home", "Porto"), mount=mount, author="x", trust="agent"
        )
    found = memory.conflicts()
    assert [line.mount for line in found] == ["user", "team"]
    assert str(found[1]).startswith("team: alice, home:")
    assert memory.conflicts(subject="Bob") == ()
    winner = found[0].value.items[0]
    assert memory.resolve(f"{found[0].mount}:{winner.id}").mount == found[0].mount
    assert [line.mount for line in memory.conflicts()] == ["team"]
