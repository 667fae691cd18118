"""What a saved memory index is: how its parts are laid out, and which state of a cube one was saved in.

A saved index holds numbers only: authors are told by the first row that names each.
"""

from __future__ import annotations

import json
import zlib
from functools import cache

import numpy as np

from remanence.recall.columns import COLUMNS, KIND_CODES, STATE_CODES
from remanence.recall.turns import LIKENESS, OFFSETS, WEIGHTS

VERSION = 2  # to be raised where a part comes to say something else under the same name


@cache
def layout() -> str:
    """Alike for programs that lay an index out alike."""
    told = {
        "version": VERSION,
        "columns": {name: np.dtype(kind).str for name, kind in COLUMNS.items()},
        "codes": [KIND_CODES, STATE_CODES],
        "turns": [OFFSETS, WEIGHTS, LIKENESS],
    }
    return f"{zlib.crc32(json.dumps(told).encode()):08x}"
