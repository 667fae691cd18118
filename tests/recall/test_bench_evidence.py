"""The recall benches on made-up files of the same forms: what is read, and how evidence is counted."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from remanence.embedding.hashing import Hashing

BENCH = Path(__file__).parents[2] / "bench"


@pytest.fixture(autouse=True)
def _bench_on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scripts import one another as if from their own folder."""
    monkeypatch.setattr(sys, "path", [*sys.path, str(BENCH)])


def locomo_file(folder: Path) -> Path:
    def turn(session: int, number: int, speaker: str, text: str, **more: str) -> dict[str, str]:
        return {"dia_id": f"D{session}:{number}", "speaker": speaker, "text": text, **more}

    record = {
        "sample_id": "made-up",
        "conversation": {
            "speaker_a": "Ann",
            "speaker_b": "Ben",
            "session_1_date_time": "9:05 am on 3 March, 2024",
            "session_1": [
                turn(1, 1, "Ann", "Did you paint the boat?"),
                turn(1, 2, "Ben", "Yes, in dark green.", blip_caption="a green boat", query="boat photo"),
            ],
            "session_2_date_time": "6:30 pm on 9 April, 2024",
            "session_2": [turn(2, 1, "Ann", "My sister moved to Porto."), turn(2, 2, "Ben", "Lovely!")],
        },
        "qa": [
            {"question": "What colour is Ben's boat?", "evidence": ["D1:02; D:1:1"], "category": 4},
            {"question": "Where did Ann's sister move?", "evidence": ["D2:1"], "category": 1},
            {"question": "Whose evidence is missing?", "evidence": ["D9:9", ""], "category": 3},
            {"question": "Where did Ben's sister move?", "evidence": ["D2:1"], "category": 5},
        ],
    }
    path = folder / "locomo-made-up.json"
    path.write_text(json.dumps([record]), "utf-8")
    return path


def test_a_conversation_is_read_with_captions_and_forms_of_evidence(tmp_path: Path) -> None:
    import locomo

    (haystack,) = locomo.haystacks(locomo_file(tmp_path))
    assert [message.text for message in haystack.messages][:2] == [
        "Did you paint the boat?",
        "Yes, in dark green. a green boat",
    ]
    assert [sorted(question.gold) for question in haystack.questions] == [[0, 1], [2], [2]]
    assert [message.said_at.isoformat() for message in haystack.messages][2] == "2024-04-09T18:30:00+00:00"


def test_every_figure_is_one_line_for_ours_and_for_the_floors(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import evidence
    import locomo
    from floors import floors

    embedder = Hashing()

    def ours(haystack: evidence.Haystack) -> object:
        return evidence.answers(haystack, embedder, locomo.BUDGETS)

    retrievers = {"all": ours, **floors(embedder, locomo.BUDGETS)}
    locomo.report_figures(evidence.gathered(locomo.haystacks(locomo_file(tmp_path)), retrievers))
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    found = {(line["group"], line["figure"]): (line["value"], line["n"]) for line in lines}
    assert found["all", "R@5"] == (1.0, 2)
    assert found["all", "B@1000"] == (1.0, 2)
    assert found["category 1", "R@10"] == (1.0, 1)
    assert {group for group, _ in found} == {"all", "category 1", "category 4", "bm25", "dense", "rrf"}
    assert found["all", "AUROC category 5"][1] == 3


def test_a_question_sees_only_what_had_been_said(tmp_path: Path) -> None:
    import evidence
    import realmem

    session = {"date": "2024-01-05", "messages": [{"role": "user", "content": "I keep bees"}], "queries": []}
    later = {
        "id": "b",
        "date": "2024-02-05",
        "messages": [{"role": "user", "content": "which animals do I keep?"}],
        "queries": [{"turn": 0, "gold": ["a"], "category": "c"}],
    }
    path = tmp_path / "realmem-made-up.json"
    path.write_text(json.dumps([{"person": 1, "sessions": [{"id": "a", **session}, later]}]), "utf-8")
    (haystack,) = realmem.haystacks(path)
    assert haystack.questions[0].known == 1
    ((question, answer),) = evidence.answers(haystack, Hashing(), ())
    assert answer.ranked == (0,)
    assert evidence.sessions_share_at(answer, question, haystack, 5) == 1.0


def test_shares_are_of_the_gold() -> None:
    from evidence import Answer, Question, auroc, share_at, share_within

    answer = Answer((4, 1, 7), 0.5, {100: frozenset({1})})
    question = Question("?", frozenset({1, 9}), "g")
    assert share_at(answer, question, 1) == 0.0
    assert share_at(answer, question, 2) == 0.5
    assert share_within(answer, question, 100) == 0.5
    assert auroc([0.9, 0.4], [0.4]) == 0.75


def test_a_text_is_embedded_once_and_comes_back_alike(tmp_path: Path) -> None:
    from cached_embedder import CachedEmbedder

    texts = ["one", "two " * 400, "one", ""]
    fresh = CachedEmbedder(Hashing(), tmp_path / "vectors.db")
    made = fresh.passages(texts)
    again = CachedEmbedder(Hashing(), tmp_path / "vectors.db").passages(texts)
    plain = Hashing().passages(texts)
    assert made.spans == again.spans == plain.spans
    assert (made.vectors == again.vectors).all()
    assert (made.vectors == plain.vectors).all()
    assert (fresh.query("who?") == Hashing().query("who?")).all()
