"""Prove the journal: its chain recomputed line by line, and that it still holds after erasures."""

from __future__ import annotations

from dataclasses import dataclass

from remanence.errors import CubeDamaged
from remanence.lifecycle import verifying
from remanence.verbs.setting import Setting


@dataclass(frozen=True, slots=True)
class Verified:
    """What recomputing the journal came to: it holds when there are no faults.

    `erasures` counts receipts, and `erased` the items that lost their words; their lines are part of
    the chain still.
    """

    lines: int
    head: str  # hex
    erasures: int
    erased: int
    faults: tuple[str, ...]


def verify(setting: Setting, *, head: str | None) -> Verified:
    """Recompute the chain, and the digests of all texts and reasons that are left; see Cube.verify."""
    with setting.store.read() as snapshot:
        last, receipts = snapshot.head(), snapshot.receipts()
        try:
            faults = verifying.journal_faults(snapshot, head=head)
        except CubeDamaged as error:
            faults = [str(error)]
    return Verified(
        lines=last.sequence,
        head=last.hash.hex(),
        erasures=len(receipts),
        erased=len({item for receipt in receipts for item in receipt.items}),
        faults=tuple(faults),
    )
