"""Whether a message asks for something: a question, a request, a proposal, an order.

Asked by `verbs.deriving`, for the tags of a message.
"""

from __future__ import annotations

from remanence.reader.rules.language import DEFAULT_LANGUAGE, load_language
from remanence.reader.rules.modality import Modality, OwnText, modality_of_plain
from remanence.reader.rules.needed import holds

REQUEST = "request"  # the tag of a message that asks for something
SENTENCES_MAX = 40  # of a message that are looked at
_ASKING = (Modality.ASKED, Modality.REQUESTED)
_MAY_ASK = ("requested", "bidden", "asked")  # the patterns without which nothing is either


def asks(spoken: OwnText, *, language: str = DEFAULT_LANGUAGE) -> bool:
    """Whether a sentence of the writer's own asks for something; what is quoted or pasted does not.

    >>> from remanence.reader.rules.statements import heard
    >>> asks(heard("The report is late. Could you send it tonight?")), asks(heard("I live in Porto."))
    (True, False)
    """
    tables = load_language(language)
    patterns = tables.patterns["modality"]
    return any(
        any(holds(patterns[name], sentence, spoken.words) for name in _MAY_ASK)
        and modality_of_plain(sentence, tables) in _ASKING
        for _, sentence in spoken.sentences[:SENTENCES_MAX]
    )
