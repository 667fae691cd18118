"""Whether a message asks for something: a question, a request, a proposal, an order.

What patterns say of a sentence is weighed with its words, by weights that are learnt (tools/learn_asking.py).
Asked by `verbs.deriving`, for the tags of a message.
"""

from __future__ import annotations

from collections.abc import Mapping

from remanence.reader.rules.language import DEFAULT_LANGUAGE, Language, load_language
from remanence.reader.rules.likely import asking_in, features, load_weights, total_of
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
    tables = load_language(language)
    return any(_asks(sentence, spoken.words, tables) for _, sentence in spoken.sentences[:SENTENCES_MAX])


def _asks(sentence: str, words: frozenset[str], tables: Language) -> bool:
    """Whether its score is above none; the patterns are tried where they can tip it."""
    score = asking_in(total_of(sentence, None, tables.code))
    tipped = score + asking_in(load_weights(tables.code).of[BY_PATTERN])
    if (score > 0) == (tipped > 0):
        return score > 0
    return (tipped if _by_pattern(sentence, words, tables) else score) > 0


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
