"""The demo, end to end: two processes, one file, and each chapter with the result that it promises."""

from __future__ import annotations

from pathlib import Path

import pytest

import remanence
from command_line import CommandLine, in_a_process
from remanence.faces.demo.answering import PLAIN_REASONS
from remanence.recall.features import FEATURES


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The cube that a demo left, and what it printed."""
    cube = tmp_path_factory.mktemp("demo") / "ines.cube"
    done = in_a_process(cube, "demo", "--keep", str(cube), COLUMNS="100")
    assert done.returncode == 0, done.stderr.decode()
    assert done.stderr == b""
    return cube, done.stdout.decode()


def test_it_tells_the_whole_story_within_100_columns(kept: tuple[Path, str]) -> None:
    _, told = kept
    for number in range(1, 12):
        assert f"\n{number}  It " in told or f"\n{number}  " in told
    assert max(map(len, told.splitlines())) <= 100
    assert "all 166 messages are known and 0 are new" in told


def test_its_promises_are_kept(rem: CommandLine) -> None:
    chapters = {one["title"]: one for one in rem("demo", "--json").json["chapters"]}
    assert len(chapters) == 11
    promised = chapters["It keeps account of what was promised"]
    assert ["open", "Inês to Noor"] in [row[:2] for row in promised["rows"]]
    assert "judged" in promised["note"]
    retired = chapters["It forgets, and can take that back"]["rows"]
    assert [row[1] for row in retired] == ["found", "not found", "found"]
    erased = chapters["It erases, and proves it"]
    assert sum(int(row[1]) for row in erased["rows"]) >= 2
    assert sum(int(row[2]) for row in erased["rows"]) == 0
    assert "no fault" in erased["note"]
    assert "ItemFrozen" in chapters["It protects what must not change"]["rows"][0][2]
    answers = [row[2] for row in chapters["It knows what was true when"]["rows"]]
    assert [(then, now) for then, now in zip(answers[::2], answers[1::2], strict=True)][:3] == [
        ("Inês lives in Lisbon", "Inês lives in Porto"),
        ("Inês's boss is Vasco", "Inês's boss is Leonor"),
        ("Inês's favourite coffee is a bica", "Inês's favourite coffee is black filter coffee"),
    ]
    revised = chapters["It changes its mind, and remembers that it did"]
    assert [row[1] for row in revised["rows"]] == ["was believed", "is believed"]
    context = chapters["It fills a prompt, within a budget"]
    assert context["text"]


def test_the_cube_it_keeps_is_sound_and_answers(kept: tuple[Path, str]) -> None:
    cube, told = kept
    assert str(cube) in told.replace("\n", "")
    with remanence.open(cube, embedder="hashing", read_only=True) as memory:
        assert memory.owner == "Inês"
        assert memory.check() == ()
        assert memory.stats().counts["sessions"] >= 12
        assert b"4471#" not in cube.read_bytes()


def test_its_plain_reasons_are_parts_of_a_score() -> None:
    assert set(PLAIN_REASONS) <= set(FEATURES)


def test_it_does_not_write_over_a_file(rem: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    assert "exists already" in rem.refuses("demo", "--keep", str(tmp_path / "mine"))
    assert (tmp_path / "mine").read_text() == "mine"
