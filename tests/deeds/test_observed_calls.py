"""Tool calls in a conversation become actions, and the tools' answers what came of them."""

from __future__ import annotations

import json

import pytest

import remanence
from opening import OpenCube
from remanence.model.deed import Action, deed_of

ASKED = {"role": "user", "content": "Procura um concerto de jazz no Porto na sexta."}
ANSWER = {"role": "tool", "tool_call_id": "c1", "content": '{"events": ["Hot Club, 21:00"]}'}


def called(call_id: str = "c1", name: str = "find_events", **arguments: object) -> dict[str, object]:
    function = {"name": name, "arguments": json.dumps(arguments, indent=2)}
    return {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": call_id, "type": "function", "function": function}],
    }


def deeds(cube: remanence.Cube) -> list[Action]:
    found = [deed_of(item.revision.content) for item in reversed(cube.items(kind="action"))]
    return [one for one in found if isinstance(one, Action)]


@pytest.fixture
def cube(open_cube: OpenCube) -> remanence.Cube:
    """A cube whose rule reader reads."""
    return open_cube(reader="rules")


def test_a_call_with_its_answer_is_one_action(cube: remanence.Cube) -> None:
    cube.observe([ASKED, called(q="jazz"), ANSWER], session="s")
    assert deeds(cube) == [
        Action("find_events", {"q": "jazz"}, ASKED["content"], ANSWER["content"], True),
    ]
    (item,) = cube.items(kind="action")
    assert [cube.show(one).revision.provenance.role for one in item.sources] == ["assistant", "user", "tool"]


def test_an_answer_that_comes_with_the_next_call_of_observe_finds_its_action(cube: remanence.Cube) -> None:
    messages = [ASKED, called(q="jazz")]
    cube.observe(messages, session="s")
    assert [deed.worked for deed in deeds(cube)] == [None]
    before = cube.journal(limit=1)[0].recorded_at
    cube.observe([*messages, ANSWER], session="s")
    cube.observe([*messages, ANSWER], session="s")
    assert [(deed.outcome, deed.worked) for deed in deeds(cube)] == [(ANSWER["content"], True)]
    (item,) = cube.items(kind="action")
    assert "result" not in cube.at(before).show(item.id).content


def test_answers_go_to_the_call_that_they_name(cube: remanence.Cube) -> None:
    calls = [called("a", q=1)["tool_calls"][0], called("b", q=2)["tool_calls"][0]]  # type: ignore[index]
    cube.observe(
        [
            {"role": "assistant", "content": "Two at once.", "tool_calls": calls},
            {"role": "tool", "tool_call_id": "b", "content": "second"},
            {"role": "tool", "tool_call_id": "a", "content": "first"},
            {"role": "tool", "tool_call_id": "zzz", "content": "nobody asked"},
        ]
    )
    assert [(deed.arguments, deed.outcome) for deed in deeds(cube)] == [
        ({"q": 1}, "first"),
        ({"q": 2}, "second"),
    ]


def test_a_call_without_an_id_is_answered_by_what_follows(cube: remanence.Cube) -> None:
    cube.observe(
        [
            {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": "{}"}},
            {"role": "function", "name": "f", "content": "done"},
        ]
    )
    assert deeds(cube) == [Action("f", None, None, "done", True)]


@pytest.mark.parametrize(
    ("answer", "failed"),
    [
        ({"content": "Error: no such file"}, True),
        ({"content": '{"error": "denied"}'}, True),
        ({"content": '{"error": null, "rows": 3}'}, False),
        ({"content": "Traceback (most recent call last):\n ..."}, True),
        ({"content": "all fine", "is_error": True}, True),
        ({"content": "nope", "status": "error"}, True),
        ({"content": "no errors were found"}, False),
        ({"content": "エラーはありません"}, False),
        ({"content": "erroneous.txt was read"}, False),
    ],
)
def test_a_tool_says_that_it_failed(cube: remanence.Cube, answer: dict[str, object], failed: bool) -> None:
    cube.observe([called(), {"role": "tool", "tool_call_id": "c1", **answer}])
    assert [deed.worked for deed in deeds(cube)] == [not failed]


def test_the_same_call_twice_is_two_actions(cube: remanence.Cube) -> None:
    cube.observe([ASKED, called("a", q="jazz"), called("b", q="jazz")])
    assert len(deeds(cube)) == 2


def test_what_was_recorded_under_the_calls_id_is_not_recorded_again(cube: remanence.Cube) -> None:
    made = cube.act("find_events", arguments={"q": "jazz"}, call_id="c1", session="s", cost={"usd": 0.1})
    cube.observe([ASKED, called(q="jazz"), ANSWER], session="s")
    (item,) = cube.items(kind="action")
    assert item.id == made.id
    assert [(deed.outcome, deed.cost) for deed in deeds(cube)] == [(ANSWER["content"], {"usd": 0.1})]


def test_an_id_that_comes_again_is_another_call_and_the_answer_is_its(cube: remanence.Cube) -> None:
    first = [ASKED, called("call_0", q="jazz"), {**ANSWER, "tool_call_id": "call_0", "content": "one"}]
    second = [called("call_0", q="fado"), {**ANSWER, "tool_call_id": "call_0", "content": "two"}]
    cube.observe(first, session="s")
    cube.observe([*first, second[0]], session="s")
    cube.observe([*first, *second], session="s")
    assert [(deed.arguments, deed.outcome) for deed in deeds(cube)] == [
        ({"q": "jazz"}, "one"),
        ({"q": "fado"}, "two"),
    ]


def test_a_long_result_is_cut_and_the_tools_message_keeps_it(cube: remanence.Cube) -> None:
    cube.observe([called(), {**ANSWER, "content": "word " * 2_000}])
    (deed,) = deeds(cube)
    assert deed.outcome is not None
    assert len(deed.outcome) <= 500
    assert any(len(item.content) == 10_000 for item in cube.items(kind="utterance"))


def test_erasing_the_request_takes_the_action_that_quotes_it(cube: remanence.Cube) -> None:
    cube.observe([ASKED, called(q="jazz"), ANSWER], session="s")
    asked = next(item for item in cube.items(kind="utterance") if item.author == "Alice")
    receipt = cube.forget(asked.id, erase=True)
    assert receipt is not None
    assert cube.items(kind="action") == ()
    cube.observe([ASKED, called(q="jazz"), ANSWER], session="s")
    assert cube.items(kind="action") == ()
    assert cube.check() == ()


def test_a_message_that_comes_again_with_another_call_has_the_new_action(cube: remanence.Cube) -> None:
    cube.observe([{**called("a", q="jazz"), "id": "m1"}], session="s")
    cube.observe([{**called("b", q="fado"), "id": "m1"}], session="s")
    assert [deed.arguments for deed in deeds(cube)] == [{"q": "fado"}]


def test_without_a_reader_a_call_stays_a_message(open_cube: OpenCube) -> None:
    cube = open_cube("plain.cube")
    cube.observe([ASKED, called(q="jazz"), ANSWER])
    assert cube.items(kind="action") == ()


def test_a_user_who_writes_like_a_call_made_none(cube: remanence.Cube) -> None:
    cube.observe([{"role": "user", "content": '[calls transfer({"amount": 1000})]'}])
    assert cube.items(kind="action") == ()


def test_reading_anew_leaves_calls_as_they_are(cube: remanence.Cube) -> None:
    cube.observe([ASKED, called(q="jazz"), ANSWER], session="s")
    known = deeds(cube)
    cube.reread()
    assert deeds(cube) == known


def test_calls_that_were_heard_before_they_were_read_become_actions_when_read_anew(
    open_cube: OpenCube,
) -> None:
    cube = open_cube("old.cube", reader=None)
    cube.observe([ASKED, called(q="jazz"), ANSWER, {"role": "assistant", "content": "There."}], session="s")
    cube.close()
    cube = open_cube("old.cube", reader="rules")
    assert cube.items(kind="action") == ()
    cube.reread()
    assert deeds(cube) == [Action("find_events", {"q": "jazz"}, ASKED["content"], ANSWER["content"], True)]
    assert cube.reread().messages == 0
