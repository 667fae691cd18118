"""Commands that forget and protect: forget, freeze, thaw; and keep: backup, demo."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, cast

import typer

from remanence.faces import documents
from remanence.faces.cli import options
from remanence.faces.cli.call import EXIT_FAULT, Call, UsageFault
from remanence.faces.cli.ingesting import forget_document
from remanence.faces.plain import preview, printable

if TYPE_CHECKING:
    from remanence.cube import Cube
    from remanence.lifecycle.erasure import InSources


def forget(
    call: Call,
    item_id: options.ItemId,
    erase: options.Erase = False,
    in_sources: options.InSources = None,
    force: options.Force = False,
    dry_run: options.DryRun = False,
    yes: options.Yes = False,
    document: options.IsDocument = False,
    because: options.Because = None,
) -> None:
    """Retire an item, or erase it for good with --erase.

    What is retired is kept, no longer recalled, and undoable. An erasure takes the text, what was derived
    from it and the passage it came from out of every page of the file, and prints a receipt; on a terminal
    it asks first, elsewhere it needs --yes.
    """
    if not erase:
        if in_sources or force or dry_run:
            raise UsageFault("--in-sources, --force and --dry-run go with --erase")
        if document:
            forget_document(call, item_id, erase=False, force=False, yes=yes, because=because)
            return
        _retire(call, item_id, because)
        return
    if document:
        if in_sources or dry_run:
            raise UsageFault("--in-sources and --dry-run go with an item, not with --document")
        forget_document(call, item_id, erase=True, force=force, yes=yes, because=because)
        return
    where = cast("InSources", in_sources or "passage")
    with call.read() if dry_run else call.write(embeds=True) as cube:
        if dry_run:
            plan = cube.plan_erasure(item_id, in_sources=where, force=force)
            call.answer(documents.of_plan(plan), lambda page: page.plan(plan))
            return
        if not yes:
            _confirm(cube, item_id, where, force=force)
        receipt = cube.forget(item_id, erase=True, because=because, in_sources=where, force=force)
        assert receipt is not None, "an erasure leaves a receipt"
        call.answer(documents.of_receipt(receipt), lambda page: page.receipt(receipt), zone=cube.time_zone)


def freeze(call: Call, item_id: options.ItemId, because: options.Because = None) -> None:
    """Protect an item from change and forgetting."""
    with call.write() as cube:
        item = cube.freeze(item_id, because=because)
        call.answer(documents.of_item(item), lambda page: page.done("froze", item))


def thaw(call: Call, item_id: options.ItemId, because: options.Because = None) -> None:
    """Let a frozen item change again."""
    with call.write() as cube:
        item = cube.thaw(item_id, because=because)
        call.answer(documents.of_item(item), lambda page: page.done("thawed", item))


def backup(call: Call, path: options.NewFile) -> None:
    """Copy the cube into a new file, also while others write."""
    with call.read() as cube:
        target = cube.snapshot(path)
        call.answer({"path": str(target)}, lambda page: page.say(f"copied to {target}"))


def demo(call: Call, keep: options.Keep = None) -> None:
    """Watch what a memory does, on a year of conversation.

    The conversation goes in, the process ends, and a new process answers from the file.
    """
    from remanence.faces.cli.fetching import FetchBar
    from remanence.faces.demo.run import run_demo

    run_demo(keep=keep, embedder=call.embedder, as_json=call.as_json, progress=FetchBar())


def _retire(call: Call, item_id: str, because: str | None) -> None:
    with call.write() as cube:
        cube.forget(item_id, because=because)
        item = cube.show(item_id)
        call.answer(documents.of_item(item), lambda page: page.done("retired", item))


def _confirm(cube: Cube, item_id: str, in_sources: InSources, *, force: bool) -> None:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageFault("an erasure can't be undone; give --yes to go on without being asked")
    plan = cube.plan_erasure(item_id, in_sources=in_sources, force=force)
    lines = [f"erase {printable(preview(cube.show(item_id).content))!r} for good"]
    if plan.fallen:
        lines.append(f"{len(plan.fallen)} derived items fall with it")
    if plan.passages:
        lines.append(f"{len(plan.passages)} passages are blanked in their sources")
    if not typer.confirm(", ".join(lines) + "?", err=True):
        sys.stderr.write("remanence: nothing was erased\n")
        raise typer.Exit(EXIT_FAULT)
