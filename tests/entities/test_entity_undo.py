"""Undo of what was said of entities by hand: on examples, and on the very rows."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest

from opening import OpenCube
from remanence import Cube
from remanence.errors import Refused, UndoConflict

# What is looked up, row by row; numbers of rows and change sets aside.
ROWS = {
    "mention": "SELECT entity, name, text, span_start, span_end, kind, firm, ground, score FROM mention",
    "merger": "SELECT entity, target FROM merger",
    "entity_kind": "SELECT entity, kind FROM entity_kind",
    "alias": "SELECT entity, name, speaker, origin FROM alias",
}


@pytest.fixture
def cube(open_cube: OpenCube) -> Cube:
    return open_cube(reader="rules")


def say(cube: Cube, *texts: str, session: str = "s") -> tuple[str, ...]:
    return cube.observe([{"role": "user", "content": text} for text in texts], session=session).added


def open_rows(path: Path) -> dict[str, list[tuple[object, ...]]]:
    db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return {
            table: sorted(db.execute(f"{query} WHERE closed_by IS NULL"), key=repr)
            for table, query in ROWS.items()
        }
    finally:
        db.close()


def last(cube: Cube) -> int:
    return cube.journal(limit=1)[0].sequence


CHANGES = {
    "merge": lambda cube: cube.merge_entities("Beatriz", "Bia"),
    "split": lambda cube: cube.split_entity("Ana", items=[cube.entity("Ana").items[0].id]),
    "name": lambda cube: cube.annotate_entity("Ana", name="Anita"),
    "kind": lambda cube: cube.annotate_entity("Ana", kind="thing"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_undo_leaves_the_very_rows_that_were_there_before_and_redo_those_after(
    cube: Cube, tmp_path: Path, change: str
) -> None:
    say(
        cube,
        "I told Beatriz about it.",
        "I told Bia in town.",
        "I told Ana.",
        "I told Ana, too.",
        "Ana is here",
    )
    before, listed = open_rows(tmp_path / "a.cube"), cube.entities()
    CHANGES[change](cube)
    after, listed_after = open_rows(tmp_path / "a.cube"), cube.entities()
    assert after != before
    cube.undo(last(cube))
    undone = open_rows(tmp_path / "a.cube")
    if change == "split":  # the aliases of what was split off stay, and mean nothing without a mention
        undone["alias"] = before["alias"]
    assert undone == before
    assert cube.entities() == listed
    cube.undo(last(cube))
    assert open_rows(tmp_path / "a.cube") == after
    assert cube.entities() == listed_after
    assert cube.check() == ()


def test_a_reopened_cube_knows_what_was_corrected(open_cube: OpenCube) -> None:
    cube = open_cube(reader="rules")
    say(cube, "I told Beatriz about it.", "I told Bia in town.")
    cube.merge_entities("Beatriz", "Bia")
    cube.annotate_entity("Bia", name="Bea")
    listed = cube.entities()
    cube.close()
    assert open_cube(reader="rules").entities() == listed


def test_undoing_what_was_heard_takes_its_names_along_and_redo_brings_the_same_entity_back(
    cube: Cube,
) -> None:
    say(cube, "I told Nuno about it.")
    known = cube.entity("Nuno").entity
    heard = last(cube)
    say(cube, "I told Nuno again.")
    cube.undo(1, cascade=True)
    assert cube.entity("Nuno").entity.mentions == 1
    cube.undo(heard + 1)
    assert cube.find_entities("Nuno") == ()
    say(cube, "Nuno called.", session="another")
    assert cube.entity("Nuno").entity.id == known.id


def test_a_relation_that_was_undone_is_learnt_no_more(cube: Cube) -> None:
    say(cube, "my sister Ana is here")
    cube.undo(1, cascade=True)
    say(cube, "my sister Ines is here", "my sister left", session="another")
    assert cube.entity("my sister").entity.name == "Ines"


def test_what_later_changes_built_on_is_refused_and_listed(cube: Cube) -> None:
    say(cube, "I told Ana.", "I told Ana, too.", "Ana is here")
    first = cube.entity("Ana").items[0].id
    other = cube.split_entity("Ana", items=[first])
    split = last(cube)
    cube.annotate_entity(other, kind="place")
    kind = last(cube)
    cube.annotate_entity(other, kind="thing")
    with pytest.raises(UndoConflict, match=str(last(cube))):
        cube.undo(kind)
    cube.undo(kind, cascade=True)
    assert cube.entity(other).entity.kind == "person"
    cube.undo(split)
    with pytest.raises(Refused, match="undone already"):
        cube.undo(split)


def test_mergers_in_a_circle_by_redo_leave_one_entity(cube: Cube) -> None:
    say(cube, "I told Beatriz about it.", "I told Bia in town.")
    cube.merge_entities("Beatriz", "Bia")
    merged = last(cube)
    cube.undo(merged)
    undone = last(cube)
    cube.merge_entities("Bia", "Beatriz")
    cube.undo(undone)
    assert cube.entity("Bia").entity == cube.entity("Beatriz").entity
    assert cube.entity("Bia").entity.mentions == 2


def test_an_erased_mention_does_not_come_back_with_an_undo(cube: Cube) -> None:
    first, second = say(cube, "I told Ana.", "I told Ana, too.")
    cube.split_entity("Ana", items=[first])
    split = last(cube)
    cube.forget(first, erase=True)
    with pytest.raises(Refused, match="nothing to undo"):
        cube.undo(split)
    assert [item.id for item in cube.entity("Ana").items] == [second]


def test_restore_brings_back_what_was_said_and_leaves_who_is_who(cube: Cube) -> None:
    item = cube.remember("Ana lives in Tomar with Nuno")
    then = cube.journal(limit=1)[0].recorded_at
    cube.revise(item.id, "the flat is empty")
    assert cube.find_entities("Tomar") == ()
    cube.restore(then)
    assert cube.entity("Tomar").entity.mentions == 1
