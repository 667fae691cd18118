"""A text as the clauses that its speaker asserts: without questions, quotes, conditions and reports.

Positions stay those of the text. Knows no language: the tables say what a question looks like. Asked by
`statements`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from remanence.reader.rules.language import Language
from remanence.reader.rules.modality import OwnText
from remanence.reader.rules.needed import holds, matched, occurs, search, words_of

_PAUSE = re.compile(r",\s*|\s[-–—]\s|[;:–—]\s|\s(?=(?:and|but|so)\s)|\s\(")  # where a question may begin


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
    spoken: OwnText, language: Language, *, or_with: Iterable[re.Pattern[str]] = ()
) -> Iterator[Clause]:
    """The clauses of a text that its speaker asserts, in order; of one with a trigger or one of `or_with`."""
    guards = language.guards
    plain, words = spoken.plain, spoken.words
    if not any(holds(pattern, plain, words) for pattern in (guards["trigger"], *or_with)):
        return
    denied = False
    for start, sentence in spoken.sentences:
        said = words_of(sentence)
        denies = search(guards["denial"], sentence, said) is not None
        hesitates = search(guards["hesitation"], sentence, said) is not None
        if not holds(guards["unreal"], sentence, said):
            yield from _clauses(sentence, start, language, denies or denied, hesitates)
        denied = denies  # for one sentence: "That's wrong. It's Tuesday."


def _clauses(
    sentence: str, offset: int, language: Language, denies: bool, hesitates: bool
) -> Iterator[Clause]:
    guards = language.guards
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
        spoken = body[begin:end].rstrip()
        alone = joint is None and following is None  # then nothing hangs on whom it is about
        first = guards["self" if joint is not None else "self_or_finite"]
        about_self = not alone and matched(first, spoken) is not None
        hangs = not about_self and (follows_self or joint is not None)
        shares = hangs and matched(guards["shared"], spoken) is not None
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
    while joint is not None and occurs(language.guards["labelled"], body[begin : joint.end()]):
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
        occurs(language.guards["reported"], before) or occurs(language.guards["condition"], before)
    )
