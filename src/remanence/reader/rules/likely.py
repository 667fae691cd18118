"""What a sentence is likely to say where no rule reads it, weighed by its words.

The weights are learnt from labelled sentences (tools/learn_likely.py) and lie beside the rules in
`learnt/weights.tsv`: a line is a feature, then its weight for each class. A sentence is of the class whose
sum is the largest, if that is large enough. Asked by `statements`, last of all.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from remanence.model.kind import Kind
from remanence.model.promise import COMMITMENT
from remanence.reader.remembered import remembered
from remanence.reader.rules.derived import CORRECTION, INSTRUCTION, Derived
from remanence.reader.rules.differing import assumed_by
from remanence.reader.rules.grammar import load_grammar
from remanence.reader.rules.idioms import as_told
from remanence.reader.rules.instructions import ASKED
from remanence.reader.rules.language import DEFAULT_LANGUAGE, Language
from remanence.reader.rules.modality import Modality, OwnText, modality_of_plain
from remanence.reader.rules.needed import occurs
from remanence.reader.rules.packed import packed, unpacked
from remanence.reader.rules.sentences import MASK, Earlier, plainly

RULE = "likely"  # the rule's name, as a derived row's method has it
SENTENCES_MAX = 12  # of a text that are weighed
WORDS_MIN, WORDS_MAX = 2, 30  # of a sentence that is weighed
TOKENS_MAX = 40
SENTENCES_KEPT = 64  # whose features are kept: whether a message asks is weighed by the same ones
TURN_CHARS_MAX = 120  # of the turn before, from its end
EARLY = 4  # words that begin a sentence, as features tell them apart
LONG, BEGINNING, ENDING = 5, 4, 3  # characters of a word whose beginning and end are weighed, and of these
LENGTHS = (0, 1, 2, 3, 4, 7, 12)  # of a sentence, as features tell them apart
BIAS = "^bias"  # the feature that every sentence has
_CORRECTION, _FACT, _EVENT, _DECISION = "correction", "fact", "event", "decision"
# The classes that are learnt, in the order of the weights' columns: the kind of an item, and its tags.
CLASSES: Mapping[str, tuple[Kind, tuple[str, ...]]] = {
    "preference": (Kind.PREFERENCE, ()),
    "fact": (Kind.FACT, ()),
    "plan": (Kind.GOAL, ()),
    "decision": (Kind.DECISION, ()),
    "commitment": (Kind.GOAL, (COMMITMENT,)),
    "correction": (Kind.FACT, (CORRECTION,)),
    "event": (Kind.EVENT, ()),
}
_CLASS_OF_KIND = {kind: name for name, (kind, tags) in CLASSES.items() if not tags}
_CLASS_OF = {which: name for name, which in CLASSES.items()}
# How likely the class must be. An event is told only in the place of what a rule took for something else.
LIKELY_MIN: Mapping[str, float] = {
    "preference": 0.5, "fact": 0.6, "plan": 0.3, "decision": 0.5, "commitment": 0.5, "correction": 0.45,
    "event": 0.5,
}  # fmt: skip
UNLIKELY_MAX = 0.1  # what is so unlikely gives way to what is likely; what a doubted rule read, to nothing
# What grammar alone read gives way to nothing where so unlikely: of writers held out, most of it is false.
LOST_MAX: Mapping[str, float] = {"preference": 0.03, "fact": 0.05, "decision": 0.1}
LOST_WORDS_MIN = 4  # fewer words tell too little for that
CORRECTS_MAX = 0.3  # nor is a fact lost in what may put something right: that says it in few words
RATHER_MIN = 0.4  # of an event: a decision that grammar alone read is none where this is likelier

_TOKEN = re.compile(r"\d+|[^\W\d_]+(?:'[^\W\d_]+)?|[?!:]")
_FOREIGN = re.compile(r"https?:|[<>{}=#@\\]|\w\(|\w_\w|--\w")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Word:
    """What stands for a word, its sort or those that a contraction is made of; and what it is one of."""

    stands: tuple[str, ...]
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Weights:
    """What weighing takes: each feature's weights, and which rules are doubted."""

    of: Mapping[str, int]  # packed, in hundredths: one for each class, then whether the sentence asks
    doubted: frozenset[str]  # the rules that were too often wrong in what was learnt from


@lru_cache(maxsize=8)
def load_weights(code: str = DEFAULT_LANGUAGE) -> Weights:
    """Those of a language; raises FileNotFoundError where it has none: they are program."""
    folder = files(__package__).joinpath(code).joinpath("learnt")
    rows, rules, asking = (
        [line.split("\t") for line in folder.joinpath(name).read_text("utf-8").splitlines()]
        for name in ("weights.tsv", "doubted.tsv", "asking.tsv")
    )
    of = {name: packed(map(int, weights)) for name, *weights in rows}
    for name, weight in asking:
        of[name] = of.get(name, 0) + packed([*[0] * len(CLASSES), int(weight)])
    return Weights(of, frozenset(rule for rule, *_ in rules))


@lru_cache(maxsize=8)
def load_words(code: str = DEFAULT_LANGUAGE) -> Mapping[str, Word]:
    """The words of a language that are weighed by more than themselves, from `learnt/sorts.toml`."""
    folder = files(__package__).joinpath(code).joinpath("learnt")
    raw = tomllib.loads(folder.joinpath("sorts.toml").read_text(encoding="utf-8"))
    stands = {word: (f"<{sort}>",) for sort, words in raw["sorts"].items() for word in words.split()}
    stands |= {word: tuple(f"<{part}>" for part in parts.split()) for word, parts in raw["short"].items()}
    kinds: dict[str, list[str]] = {}
    for kind, words in raw["kinds"].items():
        for word in words.split():
            kinds.setdefault(word, []).append(f"*{kind}")
    return {word: Word(stands.get(word, ()), tuple(kinds.get(word, ()))) for word in (*stands, *kinds)}


def weighed(
    spoken: OwnText,
    speaker: str,
    language: Language,
    read: Sequence[Derived],
    *,
    role: str,
    before: Earlier | None,
) -> list[Derived]:
    """What was read in a text, without what its sentences are unlikely to say, and with what those are likely
    to say that was not read. Of what an assistant says only commitments are told.
    """
    weights = load_weights(language.code)
    kept = list(read)
    taken_back = max((one.start for one in read if one.rule == ASKED and one.request is None), default=0)
    for number, (start, sentence) in enumerate(spoken.sentences[:SENTENCES_MAX]):
        answered = before if number == 0 else None
        if (
            start < taken_back
            or not _is_fit(sentence, answered)
            or (role != "user" and not _may_commit(sentence, language))
        ):
            continue
        end = start + len(sentence)
        inside = [one for one in kept if one.start < end and start < one.end]
        if any(INSTRUCTION in one.tags for one in inside):
            continue  # what is asked to be remembered is, however likely
        doubted = [one for one in inside if one.rule in weights.doubted and not _corrects(one)]
        if not doubted and any(_gives_way(one) is None for one in inside):
            continue
        likely = likelihoods(total_of(sentence, answered, language.code))
        tells = sentence.count(" ") + 1 >= LOST_WORDS_MIN
        gone = [one for one in doubted if likely[_CLASS_OF_KIND.get(one.kind, _FACT)] <= UNLIKELY_MAX]
        gone += [one for one in inside if tells and one not in gone and _is_lost(one, likely)]
        left = [one for one in inside if one not in gone]
        name = _instead(left, likely)
        if (
            name is None
            or (role != "user" and name != COMMITMENT)
            or not _meant(name, sentence, answered, language)
        ):
            kept = [one for one in kept if one not in gone]
            continue
        told = _told(name, likely[name], sentence, start, spoken.text, speaker, language)
        if len(left) == 1:  # the rule's words are the better ones
            told = replace(left[0], kind=told.kind, tags=told.tags, rule=RULE, confidence=told.confidence)
        kept = [one for one in kept if one not in inside]
        kept += [told] if all(one.content != told.content for one in kept) else []
    return kept


def _is_fit(sentence: str, answered: Earlier | None) -> bool:
    least = WORDS_MIN if answered is None else 1  # a reply may be a word
    words = sentence.count(" ") + 1
    return least <= words <= WORDS_MAX and not sentence.endswith("?") and MASK not in sentence


def _corrects(one: Derived) -> bool:
    return one.is_correction or CORRECTION in one.tags


def _gives_way(one: Derived) -> str | None:
    """Its class, where grammar alone read it, so that what the sentence is likely to say counts for more.
    What is read as a promise seldom is none, and does not give way."""
    if one.slot is not None or one.is_correction or COMMITMENT in one.tags:
        return None
    return _CLASS_OF.get((one.kind, one.tags))


def _is_lost(one: Derived, likely: Mapping[str, float]) -> bool:
    """Whether grammar alone read it, of a sentence that hardly says such a thing."""
    name = _gives_way(one)
    if name is None:
        return False
    if name == _DECISION and likely[_EVENT] > max(RATHER_MIN, likely[name]):
        return True
    return name in LOST_MAX and likely[name] <= LOST_MAX[name] and likely[_CORRECTION] < CORRECTS_MAX


def _instead(left: Sequence[Derived], likely: Mapping[str, float]) -> str | None:
    """The class that a sentence is likely of, where what else was read of it is unlikely."""
    name = likeliest(likely) if all(_is_unlikely(one, likely) for one in left) else None
    return None if name == _EVENT and not left else name


def _is_unlikely(one: Derived, likely: Mapping[str, float]) -> bool:
    name = _gives_way(one)
    return name is not None and likely[name] <= UNLIKELY_MAX


def likelihoods(total: int) -> dict[str, float]:
    """How likely a sentence whose weights come to this is of each class, in [0, 1]."""
    sums = unpacked(total, len(CLASSES) + 1)
    return {name: 1 / (1 + math.exp(-0.01 * one)) for name, one in zip(CLASSES, sums, strict=False)}


def asking_in(total: int) -> int:
    """How surely such a sentence asks for something, in hundredths; above none it does."""
    return unpacked(total, len(CLASSES) + 1)[-1]


def likeliest(likely: Mapping[str, float]) -> str | None:
    """The class that is the most likely, where it is likely enough."""
    best = max(likely, key=likely.__getitem__)
    return best if likely[best] >= LIKELY_MIN.get(best, 1.0) else None


def features(sentence: str, before: Earlier | None, language: str = DEFAULT_LANGUAGE) -> frozenset[str]:
    """What is weighed of a sentence, and of the turn that it answers."""
    own = _own(sentence, language)
    return (
        own.found if before is None else own.found.union(_answering(own.tokens, before, load_words(language)))
    )


def total_of(sentence: str, before: Earlier | None, language: str = DEFAULT_LANGUAGE) -> int:
    """The sum of the weights of a sentence's features, packed."""
    own = _own(sentence, language)
    if before is None:
        return own.total
    more = {*_answering(own.tokens, before, load_words(language))} - own.found
    return own.total + sum_of(more, load_weights(language).of)


def sum_of(found: Iterable[str], weights: Mapping[str, int]) -> int:
    """What features come to, packed."""
    return sum(filter(None, map(weights.get, found)))


class _Own(NamedTuple):
    """What is weighed of a sentence by itself, and what it comes to."""

    tokens: Sequence[str]
    found: frozenset[str]
    total: int


@remembered(SENTENCES_KEPT)
def _own(sentence: str, language: str) -> _Own:
    """The words as they are weighed; these alone, in pairs, in threes and around another, by their sorts; how
    the long ones begin and end; what they are one of; which come first.
    """
    tokens, found = _tokens(sentence, load_words(language))
    words = [token for token in tokens if token != ":"]
    pairs = list(map(" ".join, zip(["^", *words], [*words, "$"], strict=True)))
    found.update(tokens, pairs)
    found.update(map(" ".join, zip(["^", *pairs], [*words, "$"], strict=False)))
    found.update(map(" _ ".join, zip(["^", *words], [*words[1:], "$"], strict=False)))
    long = [token for token in words if len(token) >= LONG and token[0] != "<"]
    found.update([f"{token[:BEGINNING]}-" for token in long])
    found.update([f"-{token[-ENDING:]}" for token in long])
    found.update([f"^+{token}" for token in words[:EARLY]])
    found.update((BIAS, f"len {max(length for length in LENGTHS if length <= len(words))}"))
    return _Own(tokens, frozenset(found), sum_of(found, load_weights(language).of))


def _answering(tokens: Sequence[str], before: Earlier, words: Mapping[str, Word]) -> Iterator[str]:
    """What is weighed of a reply beside its own words."""
    turn = plainly(before.text[-TURN_CHARS_MAX:]).strip()
    kind = "asked" if turn.endswith("?") else "told"
    every, _ = _tokens(turn, words)
    said = [token for token in every if token != ":"]
    yield kind
    yield from (f"{kind}:{token}" for token in said)
    yield from (f"{kind}:{pair[0]} {pair[1]}" for pair in zip(["^", *said], said, strict=False))
    shares = any(len(token) > 3 and token in said for token in tokens)
    yield f"{kind} shares" if shares else f"{kind} new"
    if "<name>" in tokens:
        yield f"{kind} name"
    if "<not>" in tokens:
        yield f"{kind} not"


def _tokens(sentence: str, words: Mapping[str, Word]) -> tuple[list[str], set[str]]:
    """The words as they are weighed, in order, and what they are one of."""
    found: list[str] = []
    kinds: set[str] = set()
    for number, word in enumerate(_TOKEN.findall(sentence)):
        if len(found) >= TOKENS_MAX:
            break
        small = word.lower()
        known = words.get(small)
        if known is not None:
            kinds.update(known.kinds)
        if known is not None and known.stands:
            found += known.stands
        elif small[0].isdigit():
            found.append("<number>")
        elif number and word[0].isupper():
            found.append("<name>")
        else:
            found.append(small)
    return found, kinds


def _meant(name: str, sentence: str, before: Earlier | None, language: Language) -> bool:
    """Whether its writer asserts it, in words rather than signs; of a commitment, also whether it has a form
    of one; of a reply that may put something right, whether the turn before takes something for so.
    """
    if (
        _FOREIGN.search(sentence) is not None
        or modality_of_plain(sentence, language) is not Modality.ASSERTED
    ):
        return False
    if name == COMMITMENT:
        return _may_commit(sentence, language)
    if name != _CORRECTION or before is None:
        return True
    patterns = language.patterns["differing"]
    return bool(assumed_by(before, patterns)) and patterns["agrees"].match(sentence) is None


def _may_commit(sentence: str, language: Language) -> bool:
    patterns = language.patterns["committing"]
    if not any(occurs(patterns[name], sentence) for name in ("commits", "plain")):
        return False
    return not any(occurs(patterns[name], sentence) for name in ("undone", "hedged"))


def _told(
    name: str, likely: float, sentence: str, start: int, text: str, speaker: str, language: Language
) -> Derived:
    kind, tags = CLASSES[name]
    words = text[start : start + len(sentence)].rstrip(" .!…")
    content = as_told(words, speaker, load_grammar(language.code))
    end = start + len(words)
    return Derived(
        content=_SPACES.sub(" ", content[:1].upper() + content[1:]).strip(),
        kind=kind,
        slot=None,
        polarity=True,
        rule=RULE,
        confidence=round(likely, 2),
        start=start,
        end=end,
        sentence=start,
        clause_start=start,
        clause_end=end,
        tags=tags,
    )
