"""Whether a message asks for something: a question, a request, a proposal, an order.

What patterns say of a sentence is weighed with its words, by weights that are learnt (tools/learn_asking.py).
Asked by `verbs.deriving`, for the tags of a message.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

from remanence.reader.rules.language import DEFAULT_LANGUAGE, Language, load_language
from remanence.reader.rules.likely import features
from remanence.reader.rules.modality import Modality, OwnText, modality_of_plain
from remanence.reader.rules.needed import holds

REQUEST = "request"  # the tag of a message that asks for something
SENTENCES_MAX = 40  # of a message that are looked at
BY_PATTERN = "^asks"  # the feature of a sentence that a pattern takes for one that asks
_ASKING = (Modality.ASKED, Modality.REQUESTED)
_MAY_ASK = ("requested", "bidden", "asked")  # the patterns without which nothing is either


def asks(spoken: OwnText, *, language: str = DEFAULT_LANGUAGE) -> bool:
    """Whether a sentence of the writer's own asks for something; what is quoted or pasted does not.

    >>> from remanence.reader.rules.statements import heard
    >>> asks(heard("The report is late. Could you send it tonight?")), asks(heard("I live in Porto."))
    (True, False)
    """
    tables, weights = load_language(language), load_asking(language)
    return any(
        asking_score(asking_features(sentence, spoken.words, tables), weights) > 0
        for _, sentence in spoken.sentences[:SENTENCES_MAX]
    )


def asking_score(found: frozenset[str], weights: Mapping[str, int]) -> int:
    """How surely a sentence with these features asks for something, in hundredths; above none it does."""
    return sum(filter(None, map(weights.get, found)))


def asking_features(sentence: str, words: frozenset[str], tables: Language) -> frozenset[str]:
    """What is weighed of a sentence; `words` are those of its text."""
    found = features(sentence, None, tables.code)
    return found | {BY_PATTERN} if _by_pattern(sentence, words, tables) else found


def _by_pattern(sentence: str, words: frozenset[str], tables: Language) -> bool:
    patterns = tables.patterns["modality"]
    return (
        any(holds(patterns[name], sentence, words) for name in _MAY_ASK)
        and modality_of_plain(sentence, tables) in _ASKING
    )


@lru_cache(maxsize=8)
def load_asking(code: str = DEFAULT_LANGUAGE) -> Mapping[str, int]:
    """The weights of a language; raises FileNotFoundError where it has none: they are program."""
    table = files(__package__).joinpath(code).joinpath("learnt").joinpath("asking.tsv")
    rows = (line.split("\t") for line in table.read_text(encoding="utf-8").splitlines())
    return {name: int(weight) for name, weight in rows}
