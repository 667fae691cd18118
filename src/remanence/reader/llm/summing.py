"""A summary in a model's words: what it is shown, the form of its answer, and which sentences are borne out.

A sentence must cite what it was shown, bring in no number that the cited sentences lack, and be one line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from pydantic import BaseModel, ConfigDict, ValidationError

from remanence.model.item import Json
from remanence.model.summary import CitedSentence
from remanence.reader.llm.answer import FAULT_CHARS
from remanence.reader.llm.prompt import prompt
from remanence.reader.llm.transcript import sendable

SENTENCE_CHARS_MAX = 500
SENTENCES_MAX = 100
_NUMBER = re.compile(r"\d+")


class Sentence(BaseModel):
    """One sentence of the model's, with the numbers of what it was shown."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)

    text: str
    cites: list[int]


class SummaryAnswer(BaseModel):
    """All of them."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)

    sentences: list[Sentence]


def question(material: Sequence[CitedSentence], *, tokens: int) -> str:
    """What the model is asked: the numbered sentences, each one line of JSON."""
    lines = [
        json.dumps(
            {
                "n": number,
                "speaker": None if one.speaker is None else sendable(one.speaker),
                "text": sendable(one.text),
            },
            ensure_ascii=False,
        )
        for number, one in enumerate(material, 1)
    ]
    asked = prompt("summary").ask.replace("{tokens}", str(tokens))
    return asked.replace("{sentences}", "\n".join(lines))


def read_summary(text: str) -> SummaryAnswer | str:
    """The answer, or what is wrong with it; a fence or words around the object are passed over."""
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start:
        return "there is no JSON object in it"
    try:
        return SummaryAnswer.model_validate_json(text[start : end + 1])
    except ValidationError as error:
        faults = [
            f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors(include_input=False)
        ]
        return "; ".join(faults)[:FAULT_CHARS]


def summary_schema() -> dict[str, Json]:
    """The answer's form as a JSON schema that every server takes."""
    cites: dict[str, Json] = {"type": "array", "items": {"type": "integer"}}
    sentence: dict[str, Json] = {
        "type": "object",
        "properties": {"text": {"type": "string"}, "cites": cites},
        "required": ["text", "cites"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {"sentences": {"type": "array", "items": sentence}},
        "required": ["sentences"],
        "additionalProperties": False,
    }


def borne_out(answer: SummaryAnswer, material: Sequence[CitedSentence]) -> Iterator[CitedSentence]:
    """The sentences that cite what was shown and say no number that it lacks, with the places of it."""
    for one in answer.sentences[:SENTENCES_MAX]:
        text = " ".join(one.text.split())
        if not any(map(str.isalnum, text)) or len(text) > SENTENCE_CHARS_MAX:
            continue
        cited = [material[number - 1] for number in dict.fromkeys(one.cites) if 1 <= number <= len(material)]
        numbers = {number for source in cited for number in _NUMBER.findall(source.text)}
        if cited and numbers >= set(_NUMBER.findall(text)):
            sources = dict.fromkeys(source for sentence in cited for source in sentence.sources)
            yield CitedSentence(text, None, tuple(sources))
