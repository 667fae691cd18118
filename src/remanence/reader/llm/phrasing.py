"""Findings in a model's words: what it is shown, the form of its answer, and what it may not change.

A wording must keep every date, number and quotation of the finding, and its denial, and bring in no further
one, nor a name, nor a cause.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, ValidationError

from remanence.model.item import Json
from remanence.reader.entities.words import words as language_words
from remanence.reader.llm.answer import FAULT_CHARS
from remanence.reader.llm.prompt import prompt
from remanence.reader.llm.transcript import sendable
from remanence.reader.rules.grammar import load_grammar

WORDING_CHARS_MAX = 1_000
_QUOTED = re.compile(r"[“\"„«]([^“”\"„«»]*)[”\"“»]")
_FIGURE = re.compile(r"\d{4}-\d{2}-\d{2}|\d+(?:[.,:]\d+)*")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_BEGINS = re.compile(r"(?:^|[.!?:;])\s*$")


class Wording(BaseModel):
    """One finding in the model's words."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)

    n: int
    text: str


class WordingAnswer(BaseModel):
    """All of them."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)

    findings: list[Wording]


def question(findings: Sequence[str]) -> str:
    """What the model is asked: the numbered findings, each one line of JSON."""
    lines = [
        json.dumps({"n": number, "text": sendable(text)}, ensure_ascii=False)
        for number, text in enumerate(findings, 1)
    ]
    return prompt("findings").ask.replace("{findings}", "\n".join(lines))


def read_wordings(text: str) -> WordingAnswer | str:
    """The answer, or what is wrong with it; a fence or words around the object are passed over."""
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start:
        return "there is no JSON object in it"
    try:
        return WordingAnswer.model_validate_json(text[start : end + 1])
    except ValidationError as error:
        faults = [
            f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors(include_input=False)
        ]
        return "; ".join(faults)[:FAULT_CHARS]


def wordings_schema() -> dict[str, Json]:
    """The answer's form as a JSON schema that every server takes."""
    finding: dict[str, Json] = {
        "type": "object",
        "properties": {"n": {"type": "integer"}, "text": {"type": "string"}},
        "required": ["n", "text"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {"findings": {"type": "array", "items": finding}},
        "required": ["findings"],
        "additionalProperties": False,
    }


def borne_out(answer: WordingAnswer, findings: Sequence[str]) -> Mapping[int, str]:
    """The wordings that say what the finding says, by its place; one that doesn't is left out."""
    found: dict[int, str] = {}
    for one in answer.findings:
        text = " ".join(one.text.split())
        if 1 <= one.n <= len(findings) and says_the_same(findings[one.n - 1], text):
            found.setdefault(one.n - 1, text)
    return found


def says_the_same(plain: str, worded: str) -> bool:
    """Whether a wording has the figures, quotations and denial of the plain text, and brings in none.

    >>> plain = "Atlas often says “to be fair”: 6 times, last on 2026-02-01."
    >>> says_the_same(plain, "On 6 occasions, last on 2026-02-01, Atlas said “to be fair”.")
    True
    >>> says_the_same(plain, "Atlas said “to be fair” 7 times, last on 2026-02-01.")
    False
    """
    if not 0 < len(worded) <= WORDING_CHARS_MAX:
        return False
    quoted, requoted = _QUOTED.findall(plain), _QUOTED.findall(worded)
    rest, told = _QUOTED.sub(" ", plain), _QUOTED.sub(" ", worded)
    if sorted(quoted) != sorted(requoted) or set(_FIGURE.findall(rest)) != set(_FIGURE.findall(told)):
        return False
    words, given = _words(told), _words(rest)
    if not (words - given).isdisjoint(_listed("spelled") | _listed("causes")):
        return False
    denials = _listed("denials")
    if words.isdisjoint(denials) is not given.isdisjoint(denials):
        return False
    return _names(rest) <= words and all(name in given for name in _names(told))


def _words(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORD.findall(text))


def _names(text: str) -> frozenset[str]:
    """Words with a capital; of those that begin a sentence the ones that are no verb and no little word."""
    found = [match for match in _WORD.finditer(text) if match[0][0].isupper()]
    return frozenset(
        match[0].lower()
        for match in found
        if not _BEGINS.search(text[: match.start()]) or not _is_common(match[0])
    )


def _is_common(word: str) -> bool:
    """Whether a word that begins a sentence is an everyday one, so that its capital makes no name of it."""
    table, small = language_words("en"), word.lower()
    return small in table.function | table.starts or small in load_grammar().verbs.by_word


@cache
def _listed(name: str) -> frozenset[str]:
    table = tomllib.loads(files(__package__).joinpath("phrasing.toml").read_text(encoding="utf-8"))
    return frozenset(table[name].split())
