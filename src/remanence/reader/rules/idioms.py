"""What a sentence says by a turn of phrase: "Tea over coffee, any day", "Postgres it is", "Leave it with me".

Asked by `broad` for sentences that no clause's grammar has read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from remanence.model.kind import Kind
from remanence.reader.rules.derived import Derived
from remanence.reader.rules.grammar import Grammar, Idiom
from remanence.reader.rules.language import Language
from remanence.reader.rules.modality import OwnText
from remanence.reader.rules.needed import holds, words_of
from remanence.reader.rules.parse import parse
from remanence.reader.rules.predicates import reason_of
from remanence.reader.rules.retelling import in_third_person, retold
from remanence.reader.rules.sentences import SENTENCE_CHARS_MAX

_PAUSE = re.compile(r"[,;:.]\s+|\s[-–—]\s|\s(?=(?:but|so|and)\s)(?:but|so|and)\s|\(")
PAUSES_MAX = 4
_WHAT = ("what", "what2", "what3")  # of alternatives: groups that hold what is said
_SMALL = ("when", "what", "value2")  # groups that stand within a statement whatever they began
ACROSS_CHARS_MAX = 80  # of a question with its own answer: "Mushrooms? No thanks"
_SPACES = re.compile(r"\s+")
_FREE = re.compile(r"\{(\w+)\}")


def idioms_in(spoken: OwnText, speaker: str, language: Language, grammar: Grammar) -> Iterator[Derived]:
    """What the text's sentences say by the idioms, a statement each at most."""
    own = spoken.own
    for start, sentence in spoken.sentences:
        asked = "?" in sentence[-3:]
        if asked:
            sentence = own[start : start + ACROSS_CHARS_MAX]
        if len(sentence) <= SENTENCE_CHARS_MAX:
            found = _first(sentence, start, spoken, speaker, language, grammar, asked=asked)
            if found is not None:
                yield found


def _first(
    sentence: str,
    start: int,
    spoken: OwnText,
    speaker: str,
    language: Language,
    grammar: Grammar,
    *,
    asked: bool,
) -> Derived | None:
    guards = language.guards
    known = grammar.known_by(sentence)
    if not known:
        return None
    opened = language.opener.end(sentence)
    begins = [0, opened] if opened else [0]
    for pause in _PAUSE.finditer(sentence):
        begins.append(pause.end())
        if len(begins) > PAUSES_MAX:
            break
    words = words_of(sentence)
    looks = [(begin, grammar.look.numbers(sentence, begin, words=words, among=known)) for begin in begins]
    unreal: bool | None = None
    for number in sorted(set[int]().union(*(look for _, look in looks))):
        idiom = grammar.idioms[number]
        places = [begin for begin, look in looks if number in look] if idiom.across or not asked else ()
        if places and unreal is None:
            unreal = holds(guards["unreal"], sentence, spoken.words)
        if unreal and not (idiom.supposes or idiom.across):
            continue
        for begin in places:
            match = idiom.pattern.match(sentence, begin)
            if match is None or not _fits(idiom, match):
                continue
            if guards["reported"].search(sentence, 0, begin):
                continue
            if not idiom.supposes and grammar.patterns["tentative"].search(match[0]):
                continue
            if idiom.needs_time and grammar.patterns["time"].search(match[0]) is None:
                continue
            return _derived(idiom, match, start, spoken.text, speaker, grammar)
    return None


def _fits(idiom: Idiom, match: re.Match[str]) -> bool:
    for name, words in match.groupdict().items():
        against = idiom.unfit.get(name.rstrip("0123456789"))
        if words is not None and against is not None and against.search(words):
            return False
    return True


def _derived(
    idiom: Idiom, match: re.Match[str], start: int, text: str, speaker: str, grammar: Grammar
) -> Derived:
    groups = {name: words for name, words in match.groupdict().items() if words is not None}
    what = next((name for name in _WHAT if name in groups), None)
    span = match.span() if what is None else match.span(what)
    if idiom.says is not None and "value" in groups:
        span = min(span[0], match.start("value")), max(span[1], match.end("value"))
    ends = [match.start(name) for name in groups if name.startswith("value") and match.end(name) == span[1]]
    held = max(ends, default=span[0])
    cut = None if idiom.supposes else grammar.patterns["cut"].search(match.string, held + 3, span[1])
    stop = span[1] if cut is None else cut.start()
    filler = grammar.patterns["filler"].search(match.string, span[0], stop)
    stop = stop if filler is None or filler.start() <= span[0] else filler.start()
    end = start + stop
    told = text[start + span[0] : end]
    said = span[0] if what is None else match.start(what)
    if idiom.says is None:
        content = as_told(told, speaker, grammar)
    else:
        turned = {name: in_third_person(words, grammar, of=speaker) for name, words in groups.items()}
        turned = {name: _small(words, speaker) if name in _SMALL else words for name, words in turned.items()}
        if "clause" in groups:
            turned["clause"] = as_told(groups["clause"], speaker, grammar)
        if "value" in groups and match.end("value") > stop:
            turned["value"] = in_third_person(match.string[match.start("value") : stop], grammar)
        if "{what}" in idiom.says:
            turned["what"] = _small(in_third_person(text[start + said : end], grammar, of=speaker), speaker)
        content = _FREE.sub(lambda name: {**turned, "speaker": speaker}.get(name[1], ""), idiom.says)
    if "commitment" in idiom.tags and not content.startswith(f"{speaker} "):
        content = f"{speaker} promises: {_small(in_third_person(told, grammar))}"
    reason = None
    if idiom.kind is Kind.DECISION:
        reason, end = reason_of(text, end, start, start + span[0], grammar)
    return Derived(
        content=_SPACES.sub(" ", content[:1].upper() + content[1:]).strip(),
        kind=idiom.kind,
        slot=None,
        polarity=True,
        rule=idiom.name,
        confidence=idiom.confidence,
        start=start + span[0],
        end=end,
        sentence=start,
        clause_start=start,
        clause_end=start + len(match.string),
        tags=idiom.tags,
        reason=reason,
    )


def _small(words: str, but: str = "") -> str:
    return words if but and words.startswith(but) else words[:1].lower() + words[1:]


def as_told(words: str, speaker: str, grammar: Grammar) -> str:
    """Any words of the speaker's, as another tells them: "I'm sticking to it" as "Ana is sticking to it"."""
    plain = words.replace("’", "'")
    readings = parse(plain, 0, grammar)
    if readings and readings[0].subject.who == "self":
        first = readings[0]
        return retold(first, words[first.rest :].strip(), speaker, words, grammar)
    first_word, _, rest = words.partition(" ")
    if first_word.lower() in ("my", "our"):
        return f"{speaker}'s {in_third_person(rest, grammar, of=speaker)}"
    told = in_third_person(words, grammar, of=speaker)
    shouted = first_word.isupper() and len(first_word) > 1
    return told if speaker in told else f"{speaker}: {told if shouted else told[:1].lower() + told[1:]}"
