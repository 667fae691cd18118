"""Reads the names of a text: the one door of this room for text by itself."""

from __future__ import annotations

import re
from dataclasses import replace

from remanence.model.entity import EntityKind
from remanence.reader.entities.capitals import Run, has_capitals_inside, runs
from remanence.reader.entities.evidence import judged
from remanence.reader.entities.found import Found
from remanence.reader.entities.relations import linked, relative_names
from remanence.reader.entities.words import Words, language_of, words

READ_CHARS_MAX = 200_000  # of one text; beyond, no names are looked for
NAMES_MAX = 1_000  # in one text
_HEADING_WORDS_MIN = 4
_HEADING_SHARE = 0.7  # of capitalised words; more is a heading or shouting, where a capital says nothing
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)  # what is named there is a program's
_FACILITY = re.compile(r"(?:^|\s)(?:the|our|their|his|her|my|a)\s$", re.IGNORECASE)


def read_names(text: str) -> list[Found]:
    """What may name something in a text, in the order of the text.

    >>> [(one.text, one.kind.value) for one in read_names("I live in Porto with my sister Ana.")]
    [('Porto', 'place'), ('my sister', 'person'), ('Ana', 'person')]
    """
    text = text[:READ_CHARS_MAX]
    if "`" in text:
        text = _CODE.sub(_blank, text)
    if text.islower() or text.isupper():
        tables = words(language_of(text))
        return relative_names(text.lower(), tables)[:NAMES_MAX]
    if not has_capitals_inside(text):
        return []  # of a script without capitals, or nothing but marks
    tables = words(language_of(text))
    capitalised = list(runs(text, tables))
    relatives = relative_names(text, tables)
    if not capitalised:
        return relatives[:NAMES_MAX]
    heading = _is_heading(text, capitalised)
    names = [judged(text, run, tables, heading=heading) for run in capitalised]
    names = _sure_elsewhere(text, names)
    found = linked(text, names, relatives, tables)
    found += [facility for run in capitalised if (facility := _facility(text, run, tables)) is not None]
    return sorted(found, key=lambda one: (one.start, one.end))[:NAMES_MAX]


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def _is_heading(text: str, capitalised: list[Run]) -> bool:
    all_words = text.split()
    capitals = sum(len(run.text.split()) for run in capitalised)
    return len(all_words) >= _HEADING_WORDS_MIN and capitals > _HEADING_SHARE * len(all_words)


def _sure_elsewhere(text: str, names: list[Found]) -> list[Found]:
    """A name that is certain once in a text is so throughout it; one that is also a word of it never is."""
    if all(one.certain for one in names):
        return names
    certain = {one.text for one in names if one.certain}
    return [replace(one, certain=True) if one.text in certain else one for one in names]


def _facility(text: str, run: Run, tables: Words) -> Found | None:
    """ "the Porto office": a name of its own beside Porto's."""
    following = text[run.end : run.end + 12].split(" ")
    if len(following) < 2 or following[0]:
        return None
    noun = following[1].strip(".,;:!?)'\"").removesuffix("'s")
    if noun not in tables.facilities or not _FACILITY.search(text[max(0, run.start - 8) : run.start]):
        return None
    kind = EntityKind.ORGANISATION if noun == "team" else EntityKind.PLACE
    end = run.end + 1 + len(noun)
    return Found(run.start, end, text[run.start : end], kind, firm=True)
