"""The journal: one line a change, each bound to the one before by its hash.

A line names texts by HMAC(salt, text) alone. Salt and text stand in rows that erasure removes
together, so the chain still verifies afterwards and tells nothing of what was said.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from remanence.model.ids import ItemId, RevisionId
from remanence.model.interval import to_micros
from remanence.model.item import NOTHING, Json

CHAIN_VERSION = 1  # names the canonical form of the hashed bytes
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
GENESIS = bytes(32)  # what the first line is bound to


class Verb(StrEnum):
    """What was done."""

    CREATE = "create"
    OBSERVE = "observe"
    DERIVE = "derive"
    READ = "read"
    REMEMBER = "remember"
    REVISE = "revise"
    RETIRE = "retire"
    RETURN = "return"
    FREEZE = "freeze"
    THAW = "thaw"
    ANNOTATE = "annotate"
    HEED = "heed"
    MERGE = "merge"
    RESOLVE = "resolve"
    AGE = "age"
    EXPIRE = "expire"
    USE = "use"
    LINK = "link"
    UNIT = "unit"
    ENTITY = "entity"
    SUMMARISE = "summarise"
    REFLECT = "reflect"
    INGEST = "ingest"
    PROMISE = "promise"
    ASSESS = "assess"
    UNDO = "undo"
    RESTORE = "restore"
    ERASE = "erase"
    LOAD = "load"


@dataclass(frozen=True, slots=True)
class Entry:
    """What one line says, before it has a place in the chain."""

    verb: Verb
    item_id: ItemId | None = None
    opened: tuple[RevisionId, ...] = ()
    closed: tuple[RevisionId, ...] = ()
    digests: tuple[bytes, ...] = ()  # of each text that the opened rows bring in
    detail: Mapping[str, Json] = field(default_factory=lambda: NOTHING)  # ids and numbers, never words


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One line of the journal in its place."""

    sequence: int
    change_set: int  # the sequence of the first line of the change it belongs to
    recorded_at: datetime
    actor: str
    entry: Entry
    previous: bytes
    hash: bytes
    reason_digest: bytes | None = None
    reason: str | None = None  # None also when it was erased

    @property
    def verb(self) -> Verb:
        """What was done."""
        return self.entry.verb

    @property
    def item_id(self) -> ItemId | None:
        """To which item; None for a change of the cube itself."""
        return self.entry.item_id


def text_digest(salt: bytes, text: str) -> bytes:
    """What the journal keeps of a text: HMAC-SHA256 under a salt that goes when the text goes."""
    return hmac.digest(salt, text.encode("utf-8", "surrogatepass"), "sha256")


def chain_hash(
    entry: Entry,
    *,
    sequence: int,
    change_set: int,
    recorded_at: datetime,
    actor: str,
    reason_digest: bytes | None,
    previous: bytes,
) -> bytes:
    """SHA-256 over the line's canonical form: JSON with sorted keys, ASCII, no spaces.

    Written out, since an encoder takes three times as long for the same bytes.
    """
    texts = ",".join([f'"{digest.hex()}"' for digest in entry.digests])
    line = (
        f'{{"actor":{_canonical(actor)},"change_set":{change_set},"closed":{numbers_text(entry.closed)},'
        f'"detail":{_canonical(dict(entry.detail)) if entry.detail else "{}"},'
        f'"item":{_canonical(entry.item_id)},"opened":{numbers_text(entry.opened)},'
        f'"previous":"{previous.hex()}",'
        f'"reason":{"null" if reason_digest is None else _canonical(reason_digest.hex())},'
        f'"recorded_at":{to_micros(recorded_at)},"sequence":{sequence},"texts":[{texts}],'
        f'"v":{CHAIN_VERSION},"verb":{_canonical(entry.verb.value)}}}'
    )
    return hashlib.sha256(line.encode()).digest()


def numbers_text(numbers: Iterable[int]) -> str:
    """Whole numbers as a JSON array without spaces."""
    return f"[{','.join(map(str, numbers))}]"
