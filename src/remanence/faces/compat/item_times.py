"""When an item was made, which its id tells."""

from __future__ import annotations

from datetime import UTC, datetime

from remanence.model.ids import ItemId, as_uuid

_RANDOM_BITS = 80  # of a UUIDv7, below its 48 bits of Unix milliseconds


def made_at(item_id: ItemId) -> datetime:
    """The millisecond in which the item was made, in UTC."""
    return datetime.fromtimestamp((as_uuid(item_id).int >> _RANDOM_BITS) / 1000, UTC)
