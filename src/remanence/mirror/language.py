"""The word lists of a language: a folder of TOML files, read once.

What is counted by lists (hedges, apologies, stances, ...) is counted in their language alone; `speaks` says
whether a text is in it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from remanence.recall.analyser import words

FUNCTION_SHARE_MIN = 0.25  # English prose has 0.4 to 0.55 of its words among the function words


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of one language, by file and name."""

    lists: Mapping[str, Mapping[str, tuple[str, ...]]]

    def words(self, file: str, name: str) -> tuple[str, ...]:
        """One list."""
        return self.lists[file][name]


@cache
def lists(language: str = "en") -> Lists:
    """The lists of a language, a line an entry.

    >>> "perhaps" in lists().words("style", "hedges")
    True
    """
    folder = resources.files(__package__) / language
    found = {
        file.name.removesuffix(".toml"): {
            name: tuple(line.strip() for line in block.splitlines() if line.strip())
            for name, block in tomllib.loads(file.read_text("utf-8")).items()
        }
        for file in folder.iterdir()
        if file.name.endswith(".toml")
    }
    return Lists(found)


@cache
def matcher(file: str, name: str, language: str = "en") -> re.Pattern[str]:
    """A pattern for any entry of a list as whole words, the longest first; "…" in an entry is a word or more.

    >>> bool(matcher("style", "hedges").search("It is, perhaps, late"))
    True
    """
    entries = sorted(lists(language).words(file, name), key=len, reverse=True)
    return re.compile(rf"(?<![\w'])(?:{'|'.join(map(_pattern, entries))})(?![\w'])", re.IGNORECASE)


@cache
def hints(file: str, name: str, language: str = "en") -> frozenset[str]:
    """One word of each entry, its longest: a text with none of them holds no entry."""
    spoken = (words(entry.replace("…", " ")) for entry in lists(language).words(file, name))
    return frozenset(max(found, key=len) for found in spoken if found)


def find(file: str, name: str, text: str, spoken: Collection[str]) -> re.Match[str] | None:
    """The first entry of a list in a text, of which `spoken` are the words."""
    return None if hints(file, name).isdisjoint(spoken) else matcher(file, name).search(text)


def without(file: str, name: str, text: str, spoken: Collection[str]) -> str:
    """The text without the entries of a list."""
    return text if hints(file, name).isdisjoint(spoken) else matcher(file, name).sub(" ", text)


@cache
def rule(name: str, language: str = "en") -> re.Pattern[str]:
    """A regular expression of the language's grammar.

    >>> rule("does").search("It doesn't matter").group()
    "doesn't"
    """
    return re.compile("".join(lists(language).words("grammar", name)), re.IGNORECASE)


def speaks(texts: Iterable[Sequence[str]], language: str = "en") -> bool:
    """Whether the words of these texts are the language's, by the share of its function words."""
    known = set(lists(language).words("style", "function_words"))
    total = hits = 0
    for text in texts:
        total += len(text)
        hits += sum(word in known for word in text)
    return total > 0 and hits >= FUNCTION_SHARE_MIN * total


def _pattern(entry: str) -> str:
    escaped = re.escape(entry).replace("'", "['’]")
    return escaped.replace("\\ ", r"\s+").replace("…", r"\w[\w'’-]*(?:\s+\w[\w'’-]*){0,3}")
