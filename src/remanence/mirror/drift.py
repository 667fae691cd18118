"""When style changed: a change point in the days' figures, by a permutation test that bounds false alarms.

Sources: Page 1954, "Continuous inspection schemes" (CUSUM), Biometrika 41; Antoch & Hušková 2001,
"Permutation tests in change point analysis", Statistics & Probability Letters 53. See docs/mirror.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from remanence.mirror.said import Said, spread
from remanence.mirror.style import FEATURES, Counts, delta
from remanence.model.mirror import Drift, Shift

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats: TypeAlias = npt.NDArray[np.float64]

ALARM = 0.01  # the share of looks at a steady agent that raise a false alarm
ORDERS = 999  # random orders of the days
SEED = 20021
BUCKETS_MIN = 8  # days, or stretches of a day where there are fewer
BUCKETS_MAX = 120
SIDE_MIN = 3  # days on each side of a change
CHANGES_MAX = 6
SHIFTS_MAX = 5  # figures named with a change
USES_MIN = 20.0  # of a word or a turn in all, below which its rate says nothing
FUNCTION_WORDS = 60  # the most frequent ones, which make the profile


@dataclass(frozen=True, slots=True)
class Bucket:
    """Utterances [start, end) of one day, or of a part of one."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Series:
    """Rates float64 [buckets, figures], what they are rates of, and which figure of `counts` each is."""

    rates: Floats
    weights: Floats
    columns: tuple[int, ...]


def buckets(said: Sequence[Said]) -> list[Bucket]:
    """Days in which the agent spoke, neighbours joined where they are many; parts of equal size where few."""
    days: list[date] = [one.at.date() for one in said]
    starts = [0, *(place for place in range(1, len(days)) if days[place] != days[place - 1])]
    if len(starts) < BUCKETS_MIN:
        parts = min(len(said), 2 * BUCKETS_MIN)
        starts = sorted({len(said) * part // parts for part in range(parts)}) if parts else []
    elif len(starts) > BUCKETS_MAX:
        step = -(-len(starts) // BUCKETS_MAX)
        starts = starts[::step]
    return [Bucket(start, end) for start, end in pairwise([*starts, len(said)])]


def drifts(said: Sequence[Said], counts: Counts) -> list[Drift]:
    """The changes of style in the agent's utterances, in order of time."""
    parts = buckets(said)
    if len(parts) < 2 * SIDE_MIN:
        return []
    starts = [one.start for one in parts]
    totals = np.add.reduceat(counts.found, starts, axis=0)
    weights = np.add.reduceat(counts.denominators, starts, axis=0)
    series = _series(totals, weights)
    cuts = sorted(_cuts(series, 0, len(parts), np.random.default_rng(SEED)))
    edges = [0, *(cut for cut, _ in cuts), len(parts)]
    return [
        _drift(said, parts, series, (edges[number], cut, edges[number + 2]), p_value)
        for number, (cut, p_value) in enumerate(cuts)
    ]


def _series(totals: Floats, weights: Floats) -> _Series:
    used = [place for place in range(len(FEATURES)) if totals[:, place].sum() >= USES_MIN]
    little = np.argsort(-totals[:, len(FEATURES) :].sum(axis=0), kind="stable")[:FUNCTION_WORDS]
    little = little[totals[:, len(FEATURES) + little].sum(axis=0) >= USES_MIN]
    columns = (*used, *(len(FEATURES) + int(place) for place in np.sort(little)))
    chosen = list(columns)
    heavy = np.maximum(weights[:, chosen], 1e-9)
    return _Series(totals[:, chosen] / heavy, heavy, columns)


def _cuts(series: _Series, start: int, end: int, orders: np.random.Generator) -> Iterator[tuple[int, float]]:
    """Where days [start, end) fall into parts of another style, with the p value of each cut."""
    pending, cuts = [(start, end)], 0
    while pending and cuts < CHANGES_MAX:
        low, high = pending.pop()
        if high - low < 2 * SIDE_MIN:
            continue
        at, p_value = _best_cut(series.rates[low:high], series.weights[low:high], orders)
        if p_value <= ALARM:
            cuts += 1
            yield low + at, p_value
            pending += [(low, low + at), (low + at, high)]


def _best_cut(rates: Floats, weights: Floats, orders: np.random.Generator) -> tuple[int, float]:
    """The day at which the style differs most, and how often a random order of the days differs as much.

    Two statistics are watched: the greatest difference of one figure, and the mean squared one of all.
    """
    shown = _differences(rates, weights)
    peak, mean = shown.max(), (shown**2).mean(axis=1).max()
    as_large = np.zeros(2)
    limits = np.empty(ORDERS)
    for number in range(ORDERS):
        order = orders.permutation(len(rates))
        other = _differences(rates[order], weights[order])
        limits[number] = other.max()
        as_large += limits[number] >= peak, (other**2).mean(axis=1).max() >= mean
    chances = (as_large + 1) / (ORDERS + 1)
    telling = shown.max(axis=0) >= np.quantile(limits, 1 - ALARM)
    chosen = shown[:, telling] if telling.any() else shown
    at = int((chosen**2).sum(axis=1).argmax()) + SIDE_MIN
    return at, float(min(1.0, 2 * chances.min()))


def _differences(rates: Floats, weights: Floats) -> Floats:
    """Of each cut and figure, the absolute difference of the means in standard errors: [cuts, figures]."""
    whole = weights.sum(axis=0)
    mean = (rates * weights).sum(axis=0) / whole
    off = (rates - mean) * weights
    noise = (weights * (rates - mean) ** 2).sum(axis=0) / (len(rates) - 1)
    before = np.cumsum(weights, axis=0)[SIDE_MIN - 1 : -SIDE_MIN]
    sums = np.cumsum(off, axis=0)[SIDE_MIN - 1 : -SIDE_MIN]
    spread_of = noise * before * (whole - before) / whole
    shown: Floats = np.abs(sums) / np.sqrt(np.maximum(spread_of, 1e-12))
    return shown


def _drift(
    said: Sequence[Said],
    parts: Sequence[Bucket],
    series: _Series,
    place: tuple[int, int, int],
    p_value: float,
) -> Drift:
    low, cut, high = place
    before = np.average(series.rates[low:cut], axis=0, weights=series.weights[low:cut])
    after = np.average(series.rates[cut:high], axis=0, weights=series.weights[cut:high])
    scale = series.rates[low:high].std(axis=0)
    little = np.array(series.columns) >= len(FEATURES)
    size = np.abs(after - before) / np.maximum(scale, 1e-12)
    named = sorted((int(n) for n in np.flatnonzero(~little)), key=lambda number: -size[number])
    shifts = [
        Shift(one.name, float(before[number] * one.scale), float(after[number] * one.scale))
        for number in named
        if size[number] >= 1 and (one := FEATURES[series.columns[number]])
    ]
    return Drift(
        after=said[parts[cut].start - 1].at,
        before=said[parts[cut].start].at,
        p_value=p_value,
        delta=delta(before[little], after[little], scale[little]),
        shifts=tuple(shifts[:SHIFTS_MAX]),
        evidence=tuple(
            one.id
            for one in (
                *spread(said[parts[low].start : parts[cut].start], limit=5),
                *spread(said[parts[cut].start : parts[high - 1].end], limit=5),
            )
        ),
    )
