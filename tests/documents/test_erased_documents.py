"""Erasing: of a document no byte is left, and what was erased of it does not come back with it."""

from __future__ import annotations

from pathlib import Path

import pytest

import remanence
from remanence.errors import ItemFrozen, NotFound, Refused
from remanence.model.state import State

SECRET = "The combination of the safe is forty-two thirteen."
TEXT = f"# House\n\nIt has a garden.\n\n## Safekeeping\n\n{SECRET}\n\n## Keys\n\nThey hang by the door.\n"


def bytes_of(tmp_path: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(tmp_path.iterdir()))


@pytest.fixture
def done(cube: remanence.Cube) -> list[str]:
    """The passages of the house's document, in order."""
    return list(cube.ingest(TEXT.encode(), name="house.md", because="moving in").added)


def test_an_erased_passage_leaves_no_byte_nor_its_heading(
    cube: remanence.Cube, done: list[str], tmp_path: Path
) -> None:
    receipt = cube.forget(done[1], erase=True)
    assert receipt is not None
    assert not receipt.pending
    for words in (b"combination", b"forty-two", b"Safekeeping"):
        assert words not in bytes_of(tmp_path), words
    assert b"garden" in bytes_of(tmp_path)


def test_what_was_erased_does_not_come_back_with_its_document(
    cube: remanence.Cube, done: list[str], tmp_path: Path
) -> None:
    cube.forget(done[1], erase=True)
    for text in (TEXT, TEXT.replace("a garden", "a large garden"), "Before.\n\n" + TEXT, TEXT):
        again = cube.ingest(text.encode(), name="house.md")
        assert [one.why for one in again.left_out] == [
            "what stood there was erased, and this may be it; remember it by hand if not"
        ]
        assert b"forty-two" not in bytes_of(tmp_path)
        assert all("safe" not in hit.item.content for hit in cube.recall("combination of the safe"))
    assert cube.show(done[1]).state is State.ERASED
    assert cube.check() == ()


def test_no_digest_is_kept_by_which_an_erased_passage_could_be_guessed(
    cube: remanence.Cube, done: list[str]
) -> None:
    assert cube.documents()[0].digest is not None
    cube.forget(done[1], erase=True)
    assert cube.documents()[0].digest is None
    again = cube.ingest(TEXT.encode(), name="house.md")
    assert (again.change_set, again.unchanged) == (None, (done[0], done[2]))
    assert cube.documents()[0].digest is None
    cube.ingest(TEXT.replace("a garden", "no garden").encode(), name="house.md")
    assert cube.documents()[0].digest is None


def test_what_is_new_beside_other_passages_is_taken_in_all_the_same(
    cube: remanence.Cube, done: list[str]
) -> None:
    cube.forget(done[1], erase=True)
    again = cube.ingest((TEXT + "\n## Roof\n\nIt leaks.\n").encode(), name="house.md")
    assert [cube.show(one).content for one in again.added] == ["## Roof\n\nIt leaks."]


def test_an_erased_document_leaves_no_byte_of_text_name_or_unit(
    cube: remanence.Cube, done: list[str], tmp_path: Path
) -> None:
    cube.ingest(TEXT.replace("by the door", "in the shed").encode(), name="house.md")
    kept = cube.ingest(b"# Boat\n\nThe boat is blue.\n", name="boat.md")
    receipt = cube.forget_document("house.md", erase=True)
    assert receipt is not None
    assert not receipt.pending
    assert set(done) <= set(receipt.items)
    cube.close()
    left = bytes_of(tmp_path)
    for words in (b"forty-two", b"garden", b"Safekeeping", b"by the door", b"in the shed", b"house.md"):
        assert words not in left, words
    assert b"The boat is blue" in left
    with remanence.open(tmp_path / "a.cube", embedder="hashing") as again:
        assert [one.name for one in again.documents()] == ["boat.md"]
        assert again.check() == ()
        assert len(again.ingest(TEXT.encode(), name="house.md").added) == 3
        assert kept.change_set is not None


def test_an_erased_document_can_neither_be_undone_nor_erased_again(
    cube: remanence.Cube, done: list[str]
) -> None:
    ingest = cube.show(done[0]).revision.opened_by
    cube.forget_document("house.md", erase=True)
    with pytest.raises(Refused):
        cube.undo(ingest)
    with pytest.raises(NotFound):
        cube.forget_document("house.md", erase=True)
    assert cube.check() == ()


def test_a_frozen_passage_keeps_its_document_from_being_erased(cube: remanence.Cube, done: list[str]) -> None:
    cube.freeze(done[0])
    with pytest.raises(ItemFrozen):
        cube.forget_document("house.md", erase=True)
    with pytest.raises(ItemFrozen):
        cube.forget_document("house.md")
    assert [one.name for one in cube.documents()] == ["house.md"]
    assert cube.forget_document("house.md", erase=True, force=True) is not None
