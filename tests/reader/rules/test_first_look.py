"""A first look at what may match at a place never rules out what does."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remanence.reader.rules.first_look import FirstLook
from remanence.reader.rules.grammar import load_grammar
from remanence.reader.rules.language import compiled, load_language
from remanence.reader.rules.needed import words_of

WORDS = {
    "pet": "(?:dogs?|cat)",
    "cap": "(?-i:[A-Z])[a-z]*",
    "am": "(?:i'm|i am)",
    "either": "tea|coffee",
}
PATTERNS = (
    "{am} (?:a |an )?nurse",
    "my (?P<value>{pet}) is",
    "i (?:really |still )*like {either}",
    "{cap} is my home",
    "(?:so,? )?we (?!never)live in {cap}",
    r"it's \d{2,3} ?(?:km|miles)\b",
    "[^a-m]{2}p+x?",
    "(?:a|b?)+c",
    "{phrase} is my favourite",
    "straße|ſo it is|café",
    r"(?:i'm )?\ue000+ [\ue000\x7a-z]",
)
LOOK = FirstLook([(text, text) for text in PATTERNS], WORDS)
SAID = [example for rule in load_language().rules for example, _ in rule.examples]
PIECES = st.sampled_from([
    "i", "I'm", " am", " ", "a ", "nurse", "my ", "dogs", "cat", " is", " my ", "home", "Rome", "like ",
    "tea", "so, ", "we ", "live ", "in ", "it's 12", "0", "km", "zzp", "x", "bac", "ſ", "ß", "İ", "\u212a",
    "é", "\n", "\t", "\ue000",
])  # fmt: skip


@settings(deadline=None)  # patterns are compiled where they are first tried
@given(st.lists(PIECES, max_size=8).map("".join), st.integers(0, 6))
def test_what_matches_is_among_what_may(text: str, place: int) -> None:
    may, surely = LOOK.at(text, place), LOOK.at(text, place, words=words_of(text))
    assert surely.items() <= may.items()
    for number, pattern in enumerate(PATTERNS):
        if compiled(pattern, WORDS).match(text, place) is not None:
            assert surely[number] == pattern


def test_it_rules_out_what_begins_otherwise() -> None:
    assert PATTERNS[0] in LOOK.at("I'm a nurse").values()
    assert PATTERNS[4] not in LOOK.at("I'm a nurse").values()
    assert PATTERNS[3] not in LOOK.at("rome is my home").values()
    assert PATTERNS[0] not in LOOK.at("I'm").values(), "the text ends before the pattern does"


@pytest.mark.parametrize("lower", [False, True])
def test_every_rule_is_found_at_its_examples(lower: bool) -> None:
    language = load_language(lower=lower)
    places = 0
    for said in SAID:
        text = said.lower() if lower else said
        for word in re.finditer(r"\S+", text):
            may = language.look.at(text, word.start(), words=words_of(text))
            for number, rule in enumerate(language.rules):
                if rule.pattern.match(text, word.start()) is not None:
                    assert may[number] is rule
                    places += 1
    assert places >= len(language.rules)


def test_every_idiom_is_found_at_its_examples() -> None:
    grammar = load_grammar()
    for number, idiom in enumerate(grammar.idioms):
        for said, _ in idiom.examples:
            for word in re.finditer(r"\S+", said):
                if idiom.pattern.match(said, word.start()) is not None:
                    assert number in grammar.look.at(said, word.start(), words=words_of(said))
                    assert grammar.known_by(said) >> number & 1 or idiom.cue.isdisjoint(said.lower().split())
