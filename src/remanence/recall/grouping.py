"""Two things that numpy has no quick word for: places within runs of equal keys, and a row for "none"."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from remanence.recall.columns import Floats

_NOTHING = np.zeros(1, np.float32)


def places_in_runs(keys: npt.NDArray[np.integer]) -> npt.NDArray[np.intp]:
    """For sorted keys [n]: how many equal ones stand before each."""
    places = np.arange(len(keys))
    if not len(keys):
        return places
    begins = np.empty(len(keys), np.bool_)
    begins[0] = True
    np.not_equal(keys[1:], keys[:-1], out=begins[1:])
    starts = np.flatnonzero(begins)
    within: npt.NDArray[np.intp] = places - starts[np.cumsum(begins) - 1]
    return within


def with_none(scores: Floats) -> Floats:
    """float32 [rows + 1]: the scores and a 0 at the end, where the row number -1 points."""
    return np.concatenate((scores, _NOTHING))
