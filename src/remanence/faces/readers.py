"""Which reader a face opens a cube with: the rules, and a language model where one is named."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from remanence.reader.llm.reader import LLMReader

MODEL_VARIABLE = "REMANENCE_LLM_MODEL"


def by_environment() -> Literal["rules"] | LLMReader:
    """The LLM reader that the environment names, else the rules alone."""
    if not os.environ.get(MODEL_VARIABLE):
        return "rules"
    from remanence.reader.llm.reader import LLMReader

    return LLMReader()
