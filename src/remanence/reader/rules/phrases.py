"""The words of a pattern's groups as a statement has them, or that they say nothing by themselves.

Asked by `statements` and `topics`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from remanence.reader.remembered import remembered
from remanence.reader.rules.clauses import Clause
from remanence.reader.rules.language import Language, Rule
from remanence.reader.rules.shapes import Shape

VALUE_CHARS_MAX = 100  # of a phrase: a longer one is a story, not a value
VALUE_WORDS_MAX = 12

_WORD = re.compile(r"[\w'-]+")
_SPACE = re.compile(r"\s+")
_CAPITAL = re.compile(r"(?!I\b)[A-ZÀ-ÖØ-Þ]")
_SMALL_START = re.compile(r"\W*[a-zß-öø-ÿ]|.*\b(?:i|im|ive|i'm|i've)\b", re.DOTALL)
_DETERMINER = re.compile(
    r"(?:(?:now|the|our|my|that|this|called|named|actually|still|only|on|at|in|by) )+", re.IGNORECASE
)
_LOWERED = ("fav", "link", "often", "thing", "affair", "relation", "kin", "pet")
_AS_SPOKEN = ("verb", "link")


@remembered(16)  # it is asked where a text is taken apart and where it is read
def in_small_letters(text: str) -> bool:
    """Whether a text is written without capitals, so that its names can't be told by theirs."""
    return _CAPITAL.search(text) is None and _SMALL_START.match(text) is not None


def fitting_groups(
    rule: Rule, match: re.Match[str], clause: Clause, text: str, language: Language, shape: Shape | None
) -> tuple[Mapping[str, str], int] | None:
    """The words of each group as a statement has them, and where the last one ends; None if unfit."""
    groups: dict[str, str] = {"value": rule.default or ""}
    end = match.end()
    for name, span in ((name, match.span(name)) for name in match.groupdict()):
        start, stop = span
        if start < 0:
            continue
        kind = name.rstrip("0123456789")
        if kind == "phrase" and shape is not None:
            shaped = shape.value.match(clause.text, start)
            if shaped is None:
                return None
            start, end = without_determiner(clause.text, start, shaped.end()), shaped.end()
            stop = end
        elif kind in ("phrase", "second"):
            stop = phrase_end(clause.text, start, language)
            contrast = language.phrase["contrast"].match(clause.text, stop) if rule.correction else None
            end = stop = contrast.end() if contrast is not None else stop
        if kind in ("phrase", "second", "first") and not _fits(
            clause.text[start:stop], rule, language, shape
        ):
            return None
        if kind in ("from", "topic"):
            start = without_determiner(clause.text, start, stop)
        words = _SPACE.sub(" ", text[clause.start + start : clause.start + stop]).strip()
        target = (
            "value" if kind == "phrase" or (kind == "first" and "second" not in match.groupdict()) else kind
        )
        groups[target] = words if kind in _AS_SPOKEN else in_third_person(words, language)
    verb = groups.get("verb", "").lower()
    base = language.base.get(verb, verb)
    groups["base"] = base
    groups["verb"] = language.third.get(base, base)
    for name in _LOWERED:
        if name in groups:
            groups[name] = groups[name].lower()
    return groups, end


def phrase_end(clause: str, start: int, language: Language) -> int:
    """Where a phrase that starts there ends, without what only trails along."""
    listed = language.phrase["list"].match(clause, start)
    search_from = clause.rfind(",", start, listed.end()) + 1 if listed is not None else start
    stop = language.phrase["stop"].search(clause, search_from)
    phrase = clause[start : stop.start() if stop is not None else len(clause)]
    while (trailing := language.phrase["trailing"].search(phrase)) is not None and trailing[0]:
        phrase = phrase[: trailing.start()]
    return start + len(phrase)


def in_third_person(words: str, language: Language) -> str:
    """First-person words as another says them."""
    return _WORD.sub(lambda word: language.person.get(word[0].lower(), word[0]), words)


def without_determiner(clause: str, start: int, stop: int) -> int:
    """Where the words begin that name something, after "now", "the", "called"."""
    before = _DETERMINER.match(clause, start, stop)
    return before.end() if before is not None and before.end() < stop else start


def _fits(phrase: str, rule: Rule, language: Language, shape: Shape | None) -> bool:
    """Whether the phrase says something by itself."""
    if not 0 < len(phrase) <= VALUE_CHARS_MAX or len(_WORD.findall(phrase)) > VALUE_WORDS_MAX:
        return False
    if not any(character.isalnum() or character == "\ue000" for character in phrase):
        return False
    if rule.free_value or shape is not None:
        return True
    return not language.phrase["deictic"].search(phrase) and not language.phrase["definite"].search(phrase)
