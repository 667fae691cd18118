"""A pattern is not tried where no word stands that it needs: what it needs must never be too much."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remanence.reader.rules.grammar import load_grammar
from remanence.reader.rules.language import load_language
from remanence.reader.rules.needed import holds, matched, needed_by, search, words_of

LANGUAGE, GRAMMAR = load_language(), load_grammar()
PATTERNS = {
    f"{table}.{name}": pattern
    for table, patterns in [
        ("guards", LANGUAGE.guards),
        *LANGUAGE.patterns.items(),
        ("grammar", GRAMMAR.patterns),
    ]
    for name, pattern in patterns.items()
}
WAYS = [*LANGUAGE.rules, *GRAMMAR.predicates, *GRAMMAR.idioms]
TEXTS = sorted({text for way in WAYS for text in (*(said for said, _ in way.examples), *way.counterexamples)})


@pytest.mark.parametrize("name", PATTERNS)
def test_what_a_pattern_of_the_tables_matches_holds_a_word_that_it_needs(name: str) -> None:
    pattern = PATTERNS[name]
    for text in TEXTS:
        words = words_of(text)
        assert search(pattern, text, words) is None or pattern.search(text) is not None
        assert holds(pattern, text, words) == (pattern.search(text) is not None), text
        match, places = pattern.match(text), matched(pattern, text)
        assert (None if match is None else match.span()) == (None if places is None else places.span()), text


@given(
    st.sampled_from(sorted(PATTERNS)),
    st.lists(st.sampled_from(TEXTS), min_size=2, max_size=4),
    st.sampled_from([" ", ", ", "\n", " – ", "…", "ſ", "é"]),
)
def test_the_same_holds_of_texts_put_together(name: str, parts: list[str], glue: str) -> None:
    text = glue.join(parts)
    assert holds(PATTERNS[name], text, words_of(text)) == (PATTERNS[name].search(text) is not None)


@pytest.mark.parametrize(
    ("pattern", "needed"),
    [
        (r"\b(?:just kidding|jk)\b", {"kidding", "jk"}),
        (r"\bsummari[sz]e\b", {"summarise", "summarize"}),
        (r"\b(?:the|a) \w+ (?:moved|went)\b", {"moved", "went"}),
        (r"\bcafé\b", {"cafª"}),
        (r"🙄|\blol\b", {"\x81", "lol"}),
        (r"\bno\b|\d+", None),
        (r"kid", None),
        (r"\bkid\w*", None),
        (r"(?:\bx\b)?y", None),
    ],
)
def test_what_a_pattern_needs(pattern: str, needed: set[str] | None) -> None:
    found = needed_by(pattern)
    assert (None if found is None else set(found.words)) == needed


@pytest.mark.parametrize(
    ("text", "stands"),
    [("Just kidding!", True), ("no kidding", False), ("jk", True), ("just jokes", False), ("", False)],
)
def test_all_words_of_an_alternative_are_needed(text: str, stands: bool) -> None:
    needed = needed_by(r"\b(?:just kidding|jk|not just (?:joking|jokes))\b")
    assert needed is not None
    assert needed.stands_in(words_of(text)) is stands


@pytest.mark.parametrize(
    "text", ["It was a joKe", "ſaid", "CAFÉ NOIR", "naïve 🙄", "don't, won’t", "suppoſing"]
)
def test_words_are_found_in_any_case_and_script(text: str) -> None:
    for pattern in (r"\bjoke\b", r"\bsaid\b", r"\bcafé\b", r"🙄", r"\bdon'?t\b", r"\bsupposing\b"):
        compiled = re.compile(pattern, re.IGNORECASE)
        match = search(compiled, text, words_of(text))
        assert (match is None) == (compiled.search(text) is None)
        assert holds(compiled, text, words_of(text)) == (match is not None)
