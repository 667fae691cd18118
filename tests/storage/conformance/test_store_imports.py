"""What came from other stores is known again by the ids that it has there."""

from __future__ import annotations

from stored import keep, said

from remanence.model.kind import Kind
from remanence.storage.port import Store

HEARD = {"kind": Kind.UTTERANCE, "method": "observed", "message_id": "m1", "turn": 0}


def test_all_rows_of_an_item_are_found_by_the_id_it_was_brought_in_under(store: Store) -> None:
    with store.write() as tx:
        (one,) = keep(tx, [said("one", method="import:x", message_id="k1")])
        (revised,) = keep(tx, [said("uno", item_id=one.item_id)], known=[one.item_id], closed=[one])
        keep(tx, [said("of another store", method="import:y", message_id="k1")])
        keep(tx, [said("heard", session="s", **{**HEARD, "method": "import:x", "message_id": "k1"})])
        keep(tx, [said("two", method="import:x", message_id="k2")])
    with store.read() as snapshot:
        found = snapshot.imported_rows("import:x", ["k1", "not there"])
        assert [row.id for row in found] == [one.id, revised.id]
        assert snapshot.imported_rows("import:x", []) == []


def test_an_erased_item_is_still_found_by_its_id(store: Store) -> None:
    with store.write() as tx:
        (one,) = keep(tx, [said("one", method="import:x", message_id="k1")])
        tx.erase_content([one.item_id])
    with store.read() as snapshot:
        assert [row.content.text for row in snapshot.imported_rows("import:x", ["k1"])] == [""]


def test_sessions_are_told_in_which_a_message_stands(store: Store) -> None:
    with store.write() as tx:
        (first,) = keep(tx, [said("a", session="s", **HEARD)])
        keep(tx, [said("b", session="t", **HEARD)])
        keep(tx, [said("no turn", session="u", message_id="m1")])
    with store.read() as snapshot:
        assert sorted(snapshot.sessions_of_messages(["m1", "m2"])) == [("m1", "s"), ("m1", "t")]
    with store.write() as tx:
        keep(tx, [], closed=[first])
    with store.read() as snapshot:
        assert snapshot.sessions_of_messages(["m1"]) == [("m1", "t")]
