"""Consolidation: what is one becomes one, what differs stays two, no word is lost, undo takes it back."""

from __future__ import annotations

from datetime import timedelta

import hypothesis.strategies as st
import pytest
from derived_rows import derive, stated
from hypothesis import HealthCheck, given, settings

from opening import OpenCube
from remanence import Cube, Item, State, Verb
from remanence.errors import InvalidInput, ItemErased, Refused
from remanence.model.item import Slot
from remanence.verbs import consolidating
from ticking import TickingClock

YEAR = timedelta(days=365)


@pytest.fixture
def cube(open_cube: OpenCube) -> Cube:
    return open_cube(embedder=None)


def last(cube: Cube) -> int:
    return cube.journal(limit=1)[0].change_set


def states(cube: Cube, *items: Item) -> list[str]:
    return [cube.show(item.id).state.value for item in items]


def believed(cube: Cube, *items: Item) -> list[tuple[object, ...]]:
    """All that undo must bring back, but for record times and numbers."""
    rows = [cube.show(item.id).revision for item in items]
    return [(row.content, row.state, row.valid, row.provenance) for row in rows]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The museum closes on Mondays", "the museum closes on Mondays."),
        ("Alice keeps a spare key", "Alice keeps spare key"),
        ("我喜欢喝绿茶", "我喜欢喝绿茶。"),
        ("Die Tür klemmt", "die Tür  klemmt"),
    ],
)
def test_statements_in_the_same_words_become_one(cube: Cube, one: str, other: str) -> None:
    first, second = stated(cube, one, tags=["a"]), stated(cube, other, tags=["b"])
    done = cube.consolidate(because="sleep")
    assert [(group.survivor, group.merged) for group in done.merged] == [(first.id, (second.id,))]
    assert states(cube, first, second) == ["active", "merged"]
    assert cube.show(first.id).tags == ("a", "b")
    assert [item.content for item in cube.merged(first.id)] == [other]
    assert cube.survivor(second.id).id == first.id
    assert [hit.item.id for hit in cube.recall(one)] == [first.id]
    lines = cube.journal(limit=2)
    assert {line.verb for line in lines} == {Verb.MERGE}
    assert {line.reason for line in lines} == {"sleep"}
    assert cube.check() == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The code is 4711", "The code is 4712"),
        ("Alice owes Bob 5$", "Alice owes Bob 5€"),
        ("Alice eats meat", "Alice eats no meat"),
        ("Anna mag Fisch", "Anna mag keinen Fisch"),
        ("Bob hates Alice", "Alice hates Bob"),
        ("Bob met Bill", "Bob met bill"),
        ("Alice lives in Porto", "Alice lived in Porto"),
        ("The big shop is on the left of the house", "The big shop is on the right of the house"),
        ("Bob is at home", "Is Bob at home?"),
        ("the temperature is -5", "the temperature is 5"),
        ("我喜欢喝绿茶", "我喜欢喝红茶"),
    ],
)  # fmt: skip
def test_statements_that_differ_in_what_counts_stay_two(open_cube: OpenCube, one: str, other: str) -> None:
    cube = open_cube("hashing.cube")
    items = [stated(cube, one), stated(cube, other)]
    assert cube.consolidate().merged == ()
    assert states(cube, *items) == ["active", "active"]


@pytest.mark.parametrize(
    "other",
    [
        {"kind": "preference"}, {"trust": "document"}, {"domain": "work"}, {"metadata": {"page": 3}},
        {"author": "Bob"}, {"valid_to": "2027-01-01"}, {"expires": "2027-01-01"},
    ],
    ids=str,
)  # fmt: skip
def test_the_same_words_in_another_sense_stay_two(cube: Cube, other: dict[str, object]) -> None:
    items = [stated(cube, "I like tea"), stated(cube, "I like tea", **other)]  # type: ignore[arg-type]  # one each
    assert cube.consolidate().merged == ()
    assert states(cube, *items) == ["active", "active"]


def test_words_that_point_at_their_conversation_are_one_within_it_alone(cube: Cube) -> None:
    monday = stated(cube, "she lives in Porto", session="monday")
    friday = stated(cube, "she lives in Porto", session="friday")
    again = stated(cube, "she lives in Porto", session="friday")
    cube.consolidate()
    assert states(cube, monday, friday, again) == ["active", "active", "merged"]


@pytest.mark.parametrize(
    "text",
    ["The review is next week.", "Das Treffen ist am Montag", "On y va demain!", "明天开会", "завтра дождь"],
)
def test_a_time_that_only_its_conversation_tells_makes_two(cube: Cube, text: str) -> None:
    items = [stated(cube, text, session="one"), stated(cube, text, session="two")]
    assert cube.consolidate().merged == ()
    assert states(cube, *items) == ["active", "active"]


def test_what_was_merged_is_changed_through_what_goes_on_for_it(cube: Cube) -> None:
    one, two = stated(cube, "the lift is broken"), stated(cube, "the lift is broken")
    cube.consolidate()
    for call in (lambda: cube.revise(two.id, "it runs"), lambda: cube.annotate(two.id, tags=["a"])):
        with pytest.raises(Refused, match="was merged; change what goes on for it instead"):
            call()
    with pytest.raises(Refused, match="can't become archived"):
        cube.forget(two.id)
    assert cube.revise(cube.survivor(two.id).id, "the lift runs").id == one.id


def test_messages_frozen_and_retired_items_are_left_alone(cube: Cube) -> None:
    cube.observe([{"role": "user", "content": "tea"}, {"role": "user", "content": "tea"}])
    frozen, free, gone = stated(cube, "tea"), stated(cube, "tea"), stated(cube, "tea")
    cube.freeze(frozen.id)
    cube.forget(gone.id)
    assert cube.consolidate().change_set is None
    assert states(cube, frozen, free, gone) == ["frozen", "active", "archived"]


def test_each_independent_source_strengthens_once(cube: Cube) -> None:
    one = stated(cube, "the lift is broken", session="monday")
    stated(cube, "the lift is broken", session="tuesday")
    stated(cube, "the lift is broken", session="tuesday")
    before = one.revision.content.belief
    done = cube.consolidate()
    after = cube.show(one.id).revision.content.belief
    assert done.strengthened == (one.id,)
    assert after.support == pytest.approx(2 * before.support)
    assert after.doubt == pytest.approx(2 * before.doubt)


def test_the_same_source_again_is_no_evidence(cube: Cube) -> None:
    one = stated(cube, "the lift is broken")
    stated(cube, "the lift is broken")
    assert cube.consolidate().strengthened == ()
    assert cube.show(one.id).revision.content.belief == one.revision.content.belief


def test_what_was_stated_goes_on_for_what_was_derived_and_holds_since_the_first(
    cube: Cube, clock: TickingClock
) -> None:
    source = stated(cube, "a letter")
    derived = derive(cube, "the bridge is closed", (source, None))
    clock.step(timedelta(days=1))
    later = stated(cube, "the bridge is closed", valid_from="2026-03-03")
    cube.consolidate()
    assert states(cube, derived, later) == ["merged", "active"]
    row = cube.show(later.id).revision
    assert row.valid.start == derived.revision.valid.start
    assert row.provenance.sources == ()
    cube.forget(source.id)
    assert states(cube, later) == ["active"]


def test_what_is_derived_twice_rests_on_both_sources(cube: Cube) -> None:
    letter, call = stated(cube, "a letter"), stated(cube, "a call")
    one = derive(cube, "the bridge is closed", (letter, None))
    two = derive(cube, "the bridge is closed", (call, None))
    cube.consolidate()
    assert states(cube, one, two) == ["active", "merged"]
    assert cube.show(one.id).sources == (letter.id, call.id)


def test_uses_go_on_with_the_survivor(cube: Cube, clock: TickingClock) -> None:
    old, new = stated(cube, "a spare key hangs behind it"), stated(cube, "a spare key hangs behind it")
    clock.step(2 * YEAR)
    cube.used([new.id])
    cube.consolidate()
    assert states(cube, old, new) == ["active", "merged"]
    assert cube.consolidate().change_set is None


def test_cold_statements_rest_are_recalled_and_wake_when_used(cube: Cube, clock: TickingClock) -> None:
    item, lasting = stated(cube, "the ferry left at noon"), stated(cube, "how to moor", kind="procedure")
    cube.observe([{"role": "user", "content": "the ferry left"}])
    clock.step(2 * YEAR)
    done = cube.consolidate()
    assert (done.dormant, done.merged) == ((item.id,), ())
    assert states(cube, item, lasting) == ["dormant", "active"]
    assert item.id in {hit.item.id for hit in cube.recall("ferry at noon")}
    (line,) = cube.journal(limit=1)
    assert line.verb is Verb.AGE
    assert line.entry.detail["activation"] < -2.3  # type: ignore[operator]  # a number
    cube.used(item.id)
    assert states(cube, item) == ["active"]
    cube.undo(last(cube))
    assert states(cube, item) == ["dormant"]


def test_what_has_expired_is_archived_with_its_cause(cube: Cube, clock: TickingClock) -> None:
    item = stated(cube, "guest wifi", expires=clock.time + YEAR)
    clock.step(YEAR)
    assert cube.consolidate().expired == (item.id,)
    assert states(cube, item) == ["archived"]
    assert cube.journal(limit=1)[0].verb is Verb.EXPIRE


def test_a_dormant_statement_gives_way_to_what_is_said_anew(open_cube: OpenCube, clock: TickingClock) -> None:
    cube = open_cube("rules.cube", embedder=None, reader="rules")
    cube.observe([{"role": "user", "content": "I live in Porto."}], session="one")
    clock.step(3 * YEAR)
    assert cube.consolidate().dormant
    cube.observe([{"role": "user", "content": "I live in Lisbon now."}], session="two")
    homes = [hit.item.content for hit in cube.recall("where does Alice live?", kinds=["fact"])]
    assert len(homes) == 1
    assert "Lisbon" in homes[0]


def test_erasing_the_survivor_erases_what_was_merged_into_it(cube: Cube) -> None:
    one, two, three = (stated(cube, "a secret word") for _ in range(3))
    cube.consolidate()
    plan = cube.plan_erasure(one.id)
    assert set(plan.items) == {one.id, two.id, three.id}
    cube.forget(one.id, erase=True)
    for item in (one, two, three):
        with pytest.raises(ItemErased):
            cube.freeze(item.id)
    assert cube.check() == ()


def test_it_refuses_to_lose_a_word(cube: Cube, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = stated(cube, "the lift is broken"), stated(cube, "the lift is broken")
    before = cube.stats().journal_head

    def forgetful(tx: object, change: object, rows: list[object], *_: object) -> bool:
        change.close_row(rows[1])  # type: ignore[attr-defined]  # a merge that drops a row
        change.note(Verb.MERGE, one.id)  # type: ignore[attr-defined]
        return False

    monkeypatch.setattr(consolidating, "merge", forgetful)
    with pytest.raises(Refused, match="can account for 0 alone; nothing was changed"):
        cube.consolidate()
    assert cube.stats().journal_head == before
    assert states(cube, one, two) == ["active", "active"]


def test_out_of_time_it_says_so_and_the_next_call_goes_on(cube: Cube) -> None:
    items = [stated(cube, f"note {number // 2}") for number in range(20)]
    done = cube.consolidate(seconds=1e-9)
    assert (len(done.merged), done.finished) == (1, False)
    calls = 1
    while not cube.consolidate(seconds=1e-9).finished:
        calls += 1
    assert calls == 9
    assert states(cube, *items) == ["active", "merged"] * 10
    assert cube.consolidate().change_set is None


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), "long"])
def test_a_time_that_is_none_is_refused(cube: Cube, seconds: float) -> None:
    with pytest.raises(InvalidInput, match="must be a number above 0"):
        cube.consolidate(seconds=seconds)


def test_one_slot_with_one_value_in_nearly_the_same_words_is_one(open_cube: OpenCube) -> None:
    cube = open_cube("slots.cube")
    sources = [stated(cube, f"letter {number}", session=f"s{number}") for number in range(4)]
    home, job = Slot("alice", "home", "Porto"), Slot("alice", "employer", "Porto")
    said = [
        ("Alice has her home in the lovely old town of Porto near the wide river", home),
        ("Alice has a home in the lovely old town of Porto near the wide river", home),
        ("Alice has no home in the lovely old town of Porto near the wide river", home),
        ("Alice has a home in the lovely old town of Porto near the wide river", job),
    ]
    items = [
        derive(cube, text, (source, None), slot=slot)
        for (text, slot), source in zip(said, sources, strict=True)
    ]
    cube.embed_pending()
    cube.consolidate()
    assert states(cube, *items) == ["active", "merged", "active", "active"]


TEXTS = st.sampled_from(
    ["tea", "Tea.", "no tea", "two teas", "чай", "Чай!", "the tea", "tea at 5", "tea at 6"]
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(st.tuples(TEXTS, st.sampled_from([None, "s1", "s2"]), st.booleans(), st.booleans()), max_size=12)
)
def test_any_consolidation_keeps_every_word_is_done_once_and_is_undone_whole(
    open_cube: OpenCube, clock: TickingClock, told: list[tuple[str, str | None, bool, bool]]
) -> None:
    cube = open_cube(f"{clock.random_bits(60):x}.cube", embedder=None)
    items = []
    for text, session, frozen, used in told:
        items.append(stated(cube, text, session=session))
        if frozen:
            cube.freeze(items[-1].id)
        if used:
            cube.used(items[-1].id)
        clock.step(YEAR / 2)
    before = believed(cube, *items)
    done = cube.consolidate()
    assert sorted(cube.show(item.id).content for item in items) == sorted(text for text, *_ in told)
    assert done.words_before - done.words_after == done.words_merged
    for group in done.merged:
        assert {item.id for item in cube.merged(group.survivor)} >= set(group.merged)
        assert all(cube.survivor(one).id == group.survivor for one in group.merged)
        assert cube.show(group.survivor).state in (State.ACTIVE, State.DORMANT)
    assert cube.consolidate().change_set is None
    assert cube.check() == ()
    if done.change_set is not None:
        cube.undo(done.change_set)
        assert believed(cube, *items) == before
        assert cube.check() == ()
    cube.close()


def test_what_rests_on_the_cold_stands_and_on_the_expired_falls(cube: Cube, clock: TickingClock) -> None:
    cold, ending = stated(cube, "the ferry left"), stated(cube, "a permit", expires=clock.time + YEAR)
    on_cold = cube.remember("nobody waits", derived_from=[cold.id], kind="procedure")
    on_ending = cube.remember("park anywhere", derived_from=[ending.id], kind="procedure")
    clock.step(2 * YEAR)
    done = cube.consolidate()
    assert states(cube, cold, on_cold, ending, on_ending) == ["dormant", "active", "archived", "archived"]
    assert done.change_set is not None
    cube.undo(done.change_set)
    assert states(cube, cold, on_cold, ending, on_ending) == ["active"] * 4
    assert cube.check() == ()


def test_what_others_rest_on_is_not_merged_away(cube: Cube) -> None:
    one, two = stated(cube, "the ferry left"), stated(cube, "the ferry left")
    conclusion = cube.remember("nobody waits", derived_from=[two.id])
    assert cube.consolidate().change_set is None
    assert states(cube, one, two, conclusion) == ["active"] * 3


def test_the_summary_of_a_conversation_that_went_on_is_renewed_and_undo_brings_the_old_one_back(
    cube: Cube,
) -> None:
    talk = [{"role": "user", "content": "The roof of the barn leaks. Swallows nest under it."}]
    cube.observe(talk, session="barn")
    (summary,) = cube.summarise().written
    before = cube.show(summary).content
    talk.append({"role": "user", "content": "The carpenter mended the roof with oak shingles."})
    cube.observe(talk, session="barn")
    done = cube.consolidate()
    assert done.renewed == (summary,)
    assert "shingles" in cube.show(summary).content
    assert cube.consolidate().change_set is None
    assert done.change_set is not None
    cube.undo(done.change_set)
    assert cube.show(summary).content == before
    assert cube.check() == ()


def test_a_conversation_without_a_summary_gets_none(cube: Cube) -> None:
    cube.observe([{"role": "user", "content": "The roof of the barn leaks."}], session="barn")
    assert cube.consolidate().change_set is None


def test_what_could_be_a_unit_is_named_and_nothing_of_it_is_stored(open_cube: OpenCube) -> None:
    with open_cube() as cube:
        for other in (
            "ripen in the greenhouse",
            "need water every evening",
            "hate the cold",
            "are red by August",
        ):
            cube.remember(f"The tomatoes {other}")
        for other in (
            "leaks oil",
            "coughs on hills",
            "was rebuilt last year",
            "needs a new belt",
            "starts badly",
        ):
            cube.remember(f"The old engine {other}")
        cube.remember("The tomatoes taste of summer")
        lines = cube.stats().counts["journal lines"]
        done = cube.consolidate()
        assert done.proposed is not None
        assert [one.name for one in done.proposed] == [one.name for one in cube.propose_units()]
        assert len(done.proposed) == 2
        assert (done.change_set, cube.stats().counts["journal lines"]) == (None, lines)
        cube.propose_units()[0].accept()
        assert cube.consolidate().proposed == done.proposed[1:]


def test_no_units_are_looked_for_without_an_embedder(cube: Cube) -> None:
    assert cube.consolidate().proposed is None
