"""Ids: standard UUIDv7 inside, a printed form whose prefixes tell items apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remanence.errors import InvalidInput
from remanence.model.ids import ALPHABET, DIGITS, as_uuid, clean_prefix, new_item_id, short

MILLISECONDS = st.integers(0, (1 << 48) - 1)
RANDOM_BITS = st.integers(0, (1 << 74) - 1)


@given(MILLISECONDS, RANDOM_BITS)
def test_an_id_is_a_uuid_of_version_7_that_keeps_time_and_random_bits(unix_ms: int, bits: int) -> None:
    uuid = as_uuid(new_item_id(unix_ms, bits))
    assert uuid.version == 7
    assert uuid.variant == "specified in RFC 4122"
    assert uuid.int >> 80 == unix_ms
    rand_a, rand_b = uuid.int >> 64 & 0xFFF, uuid.int & ((1 << 62) - 1)
    assert rand_b << 12 | rand_a == bits


@given(MILLISECONDS, RANDOM_BITS)
def test_an_id_prints_as_25_digits_of_crockfords_alphabet(unix_ms: int, bits: int) -> None:
    item_id = new_item_id(unix_ms, bits)
    assert len(item_id) == DIGITS
    assert set(item_id) <= set(ALPHABET)
    assert clean_prefix(item_id) == item_id


@given(st.tuples(MILLISECONDS, RANDOM_BITS), st.tuples(MILLISECONDS, RANDOM_BITS))
def test_two_ids_differ_where_time_or_bits_do(one: tuple[int, int], other: tuple[int, int]) -> None:
    assert (new_item_id(*one) == new_item_id(*other)) is (one == other)


@given(MILLISECONDS, st.integers(0, (1 << 40) - 1))
def test_the_first_eight_digits_are_the_first_forty_random_bits(unix_ms: int, first: int) -> None:
    one, other = new_item_id(unix_ms, first << 34), new_item_id(unix_ms + 1, first << 34 | 7)
    assert short(one) == short(other), "neither time nor later bits show in them"
    assert short(one) != short(new_item_id(unix_ms, (first ^ 1) << 34))


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("ABCD", "abcd"),
        ("  ab-cd ", "abcd"),
        ("il0O", "1100"),
        ("7z9k-m2", "7z9km2"),
        ("0" * DIGITS, "0" * DIGITS),
    ],
)
def test_case_dashes_and_look_alikes_do_not_matter_in_a_typed_id(typed: str, read: str) -> None:
    assert clean_prefix(typed) == read


@pytest.mark.parametrize("typed", ["", "  ", "--", "abcu", "ab cd", "ab%", "été", "0" * (DIGITS + 1)])
def test_what_is_no_id_is_refused_and_shown(typed: str) -> None:
    with pytest.raises(InvalidInput, match="is not an id: expected 1 to 25"):
        clean_prefix(typed)
