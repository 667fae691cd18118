"""The chain's hash: its canonical form is pinned, since every cube ever written depends on it."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from remanence.model.ids import ItemId, RevisionId
from remanence.model.journal import GENESIS, Entry, Verb, chain_hash, text_digest

ENTRY = Entry(
    Verb.REVISE,
    ItemId("k7m2q9x4000000000000000ab"),
    opened=(RevisionId(7), RevisionId(8)),
    closed=(RevisionId(3),),
    digests=(bytes(range(32)),),
    detail={"name": "é", "asked": True},
)
AT = datetime(2026, 3, 2, 9, 0, 0, 1, tzinfo=UTC)

# The hashed bytes of the line above in version 1, written by hand.
CANONICAL = (
    '{"actor":"Zo\\u00eb","change_set":4,"closed":[3],"detail":{"asked":true,"name":"\\u00e9"},'
    '"item":"k7m2q9x4000000000000000ab","opened":[7,8],"previous":"' + "00" * 32 + '",'
    '"reason":"' + "ff" * 32 + '","recorded_at":1772442000000001,"sequence":5,'
    '"texts":["000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"],'
    '"v":1,"verb":"revise"}'
)
GOLDEN = "d1ba95d0cc84940f3d1ac2762de0a13a7d09ff722ecdaeb62b71bf4904277b17"


def hashed(entry: Entry = ENTRY, **changed: object) -> bytes:
    fields: dict[str, object] = {
        "sequence": 5,
        "change_set": 4,
        "recorded_at": AT,
        "actor": "Zoë",
        "reason_digest": b"\xff" * 32,
        "previous": GENESIS,
    }
    return chain_hash(entry, **(fields | changed))  # type: ignore[arg-type]  # each test names its own


def test_a_line_hashes_to_what_it_always_has() -> None:
    assert hashed().hex() == GOLDEN


def test_the_hashed_bytes_are_ascii_json_with_sorted_keys() -> None:
    assert hashed() == hashlib.sha256(CANONICAL.encode("ascii")).digest()


@pytest.mark.parametrize(
    "changed",
    [
        {"sequence": 6},
        {"change_set": 5},
        {"recorded_at": AT.replace(microsecond=2)},
        {"actor": "Zoe"},
        {"reason_digest": None},
        {"previous": b"\x01" * 32},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_no_part_of_a_lines_place_can_change_unseen(changed: dict[str, object]) -> None:
    assert hashed(**changed) != hashed()


@pytest.mark.parametrize(
    "entry",
    [
        replace(ENTRY, verb=Verb.RETIRE),
        replace(ENTRY, item_id=None),
        replace(ENTRY, opened=(RevisionId(7),)),
        replace(ENTRY, closed=()),
        replace(ENTRY, digests=()),
        replace(ENTRY, detail={}),
    ],
)
def test_no_part_of_what_a_line_says_can_change_unseen(entry: Entry) -> None:
    assert hashed(entry) != hashed()


def test_a_text_is_named_by_its_hmac_under_its_own_salt() -> None:
    assert text_digest(b"salt", "né\ud800") == hmac.digest(
        b"salt", "né\ud800".encode("utf-8", "surrogatepass"), "sha256"
    )
    assert text_digest(b"salt", "text") != text_digest(b"tlas", "text")
