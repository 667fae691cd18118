"""A text as the clauses that its speaker asserts: without questions, quotes, conditions and reports.

Positions stay those of the text. Knows no language: the tables say what a question looks like. Asked by
`statements`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from remanence.reader.rules.language import Language

TEXT_CHARS_MAX = 20_000  # of an utterance that are read; talk is shorter, and pasted texts are not about us
SENTENCE_CHARS_MAX = 1_000  # what is longer was not spoken, and patterns may take quadratic time in it

# What stands in for characters that are someone else's: it begins no rule, and may be part of a phrase.
_MASK = "\ue000"
_QUOTED = re.compile(
    r'"[^"\n]{1,400}"|“[^”\n]{1,400}”|«[^»\n]{1,400}»|„[^“”\n]{1,400}[“”]|‘[^’\n]{1,400}’(?!\w)'
    r"|(?<!\w)'[^'\n]{1,400}'(?!\w)|```.*?(?:```|\Z)|`[^`\n]{1,400}`|^[ \t]*>[^\n]*|\[[^\]\n]{1,400}\]",
    re.DOTALL | re.MULTILINE,
)
# After a full stop that is not an initial's ("K. Le Guin") or a title's.
_SENTENCE_END = re.compile(r"(?<!\b[A-Z])(?<!\b[DMS][rst])(?<!\bMrs)[.!?…]+[\"')\]]*(?=\s|$)|\s*\n\s*|\s{4,}")
_PAUSE = re.compile(r",\s*|\s[-–—]\s|[;:–—]\s|\s(?=(?:and|but|so)\s)|\s\(")  # where a question may begin
_LIST_MARK = re.compile(r"\s*(?:[-*•]|\d{1,2}[.)])?\s*")


@dataclass(frozen=True, slots=True)
class Clause:
    """Characters of the text from `start` on, as plain as patterns want them."""

    text: str
    start: int
    sentence: int  # where its sentence starts
    denies: bool  # what was said before is said to be wrong
    hesitates: bool  # it may be
    follows_self: bool  # it goes on a clause about the speaker, whose subject it may share


def asserted_clauses(
    text: str, language: Language, *, or_with: re.Pattern[str] | None = None
) -> Iterator[Clause]:
    """The clauses of the text that its speaker asserts, in order; of a text with a trigger or `or_with`."""
    guards = language.guards
    head = text[:TEXT_CHARS_MAX].replace("’", "'")
    if not guards["trigger"].search(head) and (or_with is None or or_with.search(head) is None):
        return
    plain = plainly(text[:TEXT_CHARS_MAX])
    given = guards["given_text"].search(plain)
    if given is not None:
        plain = plain[: given.end()]
    if guards["joking"].search(plain) or guards["record"].search(plain):
        return
    denied = False
    for start, sentence in sentences(plain):
        denies = guards["denial"].search(sentence) is not None
        hesitates = guards["hesitation"].search(sentence) is not None
        yield from _clauses(sentence, start, language, denies or denied, hesitates)
        denied = denies  # for one sentence: "That's wrong. It's Tuesday."


def plainly(text: str) -> str:
    """Of the same length, with straight apostrophes and masks over what is quoted."""
    return _QUOTED.sub(lambda quote: _MASK * len(quote[0]), text.replace("’", "'"))


def sentences(text: str) -> Iterator[tuple[int, str]]:
    """Where each sentence starts, and its text with its end mark."""
    start = 0
    for end in _SENTENCE_END.finditer(text):
        yield from _stripped(text, start, end.end())
        start = end.end()
    yield from _stripped(text, start, len(text))


def _stripped(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    mark = _LIST_MARK.match(text, start, end)
    begin = mark.end() if mark is not None else start
    sentence = text[begin : min(end, begin + SENTENCE_CHARS_MAX)].rstrip()
    if sentence:
        yield begin, sentence


def _clauses(
    sentence: str, offset: int, language: Language, denies: bool, hesitates: bool
) -> Iterator[Clause]:
    guards = language.guards
    if guards["unreal"].search(sentence):
        return
    asked = "?" in sentence[-3:]
    if asked:
        sentence, asked = _before_own_question(sentence, language)
    body = sentence.rstrip(".!?… \"')")
    begin = 0
    joint: re.Match[str] | None = None
    follows_self = False
    while begin < len(body):
        following = _next_joint(body, begin, language)
        end = following.start() if following is not None else len(body)
        said = not asked or (joint is not None and guards["reason"].search(joint[0]) is not None)
        spoken = body[begin:end]
        about_self = guards["self" if joint is not None else "self_or_finite"].match(spoken) is not None
        shares = guards["shared"].match(spoken) is not None
        if (
            said
            and (about_self or follows_self or joint is None or not shares)
            and not _under_other(body, begin, language)
            and not guards["question"].search(spoken)
        ):
            yield Clause(spoken, offset + begin, offset, denies, hesitates, follows_self)
        if following is None:
            return
        follows_self = about_self or (follows_self and shares)
        joint, begin = following, max(following.end(), begin + 1)


def _next_joint(body: str, begin: int, language: Language) -> re.Match[str] | None:
    """Where the clause ends: not at the colon of "my new number: 555 0177"."""
    joint = language.guards["joint"].search(body, begin + 1)
    while joint is not None and language.guards["labelled"].search(body[begin : joint.end()]) is not None:
        joint = language.guards["joint"].search(body, joint.end())
    return joint


def _before_own_question(sentence: str, language: Language) -> tuple[str, bool]:
    """The statement before a question of its own ("..., and you?"), and whether all of it is asked."""
    own, asks = language.guards["own_question"], language.guards["question"]
    if asks.search(sentence) is not None or language.guards["asking"].match(sentence) is not None:
        return sentence, True
    for pause in _PAUSE.finditer(sentence):
        if own.search(sentence[pause.end() : pause.end() + 40]):
            return sentence[: pause.start()], False
    return sentence, True


def _under_other(body: str, begin: int, language: Language) -> bool:
    """Whether the clause stands under a report or a condition that came before it."""
    before = body[:begin]
    return bool(before) and (
        language.guards["reported"].search(before) is not None
        or language.guards["condition"].search(before) is not None
    )
