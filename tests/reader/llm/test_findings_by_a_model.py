"""A reflection in a model's words: each keeps all figures and quotations of its finding, and adds none."""

from __future__ import annotations

import json
from datetime import timedelta

import chat_server
import pytest
from reader_making import MakeReader

import remanence
from opening import OpenCube
from remanence.errors import ReadingFailed, Refused
from remanence.reader.llm.phrasing import says_the_same
from ticking import START

PLAIN = "Atlas often says “to be fair”: 6 times, others 1, first on 2026-01-05, last on 2026-02-01."
UNEXPLAINED = (
    "On 2026-01-05 Atlas said “The limit is 20 megabytes.”, but on 2026-01-19 “The limit is 50 megabytes.”; "
    "nothing in between explains it."
)


@pytest.mark.parametrize(
    ("plain", "worded", "same"),
    [
        (
            PLAIN,
            "From 2026-01-05 to 2026-02-01 Atlas said “to be fair” 6 times, and others did 1 time.",
            True,
        ),
        (PLAIN, "Atlas often says “to be fair”.", False),
        (PLAIN, PLAIN.replace("6", "7"), False),
        (PLAIN, PLAIN.replace("2026-02-01", "2026-02-02"), False),
        (PLAIN, PLAIN.replace("to be fair", "in all fairness"), False),
        (PLAIN, PLAIN + " It also says “honestly”.", False),
        (PLAIN, PLAIN + " That is twice as often as before.", False),
        (PLAIN, PLAIN + " Robin finds it odd.", False),
        (PLAIN, PLAIN + " Lisbon is where it began.", False),
        (PLAIN, PLAIN + " It does so because it is unsure.", False),
        (PLAIN, PLAIN.replace("Atlas", "The agent"), False),
        (PLAIN, "", False),
        (PLAIN, PLAIN + "x" * 1000, False),
        (
            UNEXPLAINED,
            "Atlas said “The limit is 20 megabytes.” on 2026-01-05 and “The limit is 50 megabytes.” on "
            "2026-01-19, and nothing said in between explains the change.",
            True,
        ),
        (UNEXPLAINED, UNEXPLAINED.replace("nothing in between explains it", "that explains it"), False),
    ],
)
def test_a_wording_keeps_all_that_the_finding_has_and_adds_nothing(
    plain: str, worded: str, same: bool
) -> None:
    assert says_the_same(plain, worded) is same


def opened(open_cube: OpenCube, reader: object) -> remanence.Cube:
    cube = open_cube("mirror.cube", reader=reader)
    for day, answer in ((0, "The upload limit is 20 megabytes."), (14, "The upload limit is 50 megabytes.")):
        said = [
            {"role": "user", "name": "Robin", "content": "How big may an upload be?"},
            {"role": "assistant", "name": "Atlas", "content": answer},
        ]
        at = (START + timedelta(days=day)).isoformat()
        cube.observe([{**one, "timestamp": at} for one in said], session=f"day {day}")
    return cube


def answering(*texts: str) -> chat_server.Script:
    return chat_server.says({"findings": [{"n": n, "text": text} for n, text in enumerate(texts, 1)]})


def test_a_finding_is_kept_in_the_models_words_with_its_evidence(
    open_cube: OpenCube, reader_for: MakeReader
) -> None:
    plain = opened(open_cube, None).reflect().findings[0].content
    worded = plain.replace("nothing in between explains it", "and nothing said in between explains it")
    with chat_server.serve(answering(worded)) as server:
        cube = open_cube("mirror.cube", reader=reader_for(server))
        done = cube.reflect(abstractive=True)
        assert json.loads(json.dumps(server.asked[0].lines))[0]["text"] == plain
        assert cube.reflect(abstractive=True).change_set is None, "what is worded already is not asked again"
        assert len(server.asked) == 1
    (finding,) = done.findings
    assert (finding.content, done.renewed, done.left_as_counted) == (worded, (finding.id,), ())
    assert finding.metadata["counted"] == plain
    assert str(finding.metadata["worded by"]).startswith("llm:m:findings:")
    assert len(finding.sources) == 2
    assert cube.reflect().change_set is None, "words that say the same stay"
    cube.forget(finding.sources[0], erase=True)
    assert not [one for one in cube.items(tag="reflection") if "20 megabytes" in one.content]


def test_a_wording_that_adds_a_fact_leaves_the_finding_as_it_was_counted(
    open_cube: OpenCube, reader_for: MakeReader
) -> None:
    with chat_server.serve(answering("Atlas contradicted itself 3 times in Lisbon.")) as server:
        cube = opened(open_cube, reader_for(server))
        done = cube.reflect(abstractive=True)
    (finding,) = done.findings
    assert finding.content.startswith("On ")
    assert "nothing in between explains it" in finding.content
    assert done.left_as_counted == (finding.id,)
    assert "counted" not in finding.metadata


def test_without_a_model_or_an_answer_nothing_is_changed(open_cube: OpenCube, reader_for: MakeReader) -> None:
    with pytest.raises(Refused, match="a reflection in a model's words needs a model"):
        opened(open_cube, None).reflect(abstractive=True)
    with chat_server.serve(chat_server.refuses(401)) as server:
        cube = open_cube("mirror.cube", reader=reader_for(server))
        lines = len(cube.journal(limit=500))
        with pytest.raises(ReadingFailed, match="does not take the key"):
            cube.reflect(abstractive=True)
        assert len(cube.journal(limit=500)) == lines
