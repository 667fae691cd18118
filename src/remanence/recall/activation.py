"""How active each row is: ACT-R's base-level activation, from its age and the uses of its item.

B = ln(sum over presentations of t^-d), t in days; being said is the first presentation, each use another.
The latest uses count one by one; the older ones by their number and age, in the constant-memory form of
A. A. Petrov, "Computationally Efficient Approximation of the Base-Level Learning Equation in ACT-R", 2006.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from remanence.model.ageing import AGE_DAYS_MIN, DECAY
from remanence.model.kind import Kind
from remanence.model.state import State
from remanence.recall.columns import KIND_CODES, STATE_CODES, UTTERANCE, Floats, Ints, RowNumbers
from remanence.recall.index import MemoryIndex
from remanence.storage.marks_port import LATEST_USES

DAY_MICROS = 86_400_000_000.0
REST_DAYS = 100.0  # what was said so long ago and never used is at rest: its activation moves no score
ABOVE_MAX = 5.0  # no use makes an item more active than that, so that relevance keeps the last word
_DECAY = np.array([DECAY[Kind(name)] for name in KIND_CODES], np.float64)
_FROZEN = STATE_CODES[State.FROZEN]
Reals = npt.NDArray[np.float64]


def above_rest(index: MemoryIndex, rows: RowNumbers, *, now: int) -> Floats:
    """float32 [rows]: by how much each row is more active at this time (microseconds) than at rest.

    A message is the record of what was said: its age alone takes nothing from it, so it is at rest as
    long as nobody uses it. What its uses gave fades as elsewhere.
    """
    columns = index.columns
    said_at, kind = columns.ints("said_at")[rows], columns.ints("kind")[rows]
    frozen = columns.ints("state")[rows] == _FROZEN
    decay, age = _DECAY[kind], _days(now - said_at)
    rest = np.where((kind == UTTERANCE) & ~frozen, age, REST_DAYS)
    found = decay * np.log(rest / np.where(frozen, AGE_DAYS_MIN, age))  # as if nobody had used any
    uses, latest = index.marks.uses_of(columns.ints("item")[rows])
    used = np.flatnonzero(uses)
    if len(used):
        level = base_level(said_at[used], decay[used], uses[used], latest[used], now=now, frozen=frozen[used])
        found[used] = np.minimum(level + decay[used] * np.log(rest[used]), ABOVE_MAX)
    return found.astype(np.float32)


def base_level(
    said_at: Ints, decay: Reals, uses: Ints, latest: Ints, *, now: int, frozen: npt.NDArray[np.bool_]
) -> Reals:
    """float64 [n]: the activation of n rows; what is frozen stands as if it were said today.

    `said_at` [n] and `latest` [n, LATEST_USES], newest first and 0 for none, are microseconds; `uses` [n]
    counts all. A use after `now` counts as of now.
    """
    rate = decay[:, None]
    ages = _days(now - latest)
    exact = np.where(latest != 0, ages**-rate, 0.0).sum(axis=1)
    first = np.where(frozen, AGE_DAYS_MIN, _days(now - said_at))
    total = first**-decay + exact
    more = uses - LATEST_USES
    if np.any(more > 0):
        last = ages[:, -1]
        span = np.maximum(first - last, AGE_DAYS_MIN)
        between = ((last + span) ** (1 - decay) - last ** (1 - decay)) / ((1 - decay) * span)
        total += np.where(more > 0, more * between, 0.0)
    result: Reals = np.log(total)
    return result


def _days(micros: Ints) -> Reals:
    days: Reals = np.maximum(micros / DAY_MICROS, AGE_DAYS_MIN)
    return days
