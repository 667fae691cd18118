"""Forms of verbs: from a word to its verb and back, by regular endings and a table of irregular ones.

Asked by `grammar`, which keeps one table of forms for a language.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

Form: TypeAlias = Literal["base", "s", "past", "participle", "ing"]

_VOWELS = "aeiou"


@dataclass(frozen=True, slots=True)
class Verb:
    """A word as a form of a verb; `known` where the table has it, else told by its ending alone."""

    base: str
    forms: frozenset[Form]
    known: bool = True


@dataclass(frozen=True, slots=True)
class VerbForms:
    """All forms of a language's verbs."""

    by_word: Mapping[str, Verb]
    irregular: Mapping[str, tuple[str, str]]

    @classmethod
    def of(cls, bases: Iterable[str], irregular: Mapping[str, tuple[str, str]], doubling: str) -> VerbForms:
        """From base forms; `irregular` gives past and participle, `doubling` the words that double."""
        doubled = frozenset(doubling.split())
        found: dict[str, tuple[str, set[Form]]] = {}
        for base in [*irregular, *bases]:
            past, participle = irregular.get(base) or (_with_ed(base, base in doubled),) * 2
            forms: tuple[tuple[str, Form], ...] = (
                (base, "base"),
                (with_s(base), "s"),
                (past, "past"),
                (participle, "participle"),
                (with_ing(base, base in doubled), "ing"),
            )
            for word, form in forms:
                found.setdefault(word, (base, set()))[1].add(form)
        return cls({word: Verb(base, frozenset(forms)) for word, (base, forms) in found.items()}, irregular)

    def of_word(self, word: str) -> Verb | None:
        """The verb that a word is a form of, or looks like one of; None for what does not.

        >>> VerbForms.of(["go"], {"go": ("went", "gone")}, "").of_word("went").base
        'go'
        """
        found = self.by_word.get(word)
        if found is not None or len(word) < 5:
            return found
        if word.endswith("ing"):
            return Verb(word[:-3], frozenset({"ing"}), known=False)
        if word.endswith("ed"):
            return Verb(word[:-2], frozenset({"past", "participle"}), known=False)
        return None


def with_s(base: str) -> str:
    """The third person of the present.

    >>> with_s("carry"), with_s("watch"), with_s("have")
    ('carries', 'watches', 'has')
    """
    if base in ("have", "be"):
        return {"have": "has", "be": "is"}[base]
    if base.endswith("y") and base[-2:-1] not in _VOWELS:
        return base[:-1] + "ies"
    return base + ("es" if base.endswith(("s", "sh", "ch", "x", "z", "o")) else "s")


def with_ing(base: str, doubles: bool) -> str:
    """The form that goes with "is"."""
    if base.endswith("ie"):
        return base[:-2] + "ying"
    if base.endswith("e") and not base.endswith(("ee", "oe", "ye")) and base != "be":
        return base[:-1] + "ing"
    return base + (base[-1] if doubles else "") + "ing"


def _with_ed(base: str, doubles: bool) -> str:
    if base.endswith("e"):
        return base + "d"
    if base.endswith("y") and base[-2:-1] not in _VOWELS:
        return base[:-1] + "ied"
    return base + (base[-1] if doubles else "") + "ed"
