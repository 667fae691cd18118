"""Runs the demo: listens in this process, lets a new one answer, and prints each chapter as it comes."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from remanence.embedding.progress import Progress
from remanence.errors import InvalidInput, RemanenceError
from remanence.faces import embedders
from remanence.faces.demo.chapter import Chapter
from remanence.faces.demo.listening import listen

CUBE_NAME = "ines.cube"


def run_demo(*, keep: str | None, embedder: str | None, as_json: bool, progress: Progress) -> None:
    """Tell the story on a cube of its own, in a temporary folder or at the path to keep.

    `embedder` is a name as `--embedder` takes it. Raises InvalidInput when there is a file to keep
    already, ModelUnavailable when the model can't be fetched, and RemanenceError when the second
    process fails.
    """
    with tempfile.TemporaryDirectory(prefix="remanence-demo-") as folder:
        path = Path(folder) / CUBE_NAME if keep is None else Path(keep).expanduser()
        if path.exists():
            raise InvalidInput(f"{path} exists already; name a new file for the demo's cube")
        chapters = _chapters(path, embedder, progress)
        if as_json:
            sys.stdout.write(json.dumps({"chapters": [asdict(one) for one in chapters]}, indent=2) + "\n")
            return
        from remanence.faces.demo.page import Page

        page = Page()
        page.opening()
        for number, chapter in enumerate(chapters, 1):
            page.chapter(number, chapter)
        page.closing(None if keep is None else path)


def _chapters(path: Path, embedder: str | None, progress: Progress) -> Iterator[Chapter]:
    listened = listen(path, embedder=embedders.named(embedder, progress=progress))
    yield listened.chapter
    yield from _answers(path, embedder, 1000 * listened.seconds / listened.messages)


def _answers(path: Path, embedder: str | None, heard_ms: float) -> Iterator[Chapter]:
    """What a new process tells, line by line."""
    command = [sys.executable, "-m", "remanence.faces.demo", str(path), f"{heard_ms:.2f}"]
    command += [] if embedder is None else [embedder]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        assert process.stdout is not None, "it was asked for"
        for line in process.stdout:
            yield Chapter.from_json(line)
    if process.returncode:
        raise RemanenceError(f"the demo's second process ended with {process.returncode}")
