"""What repeats becomes a lesson, with its evidence and an honest count; it falls when that falls."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import remanence
from opening import OpenCube
from remanence.model.state import State
from ticking import TickingClock

CONVERSATION = Path(remanence.__file__).parent / "faces" / "demo" / "conversation.jsonl"
BUSY = "the payment API answers 429"


def tried(
    cube: remanence.Cube, worked: int, failed: int, *, what: str = "retry", when: str = BUSY
) -> list[str]:
    good = [cube.act(what, situation=when, result="200").id for _ in range(worked)]
    return good + [cube.act(what, situation=when, error="429").id for _ in range(failed)]


def told(cube: remanence.Cube) -> list[str]:
    return [item.content for item in cube.items(kind="procedure", tag="lesson")]


def test_what_worked_again_and_again_is_a_lesson_with_its_evidence(cube: remanence.Cube) -> None:
    trials = tried(cube, 4, 1)
    learnt = cube.lessons(because="a quiet evening")
    (lesson,) = (cube.show(one) for one in learnt.made)
    assert lesson.content == f"When {BUSY}: do retry; seen 4 times, 1 exception"
    assert lesson.confidence == pytest.approx(4 / 5)
    assert set(lesson.sources) == set(trials[:4])
    assert lesson.metadata["lesson"] == {"side": "do", "seen": 4, "exceptions": trials[4:]}
    assert cube.recall(f"what to do when {BUSY}", kinds=["procedure"])[0].item.id == lesson.id


def test_what_fails_again_and_again_is_a_lesson_too(cube: remanence.Cube) -> None:
    tried(cube, 0, 3)
    cube.lessons()
    assert told(cube) == [f"When {BUSY}: do not retry; seen 3 times"]


@pytest.mark.parametrize(("worked", "failed"), [(2, 0), (3, 2), (2, 2), (0, 2), (0, 0), (1, 0)])
def test_too_little_or_too_mixed_teaches_nothing(cube: remanence.Cube, worked: int, failed: int) -> None:
    tried(cube, worked, failed)
    learnt = cube.lessons()
    assert learnt.change_set is None
    assert told(cube) == []


def test_other_situations_other_deeds_and_unknown_outcomes_do_not_count(cube: remanence.Cube) -> None:
    tried(cube, 2, 0)
    tried(cube, 1, 0, when="the garden is dry")
    tried(cube, 1, 0, what="wait")
    cube.act("retry", situation=BUSY)
    cube.act("retry", result="200")
    cube.lessons()
    assert told(cube) == []


def test_repeats_within_one_conversation_are_one_trial(cube: remanence.Cube) -> None:
    for _ in range(5):
        cube.act("retry", arguments={"n": 1}, situation=BUSY, result="200", session="s")
    cube.lessons()
    assert told(cube) == []
    for session in ("t", "u"):
        cube.act("retry", arguments={"n": 1}, situation=BUSY, result="200", session=session)
    cube.lessons()
    assert told(cube) == [f"When {BUSY}: do retry; seen 3 times"]


def test_learning_again_changes_nothing_until_there_is_more(cube: remanence.Cube) -> None:
    tried(cube, 3, 0)
    (lesson,) = cube.lessons().made
    lines = len(cube.journal(limit=500))
    again = cube.lessons()
    assert (again.unchanged, again.change_set) == (1, None)
    assert len(cube.journal(limit=500)) == lines
    tried(cube, 1, 0)
    assert cube.lessons().renewed == (lesson,)
    assert told(cube) == [f"When {BUSY}: do retry; seen 4 times"]


def test_a_lesson_falls_with_its_support_and_returns_with_it(cube: remanence.Cube) -> None:
    trials = tried(cube, 3, 0)
    (lesson,) = cube.lessons().made
    for trial in trials:
        cube.forget(trial)
    assert cube.show(lesson).state is State.ARCHIVED
    cube.undo(cube.journal(limit=1, item=trials[2])[0].sequence)
    assert cube.show(lesson).state is State.ACTIVE


def test_a_lesson_with_too_little_left_is_withdrawn_when_it_is_learnt_anew(cube: remanence.Cube) -> None:
    trials = tried(cube, 3, 0)
    (lesson,) = cube.lessons().made
    cube.forget(trials[0])
    assert cube.lessons().withdrawn == (lesson,)
    assert told(cube) == []
    tried(cube, 1, 0)
    assert cube.lessons().renewed == (lesson,)
    assert told(cube) == [f"When {BUSY}: do retry; seen 3 times"]


def test_another_verdict_takes_the_lesson_along(cube: remanence.Cube) -> None:
    trials = tried(cube, 3, 0)
    cube.lessons()
    for trial in trials:
        cube.outcome(trial, "it had not been charged", worked=False)
    assert told(cube) == []
    cube.lessons()
    assert told(cube) == [f"When {BUSY}: do not retry; seen 3 times"]


def test_an_erased_trial_takes_the_lesson_and_its_words_along(cube: remanence.Cube) -> None:
    trials = tried(cube, 3, 0)
    (lesson,) = cube.lessons().made
    receipt = cube.forget(trials[0], erase=True)
    assert receipt is not None
    assert lesson in receipt.items
    cube.lessons()
    assert told(cube) == []


def test_a_group_that_falls_apart_leaves_two_lessons(cube: remanence.Cube) -> None:
    bridge = cube.act("retry", situation="alpha beta gamma delta", result="ok").id
    near = [cube.act("retry", situation="alpha beta gamma epsilon", result="ok").id for _ in range(3)]
    far = [cube.act("retry", situation="beta gamma delta zeta", result="ok").id for _ in range(3)]
    (lesson,) = cube.lessons().made
    assert set(cube.show(lesson).sources) == {bridge, *near, *far}
    cube.forget(bridge)
    learnt = cube.lessons()
    assert (len(learnt.made), learnt.renewed) == (1, (lesson,))
    assert {frozenset(item.sources) for item in cube.items(tag="lesson")} == {frozenset(near), frozenset(far)}
    assert cube.lessons().change_set is None


def test_one_undo_takes_a_learning_back_and_what_a_person_did_stays(cube: remanence.Cube) -> None:
    tried(cube, 3, 0)
    number = cube.lessons().change_set
    assert number is not None
    cube.undo(number)
    assert told(cube) == []
    cube.lessons()
    assert told(cube) == [], "what was undone is not learnt again from the same"


def test_what_a_person_made_of_a_lesson_stays(cube: remanence.Cube) -> None:
    tried(cube, 3, 0)
    (lesson,) = cube.lessons().made
    cube.revise(lesson, "Retry at most twice")
    tried(cube, 2, 0)
    assert cube.lessons().change_set is None
    assert cube.show(lesson).content == "Retry at most twice"
    cube.forget(lesson)
    assert cube.lessons().change_set is None


def test_consolidation_learns_and_accounts_for_the_words(cube: remanence.Cube) -> None:
    tried(cube, 3, 0)
    done = cube.consolidate()
    assert len(done.learnt) == 1
    assert done.words_after > done.words_before
    assert cube.consolidate().change_set is None
    assert done.change_set is not None
    cube.undo(done.change_set)
    assert told(cube) == []


def test_decisions_teach_as_actions_do_in_any_language(cube: remanence.Cube) -> None:
    for number in range(3):
        made = cube.decide("o comboio", situation=f"ir a Braga de manhã com a Inês {number}")
        cube.outcome(made.id, "a horas", worked=True)
    cube.lessons()
    assert told(cube) == ["When ir a Braga de manhã com a Inês 2: do o comboio; seen 3 times"]


def test_a_correction_that_was_said_again_is_a_lesson(open_cube: OpenCube) -> None:
    cube = open_cube(reader="rules")
    cube.observe([{"role": "user", "content": "I live in Lisbon."}], session="a")
    cube.observe([{"role": "user", "content": "Actually, I live in Porto, not Lisbon."}], session="b")
    cube.lessons()
    assert told(cube) == [], "once is no repetition"
    cube.observe([{"role": "user", "content": "I live in Porto."}], session="c")
    cube.lessons()
    (lesson,) = told(cube)
    assert "Porto" in lesson
    assert lesson.endswith("corrected, said 2 times")


def test_an_empty_cube_teaches_nothing(cube: remanence.Cube) -> None:
    assert cube.lessons().change_set is None
    assert told(cube) == []


def test_a_lesson_that_expires_as_more_is_tried_stays_expired(
    cube: remanence.Cube, clock: TickingClock
) -> None:
    tried(cube, 3, 0)
    (lesson,) = cube.lessons().made
    cube.expire(lesson, at=clock.time + timedelta(days=5))
    clock.step(timedelta(days=10))
    tried(cube, 1, 0)
    done = cube.consolidate()
    assert done.expired == (lesson,)
    assert done.learnt == ()
    assert cube.show(lesson).state is State.ARCHIVED
    assert cube.check() == ()
    assert cube.consolidate().change_set is None


@pytest.mark.parametrize("known", [True, False])
def test_a_trial_that_expires_teaches_no_more_from_then_on(
    cube: remanence.Cube, clock: TickingClock, known: bool
) -> None:
    first, *_ = tried(cube, 3, 0)
    if known:
        cube.lessons()
    cube.expire(first, at=clock.time + timedelta(days=5))
    clock.step(timedelta(days=10))
    assert cube.consolidate().expired == (first,)
    assert told(cube) == []
    assert cube.consolidate().change_set is None
    assert cube.check() == ()


def test_a_lesson_whose_trials_expire_as_others_come_is_renewed_at_once(
    cube: remanence.Cube, clock: TickingClock
) -> None:
    old = tried(cube, 3, 0)
    (lesson,) = cube.lessons().made
    tried(cube, 3, 0)
    for item_id in old:
        cube.expire(item_id, at=clock.time + timedelta(days=5))
    cube.lessons()
    clock.step(timedelta(days=10))
    assert cube.consolidate().learnt == (lesson,)
    assert told(cube) == [f"When {BUSY}: do retry; seen 3 times"]
    assert cube.consolidate().change_set is None
    assert cube.check() == ()


def test_what_a_merging_bears_out_is_learnt_in_the_same_consolidation(
    open_cube: OpenCube, clock: TickingClock
) -> None:
    cube = open_cube(reader="rules")
    clock.time = datetime(2026, 11, 1, tzinfo=UTC)  # the demo's year is over
    cube.observe(map(json.loads, CONVERSATION.read_text("utf-8").splitlines()))
    done = cube.consolidate()
    assert done.merged
    (lesson,) = done.learnt
    assert cube.show(lesson).content == "Keep to this: Inês eats fish; corrected, said 2 times"
    assert cube.consolidate().change_set is None
