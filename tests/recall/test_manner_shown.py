"""What a vector shows of how a text tells what it tells."""

from __future__ import annotations

import numpy as np

from remanence.embedding.open import open_embedder
from remanence.recall.manner_shown import SURE_MAX, shown_by

SO_NOW = ("We sleep in the attic these days.", "My bike is a Brompton, I ride it to work.")
NOT_SO = ("My sister sleeps in the attic.", "If I were richer I would ride a Brompton.")


def test_what_is_so_now_with_the_speaker_is_told_from_what_is_not() -> None:
    embedder = open_embedder("minilm")
    assert embedder is not None
    vectors = embedder.passages([*SO_NOW, *NOT_SO]).vectors
    shown = shown_by(vectors, str(embedder.identity), count=4)
    assert shown[:2].min() > shown[2:].max()
    assert np.abs(shown).max() <= SURE_MAX


def test_nothing_is_said_of_vectors_that_were_not_learnt_from() -> None:
    embedder = open_embedder("minilm")
    assert embedder is not None
    vectors = embedder.passages(SO_NOW).vectors
    assert shown_by(vectors, "another (1, 384 dimensions)", count=2).tolist() == [0, 0]
    assert shown_by(np.zeros_like(vectors), str(embedder.identity), count=2).tolist() == [0, 0]
    assert shown_by(None, "", count=2).tolist() == [0, 0]
