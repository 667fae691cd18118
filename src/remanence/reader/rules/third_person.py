"""A speaker's own clause as another tells it: "I keep bees" is "Ana keeps bees".

For what no rule reads. Asked by the readers of whole sentences.
"""

from __future__ import annotations

import re

from remanence.reader.rules.language import Language
from remanence.reader.rules.phrases import in_third_person

_FIRST = re.compile(r"([^\W\d_]+(?:['’]\w+)?)(?: +([^\W\d_]+(?:['’]\w+)?))?")
_SPACE = re.compile(r"\s+")


def as_told_of(clause: str, subject: str, language: Language) -> str:
    """The clause with the subject's name for its speaker.

    Where the subject is no "I" or "my" that the language knows how to turn, first persons within turn
    alone.

    >>> from remanence.reader.rules.language import load_language
    >>> as_told_of("I'm vegan and my sister is not", "Ana", load_language())
    'Ana is vegan and their sister is not'
    """
    words = _SPACE.sub(" ", clause.replace("’", "'")).strip()
    begin = _FIRST.match(words)
    told = None if begin is None else _turned(begin, subject, language)
    if told is None or begin is None:
        said = in_third_person(words, language)
    else:
        said = told[0] + in_third_person(words[told[1] :], language)
    return said[:1].upper() + said[1:]


def _turned(begin: re.Match[str], subject: str, language: Language) -> tuple[str, int] | None:
    """The beginning as another says it, and how many characters that stands for."""
    first, second = begin[1].lower(), (begin[2] or "").lower()
    known = language.begins.get(f"{first} {second}")
    if known is not None:
        return known.format(speaker=subject), begin.end()
    known = language.begins.get(first)
    if known is None or not second or not known.endswith("{verb}"):
        return None if known is None else (known.format(speaker=subject, verb=""), begin.end(1))
    verb = language.third.get(second) or _third(begin[2], language)
    return known.format(speaker=subject, verb=verb), begin.end()


def _third(verb: str, language: Language) -> str:
    if language.patterns["third_person"]["fixed"].fullmatch(verb):
        return verb
    for name in ("es", "ies"):
        ending = language.patterns["third_person"][name].search(verb)
        if ending is not None:
            return verb[: ending.start()] + name
    return verb + "s"
