"""Shows the model's fetch: a bar on a terminal, one line elsewhere, on standard error."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class FetchBar:
    """A callback for remanence.embedding.progress; shows nothing until a fetch begins."""

    def __init__(self) -> None:
        self._what: str | None = None
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def __call__(self, done_bytes: int, total_bytes: int, what: str) -> None:
        """Told of bytes done and bytes in all; a new `what` is a new bar."""
        if what != self._what:
            self._begin(total_bytes, what)
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done_bytes, total=total_bytes)
            if done_bytes >= total_bytes:
                self._bar.stop()
                self._bar = None

    def _begin(self, total_bytes: int, what: str) -> None:
        self._what = what
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
        if not sys.stderr.isatty():
            sys.stderr.write(f"fetching {what} ({total_bytes / 1e6:.0f} MB, once)\n")
            return
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

        self._bar = Progress(
            TextColumn("fetching {task.description} (once)", markup=False),
            BarColumn(bar_width=None),
            DownloadColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._bar.add_task(what, total=total_bytes)
        self._bar.start()
