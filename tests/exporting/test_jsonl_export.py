"""A cube as JSON Lines: what stands in the file, and in which order."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from opening import OpenCube
from remanence import Cube
from remanence.errors import InvalidInput, TargetUnusable
from remanence.model.item import Json

Record = dict[str, Json]


def records(path: Path) -> list[Record]:
    return [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]]


def of(path: Path, record: str) -> list[Record]:
    return [one for one in records(path) if one["record"] == record]


def test_every_row_is_there_with_both_of_its_times(cube: Cube, tmp_path: Path) -> None:
    item = cube.remember("Alice is allergic to peanuts", tags=["health"], metadata={"from": "a letter"})
    cube.revise(item.id, "Alice outgrew it", valid_from="2026-09-01", because="test at the clinic")
    exported = cube.export("jsonl", tmp_path / "a.jsonl")
    assert exported.is_complete
    rows = of(tmp_path / "a.jsonl", "revision")
    assert sorted(row["content"] for row in rows) == [
        "Alice is allergic to peanuts",
        "Alice is allergic to peanuts",
        "Alice outgrew it",
    ]
    history = cube.history(item.id)
    assert {(row["valid_from"], row["valid_to"]) for row in rows} == {
        (None, None),
        ("2026-08-31T23:00:00.000000Z", None),
        (None, "2026-08-31T23:00:00.000000Z"),
    }
    assert [row["revision"] for row in rows] == [row.id for row in history]
    assert all(row["tags"] == ["health"] and row["metadata"] == {"from": "a letter"} for row in rows)
    assert [one["content"] for one in of(tmp_path / "a.jsonl", "reason")] == ["test at the clinic"]
    assert exported.counts["revision"] == len(rows)


def test_the_same_cube_gives_the_same_bytes(cube: Cube, tmp_path: Path) -> None:
    cube.observe([{"role": "user", "content": "ich wohne in Köln"}, {"role": "assistant", "content": "好的"}])
    cube.export("jsonl", tmp_path / "a.jsonl", vectors=True)
    cube.export("jsonl", tmp_path / "b.jsonl", vectors=True)
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()
    assert "ich wohne in Köln".encode() in (tmp_path / "a.jsonl").read_bytes()
    assert "好的".encode() in (tmp_path / "a.jsonl").read_bytes()


def test_characters_that_break_lines_or_encodings_are_kept_word_for_word(cube: Cube, tmp_path: Path) -> None:
    text = "half \ud83d, NUL \0, line\nfeed, \u2028 \u2029 \x85 שלום 🦥"
    cube.observe([{"role": "user", "content": text}])
    cube.export("jsonl", tmp_path / "a.jsonl")
    assert [row["content"] for row in of(tmp_path / "a.jsonl", "revision")] == [text]


def test_what_was_erased_is_in_no_line(cube: Cube, tmp_path: Path) -> None:
    secret = cube.remember("wombatish pangolins", tags=["numbatty"], because="quokkaesque")
    cube.forget(secret.id, erase=True)
    cube.export("jsonl", tmp_path / "a.jsonl", vectors=True)
    found = (tmp_path / "a.jsonl").read_bytes()
    assert not [word for word in (b"wombat", b"pangolin", b"numbat", b"quokka") if word in found]
    (receipt,) = of(tmp_path / "a.jsonl", "receipt")
    assert isinstance(receipt["content"], dict)
    assert receipt["content"]["items"] == [secret.id]


def test_a_filter_makes_it_partial(open_cube: OpenCube, tmp_path: Path) -> None:
    cube = open_cube(reader="rules")
    cube.observe([{"role": "user", "content": "I live in Porto"}], session="one")
    cube.observe([{"role": "user", "content": "I love green tea"}], session="two")
    exported = cube.export("jsonl", tmp_path / "a.jsonl", sessions=["one"])
    assert not exported.is_complete
    (header,) = of(tmp_path / "a.jsonl", "header")
    assert (header["complete"], header["filters"]) == (False, {"sessions": ["one"]})
    texts = {row["content"] for row in of(tmp_path / "a.jsonl", "revision")}
    assert texts == {"I live in Porto", "Alice lives in Porto"}
    assert [one["name"] for one in of(tmp_path / "a.jsonl", "session")] == ["one"]
    assert not of(tmp_path / "a.jsonl", "journal")


def test_a_file_that_is_there_is_left_alone_unless_it_may_be_overwritten(cube: Cube, tmp_path: Path) -> None:
    cube.remember("tea")
    path = tmp_path / "a.jsonl"
    path.write_text("mine")
    with pytest.raises(InvalidInput, match="exists already"):
        cube.export("jsonl", path)
    assert path.read_text() == "mine"
    cube.export("jsonl", path, overwrite=True)
    assert of(path, "end")
    assert sorted(one.name for one in tmp_path.iterdir() if "jsonl" in one.name) == ["a.jsonl"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"form": "xml"}, "'xml' is not one of: jsonl"),
        ({"kinds": ["rumour"]}, "'rumour' is not one of"),
        ({"kinds": "fact"}, "give a list"),
        ({"trust": ["nobody"]}, "'nobody' is not one of"),
        ({"include": ["everything"]}, "'everything' is not one of"),
        ({"since": "the day the earth stood still"}, "since"),
        ({"confidence_min": 2.0}, "must lie in"),
    ],
)
def test_a_wrong_wish_is_refused_and_nothing_is_written(
    cube: Cube, tmp_path: Path, wrong: dict[str, object], said: str
) -> None:
    options = {"form": "jsonl", "path": tmp_path / "a.jsonl", **wrong}
    with pytest.raises(InvalidInput, match=said):
        cube.export(**options)  # type: ignore[arg-type]  # wrong on purpose
    assert not (tmp_path / "a.jsonl").exists()


def test_a_folder_that_is_not_there_is_named(cube: Cube, tmp_path: Path) -> None:
    with pytest.raises(TargetUnusable, match="nowhere"):
        cube.export("jsonl", tmp_path / "nowhere" / "a.jsonl")


def test_an_export_is_of_one_moment_whoever_writes_meanwhile(
    cube: Cube, open_cube: OpenCube, tmp_path: Path
) -> None:
    cube.remember("tea")
    other = open_cube()

    def write_once(done: int, total: int) -> None:
        if done == 1:
            other.remember("coffee")

    cube.export("jsonl", tmp_path / "a.jsonl", progress=write_once)
    assert [row["content"] for row in of(tmp_path / "a.jsonl", "revision")] == ["tea"]
    (end,) = of(tmp_path / "a.jsonl", "end")
    assert end["lines"] == len(records(tmp_path / "a.jsonl"))
    cube.export("jsonl", tmp_path / "b.jsonl")
    assert len(of(tmp_path / "b.jsonl", "revision")) == 2


def test_an_export_changes_nothing_in_the_cube(cube: Cube, tmp_path: Path) -> None:
    cube.remember("tea")
    head = cube.stats().journal_head
    for form in ("jsonl", "markdown", "mem0", "chat"):
        cube.export(form, tmp_path / form)
    assert cube.stats().journal_head == head


def test_only_the_user_may_read_it(cube: Cube, tmp_path: Path) -> None:
    cube.export("jsonl", tmp_path / "a.jsonl")
    if os.name == "posix":
        assert (tmp_path / "a.jsonl").stat().st_mode & 0o077 == 0
