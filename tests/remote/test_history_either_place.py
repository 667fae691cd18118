"""Own history, promises and the mirror, in a file and behind a server alike: one suite runs over both."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from either_place import Open

import remanence
from overheard import talk
from remanence.cube import Cube
from remanence.errors import CubeReadOnly, NotFound, NotOffered, Refused, SignatureInvalid
from remanence.model.deed import Decision
from remanence.model.kind import Kind
from remanence.model.mirror import Share
from remanence.model.promise import Outcome, PromiseKind, PromiseState
from remanence.promises.signing import make_key

BUSY = "支付接口 the payment API answers 429"
LIMIT = {
    5: ("How big may an upload be?", "The upload limit is 20 megabytes."),
    30: ("How big may an upload be?", "The upload limit is 50 megabytes."),
}
DECLARED = """
[[promise]]
name = "report"
by = "planner"
to = "Alice"
body = "a report über Köln"
"""


def heard(cube: Cube) -> Cube:
    """The cube, with two months of an agent that has a habit and went against itself once."""
    cube.observe(talk(habit=lambda _, n, text: text if n else f"Truth be told, {text}", planted=LIMIT))
    return cube


def test_a_recall_is_taken_apart(cube: Cube) -> None:
    tea = cube.remember("Alice likes green tea")
    cube.remember("Alice has a dog")
    told = cube.explain("green tea", k=1, kinds=["fact"])
    assert [one.hit for one in told] == cube.recall("green tea", k=1, kinds=["fact"])
    assert told.hits[0].hit.item == tea
    assert {road.name for road in told.hits[0].roads} >= {"bm25"}
    assert told.answered == cube.recall("green tea", k=1, kinds=["fact"]).answered
    assert told.answered > 0
    assert told.signs
    assert {sieve.name: sieve.of for sieve in told.sieves}["kinds"] == 2
    assert cube.explain("yesterday").reading.times[0].end is not None
    assert cube.explain("green tea", score_min=1.0).hits == ()


def test_what_is_at_hand_is_left_out_and_its_echo_is_no_evidence(cube: Cube) -> None:
    said = [{"role": "user", "content": "I live in Lisbon.", "name": "Alice"}]
    seen = cube.observe(said, session="s")
    assert cube.recognise(said, session="s") == seen.added
    assert cube.recognise(said, session="t") == ()
    assert cube.recall("where does Alice live?", without=seen.added) == []
    assert cube.context("where does Alice live?", without=cube.show(seen.added[0])).items == ()
    context = cube.context("where does Alice live?")
    assert set(seen.added) | set(seen.derived) >= {item.id for item in context.items} > set()
    before = cube.show(seen.derived[0]).revision.content.belief
    echo = [{"role": "assistant", "content": "You live in Lisbon.", "name": "Bot"}]
    cube.observe(echo, session="s", shown=[context, seen.derived[0]])
    assert cube.show(seen.derived[0]).revision.content.belief == before
    assert set(cube.used(context)) == {item.id for item in context.items}


def test_items_are_listed_the_newest_first(cube: Cube) -> None:
    notes = [cube.remember(f"note {number}", tags=["n"], session="s").id for number in range(105)]
    assert [item.id for item in cube.items()] == notes[:4:-1]
    assert [item.id for item in cube.items(after=notes[5])] == notes[4::-1]
    assert [item.id for item in cube.items(tag="n", limit=2, after=cube.show(notes[3]))] == notes[2:0:-1]
    gone = cube.remember("gone", kind="event")
    cube.forget(gone.id)
    assert cube.items(kind=Kind.EVENT) == ()
    assert [item.id for item in cube.items(state="archived")] == [gone.id]
    unit = cube.unit("few").add(notes[0], notes[9])
    assert {item.id for item in cube.items(unit=unit)} == {notes[0], notes[9]}
    assert cube.items(session="t") == ()
    with pytest.raises(NotFound):
        cube.items(unit="nowhere")
    with pytest.raises(NotFound):
        cube.items(after="zzzzzzzz")


def test_deeds_are_recorded_and_bear_what_came_of_them(cube: Cube) -> None:
    goal = cube.goal("move to Porto", due="2100-01-01", because="she said so")
    choice = cube.decide(
        "the train", options=("the train", "the plane"), reason="it is cheap", expected="there by noon",
        goal=goal, situation=BUSY,
    )  # fmt: skip
    deed = cube.act(
        "book", arguments={"seats": [1, None, {"ü": 2.5}]}, situation=BUSY, cost={"usd": 3},
        goal=goal.id, decision=choice, call_id="c1", session="s", agent="Bot", at=datetime.now(UTC),
    )  # fmt: skip
    assert (deed.kind, choice.kind, goal.kind) == (Kind.ACTION, Kind.DECISION, Kind.GOAL)
    assert cube.act("book", result="seat 12", call_id="c1", session="s", agent="Bot").id == deed.id
    told = cube.outcome(choice.id, "late", worked=False, because="felt it")
    assert cube.outcome(deed.id, cost={"minutes": 90}).id == deed.id
    assert "came out badly" in told.content
    assert "50 % done" in cube.progress(goal.id, 0.5, status="open", note="flat found").content
    assert cube.progress(goal.id[:12], status="done").content == "move to Porto (done)"
    found = {one.item.id: one for one in cube.precedents(BUSY, k=3, goal=goal)}
    assert (found[deed.id].worked, found[choice.id].worked) == (True, False)
    decided = found[choice.id].deed
    assert isinstance(decided, Decision)
    assert decided.options == ("the train", "the plane")
    (reason,) = found[choice.id].reasons
    assert decided.weighed == {reason.id: pytest.approx(-1.0)}
    assert reason.content == "it is cheap"
    assert found[deed.id].deed.arguments == {"seats": [1, None, {"ü": 2.5}]}  # type: ignore[union-attr]
    assert cube.recall("train", goal=goal)[0].item.id == choice.id
    assert cube.journal(limit=1)[0].actor == "Alice"
    with pytest.raises(NotFound):
        cube.act("a", goal="zzzzzzzz")
    with pytest.raises(remanence.errors.InvalidInput):
        cube.progress(goal.id, 2.0)


def test_what_repeats_teaches_and_is_told_as_a_story(cube: Cube) -> None:
    for number in range(3):
        cube.act("retry", situation=BUSY, result="200", session=f"s{number}")
    learnt = cube.lessons(because="a quiet evening")
    (lesson,) = cube.items(kind="procedure", tag="lesson")
    assert learnt.made == (lesson.id,)
    assert cube.lessons().unchanged == 1
    story = cube.story(datetime.now(UTC) - timedelta(days=1), about="payment", budget=200)
    assert {line.kind for line in story.lines} == {Kind.ACTION}
    assert "retry" in story.text
    assert story.lines[0].items
    assert story.tokens <= story.budget_tokens == 200
    assert cube.story("2000-01-01", "2000-01-02").lines == ()


def test_promises_are_made_assessed_and_withdrawn(cube: Cube) -> None:
    first = cube.promise("the figures", to="Bob", constraints={"pages": 2}, due="2100-01-01")
    made = cube.promise(
        "send the report", to=["Bob", "Zoë"], by="Alice", kind=PromiseKind.GIVE,
        given=[first, "no one is ill"], scope=["Carol"], because="asked",
    )  # fmt: skip
    assert made.terms.conditions[0].promise == first.id
    assert [one.id for one in cube.promises()] == [first.id, made.id]
    assert cube.promises().promises[0] == first
    proof = cube.remember("the report is there")
    found = cube.assess_promise(made, "kept", by="Bob", evidence=[proof.id])
    assert (found.assessor, found.outcome, found.evidence) == ("Bob", Outcome.KEPT, (proof.id,))
    assert cube.promises().promises[1].assessments == (found,)
    (trust,) = cube.promises().trust
    assert (trust.agent, trust.assessed) == ("Alice", 1)
    assert cube.withdraw_promise(first.id[:12]).state is PromiseState.WITHDRAWN
    with pytest.raises(Refused):
        cube.withdraw_promise(first)
    with pytest.raises(NotFound):
        cube.assess_promise("zzzzzzzz", "kept")
    said = cube.promise("pay", to="Bob", by="Carol", said_by="Alice")
    assert [one.id for one in cube.promises().impositions] == [said.id]


def test_promises_are_declared_in_a_file_and_checked(cube: Cube, tmp_path: Path) -> None:
    file = tmp_path / "promises.toml"
    file.write_text(DECLARED, encoding="utf-8")
    (made,) = cube.declare_promises(file)
    assert (made.terms.name, made.terms.body) == ("report", "a report über Köln")
    assert cube.declare_promises(DECLARED.encode()) == (made,)
    report = cube.check_promises()
    assert {one.name for one in report.checked} >= {"erasure", "coherence"}
    own = b'[[promise]]\ncheck = "coherence"\nwords = "I stay myself."\nbounds = { resolve = 0.5 }\n'
    figure = Share("resolve", 0.1, 0.0, 0.2, 9, (made.id,))
    (checked,) = cube.check_promises(own, coherence=[figure]).checked
    assert (checked.words, checked.looked_at) == ("I stay myself.", 1)
    assert checked.breaches[0].items == (made.id,)


def test_a_signed_promise_is_taken_in(cube: Cube, tmp_path: Path) -> None:
    public = make_key(tmp_path / "bob.pem")
    with remanence.open(tmp_path / "bob.cube", owner="Bob", embedder=None) as bob:
        made = bob.promise("bring the tea", to="Alice")
        document = bob.sign_promise(made, key=tmp_path / "bob.pem")
    taken = cube.accept_promise(document, key=public)
    assert (taken.promiser, taken.terms.body) == ("Bob", "bring the tea")
    assert cube.accept_promise(document, key=public).id == taken.id
    with pytest.raises(SignatureInvalid):
        cube.accept_promise(document.replace("tea", "cake"), key=public)
    assert len(cube.promises()) == 1


def test_no_private_key_is_sent(address: str, tmp_path: Path) -> None:
    make_key(tmp_path / "alice.pem")
    with remanence.open(address, owner="Alice") as far:
        made = far.promise("bring the tea", to="Bob")
        with pytest.raises(NotOffered, match="remanence promise sign"):
            far.sign_promise(made, key=tmp_path / "alice.pem")


def test_the_mirror_shows_keeps_and_proposes(cube: Cube) -> None:
    shown = heard(cube).portrait()
    assert shown.agent == "Atlas"
    assert "truth be told" in {one.text for one in shown.phrases}
    assert shown.contradictions[0].earlier.text == LIMIT[5][1]
    head = cube.stats().journal_head
    assert cube.portrait(agent="Atlas") == shown
    assert cube.stats().journal_head == head
    done = cube.reflect(because="a quiet evening")
    assert done.portrait == shown
    assert set(done.written) == {item.id for item in done.findings}
    assert done.persona is not None
    unit = cube.accept_persona(done.persona, because="so it is")
    assert (unit.name, unit.kind) == ("Atlas", "persona")
    assert "truth be told" in unit.description
    again = cube.reflect(persona=True)
    assert (again.change_set, again.persona) == (None, None)
    with pytest.raises(NotFound):
        cube.reflect(agent="nobody")


def test_a_reader_records_nothing(open_cube: Open) -> None:
    open_cube(owner="Alice").remember("Alice likes tea")
    reader = open_cube(read_only=True)
    assert reader.context("tea").items
    assert [one.looked_at for one in reader.check_promises().checked if one.name == "preferences"] == [0]
    with pytest.raises(CubeReadOnly):
        reader.act("a")
    with pytest.raises(CubeReadOnly):
        reader.decide("a")
    with pytest.raises(CubeReadOnly):
        reader.promise("a", to="Bob")
