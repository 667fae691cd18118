"""The same document again: nothing; a changed one: what changed; and back again by undo."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from written import docx, mail, mbox

import remanence
from opening import OpenCube
from remanence.errors import NotFound, UndoConflict
from remanence.model.state import State
from remanence.verbs.ingesting import Ingested
from ticking import TickingClock

FIRST = """# Garden

Tomatoes need water every day.

The well by the fence is dry since May.

## Bees

Joaquim keeps two hives behind the shed.

## Tools

The rake has no handle.
"""
SECOND = FIRST.replace("every day", "every second day").replace("## Tools\n\nThe rake has no handle.\n", "")


def take(cube: remanence.Cube, text: str, **options: object) -> Ingested:
    return cube.ingest(text.encode(), name="garden.md", **options)  # type: ignore[arg-type]  # a test's own


def texts(cube: remanence.Cube) -> list[str]:
    return [item.content for item in cube.find_unit("garden.md").items()]


def test_the_same_document_again_adds_nothing(cube: remanence.Cube) -> None:
    first = take(cube, FIRST)
    lines, version = len(cube.journal(limit=1000)), cube.find_unit("garden.md").version
    again = take(cube, FIRST)
    assert again.change_set is None
    assert again.unchanged == first.added
    assert again.added == again.changed == again.retired == ()
    assert len(cube.journal(limit=1000)) == lines
    assert cube.find_unit("garden.md").version == version == 1


def test_the_same_bytes_under_another_name_are_known(cube: remanence.Cube) -> None:
    take(cube, FIRST)
    again = cube.ingest(FIRST.encode(), name="copy/garden.md")
    assert again.known_as == "garden.md"
    assert again.change_set is None
    assert [one.name for one in cube.documents()] == ["garden.md"]


def test_a_changed_document_revises_exactly_what_changed(cube: remanence.Cube) -> None:
    first = take(cube, FIRST)
    water, well, bees, tools = first.added
    second = take(cube, SECOND)
    assert second.changed == (water,)
    assert second.retired == (tools,)
    assert set(second.unchanged) == {well, bees}
    assert second.added == second.moved == ()
    assert [row.content.text for row in cube.history(water) if row.is_open][-1].endswith("every second day.")
    assert len(cube.history(well)) == len(cube.history(bees)) == 1
    assert cube.show(tools).state is State.ARCHIVED
    assert cube.find_unit("garden.md").version == 2
    assert [member.item_id for member in cube.find_unit("garden.md").members()] == [water, well, bees]


def test_what_it_said_before_is_answered_for_before(open_cube: OpenCube, clock: TickingClock) -> None:
    cube = open_cube()
    take(cube, FIRST, dated="2025-01-01")
    take(cube, SECOND, dated="2026-01-01")
    then = cube.recall("water for tomatoes", as_of="2025-06-01")[0].item.content
    now = cube.recall("water for tomatoes")[0].item.content
    assert (then.endswith("every day."), now.endswith("every second day.")) == (True, True)


def test_a_correction_of_the_same_date_takes_the_whole_time(cube: remanence.Cube) -> None:
    first = take(cube, FIRST, dated="2025-01-01")
    take(cube, SECOND, dated="2025-01-01")
    open_rows = [row for row in cube.history(first.added[0]) if row.is_open]
    assert len(open_rows) == 1
    assert open_rows[0].valid.start == datetime(2025, 1, 1, tzinfo=UTC)


def test_what_moves_keeps_its_identity_and_tells_its_new_place(cube: remanence.Cube) -> None:
    first = take(cube, FIRST)
    second = take(cube, FIRST.replace("The well", "A line that was not there.\n\nThe well"))
    water, well, bees, tools = first.added
    assert len(second.added) == 1
    assert second.moved == (well, bees, tools)
    assert second.unchanged == (water,)
    assert cube.show(well).metadata["line"] == 7
    assert [row.text_id for row in cube.history(well)] == [cube.show(well).revision.text_id] * 2
    assert cube.stats().counts["texts"] == 5, "no text was written twice"


def test_a_section_that_moves_or_is_renamed_is_still_the_same(cube: remanence.Cube) -> None:
    take(cube, FIRST)
    order = (
        "# Garden\n\n## Tools\n\nThe rake has no handle.\n\n## Beehives\n\n"
        "Joaquim keeps two hives behind the shed.\n\nTomatoes need water every day.\n\n"
        "The well by the fence is dry since May.\n"
    )
    done = take(cube, order)
    assert done.added == ()
    assert done.retired == ()


def test_a_passage_that_comes_twice_is_two_items(cube: remanence.Cube) -> None:
    done = take(cube, "Same.\n\nSame.\n\nOther.\n")
    assert len(done.added) == 3
    assert take(cube, "Same.\n\nOther.\n").retired == (done.added[1],)
    assert texts(cube) == ["Same.", "Other."]


def test_rows_are_known_by_their_first_cell(cube: remanence.Cube) -> None:
    first = cube.ingest(b"id,city\n1,Porto\n2,Faro\n3,Braga\n", name="c.csv")
    second = cube.ingest(b"id,city\n0,Lagos\n1,Porto\n2,Tavira\n3,Braga\n", name="c.csv")
    assert second.changed == (first.added[1],)
    assert second.moved == (first.added[0], first.added[2])
    assert len(second.added) == 1
    assert cube.show(first.added[1]).content == "id: 2\ncity: Tavira"


def test_a_mailbox_that_grew_takes_the_new_messages_alone(cube: remanence.Cube) -> None:
    one, two = mail("Hello", message_id="<1@x>"), mail("Hello again", message_id="<2@x>")
    first = cube.ingest(mbox(one), name="box.mbox")
    second = cube.ingest(mbox(one, two), name="box.mbox")
    assert second.unchanged == first.added
    assert len(second.added) == 1


def test_a_docx_that_changed_revises_its_passage(cube: remanence.Cube) -> None:
    first = cube.ingest(docx("# Vertrag", "Die Kaution beträgt 2000 €."), name="v.docx")
    second = cube.ingest(docx("# Vertrag", "Die Kaution beträgt 2500 €."), name="v.docx")
    assert second.changed == first.added
    assert cube.find_unit("v.docx").version == 1, "the same members in the same order"


def test_a_japanese_passage_is_known_by_what_it_still_says(cube: remanence.Cube) -> None:
    first = take(cube, "敷金は二十万円で、退去時に返却されます。\n\n家賃は月末に払います。\n")
    second = take(
        cube, "新しい段落です。\n\n敷金は三十万円で、退去時に返却されます。\n\n家賃は月末に払います。\n"
    )
    assert second.changed == (first.added[0],)
    assert second.moved == (first.added[1],)


def test_undo_takes_a_whole_ingest_back_and_redo_brings_it(cube: remanence.Cube) -> None:
    first = take(cube, FIRST)
    second = take(cube, SECOND)
    assert second.change_set is not None
    undone = cube.undo(second.change_set)
    assert texts(cube) == FIRST_TEXTS
    assert take(cube, FIRST).change_set is None, "the first version is in force again"
    cube.undo(cube.journal(limit=1)[0].sequence)
    assert texts(cube)[0].endswith("every second day.")
    assert take(cube, SECOND).change_set is None
    assert undone.change_sets == (second.change_set,)
    assert cube.check() == ()
    assert set(first.added) >= {member.item_id for member in cube.find_unit("garden.md").members()}


FIRST_TEXTS = [
    "# Garden\n\nTomatoes need water every day.",
    "The well by the fence is dry since May.",
    "## Bees\n\nJoaquim keeps two hives behind the shed.",
    "## Tools\n\nThe rake has no handle.",
]


def test_undo_of_the_first_ingest_leaves_no_document(cube: remanence.Cube) -> None:
    first = take(cube, FIRST)
    assert first.change_set is not None
    cube.undo(first.change_set)
    assert cube.documents() == ()
    assert cube.recall("tomatoes") == []
    with pytest.raises(NotFound):
        cube.find_unit("garden.md")
    assert len(take(cube, FIRST).added) == 4


def test_undo_of_a_version_that_another_was_built_on_is_refused(cube: remanence.Cube) -> None:
    first = take(cube, FIRST)
    take(cube, SECOND)
    assert first.change_set is not None
    with pytest.raises(UndoConflict):
        cube.undo(first.change_set)
    cube.undo(first.change_set, cascade=True)
    assert cube.documents() == ()


def test_what_was_restored_away_is_taken_in_again(open_cube: OpenCube, clock: TickingClock) -> None:
    cube = open_cube()
    cube.remember("before")
    before = clock.now()
    clock.step(timedelta(minutes=1))
    take(cube, FIRST)
    cube.restore(before)
    again = take(cube, FIRST)
    assert len(again.added) == 4
    assert len(cube.recall("tomatoes water", kinds=["concept"])) > 0


def test_what_a_user_revised_froze_or_retired_stays_so(cube: remanence.Cube) -> None:
    first = take(cube, FIRST)
    water, well, bees, tools = first.added
    cube.revise(water, "Tomatoes need water at night.")
    cube.freeze(tools)
    cube.forget(bees)
    second = take(cube, SECOND.replace("two hives", "nine hives"))
    assert second.changed == second.retired == ()
    assert cube.show(water).content == "Tomatoes need water at night."
    assert cube.show(tools).state is State.FROZEN
    assert cube.show(bees).state is State.ARCHIVED
    assert [one.why for one in second.left_out] == [
        "an item of it stays: it was frozen",
        "it changed, and stays as it was: it was revised by hand",
        "it changed, and stays as it was: it was archived",
    ]
    assert well in second.unchanged


def test_notes_on_an_item_outlast_a_change_of_its_document(cube: remanence.Cube) -> None:
    first = take(cube, FIRST)
    item = cube.show(first.added[0])
    cube.annotate(item.id, tags=["mine"], metadata={**item.metadata, "seen": True})
    take(cube, SECOND)
    assert cube.show(item.id).tags == ("mine",)
    assert cube.show(item.id).metadata["seen"] is True


def test_members_that_a_user_added_or_removed_stay_so(cube: remanence.Cube) -> None:
    first = take(cube, FIRST)
    mine = cube.remember("Buy a new rake")
    unit = cube.find_unit("garden.md")
    unit.add(mine)
    unit.remove(first.added[1])
    take(cube, SECOND)
    held = [member.item_id for member in cube.find_unit("garden.md").members()]
    assert held == [first.added[0], first.added[2], mine.id]


def test_the_roles_of_a_documents_unit_are_its_headings(cube: remanence.Cube) -> None:
    take(cube, FIRST)
    members = cube.find_unit("garden.md").members()
    assert [(member.role, member.order) for member in members] == [
        ("Garden", 0),
        ("Garden", 1),
        ("Garden > Bees", 2),
        ("Garden > Tools", 3),
    ]


def test_a_topic_of_the_documents_name_is_left_alone(cube: remanence.Cube) -> None:
    mine = cube.unit("garden.md", description="mine")
    done = take(cube, FIRST)
    assert done.unit != mine.id
    assert cube.find_unit("garden.md (document)").id == done.unit
    assert cube.find_unit("garden.md").items() == ()
    cube.forget_document("garden.md")
    cube.unit("GARDEN.md (document)")
    again = take(cube, FIRST)
    assert cube.find_unit("garden.md (document 2)").id == again.unit


def test_a_file_is_known_by_its_path_and_dated_by_its_last_change(
    open_cube: OpenCube, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    monkeypatch.chdir(tmp_path)
    cube = open_cube(clock=None)
    file = tmp_path / "notes" / "garden.md"
    file.parent.mkdir()
    file.write_text(FIRST, encoding="utf-8")
    os.utime(file, (1_700_000_000, 1_700_000_000))
    done = cube.ingest("./notes/garden.md")
    assert done.name == "notes/garden.md"
    assert cube.show(done.added[0]).said_at == datetime.fromtimestamp(1_700_000_000, UTC)
    file.touch()
    assert cube.ingest(Path("notes/garden.md")).change_set is None


def test_forgetting_a_document_can_be_undone_and_it_is_new_when_it_comes_again(cube: remanence.Cube) -> None:
    first = take(cube, FIRST)
    cube.forget_document("garden.md", because="sold the garden")
    assert cube.documents() == ()
    assert cube.recall("tomatoes water") == []
    with pytest.raises(NotFound):
        cube.forget_document("garden.md")
    cube.undo(cube.journal(limit=1)[0].sequence)
    assert [one.items for one in cube.documents()] == [first.added]
    assert len(cube.recall("tomatoes water")) > 0
    cube.forget_document("garden.md")
    assert len(take(cube, FIRST).added) == 4
