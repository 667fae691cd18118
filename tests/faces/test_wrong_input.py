"""What goes wrong at the command line: one line on standard error, an exit code, and nothing changed."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from command_line import CommandLine

READING = (
    "recall x",
    "context x",
    "show 0",
    "history 0",
    "journal",
    "erased",
    "stats",
    "check",
    "timeline Alice",
    "changes 1",
    "backup b.cube",
    "units",
    "units x",
    "versions x",
    "links x",
    "summary x",
    "rollup day",
    "propose",
)
CHANGING = (
    "revise 0 text", "forget 0", "forget 0 --erase --yes", "freeze 0", "thaw 0", "annotate 0 --tag a",
    "undo 1", "undo 1 --through 2", "restore yesterday", "embed", "embed --replace",
    "undo 1", "embed", "embed --replace", "unit x", "member x 0", "fork x y", "merge x y", "link x about y",
    "versions x --restore 1", "summarise", "propose --accept 1",
)  # fmt: skip


@pytest.mark.parametrize("command", [*READING, *CHANGING])
def test_a_cube_that_is_not_there_is_named_and_not_made(rem: CommandLine, command: str) -> None:
    assert str(rem.cube) in rem.refuses(*command.split())
    assert not rem.cube.exists()


@pytest.mark.parametrize("command", [*READING, "remember x", "observe -"])
def test_a_file_that_is_no_cube_is_named_and_left_as_it_was(rem: CommandLine, command: str) -> None:
    rem.cube.write_bytes(b"a letter, not a cube" * 50)
    assert str(rem.cube) in rem.refuses(*command.split())
    assert rem.cube.read_bytes() == b"a letter, not a cube" * 50


@pytest.mark.parametrize("command", ["stats", "remember x"])
def test_without_a_cube_the_message_says_how_to_give_one(
    rem: CommandLine, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from remanence.faces.cli.app import run

    assert run(command.split()) == 2
    told = capsys.readouterr().err
    assert "--cube PATH" in told
    assert "REMANENCE_CUBE" in told


@pytest.mark.parametrize(
    "command", ["show", "history", "freeze", "thaw", "forget", "annotate", "journal --item"]
)
def test_an_unknown_id_is_an_error(rem: CommandLine, command: str) -> None:
    rem.remember("Alice likes jazz")
    told = rem.refuses(*command.split(), "zzzzzzzzzz")
    assert "zzzzzzzzzz" in told


def test_an_ambiguous_id_lists_what_it_may_mean(rem: CommandLine) -> None:
    ids = sorted(rem.remember(f"thing {number}") for number in range(40))
    shared = next(one[:1] for one, other in pairwise(ids) if one[0] == other[0])
    told = rem.refuses("show", shared)
    assert next(one for one in ids if one.startswith(shared))[:8] in told


@pytest.mark.parametrize("item_id", ["", "no id!", "u" * 5, "0" * 26])
def test_what_cannot_be_an_id_is_refused(rem: CommandLine, item_id: str) -> None:
    rem.remember("Alice likes jazz")
    assert "is not an id" in rem.refuses("show", item_id)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("recall x --as-of blurb", "as_of"),
        ("recall x --known-at 2026-13-01", "known_at"),
        ("recall x --said-before blurb", "said_before"),
        ("recall x --kind blurb", "utterance"),
        ("recall x --include everything", "retired"),
        ("recall x --confidence-min 2", "[0, 1]"),
        ("recall x -k 0", "[1, 1000]"),
        ("context x --budget 0", "budget"),
        ("context x --budget 1", "budget"),
        ("remember x --kind blurb", "utterance"),
        ("remember x --confidence 2", "[0, 1]"),
        ("remember x --valid-from 2026-02-01 --valid-to 2026-01-01", "2026-02-01"),
        ("remember x --valid-from blurb", "valid_from"),
        ("journal --limit 0", "limit"),
        ("check --head nonsense", "nonsense"),
        ("undo 999", "999"),
        ("undo 1 --through 999", "999"),
        ("undo 2 --through 1", "through 1"),
        ("changes blurb", "since"),
        ("changes 0", "since 0"),
        ("changes 1 --until blurb", "until"),
        ("changes 1 --limit 0", "[1, 1000]"),
        ("restore blurb", "known_at"),
        ("restore 2001-01-01", "knew nothing yet"),
        ("timeline Alice --known-at blurb", "known_at"),
        ("stats --embedder blurb", ""),
        ("recall x --embedder blurb", "minilm"),
        ("init --time-zone Mars/Olympus", "Mars/Olympus"),
    ],
)
def test_a_value_that_cannot_be_is_named(rem: CommandLine, command: str, said: str) -> None:
    rem.remember("Alice likes jazz")
    before = rem.cube.read_bytes()
    if not said:
        rem(*command.split())  # a command that compares no texts asks no embedder
        return
    assert said in rem.refuses(*command.split())
    assert rem.cube.read_bytes() == before


@pytest.mark.parametrize(
    "command",
    [
        "frobnicate", "recall", "recall x --frob", "recall x y", "remember x --confidence much", "undo first",
        "undo 1 --through last", "changes", "timeline", "restore",
        "remember x --metadata lonely", "forget 0 --dry-run", "forget 0 --in-sources keep",
        "forget 0 --force", "embed --replace --limit 3", "forget 0 --erase",
    ],
)  # fmt: skip
def test_a_command_line_that_cannot_be_read_ends_with_2(rem: CommandLine, command: str) -> None:
    rem.remember("Alice likes jazz")
    told = rem.refuses(*command.split(), code=2)
    assert "--help" in told


def test_an_erasure_is_not_made_unasked(rem: CommandLine) -> None:
    item_id = rem.remember("Alice likes jazz")
    assert "--yes" in rem.refuses("forget", item_id, "--erase", code=2)
    assert rem("show", item_id, "--json").json["state"] == "active"


def test_where_to_blank_is_one_of_three(rem: CommandLine) -> None:
    item_id = rem.remember("Alice likes jazz")
    assert "passage" in rem.refuses("forget", item_id, "--erase", "--yes", "--in-sources", "everywhere")
    assert rem("show", item_id, "--json").json["state"] == "active"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"role": "user", "content": "hi"}\nno json', "line 2"),
        ('{"role": "user", "content": "hi"}\n{"role": "user"}', "content"),
        ('{"role": "queen", "content": "hi"}', "queen"),
        ("[1]", "int"),
    ],
)
def test_a_bad_message_is_named_and_nothing_of_the_file_is_kept(
    rem: CommandLine, tmp_path: Path, content: str, said: str
) -> None:
    file = tmp_path / "talk.jsonl"
    file.write_text(content, encoding="utf-8")
    rem("init")
    assert said in rem.refuses("observe", str(file))
    assert rem("stats", "--json").json["counts"]["items"] == 0


def test_a_file_that_is_not_there_is_named(rem: CommandLine, tmp_path: Path) -> None:
    assert "none.jsonl" in rem.refuses("observe", str(tmp_path / "none.jsonl"))


def test_a_backup_replaces_no_file(rem: CommandLine, tmp_path: Path) -> None:
    rem.remember("Alice likes jazz")
    target = tmp_path / "b.cube"
    target.write_text("precious")
    assert "b.cube" in rem.refuses("backup", str(target))
    assert target.read_text() == "precious"
    assert "nowhere" in rem.refuses("backup", str(tmp_path / "nowhere" / "b.cube"))


def test_a_cube_of_another_embedder_says_what_to_do(rem: CommandLine) -> None:
    rem.remember("Alice likes jazz")
    told = rem.refuses("recall", "jazz", "--embedder", "minilm")
    assert "minilm" in told.lower()
    assert rem("show", rem("journal", "--json").json["lines"][0]["item"]).code == 0


def test_an_encrypted_cube_opens_with_its_key_alone(
    rem: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REMANENCE_KEY", "open sesame")
    item_id = rem.remember("Alice likes jazz")
    assert b"jazz" not in rem.cube.read_bytes()
    assert "jazz" in rem("show", item_id).out
    monkeypatch.setenv("REMANENCE_KEY", "open barley")
    assert "key" in rem.refuses("show", item_id)
    monkeypatch.delenv("REMANENCE_KEY")
    assert "key" in rem.refuses("show", item_id)
