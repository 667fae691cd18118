"""What must and must not come, on PrecisionMemBench: bench/precision.py PATH... [--embedding-cache FILE].

One cube a user; a belief goes in as "name, aliases: content", one that was superseded first, and is revised
into its successor. Figures over the first five hits: `wanted`, the share of what should come; `noise`, the
share of the hits that is neither wanted nor pinned; `first`, how often a wanted or pinned one is hit 1 (all
three of the cases that want something); `forbidden`, how often a superseded or excluded belief comes at all.
Groups: all, and the floors bm25, dense, rrf over the beliefs that were not superseded.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import remanence
from cached_embedder import parse_arguments
from evidence import ZONE, BenchClock, Haystack, Message, Question, Report, read_records
from floors import floors
from machine import machine_line
from remanence.cube import Cube
from remanence.embedding.port import Embedder

K = 5
OURS = "all"
USER = "test-user"
BEGIN = datetime(2026, 9, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Case:
    """A question to one user's beliefs, by the ids of what should and must not come."""

    user: str
    query: str
    wanted: frozenset[str]
    pinned: frozenset[str]
    forbidden: frozenset[str]


def text_of(belief: dict) -> str:
    """A belief as it goes in."""
    return f"{', '.join([belief['canonical_name'], *belief['aliases']])}: {belief['content']}"


def cases_of(record: dict) -> Iterator[Case]:
    """The cases that ask something of a user who has beliefs."""
    superseded = {belief["_id"] for belief in record["beliefs"] if belief["superseded_by"]}
    pinned = {belief["_id"] for belief in record["beliefs"] if belief["pinned"]}
    users = {belief["user_id"] for belief in record["beliefs"]}
    for case in record["cases"]:
        expected, user = case["expect"], case.get("userId", USER)
        if not case["query"].strip() or user not in users:
            continue
        relevant = expected.get("relevantBeliefs", {})  # the other parts are tiers of one product
        wanted = frozenset(relevant.get("shouldOnlyInclude", ()))
        required = expected.get("pinnedFacts", {}).get("mustInclude", ())
        yield Case(
            user,
            case["query"],
            wanted,
            frozenset({*required, *pinned}),
            frozenset({*superseded, *relevant.get("mustExclude", ())}) - wanted,
        )


def fill(cube: Cube, beliefs: list[dict]) -> dict[str, str]:
    """Put a user's beliefs in; returns each belief's id by its text."""
    known = {belief["_id"]: belief for belief in beliefs}
    followers = {belief["superseded_by"] for belief in beliefs if belief["superseded_by"]}
    for belief in beliefs:
        if belief["_id"] in followers:
            continue
        item = cube.remember(text_of(belief))
        while belief["superseded_by"] in known:
            belief = known[belief["superseded_by"]]
            cube.revise(item.id, text_of(belief), because="superseded")
    return {text_of(belief): belief["_id"] for belief in beliefs}


def ours(record: dict, cases: list[Case], embedder: Embedder) -> Iterator[tuple[Case, list[str]]]:
    """Recall's first hits for each case, by belief."""
    for user in sorted({case.user for case in cases}):
        clock = BenchClock()
        clock.time = BEGIN
        with (
            tempfile.TemporaryDirectory() as folder,
            remanence.open(Path(folder) / "b.cube", embedder=embedder, time_zone=ZONE, clock=clock) as cube,
        ):
            ids = fill(cube, [belief for belief in record["beliefs"] if belief["user_id"] == user])
            for case in cases:
                if case.user == user:
                    yield case, [ids[hit.item.content] for hit in cube.recall(case.query, k=K)]


def floor(record: dict, cases: list[Case], retriever: Callable) -> Iterator[tuple[Case, list[str]]]:
    """A floor's first hits for each case, by belief."""
    for user in sorted({case.user for case in cases}):
        beliefs = [one for one in record["beliefs"] if one["user_id"] == user and not one["superseded_by"]]
        told = (Message(text_of(one), user, "user", user, BEGIN + timedelta(hours=1)) for one in beliefs)
        asked = [case for case in cases if case.user == user]
        questions = tuple(Question(case.query, frozenset(), user) for case in asked)
        given = retriever(Haystack(user, tuple(told), questions))
        for case, (_, answer) in zip(asked, given, strict=True):
            yield case, [beliefs[number]["_id"] for number in answer.ranked[:K]]


def report_figures(report: Report, group: str, given: list[tuple[Case, list[str]]]) -> None:
    """Print every figure of one retriever."""
    asked = [(case, hits) for case, hits in given if case.wanted]
    report.mean(
        "wanted", group, (len(case.wanted.intersection(hits)) / len(case.wanted) for case, hits in asked)
    )
    report.mean(
        "noise",
        group,
        (
            sum(hit not in case.wanted | case.pinned for hit in hits) / max(1, len(hits))
            for case, hits in asked
        ),
    )
    report.mean(
        "first", group, (float(bool(hits) and hits[0] in case.wanted | case.pinned) for case, hits in asked)
    )
    report.mean("forbidden", group, (float(bool(case.forbidden.intersection(hits))) for case, hits in given))


def main() -> None:
    """Reads the files named on the command line and prints all figures."""
    paths, embedder = parse_arguments(__doc__)
    report = Report("precision")
    retrievers = {
        OURS: lambda record, cases: ours(record, cases, embedder),
        **{
            name: lambda record, cases, one=one: floor(record, cases, one)
            for name, one in floors(embedder, ()).items()
        },
    }
    records = [(record, list(cases_of(record))) for record in map(read_records, paths)]
    for name, retriever in retrievers.items():
        report_figures(report, name, [one for record, cases in records for one in retriever(record, cases)])
    print(machine_line("precision"))


if __name__ == "__main__":
    main()
