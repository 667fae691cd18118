"""How well the rule reader tells what is worth keeping: bench/reader.py [PATH...] [--causes].

PATH is a file of labelled utterances, in JSON Lines or, where it ends in .txt, with marks (default
bench/reader/utterances.jsonl, written by hand for this bench and never seen by who writes the rules;
bench/reader/README.md has its form, the classes, and how a claim is matched). Each utterance is observed into
a fresh cube of its speaker's, without an embedder, after the turn that it answers.

Figures, by class: precision, recall and F1 (n: claims, labels, both); `gist`, the share of a matched label's
content words that the derived text holds; `split`, further claims within a label that was found already,
which count neither way. Groups `micro` and `macro` are over the six measured classes. Floor `first person`: a
plain pattern for each measured class, beside the product. Speed, on one core, in utterances a second: `rules`
reads and writes nothing, `rules and their items` is what `observe` takes longer with the reader on, `observe`
is all of it, without an embedder.

No text of the set is printed. `--causes` says on standard error how misses and false claims spread over
coarse shapes of text, so that rules can be judged blind; `--verbose`, for who keeps the set, prints texts.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean

from classifying import shares
from evidence import Report, read_records, say
from floors import tokens
from machine import machine_line
from marked import read_marked
from readings import (
    ACTION,
    COMMITMENT,
    CORRECTION,
    DECISION,
    EVENT,
    FACT,
    INSTRUCTION,
    PLAN,
    PREFERENCE,
    PROCEDURE,
    Claim,
    chat,
    claims_from,
    fresh_cube,
)

SHIPPED = Path(__file__).parent / "reader" / "utterances.jsonl"
MEASURED = (PREFERENCE, FACT, PLAN, DECISION, COMMITMENT, CORRECTION)
FURTHER = (EVENT, PROCEDURE, INSTRUCTION, ACTION)
CLASSES = (*MEASURED, *FURTHER)
INTENTIONS = frozenset({PLAN, COMMITMENT, DECISION})
CARRIERS = frozenset({CORRECTION, INSTRUCTION})  # what they carry may be told in another class besides
OTHER_ROLE = {"user": "assistant", "assistant": "user"}
SPEED_UTTERANCES = 10_000
BATCH = 2_000
FLOOR = {
    PREFERENCE: r"\bI (?:really |don't |do not )?(?:like|love|hate|prefer|enjoy|dislike)\b[^.!?]*",
    FACT: r"\b(?:I am|I'm|I have|I've got|I live|I work|[Mm]y \w+ (?:is|has|lives|works))\b[^.!?]*",
    PLAN: r"\b(?:I want to|I plan to|I'm going to|We're going to|I hope to)\b[^.!?]*",
    DECISION: r"\b(?:I|[Ww]e)(?:'ve| have)? (?:decided|chose|picked)\b[^.!?]*",
    COMMITMENT: r"\b(?:I'll|I will|I promise|[Ww]e'll)\b[^.!?]*",
    CORRECTION: r"\b(?:[Nn]o,|[Aa]ctually|I meant|[Ss]orry,|[Cc]orrection)[^.!?]*",
}


@dataclass(frozen=True, slots=True)
class Label:
    """What a careful reader would keep of an utterance, and the characters [start, end) that carry it."""

    name: str
    gist: str
    start: int
    end: int
    optional: bool


@dataclass(frozen=True, slots=True)
class Utterance:
    """What somebody said, after what, and what of it is worth keeping."""

    before: str | None
    speaker: str
    role: str
    said_at: str
    text: str
    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the claims of an utterance stand to its labels."""

    matched: tuple[tuple[Label, Claim], ...]
    missed: tuple[Label, ...]
    false: tuple[Claim, ...]
    split: tuple[Claim, ...]
    claims: tuple[Claim, ...]


@dataclass(slots=True)
class Tally:
    """The counts of one class."""

    right: int = 0
    missed: int = 0
    false: int = 0
    split: int = 0
    gist: list[float] = field(default_factory=list)


Reading = Callable[[Sequence[Utterance]], Iterable[Sequence[Claim]]]


def read_utterances(paths: Iterable[Path]) -> list[Utterance]:
    """The utterances of the files; raises ValueError for a label that doesn't fit its text."""
    return [
        _utterance(record)
        for path in paths
        for record in (read_marked(path) if path.suffix == ".txt" else read_records(path))
    ]


def _utterance(record: dict) -> Utterance:
    text = record["text"]
    labels = []
    for label in record["labels"]:
        start = text.find(label["quote"])
        if start < 0 or label["class"] not in CLASSES or not label["quote"]:
            raise ValueError(f"{record['id']}: {label} is of no known class, or its quote isn't in the text")
        end = start + len(label["quote"])
        labels.append(Label(label["class"], label["gist"], start, end, label.get("optional", False)))
    said = (record["before"], record["speaker"], record["role"], record["said_at"], text)
    return Utterance(*said, tuple(labels))


def ours(utterances: Sequence[Utterance]) -> Iterator[list[Claim]]:
    """What the rule reader claims of each utterance."""
    with tempfile.TemporaryDirectory() as folder:
        for number, one in enumerate(utterances):
            owner = one.speaker if one.role == "user" else None
            with fresh_cube(Path(folder), str(number), owner=owner) as cube:
                turns = [chat(one.text, role=one.role, name=one.speaker, timestamp=one.said_at)]
                if one.before is not None:
                    turns.insert(0, chat(one.before, role=OTHER_ROLE[one.role], timestamp=one.said_at))
                utterance = cube.observe(turns, session="talk").added[-1]
                yield claims_from(cube, [(utterance, one.text)]).get(utterance, [])


def floor(utterances: Sequence[Utterance]) -> Iterator[list[Claim]]:
    """What one plain pattern a class claims."""
    for one in utterances:
        yield [
            Claim(name, found[0], *found.span())
            for name, pattern in FLOOR.items()
            for found in re.finditer(pattern, one.text)
        ]


def judge(utterance: Utterance, claims: Sequence[Claim]) -> Verdict:
    """Match claims to labels of their class by overlap, the widest first, required labels before optional."""
    pairs = [
        (label.optional, -_overlap(label, claim), at, to)
        for at, label in enumerate(utterance.labels)
        for to, claim in enumerate(claims)
        if label.name == claim.name and _overlap(label, claim) > 0
    ]
    of_label: dict[int, int] = {}
    for _, _, at, to in sorted(pairs):
        if at not in of_label and to not in of_label.values():
            of_label[at] = to
    left = [claim for to, claim in enumerate(claims) if to not in of_label.values()]
    split = [claim for claim in left if any(_same(label, claim) for label in utterance.labels)]
    return Verdict(
        matched=tuple(
            (utterance.labels[at], claims[to])
            for at, to in of_label.items()
            if not utterance.labels[at].optional
        ),
        missed=tuple(
            label for at, label in enumerate(utterance.labels) if at not in of_label and not label.optional
        ),
        false=tuple(
            claim
            for claim in left
            if claim not in split and not any(tolerates(label, claim) for label in utterance.labels)
        ),
        split=tuple(split),
        claims=tuple(claims),
    )


def tolerates(label: Label, claim: Claim) -> bool:
    """Whether a claim of another class over a label counts neither way."""
    if _overlap(label, claim) <= 0:
        return False
    return {label.name, claim.name} <= INTENTIONS or label.name in CARRIERS


def _same(label: Label, claim: Claim) -> bool:
    return label.name == claim.name and _overlap(label, claim) > 0


def _overlap(label: Label, claim: Claim) -> int:
    return min(label.end, claim.end) - max(label.start, claim.start)


def counted(utterances: Sequence[Utterance], verdicts: Sequence[Verdict]) -> dict[str, Tally]:
    """The counts by class."""
    tallies = {name: Tally() for name in CLASSES}
    for verdict in verdicts:
        for label, claim in verdict.matched:
            tallies[label.name].right += 1
            words = set(tokens(label.gist))
            if words:
                tallies[label.name].gist.append(len(words & set(tokens(claim.content))) / len(words))
        for label in verdict.missed:
            tallies[label.name].missed += 1
        for claim in verdict.false:
            if claim.name in tallies:
                tallies[claim.name].false += 1
        for claim in verdict.split:
            tallies[claim.name].split += 1
    return tallies


def _shares(tally: Tally) -> dict[str, tuple[float, int]]:
    return shares(right=tally.right, missed=tally.missed, false=tally.false)


def report_quality(report: Report, tallies: dict[str, Tally], prefix: str = "") -> None:
    """Print the figures of each class, and of the six measured ones together."""
    measured = [tallies[name] for name in MEASURED]
    together = Tally(*(sum(getattr(one, part) for one in measured) for part in ("right", "missed", "false")))
    for name in CLASSES if not prefix else MEASURED:
        for figure, (value, n) in _shares(tallies[name]).items():
            report.value(figure, prefix + name, value, n)
        if not prefix:
            report.mean("gist", name, tallies[name].gist)
            report.value("split", name, tallies[name].split, tallies[name].right, unit="claims")
    for figure, (value, n) in _shares(together).items():
        report.value(figure, f"{prefix}micro", value, n)
        report.value(
            figure, f"{prefix}macro", fmean(_shares(one)[figure][0] for one in measured), len(measured)
        )


def report_speed(utterances: Sequence[Utterance]) -> None:
    """Print how many utterances a second the rules read, and `observe` takes in, on one core."""
    again = [utterances[at % len(utterances)] for at in range(SPEED_UTTERANCES)]
    without, whole = (_seconds_to_observe(again, reads=reads) for reads in (False, True))
    seconds = {
        "rules": _seconds_to_derive(again),
        "rules and their items": max(whole - without, 1e-9),
        "observe": whole,
    }
    report = Report("reader")
    for group, taken in seconds.items():
        report.value("utterances/s", group, SPEED_UTTERANCES / taken, SPEED_UTTERANCES, unit="utterances/s")


def _seconds_to_derive(utterances: Sequence[Utterance]) -> float:
    """Processor time of one core that the rules take, nothing written."""
    from remanence.reader.rules.statements import derive

    derive(utterances[0].text, speaker=utterances[0].speaker, role=utterances[0].role, before=None)
    start = time.process_time()
    for one in utterances:
        derive(one.text, speaker=one.speaker, role=one.role, before=one.before)
    return time.process_time() - start


def _seconds_to_observe(utterances: Sequence[Utterance], *, reads: bool) -> float:
    """Processor time of one core that it takes to observe them, times resolved, without an embedder."""
    turns = [chat(one.text, role=one.role, name=one.speaker, timestamp=one.said_at) for one in utterances]
    with tempfile.TemporaryDirectory() as folder, fresh_cube(Path(folder), "speed", reads=reads) as cube:
        cube.observe(turns[:1], session="warm")
        start = time.process_time()
        for at in range(0, len(turns), BATCH):
            cube.observe(turns[at : at + BATCH], session=f"session {at}")
        return time.process_time() - start


def say_causes(utterances: Sequence[Utterance], verdicts: Sequence[Verdict]) -> None:
    """On standard error: what shapes of text misses and false claims have, and how many of each there are."""
    missed: Counter[tuple[str, str]] = Counter()
    asked: Counter[tuple[str, str]] = Counter()
    false: Counter[tuple[str, str]] = Counter()
    for one, verdict in zip(utterances, verdicts, strict=True):
        for label in one.labels:
            for shape in _shapes(one, label) if not label.optional else ():
                asked[label.name, shape] += 1
                missed[label.name, shape] += label in verdict.missed
            if label in verdict.missed:
                as_what = sorted({claim.name for claim in verdict.claims if _overlap(label, claim) > 0})
                missed[label.name, f"derived as {' and '.join(as_what) or 'nothing'}"] += 1
        for claim in verdict.false:
            for shape in _false_shapes(one, claim):
                false[claim.name, shape] += 1
    for (name, shape), count in sorted(missed.items()):
        if count:
            say(f"missed {name}: {shape}: {count}" + (f" of {n}" if (n := asked[name, shape]) else ""))
    for (name, shape), count in sorted(false.items()):
        say(f"false {name}: {shape}: {count}")


def _shapes(one: Utterance, label: Label) -> Iterator[str]:
    quote = one.text[label.start : label.end]
    first = re.search(r"\b(?:i|i'?m|i'?ve|i'?ll|i'?d|we|we'?re|we'?ve|we'?ll|my|our|us|me)\b", quote, re.I)
    begins = re.match(r"(?:i|i'?m|i'?ve|i'?ll|i'?d|we|we'?re|we'?ve|we'?ll)\b", quote, re.I)
    yield "begins with I or we" if begins else "first person inside" if first else "no first person word"
    if re.search(r"\b(?:is|are|was|were|been|be) \w+(?:ed|en|ne|lt|ken)\b", quote):
        yield "passive"
    if one.text == one.text.lower():
        yield "without capitals"
    if one.before is not None:
        yield "an answer to a turn"
    if len(re.findall(r"[.!?](?:\s|$)", one.text)) > 2:
        yield "one of several sentences"
    yield f"said by the {one.role}"


def _false_shapes(one: Utterance, claim: Claim) -> Iterator[str]:
    others = sorted({label.name for label in one.labels if _overlap(label, claim) > 0})
    yield (
        f"over a label of {others[0]}"
        if others
        else ("in an utterance without labels" if not one.labels else "beside the labels of its utterance")
    )
    span = one.text[max(0, claim.start - 3) : claim.end + 2]
    if "?" in span:
        yield "in a question"
    if re.search(r"[\"“”]", one.text):
        yield "where something is quoted"
    if re.search(r"\b(?:if|suppose|imagine|were i|had we|unless|let's say)\b", one.text, re.I):
        yield "where something is supposed"
    if re.search(r"\b(?:haha|kidding|jok|jk|/s|lol)\b|/s", one.text, re.I):
        yield "where a joke is marked"
    yield f"said by the {one.role}"


def say_texts(utterances: Sequence[Utterance], verdicts: Sequence[Verdict]) -> None:
    """On standard error: every miss and false claim with its text."""
    for one, verdict in zip(utterances, verdicts, strict=True):
        for label in verdict.missed:
            say(f"missed {label.name}: {one.text[label.start : label.end]!r}")
        for claim in verdict.false:
            say(f"false {claim.name}: {claim.content!r} of {one.text!r}")


def main() -> None:
    """Reads the files named on the command line and prints all figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="*", type=Path, default=[SHIPPED], metavar="PATH")
    parser.add_argument("--causes", action="store_true", help="count misses and false claims by coarse shape")
    parser.add_argument(
        "--verbose", action="store_true", help="print misses and false claims with their text"
    )
    parser.add_argument("--no-speed", action="store_true", help="leave the speed out")
    given = parser.parse_args()
    utterances = read_utterances(given.paths)
    report = Report("reader")
    for prefix, reading in (("", ours), ("first person, ", floor)):
        verdicts = [judge(one, claims) for one, claims in zip(utterances, reading(utterances), strict=True)]
        report_quality(report, counted(utterances, verdicts), prefix)
        if not prefix and given.causes:
            say_causes(utterances, verdicts)
        if not prefix and given.verbose:
            say_texts(utterances, verdicts)
    if not given.no_speed:
        report_speed(utterances)
    print(machine_line("reader"))


if __name__ == "__main__":
    main()
