"""Commands that write a cube in other forms, and make one of the form that is complete: export, load."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Self

from remanence.faces import vault_documents
from remanence.faces.cli import export_options, options
from remanence.faces.cli.call import Call

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from remanence.faces.cli.page import Page
    from remanence.storage.port import Receipt
    from remanence.vault.exporting import Exported
    from remanence.vault.loading import Loaded


def export(
    call: Call,
    form: export_options.Form,
    path: export_options.Target,
    kind: options.Kinds = None,
    session: options.Sessions = None,
    author: options.Authors = None,
    trust: export_options.Trusts = None,
    since: export_options.Since = None,
    until: export_options.Until = None,
    confidence_min: options.ConfidenceMin = None,
    include: options.Include = None,
    vectors: export_options.Vectors = False,
    tokens_max: export_options.TokensMax = None,
    overwrite: export_options.Overwrite = False,
) -> None:
    """Write the cube in another form, in plain text.

    Without filters jsonl is complete: `load` makes the same cube of it. A folder of notes is brought up to
    date where an earlier one lies. What is written is there whole or not at all.
    """
    with call.read(embeds=form == "markdown" and call.embedder is not None) as cube, WorkBar() as bar:
        done = cube.export(
            form,
            path,
            kinds=kind,
            sessions=session,
            authors=author,
            trust=trust,
            since=since,
            until=until,
            confidence_min=confidence_min or 0.0,
            include=include or (),
            vectors=vectors,
            tokens_max=tokens_max,
            overwrite=overwrite,
            progress=bar,
        )
    if call.is_encrypted():
        sys.stderr.write(
            "remanence: the cube is encrypted, and the export is plain text for whoever reads it\n"
        )
    call.answer(vault_documents.of_exported(done), lambda page: _show_exported(page, done))


def load(call: Call, path: export_options.Source, erased_in: export_options.ErasedIn = None) -> None:
    """Make a new cube of a complete export; --cube names it.

    It answers as the exported one did, at every time it knew. An export that was cut short or changed is
    refused by its line, and a cube that is there is never loaded into.
    """
    from remanence.vault import loading

    erased: Sequence[Receipt] = ()
    if erased_in is not None:
        with replace(call, cube=erased_in).read() as other:
            erased = other.erased()
    with WorkBar() as bar:
        place, key = call.new_place()
        done = loading.load(path, place, key=key, erased=erased, progress=bar)
    call.answer(vault_documents.of_loaded(done), lambda page: _show_loaded(page, done))


def _show_exported(page: Page, done: Exported) -> None:
    page.say(f"wrote {done.path} ({done.size_bytes} bytes): {_told(done.counts)}")
    if done.form == "jsonl" and not done.is_complete:
        page.say("partial: it holds what the filters let pass, and can't be loaded as a cube")


def _show_loaded(page: Page, done: Loaded) -> None:
    page.say(f"made {done.path}, the memory of {done.owner}: {_told(done.counts)}")
    if done.pending:
        page.say(f"{done.pending} texts wait for their vectors; `remanence embed` makes them")


def _told(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in counts.items()) or "nothing"


class WorkBar:
    """A bar on standard error while it goes on, on a terminal alone."""

    def __init__(self) -> None:
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, done: int, total: int) -> None:
        """Told of how many pieces are done and about how many there are."""
        if not sys.stderr.isatty():
            return
        if self._bar is None or self._task is None:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TaskProgressColumn, TimeRemainingColumn

            self._bar = Progress(
                BarColumn(bar_width=None),
                TaskProgressColumn(),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self._task = self._bar.add_task("", total=total)
            self._bar.start()
        self._bar.update(self._task, completed=done, total=total)
