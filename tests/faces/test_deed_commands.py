"""The agent's own history on the command line: recorded, asked for, learnt from and told."""

from __future__ import annotations

import pytest

from command_line import CommandLine


def made(rem: CommandLine, *arguments: str) -> str:
    return rem(*arguments, "--json").json["id"]


def test_a_deed_is_recorded_and_its_outcome_said_later(rem: CommandLine) -> None:
    goal = made(rem, "goal", "ir a Braga", "--due", "2999-06-01")
    choice = made(
        rem,
        *("decide", "o comboio", "--option", "o comboio", "--option", "o carro"),
        *("--reason", "há sempre lugar", "--goal", goal),
    )
    call = made(
        rem,
        *("act", "book", "--arguments", '{"to": "Braga"}', "--situation", "ir a Braga"),
        *("--decision", choice, "--cost", "eur=12.5", "--at", "2026-01-02"),
    )
    assert "book({" in rem("outcome", call, "lugar 12", "--worked", "--cost", "eur=1").out
    shown = rem("show", call, "--json").json
    assert shown["said_at"].startswith("2026-01-0")
    assert shown["metadata"]["deed"]["cost"] == {"eur": 1.0}
    rem("outcome", choice, "perdido", "--failed")
    assert "because: há sempre lugar (0.40)" in rem("precedents", "ir a Braga").out
    assert "(50 % done): metade" in rem("progress", goal, "--share", "0.5", "--note", "metade").out
    rem("progress", goal, "--status", "done")
    assert "served the goal" in rem("recall", "Braga", "--goal", goal, "--why").out
    told = rem("story").out
    assert told.startswith("2026-01-02\n")
    assert "goal: ir a Braga (done)" in told
    assert "2026-01-02" not in rem("story", "--since", "2026-01-03").out
    assert "book(" in rem("story", "--about", "Braga").out


def test_lessons_are_learnt_and_listed(rem: CommandLine) -> None:
    rem("act", "x")
    assert "nothing was tried often enough" in rem("lessons").out
    for _ in range(3):
        rem("act", "retry", "--situation", "the API answers 429", "--result", "200")
    assert "1.00  When the API answers 429: do retry; seen 3 times" in rem("lessons").out
    assert rem("lessons", "--json").json["unchanged"] == 1


def test_items_are_listed_page_by_page(rem: CommandLine) -> None:
    for text in ("one", "two", "three"):
        rem.remember(text, "--tag", "number")
    first = rem("list", "--tag", "number", "--limit", "2")
    assert "three" in first.out
    assert "two" in first.out
    assert "go on with --after" in first.out
    page = rem("list", "--limit", "2", "--json").json
    assert [item["content"] for item in page["items"]] == ["three", "two"]
    rest = rem("list", "--limit", "2", "--after", page["after"], "--json").json
    assert [item["content"] for item in rest["items"]] == ["one"]
    assert rest["after"] is None
    assert "nothing that fits" in rem("list", "--kind", "goal").out


def test_nothing_tried_and_nothing_said_is_told_so(rem: CommandLine) -> None:
    rem("init")
    assert "nothing like it" in rem("precedents", "anything").out
    assert "nothing is remembered" in rem("story").out


@pytest.mark.parametrize(
    ("arguments", "says", "code"),
    [
        (("act", "x", "--cost", "usd"), "is not NAME=VALUE", 2),
        (("act", "x", "--cost", "usd=dear"), "is not UNIT=NUMBER", 2),
        (("act", "x", "--result", "a", "--error", "b"), "a result or an error", 1),
        (("act", "x", "--goal", "0000000000"), "no item's id", 1),
        (("outcome", "0000000000", "x"), "no item's id", 1),
        (("progress", "0000000000", "--share", "2"), "share in [0, 1]", 1),
        (("story", "--since", "2026-02-01", "--until", "2026-01-01"), "earlier time first", 1),
        (("list", "--state", "asleep"), "is not one of", 1),
        (("summary", "user", "--abstractive"), "LLMReader", 1),
    ],
)
def test_wrong_input_is_one_line(rem: CommandLine, arguments: tuple[str, ...], says: str, code: int) -> None:
    rem.remember("a statement")
    assert says in rem.refuses(*arguments, code=code)


def test_arguments_that_are_no_json_are_refused(rem: CommandLine) -> None:
    assert "--arguments '{bad' is not JSON" in rem("act", "book", "--arguments", "{bad", code=2).err
    assert rem("list", "--json").json["items"] == []


def test_a_story_without_lines_says_why(rem: CommandLine) -> None:
    rem("act", "sweep the yard")
    assert rem("story", "--until", "2001").out == "nothing is remembered of that time\n"
    assert "fits in 1 tokens; give a larger --budget" in rem("story", "--budget", "1").out
    assert "that is about 'yard'" in rem("story", "--until", "2001", "--about", "yard").out
    assert "since 2999 lies in the future" in rem("story", "--since", "2999", code=1).err
