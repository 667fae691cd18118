"""A recall within tags and metadata answers with what bears them, now and as it was."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

import remanence
from opening import OpenCube
from remanence import Cube
from remanence.errors import InvalidInput
from remanence.model.item import Json

TAGS = ["work", "home", 'say "work"', "ärger\\", "工作"]
KEYS = ["project", "n", 'a "key"', "プロジェクト"]
VALUES: list[Json] = ["apollo", '"apollo"', "1", 1, 1.0, 12, 0, True, False, None, "Ärger 工作", ""]
BORNE = st.tuples(
    st.lists(st.sampled_from(TAGS), max_size=3, unique=True),
    st.dictionaries(
        st.sampled_from(KEYS), st.sampled_from([*VALUES, {"project": "apollo"}, ["apollo"]]), max_size=3
    ),
)


@pytest.fixture
def cube(open_cube: OpenCube) -> Cube:
    return open_cube(embedder=None)


def is_same(found: Json, wanted: Json) -> bool:
    """Equal as JSON is: 1 is 1.0, and not true."""
    return isinstance(found, bool) is isinstance(wanted, bool) and found == wanted


def fits(
    borne: tuple[list[str], Mapping[str, Json]], tags: list[str] | None, asked: Mapping[str, Json]
) -> bool:
    own, metadata = borne
    tagged = tags is None or not set(own).isdisjoint(tags)
    return tagged and all(key in metadata and is_same(metadata[key], asked[key]) for key in asked)


@given(
    st.lists(BORNE, min_size=1, max_size=6),
    st.none() | st.lists(st.sampled_from(TAGS), max_size=2),
    st.dictionaries(st.sampled_from(KEYS), st.sampled_from(VALUES), max_size=2),
)
def test_it_answers_with_what_bears_them_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory,
    borne: list[tuple[list[str], dict[str, Json]]],
    tags: list[str] | None,
    asked: dict[str, Json],
) -> None:
    path = tmp_path_factory.mktemp("cube") / "any.cube"
    with remanence.open(path, embedder=None) as cube:
        made = [
            cube.remember(f"bike number {number}", tags=own, metadata=metadata).id
            for number, (own, metadata) in enumerate(borne)
        ]
        found = {hit.item.id for hit in cube.recall("bike", tags=tags, metadata=asked)}
    assert found == {item for item, one in zip(made, borne, strict=True) if fits(one, tags, asked)}


def test_what_was_tagged_then_is_asked_for_as_it_was(cube: Cube) -> None:
    item = cube.remember("Das Fahrrad steht im Keller", tags=["work"], metadata={"project": "apollo"})
    cube.annotate(item.id, tags=["home"], metadata={"project": "zephyr"})
    then = item.revision.recorded.start
    assert not cube.recall("Fahrrad", tags=["work"])
    assert cube.recall("Fahrrad", tags=["home"], metadata={"project": "zephyr"})
    assert cube.recall("Fahrrad", tags=["work"], known_at=then)
    assert cube.at(then).recall("Fahrrad", metadata={"project": "apollo"})
    assert not cube.at(then).recall("Fahrrad", tags=["home"])
    assert "Fahrrad" in cube.at(then).context("Fahrrad", tags=["work"]).text


def test_a_context_holds_it_and_what_is_left_out_says_why(cube: Cube) -> None:
    cube.remember("The bike of the office is red", tags=["work"])
    own = cube.remember("The bike at home is blue", metadata={"place": "home"})
    assert "red" in cube.context("bike", tags=["work"]).text
    assert "blue" not in cube.context("bike", tags=["work"]).text
    told = cube.why_not(own.id, "bike", tags=["work"], metadata={"place": "cellar"})
    assert told.left_out_by == ("tags", "metadata")
    assert str(told) == "it bears none of the tags (tags); its metadata are others (metadata)"
    assert [one.passed for one in cube.explain("bike", tags=["work"]).sieves if one.name == "tags"] == [1]


def test_what_was_forgotten_is_not_found_by_its_tag(cube: Cube) -> None:
    item = cube.remember("The bike is red", tags=["work"])
    cube.forget(item.id)
    assert not cube.recall("bike", tags=["work"])
    assert cube.recall("bike", tags=["work"], include=["retired"])
    cube.forget(item.id, erase=True)
    assert not cube.recall("bike", tags=["work"], include=["retired", "superseded"])


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"tags": "work"}, "give a list"),
        ({"tags": [""]}, "must be a text that is not empty"),
        ({"metadata": "project"}, "metadata is a str; give a mapping"),
        ({"metadata": {"project": ["apollo"]}}, "'project' to be a list; ask for a text, a number"),
        ({"metadata": {"n": float("nan")}}, "can't be kept as JSON"),
    ],
)
def test_what_cannot_be_asked_is_refused(cube: Cube, asked: dict[str, object], told: str) -> None:
    cube.remember("The bike is red", tags=["work"])
    for ask in (cube.recall, cube.context, cube.explain):
        with pytest.raises(InvalidInput, match=told):
            ask("bike", **asked)
