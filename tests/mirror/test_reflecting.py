"""What a reflection keeps: findings as items that cite their evidence, once, and as somebody left them."""

from __future__ import annotations

from pathlib import Path

import pytest

import remanence
from opening import OpenCube
from overheard import START, message, mirrored, talk
from remanence.errors import NotFound, Refused
from remanence.model.kind import Kind
from remanence.model.state import State

LIMIT = {
    5: ("How big may an upload be?", "The upload limit is 20 megabytes."),
    30: ("How big may an upload be?", "The upload limit is 50 megabytes."),
}


def habitual(day: int, number: int, text: str) -> str:
    return f"Truth be told, {text}" if number == 0 else text


@pytest.fixture
def heard(cube: remanence.Cube) -> remanence.Cube:
    """A cube with two months of an agent that has a habit and went against itself once."""
    cube.observe(talk(habit=habitual, planted=LIMIT))
    return cube


def clash(done_or_cube: remanence.Cube) -> remanence.Item:
    (found,) = [one for one in done_or_cube.reflect().findings if "contradiction" in one.tags]
    return found


def test_findings_are_concepts_that_cite_their_evidence(heard: remanence.Cube) -> None:
    done = heard.reflect(because="monthly")
    assert len(done.written) == len(done.findings) >= 2
    for item in done.findings:
        assert item.kind is Kind.CONCEPT
        assert item.revision.provenance.method.startswith("reflection:")
        assert item.sources
    item = clash(heard)
    assert "20 megabytes" in item.content
    assert "nothing in between explains it" in item.content
    assert [heard.show(one).content for one in item.sources] == [LIMIT[5][1], LIMIT[30][1]]
    assert "20 megabytes" in str(heard.why(item.id))
    assert {line.reason for line in heard.journal() if line.verb == "reflect"} == {"monthly"}


def test_reflecting_again_adds_nothing_and_news_renew(heard: remanence.Cube) -> None:
    done = heard.reflect()
    lines = heard.journal(limit=1)[0].sequence
    again = heard.reflect()
    assert (again.written, again.renewed, again.change_set) == ((), (), None)
    assert again.unchanged == len(done.findings)
    assert heard.journal(limit=1)[0].sequence == lines

    later = [one | {"session": "later"} for one in talk(61, habit=habitual, seed=8)[-8:]]
    heard.observe(later)
    third = heard.reflect()
    assert third.renewed
    assert set(third.renewed) <= set(done.written)
    assert len(heard.history(third.renewed[0])) == 2


def test_a_reflection_is_undone_as_a_whole(heard: remanence.Cube) -> None:
    done = heard.reflect()
    assert done.change_set is not None
    assert heard.recall("upload limit megabytes", kinds=["concept"])
    heard.undo(done.change_set)
    assert heard.recall("upload limit megabytes", kinds=["concept"]) == []
    with pytest.raises(NotFound, match="undone"):
        heard.show(done.written[0])
    assert heard.check() == ()
    assert len(heard.reflect().written) == len(done.written)


def test_what_somebody_contested_stays_contested(heard: remanence.Cube) -> None:
    item = clash(heard)
    heard.forget(item.id, because="it was about another server")
    again = heard.reflect()
    assert item.id not in {one.id for one in again.findings}
    assert again.change_set is None
    assert heard.show(item.id).state is State.ARCHIVED


def test_what_somebody_put_in_other_words_stays_in_them(heard: remanence.Cube) -> None:
    item = clash(heard)
    heard.revise(item.id, "Both limits were right: there are two servers")
    heard.reflect()
    assert heard.show(item.id).content == "Both limits were right: there are two servers"


def test_an_erased_utterance_takes_along_what_was_concluded_from_it(
    open_cube: OpenCube, tmp_path: Path
) -> None:
    cube = open_cube("b.cube")
    cube.observe(talk(planted=LIMIT))
    item = clash(cube)
    receipt = cube.forget(item.sources[0], erase=True)
    assert receipt is not None
    assert item.id in receipt.items
    assert [one for one in cube.reflect().findings if "contradiction" in one.tags] == []
    cube.close()
    assert b"20 megabytes" not in (tmp_path / "b.cube").read_bytes()


def test_an_erased_finding_leaves_its_evidence_and_does_not_come_back(heard: remanence.Cube) -> None:
    item = clash(heard)
    heard.forget(item.id, erase=True)
    assert [heard.show(one).content for one in item.sources] == [LIMIT[5][1], LIMIT[30][1]]
    assert [one for one in heard.reflect().findings if "contradiction" in one.tags] == []


def test_the_persona_is_proposed_and_accepted_as_a_version_of_the_unit(heard: remanence.Cube) -> None:
    done = heard.reflect()
    draft = done.persona
    assert draft is not None
    assert draft.added == draft.after
    assert "Often says “truth be told”." in draft.after
    assert heard.find_unit("persona:Atlas").description == ""

    unit = heard.accept_persona(draft, because="so it is")
    assert unit.description.splitlines() == list(draft.after)
    assert {item.id for item in unit.items()} >= set(draft.members)
    assert heard.reflect().persona is None  # nothing more to propose
    heard.undo(heard.journal(limit=1)[0].change_set)
    assert heard.find_unit("persona:Atlas").description == ""


def test_a_persona_may_be_accepted_at_once(heard: remanence.Cube) -> None:
    heard.reflect(persona=True)
    assert heard.find_unit("persona:Atlas").description
    assert heard.reflect(persona=True).change_set is None


def test_each_agent_has_a_mirror_of_its_own(cube: remanence.Cube) -> None:
    cube.observe(talk(planted=LIMIT))
    cube.observe([message("assistant", START, "The upload limit is 90 megabytes.", name="Basil")])
    assert cube.portrait().agent == "Atlas"
    assert cube.portrait(agent="Basil").utterances == 1
    assert cube.reflect(agent="Basil").findings == ()
    with pytest.raises(NotFound, match="'Nobody' says nothing in this cube"):
        cube.reflect(agent="Nobody")


def test_the_mirror_shows_the_same_whatever_was_kept(heard: remanence.Cube) -> None:
    before = heard.portrait()
    heard.reflect(persona=True)
    assert mirrored(heard, []) == before


def words_of(messages: remanence.Cube, phrase: str) -> list[str]:
    """The utterances that hold the phrase."""
    return [one.id for one in messages.items(limit=1000) if phrase in one.content and one.kind == "utterance"]


def test_an_erasure_takes_its_words_out_of_every_version_of_the_persona(
    open_cube: OpenCube, tmp_path: Path
) -> None:
    cube = open_cube("b.cube")
    cube.observe(talk(habit=habitual))
    draft = cube.reflect().persona
    assert draft is not None
    cube.accept_persona(draft)
    cube.find_unit("persona:Atlas").annotate(description="\n".join((*draft.after, "", "A friend.", "Brief.")))

    for item_id in words_of(cube, "Truth be told"):
        cube.forget(item_id, erase=True)
    told = cube.find_unit("persona:Atlas").description
    assert "truth" not in told
    assert told.startswith(draft.after[0])  # of its style, which quotes nothing
    assert told.endswith("\n\nA friend.\nBrief.")  # a person's own words
    with pytest.raises(Refused, match="reflect again"):
        cube.accept_persona(draft)
    cube.reflect(persona=True)
    cube.close()
    held = (tmp_path / "b.cube").read_bytes().lower()
    assert b"truth be told" not in held


def test_what_an_agent_also_says_stays_in_its_own_persona(heard: remanence.Cube) -> None:
    heard.observe(
        one | {"name": "Basil", "session": f"basil {one['session']}"} if one["role"] == "assistant" else one
        for one in talk(habit=habitual, seed=9)
    )
    for agent in ("Atlas", "Basil"):
        heard.reflect(agent=agent, persona=True)
        assert "truth be told" in heard.find_unit(f"persona:{agent}").description
    own = [one.id for one in heard.reflect(agent="Atlas").findings if "truth be told" in one.content]
    heard.forget(own[0], erase=True)
    assert "truth be told" not in heard.find_unit("persona:Atlas").description
    assert "truth be told" in heard.find_unit("persona:Basil").description


def test_a_contested_habit_is_no_part_of_the_persona(heard: remanence.Cube) -> None:
    (habit,) = [one for one in heard.reflect().findings if "truth be told" in one.content]
    heard.forget(habit.id)
    draft = heard.reflect().persona
    assert draft is not None
    assert not any("truth be told" in line for line in draft.after)


def test_a_finding_that_no_longer_holds_is_withdrawn_and_comes_back_with_its_evidence(
    heard: remanence.Cube,
) -> None:
    (habit,) = [one for one in heard.reflect().findings if "truth be told" in one.content]
    retired = words_of(heard, "Truth be told")[1:]
    sets = []
    for item_id in retired:
        heard.forget(item_id)
        sets.append(heard.journal(limit=1)[0].change_set)
    done = heard.reflect()
    assert habit.id in done.withdrawn
    assert done.change_set is not None
    assert heard.show(habit.id).state is State.ARCHIVED
    assert heard.reflect().change_set is None  # once is enough

    for number in reversed(sets):
        heard.undo(number)
    again = heard.reflect()
    assert habit.id in again.renewed
    assert heard.show(habit.id).state is State.ACTIVE
    assert heard.check() == ()
