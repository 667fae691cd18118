"""I forget when asked: what was erased is in no row, page, context or index, and nothing rests on it alone.

Whether its bytes are gone from the pages was looked for when it was erased, since the words to look for went
with it; a receipt is pending until that scan has found nothing.
"""

from __future__ import annotations

from remanence.model.ids import ItemId, short
from remanence.model.state import RECALLED
from remanence.promises.checks.look import Found, Look


def check(look: Look) -> Found:
    """A breach for each trace that an erasure left."""
    receipts = look.snapshot.receipts()
    found = Found(looked_at=len({item for receipt in receipts for item in receipt.items}))
    standing = {digest.hex() for _, digest in look.snapshot.text_digests()} if receipts else set()
    gone = [item for receipt in receipts for item in receipt.items]
    rows = {row.id: row.item_id for row in look.snapshot.rows_of(gone, which="all")}
    named = {
        rows[number] for one in look.contexts for number in (*one.given, *one.left_out) if number in rows
    }
    for receipt in receipts:
        if receipt.pending:
            found.broken(receipt.items, receipt.erased_at, "an erasure waits for its bytes to leave the file")
        if look.snapshot.rows_with_text_of(receipt.items) or standing.intersection(receipt.digests):
            found.broken(receipt.items, receipt.erased_at, "words of what was erased stand in the cube")
        if named.intersection(receipt.items):
            found.broken(receipt.items, receipt.erased_at, "a context on record names what was erased")
    for item_id in _resting_on(look, set(gone)):
        found.broken([item_id], look.now, f"{short(item_id)} rests on nothing but what was erased")
    return found


def _resting_on(look: Look, gone: set[ItemId]) -> list[ItemId]:
    """Items that are recalled still and have no source that was left."""
    derived = look.snapshot.derived_from(sorted(gone))
    return [
        row.item_id
        for row in look.snapshot.rows_of(derived)
        if row.state in RECALLED
        and row.provenance.sources
        and all(source.item_id in gone for source in row.provenance.sources)
    ]
