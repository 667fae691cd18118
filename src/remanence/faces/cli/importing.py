"""The command that brings in another store."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from remanence.faces import import_documents
from remanence.faces.cli import import_options, options
from remanence.faces.cli.call import EXIT_FAULT, Call
from remanence.faces.cli.task_bar import TaskBar

if TYPE_CHECKING:
    from remanence.faces.cli.page import Page
    from remanence.verbs.import_report import Imported

PROBLEMS_SHOWN = 20  # of those the report names; --json has them all
STANDARD_INPUT = "-"


def import_(
    call: Call,
    kind: import_options.ImportKind,
    path: import_options.ImportPath,
    because: options.Because = None,
    dry_run: import_options.DryRun = False,
    verbatim: import_options.Verbatim = False,
    no_embed: import_options.NoEmbed = False,
    unpacked_max: import_options.UnpackedMax = None,
) -> None:
    """Bring in what another store holds, or a vault of notes.

    Run it again at any time: what is there already is known. Ends with 1 where something of the export
    could not be read or taken, which the report names.
    """
    source = sys.stdin.buffer.read() if path == STANDARD_INPUT else path
    with call.make() as cube, TaskBar() as bar:
        done = cube.import_from(
            kind,
            source,
            because=because,
            dry_run=dry_run,
            reads=not verbatim,
            embeds=not no_embed,
            unpacked_max=unpacked_max,
            progress=bar,
        )
    call.answer(import_documents.of_imported(done), lambda page: _show(page, done))
    if not done.is_complete:
        raise typer.Exit(EXIT_FAULT)


import_.__name__ = "import"  # the command's name, which a function can't be given in Python's own words


def _show(page: Page, done: Imported) -> None:
    found = f"{done.messages} messages in {done.sessions} conversations, {done.memories} memories"
    if done.dry_run:
        page.say(f"found in {done.kind}: {found}, {done.links} links; nothing was written")
    else:
        page.say(f"imported from {done.kind}: {found}")
        page.say(
            f"{done.added} new, {done.changed} changed, {done.known} known, {done.empty} empty; "
            f"{done.derived} items derived, {done.units} units changed, {done.links} links"
        )
    if done.change_sets:
        sets = _ranges(done.change_sets)
        page.say(
            f"change sets {sets}; `remanence undo {done.change_sets[0]} --through {done.change_sets[-1]}`"
        )
    if done.pending:
        page.say(f"{done.pending} texts wait for their vectors; `remanence embed` gives them")
    if done.counts:
        page.say("not as it stood: " + ", ".join(f"{number} {what}" for what, number in done.counts.items()))
    for problem in done.problems[:PROBLEMS_SHOWN]:
        page.say(f"  {problem.what}: {problem.place}: {problem.why}")
    more = sum(done.counts.values()) - min(len(done.problems), PROBLEMS_SHOWN)
    if more:
        page.say(f"  and {more} more; --json names {len(done.problems)}")


def _ranges(numbers: tuple[int, ...]) -> str:
    return str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]} to {numbers[-1]} ({len(numbers)} of them)"
