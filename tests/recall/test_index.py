"""The memory index, filled at once or bit by bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recall.cubes import DIMS, Said, asked, index_of, stored_rows, stored_vectors, vector_of
from remanence.errors import InvalidInput
from remanence.recall.analyser import analyse
from remanence.recall.index import MemoryIndex
from remanence.recall.lexical import lexical
from remanence.recall.manner_shown import shown_by
from remanence.recall.postings import Postings
from remanence.recall.turns import OFFSETS
from remanence.storage.port import StoredVector
from remanence.storage.vectors_port import SHOWN_UNIT

WORDS = ("tea", "milk", "lemon", "sugar", "honey", "ginger", "mint", "salt")
sentences = st.lists(st.sampled_from(WORDS), min_size=0, max_size=6).map(" ".join)
talks = st.lists(
    st.builds(Said, sentences, st.sampled_from(["Alice", "Bob"]), session=st.integers(0, 3)), max_size=25
)


def seen(index: MemoryIndex) -> dict[int, tuple[object, ...]]:
    """What the index knows, by revision, without row numbers."""
    revision = index.columns.ints("revision")
    cosines = index.cosines(vector_of("tea with honey"))
    masks = lexical(index, np.frombuffer(analyse("tea honey mint").terms, "<u4").tolist(), index.alive)
    near = [index.turns.at(offset) for offset in OFFSETS]
    return {
        int(revision[row]): (
            round(float(cosines[row]), 3),
            round(float(masks.bm25[row]), 4),
            int(index.lengths[row]),
            tuple(int(revision[at[row]]) if at[row] >= 0 else None for at in near),
        )
        for row in np.flatnonzero(index.alive).tolist()
    }


@settings(max_examples=60, deadline=None)
@given(talks, st.integers(1, 7))
def test_bit_by_bit_is_the_same_as_at_once(said: list[Said], step: int) -> None:
    rows, vectors = stored_rows(said), stored_vectors(said)
    bitwise = MemoryIndex(DIMS)
    for start in range(0, len(rows), step):
        bitwise.replace((), rows[start : start + step])
        bitwise.add_vectors(vectors[start : start + step])
    assert seen(bitwise) == seen(index_of(said))


def test_how_texts_tell_what_they_tell_may_come_after_their_rows() -> None:
    said = [Said("tea"), Said("milk is past", "Bob"), Said("lemon")]
    index = index_of(said)
    before = index.columns.ints("flags").tolist()
    texts = index.columns.ints("text").tolist()
    index.judge([(texts[2], 31), (texts[0], 1), (9999, 16)])
    assert index.columns.ints("flags").tolist() == [
        before[0] + SHOWN_UNIT,
        before[1],
        before[2] + 31 * SHOWN_UNIT,
    ]
    index.judge([(texts[2], 16)])
    assert shown_by(index.columns.ints("flags"))[2] == 0
    index.judge([])


@settings(max_examples=60, deadline=None)
@given(talks, st.sets(st.integers(1, 25)))
def test_what_was_removed_might_never_have_been(said: list[Said], gone: set[int]) -> None:
    index = index_of(said)
    index.replace(gone, [])
    rows = [row for row in stored_rows(said) if row.item not in gone]
    fresh = MemoryIndex(DIMS)
    fresh.replace((), rows)
    fresh.add_vectors(vector for vector in stored_vectors(said) if vector.text not in gone)
    assert seen(index) == seen(fresh)
    assert len(index) == len(fresh)


def test_removed_rows_are_squeezed_out_and_leave_nothing() -> None:
    said = [Said(f"{WORDS[n % 8]} number{n}", session=n % 40) for n in range(3000)]
    index = index_of(said)
    index.replace(range(1, 2001), [])
    assert len(index) == len(index.columns) == 1000
    assert len(index.vectors) == 1000
    rows = stored_rows(said)[2000:]
    fresh = MemoryIndex(DIMS)
    fresh.replace((), rows)
    fresh.add_vectors(stored_vectors(said)[2000:])
    assert seen(index) == seen(fresh)


def test_an_item_that_changed_keeps_the_vector_of_a_text_it_keeps() -> None:
    said = [Said("tea with honey"), Said("milk")]
    index = index_of(said)
    frozen = stored_rows(said)[0]._replace(revision=9, state="frozen")
    closed = stored_rows(said)[0]._replace(recorded_to=5)
    index.replace([1], [closed, frozen])
    row = int(index.rows_with_revisions([9])[0])
    assert index.cosines(vector_of("tea with honey"))[row] == pytest.approx(1, abs=0.01)
    assert index.columns.ints("recorded_to")[index.rows_with_revisions([1])[0]] == 5
    assert len(index) == 3


def test_erased_text_leaves_terms_and_vectors() -> None:
    said = [Said("ginger"), Said("mint")]
    index = index_of(said)
    erased = stored_rows(said)[0]._replace(state="erased", terms=b"", tokens=0)
    index.replace([1], [erased])
    row = int(index.rows_with_revisions([1])[0])
    term = int(np.frombuffer(analyse("ginger").terms, "<u4")[0])
    assert len(index.postings.find([term]).rows) == 0
    assert index.cosines(vector_of("ginger"))[row] == 0


def test_the_best_span_of_a_long_text_counts() -> None:
    index = MemoryIndex(DIMS)
    index.replace((), stored_rows([Said("salt and sugar"), Said("lemon")]))
    spans = [
        StoredVector(number, text, vector_of(words).astype("<f2").tobytes())
        for number, (text, words) in enumerate([(1, "salt"), (1, "sugar"), (2, "lemon")], 1)
    ]
    index.add_vectors(spans)
    for words, row in (("salt", 0), ("sugar", 0), ("lemon", 1)):
        assert index.cosines(vector_of(words))[row] == pytest.approx(1, abs=0.01)


def test_a_long_text_is_no_nearer_for_its_many_spans() -> None:
    index = MemoryIndex(DIMS)
    said = [Said("a long reply", session=1), Said("a short note", session=2), Said("a bill", session=3)]
    index.replace((), stored_rows(said))
    told = [(1, "salt"), (1, "sugar"), (1, "pepper"), (1, "lemon"), (2, "lemon"), (3, "paper")]
    spans = [
        StoredVector(number, text, vector_of(words).astype("<f2").tobytes())
        for number, (text, words) in enumerate(told, 1)
    ]
    index.add_vectors(spans)
    assert [hit.row for hit in asked(index, "lemon?")] == [1, 0, 2]
    index.replace([1], ())
    assert [hit.row for hit in asked(index, "lemon?")] == [1, 2]


def test_a_row_without_a_vector_yet_is_found_by_its_words() -> None:
    index = MemoryIndex(DIMS)
    said = [Said("ginger tea"), Said("milk")]
    index.replace((), stored_rows(said))
    index.add_vectors(stored_vectors(said)[1:])
    assert asked(index, "ginger?")[0].row == 0


def test_vectors_of_another_size_are_refused() -> None:
    index = index_of([Said("tea")])
    with pytest.raises(InvalidInput, match="32 dimensions"):
        index.add_vectors([StoredVector(9, 1, bytes(2 * (DIMS + 1)))])


def test_rounded_cosines_are_near_the_exact_ones() -> None:
    said = [Said(f"{a} {b}") for a in WORDS for b in WORDS]
    index = index_of(said)
    query = vector_of("honey and mint")
    exact = np.array([vector_of(one.text) @ query for one in said])
    assert np.abs(index.cosines(query) - exact).max() < 0.01


def test_a_term_at_either_end_of_the_numbers_is_found() -> None:
    postings = Postings()
    ends = [0, 0xFFFF_FFFF, 0xFFFF_FFFF]
    postings.add(0, np.array([*ends, *ends], "<u4"), np.array([3, 0, 3], np.int32))
    for term, count in ((0, 1.0), (0xFFFF_FFFF, 2.0)):
        found = postings.find([term])
        assert found.rows.tolist() == [0, 2]
        assert found.counts.tolist() == [count, count]
    assert len(postings.find([5]).rows) == 0
