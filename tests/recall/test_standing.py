"""How much of what a passage said has ended by some time, asked of one index in any order of times."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recall.cubes import Said, day, index_of, stored_rows
from remanence.recall.standing import replaced_share

PASSAGES = 4
DAYS = st.integers(0, 9)
STATEMENTS = st.lists(
    st.tuples(st.integers(1, PASSAGES), DAYS, st.integers(1, 9), st.sampled_from(["active", "archived"])),
    max_size=8,
)


def said(statements: list[tuple[int, int, int, str]]) -> list[Said]:
    passages = [Said(f"passage {number}") for number in range(PASSAGES)]
    told = [
        Said(f"statement {n}", kind="fact", source=source, state=state, valid_days=(start, start + length))
        for n, (source, start, length, state) in enumerate(statements)
    ]
    return [*passages, *told]


def expected(statements: list[tuple[int, int, int, str]], at: float) -> list[float]:
    """By the words of replaced_share alone."""
    shares = []
    for passage in range(1, PASSAGES + 1):
        mine = [
            start + length <= at or state != "active"
            for source, start, length, state in statements
            if source == passage
        ]
        shares.append(sum(mine) / len(mine) if mine else 0.0)
    return shares


@given(statements=STATEMENTS, asked=st.lists(st.floats(-1, 20), min_size=1, max_size=6))
def test_the_share_is_that_of_the_time_asked_about(
    statements: list[tuple[int, int, int, str]], asked: list[float]
) -> None:
    index = index_of(said(statements))
    for at in asked:
        shares = replaced_share(index, np.arange(PASSAGES, dtype=np.int32), at=day(at))
        np.testing.assert_allclose(shares, expected(statements, at), rtol=1e-6)


def test_what_ends_by_a_change_of_the_index_is_counted() -> None:
    statements = [(1, 0, 9, "active")]
    index, rows = index_of(said(statements)), np.zeros(1, np.int32)
    assert replaced_share(index, rows, at=day(5)) == [0.0]
    changed = stored_rows(said([(1, 0, 3, "active")]))[PASSAGES]
    index.replace([changed.item], [changed])
    assert replaced_share(index, rows, at=day(5)) == [1.0]
