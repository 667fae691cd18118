"""Rules: members that nobody named; and rules that are none, each with one clear error."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

import remanence
from opening import OpenCube
from remanence.errors import InvalidInput
from ticking import TickingClock


def contents(unit: remanence.Unit) -> list[str]:
    return [item.content for item in unit.items()]


@pytest.fixture
def told(open_cube: OpenCube) -> remanence.Cube:
    cube = open_cube(reader="rules")
    cube.observe([{"role": "user", "name": "Bob", "content": "I live in Porto."}], session="s1")
    cube.observe([{"role": "user", "name": "Ana", "content": "小明 and Bob drink tea."}], session="s2")
    cube.remember("Water boils at 100 degrees", kind="concept", tags=["physics", "tea"])
    return cube


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"kind": "concept"}, ["Water boils at 100 degrees"]),
        ({"tag": ["tea", "nothing"]}, ["Water boils at 100 degrees"]),
        ({"session": "s2"}, ["小明 and Bob drink tea."]),
        ({"author": "Ana"}, ["小明 and Bob drink tea."]),
        ({"entity": "小明"}, ["小明 and Bob drink tea."]),
        ({"author": ["Ana", "Bob"], "kind": "utterance"}, ["I live in Porto.", "小明 and Bob drink tea."]),
        ({"kind": "fact", "tag": "physics"}, []),
        ({"author": "nobody"}, []),
    ],
)
def test_of_every_field_one_value_must_fit(
    told: remanence.Cube, rule: dict[str, object], expected: list[str]
) -> None:
    assert contents(told.unit("ruled", rule=rule)) == expected


def test_an_entity_is_the_subject_of_a_statement_or_named_in_a_text(told: remanence.Cube) -> None:
    found = told.unit("about Bob", rule={"entity": "bob"}).items()
    assert "小明 and Bob drink tea." in [item.content for item in found]
    subjects = [item.revision.content.slot for item in found if item.kind != "utterance"]
    assert [slot.subject.casefold() for slot in subjects if slot is not None] == ["bob"]


def test_a_rule_goes_on_with_what_comes_and_goes(told: remanence.Cube, clock: TickingClock) -> None:
    unit = told.unit("tea", rule={"tag": "tea"})
    before = clock.now()
    clock.step(timedelta(days=1))
    new = told.remember("Tea is a leaf", tags=["tea"])
    assert len(contents(unit)) == 2
    assert len(unit.at(before).members()) == 1
    told.forget(new.id)
    assert len(contents(unit)) == 1
    unit.annotate(rule={})
    assert (unit.rule, contents(unit)) == (None, [])
    assert unit.diff(1).removed


def test_similarity_is_to_the_mean_of_the_members_that_were_named(told: remanence.Cube) -> None:
    one = told.remember("green tea and black tea with milk")
    two = told.remember("black tea and green tea with lemon")
    far = told.remember("an engine without any oil")
    unit = told.unit("teas", rule={"similarity": 0.5})
    assert contents(unit) == [], "there is no mean yet"
    unit.add(one)
    assert {one.id, two.id} <= {member.item_id for member in unit.members()}
    assert far.id not in {member.item_id for member in unit.members()}
    unit.remove(two)
    assert two.id not in {member.item_id for member in unit.members()}


def test_a_rule_is_read_from_a_toml_file(told: remanence.Cube, tmp_path: Path) -> None:
    path = tmp_path / "rule.toml"
    path.write_text('kind = ["concept", "fact"]\ntag = "physics"\n', encoding="utf-8")
    unit = told.unit("physics", rule=path)
    assert unit.rule == {"kind": ["concept", "fact"], "tag": ["physics"]}
    assert len(unit.members()) == 1
    assert told.unit("by text", rule=str(path)).rule == unit.rule


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"colour": "red"}, "no field 'colour'; it has: kind, entity, tag, session, author, similarity"),
        ({"kind": "thing"}, "is not one of: utterance"),
        ({"tag": []}, "not empty"),
        ({"tag": 7}, "a text or a list"),
        ({"author": [""]}, "not empty"),
        ({"session": "a\0"}, "NUL"),
        ({"similarity": 2}, r"in \[-1, 1\]"),
        ({"similarity": True}, r"in \[-1, 1\]"),
        ({"similarity": float("nan")}, r"in \[-1, 1\]"),
        ("no/such/file.toml", "can't be read"),
    ],
)
def test_a_wrong_rule_is_one_clear_error_and_changes_nothing(
    told: remanence.Cube, rule: dict[str, object] | str, message: str
) -> None:
    lines = told.stats().counts["journal lines"]
    with pytest.raises(InvalidInput, match=message):
        told.unit("ruled", rule=rule)
    assert told.stats().counts["journal lines"] == lines


@pytest.mark.parametrize("content", [b"kind = ", b"\xff\xfe", b"[kind]\na = 1", b""])
def test_a_file_that_is_no_rule_is_refused(told: remanence.Cube, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "rule.toml"
    path.write_bytes(content)
    with pytest.raises(InvalidInput):
        told.unit("ruled", rule=path)


def test_an_entity_is_found_by_any_of_its_names(open_cube: OpenCube) -> None:
    cube = open_cube("read.cube", reader="rules")
    cube.observe(
        [
            {"role": "user", "content": "My sister Ana Souza moved to Braga."},
            {"role": "user", "content": "I will visit Ana in May."},
            {"role": "user", "content": "The garden is dry."},
        ]
    )
    unit = cube.unit("my family", rule={"entity": "Ana Souza", "kind": "utterance"})
    assert [item.content for item in unit.items()] == [
        "My sister Ana Souza moved to Braga.",
        "I will visit Ana in May.",
    ]
    later = cube.unit("of somebody to come", rule={"entity": "Zsófia", "kind": "utterance"})
    assert later.items() == ()
    cube.observe([{"role": "user", "content": "Today I met Zsófia in Porto."}], session="next")
    assert len(later.items()) == 1


def test_what_is_revised_goes_on_belonging_to_its_conversation(open_cube: OpenCube) -> None:
    cube = open_cube("read.cube", reader="rules")
    cube.observe([{"role": "user", "content": "I live in Lisbon."}], session="moving")
    (fact,) = cube.items(kind="fact")
    revised = cube.revise(fact.id, "Alice lives in Porto")
    assert revised.session == "moving"
    assert "Alice lives in Porto" in contents(cube.find_unit("moving"))
    assert [item.id for item in cube.items(kind="fact", session="moving")] == [fact.id]
