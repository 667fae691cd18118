"""Item ids: UUIDv7, printed with the random part first so that a short prefix tells items apart.

The printed form is 25 digits of Crockford's base32 (lower case): 62 random bits, 12 random bits,
then 48 bits of Unix milliseconds. In a UUIDv7's own order, items made within 65 seconds would
share their first eight digits.
"""

from __future__ import annotations

from typing import NewType
from uuid import UUID

from remanence.errors import InvalidInput

ItemId = NewType("ItemId", str)
RevisionId = NewType("RevisionId", int)
TextId = NewType("TextId", int)

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
DIGITS = 25  # 122 bits, five a digit
SHORT_DIGITS = 8  # shown by default: 40 random bits
ID_BITS = 122  # they fill 25 digits from the left, so that the first digits are random in full
_PADDING_BITS = 5 * DIGITS - ID_BITS
_PAIRS = tuple(first + second for first in ALPHABET for second in ALPHABET)  # two digits, ten bits
_PAIR_SHIFTS = tuple(range(5 * DIGITS - 10, 0, -10))  # the last digit stands alone
_LOOKALIKES = str.maketrans({"i": "1", "l": "1", "o": "0", "-": None})


def new_item_id(unix_ms: int, random_bits: int) -> ItemId:
    """Make an id from a time in Unix milliseconds and 74 random bits.

    >>> new_item_id(1_795_547_000_000, 5)
    '00000000000000a0d21vresg0'
    """
    value = (random_bits & ((1 << 74) - 1)) << 48 | (unix_ms & ((1 << 48) - 1))
    value <<= _PADDING_BITS
    pairs = [_PAIRS[value >> shift & 1023] for shift in _PAIR_SHIFTS]
    return ItemId("".join(pairs) + ALPHABET[value & 31])


def as_uuid(item_id: ItemId) -> UUID:
    """The standard UUIDv7 that this id prints (RFC 9562, section 5.7)."""
    value = 0
    for digit in item_id:
        value = value * 32 + ALPHABET.index(digit)
    value >>= _PADDING_BITS
    unix_ms = value & ((1 << 48) - 1)
    rand_a = (value >> 48) & 0xFFF
    rand_b = value >> 60
    return UUID(int=unix_ms << 80 | 0x7 << 76 | rand_a << 64 | 0b10 << 62 | rand_b)


def short(item_id: ItemId) -> str:
    """The first eight digits: enough to tell items apart in all but the largest cubes."""
    return item_id[:SHORT_DIGITS]


def clean_prefix(text: str) -> str:
    """Read a typed id or prefix of one: case, dashes and look-alikes (i, l, o) do not matter.

    Raises InvalidInput when a character is no base32 digit, or there are none or too many.
    """
    if not isinstance(text, str):
        raise InvalidInput(f"an id is a text, not {type(text).__name__}")
    prefix = text.strip().lower().translate(_LOOKALIKES)
    if not prefix or len(prefix) > DIGITS or prefix.strip(ALPHABET):
        raise InvalidInput(
            f"{text!r} is not an id: expected 1 to {DIGITS} digits and letters, as `recall` prints them"
        )
    return prefix


def prefix_end(prefix: str) -> str:
    """A text that comes after every id with this prefix, and before every id after those."""
    return prefix + ALPHABET[-1] * (DIGITS - len(prefix) + 1)
