"""What the model sees of a conversation: numbered messages, each one line of JSON.

A text stands in a JSON string, so that nothing in it can end the string, the line or the message.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

CONTEXT_TEXT_CHARS = 600  # of a message that is there to be understood only
# Each stands for one character, so that places in what was sent are places in the message.
_UNSENDABLE = re.compile("[\x00\ud800-\udfff]")
_LINE_ENDS = str.maketrans({"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})
_BYTES_PER_TOKEN = 3  # English has four or more, so that this errs on the safe side; Chinese has three


@dataclass(frozen=True, slots=True)
class Line:
    """One message; it is `read`, or there to be understood only."""

    number: int
    speaker: str
    role: str
    said_at: datetime
    text: str
    read: bool


def sendable(text: str) -> str:
    """The text with a replacement in place of each character that no JSON request carries."""
    return _UNSENDABLE.sub("\ufffd", text)


def tokens_of(text: str) -> int:
    """About how many tokens a text is, rather too many than too few."""
    return len(text.encode("utf-8", "surrogatepass")) // _BYTES_PER_TOKEN + 1


def within(text: str, tokens_max: int) -> str:
    """The beginning of a text that has no more tokens than this."""
    data = sendable(text).encode("utf-8")
    if len(data) // _BYTES_PER_TOKEN + 1 <= tokens_max:
        return text
    return text[: len(data[: tokens_max * _BYTES_PER_TOKEN - 1].decode("utf-8", "ignore"))]


def rendered(lines: Sequence[Line]) -> str:
    r"""The lines as the model gets them.

    >>> said = datetime(2026, 3, 2, 9, 0)
    >>> print(rendered([Line(1, "Ana", "user", said, '"No"\n', True)]))
    {"n": 1, "speaker": "Ana", "role": "user", "at": "2026-03-02 09:00", "read": true, "text": "\"No\"\n"}
    """
    return "\n".join(_rendered(line) for line in lines)


def _rendered(line: Line) -> str:
    text = sendable(line.text) if line.read else sendable(line.text)[:CONTEXT_TEXT_CHARS]
    document = {
        "n": line.number,
        "speaker": sendable(line.speaker),
        "role": line.role,
        "at": f"{line.said_at:%Y-%m-%d %H:%M}",
        "read": line.read,
        "text": text,
    }
    return json.dumps(document, ensure_ascii=False).translate(_LINE_ENDS)
