"""How far an agent is one and the same: figures in [0, 1], each with its interval and its evidence."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from remanence.mirror.contradictions import Consistency
from remanence.mirror.said import Said, spread
from remanence.mirror.style import FEATURES, Counts
from remanence.model.ids import ItemId
from remanence.model.mirror import Share

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats: TypeAlias = npt.NDArray[np.float64]

WINDOWS_MIN = 4
WINDOWS_MAX = 12
WINDOW_UTTERANCES = 12  # fewer show no profile
FUNCTION_WORDS = 60
STANCES_MIN = 10  # statements that met an earlier one about the same
RESAMPLES = 500
DEALINGS = 40
SEED = 1977
Z95 = 1.96


def windows(total: int) -> list[tuple[int, int]]:
    """So many utterances in stretches [start, end) of equal number, as many as give each a profile."""
    count = min(WINDOWS_MAX, total // WINDOW_UTTERANCES)
    return list(pairwise([total * place // count for place in range(count + 1)])) if count else []


def style_stability(said: Sequence[Said], counts: Counts) -> Share | None:
    """How alike an agent's windows are in function words, as a share of what chance leaves a steady hand.

    Alike: the mean correlation of each window with all others. Short windows are less so however steady the
    agent is; so it is divided by the same of its utterances dealt out over the windows at random (a
    correction for attenuation, Spearman 1904). Its interval is by bootstrap over windows (Efron 1979). None
    for few windows.
    """
    parts = windows(len(said))
    if len(parts) < WINDOWS_MIN:
        return None
    spoken, found = counts.base[:, 0], counts.found[:, len(FEATURES) :]
    telling = np.argsort(-found.sum(axis=0), kind="stable")[:FUNCTION_WORDS]
    found = found[:, telling]
    drawing = np.random.default_rng(SEED)
    orders = [drawing.permutation(len(said)) for _ in range(DEALINGS)]
    steady = float(np.mean([_alike(spoken[order], found[order], parts).mean() for order in orders]))
    if not steady:
        return None
    alike = _alike(spoken, found, parts) / steady
    means = alike[drawing.integers(0, len(alike), (RESAMPLES, len(alike)))].mean(axis=1)
    low, value, high = np.clip([np.quantile(means, 0.025), alike.mean(), np.quantile(means, 0.975)], 0, 1)
    named = tuple(one.id for one in spread(said, limit=10))
    return Share("style stability", float(value), float(low), float(high), len(parts), named)


def _alike(spoken: Floats, found: Floats, parts: Sequence[tuple[int, int]]) -> Floats:
    """The correlation of each window with all others, 0 at least: float64 [windows]."""
    starts = [start for start, _ in parts]
    words = np.maximum(np.add.reduceat(spoken, starts), 1)
    rates = np.sqrt(np.add.reduceat(found, starts) / words[:, None])
    others = (rates.sum(axis=0) - rates) / (len(rates) - 1)
    with np.errstate(invalid="ignore", divide="ignore"):  # a window without a function word is alike to none
        alike = [np.corrcoef(one, other)[0, 1] for one, other in zip(rates, others, strict=True)]
    kept: Floats = np.clip(np.nan_to_num(alike), 0, 1)
    return kept


def stance_consistency(found: Consistency) -> Share | None:
    """Of the claims that met an earlier one about the same, the share that agreed or changed for a reason."""
    unexplained = [one for one in found.contradictions if not one.is_explained]
    total = found.agreed + len(found.contradictions)
    evidence = tuple(item for one in unexplained for item in (one.earlier.item_id, one.later.item_id))
    if total < STANCES_MIN:
        return None
    return share("stance consistency", total - len(unexplained), total, evidence)


def share(name: str, hits: int, of: int, evidence: Sequence[ItemId] = ()) -> Share:
    """A share with its score interval (Wilson 1927).

    >>> kept = share("promise-keeping", 9, 10)
    >>> (round(kept.value, 2), round(kept.low, 2), round(kept.high, 2))
    (0.9, 0.6, 0.98)
    """
    value = hits / of
    middle = (value + Z95**2 / (2 * of)) / (1 + Z95**2 / of)
    half = Z95 * math.sqrt(value * (1 - value) / of + Z95**2 / (4 * of**2)) / (1 + Z95**2 / of)
    low, high = max(0.0, min(value, middle - half)), min(1.0, max(value, middle + half))
    return Share(name, value, low, high, of, tuple(evidence))
