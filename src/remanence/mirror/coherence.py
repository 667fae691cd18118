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
SEED = 1977
Z95 = 1.96


def windows(total: int) -> list[tuple[int, int]]:
    """So many utterances in stretches [start, end) of equal number, as many as give each a profile."""
    count = min(WINDOWS_MAX, total // WINDOW_UTTERANCES)
    return list(pairwise([total * place // count for place in range(count + 1)])) if count else []


def style_stability(said: Sequence[Said], counts: Counts) -> Share | None:
    """The mean correlation of each window's function words with those of all others; None for few windows.

    Its interval is by bootstrap over windows (Efron 1979).
    """
    parts = windows(len(said))
    if len(parts) < WINDOWS_MIN:
        return None
    profiles = np.array([counts.part(*part).rates[len(FEATURES) :] for part in parts])
    telling = np.argsort(-profiles.sum(axis=0), kind="stable")[:FUNCTION_WORDS]
    rates = np.sqrt(profiles[:, telling])
    with np.errstate(
        invalid="ignore", divide="ignore"
    ):  # a window without a single function word: alike to none
        alike = np.array(
            [
                np.corrcoef(rates[place], np.delete(rates, place, axis=0).mean(axis=0))[0, 1]
                for place in range(len(rates))
            ]
        )
    alike = np.clip(np.nan_to_num(alike), 0, 1)
    resampling = np.random.default_rng(SEED)
    means = alike[resampling.integers(0, len(alike), (RESAMPLES, len(alike)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    named = tuple(one.id for one in spread(said, limit=10))
    return Share("style stability", float(alike.mean()), float(low), float(high), len(parts), named)


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
