"""What the agent vowed not to bring up, and where it did all the same; and where it owned a mistake."""

from __future__ import annotations

from collections.abc import Iterator

from remanence.mirror.claims import Claim
from remanence.mirror.explanations import Explanations
from remanence.mirror.language import lists, matcher, rule
from remanence.mirror.said import Record, sentence_spans
from remanence.mirror.terms import Term, terms_of
from remanence.model.mirror import Contradiction, Quote
from remanence.recall.analyser import words

VOW_TERMS_MAX = 2  # a longer one forbids a combination, which words alone don't show
CORRECTIONS_MAX = 50  # the latest


def broken_vows(record: Record, explanations: Explanations) -> Iterator[Contradiction]:
    """Each vow with the first sentence that speaks of its matter without denying it."""
    for number, start, end, target in _vows(record):
        vow = Claim(number, start, end, "statement", -1, target, frozenset())
        breach = next(_mentions(record, vow), None)
        if breach is not None:
            yield Contradiction(
                "vow",
                record.mine[number].quote(start, end),
                record.mine[breach.number].quote(breach.start, breach.end),
                explanations.between(vow, breach),
            )


def corrections(record: Record) -> list[Quote]:
    """The sentences in which the agent owned that it had been wrong, in order of time."""
    owns = matcher("explaining", "owns")
    found = [
        said.quote(start, end)
        for said, before in zip(record.mine, record.before, strict=True)
        if before is not None and owns.search(said.text)
        for start, end in sentence_spans(said.text)
        if owns.search(said.text, start, end)
    ]
    return found[-CORRECTIONS_MAX:]


def _vows(record: Record) -> Iterator[tuple[int, int, int, frozenset[Term]]]:
    frame = _frame_terms()
    for number, said in enumerate(record.mine):
        if not matcher("explaining", "vows").search(said.text):
            continue
        for start, end in sentence_spans(said.text):
            match = matcher("explaining", "vows").search(said.text, start, end)
            if match is None or said.text[start:end].rstrip().endswith("?"):
                continue
            target = terms_of(words(match.group())) - frame
            if target and len(target) <= VOW_TERMS_MAX:
                yield number, start, end, target


def _mentions(record: Record, vow: Claim) -> Iterator[Claim]:
    for number in range(vow.number + 1, len(record.mine)):
        said = record.mine[number]
        if not vow.target <= terms_of(record.my_words[number]):
            continue
        for start, end in sentence_spans(said.text):
            sentence = said.text[start:end]
            terms = terms_of(words(sentence))
            if (
                vow.target <= terms
                and not sentence.rstrip().endswith("?")
                and not rule("avoiding").search(sentence)
            ):
                yield Claim(number, start, end, "statement", 1, vow.target, terms - vow.target)


def _frame_terms() -> frozenset[Term]:
    """The words of the vows themselves."""
    return terms_of(
        word for entry in lists().words("explaining", "vows") for word in words(entry.replace("…", " "))
    )
