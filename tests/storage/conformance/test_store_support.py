"""What an engine keeps of support, of slots in conflict, and of how sources did."""

from __future__ import annotations

import pytest

from remanence.storage.port import Store
from remanence.storage.support_port import AUTHOR, METHOD, Observation, summed

BY_OTHERS = Observation("Alice", "stated", borne_out=True, by_another=True)
BY_HERSELF = Observation("Alice", "stated", borne_out=False, by_another=False)


def records(store: Store) -> dict[tuple[str, str], tuple[int, int]]:
    with store.read() as snapshot:
        return summed(snapshot.track_records())


def test_of_an_author_only_what_others_said_counts(store: Store) -> None:
    with store.write() as tx:
        tx.add_observations([BY_OTHERS, BY_HERSELF], change_set=1)
    assert records(store) == {(AUTHOR, "Alice"): (1, 0), (METHOD, "stated"): (1, 1)}


def test_an_undone_change_shows_nothing_and_a_redone_one_does(store: Store) -> None:
    with store.write() as tx:
        tx.add_observations([BY_OTHERS], change_set=1)
        tx.add_observations([BY_HERSELF], change_set=2)
    with store.write() as tx:
        tx.withdraw_observations(1, by=3)
    assert records(store)[METHOD, "stated"] == (0, 1)
    with store.write() as tx:
        tx.withdraw_observations(3, by=4)
    assert records(store)[METHOD, "stated"] == (1, 1)


@pytest.mark.parametrize("attributes", [[], ["home"]])
def test_an_empty_cube_has_no_slots(store: Store, attributes: list[str]) -> None:
    with store.read() as snapshot:
        assert snapshot.slot_attributes() == []
        assert snapshot.crowded_slots(attributes) == []
        assert snapshot.rows_saying("anything") == []
