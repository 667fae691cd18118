"""The commands along time: timeline, changes, undo --through, restore."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from command_line import CommandLine


@pytest.fixture
def moved(rem: CommandLine, tmp_path: Path) -> CommandLine:
    """A cube in which Zoë has moved."""
    talk = [
        {"role": "user", "name": "Zoë", "content": text, "timestamp": f"{day} 10:00", "session": day}
        for day, text in (("2026-01-05", "I live in Lisbon."), ("2026-06-01", "I live in Porto now."))
    ]
    file = tmp_path / "talk.json"
    file.write_text(json.dumps(talk), encoding="utf-8")
    rem("init", "--time-zone", "UTC")
    rem("observe", str(file), "--because", "an export")
    return rem


def test_a_timeline_shows_values_with_their_times_and_items(moved: CommandLine) -> None:
    lines = moved("timeline", "zoë", "--attribute", "home").out.splitlines()
    assert lines[0].split() == ["attribute", "value", "holds", "item", "from"]
    assert "Lisbon" in lines[1]
    assert "2026-01-05 10:00 to 2026-06-01 10:00" in lines[1]
    assert "Porto" in lines[2]
    periods = moved("timeline", "Zoë", "--json").json["periods"]
    homes = [one for one in periods if one["attribute"] == "home"]
    assert [(one["value"], one["valid_to"] is None) for one in homes] == [("Lisbon", False), ("Porto", True)]
    assert set(homes[0]) == {
        "subject", "attribute", "value", "affirmed", "valid_from", "valid_to", "sources", "item",
    }  # fmt: skip
    assert homes[0]["item"]["sources"][0]["id"] == homes[0]["sources"][0]
    assert "nothing is known" in moved("timeline", "Nobody").out
    assert "nothing is known" in moved("timeline", "Zoë", "--known-at", "2001-01-01").out


def test_changes_tell_who_why_and_the_texts_before_and_after(rem: CommandLine) -> None:
    item_id = rem.remember("tea at five", "--because", "she said so")
    rem("revise", item_id, "tea at six")
    rem("forget", item_id)
    told = rem("changes", "1").out
    assert told.startswith("1  remember by user, ")
    assert ": she said so" in told
    assert "tea at five -> tea at six" in told
    assert "tea at six (archived)" in told
    assert "tea at five -> tea at six" in rem("changes", "today").out
    assert "nothing changed" in rem("changes", "2001-01-01", "--until", "2001-02-01").out
    (change,) = rem("changes", "2", "--until", "2", "--json").json["changes"]
    assert set(change) == {
        "change_set", "recorded_at", "actor", "verb", "reason", "reason_erased", "edits", "left_out",
        "next_line",
    }  # fmt: skip
    (edit,) = change["edits"]
    assert set(edit) == {"verb", "item", "before", "after", "state", "source"}
    assert (edit["before"], edit["after"], edit["state"]) == (["tea at five"], ["tea at six"], "active")
    rem("forget", item_id, "--erase", "--yes")
    assert "tea" not in rem("changes", "1").out
    assert "(erased)" in rem("changes", "2", "--until", "2").out
    (change,) = rem("changes", "2", "-n", "1", "--json").json["changes"]
    assert change["edits"][0]["before"] == [None]


def test_a_range_is_undone_together_and_erasures_are_named(rem: CommandLine) -> None:
    item_id, other = rem.remember("one"), rem.remember("secret")
    rem("revise", item_id, "two")
    rem("forget", other, "--erase", "--yes")
    rem("revise", item_id, "three")
    told = rem("undo", "3", "--through", "5", "--because", "a bad day").out
    assert "undid change 5, 3" in told
    assert "erasures are not undone: change 4" in told
    assert rem("show", item_id, "--json").json["content"] == "one"


def test_a_restore_tells_what_came_back_and_what_was_set_aside(rem: CommandLine) -> None:
    item_id = rem.remember("one")
    then = rem("show", item_id, "--json").json["recorded_from"]
    rem("revise", item_id, "two")
    later = rem.remember("later")
    told = rem("restore", then, "--because", "a bad day").out
    assert "restored as change 4" in told
    assert f"as it was then: {item_id[:8]}" in told
    assert f"set aside:      {later[:8]}" in told
    assert rem("show", item_id, "--json").json["content"] == "one"
    assert "nothing was changed" in rem("restore", then).out
    rem("undo", "4")
    assert rem("show", item_id, "--json").json["content"] == "two"
