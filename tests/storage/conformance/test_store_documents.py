"""How a store keeps documents: versions by name, passages in order, digests that erasure takes."""

from __future__ import annotations

from dataclasses import replace

from stored import OpenStore, keep, said

from remanence.model.document import DocumentVersion
from remanence.model.ids import ItemId
from remanence.model.unit import UnitId
from remanence.storage.port import Store

DIGEST = bytes(range(32))


def version(name: str, items: tuple[ItemId, ...], by: int, digest: bytes | None = DIGEST) -> DocumentVersion:
    return DocumentVersion(0, name, "markdown", items, UnitId("unit"), digest, by)


def test_the_version_in_force_has_its_passages_in_their_order(store: Store) -> None:
    with store.write() as tx:
        one, two, three = (row.item_id for row in keep(tx, [said("one"), said("two"), said("three")]))
        tx.add_document_versions([version("b.md", (three, one), 1), version("a.md", (two,), 1, None)])
        first = tx.document_named("b.md")
        assert first is not None
        tx.close_document_versions([first.number], by=4)
        tx.add_document_versions([version("b.md", (two, three, one), 4)])
    with store.read() as snapshot:
        assert [one.name for one in snapshot.documents()] == ["a.md", "b.md"]
        newest = snapshot.document_named("b.md")
        assert newest is not None
        assert newest == replace(version("b.md", (two, three, one), 4), number=newest.number)
        assert snapshot.document_versions_touched_by(4) == ([newest], [replace(first, closed_by=4)])
        assert snapshot.items_of_document("b.md") == (one, two, three)
        assert snapshot.document_named("c.md") is None


def test_a_document_is_found_by_its_digest_while_it_is_in_force(store: Store) -> None:
    with store.write() as tx:
        (row,) = keep(tx, [said("one")])
        tx.add_document_versions([version("a.md", (row.item_id,), 1)])
        found = tx.document_of_digest(DIGEST)
        assert found is not None
        assert found.name == "a.md"
        tx.close_document_versions([found.number], by=2)
        assert tx.document_of_digest(DIGEST) is None


def test_a_digest_means_nothing_in_another_cube(open_store: OpenStore) -> None:
    with open_store("one").read() as one, open_store("two").read() as two:
        assert one.keyed_digest(DIGEST) == one.keyed_digest(DIGEST) != two.keyed_digest(DIGEST)


def test_erasing_a_passage_takes_the_digests_of_its_documents_and_leaves_its_place(store: Store) -> None:
    with store.write() as tx:
        one, two = (row.item_id for row in keep(tx, [said("one"), said("two")]))
        tx.add_document_versions([version("a.md", (one, two), 1), version("b.md", (two,), 1)])
        tx.erase_content([one])
    with store.read() as snapshot:
        assert [(one.digest, one.items) for one in snapshot.documents()] == [
            (None, (one, two)),
            (DIGEST, (two,)),
        ]


def test_the_words_of_a_document_go_from_all_its_versions(store: Store) -> None:
    with store.write() as tx:
        (row,) = keep(tx, [said("one")])
        tx.add_document_versions([version("a secret name.md", (row.item_id,), 1)])
        first = tx.document_named("a secret name.md")
        assert first is not None
        tx.close_document_versions([first.number], by=2)
        tx.add_document_versions([version("a secret name.md", (row.item_id,), 2)])
        tx.erase_document_words("a secret name.md", by=3)
        assert tx.documents() == []
        opened, closed = tx.document_versions_touched_by(2)
        assert [(one.name, one.digest) for one in (*opened, *closed)] == [("", None), ("", None)]
    assert store.scrub([b"a secret name.md"])
