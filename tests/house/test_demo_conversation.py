"""The demo's conversation: whole, in order, and in step with the table of what was true when."""

from __future__ import annotations

import json
from datetime import date, datetime
from itertools import groupby, pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

DEMO = Path(__file__).parents[2] / "src" / "remanence" / "faces" / "demo"
LINES = (DEMO / "conversation.jsonl").read_text(encoding="utf-8").splitlines()
TURNS = [json.loads(line) for line in LINES]
FACTS = json.loads((DEMO / "conversation.facts.json").read_text(encoding="utf-8"))
SESSIONS = {name: list(turns) for name, turns in groupby(TURNS, key=lambda turn: turn["session"])}


def said(place: dict) -> dict:
    """The turn at {"session", "turn"}."""
    return SESSIONS[place["session"]][place["turn"]]


def holding(on: date, subject: str, attribute: str) -> list[str]:
    """The values that the table gives for a day."""
    return [
        fact["value"]
        for fact in FACTS["facts"]
        if (fact["subject"], fact["attribute"]) == (subject, attribute)
        and (fact["valid_from"] is None or date.fromisoformat(fact["valid_from"]) <= on)
        and (fact["valid_to"] is None or on < date.fromisoformat(fact["valid_to"]))
    ]


def test_it_is_a_year_in_twelve_sessions() -> None:
    assert len(SESSIONS) == 12
    assert 140 <= len(TURNS) <= 180
    assert [turn["session"] for turn in TURNS] == sorted(turn["session"] for turn in TURNS)
    assert (FACTS["first_said"], FACTS["last_said"]) == (min(SESSIONS), max(SESSIONS))


def test_times_rise_and_carry_the_offset_of_their_place() -> None:
    zone = ZoneInfo(FACTS["time_zone"])
    times = [datetime.fromisoformat(turn["timestamp"]) for turn in TURNS]
    assert all(earlier < later for earlier, later in pairwise(times))
    for turn, time in zip(TURNS, times, strict=True):
        assert time.utcoffset() == time.astimezone(zone).utcoffset()
        assert turn["session"] == time.date().isoformat()


def test_the_user_speaks_by_name_and_takes_turns_with_the_assistant() -> None:
    for turns in SESSIONS.values():
        assert turns[0]["role"] == "user"
        assert all(turn["content"].strip() for turn in turns)
        assert all((turn["role"] == "user") == (turn.get("name") == FACTS["owner"]) for turn in turns)


def test_corrections_follow_the_mistake_and_come_from_the_user() -> None:
    assert len(FACTS["corrections"]) >= 5
    for correction in FACTS["corrections"]:
        wrong, right = correction["wrong_in"], correction["corrected_in"]
        assert said(wrong)["role"] == "assistant"
        assert said(right)["role"] == "user"
        assert right == {"session": wrong["session"], "turn": wrong["turn"] + 1}


def test_a_secret_stands_where_the_table_says_and_nowhere_else() -> None:
    for secret in FACTS["secrets"]:
        holders = [turn for turn in TURNS if secret["text"] in turn["content"]]
        assert holders == [said(place) for place in secret["told_in"]]
        asked = said(secret["erasure_asked_in"])
        assert asked["timestamp"] > holders[-1]["timestamp"]
        assert "erase" in asked["content"]


def test_phrases_of_time_stand_in_their_turns() -> None:
    for phrase in FACTS["dates"]:
        assert phrase["phrase"] in said(phrase)["content"], phrase
        date.fromisoformat(phrase["means"])


@pytest.mark.parametrize("attribute", ["home", "employer", "diet", "allergy", "favourite coffee"])
def test_a_changing_fact_has_one_value_a_day_and_another_later(attribute: str) -> None:
    on_first = holding(date.fromisoformat(FACTS["first_said"]), FACTS["owner"], attribute)
    on_last = holding(date.fromisoformat(FACTS["last_said"]), FACTS["owner"], attribute)
    assert len(on_first) == len(on_last) == 1
    assert on_first != on_last


def test_what_was_true_earlier_answers_otherwise_than_today() -> None:
    for question in FACTS["as_of"]:
        answers = [answer["answer"] for answer in question["answers"]]
        assert len(set(answers)) == len(answers) >= 2, question["question"]


def test_plans_end_in_different_ways() -> None:
    assert {plan["outcome"] for plan in FACTS["plans"]} == {"kept", "not kept", "late", "cancelled", "open"}
    for plan in FACTS["plans"]:
        assert (plan["told_in"] is None) == (plan["outcome"] == "open")


def test_not_everything_is_said_in_english() -> None:
    text = "\n".join(LINES)
    assert "Boas festas" in text
    assert "🎄" in text
