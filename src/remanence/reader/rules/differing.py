"""A reply that says otherwise than the turn before, or a sentence that says otherwise than the last.

Nobody has to say "no": "Room 21" after "The meeting is in room 12" puts a value in another's place. What is
compared are values of one sort: numbers, days, months, names, relatives, colours. Asked by `takes_back`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from remanence.reader.rules.language import Language, Pattern
from remanence.reader.rules.modality import OwnText
from remanence.reader.rules.needed import holds, needed_by, occurs, search, words_of
from remanence.reader.rules.sentences import Earlier

REPLY_CHARS_MAX = 120
BARE_WORDS_MAX = 5
STATEMENT_WORDS_MAX = 9  # of a statement that is all of a reply, and needs no word of the turn before
SHORT_TURN_CHARS_MAX = 60
SENTENCES_MAX = 4  # of a text in which something may be called wrong
_OF_SOMEBODY = ("sort_diet", "sort_job", "sort_size")
_NAMES = ("sort_name",)  # one may begin the reply, where it stands for what the turn named
_WORD = re.compile(r"[\w'-]+")


class Differs(NamedTuple):
    """Characters [start, end) of a text that say otherwise; and, from `repairs` on, the sentence as meant."""

    start: int
    end: int
    repairs: int = -1
    meant: str = ""


def differing(spoken: OwnText, before: Earlier | None, language: Language) -> Iterator[Differs]:
    """What the text says otherwise than the turn before it, or than its own sentence before."""
    patterns = language.patterns["differing"]
    found = list(_repaired(spoken, patterns)) or list(_announced(spoken, patterns, language))
    if found:
        yield from found
        return
    if before is None or not spoken.sentences:
        return
    start, sentence = spoken.sentences[0]
    if len(sentence) > REPLY_CHARS_MAX or "?" in sentence or patterns["agrees"].match(sentence):
        return
    turn = assumed_by(before, patterns)
    alone = len(spoken.sentences) == 1 or len(spoken.own) <= REPLY_CHARS_MAX // 2
    if turn and _says_otherwise(sentence, turn, patterns, alone=alone):
        yield Differs(start, start + len(sentence.rstrip(" .!…")))


def assumed_by(before: Earlier, patterns: Mapping[str, Pattern]) -> str:
    """What the turn before takes for so: nothing where it asks openly or suggests."""
    found = before.sentences
    if not found:
        return ""
    if "?" in found[-1]:
        assumed = patterns["assumed"].search(found[-1]) is not None
        return found[-1] if assumed else ""
    kept = [one for one in found if "?" not in one and not occurs(patterns["suggests"], one)]
    told = [one for one in kept if len(before.text) <= SHORT_TURN_CHARS_MAX or occurs(patterns["told"], one)]
    return " ".join(told)


def _says_otherwise(sentence: str, turn: str, patterns: Mapping[str, Pattern], *, alone: bool) -> bool:
    if patterns["restates"].match(sentence.rstrip(" .!…")):
        return True
    body = patterns["tail"].sub("", sentence.rstrip(" .!…"))
    lead = patterns["lead"].match(body)
    body = body[lead.end() :] if lead is not None else body
    if not body:
        return False
    if patterns["denies"].match(body):
        return bool(_content(body, patterns) & _content(turn, patterns))
    statement = patterns["statement"].match(body)
    if statement is None:
        bare = len(_WORD.findall(body)) <= BARE_WORDS_MAX and not patterns["verbal"].search(body)
        if not bare:
            return False
        return (
            _other_values(body, turn, patterns)
            or _other_of_head(body, turn, patterns)
            or (alone and patterns["thing"].fullmatch(body) is not None and not _said_in(body, turn))
        )
    shares = bool(_content(body, patterns) & _content(turn, patterns))
    if shares and _other_values(f" {body}", turn, patterns, sorts=_NAMES):
        return True
    if not _other_values(body, turn, patterns):
        return _other_noun(body, turn, patterns) or _other_object(body, turn, patterns)
    own = patterns["mine"].match(body) is None or patterns["yours"].search(turn) is not None
    if (
        alone
        and own
        and len(_WORD.findall(body)) <= STATEMENT_WORDS_MAX
        and not patterns["ahead"].search(body)
    ):
        return True
    if patterns["pointing"].match(body) or (
        patterns["being"].match(body) and _other_values(body, turn, patterns, sorts=_OF_SOMEBODY)
    ):
        return True
    return shares


def _other_values(
    body: str, turn: str, patterns: Mapping[str, Pattern], *, sorts: tuple[str, ...] = ()
) -> bool:
    """Whether both have values of one sort, and the reply's are others."""
    words = words_of(body)
    for name, sort in patterns.items():
        if not name.startswith("sort_") or (sorts and name not in sorts):
            continue
        needed = needed_by(sort.pattern)
        if needed is not None and not needed.stands_in(words):
            continue
        here = {found[0].casefold() for found in sort.finditer(body)}
        there = {found[0].casefold() for found in sort.finditer(" " + turn)} if here else set()
        if name == "sort_name":
            spoken = {word.casefold() for word in _WORD.findall(turn)}
            here = {one for one in here if one not in spoken}
        if here and there and not here & there:
            return True
    return False


def _other_of_head(body: str, turn: str, patterns: Mapping[str, Pattern]) -> bool:
    """Whether a bare reply names a thing of the turn before with other words beside: "Three sisters"."""
    words = [word.casefold() for word in _WORD.findall(body)]
    said = {word.casefold() for word in _WORD.findall(turn)}
    if len(words) < 2:
        return False
    new = [word for word in words if word not in said and patterns["small"].fullmatch(word) is None]
    return words[-1] in said and patterns["small"].fullmatch(words[-1]) is None and bool(new)


def _other_noun(body: str, turn: str, patterns: Mapping[str, Pattern]) -> bool:
    """Whether both say what one thing is, and not the same: "Rex is a retriever"."""
    here, there = patterns["is_a"].search(body), patterns["is_a"].search(turn)
    if here is None or there is None:
        return False
    shared = patterns["pointing"].match(body) or (
        _content(here["subject"], patterns) & _content(there["subject"], patterns)
    )
    return bool(shared) and here["noun"].casefold() != there["noun"].casefold()


def _said_in(body: str, turn: str) -> bool:
    return bool(
        {word.casefold() for word in _WORD.findall(body)} & {word.casefold() for word in _WORD.findall(turn)}
    )


def _other_object(body: str, turn: str, patterns: Mapping[str, Pattern]) -> bool:
    """Whether both say what somebody does, with one verb and another object: "I play the viola"."""
    here = patterns["does"].match(body)
    if here is None:
        return False
    objects = _content(here["object"], patterns)
    for there in patterns["does"].finditer(turn):
        same = there["verb"].casefold().rstrip("s") == here["verb"].casefold().rstrip("s")
        others = _content(there["object"], patterns)
        if same and objects and others and not objects & others:
            return True
    return False


def _content(text: str, patterns: Mapping[str, Pattern]) -> frozenset[str]:
    """The words that say something, by their stems as near as an ending tells."""
    words = (word.casefold().removesuffix("'s") for word in _WORD.findall(text))
    return frozenset(
        re.sub(r"(?:ing|ed|es|s)$", "", word)
        for word in words
        if len(word) > 2 and patterns["small"].fullmatch(word) is None
    )


def _announced(spoken: OwnText, patterns: Mapping[str, Pattern], language: Language) -> Iterator[Differs]:
    """What is said in the place of something that its speaker calls wrong."""
    for start, sentence in spoken.sentences[:SENTENCES_MAX]:
        if "?" in sentence or len(sentence) > 2 * REPLY_CHARS_MAX:
            continue
        if holds(language.guards["unreal"], sentence, spoken.words):
            continue
        body = sentence.rstrip(" .!…")
        within = search(patterns["within"], body, spoken.words)
        if within is not None and within["was"].casefold() != within["said"].casefold():
            meant = body[: within.start("was")] + body[within.start("said") :]
            yield Differs(start + within.start("was"), start + len(body), start, meant)
            continue
        for name, form in patterns.items():
            match = search(form, body, spoken.words) if name.startswith("said_") else None
            if match is not None:
                begin = match.start("said") if name != "said_never" else 0
                yield Differs(start + begin, start + match.end("said"))
                break


def _repaired(spoken: OwnText, patterns: Mapping[str, Pattern]) -> Iterator[Differs]:
    """Sentences that put a value of the one before in its place: "She's 31. Wait, 32." """
    for (first, said), (start, sentence) in zip(spoken.sentences, spoken.sentences[1:], strict=False):
        meant = as_meant(said, sentence, patterns)
        if meant is not None:
            place = start + meant.begin
            yield Differs(place, place + meant.length, first, meant.text)


class Meant(NamedTuple):
    """A sentence as it was meant, its new value, and what of the next one said so, from `begin` on."""

    text: str
    value: str
    begin: int
    length: int


def as_meant(said: str, sentence: str, patterns: Mapping[str, Pattern]) -> Meant | None:
    """What was `said`, with the value that the next `sentence` puts in the place of one of its sort.

    That says so in few words: "Wait, 32."
    """
    if len(sentence) > REPLY_CHARS_MAX or len(said) > 3 * REPLY_CHARS_MAX or "?" in said + sentence:
        return None
    lead = patterns["oops"].match(sentence)
    if lead is None:
        return None
    body = patterns["tail"].sub("", sentence[lead.end() :].rstrip(" .!…"))
    if not body or len(_WORD.findall(body)) > BARE_WORDS_MAX or patterns["ahead"].search(body):
        return None
    if patterns["adds"].match(body):
        return None
    for name, sort in patterns.items():
        new = sort.search(" " + body) if name.startswith("sort_") else None
        old = list(sort.finditer(said)) if new is not None else []
        if new is not None and old and old[-1][0].casefold() != new[0].casefold():
            meant = said[: old[-1].start()] + new[0].strip() + said[old[-1].end() :]
            return Meant(meant, new[0].strip(), lead.end(), len(body))
    return None
