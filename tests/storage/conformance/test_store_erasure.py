"""What a store's erasure takes, what it leaves, and the receipts it keeps."""

from __future__ import annotations

import pytest
from stored import HARD_TEXTS, START, keep, said, span

from remanence.model.item import NOTHING, Slot
from remanence.storage.port import Receipt, Store


def test_erasure_takes_every_row_of_an_item_and_leaves_the_others(store: Store) -> None:
    with store.write() as tx:
        (first,) = keep(
            tx,
            [said("gone", domain="d", tags=("t",), metadata={"m": 1}, slot=Slot("Alice", "home", "Lisbon"))],
            reason="first reason",
        )
        (second,) = keep(tx, [said("gone too", item_id=first.item_id)], closed=[first], known=[first.item_id])
        (other,) = keep(tx, [said("stays", tags=("t",))], reason="its own reason")
        tx.set_vectors([(row.text_id, [span(1, 2, 3, 4)]) for row in (first, second, other)])
        tx.erase_content([first.item_id])
    with store.read() as snapshot:
        for row in snapshot.rows_of([first.item_id], which="all"):
            content = row.content
            assert (content.text, content.domain, content.tags, content.slot) == ("", None, (), None)
            assert content.metadata == NOTHING
            assert row.text_id == 0
        assert snapshot.texts_containing([first.item_id]) == []
        assert [vector.text for vector in snapshot.vectors_after(0)] == [other.text_id]
        assert [text for text, _ in snapshot.text_digests()] == [other.text_id]
        assert [line.reason for line in snapshot.journal(limit=9)] == [None, None, "its own reason"]
        assert snapshot.rows_in_slot("Alice", "home") == []
        assert snapshot.rows_of([other.item_id]) == [other]
        assert [row.revision for row in snapshot.index_rows(which="all")] == [other.id]
    assert store.check() == []


@pytest.mark.parametrize("text", HARD_TEXTS.values(), ids=HARD_TEXTS.keys())
def test_any_text_can_be_erased_from_the_files(store: Store, text: str) -> None:
    fragment = text.strip()[:24].encode("utf-8", "surrogatepass")
    with store.write() as tx:
        (row,) = keep(tx, [said(text)])
        tx.erase_content([row.item_id])
    assert store.scrub([fragment])
    assert store.check() == []


def test_a_blocked_pair_stays_blocked_and_may_be_blocked_again(store: Store) -> None:
    with store.write() as tx:
        one, two = keep(tx, [said("one"), said("two")])
        tx.block([(one.item_id, "rule:x"), (one.item_id, "rule:y")])
        tx.block([(one.item_id, "rule:x")])
        assert tx.blocked([one.item_id, two.item_id]) == {(one.item_id, "rule:x"), (one.item_id, "rule:y")}
        assert tx.blocked([two.item_id]) == set()


def test_receipts_come_back_as_they_were_given_and_are_settled_when_the_bytes_are_gone(store: Store) -> None:
    with store.write() as tx:
        one, two, three = keep(tx, [said("the first of three"), said("two"), said("three")])
        tx.erase_content([one.item_id])
        receipt = Receipt(
            change_set=2,
            erased_at=START,
            items=(one.item_id,),
            redacted=(two.item_id,),
            remaining=(three.item_id,),
            journal_head="ab" * 32,
            pending=True,
        )
        tx.add_receipt(receipt)
    with store.read() as snapshot:
        assert snapshot.receipts() == [receipt]
        assert snapshot.counts()["erasures pending"] == 1
    assert store.scrub([b"the first of three"])
    store.settle_receipts()
    with store.read() as snapshot:
        assert [found.pending for found in snapshot.receipts()] == [False]


def test_a_scrub_says_whether_pieces_are_still_in_the_files(store: Store) -> None:
    with store.write() as tx:
        (row,) = keep(tx, [said("this text goes away")])
        tx.erase_content([row.item_id])
    assert store.scrub([b"this text goes away"])
    assert store.scrub([])


def test_words_that_a_row_still_has_are_no_trace_of_an_erasure(store: Store) -> None:
    words = "words of more than one item"
    with store.write() as tx:
        (row,) = keep(tx, [said(words)])
        keep(tx, [said("x", session=words), said("x", metadata={"m": words}), said("x", author=words)])
        keep(tx, [said("x", tags=(words,)), said("x", domain=words), said("x", message_id=words)])
        keep(tx, [said(words)], reason=words)
        tx.erase_content([row.item_id])
    assert store.scrub([words.encode()])


def test_what_goes_beside_the_texts_is_told_as_it_is_stored(store: Store) -> None:
    with store.write() as tx:
        row = said("x", domain="d1", tags=("t1", "é"), metadata={"m": "v"}, slot=Slot("s1", "a1", "v1"))
        (row,) = keep(tx, [row], reason="why")
        keep(tx, [said("other", domain="not asked for")], reason="not asked for")
        words = tx.words_beside([row.item_id])
        assert sorted(words) == sorted(['["t1", "\\u00e9"]', '{"m":"v"}', "d1", "s1", "v1", "why"])
