"""Promises declared in a file: made once, replaced when they change, and clear about what is wrong."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

import remanence
from opening import OpenCube
from remanence.errors import InvalidInput
from remanence.promises.signing import make_key
from ticking import TickingClock

FILE = """
[[promise]]
name = "report"
by = "planner"
to = "Alice"
body = "a report"
due = 2026-04-01
if = ["figures", "nobody is ill"]
with = { pages = 2 }

[[promise]]
name = "figures"
by = "bookkeeper"
to = ["planner"]
body = "the figures"
if = ["report"]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "promises.toml"
    path.write_text(FILE, "utf-8")
    return path


def test_a_file_is_declared_once_and_its_circle_is_said(
    cube: remanence.Cube, clock: TickingClock, file: Path
) -> None:
    report, figures = cube.declare_promises(file)
    assert report.terms.conditions[0].promise == figures.id
    assert report.terms.conditions[1].promise is None
    assert set(report.circle) == {report.id, figures.id}
    lines = len(cube.journal())
    clock.step(timedelta(days=60))
    again = cube.declare_promises(file)
    assert [one.id for one in again] == [report.id, figures.id], "known again, though it came due meanwhile"
    assert len(cube.journal()) == lines


def test_a_promise_that_changed_in_the_file_replaces_the_old_one(cube: remanence.Cube, file: Path) -> None:
    old, figures = cube.declare_promises(file)
    file.write_text(FILE.replace("pages = 2", "pages = 3"), "utf-8")
    new, same = cube.declare_promises(file)
    assert same.id == figures.id
    assert {one.id: one.state.value for one in cube.promises()} == {
        old.id: "superseded",
        figures.id: "open",
        new.id: "open",
    }
    cube.undo(cube.journal(limit=1)[0].change_set)
    assert [one.state.value for one in cube.promises()] == ["open", "open"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[promise]]\nbody = 'x'\nto = 'Bob'", "has a name"),
        ("[[promise]]\nname = 'a'\nbody = 'x'", "a: a promise is made to somebody"),
        ("[[promise]]\nname = 'a'\nbody = 'x'\nto = 'Bob'\nwhen = 1", "unknown when"),
        ("[[promise]]\nname = 'a'\nbody = 'x'\nto = 3", "a: to is a text"),
        ("[[promise]]\nname = 'a'\nbody = 'x'\nto = 'Bob'\ndue = 3", "a: due is a date"),
        ("[[promise]]\nname = 'a'\nbody = 'x'\nto = 'Bob'\ndue = 2020-01-01", "^a: due .* has passed"),
        ("[[promise]]\nname = 'a'\nbody = 5\nto = 'Bob'", "^a: body is a int"),
        ("[[promise]]\nname = 'a'\nbody = 'x'\nto = 'Bob'\nwith = 3", "a: with is a table"),
        ("[[promise]]\nname = 'a'\nbody = 'x'\nto = 'Bob'\n" * 2, "stands there twice"),
        ("promise = 3", "other things"),
        ("[[promises]]\nname = 'a'", "other things than tables"),
        ("[[promise", "can't be read as TOML"),
    ],
)
def test_a_wrong_file_is_refused_whole(cube: remanence.Cube, tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(
        "[[promise]]\nname = 'good'\nbody = 'y'\nto = 'Bob'\n" * text.startswith("[[promise]]") + text
    )
    with pytest.raises(InvalidInput, match=told):
        cube.declare_promises(path)
    assert len(cube.promises()) == 0


def test_a_file_that_is_not_there_is_named(cube: remanence.Cube, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"nothing\.toml can't be read"):
        cube.declare_promises(tmp_path / "nothing.toml")


def test_a_file_ends_nobody_elses_promise_of_the_same_name(open_cube: OpenCube, tmp_path: Path) -> None:
    alice, bob = open_cube("alice.cube"), open_cube("bob.cube", owner="Bob")
    file = tmp_path / "weekly.toml"
    file.write_text("[[promise]]\nname = 'weekly'\nbody = 'a report'\nto = 'Alice'\n")
    key = make_key(tmp_path / "bob.pem")
    signed = bob.sign_promise(bob.declare_promises(file)[0], key=tmp_path / "bob.pem")
    alice.accept_promise(signed, key=key)
    for by in ("Alice", "Dave", "Bob"):
        file.write_text(f"[[promise]]\nname = 'weekly'\nbody = 'plants'\nto = 'Carol'\nby = '{by}'\n")
        alice.declare_promises(file)
    assert [(one.promiser, one.state) for one in alice.promises()] == [
        ("Bob", "open"),
        ("Alice", "open"),
        ("Dave", "open"),
        ("Bob", "open"),
    ]
