"""The bench of knowledge updates: its dialogues are well-formed, and it counts what its docstring says."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from datetime import UTC, date, datetime, time
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from updates import Dialogue

BENCH = Path(__file__).parents[2] / "bench"
DIALOGUES_MIN, OTHER_LANGUAGES_MIN = 150, 15
KINDS = {"latest", "as_of", "stays", "plural"}


@pytest.fixture(autouse=True)
def _bench_on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scripts import one another as if from their own folder."""
    monkeypatch.setattr(sys, "path", [*sys.path, str(BENCH)])


@pytest.fixture
def shipped() -> list[Dialogue]:
    from updates import SHIPPED, dialogues

    return list(dialogues(SHIPPED))


@pytest.fixture
def learnt_from() -> list[Dialogue]:
    from updates import dialogues

    return list(dialogues(BENCH / "updates_dev.json"))


@pytest.fixture(params=["shipped", "learnt_from"])
def either(request: pytest.FixtureRequest) -> list[Dialogue]:
    found: list[Dialogue] = request.getfixturevalue(request.param)
    return found


def test_there_are_enough_dialogues_and_each_has_its_own_name(shipped: list[Dialogue]) -> None:
    from updates import LANGUAGES

    assert len({one.name for one in shipped}) == len(shipped)
    others = [one for one in shipped if one.category in LANGUAGES]
    assert len(shipped) - len(others) >= DIALOGUES_MIN
    assert len(others) >= OTHER_LANGUAGES_MIN
    assert {one.category for one in others} == LANGUAGES
    assert {question.kind for one in shipped for question in one.questions} == KINDS


def test_no_message_of_a_user_is_used_twice_nor_both_learnt_from_and_scored(
    shipped: list[Dialogue], learnt_from: list[Dialogue]
) -> None:
    said = Counter(
        re.sub(r"\W+", " ", message.chat["content"]).lower()
        for one in (*shipped, *learnt_from)
        for message in one.messages
        if message.chat["role"] == "user" and len(message.chat["content"].split()) > 2
    )
    assert [text for text, count in said.items() if count > 1] == []


def test_times_ascend_and_questions_come_after(either: list[Dialogue]) -> None:
    for one in either:
        times = [message.said_at for message in one.messages]
        assert times == sorted(set(times)), one.name
        by_session = [message.session for message in one.messages]
        assert len(set(by_session)) == 1 + sum(a != b for a, b in pairwise(by_session))
        for question in one.questions:
            assert question.asked_at > times[-1], one.name
            assert (question.kind == "as_of") == (question.as_of is not None), one.name
            if question.as_of is not None:
                day = datetime.combine(date.fromisoformat(question.as_of), time(), UTC)
                assert times[0] < day < question.asked_at, one.name


def test_every_question_can_be_answered_from_the_text(either: list[Dialogue]) -> None:
    from updates import states

    for one in either:
        texts = [message.chat["content"] for message in one.messages]
        assert one.questions, one.name
        for question in one.questions:
            assert len(question.expect) == 1 or question.kind == "plural", one.name
            assert question.wrong or question.kind != "latest", one.name
            for value in question.expect:
                assert any(states(text, value) for text in texts), (one.name, value)
            if question.wrong:
                assert any(states(text, question.wrong) for text in texts), (one.name, question.wrong)
                assert not set(question.wrong).intersection(*question.expect), one.name
        for message in one.messages:
            for told in message.tells:
                assert states(message.chat["content"], [told]), (one.name, told)


def test_a_value_is_found_as_whole_words_in_any_case() -> None:
    from updates import states

    assert states("Off to CARDIFF, at last.", ["Cardiff"])
    assert states("37.5 a day", ["50", "37.5"])
    assert not states("the Cardiffians sing", ["Cardiff"])
    assert not states("call 5550", ["555"])


def record(messages: list[dict[str, object]], question: dict[str, object]) -> list[dict[str, object]]:
    chat = [
        {"role": "user", "timestamp": f"2025-01-0{day}T10:00:00Z", "session": f"s{day}", **message}
        for day, message in enumerate(messages, 1)
    ]
    asked = {"asked_at": "2025-02-01T10:00:00Z", "wrong": [], **question}
    return [{"id": "made-up", "category": "tools", "trap": "others", "messages": chat, "questions": [asked]}]


def figures(
    records: list[dict[str, object]],
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    *,
    verbose: bool = False,
) -> tuple[dict[str, tuple[float, int]], str]:
    from updates import dialogues, measure

    path = folder / "made-up.json"
    path.write_text(json.dumps(records), encoding="utf-8")
    measure(list(dialogues(path)), None, verbose=verbose)
    printed = capsys.readouterr()
    lines = [json.loads(line) for line in printed.out.splitlines()]
    assert {line["group"] for line in lines} == {"all", "tools", "trap: others"}
    return {line["figure"]: (line["value"], line["n"]) for line in lines}, printed.out + printed.err


QUESTION = {
    "type": "latest",
    "question": "which anvil do I own?",
    "expect": [["Vulcan"]],
    "wrong": ["Brooks"],
}


def test_a_first_hit_that_names_both_is_right_only_where_it_tells_the_new_value(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said: dict[str, object] = {"content": "the anvil I own: a Vulcan, formerly a Brooks"}
    plain, _ = figures(record([said], QUESTION), tmp_path, capsys)
    telling, _ = figures(record([{**said, "tells": ["Vulcan"]}], QUESTION), tmp_path, capsys)
    assert plain == {"latest first": (0, 1), "latest before others": (0, 1)}
    assert telling == {"latest first": (1, 1), "latest before others": (1, 1)}


def test_a_first_hit_that_states_no_value_counts_against_the_first_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    messages: list[dict[str, object]] = [
        {"content": "that anvil, the Vulcan, over there"},
        {"content": "which anvil do I own? which anvil? I keep asking"},
    ]
    found, _ = figures(record(messages, QUESTION), tmp_path, capsys)
    assert found == {"latest first": (0, 1), "latest before others": (1, 1)}


def test_a_value_that_no_hit_states_is_a_false_supersession(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    question = {"type": "plural", "question": "anvil?", "expect": [["Vulcan"], ["Zebulon"]]}
    found, _ = figures(record([{"content": "the anvil is a Vulcan"}], question), tmp_path, capsys)
    assert found == {"false supersessions": (0.5, 2), "ended": (0, 2), "read": (0, 2)}


def test_a_value_whose_derived_item_ended_is_a_false_supersession(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    messages: list[dict[str, object]] = [
        {"content": "I live in Ghent."},
        {"content": "I live in Bruges now."},
    ]
    question = {"type": "stays", "question": "where do I live?", "expect": [["Ghent"]], "wrong": ["Bruges"]}
    found, _ = figures(record(messages, question), tmp_path, capsys)
    assert found["read"] == (1, 1)
    assert found["false supersessions"] == found["ended"] == (1, 1)


def test_no_text_of_a_dialogue_is_printed_unless_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records = record([{"content": "the anvil I own is a Brooks"}], QUESTION)
    _, quiet = figures(records, tmp_path, capsys)
    _, loud = figures(records, tmp_path, capsys, verbose=True)
    assert not re.search("anvil|Brooks|Vulcan|made-up", quiet)
    assert "anvil" in loud
