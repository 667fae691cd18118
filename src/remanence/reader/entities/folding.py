"""How names are compared: without capitals, accents, and the endings of Russian cases."""

from __future__ import annotations

import re
import unicodedata

_CASES = re.compile(r"(?:ой|ей|а|я|у|ю|ы|и|е)$")  # of words in -а and -я; the others are compared as they are
_STEM_LENGTH_MIN = 3
_SPACES = re.compile(r"\s+")
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af\u0e00-\u0e7f]")


def fold(text: str) -> str:
    """The form by which two wordings of a name are the same.

    >>> fold("José  SILVA"), fold("Москве") == fold("Москва")
    ('jose silva', True)
    """
    if text.isascii():
        return text.lower() if " " not in text else " ".join(text.lower().split())
    plain = unicodedata.normalize("NFKC", text).replace("’", "'").casefold()
    return " ".join(_stemmed(word) for word in _SPACES.split(plain.strip()))


def without_accents(word: str) -> str:
    """The word with bare letters, as many write it.

    >>> without_accents("août")
    'aout'
    """
    decomposed = unicodedata.normalize("NFD", word)
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def ends_of(folded: str) -> tuple[str, str]:
    """The first and the last word of a folded name; its first character where words are not spaced."""
    if is_unspaced(folded):
        return folded[0], folded[0]
    parts = folded.split(" ")
    return parts[0], parts[-1]


def is_unspaced(text: str) -> bool:
    """Whether it begins in a script that puts no spaces between words."""
    return bool(_UNSPACED.match(text))


def unspaced_characters(text: str) -> set[str]:
    """The characters of such scripts that occur."""
    return set() if text.isascii() else set(_UNSPACED.findall(text))


def _stemmed(word: str) -> str:
    if "\u0400" <= word[:1] <= "\u04ff":
        word = word.replace("ё", "е")
        stem = _CASES.sub("", word)
        return stem + "*" if stem != word and len(stem) >= _STEM_LENGTH_MIN else word
    return without_accents(word)
