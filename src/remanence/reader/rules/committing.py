"""Commitments beside the rules: what else it takes to make one in English, and those in other languages.

A language of which commitments alone are read is a folder with `committing.toml`: patterns, words that they
are made of, how a statement says it, times with the same in English. Asked by `statements` and the ledger.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from remanence.model.kind import Kind
from remanence.model.promise import COMMITMENT
from remanence.reader.entities.words import language_of, words
from remanence.reader.rules.derived import Derived
from remanence.reader.rules.grammar import load_grammar
from remanence.reader.rules.idioms import as_told
from remanence.reader.rules.language import DEFAULT_LANGUAGE, Language
from remanence.reader.rules.modality import Modality, OwnText, modality_of_plain
from remanence.reader.rules.needed import search, words_of
from remanence.reader.rules.sentences import MASK

LANGUAGES = ("de", "es")  # of which nothing but commitments is read
RULE = "commits"  # how the names of these rules begin
CONFIDENCE = 0.75
WORDS_MAX = 40  # of a sentence that commits
_MACRO = re.compile(r"\{(\w+)\}")
_LINE_END = re.compile(r"\n")


@dataclass(frozen=True, slots=True)
class _Table:
    says: str
    speakers: Mapping[str, str]  # those without a name, as English calls them
    commits: re.Pattern[str]
    denies: re.Pattern[str]
    times: re.Pattern[str]
    in_english: Mapping[str, str]


def committed(spoken: OwnText, read: Sequence[Derived], subject: str, language: Language) -> list[Derived]:
    """What was read, with what its sentences plainly commit to beside.

    A plan beside a pledge ("I'm going to call him, I promise") is a commitment.
    """
    patterns = language.patterns["committing"]
    found = list(read)
    for start, sentence in spoken.sentences:
        inside = [one for one in found if start <= one.start < start + len(sentence)]
        if any(COMMITMENT in one.tags for one in inside):
            continue
        pledges, plain, going = (
            search(patterns[name], sentence, spoken.words) for name in ("pledge", "plain", "going")
        )
        if not (pledges or (plain and patterns["when"].search(sentence))):
            continue
        if patterns["hedged"].search(sentence) or not _meant(sentence, patterns, language):
            continue
        if any(one.kind is Kind.GOAL for one in inside):
            found = [pledged for one in found for pledged in (_pledged(one) if one in inside else [one])]
        elif (plain or going) and not any(one.kind is Kind.DECISION for one in inside):
            found.append(_plainly(spoken, start, sentence, subject, language))
    return found


def _meant(sentence: str, patterns: Mapping[str, re.Pattern[str]], language: Language) -> bool:
    """Whether a sentence is asserted, of what is to come; "let me" and "don't worry" ask for nothing."""
    if sentence.endswith("?") or MASK in sentence or patterns["undone"].search(sentence):
        return False
    return modality_of_plain(sentence, language) in (Modality.ASSERTED, Modality.REQUESTED)


def _plainly(spoken: OwnText, start: int, sentence: str, subject: str, language: Language) -> Derived:
    words = spoken.text[start : start + len(sentence)].rstrip(" .!…")
    told = as_told(words, subject, load_grammar(language.code))
    return _commitment(told, f"{RULE}_plainly", start, start + len(words))


def _commitment(content: str, rule: str, start: int, end: int) -> Derived:
    return Derived(
        content=content[:1].upper() + content[1:],
        kind=Kind.GOAL,
        slot=None,
        polarity=True,
        rule=rule,
        confidence=CONFIDENCE,
        start=start,
        end=end,
        sentence=start,
        clause_start=start,
        clause_end=end,
        tags=(COMMITMENT,),
    )


def _pledged(one: Derived) -> Iterator[Derived]:
    """A plan as a commitment; the pledge itself, "Ana promises", is no fact beside it."""
    if one.kind is Kind.GOAL and COMMITMENT not in one.tags:
        yield replace(one, tags=(*one.tags, COMMITMENT))
    elif one.kind is not Kind.FACT or one.slot is not None:
        yield one


def committed_in_another_language(spoken: OwnText, subject: str) -> Iterator[Derived]:
    """What a text in one of LANGUAGES commits its speaker to, sentence by sentence, in its own words."""
    tables = {code: _table(code) for code in _languages(spoken.plain, spoken.words)}
    for start, sentence in spoken.sentences if tables else ():
        said = sentence.rstrip(" .!…")
        if MASK in sentence or sentence.count(" ") >= WORDS_MAX:
            continue
        code = next((code for code, table in tables.items() if table.commits.search(sentence)), None)
        if code is not None and not tables[code].denies.search(sentence.strip()):
            end = start + len(said)
            who = tables[code].speakers.get(subject, subject)
            content = tables[code].says.format(speaker=who, words=spoken.text[start:end].strip())
            yield _commitment(content, f"{RULE}_{code}", start, end)


def times_in_english(text: str) -> str | None:
    """The times that a commitment in one of LANGUAGES names, in English; None where it is in another.

    >>> times_in_english("Ich schicke dir die Folien bis Freitag")
    'Friday'
    """
    tables = [_table(code) for code in _languages(text, words_of(text))]
    told = [one.in_english[match[0].lower()] for one in tables for match in one.times.finditer(text)]
    return ", ".join(told) if tables else None


def _languages(text: str, words: frozenset[str]) -> Sequence[str]:
    """Those of LANGUAGES that a text of these words may be in: the one its small words tell, or each."""
    code = language_of(text)
    if code in LANGUAGES:
        return (code,)
    english = code == DEFAULT_LANGUAGE and not _english_words().isdisjoint(words)
    return () if english or code not in (DEFAULT_LANGUAGE, *LANGUAGES) else LANGUAGES


def _english_words() -> frozenset[str]:
    """The small words of English."""
    return words(DEFAULT_LANGUAGE).function


@cache
def _table(code: str) -> _Table:
    raw = tomllib.loads(files(__package__).joinpath(code, "committing.toml").read_text("utf-8"))
    words, times = raw["words"], raw["times"]
    longest = sorted(times, key=len, reverse=True)

    def compiled(text: str) -> re.Pattern[str]:
        for _ in range(2):  # words may be made of words
            text = _MACRO.sub(lambda macro: words.get(macro[1], macro[0]), text)
        return re.compile(_LINE_END.sub("", text), re.IGNORECASE)

    return _Table(
        says=raw["says"],
        speakers=raw["speakers"],
        commits=compiled(raw["patterns"]["commits"]),
        denies=compiled(raw["patterns"]["not"]),
        times=re.compile(rf"\b(?:{'|'.join(map(re.escape, longest))})\b", re.IGNORECASE),
        in_english=times,
    )
