"""The engine of models that another package runs on this machine: spans, prefixes, lengths, identity.

What such a package is asked for is a Runner; sentence_transformers and fastembed have one each.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol

from remanence.embedding.card import Card, Prefixes
from remanence.embedding.lazily import Lazily
from remanence.embedding.pieces import PieceCutter, batches_by_length
from remanence.embedding.port import EmbedderIdentity, Passages, Span
from remanence.embedding.spans import at_length_one, cut, mean_direction, readable
from remanence.errors import EmbeddingError, ExtraMissing, ModelUnavailable, RemanenceError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from remanence.embedding.port import Vectors

PIECES_MIN = 8  # of one span, whatever a prefix takes: it goes on
PIECES_MAX = 512  # of one span, also where a model reads more: a vector of a longer text tells less of it
OVERLAP_SHARE = 4  # a quarter of a span is shared with its neighbour, as in the default embedder
PIECES_SPARE = 2  # a text cut out by its characters may have a piece more at either end
SPANS_MAX = 128  # of one text, as in the default embedder
QUERY_SPANS_MAX = 16
BATCH_TEXTS = 64  # some seconds of work for a small model on a CPU
BATCH_PIECES_MAX = 4_096  # in one run, padding included: a few hundred MB for a model of a billion numbers
CHARS_OF_PIECE = 3  # of a tokenizer that can't cut: fewer than most scripts have
REVISION_CHARS = 16  # of the digest: 64 bits


def require(module: str, *, kind: str, name: str) -> None:
    """Raise ExtraMissing where a model's package is not installed."""
    if find_spec(module) is None:
        raise ExtraMissing(
            f"the embedder {kind}:{name} needs the package {kind}: pip install 'remanence[{kind}]'"
        )


@dataclass(frozen=True, slots=True)
class Facts:
    """What a loaded model is: `weights` is a digest of them, `reads_pieces` its window."""

    dims: int
    weights: str
    pooling: str
    reads_pieces: int
    prefixes: Prefixes


class Runner(Protocol):
    """A loaded model. Asked by one thread at a time."""

    @property
    def facts(self) -> Facts:
        """What it is."""
        ...

    def own_tokenizer(self) -> Tokenizer | None:
        """A copy of its tokenizer, where it has one that cuts; asked for once."""
        ...

    def run(self, texts: Sequence[str], *, prefix: str, is_query: bool) -> Vectors:
        """Vectors [len(texts), dims] of texts that fit its window, with this before each."""
        ...


class LocalModel:
    """See Embedder; nothing is imported, fetched or loaded before the first text, or the first `identity`."""

    batch_texts = BATCH_TEXTS

    def __init__(self, name: str, load: Callable[[], Runner]) -> None:
        """`name` as it stands in the identity; `load` may raise whatever its package does."""
        self._name = name
        self._load = load
        self._engine = Lazily(self._made)

    @property
    def identity(self) -> EmbedderIdentity:
        """Of the weights as they were loaded and the way they are used; loads the model."""
        engine = self._engine.get()
        return EmbedderIdentity(self._name, engine.revision, engine.facts.dims)

    @property
    def card(self) -> Card:
        """Loads the model."""
        engine = self._engine.get()
        span = f"{engine.pieces} word pieces"
        return Card(self.identity, engine.facts.pooling, span, engine.facts.prefixes, self.batch_texts)

    def passages(self, texts: Sequence[str]) -> Passages:
        """See Embedder; ModelUnavailable when the model cannot be had."""
        return self._engine.get().passages(texts)

    def query(self, text: str) -> Vectors:
        """See Embedder; ModelUnavailable when the model cannot be had."""
        return self._engine.get().query(text)

    def _made(self) -> _Engine:
        try:
            return _Engine(self._name, self._load())
        except RemanenceError:
            raise
        except Exception as error:  # of a hub, of torch, of the files: they have no narrower type in common
            raise ModelUnavailable(
                f"the model {self._name} cannot be loaded: {_first_line(error)}"
            ) from error


class _Engine:
    """A loaded model and what cuts for it."""

    def __init__(self, name: str, runner: Runner) -> None:
        self._name = name
        self.facts = runner.facts
        self._runner = runner
        self._lock = threading.Lock()  # the packages' tokenizers are changed while they work
        tokenizer = runner.own_tokenizer()
        taken = PIECES_SPARE + _pieces_of(self.facts.prefixes, tokenizer)
        self.pieces = max(PIECES_MIN, min(self.facts.reads_pieces, PIECES_MAX) - taken)
        self._overlap = self.pieces // OVERLAP_SHARE
        self._cutter = (
            None if tokenizer is None else PieceCutter(tokenizer, pieces=self.pieces, overlap=self._overlap)
        )
        self.revision = self._revision()

    def passages(self, texts: Sequence[str]) -> Passages:
        rows = [row for index, text in enumerate(texts) for row in self._cut(index, text, limit=SPANS_MAX)]
        contents = [texts[span.text][span.start : span.end] for span, _ in rows]
        vectors = self._run([length for _, length in rows], contents, is_query=False)
        return Passages(vectors, tuple(span for span, _ in rows))

    def query(self, text: str) -> Vectors:
        rows = list(self._cut(0, text, limit=QUERY_SPANS_MAX))
        contents = [text[span.start : span.end] for span, _ in rows]
        return mean_direction(self._run([length for _, length in rows], contents, is_query=True))

    def _cut(self, index: int, text: str, *, limit: int) -> Iterator[tuple[Span, int]]:
        """The text's spans and about how many pieces each has."""
        if self._cutter is not None:
            for span, ids in self._cutter.cut(index, text, limit=limit):
                yield span, len(ids)
            return
        length, overlap = self.pieces * CHARS_OF_PIECE, self._overlap * CHARS_OF_PIECE
        for span in cut([text], length=length, overlap=overlap, limit=limit):
            yield Span(index, span.start, span.end), 1 + (span.end - span.start) // CHARS_OF_PIECE

    def _run(self, lengths: Sequence[int], texts: Sequence[str], *, is_query: bool) -> Vectors:
        """Unit vectors of the texts, in order; alike lengths run together."""
        import numpy as np

        prefixes = self.facts.prefixes
        prefix = prefixes.query if is_query else prefixes.passage
        vectors = np.empty((len(texts), self.facts.dims), np.float32)
        for batch in batches_by_length(lengths, pieces_max=BATCH_PIECES_MAX):
            asked = [readable(texts[number]) for number in batch]
            vectors[batch] = self._run_once(asked, prefix, is_query=is_query)
        return vectors

    def _run_once(self, texts: Sequence[str], prefix: str, *, is_query: bool) -> Vectors:
        """Unit vectors of texts that fit one run; EmbeddingError for what a model should not give."""
        try:
            with self._lock:
                found = self._runner.run(texts, prefix=prefix, is_query=is_query)
        except Exception as error:  # out of memory, a device that went away: of no narrower type in common
            raise EmbeddingError(f"the model {self._name} failed: {_first_line(error)}") from error
        expected = (len(texts), self.facts.dims)
        if found.shape != expected:
            raise EmbeddingError(f"{self._name} gave vectors of shape {found.shape}; expected {expected}")
        unit = at_length_one(found)
        if unit is None:
            raise EmbeddingError(f"{self._name} gave a vector that is all 0, or has a number not finite")
        return unit

    def _revision(self) -> str:
        facts = self.facts
        way = (facts.weights, facts.pooling, facts.prefixes.query, facts.prefixes.passage, str(self.pieces))
        return hashlib.sha256("\0".join(way).encode("utf-8")).hexdigest()[:REVISION_CHARS]


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _pieces_of(prefixes: Prefixes, tokenizer: Tokenizer | None) -> int:
    """How many pieces the longer of the prefixes takes of a span."""
    longest = max(prefixes.query, prefixes.passage, key=len)
    if tokenizer is None or not longest:
        return len(longest)  # one for each character, at most
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return len(tokenizer.encode(longest, add_special_tokens=False).ids)
