"""How a text tells what it tells: the same in every process."""

from __future__ import annotations

import os
import subprocess
import sys

JUDGED = """
import hashlib, random
from remanence.recall.manner import manner_of, phrase_weights
known = sorted(phrase for phrase in phrase_weights() if phrase.isalpha())
draw = random.Random(1)
levels = [manner_of(draw.choices(known, k=draw.randint(8, 20))) for _ in range(4000)]
print(len(set(levels)), hashlib.sha256(bytes(levels)).hexdigest())
"""


def judged(seed: str) -> str:
    """The levels of many made-up texts, by a process of its own."""
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    command = [sys.executable, "-c", JUDGED]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


def test_a_text_between_two_levels_has_one_of_them_in_whatever_order_its_phrases_come() -> None:
    first, *others = (judged(seed) for seed in ("1", "3", "5"))
    assert int(first.split()[0]) > 3
    assert others == [first, first]
