"""The plain retrievers that stand beside ours: BM25, dense, and both by reciprocal rank. Nothing tuned."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from evidence import TOKENS_PER_WORD, Answer, Haystack, Message, Question, Retriever
from remanence.embedding.port import Embedder

K1, B = 1.2, 0.75
RRF_K = 60
STOP_WORDS = """
a an the and or but if of at by for with about to from in on is are was were be been do does did have has had
i you he she it we they me him her us them my your his its our their this that what when where who which how
why as so not
"""
STOP = frozenset(STOP_WORDS.split())
_WORD = re.compile(r"[a-z0-9]+")
_SUFFIX = re.compile(r"(?:ing|edly|ed|ies|es|s|ly)$")


def floors(embedder: Embedder, budgets: Sequence[int]) -> dict[str, Retriever]:
    """The three floors by name."""
    return {name: _Floor(name, embedder, budgets) for name in ("bm25", "dense", "rrf")}


class _Floor:
    def __init__(self, name: str, embedder: Embedder, budgets: Sequence[int]) -> None:
        self._name, self._embedder, self._budgets = name, embedder, budgets

    def __call__(self, haystack: Haystack) -> Iterator[tuple[Question, Answer]]:
        texts = [f"{message.name}: {message.text}" for message in haystack.messages]
        words = [Counter(tokens(text)) for text in texts]
        vectors = np.empty((0, 0)) if self._name == "bm25" else self._vectors(texts)
        for question in haystack.questions:
            known = len(texts) if question.known is None else question.known
            scores = []
            if self._name != "dense":
                scores.append(bm25(question.text, words[:known]))
            if self._name != "bm25":
                scores.append(vectors[:known] @ self._embedder.query(question.text))
            if self._name == "rrf":
                scores = [sum(1 / (RRF_K + 1 + _ranks(part)) for part in scores)]
            ranked = np.argsort(-scores[0], kind="stable").tolist()
            within = {budget: within_budget(ranked, haystack.messages, budget) for budget in self._budgets}
            yield question, Answer(tuple(ranked), float(scores[0].max(initial=0)), within)

    def _vectors(self, texts: Sequence[str]) -> np.ndarray:
        made = self._embedder.passages(texts)
        return made.vectors[[at for at, span in enumerate(made.spans) if span.start == 0]]


def bm25(question: str, words: Sequence[Counter[str]]) -> np.ndarray:
    """The BM25 score of each text, given by its words' counts."""
    scores = np.zeros(len(words))
    lengths = np.array([sum(text.values()) for text in words], np.float64)
    for word in set(tokens(question)):
        count = np.array([text[word] for text in words], np.float64)
        holding = np.count_nonzero(count)
        idf = math.log(1 + (len(words) - holding + 0.5) / (holding + 0.5))
        scores += idf * count * (K1 + 1) / (count + K1 * (1 - B + B * lengths / lengths.mean()))
    return scores


def tokens(text: str) -> list[str]:
    """Lower-case words without stop words, common suffixes cut off."""
    return [_stem(word) for word in _WORD.findall(text.lower()) if word not in STOP]


def within_budget(ranked: Sequence[int], messages: Sequence[Message], budget: int) -> frozenset[int]:
    """The first messages whose words times 1.33 fit a budget."""
    left, taken = float(budget), set[int]()
    for number in ranked:
        left -= len(messages[number].text.split()) * TOKENS_PER_WORD
        if left < 0:
            break
        taken.add(number)
    return frozenset(taken)


def _stem(word: str) -> str:
    cut = _SUFFIX.sub("", word)
    return cut if len(cut) >= 3 else word


def _ranks(scores: np.ndarray) -> np.ndarray:
    ranks = np.empty(len(scores))
    ranks[np.argsort(-scores, kind="stable")] = np.arange(len(scores))
    return ranks
