"""The commands about whom and what is mentioned."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from command_line import CommandLine


@pytest.fixture
def told(rem: CommandLine, tmp_path: Path) -> CommandLine:
    talk = [
        {"role": "user", "content": "I told Beatriz about the flat in Porto."},
        {"role": "user", "content": "my sister Bia lives there"},
        {"role": "user", "name": "Bruno", "content": "it rains"},
    ]
    file = tmp_path / "talk.json"
    file.write_text(json.dumps(talk), encoding="utf-8")
    rem("observe", str(file), "--session", "monday")
    return rem


def test_entities_are_listed_by_kind_and_shown_with_what_mentions_them(told: CommandLine) -> None:
    listed = told("entities").out
    assert "person, speaks  0 in 0  Bruno" in listed
    assert "Bia  also my sister (user)" in listed
    assert [one["name"] for one in told("entities", "--kind", "place", "--json").json["entities"]] == [
        "Porto"
    ]
    shown = told("entity", "my sister").out
    assert "my sister Bia lives there" in shown
    assert told("entity", "I", "--asker", "Bruno", "--json").json["entity"]["name"] == "Bruno"


def test_entities_are_merged_split_and_corrected(told: CommandLine) -> None:
    told("merge-entities", "Beatriz", "Bia", "--because", "she goes by Bia")
    assert told("entity", "Bia", "--json").json["entity"]["name"] == "Beatriz"
    assert "she goes by Bia" in told("journal", "-n", "1").out
    told("split-entity", "Beatriz", "--alias", "Bia")
    assert told("entity", "Bia", "--json").json["entity"]["name"] == "Bia"
    told("entity", "Porto", "--rename", "Oporto", "--is", "thing")
    assert told("entity", "Oporto", "--json").json["entity"]["kind"] == "thing"
    line = told("journal", "--json").json["lines"][0]["sequence"]
    told("undo", str(line))
    assert told("entity", "Porto", "--json").json["entity"]["kind"] == "place"


def test_recall_is_kept_to_what_mentions_somebody(told: CommandLine) -> None:
    hits = told("recall", "lives", "--entity", "my sister", "--json").json["hits"]
    assert {hit["item"]["session"] for hit in hits} == {"monday"}
    assert all("Bia" in hit["item"]["content"] for hit in hits)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["entity", "Beatrix"], "did you mean 'Beatriz'"),
        (["entity", "Zeferino"], "`entities` lists"),
        (["entities", "--kind", "alien"], "not one of: person"),
        (["merge-entities", "Bia", "Bia"], "one already"),
        (["split-entity", "Bia", "--alias", "Nobody"], "is not known as 'Nobody'"),
    ],
)
def test_what_can_t_be_done_is_said_in_one_line(told: CommandLine, command: list[str], said: str) -> None:
    assert said in told.refuses(*command)


def test_a_split_without_a_part_is_a_wrong_command_line(told: CommandLine) -> None:
    assert "--alias or --item" in told.refuses("split-entity", "Bia", code=2)
