"""What recall needs to know of a question: its terms, whom and which time it asks about.

Read from the text alone; names, the asker and time spans come from who knows them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field

from remanence.recall.analyser import term_id, term_ids, word_lists, words
from remanence.recall.columns import Floats
from remanence.recall.cues import others_named, speaks_of_speaker

TERMS_MAX = 52  # of one question, each a bit of what a row holds; of a longer one the first count
NAME_LENGTH_MIN = 2
SPAN_MIN_MICROS = 20 * 3_600_000_000  # what is finer than a day ("at 7 am") tells no conversation apart
_QUOTED = re.compile(r"\"([^\"]{2,200})\"|“([^”]{2,200})”|«([^»]{2,200})»")
_WHEN = re.compile(
    r"\b(when|what (?:date|day|month|year|time)|which (?:date|day|month|year)|how long|how recently)\b", re.I
)
_HOW_MANY = re.compile(r"\bhow (?:many|much|often|old|far|long|tall|big|large)\b", re.I)
_WHO = re.compile(r"\bwho(?:m|se)?\b", re.I)
_PRESENT = re.compile(r"\b(?:is|are|am|do|does|has|have|currently|now|should|can)\b|['’](?:s|re)\b", re.I)
_PAST = re.compile(r"\b(?:did|was|were|had|ago|last|first|used to|before|initially|original(?:ly)?)\b", re.I)
_SINCE_WHEN = re.compile(r"\bwhen\b", re.I)
_INSIDE = re.compile(r"(?:(?<=[^\W_] )|(?<=[^\W_][,;:] ))[\"“«(]?([^\W\d_][\w'’-]*)")
_TOLD = re.compile(
    r"\byou (?:\w+ ){0,2}?(?:tell|told|say|said|mention(?:ed)?|recommend(?:ed)?|suggest(?:ed)?|advised?"
    r"|promised?|give|gave|provided?|list(?:ed)?|explain(?:ed)?|described?|proposed?|write|wrote|show(?:ed)?|answer(?:ed)?)\b"
    r"|\byour (?:answer|advice|reply|suggestion|recommendation|list|explanation|response)s?\b",
    re.I,
)
_PROMISED = re.compile(
    r"\b(?:promis(?:e[sd]?|ing)|commitments?|committed to|said (?:\w+ )?(?:\w+['’]d|would)"
    r"|versproch\w+|versprich\w*|zugesagt|promet\w+)\b",
    re.I,
)


_DESCRIBES = re.compile(  # the school of Ana's son, la escuela del hijo de Ana, die Schule vom Sohn
    r"\bof (?:the|an?|my|our|your|his|her|their|its)\b"
    r"|\b(?!(?:what|who|where|when|how|why|it|that|there|here|s?he|let)['’])(\w+)['’]s? (?=\w)"
    r"|\b(?:the|an?) (?:\w+ ){1,3}?(?:that|which|whose|where)\b"
    r"|\b(?:de|del|du|des|dell[ao]|da|von|vom)\b|\bd['’](?=\w)",
    re.I,
)
DESCRIBING_WORDS_MAX = 30  # in a longer text something is always of something


@dataclass(frozen=True, slots=True)
class Span:
    """A time asked for: [start, end) in microseconds since 1970-01-01 UTC."""

    start: int
    end: int


def _unembedded() -> None:
    return None


@dataclass(frozen=True, slots=True)
class Question:
    """A question as ranking takes it."""

    terms: tuple[int, ...]  # each once; stop words and the names of `named` left out
    named: frozenset[int] = frozenset()  # authors it names
    asker: int | None = None  # the author who says "I" in it, if it does and they speak in the cube
    told: bool = False  # it asks for what the agent said
    spans: tuple[Span, ...] = ()
    when: bool = False  # it asks for a time
    how_many: bool = False  # it asks for a number
    who: bool = False  # it asks for a person
    promised: bool = False  # it asks for what somebody promised
    slots: tuple[int, ...] = ()  # the slots that it may ask for the value of
    present: bool = False  # it asks how things stand, not how they stood or when they changed
    past: bool = False  # it asks how things stood before the time asked about
    own: bool = False  # it asks for what is the asker's own: "my"
    others: frozenset[int] = frozenset()  # its terms that name somebody by what they are to the asker
    quoted: tuple[int, ...] = ()  # terms of the phrases in quotation marks
    describes: bool = False  # it asks of what it only describes, by what that is to something else
    names: tuple[bool, ...] = ()  # for each of `terms`, whether it is capitalised inside a sentence
    made: Callable[[], Floats | None] = field(default=_unembedded, compare=False)  # waits for its vector

    @property
    def vector(self) -> Floats | None:
        """float32 [dims], of unit length; waited for where it is still in the making."""
        return self.made()


def read_question(
    text: str,
    *,
    authors: Mapping[str, int],
    asker: int | None = None,
    spans: Iterable[Span] = (),
    vector: Floats | Callable[[], Floats | None] | None = None,
    slots: Iterable[int] = (),
    then: bool = False,
) -> Question:
    """Read a question. `authors` maps each speaker's name to its number; `asker` is the number of
    who asks, None if they speak in no turn. `slots` are those whose value it may ask for. `vector` may be
    waited for, once it is asked for. `then`: it is asked of an earlier time, of which "was" means "is"."""
    found = words(text)
    named, name_words = named_authors(text, found, authors)
    names = {term_id(word) for word in name_words}
    terms = [term for term in dict.fromkeys(term_ids(found)) if term not in names]
    told = bool(_TOLD.search(text))
    speaks = not word_lists().first_person.isdisjoint(found)
    quoted = term_ids(word for groups in _QUOTED.findall(text) for part in groups for word in words(part))
    terms = terms[:TERMS_MAX]
    capitalised = _capitalised(text)
    past = bool(_PAST.search(text)) and not then
    return Question(
        terms=tuple(terms),
        made=vector if callable(vector) else lambda: vector,
        named=frozenset(named),
        asker=asker if speaks and not told else None,
        told=told,
        spans=tuple(span for span in spans if span.end - span.start >= SPAN_MIN_MICROS),
        when=bool(_WHEN.search(text)),
        how_many=bool(_HOW_MANY.search(text)),
        who=bool(_WHO.search(text)),
        slots=tuple(slots),
        promised=bool(_PROMISED.search(text)),
        present=then or bool(_PRESENT.search(text) and not past and not _SINCE_WHEN.search(text)),
        past=past,
        own=speaks_of_speaker(found),
        others=frozenset(map(term_id, others_named(found))),
        quoted=tuple(dict.fromkeys(quoted))[:TERMS_MAX],
        describes=len(found) <= DESCRIBING_WORDS_MAX and _describes(text, name_words),
        names=tuple(term in capitalised for term in terms),
    )


def _describes(text: str, speakers: Set[str]) -> bool:
    """Whether a text asks of what it only describes; what is a speaker's is found by who said it."""
    return any((one[1] or "").casefold() not in speakers for one in _DESCRIBES.finditer(text))


def named_authors(text: str, found: Sequence[str], authors: Mapping[str, int]) -> tuple[set[int], set[str]]:
    """The authors whom a text names by the whole name or a part of it, and the words that do so.

    A name that is also an everyday word ("Will", "May") counts only where it is capitalised.
    """
    present = {word.removesuffix("'s").removesuffix("'") for word in found}
    everyday = word_lists().stop | word_lists().time
    named: set[int] = set()
    name_words: set[str] = set()
    for name, number in authors.items():
        for word in words(name):
            if len(word) < NAME_LENGTH_MIN or word not in present:
                continue
            if word in everyday and word.capitalize() not in text:
                continue
            named.add(number)
            name_words |= {word, word + "'s"}
    return named, name_words


def _capitalised(text: str) -> set[int]:
    """The terms of the words that are capitalised inside a sentence: names, for the most part."""
    found = " ".join(word for word in _INSIDE.findall(text) if word[0].isupper())
    return set(term_ids(words(found)))
