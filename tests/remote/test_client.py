"""What a client adds on its way to a server: awaiting, trying again, keys, and what is not offered."""

from __future__ import annotations

import asyncio
import inspect
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

import remanence
from remanence.aio import AsyncCube, AsyncUnit
from remanence.client import AsyncClient, Client
from remanence.cube import Cube, View
from remanence.errors import AccessRefused, InvalidInput, NotFound, NotOffered, RemoteFailed
from remanence.remote import calls, values, wire
from remanence.remote.handle import Remote
from remanence.remote.line import Address
from remanence.remote.unit import RemoteProposal, RemoteUnit
from remanence.remote.view import RemoteView
from remanence.surface.proposal import Proposal
from remanence.surface.unit import Unit
from scripted_server import Asked, serving

PAIRS: list[tuple[type, type, dict[str, calls.Call]]] = [
    (Cube, Client, calls.OF_CUBE),
    (View, RemoteView, calls.OF_VIEW),
    (Unit, RemoteUnit, calls.OF_UNIT),
    (Proposal, RemoteProposal, calls.OF_PROPOSAL),
]
OWN_WAY = {"at", "close", "export"}  # methods of a client that are no single call


def methods(of: type) -> set[str]:
    return {name for name, _ in inspect.getmembers(of, inspect.isfunction) if not name.startswith("_")}


@pytest.mark.parametrize(("local", "remote", "table"), PAIRS, ids=lambda one: getattr(one, "__name__", ""))
def test_every_method_is_sent_or_said_not_to_be_offered(
    local: type, remote: type, table: dict[str, calls.Call]
) -> None:
    beyond = OWN_WAY if local is Cube else set()
    told = set(calls.NOT_OFFERED) if local is Cube else set()
    assert methods(local) == table.keys() | beyond | told
    for name in methods(local):
        mine = getattr(remote, name)
        assert mine is not getattr(local, name), f"{name} would run here, where no cube is"
        assert inspect.signature(mine) == inspect.signature(getattr(local, name))
        assert inspect.getdoc(mine)


def test_every_kind_of_value_can_be_read() -> None:
    for _, _, table in PAIRS:
        for name, call in table.items():
            assert call.gives is None or values.reader(call.gives), name  # type: ignore[arg-type]  # hashable


def test_all_of_it_can_be_awaited(address: str) -> None:
    async def main() -> None:
        async with remanence.aio.open(address, owner="Alice") as cube:
            assert isinstance(cube, AsyncCube)
            assert cube.owner == "Alice"
            item = await cube.remember("Alice likes tea")
            asked = [cube.recall("tea", k=number + 1) for number in range(30)]
            assert [hits[0].item for hits in await asyncio.gather(*asked)] == [item] * 30
            unit = await (await cube.unit("drinks")).add(item)
            assert isinstance(unit, AsyncUnit)
            assert [one.id for one in await unit.items()] == [item.id]
            assert [one.name for one in await cube.units(kind="topic")] == ["drinks"]
            assert (await cube.at("2100-01-01").show(item.id)) == item
            with pytest.raises(NotFound):
                await cube.show("zzzzzzzz")
        with pytest.raises(remanence.errors.CubeClosed):
            await cube.recall("tea")

    asyncio.run(main())


def test_no_thread_waits_for_an_answer(address: str) -> None:
    async def main() -> int:
        async with AsyncClient(address) as cube:
            await cube.stats()
            before = threading.active_count()
            await asyncio.gather(*(cube.stats() for _ in range(20)))
            return threading.active_count() - before

    remanence.open(address, owner="Alice").close()
    house = 16  # workers of the server, which runs in this process
    assert asyncio.run(main()) <= house
    assert not [one.name for one in threading.enumerate() if one.name.startswith("asyncio_")]


def test_nothing_is_asked_before_the_first_call(address: str) -> None:
    with Client("http://127.0.0.1:9/cubes/nowhere") as far:
        assert "nowhere" in repr(far)
    with Client(address) as near, pytest.raises(NotFound):
        near.recall("tea")

    async def main() -> None:
        async with AsyncClient(address):
            raise AssertionError("it was entered")

    with pytest.raises(NotFound):
        asyncio.run(main())


@pytest.mark.parametrize(
    "wrong",
    [
        "http://localhost",
        "http://localhost/alice",
        "http://localhost/cubes/",
        "http://localhost/cubes/a/b",
        "ftp://localhost/cubes/alice",
        "http:///cubes/alice",
        "http://me:secret@localhost/cubes/alice",
        "http://localhost/cubes/alice?key=1",
    ],
)
def test_what_is_no_address_of_a_cube_is_refused(wrong: str) -> None:
    with pytest.raises(InvalidInput, match="address of a cube"):
        Client(wrong)


def test_an_address_may_stand_behind_a_path_and_name_its_version() -> None:
    plain = Address.parse("http://localhost:8377/cubes/alice")
    assert Address.parse("http://localhost:8377/v1/cubes/alice/") == plain
    assert Address.parse("https://x/memory/cubes/a").cube == "https://x/memory/v1/cubes/a"


def test_a_name_that_no_cube_may_have_is_refused(server: str) -> None:
    with pytest.raises(InvalidInput, match=r"name for a cube|cube's name"):
        remanence.open(f"{server}/Alice")


def test_what_a_server_decides_is_not_given_by_a_client(address: str, tmp_path: Path) -> None:
    for option in ({"embedder": "hashing"}, {"reader": None}, {"vfs": "x"}):
        with pytest.raises(NotOffered, match=next(iter(option))):
            remanence.open(address, **option)  # type: ignore[arg-type]  # one option each
    with remanence.open(address) as cube:
        item = cube.remember("Alice likes tea")
        refused: list[Callable[[], object]] = [
            lambda: cube.snapshot(tmp_path / "copy.cube"),
            lambda: cube.reembed("hashing"),
            lambda: cube.export("markdown", tmp_path / "notes"),
            lambda: cube.ingest(tmp_path),
            lambda: cube.remember("a", actor="somebody else"),
            lambda: cube.recall("tea", units=[cube.unit("drinks").at("2100-01-01")]),
        ]
        for one in refused:
            with pytest.raises(NotOffered) as told:
                one()
            assert len(str(told.value)) > 40, "it says what to do instead"
        assert cube.history(item.id)[-1].is_open


# --- a server that answers by script ---

Script = Callable[[int], bytes | None]  # from the request's number to the bytes that are answered, or none


@contextmanager
def scripted(script: Script) -> Iterator[tuple[str, list[Asked]]]:
    """The address of a cube, and what was asked; where the script says nothing the connection breaks."""

    def tell(handler: BaseHTTPRequestHandler, _: Asked) -> None:
        handler.close_connection = True
        handler.wfile.write(script(len(server.asked)) or b"")

    with serving([tell], Asked) as server:
        yield f"{server.url}/cubes/alice", server.asked


def answer(status: int, told: object, *headers: str) -> bytes:
    body = json.dumps(told).encode()
    kind = "application/problem+json" if status >= 400 else values.MEDIA_TYPE
    head = [f"HTTP/1.1 {status} Told", f"content-type: {kind}", f"content-length: {len(body)}", *headers]
    return "\r\n".join([*head, "connection: close", "", ""]).encode() + body


def problem(status: int, code: str, *headers: str) -> bytes:
    return answer(status, {"code": code, "detail": f"told {code}", "status": status}, *headers)


LINK = {"source": {"item_id": "a"}, "type": "about", "target": {"unit_id": "b"}}


def test_a_change_whose_answer_was_lost_is_sent_again_under_the_same_key() -> None:
    with scripted(lambda n: None if n < 3 else answer(200, LINK)) as (url, asked), Client(url) as cube:
        assert values.written(cube.link("a", "about", "b")) == LINK
    assert len(asked) == 3
    assert len({one.headers["idempotency-key"] for one in asked}) == 1


def test_two_changes_bear_two_keys() -> None:
    with scripted(lambda _: answer(200, LINK)) as (url, asked), Client(url) as cube:
        cube.link("a", "about", "b")
        cube.link("a", "about", "b")
    assert len({one.headers["idempotency-key"] for one in asked}) == 2


@pytest.mark.parametrize("code", ["too_busy", "cube_busy"])
def test_a_busy_server_is_asked_again_a_bounded_number_of_times(code: str) -> None:
    busy = pytest.raises(remanence.errors.CubeBusy, match=f"told {code}")
    with scripted(lambda _: problem(503, code)) as (url, asked), Client(url) as cube, busy:
        cube.stats()
    assert len(asked) == wire.TRIES_MAX


def test_a_server_that_is_not_there_is_told_of() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with Client(f"http://127.0.0.1:{port}/cubes/alice") as cube, pytest.raises(RemoteFailed) as told:
        cube.stats()
    assert "can't be reached" in str(told.value)
    assert f"tried {wire.TRIES_MAX} times" in str(told.value)


def test_an_answer_that_takes_too_long_is_not_asked_for_again() -> None:
    held = threading.Event()
    with scripted(lambda _: held.wait(20) and None) as (url, asked):  # type: ignore[func-returns-value]
        with (
            Client(url, timeout_seconds=0.2) as cube,
            pytest.raises(RemoteFailed, match="look at the journal"),
        ):
            cube.remember("Alice likes tea")
        held.set()
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("told", "error"),
    [
        (problem(401, "key_missing"), AccessRefused),
        (problem(401, "key_refused"), AccessRefused),
        (problem(403, "scope_missing"), AccessRefused),
        (problem(404, "cube_not_found"), NotFound),
        (problem(409, "outcome_unknown"), RemoteFailed),
        (problem(409, "item_frozen"), remanence.errors.ItemFrozen),
        (problem(504, "timed_out"), RemoteFailed),
        (problem(418, "a_code_of_tomorrow"), RemoteFailed),
        (answer(200, {"nonsense": 1}), RemoteFailed),
        (answer(200, LINK)[:-9], RemoteFailed),
        (b"HTTP/1.1 502 Bad\r\ncontent-type: text/html\r\ncontent-length: 4\r\n\r\n<p/>", RemoteFailed),
        (b"HTTP/1.1 200 Ok\r\ncontent-type: text/html\r\ncontent-length: 4\r\n\r\n<p/>", RemoteFailed),
        (b"no HTTP at all\r\n\r\n", RemoteFailed),
    ],
)  # fmt: skip
def test_whatever_comes_back_is_a_value_or_one_of_our_errors(told: bytes, error: type[Exception]) -> None:
    with scripted(lambda _: told) as (url, _), Client(url, key="rem_x") as cube, pytest.raises(error):
        cube.link("a", "about", "b")


def test_a_field_of_tomorrow_is_passed_over() -> None:
    with scripted(lambda _: answer(200, {**LINK, "since": 3})) as (url, asked), Client(url, key="k") as cube:
        assert cube.link("a", "about", "b").type == "about"
    assert asked[0].headers["authorization"] == "Bearer k"
    assert asked[0].headers["accept"] == values.MEDIA_TYPE


def test_an_export_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    head = b"HTTP/1.1 200 Ok\r\ncontent-length: 100\r\nremanence-export: {}\r\n\r\nhalf"
    with scripted(lambda _: head) as (url, asked), Client(url) as cube, pytest.raises(RemoteFailed):
        cube.export("jsonl", tmp_path / "out")
    assert len(asked) == 1
    assert list(tmp_path.iterdir()) == []


def test_an_export_whose_connection_breaks_before_its_first_byte_is_asked_for_again(tmp_path: Path) -> None:
    told = b'{"counts": {"items": 1}, "complete": true, "size_bytes": 4}'
    whole = b"HTTP/1.1 200 Ok\r\ncontent-length: 4\r\nremanence-export: " + told + b"\r\n\r\nhalf"
    with scripted(lambda n: None if n < 3 else whole) as (url, asked), Client(url) as cube:
        assert cube.export("jsonl", tmp_path / "out").size_bytes == 4
    assert len(asked) == 3
    assert (tmp_path / "out").read_bytes() == b"half"


def test_remote_things_are_told_from_local_ones(address: str) -> None:
    with remanence.open(address, owner="Alice") as cube:
        assert isinstance(cube, Client)
        assert isinstance(cube.unit("drinks"), Remote)
