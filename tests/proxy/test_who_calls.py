"""Whose memory a call opens, who may call, and from where."""

from __future__ import annotations

from pathlib import Path

import openai
import pytest
import upstream_server as upstream
from proxy_calls import ask, post, user
from proxy_running import running

import remanence
from remanence import errors
from remanence.faces.proxy.callers import read_keys
from remanence.faces.proxy.cubes import Cubes, Folder
from remanence.faces.proxy.serving import Place

TABLE = """
[keys]
"sk-alice" = "alice"
"sha256:5fb1d96d1ba8c71fc25f8ced9fd7d67bf06ca3d9e0bdb72c86ef2a6ab3c1e0ce" = "hashed"
"sk-app" = "*"
"""


def table(folder: Path, text: str = TABLE) -> Path:
    path = folder / "keys.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_key_says_whose_memory_it_is_whatever_the_request_says(tmp_path: Path) -> None:
    keys = read_keys(table(tmp_path))
    users = tmp_path / "users"
    with (
        upstream.serve(upstream.says("Hi.")) as behind,
        running(behind.url, folder=users, keys=keys) as proxy,
    ):
        for key, name in (("sk-alice", "bob"), ("sk-app", "carol"), ("sk-else", "alice")):
            raw = proxy.client(key, X_Remanence_User=name).chat.completions.with_raw_response.create(
                model="m", messages=[user(f"{key} speaks")], user=name
            )
    assert "UnknownKey" in raw.headers["x-remanence-error"]
    assert sorted(one.name for one in users.glob("*.cube")) == ["alice.cube", "carol.cube"]
    assert [asked.headers["authorization"] for asked in behind.asked] == [
        "Bearer sk-alice",
        "Bearer sk-app",
        "Bearer sk-else",
    ]


def test_the_upstreams_key_is_sent_instead_and_only_for_callers_of_the_table(tmp_path: Path) -> None:
    keys = read_keys(table(tmp_path))
    with (
        upstream.serve(upstream.says("Hi.")) as behind,
        running(behind.url, folder=tmp_path / "u", keys=keys, key="sk-behind") as proxy,
    ):
        proxy.client("sk-alice").chat.completions.create(model="m", messages=[user("Hi")])
        with pytest.raises(openai.AuthenticationError) as caught:
            proxy.client("sk-stranger").chat.completions.create(model="m", messages=[user("Hi")])
        with pytest.raises(openai.AuthenticationError):
            proxy.client("sk-stranger").models.list()
    assert caught.value.code == "invalid_api_key"
    assert [asked.headers["authorization"] for asked in behind.asked] == ["Bearer sk-behind"]


@pytest.mark.parametrize(
    "text", ["", "[keys]", "[keys]\n'sk-1' = 7", "[keys]\n'sk-1' = ''", "not toml", "keys = 3"]
)
def test_a_broken_table_of_keys_is_refused_without_its_keys(tmp_path: Path, text: str) -> None:
    with pytest.raises(errors.InvalidInput) as caught:
        read_keys(table(tmp_path, text))
    assert "keys.toml" in str(caught.value)
    assert "sk-1" not in str(caught.value)


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Host": "evil.example"}])
def test_no_web_page_reaches_the_memory(tmp_path: Path, headers: dict[str, str]) -> None:
    with upstream.serve(upstream.says("Hi.")) as behind, running(behind.url, folder=tmp_path) as proxy:
        assert post(proxy, "/v1/chat/completions", b"{}", headers)[0] == 403
        assert ask(proxy, user("Hi"), headers={"Origin": "http://localhost:3000"}).status_code == 200
    assert len(behind.asked) == 1


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "memory.example"])
def test_other_machines_need_a_table_of_keys(host: str) -> None:
    with pytest.raises(errors.InvalidInput, match="--keys"):
        Place(host).check()
    Place(host, has_keys=True).check()


def test_cubes_are_closed_when_many_are_open_and_never_while_used(tmp_path: Path) -> None:
    opened: list[remanence.Cube] = []

    def open_cube(path: Path, owner: str | None) -> remanence.Cube:
        opened.append(remanence.open(path, owner=owner, embedder="hashing"))
        return opened[-1]

    cubes = Cubes(Folder(tmp_path), open_cube, open_max=1)
    with cubes.borrowed("alice", make=True) as alice:
        for name in ("bob", "carol", "bob"):
            with cubes.borrowed(name, make=True) as cube:
                assert cube is not None
                cube.remember(f"{name} was here")
        assert alice is not None
        assert alice.remember("still open").content == "still open"
    assert [cube.owner for cube in opened] == ["alice", "bob", "carol", "bob"]
    cubes.close()
    for cube in opened:
        with pytest.raises(errors.CubeClosed):
            cube.stats()


def test_a_user_who_only_asks_leaves_no_file(tmp_path: Path) -> None:
    with upstream.serve(upstream.says("Hi.")) as behind, running(behind.url, folder=tmp_path) as proxy:
        assert ask(proxy, user("peanuts?"), headers={"X-Remanence-Memory": "read"}).status_code == 200
    assert list(tmp_path.iterdir()) == []
