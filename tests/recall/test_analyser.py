"""What the index keeps of a text."""

from __future__ import annotations

import doctest
from array import array

from hypothesis import given
from hypothesis import strategies as st

from remanence.recall import analyser, tokens
from remanence.recall.analyser import Flag, analyse


def terms(text: str) -> list[int]:
    return array("I", analyse(text).terms).tolist()


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(analyser).failed == 0
    assert doctest.testmod(tokens).failed == 0


def test_forms_of_a_word_are_one_term() -> None:
    assert terms("moved") == terms("Moving") == terms("MOVES")
    assert terms("Alice's") == terms("Alice’s") == terms("alice")
    assert terms("café") == terms("cafe") == terms("cafe\u0301")


def test_stop_words_leave_no_term() -> None:
    assert terms("What is it that you don't have?") == []


def test_order_and_repeats_are_kept() -> None:
    bread, salt = terms("bread"), terms("salt")
    assert terms("salt, bread and salt") == salt + bread + salt


def test_scripts_without_spaces_match_inside_a_run() -> None:
    for run, part in (
        ("私は東京に住んでいます", "東京"),
        ("我喜欢吃苹果", "苹果"),
        ("한국어를배워요", "한국"),
        ("我有一只猫", "猫"),
    ):
        assert set(terms(part)) <= set(terms(run))


def test_words_with_vowel_signs_stay_whole() -> None:
    assert len(terms("नमस्ते दुनिया")) == 2


def test_flags_say_what_a_text_has() -> None:
    assert analyse("Where do you live?").flags & Flag.QUESTION
    assert (
        analyse("I went there yesterday").flags & (Flag.TIME | Flag.FIRST_PERSON)
        == Flag.TIME | Flag.FIRST_PERSON
    )
    assert analyse("the train leaves at 7:30").flags & Flag.TIME
    assert analyse("we met in 2019").flags & Flag.TIME
    assert not analyse("three apples").flags & (Flag.TIME | Flag.NUMBER)
    assert analyse("her brother is Paul").flags & Flag.NAME


def test_tokens_count_unspaced_characters_and_long_blobs() -> None:
    assert analyse("a b c").tokens == 4
    assert analyse("東京に住む").tokens >= 5
    assert analyse("x" * 8000).tokens == 1000
    assert analyse("").tokens == 0


def test_dropping_the_caches_changes_no_term() -> None:
    before = terms("running shoes")
    analyser.drop_caches()
    assert terms("running shoes") == before


@given(st.text())
def test_any_text_is_analysed_and_alike_each_time(text: str) -> None:
    first = analyse(text)
    analyser.drop_caches()
    assert analyse(text) == first
    assert len(first.terms) % 4 == 0


@given(st.text(alphabet=st.characters(min_codepoint=0xD800, max_codepoint=0xDFFF)))
def test_lone_surrogates_are_no_error(text: str) -> None:
    analyse("a" + text + "b")
