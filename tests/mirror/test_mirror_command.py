"""`remanence mirror`, as somebody at a terminal meets it."""

from __future__ import annotations

import json
from pathlib import Path

from command_line import CommandLine
from overheard import talk
from remanence.faces import demo

CONVERSATION = Path(demo.__file__).parent / "conversation.jsonl"


def test_the_demo_s_agent_sees_that_it_broke_its_word(rem: CommandLine) -> None:
    rem("observe", str(CONVERSATION))
    page = rem("mirror").out
    assert "assistant  79 messages, 2025-11-08 to 2026-10-24" in page
    assert "8.5 x  of 100 sentences" in page  # it asks more than it is asked
    broken = page.index("Where it went against itself  1 unexplained, 0 explained")
    assert broken < page.index("no walnuts in anything I suggest") < page.index("a walnut and sage pesto")
    assert "You did, and I should not have suggested it." in page
    assert "promise-keeping: 0 assessed promises, 1 needed" in page


def test_looking_changes_nothing_and_keeping_says_what_was_kept(rem: CommandLine, tmp_path: Path) -> None:
    said = tmp_path / "talk.json"
    said.write_text(json.dumps(talk(habit=lambda day, number, text: f"Truth be told, {text}")), "utf-8")
    rem("observe", str(said))
    lines = rem("journal", "--json").out
    assert "“truth be told”" in rem("mirror").out
    assert rem("journal", "--json").out == lines

    kept = rem("mirror", "--keep", "--because", "monthly").out
    assert "findings, 0 renewed, 0 as they were; change" in kept
    assert "+ Often says “truth be told”." in kept
    assert "--accept-persona lets its persona say so" in kept
    assert "nothing new was found" in rem("mirror", "--keep").out
    assert "its persona says so now" in rem("mirror", "--keep", "--accept-persona").out
    assert "Often says “truth be told”." in rem("units", "Atlas", "--json").json["description"]


def test_json_has_the_figures_with_their_evidence(rem: CommandLine, tmp_path: Path) -> None:
    said = tmp_path / "talk.json"
    said.write_text(json.dumps(talk(habit=lambda day, number, text: f"Truth be told, {text}")), "utf-8")
    rem("observe", str(said))
    shown = rem("mirror", "--json").json
    (phrase,) = [one for one in shown["phrases"] if one["text"] == "truth be told"]
    assert phrase["count"] == 240
    assert rem("show", phrase["evidence"][0], "--json").json["author"] == "Atlas"
    done = rem("mirror", "--keep", "--json").json
    assert done["portrait"] == shown
    assert {one["kind"] for one in done["findings"]} == {"concept"}


def test_what_can_not_be_is_one_line(rem: CommandLine) -> None:
    rem.remember("The tea is cold")
    assert "no agent speaks in this cube" in rem("mirror").out
    assert "'Atlas' says nothing in this cube" in rem.refuses("mirror", "--agent", "Atlas")
    assert "go with --keep" in rem.refuses("mirror", "--accept-persona", code=2)
