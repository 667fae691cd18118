"""The bench of the reader: its set is well-formed, and claims are matched as its README says."""

from __future__ import annotations

import json
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from reader import Label, Utterance
    from readings import Claim

BENCH = Path(__file__).parents[2] / "bench"
UTTERANCES_MIN, POSITIVES_MIN = 480, 45
TEXT = "I moved the shop to Ghent, I'll send you the key."


@pytest.fixture(autouse=True)
def _bench_on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scripts import one another as if from their own folder."""
    monkeypatch.setattr(sys, "path", [str(BENCH), *sys.path])


@pytest.fixture
def shipped() -> list[Utterance]:
    from reader import SHIPPED, read_utterances

    return read_utterances([SHIPPED])


@pytest.fixture
def further() -> list[Utterance]:
    from reader import SHIPPED, read_utterances

    return read_utterances([SHIPPED.with_name("further.jsonl")])


def test_there_are_enough_utterances_and_a_third_carry_nothing(shipped: list[Utterance]) -> None:
    assert len(shipped) >= UTTERANCES_MIN
    assert 3 * sum(not one.labels for one in shipped) >= len(shipped)
    assert {one.role for one in shipped} == {"user", "assistant"}


def test_each_measured_class_has_enough_positives(shipped: list[Utterance]) -> None:
    from reader import CLASSES, MEASURED

    counts = Counter(label.name for one in shipped for label in one.labels if not label.optional)
    assert set(counts) == set(CLASSES)
    assert {name: counts[name] for name in MEASURED if counts[name] < POSITIVES_MIN} == {}


def test_the_readme_says_how_many_there_are(shipped: list[Utterance], further: list[Utterance]) -> None:
    text = (BENCH / "reader" / "README.md").read_text("utf-8")
    carrying = [
        sum(any(not label.optional for label in one.labels) for one in said) for said in (shipped, further)
    ]
    assert f"{len(shipped)} utterances in context" in text
    assert f"{carrying[0]} utterances carry" in text
    assert f"{len(shipped) - carrying[0]} carry nothing" in text
    assert f"holds {len(further)} more" in text
    assert f"{carrying[1]} carry something" in text


def test_ids_and_texts_stand_once_and_quotes_once_in_their_text() -> None:
    from evidence import read_records
    from reader import SHIPPED

    first, second = read_records(SHIPPED), read_records(SHIPPED.with_name("further.jsonl"))
    numbers = [*range(1, len(first) + 1), *range(601, len(second) + 601)]
    records = [*first, *second]
    assert [one["id"] for one in records] == [f"u{number:03}" for number in numbers]
    assert len({one["text"] for one in records}) == len(records)
    for one in records:
        for label in one["labels"]:
            assert one["text"].count(label["quote"]) == 1, one["id"]
            assert label["gist"].strip() == label["gist"] != "", one["id"]


def test_times_ascend() -> None:
    from evidence import read_records
    from reader import SHIPPED

    for path in (SHIPPED, SHIPPED.with_name("further.jsonl")):
        times = [datetime.fromisoformat(one["said_at"]) for one in read_records(path)]
        assert times == sorted(set(times))


def test_a_quote_that_is_not_in_the_text_is_refused(tmp_path: Path) -> None:
    from reader import read_utterances

    label = {"class": "fact", "gist": "x", "quote": "nowhere"}
    record = {"id": "u1", "before": None, "speaker": "Ana", "role": "user", "text": TEXT, "labels": [label]}
    path = tmp_path / "made-up.jsonl"
    path.write_text(json.dumps({**record, "said_at": "2025-01-01T10:00:00Z"}), encoding="utf-8")
    with pytest.raises(ValueError, match="u1"):
        read_utterances([path])


def utterance(*labels: Label) -> Utterance:
    from reader import Utterance

    return Utterance(None, "Ana", "user", "2025-01-01T10:00:00Z", TEXT, labels)


def label(name: str, start: int, end: int, *, optional: bool = False) -> Label:
    from reader import Label

    return Label(name, "gist", start, end, optional)


def claim(name: str, start: int, end: int) -> Claim:
    from readings import Claim

    return Claim(name, f"{name} {start}", start, end)


def test_a_claim_matches_a_label_of_its_class_that_it_overlaps() -> None:
    from reader import judge

    moved, sent = label("fact", 0, 25), label("commitment", 27, 48)
    right, beside = claim("fact", 2, 25), claim("fact", 27, 48)
    verdict = judge(utterance(moved, sent), [right, beside])
    assert verdict.matched == ((moved, right),)
    assert verdict.missed == (sent,)
    assert verdict.false == (beside,)


def test_a_plan_where_a_commitment_is_meant_is_missed_and_not_false() -> None:
    from reader import judge

    sent = label("commitment", 27, 48)
    verdict = judge(utterance(sent), [claim("plan", 27, 48)])
    assert (verdict.matched, verdict.missed, verdict.false) == ((), (sent,), ())


def test_what_a_correction_carries_is_not_false_and_a_second_claim_splits() -> None:
    from reader import judge

    put_right = label("correction", 0, 25)
    first, second = claim("correction", 0, 25), claim("correction", 0, 10)
    verdict = judge(utterance(put_right), [first, second, claim("fact", 0, 25)])
    assert verdict.matched == ((put_right, first),)
    assert verdict.split == (second,)
    assert verdict.false == ()


def test_an_optional_label_counts_neither_way() -> None:
    from reader import counted, judge

    maybe = utterance(label("fact", 0, 25, optional=True))
    found, missed = judge(maybe, [claim("fact", 0, 25)]), judge(maybe, [])
    tally = counted([maybe, maybe], [found, missed])["fact"]
    assert (tally.right, tally.missed, tally.false) == (0, 0, 0)


def test_derived_items_are_read_through_the_public_face() -> None:
    from reader import Utterance, ours

    said = Utterance("Where do you live?", "Ana", "user", "2025-01-01T10:00:00Z", "I live in Ghent.", ())
    (claims,) = ours([said])
    assert [(one.name, said.text[one.start : one.end]) for one in claims] == [("fact", "I live in Ghent")]


def test_no_text_of_the_set_is_printed_unless_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    from reader import judge, say_causes, say_texts

    said = [utterance(label("fact", 0, 25))]
    verdicts = [judge(said[0], [claim("preference", 27, 48)])]
    say_causes(said, verdicts)
    quiet = capsys.readouterr().err
    say_texts(said, verdicts)
    assert "missed fact" in quiet
    assert "Ghent" not in quiet
    assert "Ghent" in capsys.readouterr().err
