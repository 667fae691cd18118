"""Observe: what a session holds already is known again, what follows is new, word for word and in order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opening import OpenCube
from remanence.cube import Cube
from remanence.model.kind import Kind, Trust
from remanence.model.state import State
from ticking import START, TickingClock

TALK = [
    {"role": "user", "content": "Hello, I am planning a trip"},
    {"role": "assistant", "content": "Where would you like to go?"},
    {"role": "user", "content": "To Lisbon, in May"},
    {"role": "assistant", "content": "Lovely. Shall I look for trains?"},
    {"role": "user", "content": "Yes please"},
]


@pytest.fixture
def cube(open_cube: OpenCube) -> Cube:
    return open_cube(embedder=None)


def heard(cube: Cube, session: str = "main") -> list[str]:
    """What a session holds, in order."""
    with cube._setting.store.read() as snapshot:
        return [row.content.text for row in snapshot.turns_between(session, 0, 10**6)]


def texts(messages: list[dict[str, str]]) -> list[str]:
    return [message["content"] for message in messages]


def test_each_message_is_kept_word_for_word_with_who_said_it(cube: Cube) -> None:
    done = cube.observe(TALK)
    items = [cube.show(item_id) for item_id in done.added]
    assert [item.content for item in items] == texts(TALK)
    assert [item.author for item in items] == ["Alice", "assistant", "Alice", "assistant", "Alice"]
    assert {item.kind for item in items} == {Kind.UTTERANCE}
    trusts = [item.revision.provenance.trust for item in items]
    assert trusts == [Trust.USER, Trust.AGENT, Trust.USER, Trust.AGENT, Trust.USER]
    assert (done.known, done.empty, done.derived) == (0, 0, ())
    assert done.change_set == 1


def test_the_same_list_twice_adds_nothing_and_writes_no_line(cube: Cube) -> None:
    cube.observe(TALK)
    before = cube.stats().journal_head
    again = cube.observe(TALK)
    assert (again.added, again.known, again.change_set) == ((), len(TALK), None)
    assert cube.stats().journal_head == before
    assert heard(cube) == texts(TALK)


def test_a_list_that_grows_adds_what_is_new(cube: Cube) -> None:
    for length in range(1, len(TALK) + 1):
        assert len(cube.observe(TALK[:length]).added) == 1
    assert heard(cube) == texts(TALK)


@pytest.mark.parametrize("width", [2, 3, 4])
def test_a_window_cut_from_the_list_adds_what_is_new(cube: Cube, width: int) -> None:
    cube.observe(TALK[:width])
    for end in range(width + 1, len(TALK) + 1):
        cube.observe(TALK[end - width : end])
    assert heard(cube) == texts(TALK)


def test_repeats_inside_a_list_stay(cube: Cube) -> None:
    again = [
        {"role": "user", "content": "yes"},
        {"role": "user", "content": "yes"},
        {"role": "user", "content": "yes"},
    ]
    assert len(cube.observe(again).added) == 3
    assert cube.observe(again).added == ()
    assert len(cube.observe([*again, again[0]]).added) == 1
    assert heard(cube) == ["yes"] * 4


@given(
    st.lists(st.sampled_from(["a", "b", "yes", "long words that nobody says twice by chance"]), max_size=12),
    st.data(),
)
@settings(max_examples=60, deadline=None)
def test_however_a_growing_list_is_passed_each_message_is_held_once(
    tmp_path_factory: pytest.TempPathFactory, said: list[str], data: st.DataObject
) -> None:
    import remanence

    path = tmp_path_factory.mktemp("grown") / "a.cube"
    messages = [{"role": "user", "content": text, "id": str(place)} for place, text in enumerate(said)]
    with remanence.open(path, embedder=None, reader=None, time_zone="UTC", clock=TickingClock()) as cube:
        end = 0
        while end < len(messages):
            end = data.draw(st.integers(end + 1, len(messages)))
            start = data.draw(st.integers(0, end - 1))
            before = len(heard(cube))
            cube.observe(messages[min(start, before) : end])
        assert heard(cube) == said


def test_a_message_with_a_known_id_and_other_words_is_a_revision_of_its_turn(cube: Cube) -> None:
    first = cube.observe([{"role": "user", "content": "I live in Porot", "id": "m1"}])
    done = cube.observe(
        [
            {"role": "user", "content": "I live in Porto", "id": "m1"},
            {"role": "user", "content": "ok", "id": "m2"},
        ]
    )
    assert (done.changed, len(done.added)) == (first.added, 1)
    assert heard(cube) == ["I live in Porto", "ok"]
    old, new = cube.history(first.added[0])
    assert (old.content.text, new.content.text) == ("I live in Porot", "I live in Porto")
    assert old.valid == new.valid, "a correction takes the old interval whole"
    assert cube.observe([{"role": "user", "content": "I live in Porto", "id": "m1"}]).known == 1


def test_a_changed_message_does_not_change_what_is_frozen_or_erased(cube: Cube) -> None:
    frozen, erased = cube.observe([
        {"role": "user", "content": "one", "id": "m1"}, {"role": "user", "content": "two", "id": "m2"},
    ]).added  # fmt: skip
    cube.freeze(frozen)
    cube.forget(erased, erase=True)
    done = cube.observe(
        [{"role": "user", "content": "1", "id": "m1"}, {"role": "user", "content": "2", "id": "m2"}]
    )
    assert (done.added, done.changed) == ((), ())
    assert cube.show(frozen).content == "one"
    assert cube.show(erased).state is State.ERASED


def test_erased_turns_do_not_come_back_when_the_list_is_heard_again(cube: Cube) -> None:
    added = cube.observe(TALK).added
    for item_id in (added[0], added[2], added[4]):
        cube.forget(item_id, erase=True)
    more = [*TALK, {"role": "assistant", "content": "Here is a train at nine"}]
    done = cube.observe(more)
    assert [cube.show(item_id).content for item_id in done.added] == ["Here is a train at nine"]
    assert heard(cube) == [TALK[1]["content"], TALK[3]["content"], "Here is a train at nine"]
    assert cube.observe(more[2:]).added == ()


def with_ids(messages: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{**message, "id": f"m{place}"} for place, message in enumerate(messages)]


def with_times(messages: list[dict[str, str]]) -> list[dict[str, str]]:
    return [
        {**message, "timestamp": f"2025-01-02T03:{place:02}:00Z"} for place, message in enumerate(messages)
    ]


def at_one_time(messages: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{**message, "timestamp": "2025-01-02"} for message in messages]


NEWS = {"role": "user", "content": "And now something else"}
TOLD = [
    {"role": "user", "content": "I live in Coimbra."},
    {"role": "assistant", "content": "A fine town"},
    {"role": "user", "content": "It is, and by the way, I'm allergic to walnuts."},
    {"role": "assistant", "content": "I will keep walnuts off the menu"},
]


@pytest.mark.parametrize("bearing", [list, with_ids, with_times, at_one_time])
@pytest.mark.parametrize("erased", [[0], [3], [0, 1], [2, 3], [0, 1, 2, 3]])
def test_erased_turns_do_not_come_back(
    cube: Cube, erased: list[int], bearing: Callable[[list[dict[str, str]]], list[dict[str, str]]]
) -> None:
    """But one: without ids or times, what is said in an empty session can't be told from what was erased."""
    added = cube.observe(bearing(TOLD)).added
    for place in erased:
        cube.forget(added[place], erase=True)
    again = cube.observe([*bearing(TOLD), NEWS]).added
    cannot_be_known = bearing is list and len(erased) == len(TOLD)
    assert len(again) == (5 if cannot_be_known else 1)
    assert cube.show(again[-1]).content == NEWS["content"]
    assert cube.observe([*bearing(TOLD), NEWS]).added == ()


@pytest.mark.parametrize("bearing", [list, with_ids, with_times, at_one_time])
@pytest.mark.parametrize("session", [TOLD, TOLD[:1], TOLD[2:3]])
def test_a_blanked_passage_does_not_come_back(
    open_cube: OpenCube,
    session: list[dict[str, str]],
    bearing: Callable[[list[dict[str, str]]], list[dict[str, str]]],
) -> None:
    cube = open_cube("read.cube", embedder=None, reader="rules")
    done = cube.observe(bearing(session))
    assert len(done.derived) >= 1
    for item_id in done.derived:
        cube.forget(item_id, erase=True)
    left = heard(cube)
    assert "\u2588" in "".join(left)
    again = cube.observe([*bearing(session), NEWS])
    assert (len(again.added), again.changed, again.derived) == (1, (), ())
    assert heard(cube) == [*left, NEWS["content"]]


def test_blocks_that_somebody_wrote_stand_for_themselves(cube: Cube) -> None:
    cube.observe([{"role": "user", "content": "my progress: ██████"}])
    assert len(cube.observe([{"role": "user", "content": "my progress: 60 pct"}]).added) == 1
    assert len(cube.observe([{"role": "user", "content": "my progress: 70 pct"}]).added) == 1


def test_messages_name_their_sessions_or_go_to_the_one_of_the_call(cube: Cube) -> None:
    cube.observe([
        {"role": "user", "content": "one", "session": "a"},
        {"role": "user", "content": "two", "session": "b"},
        {"role": "user", "content": "three", "session_id": "a"},
        {"role": "user", "content": "four"},
    ], session="c")  # fmt: skip
    assert {name: heard(cube, name) for name in "abc"} == {"a": ["one", "three"], "b": ["two"], "c": ["four"]}
    assert len(cube.observe([{"role": "user", "content": "one"}], session="b").added) == 1


def test_times_are_the_messages_own_or_the_clocks(cube: Cube, clock: TickingClock) -> None:
    clock.step(timedelta(days=1))
    done = cube.observe([
        {"role": "user", "content": "untimed"},
        {"role": "user", "content": "timed", "timestamp": "2025-01-02T03:04:05Z"},
        {"role": "user", "content": "untimed after a timed one"},
        {"role": "user", "content": "in seconds", "created_at": 1_735_787_045},
    ])  # fmt: skip
    untimed, timed, after, seconds = (cube.show(item_id) for item_id in done.added)
    named = datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert untimed.said_at >= START + timedelta(days=1)
    assert (timed.said_at, after.said_at, seconds.said_at) == (named, named, named)
    assert [item.valid_from for item in (untimed, timed)] == [untimed.said_at, named]
    assert timed.valid_to is None
    assert timed.revision.recorded.start == untimed.revision.recorded.start > named


def test_a_name_in_a_message_is_its_author_and_tells_turns_apart(cube: Cube) -> None:
    done = cube.observe([
        {"role": "user", "content": "hi", "name": "Bob"}, {"role": "user", "content": "hi"},
    ])  # fmt: skip
    assert [cube.show(item_id).author for item_id in done.added] == ["Bob", "Alice"]
    assert len(cube.observe([{"role": "user", "content": "hi", "name": "Carla"}]).added) == 1


@pytest.mark.parametrize(
    "text",
    ["NUL \0 inside", "half \ud83d pair", "שלום \u202e", "👩‍👩‍👧‍👦", "我喜欢绿茶", "e\u0301", " x \r\n"],
)
def test_any_characters_are_kept_and_known_again(cube: Cube, text: str) -> None:
    message = [{"role": "user", "content": text, "note": text}]
    (item_id,) = cube.observe(message).added
    assert cube.show(item_id).content == text
    assert cube.show(item_id).metadata == {"note": text}
    assert cube.observe(message).known == 1
    assert cube.check() == ()


def test_a_message_of_five_megabytes_is_kept_found_and_erased(open_cube: OpenCube) -> None:
    cube = open_cube()
    text = "A needle in the hay. " + "straw hay grass reed " * 250_000
    assert len(text) > 5_000_000
    (item_id,) = cube.observe([{"role": "user", "content": text}]).added
    assert cube.show(item_id).content == text
    assert cube.recall("needle")[0].item.id == item_id
    assert cube.observe([{"role": "user", "content": text}]).known == 1
    receipt = cube.forget(item_id, erase=True)
    assert receipt is not None
    assert not receipt.pending


def test_messages_that_say_nothing_are_counted_and_not_kept(cube: Cube) -> None:
    done = cube.observe([{"role": "assistant", "content": None}, {"role": "user", "content": ""}, *TALK])
    assert (done.empty, len(done.added)) == (2, len(TALK))
    assert cube.observe([]).change_set is None


def test_one_bad_message_keeps_all_of_them_out(cube: Cube) -> None:
    before = cube.stats()
    with pytest.raises(ValueError, match="message 5: it has no role"):
        cube.observe([*TALK, {"content": "no role"}])
    assert cube.stats() == before


def test_record_times_rise_even_when_the_clock_steps_back(cube: Cube, clock: TickingClock) -> None:
    cube.observe(TALK[:2])
    clock.step(-timedelta(days=30))
    cube.observe(TALK)
    cube.remember("said by an old clock")
    times = [line.recorded_at for line in reversed(cube.journal())]
    sets = [line.change_set for line in reversed(cube.journal())]
    for (one, first), (two, second) in pairwise(zip(times, sets, strict=True)):
        assert one < two or (one == two and first == second)
    assert cube.check() == ()
