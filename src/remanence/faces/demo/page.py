"""The demo as a person reads it: chapters laid out for a terminal of up to 100 columns."""

from __future__ import annotations

from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from remanence.faces import printing
from remanence.faces.demo.chapter import Chapter
from remanence.faces.plain import printable

COLUMNS_MAX = 100  # longer lines are hard to read
INDENT = (0, 0, 0, 3)
WELCOME = (
    "A language model forgets you when the session ends. Remanence is the part that stays: one file in "
    "which an agent keeps what it heard, what follows from it, since when that holds and why it "
    "believes it; and out of which it can forget.\n\n"
    "What you see is a year in the life of Inês, who makes maps, and of the assistant she talks to. Every "
    "chapter shows the Python that does it. The story's today is 31 October 2026."
)


class Page:
    """The demo on standard output."""

    def __init__(self) -> None:
        self._console = printing.console()
        self._console.width = min(self._console.width, COLUMNS_MAX)

    def opening(self) -> None:
        """What this is, for somebody who has never heard of it."""
        welcome = Panel(Text(WELCOME), title="Remanence", border_style="cyan", padding=(1, 2))
        printing.put(self._console, [welcome])

    def chapter(self, number: int, chapter: Chapter) -> None:
        """One chapter: what, how, and what came of it."""
        parts: list[RenderableType] = [Text(chapter.says), Text()]
        if chapter.call:
            parts += [Text(chapter.call, style="green"), Text()]
        if chapter.rows:
            parts += [_table(chapter)]
        if chapter.text:
            parts += [Panel(Text(printable(chapter.text)), border_style="dim")]
        if chapter.note:
            parts += [Text(), Text(chapter.note, style="italic")]
        title = Text(f"{number}  {chapter.title}", style="bold cyan")
        printing.put(self._console, [Text(), title, Padding(Group(*parts), INDENT)])

    def closing(self, kept: Path | None) -> None:
        """Where to go on."""
        if kept is None:
            follow = "Keep the file with: remanence demo --keep ines.cube"
        else:
            follow = f'Ask it yourself: remanence --cube {kept} recall "Who is Azeitona?"'
        own = "Make a memory of your own: remanence --cube my.cube remember TEXT"
        printing.put(self._console, [Text(), Text(own), Text(follow)])


def _table(chapter: Chapter) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="dim", show_edge=False, padding=(0, 2, 0, 0))
    for number, name in enumerate(chapter.columns):
        texts = [row[number] for row in chapter.rows]
        is_number = all(text.replace(".", "").isdigit() for text in texts)
        table.add_column(name, overflow="fold", justify="right" if is_number else "left")
    for row in chapter.rows:
        table.add_row(*map(Text, row))
    return table
