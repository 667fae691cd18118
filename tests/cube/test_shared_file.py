"""What one process does to a cube's vectors and words, and another one has in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import numpy.typing as npt

from opening import OpenCube
from remanence.embedding.hashing import Hashing
from remanence.embedding.port import EmbedderIdentity, Passages
from remanence.model.state import State
from remanence.reader import remembered
from remanence.recall import analyser
from ticking import TickingClock

DIMS = 8


class Small(Hashing):
    """The hashing embedder cut to a few dimensions, under a name of its own."""

    @property
    def identity(self) -> EmbedderIdentity:
        """Its own name."""
        return EmbedderIdentity("small", "1", DIMS)

    def query(self, text: str) -> npt.NDArray[np.float32]:
        """The first dimensions of the text's vector."""
        return _shortened(super().query(text)[None])[0]

    def passages(self, texts: Sequence[str]) -> Passages:
        """The first dimensions of each vector."""
        found = super().passages(texts)
        return replace(found, vectors=_shortened(found.vectors))


def _shortened(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Of length 1 again."""
    first = vectors[:, :DIMS] + np.float32(1e-3)
    return first / np.linalg.norm(first, axis=1, keepdims=True)


class Alike(Hashing):
    """Finds all texts alike."""

    def passages(self, texts: Sequence[str]) -> Passages:
        """One vector for all."""
        found = super().passages(texts)
        vectors = np.zeros_like(found.vectors)
        vectors[:, 0] = 1
        return replace(found, vectors=vectors)


def test_a_process_with_the_old_embedder_writes_no_vectors_among_the_new_ones(open_cube: OpenCube) -> None:
    old = open_cube()
    old.remember("Alice likes tea")
    assert old.recall("tea")
    new = open_cube(embedder=None)
    new.reembed(Small())
    old.remember("Alice likes coffee")
    for cube in (old, new, open_cube(embedder=Small())):
        assert {hit.item.content for hit in cube.recall("coffee")} >= {"Alice likes coffee"}
    assert old.stats().counts["texts without vector"] == 1
    assert any("another embedder" in note for note in old.recall("tea")[0].why.notes)
    assert new.embed_pending() == 1


def test_what_another_process_erased_leaves_every_index_and_the_words_before_the_next_answer(
    open_cube: OpenCube,
) -> None:
    one, other = open_cube(), open_cube()
    secret = one.remember("The word is zanzibar")
    other.recall("zanzibar", include=["superseded"])
    other.recall("zanzibar")
    one.forget(secret.id, erase=True)
    analyser.term_id("zanzibar")
    other.recall("hello")
    assert [len(live.index) for live in other._recaller._indexes.values()] == [0, 0]
    assert "zanzibar" not in analyser._term_of


def test_what_was_read_a_moment_ago_is_forgotten_with_an_erasure(open_cube: OpenCube) -> None:
    cube = open_cube(reader="rules")
    heard = cube.observe([{"role": "user", "content": "My sister Zuzana likes zanzibar tea. Is it 1999?"}])
    read = [kept.cache_info().currsize for kept in remembered._kept]
    assert sum(read) > 0
    cube.forget(heard.added[0], erase=True)
    assert [kept.cache_info().currsize for kept in remembered._kept if kept.cache_info().currsize] == []


def test_what_a_revised_message_says_has_its_vectors_at_once(open_cube: OpenCube) -> None:
    cube = open_cube(reader="rules")
    (utterance,) = cube.observe([{"role": "user", "content": "I live in Lisbon."}]).added
    cube.revise(utterance, "I live in Porto. I like tea.")
    assert cube.stats().counts["texts without vector"] == 0


def test_a_source_whose_passage_was_blanked_is_no_near_duplicate_that_remains(open_cube: OpenCube) -> None:
    cube = open_cube(reader="rules", embedder=Alike())
    observed = cube.observe([{"role": "user", "content": "I live in Lisbon."}])
    other = cube.remember("Lisbon it is")
    receipt = cube.forget(observed.derived[0], erase=True)
    assert receipt is not None
    assert receipt.redacted == observed.added
    assert receipt.remaining == (other.id,)


def test_the_memory_as_it_was_holds_what_held_then(open_cube: OpenCube, clock: TickingClock) -> None:
    cube = open_cube()
    then = clock.now()
    cube.remember("The code word is zebra", valid_from=then, valid_to=then + timedelta(days=30))
    known = clock.now() + timedelta(hours=1)
    clock.step(timedelta(days=90))
    assert cube.recall("code word") == []
    assert [hit.item.content for hit in cube.at(known).recall("code word")] == ["The code word is zebra"]


def test_an_item_of_which_one_row_is_retired_can_be_frozen_and_revised(open_cube: OpenCube) -> None:
    cube = open_cube(reader="rules")
    first = {"role": "user", "content": "I live in Lisbon.", "timestamp": "2020-01-01", "id": "1"}
    second = {"role": "user", "content": "I live in Porto.", "timestamp": "2022-01-01", "id": "2"}
    (home,) = cube.observe([first, second]).derived
    cube.observe([{**first, "content": "It rains."}])
    cube.freeze(home)
    cube.thaw(home)
    assert sorted(row.state for row in cube.history(home) if row.is_open) == [State.ACTIVE, State.ARCHIVED]
    cube.revise(home, "Alice lives in Faro", valid_from="2021-01-01")
    assert cube.check() == ()
