"""What becomes of a promise beside other things: erasure, consolidation, goals, recall, the mirror."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

import remanence
from opening import OpenCube
from remanence.errors import InvalidInput, NotFound, Refused, RemanenceError
from ticking import START, TickingClock


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*.cube*"))


def hear(cube: remanence.Cube, text: str, *, day: int, role: str = "assistant") -> tuple[str, ...]:
    told = {"role": role, "content": text, "timestamp": (START + timedelta(days=day)).isoformat()}
    return cube.observe([told], session=f"day {day}").added


def test_words_of_an_erased_promise_are_gone_from_what_waits_for_it(
    open_cube: OpenCube, tmp_path: Path
) -> None:
    cube = open_cube()
    cake = cube.promise("bring zanzibar cake", to="Bob")
    for given in (cake, cake.id):
        waiting = cube.promise(f"eat it {type(given).__name__}", to="Bob", given=[given])
        assert waiting.terms.conditions[0].words == "bring zanzibar cake"
    assert cube.forget(cake.id, erase=True).pending is False
    for one in cube.promises():
        assert (one.terms.conditions[0].promise, one.terms.conditions[0].words) == (cake.id, "")
        assert one.is_binding is False
    cube.close()
    assert b"zanzibar" not in bytes_of(tmp_path)


def test_words_of_a_heard_promise_go_with_its_message(open_cube: OpenCube, tmp_path: Path) -> None:
    cube = open_cube(reader="rules")
    hear(cube, "I will send you the zanzibar slides.", day=0)
    (heard,) = cube.promises()
    assert heard.source is not None
    cube.promise("present them", to="assistant", given=[heard])
    assert cube.forget(heard.source, erase=True).pending is False
    cube.close()
    assert b"zanzibar" not in bytes_of(tmp_path)


def test_two_promises_in_the_same_words_stay_two(cube: remanence.Cube) -> None:
    first, second = (cube.promise("bring cake", to="Bob") for _ in range(2))
    cube.promise("pay the bill", to="Bob", given=[second])
    cube.remember("The cake has nuts")
    cube.remember("cake has nuts")
    assert len(cube.consolidate().merged) == 1, "what is no promise is merged as before"
    assert len(cube.promises()) == 3
    cube.assess_promise(first, "kept", by="Bob")
    assert cube.promises().promises[2].is_binding is False
    cube.assess_promise(second, "kept", by="Bob")
    assert cube.promises().promises[2].is_binding is True


@pytest.mark.parametrize("ends", ["withdrawn", "kept"])
def test_what_is_promised_again_after_it_ended_is_another_promise(open_cube: OpenCube, ends: str) -> None:
    cube = open_cube(reader="rules")
    hear(cube, "I will send you the budget report.", day=0)
    if ends == "withdrawn":
        cube.withdraw_promise(cube.promises().promises[0])
    else:
        hear(cube, "You sent me the budget report, thanks.", day=1, role="user")
    hear(cube, "I will send you the budget report.", day=30)
    assert [(one.state, one.made_at - START) for one in cube.promises()] == [
        (ends, timedelta(0)),
        ("open", timedelta(days=30)),
    ]


def test_what_is_promised_twice_in_one_conversation_is_one(open_cube: OpenCube) -> None:
    cube = open_cube(reader="rules")
    for minute in range(2):
        at = (START + timedelta(minutes=minute)).isoformat()
        said = {"role": "assistant", "content": "I will send you the budget report.", "timestamp": at}
        cube.observe([said], session="s")
    assert len(cube.promises()) == 1


def test_recall_gives_no_promise_that_was_withdrawn_or_replaced(
    cube: remanence.Cube, clock: TickingClock
) -> None:
    plants, tea = cube.promise("water the plants", to="Bob"), cube.promise("make tea", to="Bob")
    before = clock.now()
    clock.step(timedelta(hours=1))
    cube.withdraw_promise(plants)
    coffee = cube.promise("make coffee", to="Bob", replaces=tea)
    given = {hit.item.id for hit in cube.recall("plants tea coffee", kinds=["goal"])}
    assert given == {coffee.id}
    assert "plants" not in cube.context("plants", budget=200).text
    then = {hit.item.id for hit in cube.recall("plants tea coffee", kinds=["goal"], as_of=before)}
    assert then == {plants.id, tea.id}
    assert [one.state.value for one in cube.promises()] == ["withdrawn", "superseded", "open"]
    cube.undo(cube.journal(limit=1)[0].change_set)
    assert cube.recall("tea", kinds=["goal"])[0].item.id == tea.id


@pytest.mark.parametrize("outcome", ["kept", "broken"])
def test_recall_gives_no_promise_that_came_out_but_what_was_found_of_it(
    cube: remanence.Cube, clock: TickingClock, outcome: str
) -> None:
    plants, lawn = cube.promise("water the plants", to="Bob"), cube.promise("water the lawn", to="Bob")
    before = clock.now()
    clock.step(timedelta(hours=1))
    found = cube.assess_promise(plants, outcome, by="Bob")
    given = [hit.item.id for hit in cube.recall("water plants lawn")]
    assert plants.id not in given
    assert {lawn.id, found.item_id} <= set(given)
    assert "promises Bob: water the plants" not in cube.context("water the plants", budget=200).text
    then = {hit.item.id for hit in cube.recall("plants lawn", kinds=["goal"], as_of=before)}
    assert then == {plants.id, lawn.id}
    (shown, _) = cube.promises()
    assert (shown.state.value, shown.assessments) == (outcome, (found,))
    cube.consolidate()
    assert cube.promises().promises[0].assessments == (found,), "what was found of it stands after it ended"
    cube.undo(cube.journal(limit=1)[0].change_set)
    assert {hit.item.id for hit in cube.recall("plants lawn", kinds=["goal"])} == {plants.id, lawn.id}


def test_consolidation_lets_recall_follow_what_was_overheard_and_taken_back(
    open_cube: OpenCube, clock: TickingClock
) -> None:
    clock.step(timedelta(days=2))
    cube = open_cube(reader="rules")
    hear(cube, "I will send you the budget report.", day=0)
    (report,) = cube.promises()
    hear(cube, "You sent me the budget report, thanks.", day=1, role="user")
    assert report.id in {hit.item.id for hit in cube.recall("budget report", kinds=["goal"])}
    cube.consolidate()
    assert not cube.recall("budget report", kinds=["goal"])
    assert cube.recall("budget report", kinds=["goal"], as_of=START + timedelta(hours=1))
    last = cube.journal(limit=1)[0]
    cube.consolidate()
    assert cube.journal(limit=1)[0] == last, "what recall follows already is not written again"
    (thanks,) = cube.promises().promises[0].assessments
    cube.forget(thanks.item_id, because="a misunderstanding")
    cube.consolidate()
    assert [hit.item.id for hit in cube.recall("budget report", kinds=["goal"])] == [report.id]
    assert [one.state.value for one in cube.promises()] == ["open"]


def test_a_frozen_promise_stays_as_it_is_when_it_was_kept(cube: remanence.Cube) -> None:
    plants = cube.promise("water the plants", to="Bob")
    cube.freeze(plants.id, because="to be kept in view")
    cube.assess_promise(plants, "kept", by="Bob")
    cube.consolidate()
    assert [hit.item.id for hit in cube.recall("water the plants", kinds=["goal"])] == [plants.id]
    assert cube.promises().promises[0].state.value == "kept"


def test_an_erased_promise_takes_along_what_was_found_of_it(open_cube: OpenCube, tmp_path: Path) -> None:
    cube = open_cube()
    cake = cube.promise("bring zanzibar cake", to="Bob")
    cube.assess_promise(cake, "kept", by="Bob", evidence=[cube.remember("It was good", kind="event")])
    assert cube.forget(cake.id, erase=True).pending is False
    cube.close()
    assert b"zanzibar" not in bytes_of(tmp_path)


def test_a_promise_is_no_evidence_of_how_it_came_out(cube: remanence.Cube) -> None:
    cake = cube.promise("bring cake", to="Bob")
    found = cube.assess_promise(cake, "broken", by="Bob")
    for wrong in (cake, found.item_id):
        with pytest.raises(InvalidInput, match="shows nothing of how it came out"):
            cube.assess_promise(cake, "kept", by="Bob", evidence=[wrong])
    assert cube.promises().promises[0].assessments == (found,)


def test_a_promise_of_a_message_takes_the_place_of_what_was_heard_there(open_cube: OpenCube) -> None:
    cube = open_cube(reader="rules")
    (message,) = hear(cube, "I promise Bob that I will bring zanzibar cake.", day=0, role="user")
    assert len(cube.promises()) == 1
    made = cube.promise("bring zanzibar cake", to="Bob", source=message)
    heard, read = cube.promises()
    assert (heard.state, heard.replaced_by) == ("superseded", made.id)
    assert read == made
    cube.undo(cube.journal(limit=1)[0].change_set)
    assert [one.state.value for one in cube.promises()] == ["open"]
    cube.undo(cube.journal(limit=1)[0].change_set)
    assert cube.forget(message, erase=True).pending is False
    assert len(cube.promises()) == 0


@pytest.mark.parametrize(
    ("wrong", "error", "told"),
    [
        (lambda cube, one: cube.progress(one.id, 0.5), InvalidInput, "assess_promise"),
        (lambda cube, one: cube.outcome(one.id, "fine"), InvalidInput, "assess_promise"),
        (lambda cube, one: cube.goal("sail", part_of=one.id), InvalidInput, "is a promise"),
        (lambda cube, one: cube.revise(one.id, "alice promises Bob: wine"), Refused, "replaces="),
        (lambda cube, one: cube.promise("x", to=5), InvalidInput, "to is a int"),
        (lambda cube, one: cube.promise("x", to="Bob", given=one), InvalidInput, "given is a Promise"),
        (lambda cube, one: cube.promise("x", to="Bob", given=5), InvalidInput, "given is a int"),
        (lambda cube, one: cube.promise("x", to="Bob", source=5), InvalidInput, "int names no item"),
        (lambda cube, one: cube.withdraw_promise(5), InvalidInput, "int names no item"),
        (lambda cube, one: cube.assess_promise(one, "kept", evidence=5), InvalidInput, "evidence is a int"),
        (lambda cube, one: cube.check_promises(coherence=[5]), InvalidInput, "list of figures"),
        (lambda cube, one: cube.check_promises(coherence=5), InvalidInput, "coherence is a int"),
    ],
)
def test_what_does_not_fit_a_promise_is_refused_with_what_does(
    cube: remanence.Cube,
    wrong: Callable[[remanence.Cube, remanence.Promise], object],
    error: type[RemanenceError],
    told: str,
) -> None:
    made = cube.promise("tea", to="Bob")
    with pytest.raises(error, match=told):
        wrong(cube, made)
    assert cube.promises().promises == (made,)


def test_a_condition_of_another_cube_is_not_found(open_cube: OpenCube) -> None:
    theirs = open_cube("other.cube").promise("tea", to="Bob")
    cube = open_cube()
    with pytest.raises(NotFound, match="no promise of this cube"):
        cube.promise("x", to="Bob", given=[theirs])


def test_items_are_taken_for_their_ids(cube: remanence.Cube) -> None:
    proof = cube.remember("The tea stood on the table")
    made = cube.promise("tea", to="Bob", source=proof)
    assert cube.assess_promise(made, "kept", by="Bob", evidence=[proof]).evidence == (proof.id,)
    cube.annotate(made.id, metadata={"colour": "green"})
    (read,) = cube.promises()
    assert read.terms == made.terms, "a note on a promise leaves its terms"


def test_an_erased_assessment_waits_for_nothing(cube: remanence.Cube) -> None:
    found = cube.assess_promise(cube.promise("bring cake", to="Bob"), "broken", by="Bob")
    assert cube.forget(found.item_id, erase=True).pending is False
    assert cube.promises().promises[0].state == "open"


def test_whose_turn_it_is_and_what_lies_ahead_are_no_promises(open_cube: OpenCube) -> None:
    cube = open_cube(reader="rules")
    hear(cube, "It's my turn to cook for the Thursday crew tonight.", day=0, role="user")
    hear(cube, "I want to learn the cello. My sister is due in November.", day=1, role="user")
    hear(cube, "The flights to Rome are booked for May.", day=2, role="user")
    ledger = cube.promises()
    assert len(ledger) == 0
    assert {item.content for item in ledger.intentions} == {
        "Alice promises: it's their turn to cook for the Thursday crew tonight",
        "Alice wants to learn the cello",
    }


def test_progress_corrects_nothing(cube: remanence.Cube) -> None:
    goal = cube.goal("learn Portuguese cooking")
    cube.progress(goal.id, 0.5, note="half of the book")
    deed = cube.act("restarted the printer daemon")
    cube.outcome(deed.id, "it prints again", worked=True)
    fact = cube.remember("The code is 12")
    cube.revise(fact.id, "The code is 13")
    (found,) = (one for one in cube.check_promises().checked if one.name == "corrections")
    assert found.looked_at == 1


def test_what_one_finds_of_oneself_is_no_figure_of_coherence(cube: remanence.Cube) -> None:
    from remanence.promises.ledger import read_ledger
    from remanence.surface.coherence import kept_by

    made = cube.promise("tea", to="Bob")
    cube.assess_promise(made, "kept", by="Alice")
    assert read_ledger(cube._setting).trust == ()
    assert kept_by(cube._setting)("Alice") is None
    cube.assess_promise(made, "kept", by="Bob")
    figure = kept_by(cube._setting)("Alice")
    assert figure is not None
    assert figure.value == 1.0


def test_a_consolidation_without_time_checks_nothing(cube: remanence.Cube) -> None:
    cube.promise("tea", to="Bob")
    assert cube.consolidate(seconds=1e-9).promises is None
    assert cube.consolidate().promises is not None


@pytest.mark.parametrize(
    ("role", "said", "state"),
    [
        ("user", "I sent you the budget report already.", "open"),
        ("user", "You wrote that I sent the budget report.", "open"),
        ("user", "Bob told me you sent the budget report to him.", "open"),
        ("user", "You sent the budget report to the wrong client!", "open"),
        ("user", "You sent me the budget report of last year, not this one.", "open"),
        ("user", "You pretended you sent the budget report.", "open"),
        ("user", "You didn't forget to send the budget report.", "open"),
        ("user", "I never said you have to send the budget report.", "open"),
        ("user", "Thank you for sending the budget report!", "kept"),
        ("user", "Thanks so much for sending me the budget report.", "kept"),
        ("user", "I'm glad you sent the budget report.", "kept"),
        ("user", "Yesterday you sent the budget report.", "kept"),
        ("user", "You forgot to send me the budget report.", "broken"),
        ("assistant", "I almost sent the budget report to the wrong person.", "open"),
        ("assistant", "This morning I finally sent the budget report.", "kept"),
        ("assistant", "I managed to send the budget report.", "kept"),
        ("assistant", "I never send the budget report on a Monday.", "open"),
        ("assistant", "I can't send the budget report before noon.", "open"),
        ("assistant", "I meant to send the budget report, but I didn't.", "broken"),
        ("assistant", "I didn't manage to send the budget report.", "broken"),
        ("user", "I noticed you sent the budget report, brilliant.", "kept"),
        ("user", "You were going to send the budget report, and you never did.", "broken"),
        ("user", "You said you would send the budget report, and you haven't.", "broken"),
        ("user", "Why didn't you send the budget report?", "broken"),
        ("user", "Why don't you send the budget report?", "open"),
    ],
)
def test_only_who_is_said_to_have_done_it_has(open_cube: OpenCube, role: str, said: str, state: str) -> None:
    cube = open_cube(reader="rules")
    hear(cube, "I will send you the budget report.", day=0)
    hear(cube, said, day=1, role=role)
    assert cube.promises().promises[0].state == state
