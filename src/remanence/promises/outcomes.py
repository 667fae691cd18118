"""How a promise came out, where its parties say so: "I sent you the slides", "you never sent them".

A message tells the outcome when a sentence that is asserted has the verb of the promise and two thirds of
its other telling words. It is read whenever the ledger is; nothing is kept of it, and the message is the
evidence. English alone.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cache
from importlib import resources

from remanence.model.item import Revision
from remanence.model.promise import Assessment, Outcome, Promise, PromiseKind
from remanence.reader.rules.grammar import load_grammar
from remanence.reader.rules.modality import modalities
from remanence.reader.rules.verbs import Form
from remanence.reader.times import find_times
from remanence.recall.analyser import term_id, words
from remanence.storage.port import Snapshot

SHARED_MIN = 2 / 3  # of a promise's telling words beside its verb
MESSAGES_MAX = 50  # looked at for one promise
_CLAUSE_END = re.compile(r"[,;:!?()\u2013\u2014]|\b(?:but|and|because)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")


@dataclass(frozen=True, slots=True)
class Deed:
    """What is to be done: the verb, and the stems of what it is done to."""

    promiser: str
    verb: str
    stems: frozenset[int]
    rarest: str  # the longest of those words: messages are looked for by it


def heard_outcomes(
    snapshot: Snapshot, promises: Iterable[Promise], zone: tzinfo
) -> Iterator[tuple[Promise, list[Assessment]]]:
    """Each promise that its parties spoke of later, with what they said of it; promises oldest first.

    Of several promises of the same deed a message speaks of the last one made before it.
    """
    later: dict[tuple[str, str, frozenset[int]], datetime] = {}
    for promise in reversed(list(promises)):
        deed = deed_of(promise, zone)
        if deed is None:
            continue
        key = (deed.promiser, deed.verb, deed.stems)
        until = later.get(key)
        later[key] = promise.made_at
        said = snapshot.messages_saying(deed.rarest, after=promise.made_at, limit=MESSAGES_MAX, role=None)
        found = [
            one
            for message in said
            if until is None or message.provenance.said_at < until
            for one in _told(message, promise, deed)
        ]
        if found:
            yield promise, found


def deed_of(promise: Promise, zone: tzinfo) -> Deed | None:
    """The deed of a promise to give; None where its words tell too little to know it again."""
    if promise.terms.kind is not PromiseKind.GIVE:
        return None
    text = promise.terms.body if promise.source is None else promise.words
    for time in find_times(text, said_at=promise.made_at, tz=zone):
        text = text[: time.start] + " " * (time.end - time.start) + text[time.end :]
    if not _listed("denying").isdisjoint(_tokens(text)):
        return None  # whoever promises not to do a thing keeps it without a word
    tokens = _tokens(_from_deed(text))
    place = next((at for at in range(len(tokens)) if _is_deed(tokens, at)), None)
    if place is None:
        return None
    names = {word for name in (promise.promiser, *promise.terms.promisees) for word in words(name)}
    passed_over = names | _listed("light")
    telling = [token for token in tokens[place + 1 :] if token not in passed_over and term_id(token) >= 0]
    if not telling:
        return None
    stems = frozenset(map(term_id, telling))
    return Deed(promise.promiser, tokens[place], stems, max(telling, key=len))


def _from_deed(text: str) -> str:
    """The part of a promise that says what will be done: "as soon as I'm back I'll | call him"."""
    plain = text.replace("\u2019", "'")
    for name in ("lead", "before_and"):
        leads = list(_pattern(name).finditer(plain))
        rest = plain[leads[-1].end() :] if leads else ""
        if len(_tokens(rest)) > 1:
            plain = f"to {rest}"
    return plain


def _is_deed(tokens: Sequence[str], at: int) -> bool:
    """Whether a verb stands there in its plain form: a known one, or whatever follows "will" and "to"."""
    word = tokens[at]
    verb = load_grammar().verbs.by_word.get(word)
    if word in _listed("light") or word.endswith("ly"):
        return False
    if verb is not None:
        return "base" in verb.forms
    before = tokens[at - 1] if at else ""
    return before in _listed("before_verb") or before.endswith("'ll")


def _told(message: Revision, promise: Promise, deed: Deed) -> Iterator[Assessment]:
    said = message.provenance
    parties = (promise.promiser, *promise.terms.promisees)
    if said.author not in parties or message.item_id == promise.source:
        return
    if not _is_about(message.content.text, deed):  # before its sentences are looked at, which takes longer
        return
    for sentence in modalities(message.content.text):
        outcome = None
        is_own = said.author == promise.promiser
        due = promise.terms.due
        is_late = None if due is None else said.said_at > due
        if sentence.modality == "asserted":
            outcome = outcome_in(sentence.text, deed, is_own=is_own, is_late=is_late)
        elif sentence.modality == "asked" and not is_own and is_late is not False:
            outcome = _asked_why(sentence.text, deed)
        elif sentence.modality in ("quoted", "hypothetical") and _is_left_undone(
            sentence.text, deed, is_own=is_own
        ):
            outcome = (
                None if is_late is False else Outcome.BROKEN
            )  # "you said you'd send it, and you haven't"
        if outcome is not None:
            evidence = (message.item_id,)
            yield Assessment(message.item_id, promise.id, said.author, outcome, evidence, said.said_at)
            return


def outcome_in(sentence: str, deed: Deed, *, is_own: bool, is_late: bool | None) -> Outcome | None:
    """What a sentence of the promiser, or else of a promisee, says of the deed; None for nothing.

    The promiser must be the one who does it, by the verb's own subject, and nobody's report of it. `is_late`
    says that it was due when this was said; None where it was to be done by no day. Before it is due nothing
    is broken.
    """
    if not _is_about(sentence, deed) or not _listed("amiss").isdisjoint(_tokens(sentence)):
        return None
    if _is_left_undone(sentence, deed, is_own=is_own):
        return None if is_late is False else Outcome.BROKEN
    for clause in _CLAUSE_END.split(sentence):
        tokens = _tokens(clause)
        for place, token in enumerate(tokens):
            forms = _forms(token, deed.verb)
            between = _from_subject(tokens, place, is_own=is_own) if forms else None
            if between is not None:
                verdict = _verdict(between, forms, is_late=is_late)
                bounded = verdict is Outcome.KEPT and not _listed("not_yet").isdisjoint(_tokens(sentence))
                return None if bounded else verdict  # "last year's, not this one"
            if forms and not is_own and tokens[:place] and _thanks_for(tokens[:place]):
                return Outcome.KEPT if "ing" in forms else None
    return None


def _is_left_undone(sentence: str, deed: Deed, *, is_own: bool) -> bool:
    """Whether a clause after the deed says that it was not done: "I meant to send it, but I never did"."""
    undone = _pattern("left_undone_by_me" if is_own else "left_undone_by_you")
    _, *after = _CLAUSE_END.split(sentence.replace("\u2019", "'"))
    return any(undone.search(clause.strip(" .")) for clause in after) and _is_about(sentence, deed)


def _asked_why(sentence: str, deed: Deed) -> Outcome | None:
    found = _is_about(sentence, deed) and _pattern("asked_why").search(sentence.replace("\u2019", "'"))
    return Outcome.BROKEN if found else None


def _from_subject(tokens: Sequence[str], place: int, *, is_own: bool) -> Sequence[str] | None:
    """What stands from the promiser, as the subject, to the verb at this place; None for another's deed.

    "You said I sent it" is a report: a verb stands before the subject.
    """
    start = place - 1
    passed_over = _listed("before_deed") | _listed("denied") | _listed("not_yet")
    while start >= 0 and (tokens[start] in passed_over or tokens[start].endswith("ly")):
        start -= 1
    if start < 0 or tokens[start] not in _listed("own" if is_own else "yours"):
        return None
    return None if any(map(_may_report, tokens[:start])) else tokens[start:place]


def _may_report(token: str) -> bool:
    if token in _listed("opening"):
        return False
    found = load_grammar().verbs.by_word.get(token)
    return found is not None or token.endswith("ed")


def _thanks_for(before: Sequence[str]) -> bool:
    """Whether a promisee thanks for what follows: "thank you so much for"."""
    return before[0] in ("thank", "thanks") and before[-1] == "for"


def _verdict(between: Sequence[str], forms: frozenset[Form], *, is_late: bool | None) -> Outcome | None:
    denials = sum(token in _listed("denied") for token in between)
    if not _listed("never").isdisjoint(between) and not forms & {"past", "participle"}:
        return None  # of every time, not of this one
    if denials:
        return Outcome.BROKEN if denials == 1 and is_late is not False else None
    if not _listed("not_yet").isdisjoint(between):
        return Outcome.BROKEN if is_late else None
    if "to" in between:
        return Outcome.KEPT if not _listed("managed").isdisjoint(between) else None
    return Outcome.KEPT if forms & {"past", "participle"} else None


def _is_about(text: str, deed: Deed) -> bool:
    """Whether a text has the deed's verb in some form, and enough of its other telling words."""
    tokens = _tokens(text)
    shared = len(deed.stems.intersection(map(term_id, tokens)))
    return shared >= SHARED_MIN * len(deed.stems) and any(_forms(token, deed.verb) for token in tokens)


def _forms(word: str, verb: str) -> frozenset[Form]:
    """As which forms of a verb a word may stand; a verb that no table knows has regular ones."""
    verbs = load_grammar().verbs
    found = verbs.of_word(word)
    if found is not None and (found.base == verb or (not found.known and f"{found.base}e" == verb)):
        return found.forms
    for prefix in () if verb in verbs.by_word else _listed("prefixes"):
        known = verbs.by_word.get(word.removeprefix(prefix)) if word.startswith(prefix) else None
        if known is not None and f"{prefix}{known.base}" == verb:
            return known.forms  # "rewrote" is of "rewrite" as "wrote" is of "write"
    return frozenset({"base"}) if word == verb else frozenset()


def _tokens(text: str) -> list[str]:
    return _WORD.findall(text.replace("\u2019", "'").lower())


@cache
def _listed(name: str) -> frozenset[str]:
    return frozenset(_table()[name].split())


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(_table()[name], re.IGNORECASE)


@cache
def _table() -> Mapping[str, str]:
    return tomllib.loads((resources.files(__package__) / "data" / "english.toml").read_text("utf-8"))
