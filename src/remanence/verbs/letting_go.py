"""What a process holds of texts outside of its cubes' own memory, let go of after an erasure."""

from __future__ import annotations

from remanence.reader.remembered import drop_texts
from remanence.recall.analyser import drop_caches


def let_go_of_texts() -> None:
    """Drop every word and text that was seen a moment ago, by whatever reads or analyses it."""
    drop_caches()
    drop_texts()
