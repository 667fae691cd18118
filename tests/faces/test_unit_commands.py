"""The commands about units, links, summaries and proposals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from command_line import CommandLine


@pytest.fixture
def told(rem: CommandLine, tmp_path: Path) -> CommandLine:
    talk = [
        {"role": "user", "name": "Bob", "content": "The garden needs water."},
        {"role": "user", "name": "Ana", "content": "I sell bicycles in Porto."},
    ]
    file = tmp_path / "talk.json"
    file.write_text(json.dumps(talk), encoding="utf-8")
    rem("observe", str(file), "--session", "monday")
    return rem


def test_a_unit_is_made_filled_changed_and_shown(told: CommandLine) -> None:
    item_id = told.remember("Tomatoes grow in the garden")
    made = told("unit", "garden", "--description", "what grows", "--annotation", "since=2024", "--json").json
    assert (made["kind"], made["annotations"], made["version"]) == ("topic", {"since": 2024}, 1)
    told("member", "garden", item_id, "--role", "crop")
    shown = told("units", "garden").out
    assert "what grows" in shown
    assert "[crop]  Tomatoes grow in the garden" in shown
    told("versions", "garden", "--tag", "full")
    told("member", "garden", item_id, "--remove")
    assert f"- {item_id[:8]}" in told("versions", "garden", "--diff", "full").out
    assert told("versions", "garden", "--restore", "full", "--json").json["gone"] == []
    assert told("units", "garden", "--json").json["members"][0]["item"]["id"] == item_id
    told("unit", "garden", "--rename", "the garden")
    assert "the garden" in told("units", "--kind", "topic").out
    told("fork", "the garden", "allotment")
    told("merge", "allotment", "topic:the garden", "--because", "one is enough")
    assert "the garden" not in told("units").out
    assert "retired" in told("units", "--retired").out


def test_there_is_a_persona_for_each_speaker_and_a_context_for_each_session(told: CommandLine) -> None:
    listed = {(one["kind"], one["name"]) for one in told("units", "--json").json["units"]}
    assert listed == {("persona", "Bob"), ("persona", "Ana"), ("context", "monday")}
    assert "I sell bicycles" in told("units", "Ana").out
    hits = told("recall", "what is there", "--unit", "Bob", "--json").json["hits"]
    assert [hit["item"]["author"] for hit in hits] == ["Bob"]
    raised = told("recall", "garden bicycles", "--boost-unit", "Ana", "--why").out
    assert "unit Ana +1.00" in " ".join(raised.split())
    assert "bicycles" not in told("context", "garden", "--unit", "Bob").out


def test_links_are_made_listed_and_ended(told: CommandLine) -> None:
    one, two = told.remember("a claim"), told.remember("its ground")
    assert "supports" in told("link", two, "supports", one).out
    assert "about" in told("link", one, "about", "Bob").out
    assert told("links", "Bob", "--json").json["links"][0]["source"] == {"item": one}
    assert "supports" not in told("link", two, "supports", one, "--end").out
    assert "no such link" in told.refuses("link", two, "supports", one, "--end")


def test_what_is_summed_up_cites_its_items(told: CommandLine) -> None:
    assert "Bob: The garden needs water. (" in told("summary", "monday").out
    assert "1 summaries written" in told("summarise").out
    assert "1 sessions unchanged" in told("summarise").out
    assert any(hit["item"]["kind"] == "summary" for hit in told("recall", "garden", "--json").json["hits"])
    assert "I sell bicycles in Porto." in told("rollup", "day").out
    assert "nothing to sum up" in told("rollup", "month", "2020-01-01").out


def test_proposals_are_accepted_or_refused_by_number(told: CommandLine) -> None:
    for thing in ("soil", "sun", "water", "salad", "seeds", "harvest"):
        told.remember(f"tomatoes and garden {thing}")
        told.remember(f"engine and motor {thing}")
    listed = told("propose", "--members-min", "4", "--json").json["proposals"]
    assert listed
    assert told("propose", "--members-min", "4").out.startswith("1  ")
    made = told("propose", "--members-min", "4", "--accept", "1", "--name", "growing", "--json").json
    assert made["name"] == "growing"
    left = told("propose", "--members-min", "4", "--json").json["proposals"]
    for _ in left:
        told("propose", "--members-min", "4", "--refuse", "1")
    assert told("propose", "--members-min", "4", "--json").json["proposals"] == []
    assert "no proposal 9" in told.refuses("propose", "--accept", "9", code=2)


def test_a_rule_comes_from_a_file(told: CommandLine, tmp_path: Path) -> None:
    rule = tmp_path / "rule.toml"
    rule.write_text('author = "Bob"\n', encoding="utf-8")
    told("unit", "of Bob", "--rule", str(rule))
    assert "The garden needs water." in told("units", "of Bob").out
    rule.write_text('colour = "red"\n', encoding="utf-8")
    assert "no field 'colour'" in told.refuses("unit", "of Bob", "--rule", str(rule))


def test_a_units_words_are_erased_when_that_is_confirmed(told: CommandLine) -> None:
    told("unit", "a secret plan")
    assert "--yes" in told.refuses("unit", "a secret plan", "--erase", code=2)
    assert told("unit", "a secret plan", "--erase", "--yes", "--json").json["pending"] is False
    assert "secret plan" not in told("units", "--retired").out
    assert b"secret plan" not in told.cube.read_bytes()


@pytest.mark.parametrize(
    "command",
    [
        "unit x --retire --erase",
        "units --at 2026-01-01",
        "member x 0 --remove --role a",
        "versions x --tag a --restore 1",
        "propose --accept 1 --refuse 1",
        "propose --name x",
    ],
)
def test_options_that_do_not_go_together_are_refused(rem: CommandLine, command: str) -> None:
    rem.refuses(*command.split(), code=2)
