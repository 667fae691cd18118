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
    ("pattern", "text", "stands"),
    [
        (r"\b(?:just kidding|jk)\b", "no kidding", False),
        (r"\b(?:just kidding|jk)\b", "kidding, just", False),
        (r"\b(?:just kidding|jk)\b", "Just... kidding!", True),
        (r"\bsummari[sz]e\b", "summarize", True),
        (r"\bsummari[sz]e\b", "summary", False),
        (r"\b(?:the|a) \w+ (?:moved|went)\b", "the day she went", True),
        (r"\b(?:the|a) \w+ (?:moved|went)\b", "went away", False),
        (r"\bdon'?t (?:you )*go\b", "dont you you go", True),
        (r"\bdon'?t (?:you )*go\b", "don't stay", False),
        (r"^(?:ok |so )*remember\b", "so remember", True),
        (r"^(?:ok |so )*remember\b", "so remembered", False),
        (r"\bcafé\b", "the cafe", False),
        (r"\bcafé\b", "CAFÉ", True),
        (r"🙄|\blol\b", "I see", False),
        (r"🙄|\blol\b", "I see 🙄", True),
        (r"\bno longer\b", "no\u00a0longer", True),
    ],
)
def test_what_a_text_needs_for_a_pattern(pattern: str, text: str, stands: bool) -> None:
    needed = needed_by(pattern)
    assert needed is not None
    assert needed.stands_in(words_of(text)) is stands


@pytest.mark.parametrize("pattern", [r"\bno\b|\d+", "kid", r"\bkid\w*", r"(?:\bx\b)?y", r"(?:\bno\b){0,3}"])
def test_a_pattern_that_matches_without_a_whole_word_needs_none(pattern: str) -> None:
    assert needed_by(pattern) is None


PIECES = st.sampled_from(
    ["i", "am", "not", "so ", "so", " ", ", ", "'", "é", "—", "no", "ok ", "s", "_", "1"]
)
MADE = st.recursive(
    st.sampled_from(
        ["i", "am", "not", "so ", " ", "'?", r"\b", r"\s+", r"\w+", "no?", "[st]", "—", "é", "^"]
    ),
    lambda part: st.one_of(
        st.lists(part, min_size=1, max_size=4).map("".join),
        st.lists(part, min_size=2, max_size=3).map(lambda parts: f"(?:{'|'.join(parts)})"),
        st.tuples(part, st.sampled_from("?*+")).map(lambda pair: f"(?:{pair[0]}){pair[1]}"),
    ),
    max_leaves=12,
)


@given(MADE, st.lists(PIECES, max_size=8).map("".join))
def test_what_any_pattern_matches_holds_what_it_needs(pattern: str, text: str) -> None:
    compiled = re.compile(pattern, re.IGNORECASE)
    assert holds(compiled, text, words_of(text)) == (compiled.search(text) is not None)


@pytest.mark.parametrize(
    "text", ["It was a joKe", "ſaid", "CAFÉ NOIR", "naïve 🙄", "don't, won’t", "suppoſing"]
)
def test_words_are_found_in_any_case_and_script(text: str) -> None:
    for pattern in (r"\bjoke\b", r"\bsaid\b", r"\bcafé\b", r"🙄", r"\bdon'?t\b", r"\bsupposing\b"):
        compiled = re.compile(pattern, re.IGNORECASE)
        match = search(compiled, text, words_of(text))
        assert (match is None) == (compiled.search(text) is None)
        assert holds(compiled, text, words_of(text)) == (match is not None)
