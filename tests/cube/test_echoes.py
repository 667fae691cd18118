"""What an agent says again because it was shown it is no evidence: no belief grows by being recalled."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

import remanence
from opening import OpenCube
from remanence.cube import Cube
from remanence.errors import InvalidInput, NotFound
from remanence.model.item import Item
from remanence.model.state import State

TABS = "I prefer tabs, by the way."


@pytest.fixture
def cube(open_cube: OpenCube) -> Cube:
    """A cube with the rule reader."""
    return open_cube(reader="rules")


def says(cube: Cube, text: str, session: str, **options: object) -> remanence.Observed:
    """Let the assistant say something."""
    message = {"role": "assistant", "content": text}
    return cube.observe([message], session=session, **options)  # type: ignore[arg-type]  # a test's own


def preferred(cube: Cube) -> Item:
    """What is believed of the assistant's tabs."""
    hits = cube.recall("which does the assistant prefer?", kinds=["preference"])
    return next(hit.item for hit in hits if "tabs" in hit.item.content)


def test_an_agent_that_repeats_what_it_was_shown_bears_nothing_out(cube: Cube) -> None:
    says(cube, TABS, "one")
    before = preferred(cube)
    says(cube, TABS, "two", shown=cube.context("tabs or spaces?"))
    after = preferred(cube)
    assert (after.id, after.revision.content.belief) == (before.id, before.revision.content.belief)
    assert after.sources == before.sources
    assert all(one.borne_out == 0 for one in cube.reliabilities())
    says(cube, TABS, "three")  # told of nothing, it is a witness
    assert preferred(cube).revision.content.belief.mean > before.revision.content.belief.mean


def test_it_is_told_by_the_items_by_their_ids_or_by_the_hits(cube: Cube) -> None:
    says(cube, TABS, "one")
    known = preferred(cube)
    ways: Sequence[object] = (known, known.id, known.id[:12], [cube.recall("tabs")[0]], [known, known.id])
    for number, shown in enumerate(ways):
        says(cube, TABS, f"again {number}", shown=shown)
    assert preferred(cube).revision.content.belief == known.revision.content.belief


def test_the_passage_it_was_taken_from_shows_it_too(cube: Cube) -> None:
    (said,) = says(cube, TABS, "one").added
    known = preferred(cube)
    says(cube, TABS, "two", shown=said)
    assert preferred(cube).revision.content.belief == known.revision.content.belief


def test_what_rests_on_it_shows_it_too(cube: Cube) -> None:
    says(cube, TABS, "one")
    known = preferred(cube)
    rule = cube.remember("Indent with tabs in this repository", derived_from=[known.id])
    says(cube, TABS, "two", shown=[rule])
    assert preferred(cube).revision.content.belief == known.revision.content.belief


def test_what_was_not_shown_is_borne_out_as_ever(cube: Cube) -> None:
    says(cube, TABS, "one")
    other = cube.remember("Lunch is at noon")
    known = preferred(cube)
    says(cube, TABS, "two", shown=[other])
    assert preferred(cube).revision.content.belief.strength > known.revision.content.belief.strength


def test_a_user_who_was_shown_it_is_a_witness_all_the_same(cube: Cube) -> None:
    cube.observe([{"role": "user", "content": "I prefer tabs"}], session="one")
    (known,) = [hit.item for hit in cube.recall("tabs", kinds=["preference"])]
    cube.observe([{"role": "user", "content": "I prefer tabs"}], session="two", shown=known)
    assert cube.show(known.id).revision.content.belief.strength > known.revision.content.belief.strength


def test_what_was_retired_does_not_return_by_the_mouth_of_who_read_it(cube: Cube) -> None:
    says(cube, TABS, "one")
    known = preferred(cube)
    cube.forget(known.id)
    says(cube, TABS, "two", shown=[known])
    assert cube.show(known.id).state is State.ARCHIVED
    assert cube.recall("tabs", kinds=["preference"]) == []
    says(cube, TABS, "three")  # said of itself, it is believed anew
    assert preferred(cube).id != known.id


def test_an_older_value_that_was_shown_does_not_replace_the_newer(cube: Cube) -> None:
    (first,) = says(cube, "I live in Porto.", "one").added
    says(cube, "I moved to Lisbon.", "two")
    says(cube, "I live in Porto.", "three", shown=[first])
    (home,) = cube.recall("where does the assistant live?", kinds=["fact"], k=1)
    assert "Lisbon" in home.item.content


def test_the_echo_is_written_down_and_falls_with_nothing(cube: Cube) -> None:
    says(cube, TABS, "one")
    known = preferred(cube)
    (echo,) = says(cube, TABS, "two", shown=[known]).added
    assert "shown" in str(cube.why(known.id))
    assert cube.journal(limit=9, item=echo)[0].entry.detail == {"shown": 1}
    assert cube.journal(limit=1, item=known.id)[0].entry.detail == {"source": echo, "echo": True}
    assert cube.impact(echo).falls == ()
    cube.forget(*known.sources)
    assert cube.show(known.id).state is State.ARCHIVED, "an echo holds nothing up"
    assert cube.check() == ()


def test_a_stated_fact_that_is_echoed_goes_on_resting_on_nothing(cube: Cube) -> None:
    known = cube.remember(
        "The assistant prefers tabs", kind="preference", slot=("assistant", "likes", "tabs"), trust="agent"
    )
    made = says(cube, TABS, "two", shown=[known])
    assert made.change_set is not None
    assert cube.show(known.id).sources == ()
    cube.undo(made.change_set)
    assert cube.show(known.id).state is State.ACTIVE


def test_undo_takes_the_echo_back_and_redo_brings_it(cube: Cube) -> None:
    says(cube, TABS, "one")
    known = preferred(cube)
    made = says(cube, TABS, "two", shown=[known])
    assert made.change_set is not None
    cube.undo(made.change_set)
    assert "shown" not in str(cube.why(known.id))
    cube.undo(cube.journal(limit=1)[0].change_set)
    assert preferred(cube).revision.content.belief == known.revision.content.belief
    assert cube.check() == ()


def test_erasing_what_was_echoed_blanks_the_echo_too(cube: Cube, tmp_path: Path) -> None:
    says(cube, "I prefer quixotic marmalade.", "one")
    (known,) = [hit.item for hit in cube.recall("marmalade", kinds=["preference"])]
    (echo,) = says(cube, "As you know, I prefer quixotic marmalade.", "two", shown=[known]).added
    cube.forget(known.id, erase=True)
    assert "marmalade" not in cube.show(echo).content
    assert cube.recall("marmalade", kinds=["preference"]) == []
    cube.close()
    assert b"quixotic marmalade" not in (tmp_path / "a.cube").read_bytes()


def test_erasing_the_witness_takes_what_the_echo_alone_would_carry(cube: Cube) -> None:
    (said,) = says(cube, TABS, "one").added
    known = preferred(cube)
    (echo,) = says(cube, TABS, "two", shown=[known]).added
    plan = cube.plan_erasure(said)
    assert known.id in plan.items
    assert echo not in plan.read_again
    cube.forget(said, erase=True)
    assert cube.recall("tabs", kinds=["preference"]) == []


def test_an_erased_message_keeps_no_list_of_what_its_speaker_was_shown(cube: Cube, tmp_path: Path) -> None:
    says(cube, TABS, "one")
    (echo,) = says(cube, TABS, "two", shown=[preferred(cube)]).added
    cube.forget(echo, erase=True)
    cube.export("jsonl", tmp_path / "all.jsonl")
    assert '"record":"shown"' not in (tmp_path / "all.jsonl").read_text("utf-8")
    assert preferred(cube).sources, "what it echoed stands on its own ground"
    assert cube.check() == ()


def test_an_export_carries_who_was_shown_what(cube: Cube, open_cube: OpenCube, tmp_path: Path) -> None:
    says(cube, TABS, "one")
    known = preferred(cube)
    says(cube, TABS, "two", shown=[known])
    cube.export("jsonl", tmp_path / "all.jsonl")
    remanence.load(tmp_path / "all.jsonl", tmp_path / "b.cube")
    other = open_cube("b.cube", reader="rules")
    assert str(other.why(known.id)) == str(cube.why(known.id))
    assert other.show(known.id).sources == known.sources
    other.export("jsonl", tmp_path / "again.jsonl")
    first, again = (
        [line for line in (tmp_path / name).read_text("utf-8").splitlines() if '"record":"shown"' in line]
        for name in ("all.jsonl", "again.jsonl")
    )
    assert len(first) == 1
    assert again == first


@pytest.mark.parametrize(
    ("shown", "error"),
    [(["zzzzzzzz"], NotFound), (["!!"], InvalidInput), ([7], InvalidInput), ([None], InvalidInput)],
)
def test_what_points_at_no_item_is_refused_and_nothing_is_taken(
    cube: Cube, shown: object, error: type[Exception]
) -> None:
    with pytest.raises(error):
        says(cube, TABS, "one", shown=shown)
    assert cube.stats().counts["items"] == 0
