"""The four roads by themselves, as they measure rows before anything is made a share of the best."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from remanence.recall.columns import Bools, Floats, RowNumbers
from remanence.recall.index import MemoryIndex
from remanence.recall.lexical import lexical
from remanence.recall.question import Question


def roads(
    index: MemoryIndex, question: Question, mask: Bools, rows: RowNumbers
) -> Iterator[tuple[str, Floats, RowNumbers]]:
    """Each road's name, its raw score of the rows (float32 [n]), and their places among those in the mask.

    Without a vector there is no dense road. Rows that score alike share the better place.
    """
    measured: list[tuple[str, Floats]] = []
    if question.vector is not None:
        cosine = index.cosines(question.vector) * mask
        measured += [("dense", cosine), ("dense_window", index.turns.spread(cosine) / index.turns.norms)]
    bm25 = lexical(index, question.terms, mask).bm25
    measured += [("bm25", bm25), ("bm25_window", index.turns.spread(bm25))]
    for name, scores in measured:
        others = np.sort(scores[mask])
        places = len(others) - np.searchsorted(others, scores[rows], side="right") + 1
        yield name, scores[rows], places.astype(np.int32)
