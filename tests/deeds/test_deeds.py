"""What an agent did, decided and aims at: recorded as items, and what came of it from when that was known."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

import remanence
from opening import OpenCube
from remanence.errors import InvalidInput, ItemErased, ItemFrozen, NotFound
from remanence.model.deed import Action, Decision, Goal, GoalStatus, deed_of
from remanence.model.item import Item
from remanence.model.kind import Kind
from ticking import TickingClock

DAY = timedelta(days=1)


def deed(item: Item) -> Action | Decision | Goal:
    found = deed_of(item.revision.content)
    assert found is not None
    return found


def test_an_action_keeps_call_result_and_cost_and_its_text_says_them(cube: remanence.Cube) -> None:
    item = cube.act(
        "search_flights",
        arguments={"from": "Lisboa", "to": "Zürich"},
        situation="Ana quer voar na sexta",
        result="3 voos, o primeiro às 9h",
        cost={"usd": 0.02, "seconds": 1},
        session="s",
    )
    assert item.kind is Kind.ACTION
    assert (item.author, item.session) == ("assistant", "s")
    assert item.content == (
        'search_flights({"from": "Lisboa", "to": "Zürich"}); when: Ana quer voar na sexta; '
        "result: 3 voos, o primeiro às 9h"
    )
    assert deed(cube.show(item.id)) == Action(
        "search_flights",
        {"from": "Lisboa", "to": "Zürich"},
        "Ana quer voar na sexta",
        "3 voos, o primeiro às 9h",
        True,
        {"usd": 0.02, "seconds": 1.0},
    )
    assert [hit.item.id for hit in cube.recall("voar sexta voos", k=1)] == [item.id]


def test_what_came_of_an_action_holds_from_then_on(cube: remanence.Cube, clock: TickingClock) -> None:
    begun = cube.act("deploy", situation="release 4")
    before = clock.now()
    clock.step(DAY)
    done = cube.outcome(begun.id, "rolled back", worked=False, cost={"seconds": 90})
    assert done.content == "deploy; when: release 4; failed: rolled back"
    assert deed(done) == Action("deploy", None, "release 4", "rolled back", False, {"seconds": 90.0})
    (then,) = cube.recall("deploy release", as_of=before)
    assert then.item.content == "deploy; when: release 4"
    assert cube.at(before).show(begun.id).content == "deploy; when: release 4"
    assert cube.show(begun.id).content == done.content


def test_a_cost_alone_changes_no_word_of_it(cube: remanence.Cube) -> None:
    item = cube.act("deploy", result="fine")
    later = cube.outcome(item.id, cost={"usd": 2})
    assert later.content == item.content
    assert deed(later) == Action("deploy", None, None, "fine", True, {"usd": 2.0})


def test_the_same_call_is_the_same_action(cube: remanence.Cube) -> None:
    begun = cube.act("find", arguments={"q": 1}, call_id="c1", session="s")
    again = cube.act("find", arguments={"q": 1}, call_id="c1", session="s", error="timed out")
    assert begun.id == again.id
    assert again.content.endswith("failed: timed out")
    elsewhere = cube.act("find", call_id="c1", session="another")
    assert elsewhere.id != begun.id


def test_two_of_the_same_are_two_deeds_also_after_consolidation(cube: remanence.Cube) -> None:
    first, second = cube.act("ping", result="ok"), cube.act("ping", result="ok")
    assert first.id != second.id
    assert cube.consolidate().merged == ()
    assert len(cube.items(kind="action")) == 2


def test_a_decision_makes_its_reason_a_belief_that_outcomes_move(cube: remanence.Cube) -> None:
    fact = cube.remember("the line has no works this month", confidence=0.5)
    decision = cube.decide(
        "the train",
        options=["the train", "the plane"],
        situation="to be in Porto by noon",
        reason="trains are punctual there",
        grounds=[fact],
        expected="there by 11",
    )
    assert decision.content == (
        "the train; not: the plane; when: to be in Porto by noon; expected: there by 11"
    )
    (reason,) = cube.items(tag="reason")
    assert reason.content == "trains are punctual there"
    before = [cube.show(one.id).revision.content.belief for one in (reason, fact)]
    cube.outcome(decision.id, "at 12:40", worked=False)
    after = [cube.show(one.id).revision.content.belief for one in (reason, fact)]
    for known, now in zip(before, after, strict=True):
        assert (now.support, now.doubt) == (known.support, pytest.approx(known.doubt + 0.5))
    cube.outcome(decision.id, worked=True, because="the appointment had been moved")
    turned = [cube.show(one.id).revision.content.belief for one in (reason, fact)]
    for known, now in zip(before, turned, strict=True):
        assert (now.support, now.doubt) == (pytest.approx(known.support + 0.5), pytest.approx(known.doubt))
    cube.outcome(decision.id, worked=True)
    assert cube.show(reason.id).revision.content.belief == turned[0], "the same verdict counts once"


def test_a_reason_given_again_is_the_same_item_and_no_evidence(cube: remanence.Cube) -> None:
    cube.decide("the train", reason="Trains are punctual.", session="a")
    cube.decide("the train again", reason="trains are punctual", session="b")
    (reason,) = cube.items(tag="reason")
    assert reason.confidence == pytest.approx(0.6)


def test_undoing_an_outcome_undoes_what_it_did_to_the_reason(cube: remanence.Cube) -> None:
    decision = cube.decide("wait", reason="prices fall in May")
    (reason,) = cube.items(tag="reason")
    cube.outcome(decision.id, worked=False)
    line = cube.journal(limit=1)[0].sequence
    cube.undo(line)
    assert cube.show(reason.id).confidence == pytest.approx(reason.confidence)
    assert cube.show(decision.id).content == decision.content


def test_a_frozen_reason_stays_as_it_is(cube: remanence.Cube) -> None:
    decision = cube.decide("wait", reason="prices fall in May")
    (reason,) = cube.items(tag="reason")
    cube.freeze(reason.id)
    cube.outcome(decision.id, worked=False)
    assert cube.show(reason.id).confidence == pytest.approx(0.6)


def test_a_reason_that_was_merged_goes_on_in_the_other(cube: remanence.Cube) -> None:
    twins = [cube.remember(text) for text in ("the line is punctual", "line is punctual")]
    decision = cube.decide("the train", grounds=twins[1:])
    other = cube.decide("the first train", grounds=twins[:1])
    ((merged,),) = [cube.consolidate().merged]
    before = cube.show(merged.survivor).confidence
    for made in (decision, other):
        cube.outcome(made.id, worked=False)
    assert [one.reasons[0].id for one in cube.precedents("train")] == [merged.survivor] * 2
    assert cube.show(merged.survivor).revision.content.belief.doubt == pytest.approx(
        twins[0].revision.content.belief.doubt + 2
    )
    assert cube.show(merged.survivor).confidence < before


def test_a_verdict_told_late_of_an_earlier_day_moves_no_reason(
    cube: remanence.Cube, clock: TickingClock
) -> None:
    decision = cube.decide("wait", reason="prices fall in May")
    (reason,) = cube.items(tag="reason")
    clock.step(DAY)
    between = clock.now()
    clock.step(DAY)
    cube.outcome(decision.id, worked=True)
    known = cube.show(reason.id).confidence
    cube.outcome(decision.id, worked=False, at=between)
    assert cube.show(reason.id).confidence == known
    assert cube.show(decision.id).content.endswith("came out well")


def test_a_known_call_is_linked_to_what_it_turns_out_to_serve(cube: remanence.Cube) -> None:
    goal = cube.goal("tidy up")
    item = cube.act("sweep", call_id="c")
    for _ in range(2):
        assert cube.act("sweep", call_id="c", goal=goal).id == item.id
    assert [link.type for link in cube.links(item)] == ["serves"]


def test_a_goal_stands_where_it_stood_at_each_time(cube: remanence.Cube, clock: TickingClock) -> None:
    goal = cube.goal("move to Porto", due="2027-06-01")
    part = cube.goal("find a flat", part_of=goal)
    assert [link.type for link in cube.links(part)] == ["part_of"]
    clock.step(10 * DAY)
    half = cube.progress(goal.id, 0.5, note="job found")
    assert half.content == "move to Porto (50 % done): job found"
    day_of_half = clock.now()
    clock.step(10 * DAY)
    done = cube.progress(goal.id, status="done")
    assert deed(done) == Goal("move to Porto", GoalStatus.DONE, 0.5)
    assert done.event == goal.event
    assert done.event is not None
    late = cube.progress(part.id, 0.1, at=day_of_half)
    assert late.valid_from == day_of_half
    told = [hit.item.content for hit in cube.recall("move to Porto", as_of=day_of_half)]
    assert "move to Porto (50 % done): job found" in told
    assert len({row.content.text for row in cube.history(goal.id)}) == 3


def test_what_is_told_late_holds_until_what_is_known_of_later(
    cube: remanence.Cube, clock: TickingClock
) -> None:
    goal = cube.goal("read the book")
    clock.step(2 * DAY)
    between = clock.now()
    clock.step(2 * DAY)
    cube.progress(goal.id, status="done")
    cube.progress(goal.id, 0.5, at=between)
    assert cube.show(goal.id).content.startswith("read the book (done)")
    (then,) = cube.recall("read book", as_of=between + DAY)
    assert then.item.content == "read the book (50 % done)"


def test_what_a_person_revised_of_a_deed_is_added_to(cube: remanence.Cube) -> None:
    item = cube.act("deploy", situation="release 4")
    cube.revise(item.id, "Ana deployed release 4 by hand")
    assert cube.outcome(item.id, "it runs", worked=True).content == (
        "Ana deployed release 4 by hand; result: it runs"
    )


def test_annotating_a_deed_leaves_it_what_it_is(cube: remanence.Cube) -> None:
    item = cube.act("deploy", result="it runs")
    noted = cube.annotate(item.id, metadata={"ticket": 7}, tags=["ops"])
    assert noted.metadata["ticket"] == 7
    assert deed(noted) == deed(item)


def test_what_was_only_heard_of_can_have_an_outcome(open_cube: OpenCube) -> None:
    cube = open_cube(reader="rules")
    cube.observe([{"role": "user", "content": "I decided to take the night train to Zürich."}])
    (heard,) = cube.items(kind="decision")
    told = cube.outcome(heard.id, "slept badly", worked=False)
    assert told.content == f"{heard.content}; came out badly: slept badly"


def test_the_owner_acts_under_their_own_name_and_trust(cube: remanence.Cube) -> None:
    mine, its = cube.act("called the bank", agent="Alice"), cube.act("called the bank")
    assert (mine.revision.provenance.role, mine.revision.provenance.trust) == ("user", "user")
    assert (its.revision.provenance.role, its.revision.provenance.trust) == ("assistant", "agent")


def test_erasing_a_deed_leaves_no_word_of_it(cube: remanence.Cube, tmp_path: Path) -> None:
    goal = cube.goal("an aim that stays")
    item = cube.act("frobnicate", arguments={"key": "xyzzysecret"}, situation="quuxsituation", goal=goal)
    cube.outcome(item.id, "plughresult", worked=True)
    receipt = cube.forget(item.id, erase=True)
    assert receipt is not None
    assert not receipt.pending
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"an aim that stays" in held
    for word in (b"xyzzysecret", b"quuxsituation", b"plughresult"):
        assert word not in held
    with pytest.raises(ItemErased):
        cube.outcome(item.id, worked=True)
    assert cube.recall("aim that stays", goal=goal)
    assert cube.check() == ()


def test_undoing_a_deed_takes_its_link_along(cube: remanence.Cube) -> None:
    goal = cube.goal("move")
    item = cube.act("find", result="3", goal=goal)
    cube.undo(cube.journal(limit=1, item=item.id)[0].sequence)
    with pytest.raises(NotFound):
        cube.show(item.id)
    assert cube.links(goal) == ()
    assert cube.check() == ()


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda cube: cube.act(" "), "what is empty"),
        (lambda cube: cube.act(5), "what is a int"),
        (lambda cube: cube.act("x", result="a", error="b"), "a result or an error"),
        (lambda cube: cube.act("x", cost={"usd": -1}), "not negative"),
        (lambda cube: cube.act("x", cost={"usd": math.nan}), "finite"),
        (lambda cube: cube.act("x", cost={"usd": True}), "give a number"),
        (lambda cube: cube.act("x", cost=3), "a number for each unit"),
        (lambda cube: cube.act("x", arguments={"a": {1, 2}}), "can't be kept as JSON"),
        (lambda cube: cube.act("x", result="y" * 70_000), "METADATA_BYTES_MAX"),
        (lambda cube: cube.act("x", call_id=""), "call_id"),
        (lambda cube: cube.act("x", goal=cube.remember("a fact")), "name a goal or a decision"),
        (lambda cube: cube.decide("x", options="abc"), "give a list"),
        (lambda cube: cube.decide("x", options=["a"] * 101), "OPTIONS_MAX"),
        (lambda cube: cube.decide("x", reason=" "), "reason is empty"),
        (lambda cube: cube.goal("x", due="no day at all"), "due"),
        (lambda cube: cube.goal("x", part_of=cube.decide("y")), "part of a goal"),
        (lambda cube: cube.outcome(cube.act("x").id), "says something"),
        (lambda cube: cube.outcome(cube.act("x").id, worked="yes"), "True, False, or None"),
        (lambda cube: cube.outcome(cube.act("x").id, worked=1), "True, False, or None"),
        (lambda cube: cube.outcome(cube.goal("x").id, "y"), "say by `progress`"),
        (lambda cube: cube.outcome(cube.remember("x").id, "y"), "name an action"),
        (lambda cube: cube.outcome(cube.decide("x").id, cost={"usd": 1}), "is a decision"),
        (lambda cube: cube.outcome(cube.act("x").id, "y", at="2001-01-01"), "before the deed"),
        (lambda cube: cube.progress(cube.goal("x").id), "says something"),
        (lambda cube: cube.progress(cube.goal("x").id, 1.5), r"share in \[0, 1\]"),
        (lambda cube: cube.progress(cube.goal("x").id, status="great"), "open, done, dropped"),
        (lambda cube: cube.progress(cube.act("x").id, 0.5), "is no goal"),
        (lambda cube: cube.recall("x", goal=cube.remember("y")), "name a goal"),
        (lambda cube: cube.precedents(" "), "is empty"),
        (lambda cube: cube.precedents("x", k=0), "k 0"),
    ],
)
def test_wrong_input_is_refused_in_words(cube: remanence.Cube, call: object, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        call(cube)  # type: ignore[operator]


def test_what_is_refused_leaves_nothing(cube: remanence.Cube) -> None:
    fact = cube.remember("a fact")
    lines = len(cube.journal())
    with pytest.raises(InvalidInput):
        cube.act("x", goal=fact)
    with pytest.raises(NotFound):
        cube.decide("x", grounds=["0000000000"])
    assert len(cube.journal()) == lines


def test_a_frozen_deed_has_no_other_outcome(cube: remanence.Cube) -> None:
    item = cube.act("x")
    cube.freeze(item.id)
    with pytest.raises(ItemFrozen):
        cube.outcome(item.id, worked=True)


def test_texts_that_sqlite_cannot_hold_come_back_as_they_were(cube: remanence.Cube) -> None:
    item = cube.act("run \0 it", situation="half a pair \ud83d", result="\ud83d")
    assert cube.show(item.id).content == item.content
    assert deed(cube.show(item.id)) == deed(item)


def test_a_known_call_gains_what_is_said_of_it_later_and_the_same_again_adds_nothing(
    cube: remanence.Cube,
) -> None:
    first = cube.act("weigh", call_id="c")
    more = cube.act("weigh", call_id="c", situation="at the market", cost={"usd": 1})
    assert more.id == first.id
    assert (deed(more).situation, deed(more).worked) == ("at the market", None)
    cube.act("weigh", call_id="c", result="2 kg", cost={"s": 3})
    told = cube.show(first.id)
    assert deed(told) == Action("weigh", None, "at the market", "2 kg", True, {"usd": 1.0, "s": 3.0})
    lines = cube.journal(limit=1)[0].sequence
    again = cube.act("weigh", call_id="c", situation="elsewhere", result="2 kg", cost={"s": 3})
    assert cube.act("weigh", call_id="c").content == again.content == told.content
    assert cube.journal(limit=1)[0].sequence == lines


def test_an_outcome_and_progress_are_said_of_an_item_or_its_id(cube: remanence.Cube) -> None:
    call, goal = cube.act("sweep"), cube.goal("a clean yard")
    assert deed(cube.outcome(call, "done", worked=True)).outcome == "done"
    assert deed(cube.progress(goal, 0.5)).progress == 0.5


@pytest.mark.parametrize(
    "call",
    [
        lambda cube: cube.outcome(5, "done"),
        lambda cube: cube.progress(None, 0.5),
        lambda cube: cube.act("x", goal=5),
        lambda cube: cube.act("x", goal=cube.promise("sing", to="Ann")),
        lambda cube: cube.observe([{"role": "user", "content": "hi"}], shown=5),
    ],
)
def test_what_is_no_item_is_refused_in_words(
    cube: remanence.Cube, call: Callable[[remanence.Cube], object]
) -> None:
    with pytest.raises(InvalidInput, match=r"[Ii]tem"):
        call(cube)
