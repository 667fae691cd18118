"""The tables by which clauses are taken apart and classed: `grammar/` in a language's folder, compiled once.

Asked by `parse` and `predicates`. en/grammar/words.toml says what each table means.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache, reduce
from importlib.resources import files
from operator import or_
from typing import TypeAlias

from remanence.model.kind import Kind
from remanence.reader.rules.first_look import FirstLook
from remanence.reader.rules.language import DEFAULT_LANGUAGE, Late, compiled, word_table
from remanence.reader.rules.verbs import VerbForms

_Tables: TypeAlias = Mapping[str, Mapping[str, str]]

# What a clause is taken for first: a decision is an event too, and a preference a fact.
ORDER = (Kind.DECISION, Kind.PREFERENCE, Kind.GOAL, Kind.EVENT, Kind.FACT)
EVERYBODY = "self kin name"
ANY_VERB = "*"
CUE_CHARS_MAX = 9  # of a word by whose beginning an idiom may be known
WORDS_MAX = 50_000  # of which it is kept what they begin with

_WORD = re.compile(r"[\w']+")


@dataclass(frozen=True, slots=True)
class Predicate:
    """What a clause says where its verb, its subject and what follows are like this."""

    name: str
    kind: Kind
    tenses: frozenset[str]
    who: frozenset[str]
    not_verbs: frozenset[str]
    polarity: str  # "+", "-" or "any"
    needs: str | None  # a pattern of the grammar that the clause must hold
    rest: re.Pattern[str] | None  # what must follow the verb
    rest_not: re.Pattern[str] | None
    full: re.Pattern[str] | None  # sought in the whole clause
    head: re.Pattern[str] | None  # of a thing: what it may be
    owned: bool  # of a thing: it must be somebody's
    first: bool  # it is tried before all kinds
    surely: bool  # of somebody: by a name that people bear
    tags: tuple[str, ...]
    attribute: str | None  # of a slot whose value follows the verb
    value: re.Pattern[str] | None  # how much of it; None for all
    confidence: float
    examples: tuple[tuple[str, str], ...]
    counterexamples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Idiom:
    """A turn of phrase that says something."""

    name: str
    kind: Kind
    cue: frozenset[str]  # beginnings of words, one of which a sentence must hold for it to be tried
    form: Late
    says: str | None  # None for what was said, in the third person
    supposes: bool  # it holds under a condition that it names
    across: bool  # it goes on after a question mark: "Mushrooms? No thanks"
    needs_time: bool
    unfit: Mapping[str, re.Pattern[str]]  # what its groups must not be
    tags: tuple[str, ...]
    confidence: float
    examples: tuple[tuple[str, str], ...]
    counterexamples: tuple[str, ...]

    @property
    def pattern(self) -> re.Pattern[str]:
        """What it matches."""
        return self.form.pattern


@dataclass(frozen=True, slots=True)
class Ask:
    """A question, and what its answer says; None where no such answer says anything."""

    pattern: re.Pattern[str]
    says: str | None
    yes: str | None
    no: str | None
    choice: bool  # the answer must be one of the two that were offered
    fits: re.Pattern[str] | None  # what the answer must be like, where it is not any
    kind: Kind | None  # of an answer that no rule reads: what was asked tells it
    tags: tuple[str, ...]


class Cues(dict[str, int]):
    """The idioms that a word may announce, as bits of their numbers, found where it is first asked for."""

    def __init__(self, cues: Iterable[frozenset[str]]) -> None:
        super().__init__()
        self._by_cue: dict[str, int] = {}
        for number, every in enumerate(cues):
            for cue in every:
                self._by_cue[cue] = self._by_cue.get(cue, 0) | 1 << number

    def __missing__(self, word: str) -> int:
        if len(self) > WORDS_MAX:
            self.clear()
        plain = word.replace("'", "")[:CUE_CHARS_MAX]
        found = 0
        for size in range(1, len(plain) + 1):
            found |= self._by_cue.get(plain[:size], 0)
        self[word] = found
        return found


@dataclass(frozen=True, slots=True)
class Grammar:
    """Everything that taking a clause apart takes."""

    patterns: Mapping[str, re.Pattern[str]]
    auxiliaries: Mapping[str, str]
    dropped: frozenset[str]
    kept: frozenset[str]
    negative: frozenset[str]
    person: Mapping[str, str]
    verbs: VerbForms
    predicates: tuple[Predicate, ...]
    by_verb: Mapping[str, tuple[Predicate, ...]]  # in order; those of any verb are among them
    of_any: tuple[Predicate, ...]
    idioms: tuple[Idiom, ...]
    look: FirstLook[Idiom]  # at those of them that may match at a place
    asks: tuple[Ask, ...]
    answer_patterns: Mapping[str, re.Pattern[str]]
    cues: Cues

    def known_by(self, text: str) -> int:
        """The idioms whose cue the text holds, as bits of their numbers."""
        return reduce(or_, map(self.cues.__getitem__, _WORD.findall(text.lower())), 0)

    def of(self, verb: str) -> tuple[Predicate, ...]:
        """The predicates that a verb may bear."""
        return self.by_verb.get(verb, self.of_any)


def load_grammar(code: str = DEFAULT_LANGUAGE) -> Grammar:
    """The grammar of that language; raises whatever a malformed table raises: tables are program."""
    return _loaded(code)  # a cache tells calls apart by how their arguments are written


@lru_cache(maxsize=8)
def _loaded(code: str) -> Grammar:
    folder = files(__package__).joinpath(code).joinpath("grammar")
    tables: _Tables = tomllib.loads(folder.joinpath("words.toml").read_text(encoding="utf-8"))
    words = {**word_table(code), **tables["words"]}
    words["jobs"] = words["occupation"]
    predicates: list[tuple[Predicate, list[str]]] = []
    idioms: list[Idiom] = []
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".toml") and entry.name not in ("words.toml", "answers.toml"):
            raw = tomllib.loads(entry.read_text(encoding="utf-8"))
            predicates += [(_predicate(one, words), one["verbs"].split()) for one in raw.get("predicate", [])]
            idioms += [_idiom(one, words) for one in raw.get("idiom", [])]
    predicates.sort(key=lambda one: (not one[0].first, ORDER.index(one[0].kind)))
    answers = tomllib.loads(folder.joinpath("answers.toml").read_text(encoding="utf-8"))
    irregular = {base: _pair(forms) for base, forms in tables["irregular"].items()}
    listed = {verb for one, verbs in predicates for verb in (*verbs, *one.not_verbs)} - {ANY_VERB}
    adverbs = tables["adverbs"]
    return Grammar(
        patterns={name: compiled(text, words) for name, text in tables["patterns"].items()},
        auxiliaries=tables["auxiliaries"],
        dropped=frozenset(adverbs["dropped"].split()),
        kept=frozenset(adverbs["kept"].split()),
        negative=frozenset(adverbs["negative"].split()),
        person=tables["person"],
        verbs=VerbForms.of(sorted(listed), irregular, tables["doubling"]["words"]),
        predicates=tuple(one for one, _ in predicates),
        by_verb={verb: _bearing(verb, predicates) for verb in listed},
        of_any=_bearing(ANY_VERB, predicates),
        idioms=tuple(idioms),
        look=FirstLook([(idiom.form.text, idiom) for idiom in idioms], words),
        asks=tuple(_ask(one, words) for one in answers["ask"]),
        answer_patterns={name: compiled(text, words) for name, text in answers["patterns"].items()},
        cues=Cues(idiom.cue for idiom in idioms),
    )


def _bearing(verb: str, predicates: Iterable[tuple[Predicate, list[str]]]) -> tuple[Predicate, ...]:
    return tuple(
        one for one, verbs in predicates if verb in verbs or (ANY_VERB in verbs and verb not in one.not_verbs)
    )


def _cue(words: str) -> frozenset[str]:
    first = (_WORD.match(one) for one in words.lower().split("|"))
    return frozenset(word[0].replace("'", "")[:CUE_CHARS_MAX] for word in first if word is not None)


def _idiom(raw: Mapping[str, object], words: Mapping[str, str]) -> Idiom:
    unfit = {name.removesuffix("_not"): text for name, text in raw.items() if name.endswith("_not")}
    examples, nots, tags = _lists(raw)
    return Idiom(
        name=str(raw["name"]),
        kind=Kind.parse(str(raw["kind"])),
        cue=_cue(str(raw["cue"])),
        form=Late(str(raw["pattern"]).replace("'", "'?"), words),  # they may be missing
        says=str(raw["says"]) if "says" in raw else None,
        supposes=bool(raw.get("supposes")),
        across=bool(raw.get("across")),
        needs_time=bool(raw.get("needs_time")),
        unfit={name: compiled(str(text), words) for name, text in unfit.items()},
        tags=tags,
        confidence=float(str(raw["confidence"])),
        examples=examples,
        counterexamples=nots,
    )


def _ask(raw: Mapping[str, object], words: Mapping[str, str]) -> Ask:
    says, yes, no = (str(raw[name]) if name in raw else None for name in ("says", "yes", "no"))
    fits = compiled(str(raw["fits"]), words) if "fits" in raw else None
    kind = Kind.parse(str(raw["kind"])) if "kind" in raw else None
    tags = raw.get("tags", [])
    assert isinstance(tags, list), raw
    pattern = compiled(str(raw["pattern"]), words)
    return Ask(pattern, says, yes, no, bool(raw.get("choice")), fits, kind, tuple(map(str, tags)))


def _lists(
    raw: Mapping[str, object],
) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...], tuple[str, ...]]:
    examples, nots, tags = raw["examples"], raw["not"], raw.get("tags", [])
    assert isinstance(examples, list), raw
    assert isinstance(nots, list), raw
    assert isinstance(tags, list), raw
    return tuple((said, says) for said, says in examples), tuple(nots), tuple(str(tag) for tag in tags)


def _pair(forms: str) -> tuple[str, str]:
    past, participle = forms.split()
    return past, participle


def _predicate(raw: Mapping[str, object], words: Mapping[str, str]) -> Predicate:
    def text(name: str, default: str = "") -> str:
        return str(raw.get(name, default))

    def pattern(name: str) -> re.Pattern[str] | None:
        return compiled(text(name), words) if name in raw else None

    examples, nots, tags = _lists(raw)
    return Predicate(
        name=text("name"),
        kind=Kind.parse(text("kind")),
        tenses=frozenset(text("tenses").split()),
        who=frozenset(text("who", EVERYBODY).split()),
        not_verbs=frozenset(text("verbs_not").split()),
        polarity=text("polarity", "+"),
        needs=text("needs") or None,
        rest=pattern("rest"),
        rest_not=pattern("rest_not"),
        full=pattern("full"),
        head=pattern("head"),
        owned=bool(raw.get("owned")),
        first=bool(raw.get("first")),
        surely=bool(raw.get("surely")),
        tags=tags,
        attribute=text("attribute") or None,
        value=pattern("value"),
        confidence=float(text("confidence")),
        examples=examples,
        counterexamples=nots,
    )
