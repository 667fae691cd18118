"""Groups of vectors that lie close together, and the terms that tell one group from the others.

Sources: R. Campello, D. Moulavi and J. Sander, "Density-Based Clustering Based on Hierarchical Density
Estimates", PAKDD 2013; class-based tf-idf after M. Grootendorst, "BERTopic", arXiv 2203.05794, 2022.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from remanence.errors import ExtraMissing

Floats: TypeAlias = npt.NDArray[np.float32]
Word: TypeAlias = tuple[int, str]  # what counts as the same word, and how it is written

DIMS = 10  # to which vectors are reduced: density means little in hundreds of dimensions
NOISE = -1


@dataclass(frozen=True, slots=True, eq=False)
class Cluster:
    """Places of vectors that lie together, and how close: the mean cosine with their middle, at most 1."""

    places: tuple[int, ...]
    cohesion: float


def clusters(vectors: Floats, *, members_min: int) -> list[Cluster]:
    """The groups among unit vectors, float32 [n, dims], of at least so many each; closest first.

    What lies between the groups is in none. Raises ExtraMissing where scikit-learn is not installed.
    """
    try:
        from sklearn.cluster import HDBSCAN  # type: ignore[import-untyped]  # it ships no hints
    except ImportError as error:
        raise ExtraMissing("proposing units needs scikit-learn: pip install 'remanence[units]'") from error
    if len(vectors) < max(2, members_min):
        return []
    model = HDBSCAN(min_cluster_size=members_min, min_samples=1, cluster_selection_method="leaf", copy=True)
    labels = model.fit_predict(_reduced(vectors))
    found = []
    for label in range(int(labels.max(initial=NOISE)) + 1):
        places = np.flatnonzero(labels == label)
        middle = vectors[places].mean(axis=0)
        found.append(Cluster(tuple(places.tolist()), float(np.linalg.norm(middle))))
    return sorted(found, key=lambda one: (-one.cohesion, one.places))


def telling_terms(groups: Sequence[Sequence[Sequence[Word]]], *, count: int) -> list[list[str]]:
    """For each group of texts, given as words, those that are frequent in it and rare in the others.

    A word is shown as it is written most often in the group.
    """
    counts = [Counter(key for text in group for key, _ in text) for group in groups]
    total: Counter[int] = sum(counts, Counter())
    mean = total.total() / max(1, len(groups))
    found = []
    for group, own in zip(groups, counts, strict=True):
        held_by = Counter(key for text in group for key in {key for key, _ in text})
        written: dict[int, Counter[str]] = {}
        for text in group:
            for key, word in text:
                written.setdefault(key, Counter())[word] += 1
        weight = {key: held_by[key] * float(np.log1p(mean / total[key])) for key in own if held_by[key] > 1}
        best = sorted(weight, key=lambda key: (-weight[key], written[key].most_common(1)[0][0]))[:count]
        found.append([written[key].most_common(1)[0][0] for key in best])
    return found


def _reduced(vectors: Floats) -> Floats:
    """float32 [n, DIMS]: the directions in which they differ most."""
    centred = vectors - vectors.mean(axis=0)
    _, directions = np.linalg.eigh(centred.T @ centred)
    reduced: Floats = centred @ directions[:, -DIMS:]
    return reduced
