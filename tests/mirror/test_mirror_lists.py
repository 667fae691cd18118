"""The word lists of the mirror are data: in one form, without slips, and each of use."""

from __future__ import annotations

import re

import pytest

from remanence.mirror.language import lists, matcher, rule, speaks
from remanence.recall.analyser import words

ALL = [(file, name) for file, found in lists().lists.items() for name in found]
ENTRIES = [(file, name) for file, name in ALL if file != "grammar"]
PAIRED = [
    ("stance", "opposites"),
    ("stance", "denying"),
    ("stance", "alike"),
    ("stance", "kinds"),
    ("values", "weighs"),
]


@pytest.mark.parametrize(("file", "name"), ENTRIES)
def test_an_entry_stands_once_in_small_letters_and_finds_itself(file: str, name: str) -> None:
    entries = lists().words(file, name)
    assert entries
    assert len(set(entries)) == len(entries)
    assert [one for one in entries if one != one.lower() or "’" in one] == []
    if (file, name) not in PAIRED:
        lost = [one for one in entries if not matcher(file, name).search(one.replace("…", "a thing"))]
        assert lost == []


@pytest.mark.parametrize("name", [name for file, name in ALL if file == "grammar"])
def test_every_rule_of_the_grammar_compiles(name: str) -> None:
    assert rule(name).flags & re.IGNORECASE


@pytest.mark.parametrize(("file", "name"), PAIRED)
def test_a_pair_has_both_sides_and_no_word_on_both(file: str, name: str) -> None:
    for line in lists().words(file, name):
        left, colon, right = line.partition(":")
        assert colon, line
        assert right.split(), line
        assert file == "values" or left not in right.split(), line


def test_no_word_is_denied_in_two_ways() -> None:
    listed = [word for line in lists().words("stance", "denying") for word in line.partition(":")[2].split()]
    assert sorted(listed) == sorted(set(listed))
    negators = set(lists().words("stance", "negators"))
    assert negators.isdisjoint(listed)


def test_a_list_finds_whole_words_only_and_either_apostrophe() -> None:
    assert matcher("style", "hedges").search("I think so")
    assert not matcher("style", "hedges").search("mightier")
    assert matcher("explaining", "own").search("I’ve changed my mind")


@pytest.mark.parametrize(
    ("text", "is_english"),
    [
        ("The lid is on the table and it will not fit, so you have to turn it", True),
        ("Der Deckel liegt auf dem Tisch und passt nicht, also musst du ihn drehen", False),
        ("A tampa está em cima da mesa e não serve, por isso tens de a virar", False),
        ("盖子在桌子上，盖不上，所以你得把它转一下", False),
        ("", False),
    ],
)
def test_a_language_is_told_by_its_little_words(text: str, is_english: bool) -> None:
    assert speaks([words(text)]) is is_english
