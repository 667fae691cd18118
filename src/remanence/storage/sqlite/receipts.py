"""Erasure receipts as JSON, in which no word of what was erased stands."""

from __future__ import annotations

import json

from remanence.model.ids import ItemId
from remanence.model.interval import from_micros, to_micros
from remanence.storage.port import Receipt


def receipt_text(receipt: Receipt) -> str:
    """The receipt as stored; whether it is pending has a column of its own."""
    return json.dumps(
        {
            "change_set": receipt.change_set,
            "erased_at": to_micros(receipt.erased_at),
            "items": receipt.items,
            "redacted": receipt.redacted,
            "remaining": receipt.remaining,
            "journal_head": receipt.journal_head,
            "kinds": receipt.kinds,
            "digests": receipt.digests,
        }
    )


def receipt_of(content: str, *, pending: bool) -> Receipt:
    """The receipt from its stored form."""
    fields = json.loads(content)
    return Receipt(
        change_set=fields["change_set"],
        erased_at=from_micros(fields["erased_at"]),
        items=tuple(map(ItemId, fields["items"])),
        redacted=tuple(map(ItemId, fields["redacted"])),
        remaining=tuple(map(ItemId, fields["remaining"])),
        journal_head=fields["journal_head"],
        pending=pending,
        kinds=tuple(fields.get("kinds", ())),
        digests=tuple(fields.get("digests", ())),
    )
