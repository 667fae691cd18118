"""What the agent repeatedly weighs, recommends, advises against and refuses."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from remanence.mirror.claims import Claim
from remanence.mirror.language import DEFAULT_LANGUAGE, lists, matcher
from remanence.mirror.said import Record, sentence_spans, spread, written_words
from remanence.mirror.terms import Term, terms_of
from remanence.model.mirror import Inclination, InclinationSort, Quote
from remanence.recall.analyser import words

TIMES_MIN = 3  # utterances, on as many days as DAYS_MIN
DAYS_MIN = 2
INCLINATIONS_MAX = 40
REFUSED_WORDS = 3  # telling words that name what is refused


def inclinations(record: Record, claims: Sequence[Claim]) -> list[Inclination]:
    """What the agent keeps coming back to, the most frequent first."""
    found = [*_weighed(record), *_advised(record, claims), *_refused(record)]
    return sorted(found, key=lambda one: (-one.count, one.sort, one.what))[:INCLINATIONS_MAX]


def _weighed(record: Record) -> list[Inclination]:
    shown: dict[str, str] = {}
    for line in lists(record.language or DEFAULT_LANGUAGE).words("values", "weighs"):
        name, _, listed = line.partition(":")
        shown.update(dict.fromkeys(listed.split(), name))
    spoken: dict[str, list[Quote]] = defaultdict(list)
    for said, of_it in zip(record.mine, record.my_words, strict=True):
        for name in {shown[word] for word in of_it if word in shown}:
            spoken[name].append(said.quote())
    theirs = Counter(
        name for of_it in record.others_words for name in {shown[w] for w in of_it if w in shown}
    )
    mine, others = max(1, len(record.mine)), max(1, len(record.others))
    return _repeated(
        "weighs",
        ((name, said) for name, said in spoken.items() if len(said) / mine > theirs[name] / others),
    )


def _advised(record: Record, claims: Iterable[Claim]) -> list[Inclination]:
    sides: dict[int, dict[frozenset[Term], dict[int, Claim]]] = {1: defaultdict(dict), -1: defaultdict(dict)}
    for claim in claims:
        if claim.sort == "advice":
            sides[claim.sign][claim.target].setdefault(claim.number, claim)

    def told(side: Mapping[frozenset[Term], Mapping[int, Claim]]) -> Iterator[tuple[str, list[Quote]]]:
        for said in side.values():
            named = Counter(_words_of(record, claim) for claim in said.values()).most_common(1)[0][0]
            yield named, [record.mine[one.number].quote(one.start, one.end) for one in said.values()]

    return [*_repeated("recommends", told(sides[1])), *_repeated("advises against", told(sides[-1]))]


def _words_of(record: Record, claim: Claim) -> str:
    """The claim's target as it was written."""
    spoken = words(record.mine[claim.number].text[claim.start : claim.end])
    at = [place for place, word in enumerate(spoken) if terms_of([word]) & claim.target]
    return " ".join(spoken[at[0] : at[-1] + 1][: len(at) + 3])


def _refused(record: Record) -> list[Inclination]:
    spoken: dict[str, list[Quote]] = defaultdict(list)
    for said, told in zip(record.mine, record.my_languages, strict=True):
        language = told or DEFAULT_LANGUAGE
        refuses = matcher("values", "refuses", language)
        for start, end in sentence_spans(said.text) if refuses.search(said.text) else ():
            match = refuses.search(said.text, start, end)
            rest = [] if match is None else written_words(said.text[match.end() : end])
            telling = [word for word in rest if terms_of(words(word), language)][:REFUSED_WORDS]
            if telling:
                spoken[" ".join(telling)].append(said.quote(start, end))
    return _repeated("refuses", spoken.items())


def _repeated(sort: InclinationSort, found: Iterable[tuple[str, Sequence[Quote]]]) -> list[Inclination]:
    return [
        Inclination(sort, what, len(said), said[0], said[-1], tuple(one.item_id for one in spread(said)))
        for what, said in found
        if len(said) >= TIMES_MIN and len({one.said_at.date() for one in said}) >= DAYS_MIN
    ]
