"""What was done in such situations and how it came out; what served a goal; the history as it is told."""

from __future__ import annotations

from datetime import timedelta

import pytest

import remanence
from opening import OpenCube
from remanence.errors import InvalidInput
from ticking import TickingClock

DAY = timedelta(days=1)


def test_precedents_say_what_was_done_and_whether_it_worked(cube: remanence.Cube) -> None:
    cube.remember("The printer on the second floor is loud")
    cube.act("restart the printer", situation="the printer does not print", error="paper jam")
    cube.act("open the tray", situation="the printer does not print", result="it prints")
    cube.act("water the plants", situation="the garden is dry", result="green")
    found = cube.precedents("printer does not print", k=2)
    assert {one.worked for one in found} == {True, False}
    assert all("printer" in one.item.content for one in found)
    assert "worked" in str(next(one for one in found if one.worked))


def test_a_precedent_brings_the_reasons_as_they_are_believed_now(cube: remanence.Cube) -> None:
    made = cube.decide("the train", situation="to Porto by noon", reason="trains are punctual")
    cube.outcome(made.id, worked=False)
    (one,) = cube.precedents("to Porto by noon", k=1)
    (reason,) = one.reasons
    assert reason.content == "trains are punctual"
    assert reason.confidence < 0.6


def test_precedents_give_waiting_actions_their_vectors_and_a_reader_of_the_file_does_not(
    open_cube: OpenCube,
) -> None:
    cube = open_cube()
    cube.act("open the tray", situation="the printer jams")
    assert cube.stats().counts["texts without vector"] == 1
    cube.close()
    looked = open_cube(read_only=True)
    assert [one.deed.situation for one in looked.precedents("the printer jams")] == ["the printer jams"]
    assert looked.stats().counts["texts without vector"] == 1
    looked.close()
    again = open_cube()
    again.precedents("the printer jams")
    assert again.stats().counts["texts without vector"] == 0


def test_nothing_done_is_no_precedent(cube: remanence.Cube) -> None:
    cube.remember("The printer jams")
    assert cube.precedents("the printer jams") == ()


def test_what_served_a_goal_stands_higher_and_says_so(cube: remanence.Cube) -> None:
    goal = cube.goal("a healthy back")
    part = cube.goal("swim every week", part_of=goal)
    other = cube.act("swam in the city pool", result="an hour")
    served = cube.act("swam in the city pool", result="one hour", goal=part)
    plain = {hit.item.id: hit for hit in cube.recall("swam in the city pool")}
    asked = {hit.item.id: hit for hit in cube.recall("swam in the city pool", goal=goal)}
    assert asked[served.id].score > plain[served.id].score
    assert asked[other.id].score == pytest.approx(plain[other.id].score, abs=0.05)
    (part_of_score,) = [one for one in asked[served.id].why if one.name == "served the goal"]
    assert part_of_score.contribution == pytest.approx(1.0)
    assert "served the goal" not in {one.name for one in asked[other.id].why}
    assert list(asked).index(served.id) < list(asked).index(other.id)
    assert cube.why_not(served.id, "swam in the city pool", goal=goal).score == asked[served.id].score


def test_what_helped_can_be_said_to_serve_a_goal(cube: remanence.Cube) -> None:
    goal = cube.goal("cook for Ana")
    fact = cube.remember("Ana is allergic to peanuts")
    cube.link(fact, "serves", goal)
    names = {part.name for hit in cube.recall("peanuts", goal=goal) for part in hit.why}
    assert "served the goal" in names


def test_a_circle_of_goals_ends(cube: remanence.Cube) -> None:
    one = cube.goal("earn more")
    two = cube.goal("work less", part_of=one)
    cube.link(one, "part_of", two)
    assert cube.recall("work", goal=one)


def test_the_story_is_told_by_day_in_words_that_were_said(open_cube: OpenCube, clock: TickingClock) -> None:
    cube = open_cube(reader="rules")
    cube.observe([{"role": "user", "content": "Eu mudo-me para o Porto em junho."}], session="a")
    goal = cube.goal("a flat in Porto")
    clock.step(3 * DAY)
    made = cube.decide("the flat by the river", options=["the flat by the river", "the tower"], goal=goal)
    cube.outcome(made.id, "signed", worked=True)
    cube.progress(goal.id, status="done")
    told = cube.story()
    assert told.text.splitlines()[0] == "2026-03-02"
    assert "2026-03-05" in told.text.splitlines()
    assert f"  Alice: Eu mudo-me para o Porto em junho. ({told.lines[0].items[0][:8]})" in told.text
    assert "decision: the flat by the river; not: the tower; came out: signed" in told.text
    assert "goal: a flat in Porto (done)" in told.text
    assert told.tokens <= told.budget_tokens
    assert all(cube.show(item) for line in told.lines for item in line.items)
    assert cube.story("2026-03-05").text.splitlines()[0] == "2026-03-05"
    assert cube.story(until="2026-03-03").lines == told.lines[:1]


def test_a_story_about_something_keeps_to_it_and_to_its_budget(cube: remanence.Cube) -> None:
    cube.observe(
        [{"role": "user", "content": f"The tomato plant number {number} grew."} for number in range(40)]
        + [{"role": "user", "content": "My boss cancelled the audit."}]
    )
    about = cube.story(about="the audit of my boss")
    assert [line.text for line in about.lines] == ["My boss cancelled the audit."]
    short = cube.story(budget=60)
    assert 0 < short.tokens <= 60


def test_the_call_and_the_messages_of_it_are_told_once(open_cube: OpenCube) -> None:
    cube = open_cube(reader="rules")
    call = {"id": "c", "type": "function", "function": {"name": "find", "arguments": "{}"}}
    cube.observe(
        [
            {"role": "user", "content": "Find jazz."},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "c", "content": "Hot Club"},
        ]
    )
    assert [line.kind for line in cube.story().lines] == ["utterance", "action"]


def test_an_empty_time_has_an_empty_story_and_wrong_times_are_refused(cube: remanence.Cube) -> None:
    assert cube.story().text == ""
    assert cube.story("2020-01-01", "2020-02-01").lines == ()
    with pytest.raises(InvalidInput, match="earlier time first"):
        cube.story("2026-02-01", "2026-01-01")
    with pytest.raises(InvalidInput, match="budget 0"):
        cube.story(budget=0)
    with pytest.raises(InvalidInput, match="since"):
        cube.story("no time at all")
    with pytest.raises(InvalidInput, match="empty"):
        cube.story(about=" ")
