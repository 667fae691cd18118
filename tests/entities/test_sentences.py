"""What a text names by itself: a table of sentences, each with every name that is certain, and no other."""

from __future__ import annotations

import tomllib
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from remanence.reader.entities.names import read_names

TABLE = tomllib.loads((Path(__file__).parent / "sentences.toml").read_text("utf-8"))["sentence"]


def test_the_table_is_long_enough_and_has_texts_without_a_name() -> None:
    assert len(TABLE) >= 120
    assert sum(not case.get("names") for case in TABLE) >= 30
    assert len({case["text"] for case in TABLE}) == len(TABLE)


@pytest.mark.parametrize("case", TABLE, ids=lambda case: case["text"][:40])
def test_a_sentence_names_what_the_table_says(case: dict[str, object]) -> None:
    found = [one for one in read_names(str(case["text"])) if one.certain]
    wanted = [str(name).partition("=") for name in case.get("names", ())]  # type: ignore[union-attr]
    assert sorted(one.text for one in found) == sorted(name for name, _, _ in wanted)
    kinds = {name: kind for name, _, kind in wanted if kind}
    assert {one.text: one.kind.value for one in found if one.text in kinds} == kinds
    groups: dict[int, set[str]] = {}
    for one in found:
        if one.group > 0:
            groups.setdefault(one.group, set()).add(one.text)
    assert sorted(map(sorted, groups.values())) == sorted(map(sorted, case.get("same", [])))  # type: ignore[call-overload]


def test_a_span_is_where_the_name_stands() -> None:
    text = "Olá! My aunt Inês, who lives in Évora, has a cat called Tareco."
    for one in read_names(text):
        assert one.relative or text[one.start : one.end] == one.text


@pytest.mark.parametrize(
    "text", ["\x00Ana\x00", "\ud800 Ana", "A" * 300_000, "Ana " * 50_000, "’s 's I I'm", ""]
)
def test_odd_texts_are_read_without_an_error_and_within_bounds(text: str) -> None:
    assert len(read_names(text)) <= 1_000


PIECES = st.sampled_from(
    [
        "Ana",
        "my sister",
        "'s",
        ", ",
        ". ",
        " ",
        " is ",
        "I",
        "Dr. ",
        "porto",
        "(Bob)",
        "called ",
        "я",
        "Анна",
        "喝",
        "`",
        "\n",
    ]
)


@given(st.lists(PIECES, max_size=14).map("".join) | st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_whatever_the_text_names_lie_in_it_in_order_and_keep_their_words(text: str) -> None:
    found = read_names(text)
    assert [one.start for one in found] == sorted(one.start for one in found)
    for one in found:
        assert 0 <= one.start < one.end <= len(text)
        assert one.relative or text[one.start : one.end] == one.text
