"""How a text tells what it tells, as the default embedder reads it: as what is so with its speaker now, or as
what is another's, supposed, passing, refused or long past.

The sentence's vector hardly shows it; the pieces in the middle of the model do. A small network looks at
each of them, which `tools/learn_manner.py` learnt from sayings of several writers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from importlib import resources
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float32]

UNJUDGED = 0
MIDDLE = 16  # of levels from 1 to 31: even odds
STEP = 0.4  # log-odds between two levels
SURE_MAX = (MIDDLE - 1) * STEP  # what is shown more surely counts no more


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Units over each piece, whose mean and largest in the text are weighed."""

    inner: Floats  # [width, units]
    inner_bias: Floats  # [units]
    outer: Floats  # [2 * units]: of the means, then of the largest
    outer_bias: np.float32

    def log_odds(self, pieces: Floats, there: NDArray[np.bool_]) -> Floats:
        """float32 [n]: how surely each text tells what is so now with its speaker.

        `pieces` are [n, longest, width], and bool [n, longest] says which of them are `there`.
        """
        import numpy as np

        units = np.maximum(pieces @ self.inner + self.inner_bias, 0) * there[:, :, None]
        means = units.sum(axis=1) / np.maximum(there.sum(axis=1), 1)[:, None]
        found: Floats = np.concatenate((means, units.max(axis=1)), axis=1) @ self.outer + self.outer_bias
        return found.astype(np.float32)

    @property
    def digest(self) -> bytes:
        """Alike for networks that judge alike."""
        parts = (self.inner, self.inner_bias, self.outer, self.outer_bias)
        return blake2b(b"".join(part.tobytes() for part in parts), digest_size=8).digest()


def level_of(log_odds: float) -> int:
    """The level by which it is kept that a text tells what is so now with its speaker.

    >>> level_of(0.0), level_of(-100.0), level_of(100.0)
    (16, 1, 31)
    """
    return MIDDLE + round(min(max(log_odds, -SURE_MAX), SURE_MAX) / STEP)


@cache
def shipped_network() -> Network:
    """The one of `data/manner.npz`."""
    import numpy as np

    with (resources.files(__package__) / "data" / "manner.npz").open("rb") as file, np.load(file) as kept:
        return Network(*(kept[name].astype(np.float32) for name in Network.__slots__))
