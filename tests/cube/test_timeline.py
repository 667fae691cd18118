"""The succession of values of somebody's attributes, with what each rests on, now and as it was believed."""

from __future__ import annotations

from datetime import datetime

import pytest

from opening import OpenCube
from remanence import Period
from remanence.cube import Cube
from remanence.errors import InvalidInput


@pytest.fixture
def cube(open_cube: OpenCube) -> Cube:
    """A new cube of Alice's, with the rule reader and without an embedder."""
    return open_cube("told.cube", reader="rules", embedder=None)


def say(cube: Cube, text: str, day: str, *, name: str = "Alice", session: str | None = None) -> str:
    """Let somebody say something; the utterance's id."""
    message = {"role": "user", "name": name, "content": text, "timestamp": f"{day} 12:00"}
    (added,) = cube.observe([message], session=session or day).added
    return added


def told(periods: tuple[Period, ...]) -> list[tuple[str, str, str | None, str | None]]:
    """Attribute, value, from, to; days alone."""

    def day(time: datetime | None) -> str | None:
        return None if time is None else f"{time:%Y-%m-%d}"

    return [(one.attribute, one.value, day(one.valid_from), day(one.valid_to)) for one in periods]


def test_values_succeed_each_other_with_their_times_and_sources(cube: Cube) -> None:
    lisbon = say(cube, "I live in Lisbon.", "2025-01-05")
    porto = say(cube, "I live in Porto now.", "2025-06-05")
    say(cube, "I live in Rome.", "2025-06-06", name="Bob")
    say(cube, "I love jazz.", "2025-02-01")
    homes = cube.timeline("Alice", "home")
    assert told(homes) == [
        ("home", "Lisbon", "2025-01-05", "2025-06-05"),
        ("home", "Porto", "2025-06-05", None),
    ]
    assert [one.sources for one in homes] == [(lisbon,), (porto,)]
    assert homes[0].item.id == homes[1].item.id
    whole = cube.timeline("Alice")
    assert {one.attribute for one in whole} > {"home"}
    assert [one for one in whole if one.attribute == "home"] == list(homes)
    assert told(cube.timeline("Bob", "home")) == [("home", "Rome", "2025-06-06", None)]


def test_a_subject_is_a_name_as_people_write_it(cube: Cube) -> None:
    say(cube, "I live in Paris.", "2025-01-05", name="Zoë Müller")
    for name in ("Zoë Müller", "zoë müller", "ZOË MÜLLER", "  Zoë   Müller "):
        assert [one.value for one in cube.timeline(name)] == ["Paris"]
        assert [one.value for one in cube.timeline(name, "Home")] == ["Paris"]
    assert cube.timeline("Zoe Muller") == ()
    assert cube.timeline("Zoë Müller", "job") == ()


def test_a_speaker_without_a_name_is_found_by_the_role(open_cube: OpenCube) -> None:
    cube = open_cube("nobody.cube", owner="user", reader="rules", embedder=None)
    cube.observe([{"role": "user", "content": "I live in Lisbon."}])
    assert [one.value for one in cube.timeline("user")] == ["Lisbon"]
    assert [one.value for one in cube.timeline("the user")] == ["Lisbon"]


def test_what_was_corrected_away_is_told_only_of_then(cube: Cube) -> None:
    say(cube, "I live in Lisbon.", "2025-01-05")
    then = cube.journal(limit=1)[0].recorded_at
    (home,) = cube.timeline("Alice", "home")
    cube.revise(home.item.id, "Alice lives in Braga", because="misheard")
    assert [one.item.content for one in cube.timeline("Alice", "home")] == ["Alice lives in Braga"]
    assert cube.timeline("Alice", "home", known_at=then) == (home,)
    assert cube.at(then).timeline("Alice", "home") == (home,)
    assert cube.timeline("Alice", "home", known_at="2020-01-01") == ()


def test_what_is_retired_undone_or_erased_is_told_no_more(cube: Cube) -> None:
    for number, leave in enumerate(("retire", "undo", "erase"), 1):
        said = say(cube, "I live in Lisbon.", f"2025-01-0{number}")
        (home,) = cube.timeline("Alice", "home")
        then = cube.journal(limit=1)[0]
        if leave == "retire":
            cube.forget(said)
        elif leave == "undo":
            cube.undo(then.change_set)
        else:
            cube.forget(said, erase=True)
        assert cube.timeline("Alice", "home") == ()
        expected = () if leave == "erase" else (home,)
        assert cube.timeline("Alice", "home", known_at=then.recorded_at) == expected


def test_a_denial_is_told_as_one(cube: Cube) -> None:
    say(cube, "I love jazz.", "2025-01-05")
    say(cube, "I don't like jazz any more.", "2025-03-05")
    likes = [one for one in cube.timeline("Alice") if "jazz" in one.value.casefold()]
    assert [one.affirmed for one in likes] == [True, False]
    assert likes[0].valid_to == likes[1].valid_from


def test_sources_of_then_are_those_of_then(cube: Cube) -> None:
    first = say(cube, "I love jazz.", "2025-01-05", session="a")
    then = cube.journal(limit=1)[0].recorded_at
    second = say(cube, "As I said: I love jazz.", "2025-01-06", session="a")
    (now,) = cube.timeline("Alice")
    (before,) = cube.timeline("Alice", known_at=then)
    assert now.sources == (first, second)
    assert before.sources == (first,)


@pytest.mark.parametrize("name", ["", " ", 7, None, "x" * 201, "nul \0"])
def test_a_subject_that_is_no_name_is_refused(cube: Cube, name: object) -> None:
    with pytest.raises(InvalidInput, match="subject"):
        cube.timeline(name)  # type: ignore[arg-type]  # that is the test
    with pytest.raises(InvalidInput, match="attribute"):
        cube.timeline("Alice", name or " ")  # type: ignore[arg-type]  # that is the test
