"""Utterances written with marks, as the reader's development data are: "{f:I teach maths} and it's late".

Their form stands at the head of bench/reader/development/first.txt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

BEFORE = " ## "  # stands between the turn that is answered and the utterance
BY_ASSISTANT = "> "  # begins what an assistant says
SPEAKER, SAID_AT = "Noor", "2026-03-04T09:00:00+00:00"
CLASS_OF_MARK = {
    "f": "fact",
    "p": "preference",
    "l": "plan",
    "d": "decision",
    "c": "commitment",
    "x": "correction",
    "e": "event",
}
_MARK = re.compile(r"\{([a-z])(\?)?:|\}")


def read_marked(path: Path) -> Iterator[dict]:
    """The utterances of a file as the records that bench/reader/README.md describes.

    Raises ValueError for a mark that is of no class, or is not closed.
    """
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            before, _, text = line.rpartition(BEFORE)
            yield _record(f"{path.stem}:{number}", before or None, text)


def _record(name: str, before: str | None, marked: str) -> dict:
    role = "assistant" if marked.startswith(BY_ASSISTANT) else "user"
    marked = marked.removeprefix(BY_ASSISTANT)
    text, labels, opened, place = "", [], [], 0
    for mark in _MARK.finditer(marked):
        text += marked[place : mark.start()]
        place = mark.end()
        if mark[1] is not None:
            opened.append((mark[1], mark[2] is not None, len(text)))
            continue
        if not opened or opened[-1][0] not in CLASS_OF_MARK:
            raise ValueError(f"{name}: a mark is of no class, or closes nothing; marks are {{f:words}}")
        letter, optional, start = opened.pop()
        quote = text[start:]
        labels.append({"class": CLASS_OF_MARK[letter], "gist": quote, "quote": quote, "optional": optional})
    if opened:
        raise ValueError(f"{name}: a mark is not closed; marks are {{f:words}}")
    text += marked[place:]
    said = {"speaker": SPEAKER if role == "user" else role, "role": role, "said_at": SAID_AT}
    return {"id": name, "before": before, **said, "text": text, "labels": labels}
