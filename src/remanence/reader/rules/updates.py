"""What a message says anew of slots that are known already, in whatever words.

Where a rule needs a whole phrase, this needs four things in one sentence that its speaker asserts of
themselves: a word of change, what the slot is about (its old value, or a word for it), and one value of the
slot's shape, after a word that leads to one. Asked by the cube's `observe`, which knows what stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from remanence.model.item import Slot
from remanence.model.kind import Kind
from remanence.reader.rules.derived import UNNAMED, Derived
from remanence.reader.rules.language import DEFAULT_LANGUAGE, Language, load_language
from remanence.reader.rules.modality import is_serious, own_words
from remanence.reader.rules.needed import holds, words_of
from remanence.reader.rules.phrases import in_small_letters, without_determiner
from remanence.reader.rules.sentences import SENTENCE_CHARS_MAX, TEXT_CHARS_MAX, plainly, sentences
from remanence.reader.rules.shapes import QUALIFIED, Shape

RENEWED, ENDED, TOLD = "renewed", "ended", "told"  # rules' names, as a derived row's method has them
CONFIDENCE = 0.7
ENDS_WITHIN_CHARS = 40  # of an old value, where it is said to be over
TOLD_WITHIN_CHARS = 30  # from a word for a slot to the word that leads to its value
_NAME = re.compile(r"(?<=\s)(?!I\b)[A-ZÀ-ÖØ-Þ]\w")
_BREAK = re.compile(r"[,;.!?()]|\b(?:and|but|from|because|when|where|who|which|that|not|or)\b", re.IGNORECASE)
_PART = re.compile(r"[,;:.!–—]|\b(?:and|but|so)\b")
_WORD = re.compile(r"[^\W_]+")


def may_renew(text: str, *, language: str = DEFAULT_LANGUAGE) -> bool:
    """Whether a text speaks of change at all: the cheap first look."""
    text = text[:TEXT_CHARS_MAX]
    return holds(load_language(language).guards["cue"], text, words_of(text))


def renewed(
    text: str, *, speaker: str, known: Sequence[Slot], language: str = DEFAULT_LANGUAGE
) -> tuple[Derived, ...]:
    """New values for slots of the speaker that are `known`; at most one for each.

    >>> known = [Slot("ana", "home", "Porto")]
    >>> [one.content for one in renewed("Bye Porto, we're in Lyon now!", speaker="Ana", known=known)]
    ['Ana lives in Lyon']
    """
    tables = load_language(language, lower=in_small_letters(text))
    guards = tables.guards
    plain = plainly(text[:TEXT_CHARS_MAX])
    words = words_of(plain)
    if holds(guards["given_text"], plain, words) or not is_serious(plain, words, tables):
        return ()
    plain = own_words(plain, words, tables)
    found: dict[str, Derived] = {}
    for start, sentence in sentences(plain):
        if len(sentence) > SENTENCE_CHARS_MAX or not _asserts_change(sentence, tables):
            continue
        ours = guards["ours"].search(sentence) is not None
        new = [(_evidence(sentence, slot, tables, ours=ours), slot) for slot in known]
        read = [
            (strength, derived)
            for strength, slot in new
            if strength and (derived := _renewal(sentence, start, text, slot, speaker, tables)) is not None
        ]
        for derived in _undisputed(read):
            assert derived.slot is not None
            found.setdefault(derived.slot.attribute, derived)
    return tuple(found.values())


def _undisputed(read: Sequence[tuple[int, Derived]]) -> Iterator[Derived]:
    """Those whose value no other slot takes with as good a reason."""
    for strength, derived in read:
        rivals = [
            other
            for other, one in read
            if one is not derived and one.start < derived.end and derived.start < one.end
        ]
        if all(other < strength for other in rivals):
            yield derived


def _asserts_change(sentence: str, language: Language) -> bool:
    guards = language.guards
    return (
        guards["cue"].search(sentence) is not None
        and not any(guards[name].search(sentence) for name in ("unreal", "doubtful", "theirs"))
        and "?" not in sentence
    )


def _renewal(
    sentence: str, start: int, text: str, slot: Slot, speaker: str, language: Language
) -> Derived | None:
    shape = language.shapes.of(slot.attribute)
    if shape is None or shape.leads is None:
        return None
    values = [
        one
        for one in _values(sentence, shape, slot)
        if not _is_denied(sentence, one.start(), language)
        and not _is_others(sentence, one.start(), slot, language)
    ]
    over = _ends(sentence, slot, language)
    if not values and over:
        named = _named_values(sentence, shape, slot)
        values = [one for one in named if not _is_others(sentence, one.start(), slot, language)]
    kinds = {match[0].casefold() for match in values}
    if len(kinds) == 1:
        return _derived(text, start, sentence, values[0].span(), slot, shape, speaker, rule=RENEWED)
    if not over:
        return None
    return Derived(
        content=f"{speaker} no longer: {slot.value}",
        kind=Kind.FACT,
        slot=Slot(slot.subject, UNNAMED, slot.value),
        polarity=False,
        rule=ENDED,
        confidence=CONFIDENCE,
        start=start,
        end=start + len(sentence.rstrip()),
        replaces=slot.value,
        ending=True,
        event=True,
        sentence=start,
        clause_start=start,
        clause_end=start + len(sentence),
    )


def _derived(
    text: str,
    start: int,
    sentence: str,
    span: tuple[int, int],
    slot: Slot,
    shape: Shape,
    speaker: str,
    *,
    rule: str,
) -> Derived:
    begin, end = span
    words = text[start + begin : start + end]
    said = shape.statement(slot.attribute, words, speaker)
    return Derived(
        content=said[:1].upper() + said[1:],
        kind=Kind.PREFERENCE if slot.attribute.startswith("favourite") else Kind.FACT,
        slot=Slot(slot.subject, slot.attribute, words),
        polarity=True,
        rule=rule,
        confidence=CONFIDENCE,
        start=start + begin,
        end=start + end,
        event=rule == RENEWED,
        sentence=start,
        clause_start=start,
        clause_end=start + len(sentence),
    )


def _ends(sentence: str, slot: Slot, language: Language) -> bool:
    """Whether a sentence that names a value says that it is over, just before or after naming it."""
    held = _words(slot.value)
    longest = max(held, key=len, default="")
    place = sentence.casefold().find(longest)
    if len(longest) < 3 or place < 0 or not held <= _words(sentence):
        return False
    near = sentence[max(place - ENDS_WITHIN_CHARS, 0) : place + len(longest) + ENDS_WITHIN_CHARS]
    return language.guards["over"].search(near) is not None


def told(text: str, *, speaker: str, language: str = DEFAULT_LANGUAGE) -> tuple[Derived, ...]:
    """First values of slots, told in other words than the rules have: a word for it, then its value.

    >>> [one.content for one in told("Work is mad at Globex lately.", speaker="Ana")]
    []
    """
    tables = load_language(language, lower=in_small_letters(text))
    guards = tables.guards
    plain = plainly(text[:TEXT_CHARS_MAX])
    words = words_of(plain)
    if (
        not holds(guards["mine"], plain, words)
        or holds(guards["given_text"], plain, words)
        or not is_serious(plain, words, tables)
    ):
        return ()
    plain = own_words(plain, words, tables)
    found: dict[str, Derived] = {}
    for start, sentence in sentences(plain):
        if len(sentence) > SENTENCE_CHARS_MAX or not _asserts(sentence, tables):
            continue
        for shape in tables.shapes.by_attribute.values():
            span = _told_value(sentence, shape)
            if span is not None and shape.attribute not in found:
                slot = Slot(speaker.casefold(), shape.attribute, "")
                found[shape.attribute] = _derived(
                    text, start, sentence, span, slot, shape, speaker, rule=TOLD
                )
    return tuple(found.values())


def _told_value(sentence: str, shape: Shape) -> tuple[int, int] | None:
    if shape.leads is None or shape.tells is None:
        return None
    spans = set()
    for word in shape.tells.finditer(sentence):
        lead = shape.leads.search(sentence, word.end(), word.end() + TOLD_WITHIN_CHARS)
        if lead is None or _BREAK.search(sentence, word.end(), lead.start()):
            continue
        begin = without_determiner(sentence, lead.end(), len(sentence))
        value = shape.value.match(sentence, begin)
        if value is not None:
            spans.add(value.span())
    return spans.pop() if len(spans) == 1 else None


def _asserts(sentence: str, language: Language) -> bool:
    guards = language.guards
    return (
        guards["mine"].search(sentence) is not None
        and not any(
            guards[name].search(sentence) for name in ("unreal", "doubtful", "theirs", "denied", "question")
        )
        and "?" not in sentence
    )


def _evidence(sentence: str, slot: Slot, language: Language, *, ours: bool) -> int:
    """How well a sentence names a slot: 0 not at all, 1 by a word for it, 2 by its value or whose it is."""
    shape = language.shapes.of(slot.attribute)
    if shape is None:
        return 0
    spoken = _words(sentence)
    held = {word for word in _words(slot.value) if len(word) > 2 and not word.isdigit()}
    owner = _words(slot.attribute.partition(QUALIFIED)[2])
    about = shape.about is not None and shape.about.search(sentence) is not None
    if shape.attribute != slot.attribute.partition(QUALIFIED)[0]:  # of a family: "favourite" and its noun
        about = about or set(slot.attribute.split()[1:]) <= spoken
    if owner:
        return 2 if owner & spoken and (about or held & spoken) else 0
    if not ours:
        return 0
    return 2 if held and held <= spoken else int(about)


def _values(sentence: str, shape: Shape, slot: Slot) -> Iterator[re.Match[str]]:
    assert shape.leads is not None
    held = _words(slot.value)
    taken = 0
    for lead in shape.leads.finditer(sentence):
        if lead.end() < taken:
            continue
        begin = without_determiner(sentence, lead.end(), len(sentence))
        value = shape.value.match(sentence, begin)
        if value is not None:
            taken = value.end()
            words = _words(value[0])
            if words and not words <= held and not held <= words:
                yield value


def _is_denied(sentence: str, place: int, language: Language) -> bool:
    """Whether what stands there is said not to hold, in its own part of the sentence."""
    return language.guards["negated"].search(_part_before(sentence, place)) is not None


def _is_others(sentence: str, place: int, slot: Slot, language: Language) -> bool:
    """Whether it is where somebody named went, or the old value did: "Mr Oduya moved to Leeds"."""
    part = _part_before(sentence, place)
    if language.guards["named_departs"].search(part) is not None:
        return True
    _, old, after = part.casefold().rpartition(f"{slot.value.casefold()} ")
    return bool(old) and language.guards["departs"].match(after) is not None


def _part_before(sentence: str, place: int) -> str:
    """What stands before a place in its own part of the sentence."""
    return _PART.split(sentence[:place])[-1]


def _named_values(sentence: str, shape: Shape, slot: Slot) -> Iterator[re.Match[str]]:
    """Names within the sentence that may be values, whatever leads to them."""
    held = _words(slot.value)
    taken = 1
    for name in _NAME.finditer(sentence, 1):
        value = shape.value.match(sentence, name.start()) if name.start() >= taken else None
        if value is not None and not _words(value[0]) & held:
            taken = value.end()
            yield value


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))
