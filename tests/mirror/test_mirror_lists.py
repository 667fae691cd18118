"""The word lists of the mirror are data: in one form, without slips, and each of use."""

from __future__ import annotations

import re

import pytest

from remanence.mirror.language import LANGUAGES, language_of, language_of_all, lists, matcher, rule
from remanence.recall.analyser import words

ALL = [
    (language, file, name)
    for language in LANGUAGES
    for file, found in lists(language).lists.items()
    for name in found
]
ENTRIES = [one for one in ALL if one[1] != "grammar"]
PAIRED = [
    ("stance", "opposites"),
    ("stance", "denying"),
    ("stance", "alike"),
    ("stance", "kinds"),
    ("values", "weighs"),
]


@pytest.mark.parametrize(("language", "file", "name"), ENTRIES)
def test_an_entry_stands_once_in_small_letters_and_finds_itself(language: str, file: str, name: str) -> None:
    entries = lists(language).words(file, name)
    assert entries
    assert len(set(entries)) == len(entries)
    assert [one for one in entries if one != one.lower() or "’" in one] == []
    if (file, name) not in PAIRED:
        lost = [
            one for one in entries if not matcher(file, name, language).search(one.replace("…", "a thing"))
        ]
        assert lost == []


@pytest.mark.parametrize(
    ("language", "name"), [(language, name) for language, file, name in ALL if file == "grammar"]
)
def test_every_rule_of_the_grammar_compiles(language: str, name: str) -> None:
    assert rule(name, language).flags & re.IGNORECASE


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_what_the_style_card_and_its_deeds_are_told_by(language: str) -> None:
    found = lists(language)
    for name in ("function_words", "hedges", "apologies", "informal", "formal", "beginners", "joints"):
        assert found.words("style", name), name
    assert found.words("values", "refuses")
    assert found.words("values", "intends")
    assert found.words("grammar", "done")


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
    ("text", "language"),
    [
        ("The lid is on the table and it will not fit, so you have to turn it", "en"),
        ("Der Deckel liegt auf dem Tisch und passt nicht, also musst du ihn drehen", "de"),
        ("La tapa está en la mesa y no encaja, así que tienes que girarla", "es"),
        ("Víko leží na stole a nesedí, takže ho musíš otočit", None),
        ("Kapak masanın üstünde ve oturmuyor, bu yüzden çevirmen gerekiyor", None),
        ("盖子在桌子上，盖不上，所以你得把它转一下", None),
        ("tabs", None),
        ("", None),
    ],
)
def test_a_language_is_told_by_its_little_words(text: str, language: str | None) -> None:
    assert language_of(words(text)) == language
    assert language_of_all([words(text)]) == language
