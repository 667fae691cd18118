"""All rules that a grammar's lines may name."""

from __future__ import annotations

from remanence.reader.times import (
    meaning_clock,
    meaning_days,
    meaning_distance,
    meaning_numbers,
    meaning_parts,
    meaning_periods,
    meaning_portions,
    meaning_ranges,
    meaning_recurring,
)
from remanence.reader.times.values import MEANINGS

__all__ = ["MEANINGS"]

_ROOMS = (
    meaning_clock,
    meaning_days,
    meaning_distance,
    meaning_numbers,
    meaning_parts,
    meaning_periods,
    meaning_portions,
    meaning_ranges,
    meaning_recurring,
)
