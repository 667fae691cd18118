"""Commands for documents: ingest takes files in, documents lists them."""

from __future__ import annotations

import fnmatch
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

import typer

from remanence.errors import ExtraMissing, InvalidInput, Refused, RemanenceError
from remanence.faces import document_documents
from remanence.faces.cli import options
from remanence.faces.cli.call import EXIT_FAULT, Call, UsageFault, report
from remanence.faces.documents import of_error, of_receipt

if TYPE_CHECKING:
    from remanence.cube import Cube
    from remanence.verbs.ingesting import Ingested

STANDARD_INPUT = "-"
Paths = Annotated[
    list[str],
    typer.Argument(metavar="PATH...", help="Files, or folders to walk through; - reads standard input."),
]
Name = Annotated[
    str | None,
    typer.Option(
        "--name", metavar="NAME", help="By which one document is known again; its path if not given."
    ),
]
FormatName = Annotated[
    str | None,
    typer.Option(
        "--format", metavar="FORMAT", help="text, markdown, html, pdf, docx, eml, mbox or csv; else told."
    ),
]
Dated = Annotated[
    str | None, typer.Option("--dated", metavar="DATE", help="When it speaks; else what it says itself.")
]
Encoding = Annotated[
    str | None, typer.Option("--encoding", metavar="NAME", help="What its text is encoded in, like cp1251.")
]
Glob = Annotated[
    list[str] | None,
    typer.Option(
        "--glob", metavar="PATTERN", help="Of folders only such names, like *.md; repeat for several."
    ),
]
Writer = Annotated[
    str | None, typer.Option("--author", metavar="NAME", help="Who wrote it; else what it says itself.")
]


@dataclass(slots=True)
class _Run:
    """What came of the files of one command."""

    taken: list[Ingested] = field(default_factory=list)
    failed: list[tuple[str, RemanenceError]] = field(default_factory=list)


def ingest(
    call: Call,
    path: Paths,
    name: Name = None,
    format: FormatName = None,
    dated: Dated = None,
    author: Writer = None,
    encoding: Encoding = None,
    tag: options.Tags = None,
    glob: Glob = None,
    because: options.Because = None,
) -> None:
    """Take in documents, files or whole folders.

    Text, Markdown, HTML, PDF, DOCX, e-mail and CSV. The same document again adds nothing; of a changed one,
    what changed is revised. Each is one change that `undo` takes back. A file that can't be read is named,
    the others are taken, and the command ends with 1.
    """
    files = list(_files(path, glob))
    if name is not None and len(files) != 1:
        raise UsageFault(f"--name goes with one document, and there are {len(files)}")
    if STANDARD_INPUT in files and name is None:
        raise UsageFault("what comes from standard input has no name; give --name")
    run = _Run()
    with call.make() as cube:
        for file in files:
            try:
                done = cube.ingest(
                    _standard_input() if file == STANDARD_INPUT else file,
                    name=name,
                    format=format,
                    dated=dated,
                    author=author,
                    encoding=encoding,
                    tags=tag or (),
                    because=because,
                )
            except (InvalidInput, ExtraMissing, Refused) as error:
                run.failed.append((file, error))
                if not call.as_json:
                    report(str(error), of_error(error), as_json=False)
            else:
                run.taken.append(done)
        _answer(call, cube, run)
    if run.failed:
        raise typer.Exit(EXIT_FAULT)


def documents(call: Call) -> None:
    """List the documents that the cube holds."""
    from remanence.faces.cli.document_lines import put_documents

    with call.read() as cube:
        found = cube.documents()
        call.answer(document_documents.of_documents(found), lambda page: put_documents(page, found))


def forget_document(
    call: Call, name: str, *, erase: bool, force: bool, yes: bool, because: str | None
) -> None:
    """What `forget --document` does."""
    if erase and not yes:
        raise UsageFault("a whole document is erased without being asked; give --yes to go on")
    with call.write(embeds=erase) as cube:
        receipt = cube.forget_document(name, erase=erase, force=force, because=because)
        if receipt is None:
            call.answer(
                {"name": name, "retired": True}, lambda page: page.say(f"retired the document {name}")
            )
            return
        call.answer(of_receipt(receipt), lambda page: page.receipt(receipt), zone=cube.time_zone)


def _standard_input() -> bytes:
    """All of it, or one byte more than any document in memory may have."""
    from remanence.reader.documents.formats import PACKED_BYTES_MAX

    return sys.stdin.buffer.read(PACKED_BYTES_MAX + 1)


def _answer(call: Call, cube: Cube, run: _Run) -> None:
    from remanence.faces.cli.document_lines import put_ingested

    call.answer(
        document_documents.of_ingests(run.taken, run.failed),
        lambda page: put_ingested(page, run.taken, len(run.failed)),
        zone=cube.time_zone,
    )


def _files(paths: Sequence[str], globs: Sequence[str] | None) -> Iterator[str]:
    """The files named, and those in the folders named: of formats that are read, or as the patterns say."""
    for path in paths:
        if path == STANDARD_INPUT or not os.path.isdir(path):
            yield path
            continue
        for folder, folders, names in os.walk(path):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            yield from (os.path.join(folder, name) for name in sorted(names) if _is_wanted(name, globs))


def _is_wanted(name: str, globs: Sequence[str] | None) -> bool:
    from remanence.reader.documents.formats import ENDINGS

    if globs:
        return any(fnmatch.fnmatch(name, pattern) for pattern in globs)
    return not name.startswith(".") and os.path.splitext(name)[1].lower() in ENDINGS
