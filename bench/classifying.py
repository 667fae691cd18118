"""Precision, recall and F1 of yes-or-no questions, as the sentence benches print them."""

from __future__ import annotations

from collections.abc import Iterable

from evidence import Report


def shares(*, right: int, missed: int, false: int) -> dict[str, tuple[float, int]]:
    """Precision, recall and F1, each with what it is a share of; no claim at all has precision 0."""
    claimed, wanted = right + false, right + missed
    precision = right / claimed if claimed else 0.0
    recall = right / wanted if wanted else 0.0
    both = precision + recall
    score = 2 * precision * recall / both if both else 0.0
    return {"precision": (precision, claimed), "recall": (recall, wanted), "F1": (score, wanted + false)}


def report_answers(report: Report, group: str, answers: Iterable[tuple[bool, bool]]) -> None:
    """Print the figures of answers, each beside what is right."""
    listed = list(answers)
    right = sum(said and wanted for said, wanted in listed)
    missed = sum(wanted and not said for said, wanted in listed)
    false = sum(said and not wanted for said, wanted in listed)
    for figure, (value, n) in shares(right=right, missed=missed, false=false).items():
        report.value(figure, group, value, n)
