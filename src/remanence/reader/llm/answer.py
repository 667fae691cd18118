"""What a model's answer must look like, and whether it does."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from remanence.model.item import Json

FAULT_CHARS = 1_500  # of what is wrong with an answer, as the model is told
_KINDS = Literal["fact", "preference", "event", "action", "decision", "concept", "procedure", "goal"]
_MODALITIES = Literal["asserted", "hypothetical", "quoted", "asked", "ironic"]


def _share(value: float) -> float:
    if not 0 <= value <= 1:
        raise ValueError("must lie in [0, 1]")
    return value


class Stated(BaseModel):
    """One statement that the model found, unchecked but for its form; see prompt.toml for what each means."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)

    message: int
    quote: str
    sentence: str
    kind: _KINDS
    subject: str | None = None
    attribute: str | None = None
    value: str | None = None
    affirmed: bool = True
    modality: _MODALITIES
    confidence: Annotated[float, AfterValidator(_share)]
    when: str | None = None


class Answer(BaseModel):
    """All of them."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)

    items: list[Stated]


def read_answer(text: str) -> Answer | str:
    """The answer, or what is wrong with it; a fence or words around the object are passed over."""
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start:
        return "there is no JSON object in it"
    try:
        return Answer.model_validate_json(text[start : end + 1])
    except ValidationError as error:
        faults = [
            f"{'.'.join(map(str, one['loc'])) or 'the object'}: {one['msg']}"
            for one in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        return "; ".join(faults)[:FAULT_CHARS]


def answer_schema() -> dict[str, Json]:
    """The answer's form as a JSON schema that every server takes: no references, every field required."""
    schema = Answer.model_json_schema()
    stated = schema["$defs"]["Stated"]
    fields = {name: _plain(one) for name, one in stated["properties"].items()}
    item: dict[str, Json] = {
        "type": "object",
        "properties": json.loads(json.dumps(fields)),
        "required": [*fields],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {"items": {"type": "array", "items": item}},
        "required": ["items"],
        "additionalProperties": False,
    }


def _plain(field: dict[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in field.items() if name not in ("default", "title")}
