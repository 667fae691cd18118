"""How many tokens a text costs a language model: counted with tiktoken, or estimated."""

from __future__ import annotations

import hashlib
import math
import os
import re
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeAlias

TOKENS_PER_WORD = 1.33  # English prose in current byte-pair vocabularies
CHARACTERS_PER_TOKEN_MAX = 8  # a link or a base64 blob is one "word" of many tokens
UNSPACED = (  # Thai, Lao, Burmese, Khmer, Japanese, Chinese, Korean: inside a regex class
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
ENCODING = "o200k_base"
ENCODING_URL = f"https://openaipublic.blob.core.windows.net/encodings/{ENCODING}.tiktoken"
_UNSPACED_CHARACTER = re.compile(f"[{UNSPACED}]")

TokenCounter: TypeAlias = Callable[[str], int]


def estimate_tokens(text: str) -> int:
    """About how many tokens a text is: words times 1.33, and one for each character of a script
    that is written without spaces; never less than one in eight characters.

    >>> estimate_tokens("Alice is allergic to peanuts")
    7
    """
    unspaced = 0 if text.isascii() else len(_UNSPACED_CHARACTER.findall(text))
    words = len(text.split())
    return max(math.ceil(words * TOKENS_PER_WORD) + unspaced, len(text) // CHARACTERS_PER_TOKEN_MAX)


def is_unspaced(word: str) -> bool:
    """Whether a word is of a script that is written without spaces: then it is no word yet."""
    return bool(word) and not word.isascii() and bool(_UNSPACED_CHARACTER.match(word))


@cache
def exact_counter() -> TokenCounter | None:
    """A counter by tiktoken's o200k_base; None where tiktoken or its vocabulary is not on this machine.

    tiktoken fetches the vocabulary on first use, and recall calls no network: it counts exactly once
    the caller has let tiktoken fetch it.
    """
    if not _vocabulary().is_file():
        return None
    try:
        import tiktoken

        encoding = tiktoken.get_encoding(ENCODING)
    except (ImportError, OSError, ValueError):
        return None
    return lambda text: len(encoding.encode(text, disallowed_special=()))


def _vocabulary() -> Path:
    """Where tiktoken keeps it: its own rule, documented in its readme."""
    folder = os.environ.get("TIKTOKEN_CACHE_DIR") or os.environ.get("DATA_GYM_CACHE_DIR")
    name = hashlib.sha1(ENCODING_URL.encode(), usedforsecurity=False).hexdigest()
    return Path(folder or Path(tempfile.gettempdir()) / "data-gym-cache") / name
