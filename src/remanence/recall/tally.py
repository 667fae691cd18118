"""What must be known of all rows before one can be measured, also where the rows lie in several indexes.

A measurement is a generator: it yields what it found among its own rows and goes on with what holds of all.
So "the best" and "the mean" mean the same in every index that answers one question together.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Tally:
    """What one index found: sums, which add up over indexes, and bests, of which the highest counts."""

    sums: tuple[float, ...] = ()
    bests: tuple[float, ...] = ()


Measurement: TypeAlias = Generator[Tally, Tally, T]


def alone(measurement: Measurement[T]) -> T:
    """The outcome of a measurement whose rows are all there are."""
    return together([measurement])[0]


def together(measurements: Sequence[Measurement[T]]) -> list[T]:
    """The outcomes of measurements of one kind, each of its own rows, measured against the rows of all."""
    tallies = [next(measurement) for measurement in measurements]
    while True:
        found, values = _joined(tallies), []
        tallies = []
        for measurement in measurements:
            try:
                tallies.append(measurement.send(found))
            except StopIteration as done:
                values.append(done.value)
        if values:
            return values


def _joined(tallies: Sequence[Tally]) -> Tally:
    if len(tallies) == 1:
        return tallies[0]
    return Tally(
        tuple(map(sum, zip(*(tally.sums for tally in tallies), strict=True))),
        tuple(map(max, zip(*(tally.bests for tally in tallies), strict=True))),
    )
