"""The word lists of a language: a folder of TOML files, read once.

What is counted by lists (hedges, apologies, stances, ...) is counted in their language alone. `language_of`
tells the language of an utterance, `language_of_all` the one that somebody speaks. Of a list that a language
has not, nothing is found.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from remanence.recall.analyser import words

LANGUAGES = ("en", "de", "es")
DEFAULT_LANGUAGE = "en"
FUNCTION_SHARE_MIN = 0.25  # English prose has 0.4 to 0.55 of its words among the function words
HITS_MIN = 2  # little words by which a single utterance shows its language
_NEVER = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of one language, by file and name."""

    lists: Mapping[str, Mapping[str, tuple[str, ...]]]

    def words(self, file: str, name: str) -> tuple[str, ...]:
        """One list; nothing where the language has none of that name."""
        return self.lists.get(file, {}).get(name, ())

    def spoken(self, file: str, name: str) -> frozenset[str]:
        """The words of one list as `words` takes them out of a text: in small letters, without accents."""
        return _spoken(self.words(file, name))


@cache
def _spoken(entries: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word for entry in entries for word in words(entry))


@cache
def lists(language: str = DEFAULT_LANGUAGE) -> Lists:
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
def matcher(file: str, name: str, language: str = DEFAULT_LANGUAGE) -> re.Pattern[str]:
    """A pattern for any entry of a list as whole words, the longest first; "…" in an entry is a word or more.

    >>> bool(matcher("style", "hedges").search("It is, perhaps, late"))
    True
    """
    entries = sorted(lists(language).words(file, name), key=len, reverse=True)
    if not entries:
        return _NEVER
    return re.compile(rf"(?<![\w'])(?:{'|'.join(map(_pattern, entries))})(?![\w'])", re.IGNORECASE)


@cache
def hints(file: str, name: str, language: str = DEFAULT_LANGUAGE) -> frozenset[str]:
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
def rule(name: str, language: str = DEFAULT_LANGUAGE) -> re.Pattern[str]:
    """A regular expression of the language's grammar; one that finds nothing where it has none.

    >>> rule("does").search("It doesn't matter").group()
    "doesn't"
    """
    lines = lists(language).words("grammar", name)
    return re.compile("".join(lines), re.IGNORECASE) if lines else _NEVER


def language_of(spoken: Sequence[str]) -> str | None:
    """The language of an utterance of these words; None where they don't show one.

    >>> language_of("der Deckel liegt auf dem Tisch".split()), language_of(["tabs"])
    ('de', None)
    """
    hits = _hits([spoken])
    best = max(LANGUAGES, key=hits.__getitem__)
    enough = hits[best] >= max(HITS_MIN, FUNCTION_SHARE_MIN * len(spoken))
    return best if enough else None


def language_of_all(texts: Iterable[Sequence[str]]) -> str | None:
    """The language that most of these texts are in, by their words; None where there are no lists for it."""
    known = list(texts)
    hits, total = _hits(known), sum(map(len, known))
    best = max(LANGUAGES, key=hits.__getitem__)
    return best if total and hits[best] >= FUNCTION_SHARE_MIN * total else None


def _hits(texts: Iterable[Sequence[str]]) -> Counter[str]:
    """How many of the words are among each language's function words."""
    known = _languages_of_words()
    found: Counter[str] = Counter()
    for text in texts:
        for word in text:
            if word in known:
                found.update(known[word])
    return found


@cache
def _languages_of_words() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for language in LANGUAGES:
        for word in lists(language).spoken("style", "function_words"):
            found[word] = (*found.get(word, ()), language)
    return found


def _pattern(entry: str) -> str:
    escaped = re.escape(entry).replace("'", "['’]")
    return escaped.replace("\\ ", r"\s+").replace("…", r"\w[\w'’-]*(?:\s+\w[\w'’-]*){0,3}")
