"""Whether a message asks for something: a question, a request, a proposal, an order.

Asked by `verbs.observing`, which tags the message so.
"""

from __future__ import annotations

from remanence.reader.rules.language import DEFAULT_LANGUAGE, load_language
from remanence.reader.rules.modality import Modality, modality_of_plain, own_words
from remanence.reader.rules.needed import holds, words_of
from remanence.reader.rules.sentences import TEXT_CHARS_MAX, plainly, sentences

REQUEST = "request"  # the tag of a message that asks for something
SENTENCES_MAX = 40  # of a message that are looked at
_ASKING = (Modality.ASKED, Modality.REQUESTED)
_MAY_ASK = ("requested", "bidden", "asked")  # the patterns without which nothing is either


def asks(text: str, *, language: str = DEFAULT_LANGUAGE) -> bool:
    """Whether a sentence of the writer's own asks for something; what is quoted or pasted does not.

    >>> asks("The report is late. Could you send it tonight?"), asks("I live in Porto.")
    (True, False)
    """
    tables = load_language(language)
    patterns = tables.patterns["modality"]
    plain = plainly(text[:TEXT_CHARS_MAX])
    words = words_of(plain)
    for number, (_, sentence) in enumerate(sentences(own_words(plain, words, tables))):
        if number == SENTENCES_MAX:
            return False
        may = any(holds(patterns[name], sentence, words) for name in _MAY_ASK)
        if may and modality_of_plain(sentence, tables) in _ASKING:
            return True
    return False
