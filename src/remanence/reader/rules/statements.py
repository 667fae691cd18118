"""From an utterance to the statements that its speaker makes of themselves.

Precision first: what is asked, quoted, supposed or reported gives nothing, and so does whatever points to
something said elsewhere. Asked by the cube's `observe`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from remanence.model.item import Slot
from remanence.model.kind import Kind
from remanence.reader.rules.actions import actions
from remanence.reader.rules.answers import answer_of, as_answered
from remanence.reader.rules.broad import broadly
from remanence.reader.rules.clauses import Clause, asserted_clauses
from remanence.reader.rules.committing import committed, committed_in_another_language
from remanence.reader.rules.derived import ANY_VALUE, CORRECTION, UNNAMED, Derived
from remanence.reader.rules.grammar import load_grammar
from remanence.reader.rules.idioms import idioms_in
from remanence.reader.rules.instructions import instructed
from remanence.reader.rules.language import DEFAULT_LANGUAGE, Language, Rule, load_language
from remanence.reader.rules.likely import weighed
from remanence.reader.rules.modality import OwnText, own_text
from remanence.reader.rules.needed import words_of
from remanence.reader.rules.notes import notes_in
from remanence.reader.rules.parse import Subject
from remanence.reader.rules.phrases import fitting_groups, in_small_letters
from remanence.reader.rules.procedures import procedures
from remanence.reader.rules.put_right import Own, put_right
from remanence.reader.rules.sentences import Earlier
from remanence.reader.rules.shapes import QUALIFIED, Shape
from remanence.reader.rules.takes_back import taking_back
from remanence.reader.rules.topics import Topic, answer_to, topic_of, topic_of_clause, topic_of_turn
from remanence.reader.rules.wishes import wished

NAME = "name"  # the attribute of what somebody is called
READ_ROLES = frozenset({"user", "assistant"})  # tools and prompts speak of nobody

_IN_ITS_PLACE = "{speaker} now has {value}"  # until the slot is found by its older value
_BY_HEAD = "{shape}"  # the attribute that the words name themselves
STARTS_MAX = 3  # places within a clause where a statement is looked for, beside its beginning
_OWN, _OWN_FAMILY = "own {open}", "own "  # whatever else is "my ..."
_INTENDED = (Kind.GOAL, Kind.DECISION)
_FIRST_WORD = re.compile(r"\w+")
_HEADS = ("thing", "thing2", "affair", "affair2")  # groups that name what a value is of
# Speakers who bear no name of their own.
_UNNAMED = {"user": "the user", "assistant": "the assistant", "system": "the system"}


@dataclass(frozen=True, slots=True)
class _Reading:
    """What reading a clause takes: the whole text with its words, whose it is, what was last spoken of."""

    text: str
    words: frozenset[str]
    subject: str
    language: Language
    topic: Topic | None


def heard(text: str, *, language: str = DEFAULT_LANGUAGE) -> OwnText:
    """A text taken apart, for whatever asks more than one thing of it."""
    return own_text(text, load_language(language, lower=in_small_letters(text)))


def derive(
    text: str | OwnText,
    *,
    speaker: str,
    role: str = "user",
    before: str | None = None,
    own_before: str | None = None,
    language: str = DEFAULT_LANGUAGE,
) -> tuple[Derived, ...]:
    """The statements that follow from what `speaker` says (or was `heard` to say), in the order of its words.

    `speaker` is a name, or the role where there is none ("user" is called "the user"). `before` is the turn
    of somebody else that this one answers: "No, it's Porto" says something after "You live in Lisbon,
    right?". `own_before` is the speaker's own last turn, which this one may put right. Other people's
    statements, other roles than READ_ROLES and text in another language give
    nothing. Raises nothing for any text.

    >>> [one.content for one in derive("I moved to Lisbon. Do I like it?", speaker="Ana")]
    ['Ana lives in Lisbon']
    """
    if role not in READ_ROLES:
        return ()
    spoken = text if isinstance(text, OwnText) else heard(text, language=language)
    tables = load_language(language, lower=in_small_letters(spoken.text))
    subject = called(speaker)
    earlier = None if before is None else Earlier(before)
    read = read_by_rules(spoken, subject, tables, role=role, before=earlier)
    read = weighed(spoken, subject, tables, read, role=role, before=earlier)
    if role == "user":
        read = wished(spoken, read, subject, tables)
        own = None if own_before is None else Own(own_before, _read_anew(subject, tables))
        read = put_right(read, spoken, subject, tables, before=earlier, own=own)
    read = committed(spoken, read, subject, tables)
    read += committed_in_another_language(spoken, subject)
    return tuple(sorted(read, key=lambda derived: (derived.start, derived.end)))


def _tells_a_deed(one: Derived, subject: str, deeds: Sequence[Derived]) -> bool:
    """Whether a statement says no more than that its speaker did what is known as a deed."""
    told = one.kind is Kind.EVENT and one.content.startswith(f"{subject} ")
    return told and any(deed.start <= one.start < deed.end for deed in deeds)


def read_by_rules(
    spoken: OwnText, subject: str, tables: Language, *, role: str, before: Earlier | None
) -> list[Derived]:
    """What rules read in a text of `subject`, before its sentences are weighed."""
    read = _stated(spoken, subject, tables, before=before)
    if role != "user":
        deeds = actions(spoken, subject, tables)
        return [one for one in read if not _tells_a_deed(one, subject, deeds)] + deeds
    anew = _read_anew(subject, tables)
    read += notes_in(spoken, subject, tables, anew, read)
    read += procedures(spoken, tables, before=before)
    read = taking_back(spoken, read, subject, tables, before=before, read=anew)
    return instructed(spoken, read, subject, tables, read=anew)


def _read_anew(subject: str, tables: Language) -> Callable[[str], list[Derived]]:
    """How a part of a text is read by itself."""
    return lambda part: _stated(own_text(part, tables), subject, tables, before=None)


def _stated(spoken: OwnText, subject: str, tables: Language, *, before: Earlier | None) -> list[Derived]:
    """What the rules read in the text."""
    text = spoken.text
    found: dict[str, Derived] = {}
    takes_up = before is not None and tables.guards["takes_up"].match(text) is not None
    topic = asked = topic_of_turn(before, tables) if before is not None and takes_up else None
    last: Subject | None = None
    grammar = load_grammar(tables.code)
    somebody = [grammar.patterns[name] for name in ("mention", "named")]

    def by_rules(clause: Clause, said: str, who: str) -> list[Derived]:
        return _most_exact(_read(clause, _Reading(said, words_of(said), who, tables, None)))

    for clause in asserted_clauses(spoken, tables, or_with=somebody):
        exact = _most_exact(_read(clause, _Reading(text, spoken.words, subject, tables, topic)))
        more, last = broadly(clause, text, subject, tables, exact, last, by_rules)
        for derived in [*exact, *more]:
            found.setdefault(derived.content, derived)
        named = (new for one in reversed(exact) if (new := topic_of(one, tables)) is not None)
        topic = next(named, None) or topic_of_clause(clause.text, spoken.words, tables) or topic
    for derived in idioms_in(spoken, subject, tables, grammar):
        if all(
            one.end <= derived.start or derived.end <= one.start or one.kind != derived.kind
            for one in found.values()
        ):
            found.setdefault(derived.content, derived)
    if asked is not None and asked.value is not None and not asked.expects:
        found = {content: _against(derived, asked) for content, derived in found.items()}
    if not found and asked is not None:
        answer = answer_to(asked, text, subject, tables)
        found = {} if answer is None else {answer.content: answer}
    if not found and before is not None and takes_up:
        return list(_answering(before, spoken, subject, tables.code))
    return list(found.values())


def _against(derived: Derived, said: Topic) -> Derived:
    """A statement, with the tag CORRECTION where somebody else has just said another value of its slot."""
    slot = derived.slot
    if slot is None or not derived.polarity or slot.attribute != said.attribute or said.value is None:
        return derived
    same = slot.value.casefold() in said.value.casefold()
    return derived if same else replace(derived, tags=(*derived.tags, CORRECTION))


def _answering(before: Earlier, spoken: OwnText, subject: str, language: str) -> Iterator[Derived]:
    """What a reply says of what was asked, read as if it had been said in full."""
    grammar = load_grammar(language)
    answer = answer_of(before, spoken, grammar)
    if answer is None:
        return
    tables = load_language(language, lower=in_small_letters(answer.statement))
    whole = own_text(answer.statement, tables)

    anew = _read_anew(subject, tables)
    read = anew(answer.statement) or list(notes_in(whole, subject, tables, anew, ()))
    if answer.kind in _INTENDED:  # what is asked for is no fact, whatever the words are
        read = [one for one in read if one.kind is answer.kind]
    for one in read or as_answered(answer, subject, grammar):
        if one.slot is None or one.slot.attribute != UNNAMED:
            yield replace(
                one,
                start=answer.start,
                end=answer.end,
                sentence=answer.start,
                clause_start=answer.start,
                clause_end=answer.end,
            )


def _most_exact(read: Iterable[Derived]) -> list[Derived]:
    """Of one clause: without what leaves its slot to be found, where another names one."""
    every = list(read)
    named = {one.replaces for one in every if one.slot is not None and one.slot.attribute != UNNAMED}
    return [
        one for one in every if one.slot is None or one.slot.attribute != UNNAMED or one.replaces not in named
    ]


def called(speaker: str) -> str:
    """What statements call a speaker: the name, or "the user" where there is none."""
    return _UNNAMED.get(speaker, speaker)


def is_single_valued(attribute: str, *, language: str = DEFAULT_LANGUAGE) -> bool:
    """Whether a subject has one value of it at a time, so that a new one ends the old."""
    return load_language(language).is_single_valued(attribute)


def said_of(slot: Slot, speaker: str, *, language: str = DEFAULT_LANGUAGE) -> str | None:
    """The statement that a slot which holds one value at a time has this one.

    None for another slot, and for a value that does not look like one of it.

    >>> said_of(Slot("ana", "home", "Porto"), "Ana")
    'Ana lives in Porto'
    """
    shape = load_language(language).shapes.of(slot.attribute)
    if shape is None or shape.value.match(slot.value) is None:
        return None
    return _sentence(shape.says, {"value": slot.value}, called(speaker), slot.attribute)


def _read(clause: Clause, reading: _Reading) -> Iterator[Derived]:
    language = reading.language
    begin = language.opener.end(clause.text)
    pair = language.guards["pair"].match(clause.text)
    attributes: set[str | None] = set()
    yield from _read_at(begin, None if pair is None else pair.end() + 1, clause, reading, attributes)
    for within in islice(language.guards["within"].finditer(clause.text, begin + 1), STARTS_MAX):
        if language.guards["blocked"].search(clause.text, 0, within.start()):
            return
        yield from _read_at(within.start(), None, clause, reading, attributes)


def _read_at(
    begin: int, paired: int | None, clause: Clause, reading: _Reading, attributes: set[str | None]
) -> Iterator[Derived]:
    """What the rules read that begin at this place, or after "my wife and"."""
    first = _FIRST_WORD.match(clause.text, begin)
    word = "" if first is None else first[0].lower()
    for rule in _worth_a_look(reading, clause.text, begin, paired):
        if rule.starts is not None and word not in rule.starts:
            continue
        if (rule.follows_denial and not clause.denies) or (
            rule.topical and not _is_about(reading.topic, clause, rule)
        ):
            continue
        match = rule.pattern.match(clause.text, begin)
        if match is None and (rule.topical or paired is not None):
            match = rule.pattern.match(clause.text, paired or 0)  # of "now it's" the opener is a part
        if match is None:
            continue
        derived = _derived(rule, match, clause, reading)
        if derived is None or (attributes and derived.slot is not None and derived.slot.attribute == UNNAMED):
            continue
        attribute = derived.slot.attribute if derived.slot is not None else None
        if attribute not in attributes:  # the first rule that reads an attribute is the most exact one
            attributes.add(attribute)
            yield derived


def _worth_a_look(reading: _Reading, text: str, begin: int, paired: int | None) -> Iterator[Rule]:
    """The rules of which one may match at one of the places, in order; what goes on a topic may anywhere."""
    language = reading.language
    found = language.look.at(text, begin, words=reading.words)
    if reading.topic is not None or paired is not None:
        paired_too = {} if paired is None else language.look.at(text, paired, words=reading.words)
        found = {**found, **paired_too, **({} if reading.topic is None else language.topical)}
    yield from (found[number] for number in sorted(found))


def _is_about(topic: Topic | None, clause: Clause, rule: Rule) -> bool:
    """Whether "it" may be what was last spoken of; what somebody else said of us, only if we deny it."""
    if topic is None:
        return False
    if topic.foreign and not topic.expects:
        return clause.denies or clause.hesitates
    return topic.expects or not rule.expected


def _derived(rule: Rule, match: re.Match[str], clause: Clause, reading: _Reading) -> Derived | None:
    language = reading.language
    if rule.full_not is not None and rule.full_not.pattern.search(match[0]):
        return None
    shared = not language.guards["self"].match(match[0]) and language.guards["shared"].match(match[0])
    if shared and not clause.follows_self and not language.guards["finite"].match(match[0]):
        return None
    shape = _shape_of(rule, match, reading)
    leads_on = rule.topical and reading.topic is not None and reading.topic.attribute == UNNAMED
    if shape is None and not leads_on and (rule.topical or rule.attribute == _BY_HEAD):
        return None
    found = fitting_groups(rule, match, clause, reading.text, language, shape)
    if found is None:
        return None
    groups, end = found
    end = match.start() + len(clause.text[match.start() : end].rstrip())
    if language.guards["unsure"].search(clause.text, match.start(), end):
        return None
    value = rule.value.format_map(groups)
    if rule.value_not is not None and rule.value_not.pattern.search(value):
        return None
    slot = _slot(rule, groups, value, shape, reading)
    attribute = slot.attribute if slot is not None else ""
    if attribute == NAME and value.casefold() in reading.subject.casefold().split():
        return None  # "Marta's name is Marta" says nothing, and is found for every question about Marta
    by_shape = _IN_ITS_PLACE if shape is None else shape.says
    says = by_shape if rule.says == _BY_HEAD else rule.says
    return Derived(
        content=_sentence(says, groups, reading.subject, attribute),
        kind=rule.kind,
        slot=slot,
        polarity=rule.polarity,
        rule=rule.name,
        confidence=rule.confidence,
        start=clause.start + match.start(),
        end=clause.start + end,
        is_correction=_corrects(rule, clause, slot, language),
        was=None if rule.was is None else _sentence(rule.was, groups, reading.subject, attribute),
        replaces=_replaced(rule, groups, slot, reading.topic),
        ending=rule.ending or (slot is not None and slot.attribute == UNNAMED),
        event=rule.event,
        sentence=clause.sentence,
        clause_start=clause.start,
        clause_end=clause.start + len(clause.text),
    )


def _shape_of(rule: Rule, match: re.Match[str], reading: _Reading) -> Shape | None:
    """Of the value, where the words name what it is a value of."""
    shapes = reading.language.shapes
    if rule.attribute == _OWN:
        return shapes.families.get(_OWN_FAMILY)
    if rule.topical:
        return None if reading.topic is None else shapes.of(reading.topic.attribute)
    groups = match.groupdict()
    head = next((groups[name] for name in _HEADS if groups.get(name)), None)
    return shapes.named(head) if head is not None and rule.attribute == _BY_HEAD else None


def _slot(
    rule: Rule, groups: Mapping[str, str], value: str, shape: Shape | None, reading: _Reading
) -> Slot | None:
    if rule.attribute is None:
        return None
    subject = reading.subject.casefold()
    if rule.topical and reading.topic is not None:
        return Slot(subject, reading.topic.attribute, value)
    named = {**groups, "shape": _named(shape, groups) if shape is not None else ""}
    attribute = rule.attribute.format_map(named).casefold().replace("favorite", "favourite")
    if rule.attribute in ("{relation}", "{role}"):
        called = reading.language.shapes.named(attribute.removeprefix("new "))
        attribute = attribute if called is None else called.attribute
    return Slot(subject, " ".join(attribute.split()), value)


def _named(shape: Shape, groups: Mapping[str, str]) -> str:
    """The attribute, with whose it is: "deadline of grant report", "meeting time of anna meeting"."""
    owner = groups.get("topic", "").casefold()
    if shape.by_head:
        owner = f"{owner} {groups.get('affair', '')}".strip().casefold()
    return shape.attribute + (QUALIFIED + owner if owner else "")


def _sentence(says: str, groups: Mapping[str, str], subject: str, attribute: str) -> str:
    noun = attribute.partition(" ")[2]  # of a family: what is "own"
    said = says.format_map({"attribute": attribute, "noun": noun, **groups, "speaker": subject})
    return said[:1].upper() + said[1:]


def _corrects(rule: Rule, clause: Clause, slot: Slot | None, language: Language) -> bool:
    """Whether what was believed was never right, rather than right until now."""
    if rule.correction or slot is None:
        return rule.correction
    changed = rule.event or language.guards["change"].search(clause.text) is not None
    single = slot.attribute == UNNAMED or language.is_single_valued(slot.attribute)
    return not (changed and single) and (clause.denies or (clause.hesitates and single))


def _replaced(rule: Rule, groups: Mapping[str, str], slot: Slot | None, topic: Topic | None) -> str | None:
    if rule.attribute is None or slot is None or slot.value == ANY_VALUE:
        return None
    if rule.topical and slot.attribute == UNNAMED and topic is not None:
        return topic.value
    return groups.get("from") or (slot.value if slot.attribute == UNNAMED and not rule.polarity else None)
