"""What is read from a question."""

from __future__ import annotations

import numpy as np
import pytest

from recall.cubes import day
from remanence.recall.analyser import analyse
from remanence.recall.question import TERMS_MAX, Question, Span, read_question

AUTHORS = {"Alice Martin": 0, "Bob": 1, "Will": 2, "assistant": 3}


def read(text: str, **more: object) -> Question:
    return read_question(text, authors=AUTHORS, **more)  # type: ignore[arg-type]


def terms(text: str) -> set[int]:
    return set(np.frombuffer(analyse(text).terms, "<u4").tolist())


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("where does Alice live?", {0}),
        ("where does alice live?", {0}),
        ("is that Bob's bicycle?", {1}),
        ("did Alice Martin meet Bob?", {0, 1}),
        ("when will the train leave?", set()),
        ("when did Will leave?", {2}),
        ("who bobbed up?", set()),
    ],
)
def test_speakers_are_known_by_part_of_their_name(text: str, named: set[int]) -> None:
    assert read(text).named == named


def test_the_names_of_speakers_are_no_terms() -> None:
    assert set(read("where does Alice live?").terms) == terms("live")
    assert set(read("Alice's bicycle").terms) == terms("bicycle")


def test_each_term_comes_once_and_not_without_bound() -> None:
    assert len(read("tea, tea and more tea").terms) == 1
    assert len(read(" ".join(f"word{n}" for n in range(500))).terms) == TERMS_MAX


def test_i_is_the_asker_and_nobody_without_one() -> None:
    assert read("where do I live?", asker=1).asker == 1
    assert read("where does Alice live?", asker=1).asker is None
    assert read("where do I live?").asker is None


@pytest.mark.parametrize(
    "text",
    [
        "which book did you recommend to me?",
        "what was your advice on my knee?",
        "you told me about a hotel",
        "remind me what you had said of my essay",
    ],
)
def test_what_the_agent_said_is_not_the_askers_own_turn(text: str) -> None:
    question = read(text, asker=1)
    assert question.told
    assert question.asker is None


def test_what_is_asked_for_is_known() -> None:
    assert read("when did we meet?").when
    assert read("what year was that?").when
    assert read("how many cats are there?").how_many
    assert read("whose coat is this?").who
    assert not any((read("why?").when, read("why?").how_many, read("why?").who))


def test_quoted_phrases_are_kept_apart() -> None:
    assert set(read('who said "a rolling stone"?').quoted) == terms("rolling stone")
    assert read("who said it's fine, and that's that?").quoted == ()


def test_a_clock_time_is_no_span() -> None:
    short, long = Span(day(1), day(1) + 60_000_000), Span(day(1), day(2))
    assert read("what happened?", spans=[short, long]).spans == (long,)


def test_a_question_of_stop_words_alone_has_no_terms() -> None:
    assert read("what is it?").terms == ()
