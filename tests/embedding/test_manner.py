"""How a text tells what it tells, as the default embedder reads it."""

from __future__ import annotations

import numpy as np
import pytest

from remanence.embedding.checked import checked_passages
from remanence.embedding.hashing import Hashing
from remanence.embedding.open import open_embedder
from remanence.embedding.port import Passages
from remanence.errors import EmbeddingError

SO_NOW = ("We sleep in the attic these days.", "My bike is a Brompton, I ride it to work.")
NOT_SO = ("My sister sleeps in the attic.", "If I were richer I would ride a Brompton.")


def test_what_is_so_now_with_the_speaker_is_told_from_what_is_not() -> None:
    embedder = open_embedder("minilm")
    manner = embedder.passages([*SO_NOW, *NOT_SO]).manner
    assert manner is not None
    assert manner[:2].min() > 0 > manner[2:].max()


def test_a_text_is_judged_alike_alone_and_among_longer_ones() -> None:
    embedder = open_embedder("minilm")
    texts = [*SO_NOW, "a long one, " * 90, "", "\0\ud800"]
    together = embedder.passages(texts)
    assert together.manner is not None
    assert len(together.manner) == len(together.spans)
    first = [at for at, span in enumerate(together.spans) if span.start == 0]
    alone = [embedder.passages([text]).manner for text in texts]
    assert np.allclose(together.manner[first], [one[0] for one in alone if one is not None], atol=1e-4)


@pytest.mark.parametrize("manner", [[0.5, 0.5], [float("nan")], [float("inf")]])
def test_a_manner_that_is_no_number_for_each_vector_is_refused(manner: list[float]) -> None:
    class Spoilt(Hashing):
        def passages(self, texts: list[str]) -> Passages:  # type: ignore[override]
            found = super().passages(texts)
            return Passages(found.vectors, found.spans, np.array(manner, np.float32))

    with pytest.raises(EmbeddingError, match="manner"):
        checked_passages(Spoilt(), ["one"])
