"""Which model reads, where it is asked, and within which bounds: the values that a user gives.

Asked by whoever opens a cube. Nothing is sent before the queue is worked.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec

from remanence.errors import ExtraMissing, InvalidInput
from remanence.reader.llm.prompt import prompt

BASE_URL = "https://api.openai.com/v1"
TIMEOUT_S = 60.0  # of one call, its whole answer included
MESSAGE_TOKENS = 4_000  # of one message; what lies beyond is not sent
CHUNK_TOKENS = 3_000  # of the messages that one call reads: a long answer is an incomplete one
ANSWER_TOKENS = 4_096
ATTEMPTS = 5  # at a message, before it is parked
_MODEL, _URL, _KEY = "REMANENCE_LLM_MODEL", "REMANENCE_LLM_BASE_URL", "REMANENCE_LLM_API_KEY"


@dataclass(frozen=True, slots=True, kw_only=True)
class LLMReader:
    """Reads with a language model beside the rules, at any endpoint that speaks OpenAI's chat completions.

    `model`, `base_url` and `api_key` are taken from REMANENCE_LLM_MODEL, REMANENCE_LLM_BASE_URL and
    REMANENCE_LLM_API_KEY where they are not given, the last two else from OPENAI_BASE_URL and OPENAI_API_KEY.
    The key is kept nowhere. `observe` only queues; `cube.read_pending()` asks, or `observe` itself once its
    messages are safe, with `at_once`. Prices are per million tokens, in whatever currency the report shall
    have. Raises InvalidInput for a model that is not named, and for bounds that are none.

    >>> LLMReader(model="qwen3:8b", base_url="http://localhost:11434/v1").identity
    'llm:qwen3:8b:1'
    """

    model: str = ""
    base_url: str = ""
    api_key: str = field(default="", repr=False, compare=False)
    timeout_s: float = TIMEOUT_S
    message_tokens_max: int = MESSAGE_TOKENS
    chunk_tokens_max: int = CHUNK_TOKENS
    answer_tokens_max: int = ANSWER_TOKENS
    calls_per_minute: float | None = None
    attempts_max: int = ATTEMPTS
    prompt_price: float | None = None
    completion_price: float | None = None
    at_once: bool = False
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False, compare=False)

    def __post_init__(self) -> None:
        given = os.environ.get
        set_once = object.__setattr__  # what is frozen is what the caller sees
        set_once(self, "model", self.model or given(_MODEL, ""))
        set_once(self, "base_url", self.base_url or given(_URL) or given("OPENAI_BASE_URL") or BASE_URL)
        set_once(self, "api_key", (self.api_key or given(_KEY) or given("OPENAI_API_KEY", "")).strip())
        if not self.model.strip() or not self.model.isprintable():
            raise InvalidInput(
                f"the LLM reader's model {self.model!r} must be named; give model, or set {_MODEL}"
            )
        if not (self.api_key.isascii() and self.api_key.isprintable()):
            raise InvalidInput(
                f"api_key of the LLM reader (or {_KEY}) has characters that no request can carry"
            )
        _check_url(self.base_url)
        _check_bounds(self)

    @property
    def identity(self) -> str:
        """Name, model and version of the prompt: how the cube calls this reader."""
        return f"llm:{self.rule}"

    @property
    def address(self) -> str:
        """Where it is asked, without what a URL may hide in its query."""
        return self.base_url.partition("?")[0]

    @property
    def rule(self) -> str:
        """Model and version of the prompt."""
        return f"{self.model}:{prompt().version}"

    def cost(self, prompt_tokens: int, completion_tokens: int) -> float | None:
        """What so many tokens cost; None where no price was given."""
        if self.prompt_price is None and self.completion_price is None:
            return None
        prices = self.prompt_price or 0.0, self.completion_price or 0.0
        return (prompt_tokens * prices[0] + completion_tokens * prices[1]) / 1e6


def require_extra() -> None:
    """Raise ExtraMissing where the packages of the extra are not installed."""
    for name in ("openai", "pydantic"):
        try:
            found = find_spec(name) is not None
        except ValueError:  # a module that was put out of the way
            found = False
        if not found:
            raise ExtraMissing(
                f"the LLM reader needs the package {name}; install it with: pip install 'remanence[llm]'"
            )


def _check_url(url: str) -> None:
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username
    except ValueError:
        usable = False
    if not usable:
        raise InvalidInput(
            "base_url of the LLM reader is not of the form https://HOST/v1, without a user name"
        )


def _check_bounds(reader: LLMReader) -> None:
    for name, least in (
        ("message_tokens_max", 16),
        ("chunk_tokens_max", 16),
        ("answer_tokens_max", 16),
        ("attempts_max", 1),
    ):
        value = getattr(reader, name)
        if not isinstance(value, int) or value < least:
            raise InvalidInput(f"{name} must be a whole number of at least {least}; got {value!r}")
    for name in ("timeout_s", "calls_per_minute"):
        value = getattr(reader, name)
        if value is not None and not (value > 0 and math.isfinite(value)):
            raise InvalidInput(f"{name} must be above 0; got {value!r}")
    for name in ("prompt_price", "completion_price"):
        value = getattr(reader, name)
        if value is not None and not (value >= 0 and math.isfinite(value)):
            raise InvalidInput(f"{name} is a price per million tokens, at least 0; got {value!r}")
