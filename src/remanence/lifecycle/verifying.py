"""Recomputes what the journal claims: its chain, and that the texts are the ones it names."""

from __future__ import annotations

from remanence.errors import InvalidInput
from remanence.model.journal import GENESIS, chain_hash
from remanence.storage.port import Snapshot

LINES_AT_A_TIME = 5_000
FAULTS_MAX = 20


def journal_faults(snapshot: Snapshot, *, head: str | None = None) -> list[str]:
    """What in the cube contradicts its journal, as sentences; empty when nothing does.

    `head` is the chain's hash (hex) at some earlier time, as receipts and `journal` show it: when no
    line bears it, the journal was cut or written anew. Raises InvalidInput when it is no such hash.
    """
    wanted = _hash_of(head)
    faults: list[str] = []
    digests: set[bytes] = set()
    reasons: dict[int, bytes | None] = {}
    sequence, previous, met = 0, GENESIS, wanted is None or wanted == GENESIS
    while lines := snapshot.journal(after=sequence, limit=LINES_AT_A_TIME):
        for line in lines:
            expected = chain_hash(
                line.entry,
                sequence=sequence + 1,
                change_set=line.change_set,
                recorded_at=line.recorded_at,
                actor=line.actor,
                reason_digest=line.reason_digest,
                previous=previous,
            )
            if line.sequence != sequence + 1 or line.hash != expected:
                faults.append(f"journal: line {line.sequence} does not follow from the line before it")
            sequence, previous = line.sequence, line.hash
            met = met or line.hash == wanted
            digests.update(line.entry.digests)
            reasons[line.change_set] = line.reason_digest
            if len(faults) >= FAULTS_MAX:
                return faults
    if not met:
        faults.append("journal: no line bears the head you gave; the journal was cut or written anew")
    return [*faults, *_text_faults(snapshot, digests), *_reason_faults(snapshot, reasons)][:FAULTS_MAX]


def row_faults(snapshot: Snapshot) -> list[str]:
    """Rows that contradict one another, as sentences."""
    return [
        f"revisions: rows {first} and {second} of one item claim the same time"
        for first, second in snapshot.overlapping_rows()
    ]


def _text_faults(snapshot: Snapshot, digests: set[bytes]) -> list[str]:
    return [
        f"texts: text {text} is not what the journal says was written"
        for text, digest in snapshot.text_digests()
        if digest not in digests
    ]


def _reason_faults(snapshot: Snapshot, reasons: dict[int, bytes | None]) -> list[str]:
    return [
        f"reasons: the reason of change {change_set} is not what the journal says was written"
        for change_set, digest in snapshot.reason_digests()
        if reasons.get(change_set) != digest
    ]


def _hash_of(head: str | None) -> bytes | None:
    if head is None:
        return None
    try:
        found = bytes.fromhex(head)
    except ValueError:
        found = b""
    if len(found) != len(GENESIS):
        raise InvalidInput(f"head {head!r} is not a hash; give the 64 hex digits that a receipt shows")
    return found
