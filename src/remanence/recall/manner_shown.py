"""How a text tells what it tells, as its embedder judged it: what `recall/manner.py` judges by phrases.

The default embedder does (embedding/manner.py). The level stands among the flags of the text, above all
others; it is written with the text's vector, so a text that waits for its vector, or has one of an embedder
that judges nothing, is unjudged.
"""

from __future__ import annotations

import numpy as np

from remanence.embedding.manner import MIDDLE, STEP, UNJUDGED
from remanence.recall.columns import Bools, Floats, Ints
from remanence.storage.vectors_port import SHOWN_UNIT


def shown_by(flags: Ints) -> Floats:
    """float32 [n]: the log-odds that texts of such flags tell what is so now with their speaker, 0 where it
    is not known.

    >>> shown_by(np.array([(MIDDLE + 5) * SHOWN_UNIT, 0])).tolist()
    [2.0, 0.0]
    """
    level = flags // SHOWN_UNIT
    judged: Bools = level != UNJUDGED
    return ((level - MIDDLE) * judged).astype(np.float32) * np.float32(STEP)
