"""What has one value at a time, how a value of it looks, and how a statement of it reads.

Read from a language's `slots.toml`. Asked by `language`, which puts the heads into patterns, and by
`statements` and `topics`, which trim values to their shape.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

QUALIFIED = " of "  # between what an affair has and whose it is: "deadline of grant report"


@dataclass(frozen=True, slots=True)
class Shape:
    """An attribute with one value at a time: what its values look like, and the statement of one."""

    attribute: str
    value: re.Pattern[str]
    says: str
    about: re.Pattern[str] | None = None  # words for it, beside its heads
    tells: re.Pattern[str] | None = None  # words that are about it and nothing else
    leads: re.Pattern[str] | None = None  # words after which a value stands; None where none may be guessed
    by_head: bool = False  # of an affair that is called by the head itself: "time of the Monday meeting"

    def statement(self, attribute: str, value: str, speaker: str) -> str:
        """That the speaker's attribute has this value."""
        noun = attribute.partition(" ")[2]  # of a family: what is "own"
        return self.says.format_map(
            {"attribute": attribute, "noun": noun, "value": value, "speaker": speaker}
        )


@dataclass(frozen=True, slots=True)
class Shapes:
    """All of a language's, and the words by which people name them."""

    by_attribute: Mapping[str, Shape]
    by_head: Mapping[str, Shape]
    families: Mapping[str, Shape]  # "favourite " and the like: any attribute that begins so
    heads: str  # a pattern of what is "my ..."
    affairs: str  # and of what "the grant report" has

    def of(self, attribute: str) -> Shape | None:
        """The shape of an attribute; None if it may have many values."""
        plain = attribute.partition(QUALIFIED)[0]
        found = self.by_attribute.get(attribute) or self.by_attribute.get(plain)
        if found is not None:
            return found
        return next((one for begin, one in self.families.items() if attribute.startswith(begin)), None)

    def named(self, head: str) -> Shape | None:
        """The shape that people call so, in one or many: "mobile number", "gyms"."""
        word = " ".join(head.casefold().split())
        return self.by_head.get(word) or self.by_head.get(word.removesuffix("s"))


@dataclass(frozen=True, slots=True)
class Heads:
    """What slots are called: patterns of what is "my ..." and of what "the report" has, and attributes."""

    things: str
    affairs: str
    attributes: Mapping[str, str]  # by each head


def heads_of(tables: Mapping[str, object]) -> Heads:
    """How people call the slots of a language's table."""
    things: list[str] = []
    affairs: list[str] = []
    attributes: dict[str, str] = {}
    for attribute, raw in _table(tables, "slot").items():
        assert isinstance(raw, dict), attribute
        for heads, key in ((things, "heads"), (affairs, "affair")):
            heads += raw.get(key, [])
            attributes |= dict.fromkeys(raw.get(key, []), attribute)
    return Heads(_any_of(things), _any_of(affairs), attributes)


def read_shapes(tables: Mapping[str, object], compiled: Callable[[str], re.Pattern[str]]) -> Shapes:
    """The shapes of a language from its table."""
    values = _table(tables, "value")
    kinds = {name: compiled(str(text)) for name, text in values.items()}
    shapes: dict[str, Shape] = {}
    by_attribute, families = {}, {}
    for attribute, raw in _table(tables, "slot").items():
        assert isinstance(raw, dict), attribute
        default = (
            "{speaker}'s {attribute} is {value}" if "affair" not in raw else "The {attribute} is {value}"
        )
        says = str(raw.get("says", default))
        names = [re.escape(head) for head in (*raw.get("heads", []), *raw.get("affair", []))]
        about = "|".join([*names, *([raw["about"]] if "about" in raw else [])])
        leads = raw.get("leads")
        shape = Shape(
            attribute,
            kinds[raw["value"]],
            says,
            about=compiled(rf"\b(?:{about})s?\b") if about else None,
            tells=compiled(rf"\b(?:{raw['tells']})\b") if "tells" in raw else None,
            leads=None
            if leads is None
            else compiled(
                rf"(?:\b(?:{leads})|[:–—]| -) (?:(?:the|a|an|our|my) (?=[^\W\d_]))?" if leads else r"\b"
            ),
            by_head=bool(raw.get("by_head")),
        )
        shapes[attribute] = shape
        if raw.get("family"):
            families[attribute + " "] = shape
        else:
            by_attribute[attribute] = shape
    heads = heads_of(tables)
    by_head = {head: shapes[attribute] for head, attribute in heads.attributes.items()}
    return Shapes(by_attribute, by_head, families, heads.things, heads.affairs)


def _any_of(words: list[str]) -> str:
    """Longer ones first, so that "phone number" is not read as "phone"."""
    ordered = sorted(words, key=len, reverse=True)
    return "(?:" + "|".join(re.escape(word).replace("\\ ", " ") for word in ordered) + ")"


def _table(tables: Mapping[str, object], name: str) -> Mapping[str, object]:
    table = tables[name]
    assert isinstance(table, dict), name
    return table
