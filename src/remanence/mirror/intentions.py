"""Said against done: what the agent said it would do, and the action, or its own report, that answers to it.

A recorded action is the better evidence: a report ("I've sent it") is the agent's own word, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from remanence.mirror.language import DEFAULT_LANGUAGE, lists, matcher, rule
from remanence.mirror.said import Record, Said, sentence_spans
from remanence.mirror.terms import Term, terms_of
from remanence.model.mirror import Intention, Quote
from remanence.reader.rules.grammar import load_grammar
from remanence.recall.analyser import words

INTENTIONS_MAX = 100  # the latest
DONE_SHARE = 0.5  # of an intention's telling words that its action holds
REPORTED_SHARE = 2 / 3  # that the agent's own report holds
# What a form of a verb is plainly, where the stemmer does not see it: "geschickt", "enviare" without accent.
_PLAINLY = {
    "de": [(re.compile(r"^ge(\w{3,})t$"), r"\1en"), (re.compile(r"^ge(\w{3,}en)$"), r"\1")],
    "es": [(re.compile(r"^(\w+[aei]r)(?:e|emos)$"), r"\1")],
}


@dataclass(frozen=True, slots=True)
class _Deed:
    """Something done, or said to be done, by its telling words."""

    said: Said
    quote: Quote
    terms: frozenset[Term]


def intentions(record: Record) -> list[Intention]:
    """What the agent said it would do, each with the action or the report that answers to it, if one does.

    Where no action is on record, those alone that it reported itself: of the others nothing can be said.
    """
    actions = [
        _Deed(one, one.quote(), _terms(words(one.text), record.language or DEFAULT_LANGUAGE))
        for one in record.actions
    ]
    reports = list(_reports(record))
    found = []
    for said, told in zip(record.mine, record.my_languages, strict=True):
        language = told or DEFAULT_LANGUAGE
        for start, end in sentence_spans(said.text):
            wanted = _intended(said.text[start:end], language)
            if not wanted:
                continue
            done = _answering(said, wanted, actions, DONE_SHARE)
            reported = None if done is not None else _answering(said, wanted, reports, REPORTED_SHARE)
            if actions or reported is not None:
                answer = done or reported
                quote = None if answer is None else answer.quote
                found.append(Intention(said.quote(start, end), quote, by_own_word=reported is not None))
    return found[-INTENTIONS_MAX:]


def _answering(said: Said, wanted: frozenset[Term], deeds: Sequence[_Deed], share_min: float) -> _Deed | None:
    """The first of these since then that holds so much of what was wanted."""
    return next(
        (
            one
            for one in deeds
            if one.said.at >= said.at
            and one.said.id != said.id
            and wanted & one.terms
            and len(wanted & one.terms) >= share_min * len(wanted)
        ),
        None,
    )


def _intended(sentence: str, language: str) -> frozenset[Term]:
    """The telling words of what a sentence says will be done; none where it says nothing of the kind."""
    match = matcher("values", "intends", language).search(sentence)
    if match is None or not _is_asserted(sentence, language):
        return frozenset()
    rest = words(sentence[match.end() :])
    if not rest or rest[0] in lists(language).spoken("values", "not_intended"):
        return frozenset()
    own_verb = words(match.group())[-1:] if language != DEFAULT_LANGUAGE else []  # "ich schicke", "enviaré"
    return _terms([*own_verb, *rest], language) - _terms(_light(language), language)


def _reports(record: Record) -> Iterator[_Deed]:
    for said, told in zip(record.mine, record.my_languages, strict=True):
        language = told or DEFAULT_LANGUAGE
        done = rule("done", language)
        for start, end in sentence_spans(said.text) if done.search(said.text) else ():
            sentence = said.text[start:end]
            if done.search(sentence) and _is_asserted(sentence, language):
                yield _Deed(said, said.quote(start, end), _terms(words(sentence), language))


def _is_asserted(sentence: str, language: str) -> bool:
    asks = sentence.rstrip().endswith(("?", "？"))
    return not asks and not matcher("stance", "not_asserted", language).search(sentence)


def _terms(spoken: Iterable[str], language: str) -> frozenset[Term]:
    """The telling words, verbs by what they are forms of: "sent" is "send"."""
    if language == DEFAULT_LANGUAGE:
        verbs = load_grammar().verbs.by_word
        return terms_of((verbs[word].base if word in verbs else word for word in spoken), language)
    return terms_of((_plain(word, language) for word in spoken), language)


def _plain(word: str, language: str) -> str:
    for form, plainly in _PLAINLY[language]:
        word = form.sub(plainly, word)
    return word


def _light(language: str) -> Iterable[str]:
    """Words by which something is announced and which name no deed."""
    return lists(language).spoken("values", "announces")
