"""A second look at the first hits: a reranker decides their order, their places keep their scores.

How likely a hit at some place is evidence is what the scores are learnt to say; a reranker's numbers have a
scale of their own. So the best text takes the best score, and `why` says by how much that moved it.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from dataclasses import replace

from remanence.errors import RerankingFailed
from remanence.model.hit import Hit, Part, Why
from remanence.reranking.port import Reranker

RERANKED = 50  # first hits that are read again; a model reads some 20 to 50 texts in the time that one waits
NOT_RERANKED = "not reranked: the reranker failed"
_LOGIT_MAX = 30.0
_log = logging.getLogger("remanence")


def reranked(reranker: Reranker, question: str, hits: Sequence[Hit]) -> list[Hit]:
    """The hits with the first RERANKED in the reranker's order; in their own, and said so, where it fails."""
    first, rest = list(hits[:RERANKED]), list(hits[RERANKED:])
    if not first:
        return rest
    try:
        relevances = _checked(reranker, question, [hit.item.content for hit in first])
    except RerankingFailed as error:
        _log.warning("recall keeps its own order: %s", type(error).__name__)
        return [replace(hit, why=Why(hit.why.parts, (*hit.why.notes, NOT_RERANKED))) for hit in hits]
    order = sorted(range(len(first)), key=lambda at: -relevances[at])  # stable: of equals, our own order
    scores = sorted((hit.score for hit in first), reverse=True)
    name = f"reranked by {reranker.name}"
    moved = [_moved(first[at], name, relevances[at], score) for at, score in zip(order, scores, strict=True)]
    return [*moved, *rest]


def _checked(reranker: Reranker, question: str, texts: Sequence[str]) -> list[float]:
    try:
        relevances = [float(value) for value in reranker.relevances(question, texts)]
    except (TypeError, ValueError) as error:
        raise RerankingFailed(f"{reranker.name} gave relevances that are no numbers: {error}") from error
    if len(relevances) != len(texts) or not all(map(math.isfinite, relevances)):
        raise RerankingFailed(
            f"{reranker.name} was given {len(texts)} texts and gave {len(relevances)} relevances, "
            f"{sum(map(math.isfinite, relevances))} of them finite"
        )
    return relevances


def _moved(hit: Hit, name: str, relevance: float, score: float) -> Hit:
    part = Part(name, relevance, _log_odds(score) - _log_odds(hit.score))
    return replace(hit, score=score, why=Why((*hit.why.parts, part), hit.why.notes))


def _log_odds(score: float) -> float:
    if not 0 < score < 1:
        return math.copysign(_LOGIT_MAX, score - 0.5)
    return math.log(score / (1 - score))
