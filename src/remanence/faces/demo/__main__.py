"""The demo's second process: `python -m remanence.faces.demo CUBE MS [EMBEDDER]` prints a chapter a line.

MS is what a message took the first process, in milliseconds.
"""

from __future__ import annotations

import sys
from pathlib import Path

from remanence.faces import embedders
from remanence.faces.demo.answering import answer


def main(cube: str, heard_ms: str, embedder: str | None = None) -> None:
    """Answer from the cube, and hand each chapter over as it is done."""
    for chapter in answer(Path(cube), embedder=embedders.named(embedder), heard_ms=float(heard_ms)):
        sys.stdout.write(chapter.to_json() + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
