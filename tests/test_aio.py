"""The asynchronous mirror: member for member the synchronous surface, and what happens on the way."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType

import pytest

import remanence
from remanence import aio
from remanence.errors import CubeClosed, NotACube, NotFound

# How each public member of Cube and View appears in the mirror. A member that is in no row fails the test.
MEMBERS = {
    "Cube": {
        "async": {
            "observe", "remember", "recall", "context", "revise", "annotate", "forget", "plan_erasure",
            "freeze", "thaw", "undo", "show", "history", "journal", "erased", "stats", "check", "verify",
            "embed_pending", "reembed", "snapshot", "close", "why", "impact", "conflicts", "resolve",
            "reliabilities", "recognise",
            "timeline",
            "changes", "restore",
            "used", "expire", "marks", "plan_lifecycle", "apply_lifecycle", "consolidate", "reflect",
            "merged", "survivor", "why_not", "explain",
            "items", "act", "decide", "goal", "outcome", "progress", "precedents", "lessons", "story",
            "portrait", "accept_persona",
            "unit", "find_unit", "units", "link", "unlink", "links", "summarise", "rollup",
            "propose_units", "export",
            "ingest", "documents", "forget_document",
            "import_from",
            "promise", "promises", "assess_promise", "withdraw_promise", "declare_promises", "check_promises",
            "sign_promise", "accept_promise",
            "read_pending", "parked", "retry_parked", "plan_reread", "reread",
            "entities", "entity", "find_entities", "merge_entities", "split_entity", "annotate_entity",
        },
        "sync": {"at"},
        "value": {"owner", "time_zone"},
    },
    "View": {
        "async": {"recall", "context", "show", "history", "timeline", "journal", "erased", "stats"},
        "sync": set(),
        "value": set(),
    },
    "Unit": {
        "async": {
            "members", "items", "links", "summary", "versions", "diff", "at", "add", "remove", "annotate",
            "rename", "link", "unlink", "tag", "restore", "fork", "merge", "retire", "erase",
        },
        "sync": set(),
        "value": {
            "id", "kind", "name", "description", "annotations", "rule", "version", "tags", "is_retired",
        },
    },
}  # fmt: skip
MEMBERS["Proposal"] = {
    "async": {"accept", "refuse"},
    "sync": set(),
    "value": {"name", "terms", "members", "cohesion"},
}
MEMBERS["Memory"] = {
    "async": {
        "observe", "remember", "recall", "context", "revise", "annotate", "forget", "plan_erasure",
        "freeze", "thaw", "expire", "resolve", "used", "show", "history", "why", "impact", "marks",
        "conflicts", "timeline", "changes", "stats", "close", "act", "decide", "goal", "outcome",
        "progress", "precedents", "story", "promise", "promises", "assess_promise",
    },
    "sync": {"cube"},
    "value": {"asker", "time_zone", "mounts"},
}  # fmt: skip
LEFT_OUT = {"View": {"cube", "known_at", "as_of"}}  # fields of a synchronous value
MIRRORS = {
    "Cube": (remanence.Cube, aio.AsyncCube),
    "View": (remanence.View, aio.AsyncView),
    "Unit": (remanence.Unit, aio.AsyncUnit),
    "Proposal": (remanence.Proposal, aio.AsyncProposal),
    "Memory": (remanence.Memory, aio.AsyncMemory),
}


def public(thing: type) -> set[str]:
    return {name for name in dir(thing) if not name.startswith("_")}


@pytest.mark.parametrize("name", MIRRORS)
def test_the_mirror_has_what_the_table_says_and_the_table_all_there_is(name: str) -> None:
    original, mirror = MIRRORS[name]
    listed = set().union(*MEMBERS[name].values())
    assert public(original) - LEFT_OUT.get(name, set()) == listed
    assert public(mirror) == listed


@pytest.mark.parametrize(
    ("name", "member"), [(name, member) for name, rows in MEMBERS.items() for member in sorted(rows["async"])]
)
def test_an_asynchronous_method_takes_what_its_twin_takes(name: str, member: str) -> None:
    original, mirror = (getattr(one, member) for one in MIRRORS[name])
    assert inspect.signature(mirror) == inspect.signature(original)
    assert inspect.getdoc(mirror) == inspect.getdoc(original)
    assert inspect.iscoroutinefunction(mirror)


def test_synchronous_members_are_plain_and_open_takes_what_open_takes() -> None:
    for name, (_, mirror) in MIRRORS.items():
        for member in MEMBERS[name]["sync"]:
            assert isinstance(vars(mirror)[member], FunctionType)
            assert not inspect.iscoroutinefunction(vars(mirror)[member])
        for member in MEMBERS[name]["value"]:
            assert isinstance(vars(mirror)[member], property)
    assert inspect.signature(aio.open) == inspect.signature(remanence.open)
    assert inspect.signature(aio.mount) == inspect.signature(remanence.mount)
    assert inspect.signature(aio.load) == inspect.signature(remanence.load)
    at, twin = (list(inspect.signature(c.at).parameters.values()) for c in (remanence.Cube, aio.AsyncCube))
    assert at == twin


def test_a_memory_made_changed_and_asked_without_blocking_the_loop(tmp_path: Path) -> None:
    async def main() -> list[str]:
        async with aio.open(tmp_path / "a.cube", owner="Alice", embedder="hashing") as cube:
            assert cube.owner == "Alice"
            item = await cube.remember("Alice lives in Lisbon")
            before = (await cube.journal(limit=1))[0].recorded_at
            await cube.revise(item.id, "Alice lives in Porto")
            now = await cube.recall("where does Alice live")
            then = await cube.at(before).recall("where does Alice live")
            return [now[0].item.content, then[0].item.content]

    assert asyncio.run(main()) == ["Alice lives in Porto", "Alice lives in Lisbon"]


def test_units_are_made_changed_and_merged_without_blocking_the_loop(tmp_path: Path) -> None:
    async def main() -> tuple[str, list[str], int]:
        async with aio.open(tmp_path / "a.cube", owner="Alice", embedder="hashing") as cube:
            tea = await cube.remember("tea")
            drinks = await (await cube.unit("drinks")).add(tea)
            other = await cube.unit("hot drinks")
            await drinks.merge(other=other)
            await cube.link(drinks, "about", tea)
            return (
                drinks.name,
                [one.name for one in await cube.units(kind="topic")],
                len(await drinks.items()),
            )

    assert asyncio.run(main()) == ("drinks", ["drinks"], 1)


def test_several_cubes_are_mounted_asked_and_closed_without_blocking_the_loop(tmp_path: Path) -> None:
    async def main() -> list[tuple[str, str]]:
        for name in ("user", "team"):
            async with aio.open(tmp_path / f"{name}.cube", owner="Alice", embedder="hashing"):
                pass
        async with aio.mount(user=tmp_path / "user.cube", team=tmp_path / "team.cube") as memory:
            await asyncio.gather(
                memory.remember("Alice lives in Lisbon"), memory.remember("Lunch is at noon", mount="team")
            )
            assert (await memory.cube("team").stats()).counts["items"] == 1
            asked = await asyncio.gather(*(memory.recall(text, k=1) for text in ("Lisbon", "lunch")))
            return [(hit.mount, hit.item.content) for (hit,) in asked]

    assert asyncio.run(main()) == [("user", "Alice lives in Lisbon"), ("team", "Lunch is at noon")]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["team.cube", "user.cube"]


def test_what_can_not_be_mounted_leaves_nothing_open(tmp_path: Path) -> None:
    async def main() -> None:
        async with aio.open(tmp_path / "user.cube", embedder="hashing"):
            pass
        with pytest.raises(NotACube, match="mount 'team'"):
            await aio.mount(user=tmp_path / "user.cube", team=tmp_path / "team.cube")

    asyncio.run(main())
    assert [path.name for path in tmp_path.iterdir()] == ["user.cube"]


def test_many_calls_at_once_lose_nothing(tmp_path: Path) -> None:
    async def main() -> tuple[int, int]:
        cube = await aio.open(tmp_path / "a.cube", embedder="hashing")
        async with cube:
            calls = [cube.remember(f"thing number {number}") for number in range(30)]
            made = await asyncio.gather(*calls)
            return len({item.id for item in made}), (await cube.stats()).counts["items"]

    assert asyncio.run(main()) == (30, 30)


def test_errors_arrive_as_they_are_and_a_block_that_fails_closes_the_cube(tmp_path: Path) -> None:
    async def main() -> None:
        with pytest.raises(NotACube):
            await aio.open(tmp_path / "none.cube", read_only=True)
        cube = await aio.open(tmp_path / "a.cube", embedder="hashing")
        with pytest.raises(NotFound):
            async with cube:
                await cube.show("zzzzzzzz")
        with pytest.raises(CubeClosed):
            await cube.stats()

    asyncio.run(main())
    assert [path.name for path in tmp_path.iterdir()] == ["a.cube"]


def test_a_cancelled_wait_leaves_a_write_that_has_begun_to_its_end(tmp_path: Path) -> None:
    async def main() -> int:
        async with aio.open(tmp_path / "a.cube", embedder="hashing") as cube:
            begun, cancelled = threading.Event(), threading.Event()

            def messages() -> Iterator[object]:
                begun.set()
                cancelled.wait(timeout=60)
                yield {"role": "user", "content": "I like tea."}

            call = asyncio.ensure_future(cube.observe(messages(), session="s"))
            await asyncio.to_thread(begun.wait)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            cancelled.set()
            while not (written := (await cube.stats()).counts.get("kind utterance", 0)):
                await asyncio.sleep(0.01)
            return written

    assert asyncio.run(main()) == 1


def test_who_is_cancelled_while_opening_leaves_no_open_cube_behind(tmp_path: Path) -> None:
    async def main() -> None:
        opening = asyncio.ensure_future(_entered(tmp_path / "a.cube"))
        await asyncio.sleep(0)
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening

    asyncio.run(main())
    # The last close leaves one file: a log beside it would mean that somebody still holds it.
    assert {path.name for path in tmp_path.iterdir()} <= {"a.cube"}


async def _entered(path: Path) -> None:
    async with aio.open(path, embedder="hashing"):
        await asyncio.sleep(60)
