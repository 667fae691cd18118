"""A text as sentences, with masks over what is quoted in it.

Positions stay those of the text. Knows no language. Asked by `modality`, `clauses` and whatever reads
sentences whole.
"""

from __future__ import annotations

import re
from functools import cached_property

from remanence.reader.remembered import remembered

TEXT_CHARS_MAX = 20_000  # of an utterance that are read; talk is shorter, and pasted texts are not about us
EARLIER_CHARS_MAX = 1_000  # of the turn before, from its end: what is asked or said of us stands there
TEXTS_KEPT = 16  # whose sentences are: a turn is looked at again beside the next
SENTENCE_CHARS_MAX = 1_000  # what is longer was not spoken, and patterns may take quadratic time in it

# What stands in for characters that are someone else's: it begins no rule, and may be part of a phrase.
MASK = "\ue000"
_QUOTED = re.compile(
    r'"[^"\n]{1,400}"|“[^”\n]{1,400}”|«[^»\n]{1,400}»|„[^“”\n]{1,400}[“”]|‘[^’\n]{1,400}’(?!\w)'
    r"|(?<!\w)'[^'\n]{1,400}'(?!\w)|```.*?(?:```|\Z)|`[^`\n]{1,400}`|^[ \t]*>[^\n]*|\[[^\]\n]{1,400}\]"
    r"|(?<![\w*])\*(?![\s*])[^*\n]+ [^*\n]+ [^*\n]+\*(?![\w*])",  # as in a play: *I bow to the king*
    re.DOTALL | re.MULTILINE,
)
_MAY_QUOTE = re.compile(
    r"""["“«„‘`\[*>]|(?<!\w)['’]"""
)  # one class of characters is sought faster than many forms
# After a full stop that is not an initial's ("K. Le Guin") or a title's.
# What may be one begins with a sign or a space, which is sought first: that is the quicker way.
_SENTENCE_END = re.compile(
    r"[.!?…\s](?:(?<=\S)(?<!\b[A-Z].)(?<!\b[DMS][rst].)(?<!\bMrs.)[.!?…]*[\"')\]]*(?=\s|$)"
    r"|(?<=\n)\s*|(?<=\s)(?:\s*\n\s*|\s{3,}))"
)
_LIST_MARK = re.compile(r"\s*(?:[-*•]|\d{1,2}[.)])?\s*")


def plainly(text: str) -> str:
    """Of the same length, with straight apostrophes and masks over what is quoted."""
    if not _MAY_QUOTE.search(text):
        return text.replace("’", "'")
    return _QUOTED.sub(lambda quote: MASK * len(quote[0]), text.replace("’", "'"))


@remembered(TEXTS_KEPT)
def sentences(text: str) -> tuple[tuple[int, str], ...]:
    """Where each sentence starts, and its text with its end mark."""
    starts = [0, *(end.end() for end in _SENTENCE_END.finditer(text))]
    ends = [*starts[1:], len(text)]
    return tuple(found for span in zip(starts, ends, strict=True) if (found := _stripped(text, *span))[1])


def _stripped(text: str, start: int, end: int) -> tuple[int, str]:
    mark = _LIST_MARK.match(text, start, end)
    begin = mark.end() if mark is not None else start
    return begin, text[begin : min(end, begin + SENTENCE_CHARS_MAX)].rstrip()


class Earlier:
    """The turn of somebody else that a text may answer: its end."""

    def __init__(self, text: str) -> None:
        self.text = text[-EARLIER_CHARS_MAX:]

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """Plainly; several readers of one reply ask for them, and most replies need none."""
        return tuple(sentence for _, sentence in sentences(plainly(self.text)))
