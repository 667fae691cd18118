"""Runs of capitalised words: where a name may stand, without words that merely begin a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from remanence.reader.entities.words import Words, not_names_anywhere

_CASED_END = (
    0x590  # Latin, Greek, Cyrillic and Armenian lie before; no script of many speakers after has case
)
UPPER = "".join(chr(point) for point in range(0x41, _CASED_END) if chr(point).isupper())
_INNER = r"[^\W_]"
_APOSTROPHE = rf"['’](?!(?:s|d|ll|re|ve|m|t)\b)(?={_INNER})"  # O'Brien; not Ana's
_CAP = (
    rf"(?!I(?:['’](?:m|d|ve|ll|s))?(?![\w.]))"  # "I" is nobody's name
    rf"[{UPPER}](?:{_INNER}|{_APOSTROPHE}|-(?={_INNER}))*"
)
WORD = rf"(?:(?:[{UPPER}]\.){{2,}}|[{UPPER}]\.(?=\s[{UPPER}])|{_CAP}|[a-z]{{1,2}}[{UPPER}]{_INNER}+)"
_CONNECTOR = r"(?:of|de|da|do|dos|das|du|del|della|der|den|van|von|bin|ibn|zu|la|los|las|the)"
_RUN = re.compile(
    rf"(?<![\w'’@#/.\\-]){WORD}(?:[ \u00a0](?:{_CONNECTOR}[ \u00a0]){{0,2}}{WORD}){{0,5}}(?![\w@])"
)
_SENTENCE_END = re.compile(r"(?:^|[.!?…:;\n\r\t\"“„«»*•>|(\[—–])[^\w,]*$")  # an emoji may follow
_INITIAL = re.compile(rf"(?:(?<!\w)[{UPPER}]|\b(?:Dr|Mr|Mrs|Ms|St|Prof|Jr|Sr))\.\s$")
_BEFORE_CHARS = 6


@dataclass(frozen=True, slots=True)
class Run:
    """Characters [start, end) that are capitalised words and what joins them."""

    start: int
    end: int
    text: str
    initial: bool  # it begins a sentence, where a capital is no evidence
    led_by: str = ""  # the word that was taken off its beginning, in lower case: "hi", "dr"


def has_capitals_inside(text: str) -> bool:
    """Whether capitals are used as people write them: not in shouting, nor in chat without any."""
    return not text.isupper() and not text.islower()


def runs(text: str, tables: Words) -> Iterator[Run]:
    """The runs of a text in order."""
    for match in _RUN.finditer(text):
        start, end, led_by = match.start(), match.end(), ""
        initial = begins_sentence(text, start)
        parts = match.group().split(" ") if " " in match.group() else [match.group()]
        while parts and _leads(parts[0], tables, initial=initial):
            led_by = parts[0].lower().rstrip(".")
            start += len(parts[0]) + 1
            initial = False
            parts.pop(0)
            while parts and parts[0].islower():
                start += len(parts.pop(0)) + 1
        while parts and (parts[-1].lower() in not_names_anywhere() or parts[-1].islower()):
            end -= len(parts.pop()) + 1
        if parts and end > start and not _are_plain_words(parts, tables):
            name = text[start:end]
            if len(name) > 1 and any(map(str.isalpha, name)):
                yield Run(start, end, name, initial, led_by)


def begins_sentence(text: str, at: int) -> bool:
    """Whether nothing but marks stands between this place and the end of a sentence, or of what quotes it."""
    before = text[max(0, at - _BEFORE_CHARS) : at]
    if at > _BEFORE_CHARS and not _SENTENCE_END.search(before):
        return False
    return bool(_SENTENCE_END.search(before)) and not _INITIAL.search(text[max(0, at - 6) : at])


def _are_plain_words(parts: list[str], tables: Words) -> bool:
    """Whether it is a phrase of small words that somebody wrote with capitals: "I GOT IT"."""
    return all(part.lower() in tables.starts and part.lower() not in tables.everyday for part in parts)


def _leads(part: str, tables: Words, *, initial: bool) -> bool:
    word = part.lower().rstrip(".")
    return (
        (initial and len(part) == 1)  # an article, in many languages
        or (tables.nouns_have_capitals and word in tables.relations)
        or word in tables.titles
        or word in not_names_anywhere()
        or (initial and (word in tables.starts or word in tables.greetings))
    )
