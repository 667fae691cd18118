"""A parsed clause as another tells it: "I've booked my flight" as "Ana has booked their flight".

Asked by `predicates`.
"""

from __future__ import annotations

import re

from remanence.reader.rules.grammar import Grammar
from remanence.reader.rules.parse import Parsed
from remanence.reader.rules.verbs import with_s

_WORD = re.compile(r"[\w]+(?:['’][\w]+)?")
_BE_AFTER_I = re.compile(r"\b(i|we) (?:am|was)\b", re.IGNORECASE)
_YOU_DO = re.compile(r"\byou (?=(?:can|will|could|would|have|are|need|get|do|should)\b)", re.IGNORECASE)
_YOU_AFTER = re.compile(
    r"\b(when|whenever|if|because|as|unless|while|where|how|what|that|whether|before|after|until) you\b",
    re.IGNORECASE,
)
_EXPANDED = {
    "'s": "is", "'ll": "will", "'d": "would", "'re": "are", "'ve": "have",
}  # fmt: skip
_NEGATED = re.compile(r"\b(?:(ca|wo)|(\w+))n['’]t\b", re.IGNORECASE)
_HAVE = frozenset({"have", "'ve", "ve", "has", "haven't", "hasn't"})


def in_third_person(words: str, grammar: Grammar, *, of: str | None = None) -> str:
    """What the speaker said, in another's mouth; of somebody else, where the speaker bears that name."""
    person = grammar.person
    if of is not None:
        person = {**person, "my": f"{of}'s", "our": f"{of}'s", "me": of}
    turned = _BE_AFTER_I.sub(
        lambda found: "they are" if found[0].lower().endswith("am") else "they were", words
    )
    turned = _YOU_AFTER.sub(r"\1 they", _YOU_DO.sub("they ", turned))
    return _WORD.sub(lambda word: person.get(word[0].lower().replace("’", "'"), word[0]), turned)


def retold(parsed: Parsed, words: str, speaker: str, clause: str, grammar: Grammar) -> str:
    """The statement, in the third person; `words` are those after the verb, as they stand."""
    rest = in_third_person(words, grammar, of=None if parsed.subject.who == "self" else speaker)
    if parsed.subject.who == "self":
        return f"{speaker} {_group(parsed)} {rest}".rstrip()
    group = clause[parsed.group : parsed.rest].strip()
    begin = _EXPANDED.get(group[:3].strip().replace("’", "'").lower())
    short = re.match(r"['’]\w+", group)
    if short is not None:
        begin = _EXPANDED.get(short[0].replace("’", "'").lower(), "")
        if (
            begin == "is" and parsed.tense in ("perfect", "copula_perfect", "been_progressive")
        ) or parsed.verb == "have":
            begin = "has"
        group = f"{begin} {group[short.end() :].strip()}"
    group = _NEGATED.sub(_unshortened, group)
    return f"{_named(parsed, speaker)} {group} {rest}".rstrip()


def _unshortened(found: re.Match[str]) -> str:
    if found[1]:
        return "cannot" if found[1].lower() == "ca" else "will not"
    return f"{found[2]} not"


def _named(parsed: Parsed, speaker: str) -> str:
    subject = parsed.subject
    if subject.who != "thing" and subject.name is not None:
        return subject.name
    first, _, rest = subject.words.partition(" ")
    return f"{speaker}'s {rest}" if first.lower() in ("my", "our") else subject.words


def _group(parsed: Parsed) -> str:
    """The speaker's verb group in the third person."""
    no = " not" if parsed.negated and not _by_adverb(parsed) else ""
    often = "".join(f" {adverb}" for adverb in parsed.adverbs)
    verb, word, tense = parsed.verb, parsed.word, parsed.tense
    has_been = f"has{no}{often} been {word}"
    simple = {
        "perfect": f"has{no}{often} {word}",
        "progressive": f"is{no}{often} {word}",
        "was_progressive": f"was{no}{often} {word}",
        "been_progressive": has_been,
        "passive": f"is{no}{often} {word}",
        "was_passive": has_been if parsed.aux in _HAVE else f"was{no}{often} {word}",
        "copula": f"is{no}{often}",
        "copula_past": f"was{no}{often}",
        "copula_perfect": f"has{no}{often} been",
        "will": f"will{no}{often} {verb}",
        "going": f"is{no} going to{often} {verb}",
        "used": f"used to{often} {verb}",
        "can": f"can{'not' if no else ''}{often} {verb}",
        "could": f"could{no}{often} {verb}",
        "would": f"would{no}{often} {verb}",
        "rather": f"would{no} rather {verb}",
    }
    if tense in simple:
        return simple[tense]
    if tense == "should":
        aux = parsed.aux if parsed.aux in ("must", "should") else "has to"
        return f"{aux}{no}{often} {verb}"
    if no:
        return f"{'did' if tense == 'past' else 'does'} not{often} {verb}"
    return f"{often} {word if tense == 'past' else with_s(verb)}".strip()


def _by_adverb(parsed: Parsed) -> bool:
    """Whether it is denied by a word that stays: "never"."""
    return any(adverb in ("never", "hardly", "barely", "rarely", "seldom") for adverb in parsed.adverbs)
