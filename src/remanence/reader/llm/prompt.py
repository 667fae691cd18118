"""The words that the model is given: a data file with a version."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the model is told, and which version of it that is."""

    version: str
    system: str
    ask: str  # with {messages}
    repair: str  # with {fault}


@cache
def prompt(name: str = "prompt") -> Prompt:
    """A prompt that ships, by the name of its file: "prompt" for reading, "summary" for summing up."""
    table = tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))
    return Prompt(table["version"], table["system"].strip(), table["ask"].strip(), table["repair"].strip())
