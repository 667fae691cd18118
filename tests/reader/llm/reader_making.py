"""How tests ask for an LLM reader: see the fixture `reader_for` in conftest.py."""

from __future__ import annotations

from collections.abc import Callable

from remanence import LLMReader

MakeReader = Callable[..., LLMReader]
