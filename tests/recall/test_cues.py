"""A text shows whether it tells a change, and whether only supposes, lends, remembers or ascribes it."""

from __future__ import annotations

import pytest

from remanence.recall.analyser import Flag, analyse

CUES = (Flag.CHANGE, Flag.SUPPOSED, Flag.PASSING, Flag.PAST, Flag.ANOTHER)


def cues(text: str) -> set[Flag]:
    flags = analyse(text).flags
    assert flags & Flag.CUES
    return {flag for flag in CUES if flags & flag}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("I don't row any more", {Flag.CHANGE}),
        ("We no longer meet on Fridays", {Flag.CHANGE}),
        ("The lamp is green", set()),
        ("If I were rich I'd live in Rome", {Flag.SUPPOSED}),
        ("Perhaps it will be Rome", {Flag.SUPPOSED}),
        ("I drive a rental until tomorrow", {Flag.PASSING}),
        ("I used to fence", {Flag.PAST}),
        ("My sister has a dachshund", {Flag.ANOTHER}),
        ("A friend of mine has a dachshund", {Flag.ANOTHER}),
        ("My sister gave me a dachshund", {Flag.CHANGE}),
        ("Our dachshund bit my sister", set()),
        ("Ahora vivo en Vigo", {Flag.CHANGE}),
        ("Ich wohne jetzt in Wien", {Flag.CHANGE}),
        ("Früher wohnte ich in Wien", {Flag.PAST}),
        ("", set()),
        ("我现在住在北京", set()),
    ],
)
def test_a_text_has_the_cues_that_stand_in_it(text: str, wanted: set[Flag]) -> None:
    assert cues(text) == wanted


def test_a_phrase_counts_only_as_a_whole() -> None:
    assert cues("There is no shed and the longer ladder is red") == set()


def test_only_the_beginning_of_a_long_text_is_looked_at() -> None:
    assert cues("the lamp is green. " * 40 + "I sold it.") == set()
