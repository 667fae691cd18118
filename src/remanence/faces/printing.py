"""Prints for a person: on a terminal in colour; elsewhere without the blanks that fill a table's cells."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from rich.console import Console, RenderableType


def console(*, width: int | None = None) -> Console:
    """Standard output, `width` columns wide (default the terminal's); memories are no markup."""
    return Console(file=sys.stdout, width=width, highlight=False, markup=False, emoji=False)


def put(onto: Console, parts: Iterable[RenderableType]) -> None:
    """Print one below the other, now."""
    with onto.capture() as captured:
        for part in parts:
            onto.print(part)
    text = captured.get()
    if not onto.is_terminal:
        text = "\n".join(line.rstrip() for line in text.split("\n"))
    sys.stdout.write(text)
    sys.stdout.flush()
