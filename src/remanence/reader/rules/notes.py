"""What is said in notes rather than sentences: "Vegetarian since 2019", "Dinner with Jo on Friday".

A note lacks its subject or its verb. Where its form tells which, the sentence is completed and read as any
other; where nobody reads it even so, the form says of which kind it is. Asked by `statements` for sentences
of which nothing was read.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files

from remanence.model.kind import Kind
from remanence.reader.rules.derived import Derived
from remanence.reader.rules.first_look import FirstLook
from remanence.reader.rules.grammar import Grammar, load_grammar
from remanence.reader.rules.idioms import as_told
from remanence.reader.rules.language import DEFAULT_LANGUAGE, Language, Late, compiled, word_table
from remanence.reader.rules.modality import OwnText
from remanence.reader.rules.needed import holds

NOTE_CHARS_MAX = 160  # what is longer is no note
PIECES_MAX = 24  # of a text that are looked at
CONFIDENCE = 0.7
_PIECES = re.compile(r"[^;|•\n]+")
_SPACES = re.compile(r"\s+")

Read = Callable[[str], Sequence[Derived]]


@dataclass(frozen=True, slots=True)
class Note:
    """A form of note: what it lacks, and of which kind it is."""

    name: str
    kind: Kind
    tags: tuple[str, ...]
    lead: str  # what completes it to a sentence of its speaker's
    whole: bool  # it is a whole sentence, which may be about "I" or "it"
    needs: str | None  # a pattern of the grammar that it must hold
    form: Late
    examples: tuple[tuple[str, str], ...]
    counterexamples: tuple[str, ...]

    @property
    def pattern(self) -> re.Pattern[str]:
        """What it matches."""
        return self.form.pattern


@dataclass(frozen=True, slots=True)
class Notes:
    """All forms."""

    every: tuple[Note, ...]
    look: FirstLook[Note]  # at those of them that may match at a place
    opener: re.Pattern[str]
    unfit: re.Pattern[str]
    foreign: re.Pattern[str]  # what makes even a whole sentence unfit


@lru_cache(maxsize=8)
def load_notes(code: str = DEFAULT_LANGUAGE) -> Notes:
    """The forms of that language; raises whatever a malformed table raises: tables are program."""
    folder = files(__package__).joinpath(code).joinpath("grammar")
    general = tomllib.loads(folder.joinpath("words.toml").read_text(encoding="utf-8"))
    raw = tomllib.loads(folder.joinpath("notes.toml").read_text(encoding="utf-8"))
    words = {**word_table(code), **general["words"]}
    words["jobs"] = words["occupation"]
    words |= raw["words"]
    every = tuple(
        Note(
            name=one["name"],
            kind=Kind.parse(one["kind"]),
            tags=tuple(one.get("tags", ())),
            lead=one.get("lead", ""),
            whole=bool(one.get("whole")),
            needs=one.get("needs"),
            form=Late(one["pattern"].replace("'", "'?"), words),
            examples=tuple((said, says) for said, says in one["examples"]),
            counterexamples=tuple(one["not"]),
        )
        for one in raw["note"]
    )
    return Notes(
        every=every,
        look=FirstLook([(note.form.text, note) for note in every], words),
        opener=compiled(raw["patterns"]["opener"], words),
        unfit=compiled(raw["patterns"]["unfit"], words),
        foreign=compiled(raw["patterns"]["foreign"], words),
    )


def notes_in(
    spoken: OwnText, speaker: str, language: Language, read: Read, taken: Sequence[Derived]
) -> Iterator[Derived]:
    """What the text's notes say, but for those of which something is `taken` already."""
    notes = load_notes(language.code)
    for looked, (start, piece) in enumerate(_pieces(spoken)):
        if looked == PIECES_MAX:
            return
        end = start + len(piece)
        if any(one.start < end and start < one.end for one in taken):
            continue
        opener = notes.opener.match(piece)
        begin = opener.end() if opener is not None else 0
        forms = notes.look.at(piece, begin, words=spoken.words)
        if not forms or notes.foreign.search(piece):
            continue
        if holds(language.guards["unreal"], piece, spoken.words):
            continue
        yield from _read(notes, forms.values(), spoken.text, start, piece, begin, speaker, language, read)


def _pieces(spoken: OwnText) -> Iterator[tuple[int, str]]:
    for start, sentence in spoken.sentences:
        if "?" in sentence or "\ue000" in sentence:
            continue
        for found in _PIECES.finditer(sentence):
            words = found[0].strip()
            if 2 < len(words) <= NOTE_CHARS_MAX:
                yield start + found.start() + len(found[0]) - len(found[0].lstrip()), words.rstrip(" .!…")


def _read(
    notes: Notes,
    forms: Iterable[Note],
    text: str,
    start: int,
    piece: str,
    begin: int,
    speaker: str,
    language: Language,
    read: Read,
) -> Iterator[Derived]:
    grammar = load_grammar(language.code)
    unfit = notes.unfit.search(piece) is not None
    for note in forms:
        if unfit and not note.whole:
            continue
        match = note.pattern.match(piece, begin)
        if match is None or not _fits(note, piece, grammar):
            continue
        said = match.span("what") if "what" in note.pattern.groupindex else (begin, len(piece))
        words = text[start + said[0] : start + said[1]].strip()
        whole = f"{note.lead}{_small(words) if note.lead else words}"
        meant = [
            one for one in (read(whole) if note.lead else ()) if one.kind is note.kind and not one.ending
        ]
        end = start + said[1]
        if meant:
            for one in meant:
                yield _placed(one, start + said[0], end, note)
        else:
            yield _told(note, whole, start + said[0], end, speaker, grammar)
        return


def _fits(note: Note, piece: str, grammar: Grammar) -> bool:
    if note.kind is not Kind.GOAL and grammar.patterns["tentative"].search(piece):
        return False
    return note.needs is None or grammar.patterns[note.needs].search(piece) is not None


def _placed(one: Derived, start: int, end: int, note: Note) -> Derived:
    # Without its slot: too little is said to end what is believed.
    return replace(
        one,
        slot=None,
        start=start,
        end=end,
        sentence=start,
        clause_start=start,
        clause_end=end,
        tags=tuple(dict.fromkeys((*one.tags, *note.tags))),
    )


def _told(note: Note, words: str, start: int, end: int, speaker: str, grammar: Grammar) -> Derived:
    content = as_told(words, speaker, grammar)
    return Derived(
        content=_SPACES.sub(" ", content[:1].upper() + content[1:]).strip(),
        kind=note.kind,
        slot=None,
        polarity=True,
        rule=note.name,
        confidence=CONFIDENCE,
        start=start,
        end=end,
        sentence=start,
        clause_start=start,
        clause_end=end,
        tags=note.tags,
    )


def _small(words: str) -> str:
    first = words.split(" ", 1)[0]
    return words if first.isupper() or not first[1:].islower() else words[:1].lower() + words[1:]
