"""The benches of commitments, requests and contradictions: what they count, on records made up here."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench"
Figures = dict[tuple[str, str], tuple[float, int]]


@pytest.fixture(autouse=True)
def _bench_on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scripts import one another as if from their own folder."""
    monkeypatch.setattr(sys, "path", [str(BENCH), *sys.path])


def printed(capsys: pytest.CaptureFixture[str]) -> Figures:
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return {(line["group"], line["figure"]): (line["value"], line["n"]) for line in lines}


def test_precision_is_of_what_was_claimed_and_recall_of_what_was_wanted() -> None:
    from classifying import shares

    found = shares(right=3, missed=1, false=2)
    assert found == {"precision": (0.6, 5), "recall": (0.75, 4), "F1": (pytest.approx(2 / 3), 6)}
    assert shares(right=0, missed=2, false=0)["precision"] == (0.0, 0)


def test_commitments_are_counted_over_a_compressed_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from commitment import report_figures, utterances

    said = [("I'll bring the anvil.", True), ("going to rain again", False), ("it rains", False)]
    path = tmp_path / "made-up.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as file:
        for text, commits in said:
            record = {"before": "okay", "speaker": "me1", "text": text, "commitment": commits}
            file.write(json.dumps(record) + "\n")
    report_figures(list(utterances(path)))
    found = printed(capsys)
    assert found["keywords", "precision"] == (0.5, 2)
    assert found["keywords", "recall"] == (1.0, 1)
    assert {group for group, _ in found} == {"remanence", "any intention", "keywords"}


def test_the_same_words_twice_are_read_twice(tmp_path: Path) -> None:
    from readings import FACT, classes_said

    said = [
        ("Where do you live?", "me1", "I live in Ghent."),
        (None, "me1", "hm"),
        (None, "me1", "I live in Ghent."),
    ]
    assert [FACT in found for found in classes_said(tmp_path, said)] == [True, False, True]


def test_requests_are_counted_beside_the_floor(capsys: pytest.CaptureFixture[str]) -> None:
    from request import report_figures

    records = [("Could you send it?", True), ("It was sent.", False), ("Send it over.", True)]
    report_figures([{"text": text, "request": request} for text, request in records])
    found = printed(capsys)
    assert found["keywords", "precision"] == (1.0, 1)
    assert found["keywords", "recall"] == (0.5, 2)


def test_a_premise_is_taken_apart_by_its_speakers() -> None:
    from contradiction import turns

    assert list(turns("<A> I live <B> yeah <A>  in Ghent <B>")) == [
        ("Speaker A", "I live"),
        ("Speaker B", "yeah"),
        ("Speaker A", "in Ghent"),
    ]
    assert list(turns("nobody is named")) == [("Speaker A", "nobody is named")]


def test_a_contradiction_is_seen_where_both_fill_one_slot(tmp_path: Path) -> None:
    from contradiction import contradicts
    from readings import fresh_cube

    pairs = {
        "I live in Bruges.": (True, True),
        "I live in Ghent.": (False, True),
        "It rains.": (False, False),
    }
    for number, (hypothesis, wanted) in enumerate(pairs.items()):
        with fresh_cube(tmp_path, str(number)) as cube:
            found = contradicts(cube, "<A> I live in Ghent.", hypothesis, by="Speaker A")
            assert found == wanted, hypothesis
