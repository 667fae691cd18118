"""What observed messages say of their speaker: said again, said otherwise, taken back, erased."""

from __future__ import annotations

import pytest

from opening import OpenCube
from remanence.cube import Cube
from remanence.model.item import Item
from remanence.model.state import State


@pytest.fixture
def cube(open_cube: OpenCube) -> Cube:
    """A new cube of Alice's, with the rule reader."""
    return open_cube("read.cube", reader="rules")


def say(cube: Cube, text: str, *, day: str, session: str) -> Item:
    """Let the owner say something; the utterance."""
    observed = cube.observe([{"role": "user", "content": text, "timestamp": f"{day} 12:00"}], session=session)
    (added,) = observed.added
    return cube.show(added)


def facts(cube: Cube, question: str = "where does she live, what does she like") -> list[str]:
    """What is believed now, utterances aside."""
    return sorted(hit.item.content for hit in cube.recall(question, k=50, kinds=["fact", "preference"]))


def derived(cube: Cube, text: str) -> Item:
    """The believed item of this text."""
    hits = cube.recall(text, k=50, kinds=["fact", "preference"])
    return next(hit.item for hit in hits if hit.item.content == text)


def test_a_move_ends_the_old_home_and_keeps_it_for_its_time(cube: Cube) -> None:
    say(cube, "I live in Lisbon.", day="2025-01-05", session="a")
    say(cube, "I live in Porto now.", day="2025-06-05", session="b")
    (now,) = facts(cube)
    assert "Porto" in now
    (then,) = cube.recall("where does she live", as_of="2025-03-01", kinds=["fact"])
    assert "Lisbon" in then.item.content


def test_an_old_conversation_heard_late_does_not_replace_what_is_newer(cube: Cube) -> None:
    say(cube, "I live in Porto now.", day="2025-06-05", session="b")
    say(cube, "I live in Lisbon.", day="2025-01-05", session="a")
    assert [text for text in facts(cube) if "Porto" in text] == facts(cube)
    (then,) = cube.recall("where does she live", as_of="2025-03-01", kinds=["fact"])
    assert "Lisbon" in then.item.content


def test_the_same_from_another_session_strengthens_and_from_the_same_does_not(cube: Cube) -> None:
    say(cube, "I love jazz.", day="2025-01-05", session="a")
    (text,) = facts(cube)
    alone = derived(cube, text).revision.content.belief
    say(cube, "As I said: I love jazz.", day="2025-01-05", session="a")
    assert derived(cube, text).revision.content.belief == alone
    say(cube, "I love jazz.", day="2025-02-05", session="b")
    assert facts(cube) == [text]
    assert derived(cube, text).revision.content.belief == alone.corroborated()


def test_erasing_what_was_said_twice_blanks_it_in_both_messages(cube: Cube) -> None:
    first = say(cube, "I love jazz. It rains.", day="2025-01-05", session="a")
    second = say(cube, "It is late. I love jazz.", day="2025-02-05", session="b")
    third = say(cube, "You know, I love jazz!", day="2025-02-05", session="b")
    (text,) = facts(cube)
    cube.forget(derived(cube, text).id, erase=True)
    for utterance in (first, second, third):
        assert "jazz" not in cube.show(utterance.id).content
    assert "It rains." in cube.show(first.id).content
    assert facts(cube) == []
    assert cube.check() == ()


def test_erasing_one_message_leaves_what_another_says(cube: Cube) -> None:
    old = say(cube, "I live in Lisbon.", day="2025-01-05", session="a")
    new = say(cube, "I live in Porto now.", day="2025-06-05", session="b")
    cube.forget(old.id, erase=True)
    assert cube.show(new.id).content == "I live in Porto now."
    (text,) = facts(cube)
    assert "Porto" in text
    assert not any("Lisbon" in row.content.text for row in cube.history(derived(cube, text).id))


def test_an_erased_statement_is_not_derived_again_from_the_same_message(cube: Cube) -> None:
    said = say(cube, "I love jazz.", day="2025-01-05", session="a")
    cube.forget(derived(cube, facts(cube)[0]).id, erase=True, in_sources="keep")
    assert cube.show(said.id).content == "I love jazz."
    cube.revise(said.id, "I love jazz. Really.")
    assert facts(cube) == []


def test_a_statement_is_retired_with_the_last_message_that_says_it(cube: Cube) -> None:
    first = say(cube, "I love jazz.", day="2025-01-05", session="a")
    second = say(cube, "I love jazz.", day="2025-02-05", session="b")
    (text,) = facts(cube)
    item = derived(cube, text)
    cube.forget(first.id)
    assert facts(cube) == [text]
    cube.forget(second.id)
    assert facts(cube) == []
    assert cube.show(item.id).state is State.ARCHIVED


def test_what_is_left_of_an_item_whose_older_value_was_retired_can_be_revised(cube: Cube) -> None:
    old = say(cube, "I live in Lisbon.", day="2025-01-05", session="a")
    say(cube, "I live in Porto now.", day="2025-06-05", session="b")
    item = derived(cube, facts(cube)[0])
    cube.forget(old.id)
    cube.revise(item.id, "She lives in Braga", because="she said so on the phone")
    assert facts(cube) == ["She lives in Braga"]


def test_what_is_said_twice_in_one_session_can_be_erased_and_is_blanked_in_both_messages(cube: Cube) -> None:
    first = say(cube, "I live in Lisbon.", day="2025-01-05", session="a")
    second = say(cube, "Well then. I live in Lisbon.", day="2025-01-06", session="a")
    cube.forget(derived(cube, "Alice lives in Lisbon").id, erase=True)
    assert "Lisbon" not in cube.show(first.id).content
    assert cube.show(second.id).content.startswith("Well then.")
    assert "Lisbon" not in cube.show(second.id).content


def test_a_passage_added_by_an_edit_is_the_one_that_is_blanked(cube: Cube) -> None:
    say(cube, "I live in Lisbon.", day="2025-01-05", session="a")
    message = {"role": "user", "content": "It rains again all day long", "timestamp": "2025-01-06 12:00"}
    (edited,) = cube.observe([{**message, "id": "7"}], session="a").added
    cube.observe([{**message, "id": "7", "content": "It rains. I live in Lisbon."}], session="a")
    cube.forget(derived(cube, "Alice lives in Lisbon").id, erase=True)
    assert cube.show(edited).content.startswith("It rains.")
    assert "Lisbon" not in cube.show(edited).content


def test_an_edited_message_still_says_what_it_said_before(cube: Cube) -> None:
    message = {"role": "user", "timestamp": "2025-01-05 12:00", "id": "1"}
    cube.observe([{**message, "content": "I live in Lisbon. It rans."}])
    cube.observe([{**message, "content": "I live in Lisbon. It rains."}])
    assert facts(cube) == ["Alice lives in Lisbon"]


def test_what_was_retired_is_believed_again_when_it_is_said_anew(cube: Cube) -> None:
    say(cube, "I like coffee.", day="2025-01-05", session="a")
    cube.forget(derived(cube, "Alice likes coffee").id)
    assert facts(cube) == []
    say(cube, "I like coffee.", day="2025-02-05", session="b")
    assert facts(cube) == ["Alice likes coffee"]


def test_one_session_is_counted_once_as_evidence_however_often_it_says_it(cube: Cube) -> None:
    say(cube, "I love jazz.", day="2025-01-05", session="a")
    say(cube, "I love jazz.", day="2025-02-05", session="b")
    (text,) = facts(cube)
    twice = derived(cube, text).revision.content.belief
    say(cube, "I love jazz.", day="2025-02-06", session="b")
    say(cube, "I love jazz.", day="2025-02-07", session="a")
    assert derived(cube, text).revision.content.belief == twice


def homes(cube: Cube) -> dict[str, str]:
    """Where she lived in the middle of each year, as recall says it."""
    found = {
        year: cube.recall("where does she live", as_of=f"{year}-07-01", kinds=["fact"])
        for year in ("2019", "2020", "2021", "2022")
    }
    return {year: hits[0].item.content.rpartition(" ")[2] if hits else "" for year, hits in found.items()}


def test_what_is_heard_late_ends_where_the_next_home_began(cube: Cube) -> None:
    say(cube, "I live in Lisbon.", day="2020-01-01", session="a")
    say(cube, "I live in Porto.", day="2022-01-01", session="a")
    say(cube, "I live in Braga.", day="2019-01-01", session="old")
    assert homes(cube) == {"2019": "Braga", "2020": "Lisbon", "2021": "Lisbon", "2022": "Porto"}


def test_a_correction_heard_late_corrects_what_held_then(cube: Cube) -> None:
    say(cube, "I live in Lisbon.", day="2020-01-01", session="a")
    say(cube, "I live in Porto.", day="2022-01-01", session="a")
    say(cube, "Actually, I live in Braga.", day="2021-01-01", session="old")
    assert homes(cube) == {"2019": "", "2020": "Braga", "2021": "Braga", "2022": "Porto"}


def test_a_note_on_a_denial_leaves_it_a_denial(cube: Cube) -> None:
    say(cube, "I don't like coffee.", day="2025-01-05", session="a")
    denial = derived(cube, "Alice does not like coffee")
    cube.annotate(denial.id, metadata={"seen": True})
    say(cube, "I don't like coffee.", day="2025-02-05", session="b")
    assert len(cube.history(denial.id)) == 3  # made, annotated, corroborated: not ended by its like
    assert cube.show(denial.id).metadata["seen"] is True


def test_an_erased_statement_is_gone_at_once_where_nobody_reads(cube: Cube) -> None:
    for text in ("I am allergic to qwopnuts.", "I work at Qwopworks.", "I live in Qwopton."):
        say(cube, text, day="2025-01-05", session="a")
    for text in facts(cube, "qwopnuts Qwopworks Qwopton"):
        receipt = cube.forget(derived(cube, text).id, erase=True)
        assert receipt is not None
        assert not receipt.pending, text


def test_what_the_owner_stated_outlives_the_message_that_the_item_began_with(cube: Cube) -> None:
    said = say(cube, "I live in Lisbon.", day="2025-01-05", session="a")
    item = derived(cube, facts(cube)[0])
    cube.revise(item.id, "Alice lives in Braga with Tom", valid_from="2025-06-01")
    cube.forget(said.id, erase=True)
    assert facts(cube) == ["Alice lives in Braga with Tom"]
    assert cube.check() == ()


def test_a_message_of_which_no_word_is_left_is_recalled_no_more(cube: Cube) -> None:
    said = say(cube, "I love jazz.", day="2025-01-05", session="a")
    cube.forget(derived(cube, facts(cube)[0]).id, erase=True)
    assert said.id not in [hit.item.id for hit in cube.recall("jazz", k=20)]
    assert (
        cube.observe(
            [{"role": "user", "content": "I love jazz.", "timestamp": "2025-01-05 12:00"}], session="a"
        ).added
        == ()
    )
