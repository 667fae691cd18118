"""Marks: what is noted about an item beside its rows, when it was used, and until when it may be recalled.

A mark is no statement and opens no row: it counts for ageing. Like a row it is opened by one change set
and closed by another, so that it is undone and redone like everything else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from remanence.model.ids import ItemId


class MarkSort(IntEnum):
    """What a mark says; stored as its number."""

    USE = 1  # at that time somebody said that the item helped
    EXPIRY = 2  # from that time on the item is recalled no more


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark of an item, at a time."""

    number: int  # 0 before it is written
    item_id: ItemId
    sort: MarkSort
    at: datetime
    opened_by: int = 0  # the change set that wrote it
    closed_by: int | None = None  # the change set that took it back
