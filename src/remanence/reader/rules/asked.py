"""Which slots a question asks for: whose, and what of theirs.

Read from a language's `asked.toml` without the rest of its tables, for which who asks once should not wait.
Asked by the verbs that recall.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TypeAlias

from remanence.reader.rules.language import DEFAULT_LANGUAGE, Table, compiled, table_of, word_table
from remanence.reader.rules.shapes import heads_of

TEXT_CHARS_MAX = 400  # of a question: what is longer asks for no one slot
TURNED_MAX = 6  # people whom it may be asked of
TOPIC = "topic"  # the group of a pattern that says what it is about


_Patterns: TypeAlias = tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]  # each with its attributes


@dataclass(frozen=True, slots=True)
class _Asking:
    """A language's `asked.toml`, with the words by which slots are called."""

    wanted: _Patterns
    topics: _Patterns  # those of `wanted` that may be asked of nobody
    heads: Mapping[str, str]  # a slot's attribute by what people call it
    asked_of: re.Pattern[str]
    owner: re.Pattern[str]
    own: re.Pattern[str]
    to: re.Pattern[str]
    verbs: Mapping[str, str]


def slots_asked(text: str, *, asker: str, language: str = DEFAULT_LANGUAGE) -> frozenset[tuple[str, str]]:
    """The slots, each a subject and an attribute as slots bear them, that a question may ask for.

    `asker` is who says "I" in it. A subject is whoever the question may be about, known or not.

    >>> ("ana", "home") in slots_asked("Where does Ana live?", asker="Tom")
    True
    """
    if len(text) > TEXT_CHARS_MAX:
        return frozenset()
    asking = _asking(language)
    question = text if "?" in text else f"{text} ?"
    found = set()
    for who, turned in _turned(question, asker, asking):
        for pattern, attributes in asking.wanted if asking.to.search(turned) else asking.topics:
            match = pattern.search(turned)
            if match is not None and (asking.to.search(match[0]) or TOPIC in pattern.groupindex):
                found |= {(who, named) for one in attributes if (named := _named(one, match, asking))}
    return frozenset(found)


def _turned(question: str, asker: str, asking: _Asking) -> Iterator[tuple[str, str]]:
    """Of whom it may be asked, as subjects of slots, and how it would be put to them."""
    self = asker.casefold()
    yield self, asking.own.sub("your", question)
    for match in list(asking.asked_of.finditer(question))[:TURNED_MAX]:
        verb = match["verb"].casefold()
        put = f"{question[: match.start()]}{asking.verbs.get(verb, verb)} you{question[match.end() :]}"
        yield _subject(match["who"], self, asking), asking.own.sub("your", put)
    for match in list(asking.owner.finditer(question))[:TURNED_MAX]:
        put = f"{question[: match.start()]}your {question[match.end() :]}"
        yield _subject(match["who"], self, asking), put


def _subject(who: str, asker: str, asking: _Asking) -> str:
    first, _, rest = who.casefold().partition(" ")
    if rest:
        return f"{asker}'s {rest}"
    return asker if first in ("i", "we") else first


def _named(attribute: str, match: re.Match[str], asking: _Asking) -> str | None:
    """The attribute that is asked for; None where its head is that of no slot."""
    groups = {name: " ".join(words.split()) for name, words in match.groupdict().items() if words}
    head = groups.get("thing") or groups.get("thing2")
    if head is not None:
        shape = asking.heads.get(head.casefold()) or asking.heads.get(head.casefold().removesuffix("s"))
        if shape is None:
            return None
        groups["shape"] = shape
    return attribute.format_map(groups).casefold().replace("favorite", "favourite")


@cache
def _asking(code: str) -> _Asking:
    folder = files(__package__).joinpath(code)
    tables, slots = table_of(folder.joinpath("asked.toml")), table_of(folder.joinpath("slots.toml"))
    called = heads_of(slots)
    words = word_table(code) | {"thing": called.things, "affair": called.affairs}
    turned = tables["turned"]
    assert isinstance(turned, dict), code
    wanted = tuple(
        (compiled(raw["pattern"], words), tuple(raw["attribute"].split(", ")))
        for name in ("question", "wanted")
        for raw in _list(tables, name)
    )
    return _Asking(
        wanted=wanted,
        topics=tuple(one for one in wanted if TOPIC in one[0].groupindex),
        heads=called.attributes,
        asked_of=compiled(turned["asked_of"], words),
        owner=compiled(turned["owner"], words),
        own=compiled(turned["own"], words),
        to=compiled(turned["to"], words),
        verbs=turned["verbs"],
    )


def _list(tables: Table, name: str) -> list[dict[str, str]]:
    found = tables[name]
    assert isinstance(found, list), name
    return found
