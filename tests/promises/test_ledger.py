"""The ledger: what is promised, heard, assessed, withdrawn and replaced, and what undo makes of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

import remanence
from opening import OpenCube
from remanence.errors import InvalidInput, ItemFrozen, NotFound, Refused, RemanenceError
from ticking import START, TickingClock


def say(cube: remanence.Cube, *turns: tuple[str, str], session: str = "s") -> tuple[str, ...]:
    """Observe turns of (role, text) at the cube's start; the ids of the messages."""
    said = [
        {"role": role, "content": text, "timestamp": (START + timedelta(seconds=place)).isoformat()}
        for place, (role, text) in enumerate(turns)
    ]
    return cube.observe(said, session=session).added


def states(cube: remanence.Cube) -> list[str]:
    return [one.state.value for one in cube.promises()]


def test_what_is_promised_stands_in_the_ledger_with_all_its_terms(cube: remanence.Cube) -> None:
    words = cube.remember("I'll have the slides ready, two of them", kind="utterance", author="Bob")
    made = cube.promise(
        "the slides",
        by="Bob",
        to=["Alice", "Çağla"],
        kind="+",
        constraints={"pages": 2},
        given=["the projector works"],
        scope=["the team"],
        due="2026-03-06",
        source=words.id,
    )
    (read,) = cube.promises()
    assert read == made
    assert (read.promiser, read.terms.promisees, read.terms.kind) == ("Bob", ("Alice", "Çağla"), "give")
    assert (read.terms.constraints, read.terms.scope) == ({"pages": 2}, ("the team",))
    assert f"{read.terms.due:%Y-%m-%d %H:%M}" == "2026-03-06 23:59"
    assert (read.words, read.source) == ("I'll have the slides ready, two of them", words.id)
    assert read.is_binding is None, "whether the projector works is for people to say"
    assert cube.recall("who brings slides?")[0].item.id in (made.id, words.id)


def test_a_promise_is_open_then_expired_then_as_it_was_assessed(
    cube: remanence.Cube, clock: TickingClock
) -> None:
    made = cube.promise("the slides", to="Bob", due="2026-03-06")
    assert states(cube) == ["open"]
    clock.step(timedelta(days=7))
    assert states(cube) == ["expired"]
    cube.assess_promise(made, "broken", by="Bob")
    assert states(cube) == ["broken"]
    cube.assess_promise(made, "kept", by="Bob")
    assert states(cube) == ["kept"], "the last word of an assessor counts"
    cube.undo(cube.journal(limit=1)[0].change_set)
    assert states(cube) == ["broken"]


def test_assessors_may_disagree_and_the_promisee_is_heard_first(cube: remanence.Cube) -> None:
    made = cube.promise("the slides", to="Bob", scope=["Carol"])
    proof = cube.remember("The slides lay on the table")
    cube.assess_promise(made, "kept", by="Alice", evidence=[proof.id])
    assert states(cube) == ["kept"]
    assert cube.promises().trust == (), "nobody is judge in their own cause"
    cube.assess_promise(made, "broken", by="Carol")
    assert states(cube) == ["broken"]
    cube.assess_promise(made, "kept", by="Bob")
    (read,) = cube.promises()
    assert (read.state, read.is_disputed) == ("kept", True)
    assert read.assessments[0].evidence == (proof.id,)
    (trust,) = cube.promises().trust
    assert (trust.agent, trust.assessed) == ("Alice", 1)
    assert trust.mean == pytest.approx(0.5, abs=1e-6), "one found it kept and one broken"


def test_old_assessments_weigh_less(cube: remanence.Cube, clock: TickingClock) -> None:
    cube.assess_promise(cube.promise("tea", to="Bob"), "broken", by="Bob")
    clock.step(timedelta(days=180))
    cube.assess_promise(cube.promise("coffee", to="Bob"), "kept", by="Bob")
    (trust,) = cube.promises().trust
    assert trust.broken == pytest.approx(0.5, abs=1e-3)
    assert trust.kept == pytest.approx(1.0, abs=1e-3)
    assert trust.mean == pytest.approx(2 / 3.5, abs=1e-3)


def test_a_promise_that_was_withdrawn_or_replaced_says_so(cube: remanence.Cube) -> None:
    first = cube.promise("tea", to="Bob")
    second = cube.promise("coffee", to="Bob", replaces=first)
    assert states(cube) == ["superseded", "open"]
    assert cube.promises().promises[0].replaced_by == second.id
    cube.withdraw_promise(second.id[:10], because="out of coffee")
    assert states(cube) == ["superseded", "withdrawn"]
    with pytest.raises(Refused, match="withdrawn already"):
        cube.withdraw_promise(second)
    cube.undo(cube.journal(limit=1)[0].change_set)
    assert states(cube) == ["superseded", "open"]


def test_what_clashes_with_an_open_promise_is_taken_and_flagged(cube: remanence.Cube) -> None:
    first = cube.promise("send the report to the press", to="Bob")
    denial = cube.promise("never send the report to the press", to="Carol")
    assert denial.contradicts == (first.id,)
    two = cube.promise("the Überweisung", to="Bob", constraints={"euro": 20})
    three = cube.promise("the Überweisung", to="Bob", constraints={"euro": 30})
    assert three.contradicts == (two.id,)
    assert cube.promise("send a cake", to="Bob").contradicts == ()
    cube.withdraw_promise(denial)
    assert cube.promises().promises[0].contradicts == ()


def test_conditions_chain_and_a_circle_is_said(cube: remanence.Cube) -> None:
    first = cube.promise("the figures", by="Bob", to="Carol")
    second = cube.promise("the report", by="Carol", to="Alice", given=[first.id])
    assert second.is_binding is False
    cube.assess_promise(first, "kept", by="Carol")
    assert cube.promises().promises[1].is_binding is True
    third = cube.promise("the figures anew", by="Bob", to="Carol", given=[second], replaces=first)
    circles = {one.id: set(one.circle) for one in cube.promises()}
    assert circles[second.id] == circles[third.id] == {second.id, third.id}
    assert circles[first.id] == set()


def test_intentions_and_impositions_are_no_promises(cube: remanence.Cube) -> None:
    goal = cube.remember("Alice wants to learn the cello", kind="goal")
    said = cube.promise("water the plants", by="Bob", to="Alice", said_by="Alice")
    ledger = cube.promises()
    assert len(ledger) == 0
    assert [item.id for item in ledger.intentions] == [goal.id]
    assert [(one.id, one.promiser, one.said_by) for one in ledger.impositions] == [(said.id, "Bob", "Alice")]


def test_commitments_are_heard_with_their_parties_and_deadlines(open_cube: OpenCube) -> None:
    cube = open_cube(reader="rules")
    say(
        cube,
        ("user", "I'll send you the seating plan by Friday."),
        ("assistant", "Thanks. I'll book the hall tomorrow."),
        ("user", "I've promised Noor to visit her in January."),
    )
    plan, hall, visit = cube.promises()
    assert (plan.promiser, plan.terms.promisees) == ("Alice", ("assistant",))
    assert f"{plan.terms.due:%Y-%m-%d}" == "2026-03-06"
    assert (hall.promiser, hall.terms.promisees) == ("assistant", ("Alice",))
    assert visit.terms.promisees == ("Noor",)
    assert visit.terms.due is not None
    assert visit.terms.due > START, "a commitment means the January to come"


@pytest.mark.parametrize(
    ("said", "due"),
    [
        ("Ich schicke dir die Folien bis Freitag.", "Friday 2026-03-06"),
        ("Te lo mando mañana, prometido.", "Tuesday 2026-03-03"),
        ("Ich kümmere mich um die Reservierung.", None),
    ],
)
def test_commitments_in_other_languages_are_promises_with_their_deadlines(
    open_cube: OpenCube, said: str, due: str | None
) -> None:
    cube = open_cube(reader="rules")
    told = {"role": "assistant", "content": said, "timestamp": "2026-03-02T10:00:00Z"}
    cube.observe([told], session="s")
    (heard,) = cube.promises()
    assert (heard.promiser, heard.words) == ("assistant", said.rstrip("."))
    assert (None if heard.terms.due is None else f"{heard.terms.due:%A %Y-%m-%d}") == due


def test_the_ledger_follows_the_conversation_into_undo_and_erasure(open_cube: OpenCube) -> None:
    cube = open_cube(reader="rules")
    (message,) = say(cube, ("user", "I'll send you the marzipan by Friday."))
    (promise,) = cube.promises()
    cube.assess_promise(promise, "kept", by="assistant")
    seen = cube.journal(limit=50)
    observed = min(line.change_set for line in seen if line.verb == "observe")
    cube.undo(observed, cascade=True)
    assert len(cube.promises()) == 0
    cube.undo(cube.journal(limit=1)[0].change_set)
    assert states(cube) == ["kept"]
    cube.forget(message, erase=True)
    assert len(cube.promises()) == 0
    assert not any("marzipan" in hit.item.content for hit in cube.recall("marzipan"))


def test_what_somebody_says_another_has_promised_is_an_imposition(open_cube: OpenCube) -> None:
    cube = open_cube(reader="rules")
    say(cube, ("user", "My sister promised to water the plants on Sunday."))
    assert len(cube.promises()) == 0
    (said,) = cube.promises().impositions
    assert (said.promiser, said.said_by) == ("Alice's sister", "Alice")


def test_what_the_parties_say_of_it_later_is_an_assessment(open_cube: OpenCube, clock: TickingClock) -> None:
    cube = open_cube(reader="rules")
    say(
        cube,
        ("user", "I'll send you the slides tomorrow."),
        ("assistant", "I'll book the train tickets by Friday."),
        ("user", "I'll return your ladder on Sunday."),
        ("user", "I'll never sell the piano."),
    )
    clock.step(timedelta(days=14))
    later = cube.observe(
        [
            {
                "role": "assistant",
                "content": "I haven't booked the tickets yet.",
                "timestamp": "2026-03-03T08:00:00Z",
            },
            {
                "role": "user",
                "content": "Did you book the train tickets?",
                "timestamp": "2026-03-04T08:00:00Z",
            },
            {
                "role": "user",
                "content": "By the way, I sent you the slides.",
                "timestamp": "2026-03-04T08:01:00Z",
            },
            {"role": "assistant", "content": "Tom returned a ladder.", "timestamp": "2026-03-09T08:00:00Z"},
            {
                "role": "user",
                "content": "You never booked the train tickets!",
                "timestamp": "2026-03-10T08:00:00Z",
            },
        ],
        session="later",
    ).added
    slides, tickets, ladder = cube.promises().promises[:3]
    assert [(one.assessor, one.outcome, one.evidence) for one in slides.assessments] == [
        ("Alice", "kept", (later[2],))
    ]
    assert [(one.assessor, one.outcome, one.evidence) for one in tickets.assessments] == [
        ("Alice", "broken", (later[4],))
    ]
    assert ladder.state == "expired", "what somebody else did with another ladder is no word of theirs"
    cube.assess_promise(tickets, "kept", by="Alice")
    assert cube.promises().promises[1].state == "kept", "who assesses it in so many words is not overheard"
    cube.forget(later[2], erase=True)
    assert cube.promises().promises[0].state == "expired"


@pytest.mark.parametrize(
    ("promised", "said", "state"),
    [
        ("I'll read the contract.", "I want to read the contract.", "open"),
        ("I'll read the contract.", "I haven't read the contract yet.", "open"),
        ("I'll read the contract.", "Yes, I read the contract on the train.", "kept"),
        ("I'll read the contract.", "I never read the contract, sorry.", "broken"),
        ("I'll read the contract by 1 May.", "I didn't read the contract today.", "open"),
        ("I'll read the contract.", "I will read the contract.", "open"),
        ("I'll read the contract.", "I read a book.", "open"),
        ("I'll rewrite the contract.", "I rewrote the contract last night.", "kept"),
        ("As soon as I'm back I'll read the contract.", "I have read the contract.", "kept"),
        ("I'll take care of it and read the contract.", "I have read the contract.", "kept"),
    ],
)
def test_an_outcome_is_what_says_so_and_nothing_else(
    open_cube: OpenCube, promised: str, said: str, state: str
) -> None:
    cube = open_cube(reader="rules")
    say(cube, ("user", promised), ("assistant", "Good."), ("user", said))
    assert states(cube)[0] == state


def test_of_two_promises_of_one_deed_a_report_means_the_last(open_cube: OpenCube) -> None:
    cube = open_cube(reader="rules")
    talk = [
        ("2026-01-05", "I'll water the tomatoes tomorrow."),
        ("2026-02-05", "I'll water the tomatoes tomorrow."),
        ("2026-02-06", "I watered the tomatoes this morning."),
    ]
    for day, text in talk:
        cube.observe([{"role": "user", "content": text, "timestamp": f"{day}T09:00:00Z"}], session=day)
    assert states(cube) == ["expired", "kept"]


def test_metadata_of_ones_own_called_promise_breaks_nothing(cube: remanence.Cube) -> None:
    for told in ("yes", {"body": 3}, {"body": "x", "to": "Bob"}, {"body": "x", "to": [], "due": "soon"}):
        cube.remember(f"a goal {told}", kind="goal", metadata={"promise": told})
    cube.remember("a fact", tags=["assessment"], metadata={"assessment": {"outcome": "perhaps"}})
    ledger = cube.promises()
    assert len(ledger) == 0
    assert len(ledger.intentions) == 4


def test_a_ledger_of_an_empty_cube_is_empty(cube: remanence.Cube) -> None:
    ledger = cube.promises()
    assert (ledger.promises, ledger.intentions, ledger.impositions, ledger.trust) == ((), (), (), ())


@pytest.mark.parametrize(
    ("wrong", "error", "told"),
    [
        (lambda cube: cube.promise("tea", to=[]), InvalidInput, "made to somebody"),
        (lambda cube: cube.promise("tea", to=None), InvalidInput, "made to somebody"),
        (
            lambda cube: cube.promise("tea", to="Bob", replaces=cube.promise("tea", by="Carol", to="Bob")),
            Refused,
            "a promise of Carol",
        ),
        (
            lambda cube: cube.withdraw_promise(cube.freeze(cube.promise("tea", to="Bob").id).id),
            ItemFrozen,
            "is frozen",
        ),
        (lambda cube: cube.promise("tea", to="Alice"), InvalidInput, "to themselves"),
        (lambda cube: cube.promise(" ", to="Bob"), InvalidInput, "body must be a text"),
        (lambda cube: cube.promise("x" * 3000, to="Bob"), InvalidInput, "BODY_CHARS_MAX"),
        (lambda cube: cube.promise("tea", to="Bob", due="2020-01-01"), InvalidInput, "has passed"),
        (lambda cube: cube.promise("tea", to="Bob", due="whenever"), InvalidInput, "due"),
        (lambda cube: cube.promise("tea", to="Bob", kind="maybe"), InvalidInput, "neither give"),
        (lambda cube: cube.promise("tea", to="Bob", scope="the team"), InvalidInput, "is one text"),
        (lambda cube: cube.promise("tea", to=["Bob"] * 99), InvalidInput, "PARTIES_MAX"),
        (lambda cube: cube.promise("tea", to="Bob", replaces="zzzzzzzz"), NotFound, "zzzzzzzz"),
        (lambda cube: cube.assess_promise("zzzzzzzz", "kept"), NotFound, "zzzzzzzz"),
        (lambda cube: cube.withdraw_promise(cube.remember("a fact").id), NotFound, "is no promise"),
        (
            lambda cube: cube.assess_promise(cube.promise("tea", to="Bob"), "kept", by="Zed"),
            NotFound,
            "nobody called 'Zed'",
        ),
        (
            lambda cube: cube.assess_promise(cube.promise("tea", to="Bob"), "perhaps"),
            InvalidInput,
            "neither kept nor broken",
        ),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    cube: remanence.Cube, wrong: Callable[[remanence.Cube], object], error: type[RemanenceError], told: str
) -> None:
    with pytest.raises(error, match=told):
        wrong(cube)
    assert all(not one.assessments for one in cube.promises())
    assert {line.verb for line in cube.journal()} <= {"create", "promise", "remember", "freeze"}
