"""Sentences of any text, and what is chosen of any sentences."""

from __future__ import annotations

from itertools import pairwise

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from remanence.units.clusters import telling_terms
from remanence.units.extracts import Candidate, choose
from remanence.units.sentences import sentences

SIGNS = st.sampled_from("aB1 .!?\n\r。！？؟\u2028\0\ud800É“”()茶")
TEXTS = st.text(SIGNS, max_size=60) | st.text(max_size=60)


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Dr. Silva met J. Bach at 3.5 km. Then left.", ["Dr. Silva met J. Bach at 3.5 km.", "Then left."]),
        ("first line\nsecond line", ["first line", "second line"]),
        ("我喜欢茶。你呢？", ["我喜欢茶。", "你呢？"]),
        ("वह घर गया। मैं भी।", ["वह घर गया।", "मैं भी।"]),
        ("¿Qué tal? ¡Bien!", ["¿Qué tal?", "¡Bien!"]),
        ("... ?!", []),
        ("", []),
        ("half \ud800 pair. And NUL \0 here.", ["half \ud800 pair.", "And NUL \0 here."]),
    ],
)
def test_texts_are_cut_where_people_would(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


@given(TEXTS)
def test_sentences_of_any_text_are_disjoint_and_lose_no_letter(text: str) -> None:
    places = sentences(text)
    assert all(start < end for start, end in places)
    assert all(one[1] <= two[0] for one, two in pairwise(places))
    assert "".join(filter(str.isalnum, text)) == "".join(filter(str.isalnum, "".join(cut(text))))


@st.composite
def candidates(draw: st.DrawFn) -> list[Candidate]:
    with_vectors = draw(st.booleans())
    found = []
    for _ in range(draw(st.integers(0, 8))):
        terms = tuple(draw(st.lists(st.integers(0, 2**32 - 1) | st.integers(0, 3), max_size=6)))
        vector = None
        if with_vectors and draw(st.booleans()):
            angle = draw(st.floats(0, 6.28))
            vector = np.array([np.cos(angle), np.sin(angle)], np.float32)
        found.append(Candidate(terms, vector, draw(st.integers(1, 20)), draw(st.booleans())))
    return found


@given(candidates(), st.integers(1, 60))
def test_what_is_chosen_fits_stands_in_order_and_leaves_nothing_out_that_fits(
    given: list[Candidate], budget: int
) -> None:
    chosen = choose(given, budget_tokens=budget)
    assert chosen == sorted(set(chosen))
    left = budget - sum(given[place].tokens for place in chosen)
    assert left >= 0
    assert all(one.tokens > left for place, one in enumerate(given) if place not in chosen)


def test_the_central_is_chosen_before_the_odd_and_nothing_twice_in_other_words() -> None:
    about = [Candidate((1, 2, 3, 4, 5, 6), None, 10), Candidate((1, 2, 3, 4, 5, 6), None, 10)]
    beside = Candidate((1, 2, 3, 7, 8, 9), None, 10)
    odd = Candidate((20, 21, 22, 23, 24, 25), None, 10)
    assert choose([odd, *about, beside], budget_tokens=10)[0] in (1, 2)
    assert len({1, 2} & set(choose([odd, *about, beside], budget_tokens=20))) == 1


def test_a_question_gives_way_to_its_answer() -> None:
    asked = Candidate((1, 2, 3, 4, 5, 6), None, 10, is_question=True)
    told = Candidate((1, 2, 3, 4, 5, 7), None, 10)
    assert choose([asked, told], budget_tokens=10) == [1]


def test_terms_that_tell_are_frequent_here_and_rare_elsewhere() -> None:
    garden = [[(1, "tomatoes"), (9, "water")], [(1, "tomato"), (9, "water")], [(1, "tomatoes"), (2, "soil")]]
    engine = [[(3, "motor"), (9, "water")], [(3, "motor"), (9, "water")]]
    assert telling_terms([garden, engine], count=1) == [["tomatoes"], ["motor"]]
    assert telling_terms([[[(1, "once")]]], count=3) == [[]]
    assert telling_terms([], count=3) == []
