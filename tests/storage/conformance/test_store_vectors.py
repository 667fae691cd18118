"""Vectors: kept by text and span, taken over by equal texts, waiting where there is none yet."""

from __future__ import annotations

import pytest
from stored import EMBEDDER, HARD_TEXTS, keep, said, span

from remanence.model.ids import TextId
from remanence.storage.port import EmbedderName, Store
from remanence.storage.vectors_port import SHOWN_UNIT

OTHER = EmbedderName("other", "7", 1)
FLAGS = (1 << 18) - 1  # all that a text's words say


def test_a_text_waits_until_it_has_its_vectors(store: Store) -> None:
    with store.write() as tx:
        one, two = keep(tx, [said("one"), said("two")])
        assert tx.pending_texts(limit=10) == [(one.text_id, "one"), (two.text_id, "two")]
        assert tx.pending_texts(limit=1) == [(one.text_id, "one")]
        assert tx.counts()["texts without vector"] == 2
        tx.set_vectors([(one.text_id, [span(1, 2, 3, 4, end=2), span(5, 6, 7, 8, start=1, end=3)])])
        assert tx.pending_texts(limit=10) == [(two.text_id, "two")]
        vectors = list(tx.vectors_after(0))
    assert [(vector.text, vector.value) for vector in vectors] == [
        (one.text_id, bytes([1, 2, 3, 4])),
        (one.text_id, bytes([5, 6, 7, 8])),
    ]
    with store.read() as snapshot:
        assert list(snapshot.vectors_after(vectors[0].number)) == vectors[1:]
        assert list(snapshot.vectors_of([one.text_id, two.text_id])) == vectors


@pytest.mark.parametrize("text", HARD_TEXTS.values(), ids=HARD_TEXTS.keys())
def test_a_text_waits_word_for_word(store: Store, text: str) -> None:
    with store.write() as tx:
        (row,) = keep(tx, [said(text)])
        assert tx.pending_texts(limit=1) == [(row.text_id, text)]


def test_an_equal_text_takes_its_vectors_over_and_another_does_not(store: Store) -> None:
    spans = [span(1, 2, 3, 4, end=2), span(5, 6, 7, 8, start=1, end=3)]
    with store.write() as tx:
        one, _ = keep(tx, [said("same \ud800"), said("waits")])
        tx.set_vectors([(one.text_id, spans)])
        asked = ["same \ud800", "same \ufffd", "waits", "unheard of"]
        assert tx.same_text_vectors(asked, of=EMBEDDER) == [spans, None, None, None]


def test_how_a_text_tells_what_it_tells_is_kept_with_its_flags_and_taken_over(store: Store) -> None:
    with store.write() as tx:
        rows = [said("same"), said("other"), said("unjudged")]
        one, two, three = keep(tx, rows, flags=FLAGS)
        tx.set_vectors([(one.text_id, [span(1, 2, 3, 4)._replace(shown=31)])])
        after = tx.last_vector()
        tx.set_coming_embedder(OTHER)
        tx.set_vectors([(two.text_id, [span(1, 2, 3, 4)._replace(shown=7)])], generation="coming")
        tx.set_vectors([(three.text_id, [span(1, 2, 3, 4)])])
        assert tx.same_text_vectors(["same", "unjudged"], of=EMBEDDER) == [
            [span(1, 2, 3, 4)._replace(shown=31)],
            [span(1, 2, 3, 4)],
        ]
        flags = {row.text: row.flags for row in tx.index_rows(which="all")}
        assert flags == {
            one.text_id: 31 * SHOWN_UNIT + FLAGS,
            two.text_id: 7 * SHOWN_UNIT + FLAGS,
            three.text_id: FLAGS,
        }
        assert list(tx.shown_after(0)) == [(one.text_id, 31), (two.text_id, 7)]
        assert list(tx.shown_after(after)) == [(two.text_id, 7)]
        assert tx.pending_texts(limit=9) == [(two.text_id, "other")]
        assert [cells[-1] for cells in tx.dumped("vector")] == [31, None]
        tx.set_vectors([(one.text_id, [span(1, 2, 3, 4)])])  # an embedder that judges nothing
        assert list(tx.shown_after(0)) == [(one.text_id, 31), (two.text_id, 7)]


def test_a_vector_that_comes_after_its_text_was_erased_is_passed_over(store: Store) -> None:
    with store.write() as tx:
        (row,) = keep(tx, [said("one")])
        tx.erase_content([row.item_id])
        tx.set_vectors([(row.text_id, [span(1, 2, 3, 4)])])
        assert list(tx.vectors_after(0)) == []


def test_numbers_of_erased_texts_and_vectors_never_return(store: Store) -> None:
    with store.write() as tx:
        (row,) = keep(tx, [said("one")])
        tx.set_vectors([(row.text_id, [span(1, 2, 3, 4)])])
        (vector,) = tx.vectors_after(0)
        tx.erase_content([row.item_id])
    with store.write() as tx:
        (later,) = keep(tx, [said("two")])
        tx.set_vectors([(later.text_id, [span(1, 2, 3, 4)])])
        (later_vector,) = tx.vectors_after(0)
    assert later.text_id > row.text_id
    assert later_vector.number > vector.number


def test_another_embedder_drops_all_vectors_and_lets_all_texts_wait(store: Store) -> None:
    with store.write() as tx:
        (row,) = keep(tx, [said("one")])
        tx.set_vectors([(row.text_id, [span(1, 2, 3, 4)])])
    with store.write() as tx:
        tx.set_embedder(OTHER)
        assert tx.pending_texts(limit=9) == [(row.text_id, "one")]
        assert list(tx.vectors_after(0)) == []
        assert tx.same_text_vectors(["one"], of=OTHER) == [None]
    assert store.facts.embedder == OTHER
    with store.write() as tx:
        tx.set_embedder(EMBEDDER)
    assert store.facts.embedder == EMBEDDER


def test_vectors_to_come_are_kept_apart_until_their_embedder_takes_the_place(store: Store) -> None:
    with store.write() as tx:
        one, two = keep(tx, [said("one"), said("two")])
        tx.set_vectors([(one.text_id, [span(1, 2, 3, 4)])])
        tx.set_coming_embedder(OTHER)
        assert tx.texts_to_come(after=TextId(0), limit=9) == [(one.text_id, "one"), (two.text_id, "two")]
        assert tx.texts_to_come(after=one.text_id, limit=9) == [(two.text_id, "two")]
        tx.set_vectors([(one.text_id, [span(9, 9), span(8, 8, start=1, end=3)])], generation="coming")
        assert tx.texts_to_come(after=TextId(0), limit=9) == [(two.text_id, "two")]
        assert tx.progress_to_come() == (1, 2)
        assert tx.counts()["texts embedded anew"] == 1
        assert [vector.value for vector in tx.vectors_after(0)] == [bytes([1, 2, 3, 4])]
        assert [vector.value for vector in tx.vectors_of([one.text_id])] == [bytes([1, 2, 3, 4])]
        assert tx.same_text_vectors(["one"], of=EMBEDDER) == [[span(1, 2, 3, 4)]]
        assert tx.same_text_vectors(["one"], of=OTHER) == [[span(9, 9), span(8, 8, start=1, end=3)]]
        assert (tx.embedder(), tx.embedder("coming")) == (EMBEDDER, OTHER)
        assert tx.counts()["vectors"] == 1
    with store.write() as tx:
        tx.set_embedder(OTHER)
        assert (tx.embedder(), tx.embedder("coming")) == (OTHER, None)
        assert [vector.value for vector in tx.vectors_after(0)] == [bytes([9, 9]), bytes([8, 8])]
        assert tx.pending_texts(limit=9) == [(two.text_id, "two")]
        assert "texts embedded anew" not in tx.counts()


def test_a_vector_is_kept_once_whoever_brings_it_again(store: Store) -> None:
    with store.write() as tx:
        (one,) = keep(tx, [said("one")])
        for value in (1, 2):
            tx.set_vectors([(one.text_id, [span(value, value, value, value)])])
        assert [vector.value for vector in tx.vectors_after(0)] == [bytes([1, 1, 1, 1])]


def test_vectors_of_no_generation_are_deleted_some_at_a_time(store: Store) -> None:
    with store.write() as tx:
        rows = keep(tx, [said(f"text {number}") for number in range(5)])
        tx.set_vectors([(row.text_id, [span(1, 2, 3, 4)]) for row in rows])
        tx.set_coming_embedder(OTHER)
        tx.set_vectors([(row.text_id, [span(9, 9)]) for row in rows], generation="coming")
        last = tx.last_vector()
        assert tx.stale_vectors(after=0, limit=9) == []
        tx.set_embedder(OTHER)
        stale = tx.stale_vectors(after=0, limit=3)
        assert len(stale) == 3
        assert tx.stale_vectors(after=stale[-1], limit=3) == [stale[-1] + 1, stale[-1] + 2]
        tx.delete_stale_vectors([*stale, last])
        assert tx.stale_vectors(after=0, limit=9) == [stale[-1] + 1, stale[-1] + 2]
        assert tx.last_vector() == last
        tx.set_embedder(EMBEDDER)
        assert len(tx.pending_texts(limit=9)) == 3  # the two that were not deleted yet are right again


def test_an_erasure_takes_the_vectors_of_both_generations(store: Store) -> None:
    with store.write() as tx:
        one, two = keep(tx, [said("one"), said("two")])
        tx.set_vectors([(row.text_id, [span(1, 2, 3, 4)]) for row in (one, two)])
        tx.set_coming_embedder(OTHER)
        tx.set_vectors([(row.text_id, [span(9, 9)]) for row in (one, two)], generation="coming")
        tx.erase_content([one.item_id])
        tx.set_vectors([(one.text_id, [span(7, 7)])], generation="coming")
        assert [vector.text for vector in tx.vectors_after(0)] == [two.text_id]
        tx.set_embedder(OTHER)
        assert [vector.text for vector in tx.vectors_after(0)] == [two.text_id]


def test_words_that_follow_one_another_are_found(store: Store) -> None:
    with store.write() as tx:
        one, two, _ = keep(
            tx, [said("Alice drinks green tea"), said("green is the Tea"), said('"green tea" AND \ud800 NOT')]
        )
        found = tx.texts_matching("green tea", limit=9)
        assert one.text_id in found
        assert two.text_id not in found
        assert len(found) == 2
        assert len(tx.texts_matching("green tea", limit=1)) == 1
        for odd in ['"', "AND", "a OR b", "*", "(", "\0", "\ud800", "near(", "content:x", "-"]:
            tx.texts_matching(odd, limit=9)
        tx.erase_content([one.item_id])
        assert one.text_id not in tx.texts_matching("green tea", limit=9)
