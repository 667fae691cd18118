"""all-MiniLM-L6-v2 in fp32 on the CPU: the default embedder, 384 dimensions, made for English.

One onnxruntime session of one thread serves queries and batches alike. Batches run on all cores as
small pieces in worker threads: measured faster than a session with a thread a core, and it needs no
second one. The graph is package data (tools/build_minilm_graph.py); the weights stay in their file.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from remanence.embedding.card import Card, Prefixes
from remanence.embedding.cores import cores
from remanence.embedding.lazily import Lazily
from remanence.embedding.manner import shipped_network
from remanence.embedding.model_files import TOKENIZER, WEIGHTS
from remanence.embedding.pieces import PieceCutter, batches_by_length
from remanence.embedding.port import BATCH_TEXTS, EmbedderIdentity, Passages
from remanence.embedding.spans import mean_direction
from remanence.errors import ModelUnavailable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from remanence.embedding.port import Vectors

    class Session(Protocol):
        """What is used of onnxruntime.InferenceSession, which has no types of its own."""

        def run(self, outputs: list[str], feeds: dict[str, NDArray[np.int64]]) -> list[Vectors]:
            """Run the graph once."""
            ...


GRAPH = Path(__file__).parent / "data/all-minilm-l6-v2.onnx"
DIMS = 384
SPAN_PIECES = 256  # what the model was trained to read, its two marks included
OVERLAP_PIECES = 64  # shared by neighbouring spans: a sentence or two is whole in one of them
SPANS_MAX = 128  # of one text: some 100,000 characters in 5 to 10 s; the rest is found by its words only
QUERY_SPANS_MAX = 16  # of one query: some 13,000 characters; what lies beyond is not asked for
BATCH_PIECES_MAX = 256  # in one run, padding included: larger ones are no faster, and take more memory
BATCH_PIECES_MIN = 64  # smaller ones are not worth a thread
ROUND_TEXTS = 512  # tokenized at a time: bounds what is held between tokenizer and model
IDENTITY = EmbedderIdentity("all-MiniLM-L6-v2", f"{WEIGHTS.sha256[:12]}.1", DIMS)


class MiniLM:
    """The default embedder; nothing is imported, fetched or loaded before the first text."""

    frees_interpreter = True

    def __init__(
        self, find_folder: Callable[[], Path], *, clock_s: Callable[[], float] = time.monotonic
    ) -> None:
        """`find_folder` is asked for the folder of the model's files; it may raise ModelUnavailable."""
        self._engine = Lazily(lambda: load(find_folder()), clock_s=clock_s)

    @property
    def identity(self) -> EmbedderIdentity:
        """Known without loading."""
        return IDENTITY

    @property
    def card(self) -> Card:
        """Known without loading."""
        return Card(IDENTITY, "mean", f"{SPAN_PIECES} word pieces", Prefixes(), BATCH_TEXTS)

    def passages(self, texts: Sequence[str]) -> Passages:
        """See Embedder; ModelUnavailable when the model cannot be had."""
        return self._engine.get().passages(texts)

    def query(self, text: str) -> Vectors:
        """See Embedder; ModelUnavailable when the model cannot be had."""
        return self._engine.get().query(text)


def load(folder: Path) -> Engine:
    """The model in a folder; ModelUnavailable when what lies there cannot be loaded."""
    try:
        return Engine(folder)
    except Exception as error:  # onnxruntime and tokenizers raise no narrower type in common
        raise ModelUnavailable(f"the model in {folder} cannot be loaded: {error}") from error


class Engine:
    """The loaded model: a tokenizer and a session, both safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        """Load from a folder whose files were found whole; some 100 ms, imports included."""
        self._cutter = _open_cutter(folder)
        self._session = _open_session(folder)

    def passages(self, texts: Sequence[str]) -> Passages:
        """See Embedder."""
        import numpy as np

        vectors, manner, spans = [np.empty((0, DIMS), np.float32)], [np.empty(0, np.float32)], []
        for start in range(0, len(texts), ROUND_TEXTS):
            rows = []
            for index, text in enumerate(texts[start : start + ROUND_TEXTS], start):
                for span, ids in self._cutter.cut(index, text, limit=SPANS_MAX):
                    spans.append(span)
                    rows.append(ids)
            judged = np.empty(len(rows), np.float32)
            vectors.append(self._run_all(rows, judged))
            manner.append(judged)
        return Passages(np.concatenate(vectors), tuple(spans), np.concatenate(manner))

    def query(self, text: str) -> Vectors:
        """See Embedder."""
        rows = [ids for _, ids in self._cutter.cut(0, text, limit=QUERY_SPANS_MAX)]
        return self._run(rows)[0] if len(rows) == 1 else mean_direction(self._run_all(rows))

    def pieces(self, texts: Sequence[str]) -> list[Vectors]:
        """What the middle of the model holds of each piece of each text, float32 [pieces, DIMS]; of a long
        text its first span. That is what embedding/manner.py judges by and is learnt from."""
        rows = [next(iter(self._cutter.cut(0, text, limit=1)))[1] for text in texts]
        (middle,) = self._session.run(["middle"], _fed(rows))
        return [held[: len(row)] for held, row in zip(middle, rows, strict=True)]

    def _run_all(self, rows: Sequence[Sequence[int]], manner: Vectors | None = None) -> Vectors:
        """Vectors of all rows, in their order; alike lengths run together, on all cores. Their manner is
        written into the array that is given for it, float32 [rows]."""
        import numpy as np

        vectors = np.empty((len(rows), DIMS), np.float32)
        lengths = [len(row) for row in rows]
        share = sum(lengths) // cores()
        pieces_max = min(max(share, BATCH_PIECES_MIN), BATCH_PIECES_MAX)
        batches = list(batches_by_length(lengths, pieces_max=pieces_max))

        def fill(batch: list[int]) -> None:
            own = [rows[number] for number in batch]
            if manner is None:
                vectors[batch] = self._run(own)
            else:
                vectors[batch], manner[batch] = self._run_judged(own)

        if len(batches) <= 1 or cores() == 1:
            for batch in batches:
                fill(batch)
            return vectors
        with ThreadPoolExecutor(min(cores(), len(batches)), "remanence-embed") as pool:
            list(pool.map(fill, batches))
        return vectors

    def _run(self, rows: Sequence[Sequence[int]]) -> Vectors:
        """One run of the model over rows padded to the longest: unit vectors [rows, dims]."""
        (vectors,) = self._session.run(["sentence"], _fed(rows))
        return vectors

    def _run_judged(self, rows: Sequence[Sequence[int]]) -> tuple[Vectors, Vectors]:
        """As `_run`, and float32 [rows]: their manner."""
        feeds = _fed(rows)
        vectors, middle = self._session.run(["sentence", "middle"], feeds)
        return vectors, shipped_network().log_odds(middle, feeds["attention_mask"] != 0)


def _fed(rows: Sequence[Sequence[int]]) -> dict[str, NDArray[np.int64]]:
    """What the graph takes: rows of word pieces padded to the longest, and where there are any."""
    import numpy as np

    ids = np.zeros((len(rows), max(map(len, rows))), np.int64)
    mask = np.zeros_like(ids)
    for number, row in enumerate(rows):
        ids[number, : len(row)] = row
        mask[number, : len(row)] = 1
    return {"input_ids": ids, "attention_mask": mask}


def _open_cutter(folder: Path) -> PieceCutter:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER.name))
    return PieceCutter(tokenizer, pieces=SPAN_PIECES, overlap=OVERLAP_PIECES)


def _open_session(folder: Path) -> Session:
    import onnxruntime  # type: ignore[import-untyped]  # it ships none

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # An arena keeps the largest batch's memory for good, and is no faster here.
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    options.log_severity_level = 3  # errors only: its warnings go to the user's terminal
    # Heeded for a graph that comes as bytes from onnxruntime 1.21 on.
    options.add_session_config_entry("session.model_external_initializers_file_folder_path", str(folder))
    graph = GRAPH.read_bytes()
    session: Session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    return session
