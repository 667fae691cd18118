"""How a text tells what it tells: the same in every process."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

JUDGED = """
from remanence.recall.manner import manner_of
print(manner_of("if the unique argument is true exactly one entry appears in the returned structure for "
                "each class in the given list".split()))
"""


@pytest.mark.parametrize("seed", ["1", "3", "5"])
def test_a_text_between_two_levels_has_one_of_them_in_whatever_order_its_phrases_come(seed: str) -> None:
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    said = subprocess.run(
        [sys.executable, "-c", JUDGED], env=environment, capture_output=True, text=True, check=True
    )
    assert said.stdout == "4\n"
