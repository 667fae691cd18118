"""The command `remanence`: its commands in the order of its help, and how it ends.

It ends with 0, with 1 after an error or a finding, with 2 for a command line that can't be read, and with
130 when it is interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import Annotated

import typer

import remanence
from remanence.faces import documents
from remanence.faces.cli import (
    adding,
    believing,
    chatting,
    deeds,
    embedding,
    entities,
    exporting,
    finding,
    importing,
    ingesting,
    keeping,
    lifecycle,
    listing,
    mcp_server,
    mirror,
    options,
    promising,
    proxying,
    reading,
    serving,
    summing,
    times,
    units,
)
from remanence.faces.cli.call import EXIT_FAULT, Call, Command, UsageFault, command, report

EXIT_USAGE = 2
EXIT_INTERRUPTED = 130
COMMANDS = (
    adding.remember,
    adding.observe,
    ingesting.ingest,
    ingesting.documents,
    importing.import_,
    finding.recall,
    finding.context,
    finding.why_not,
    listing.list_,
    adding.revise,
    keeping.forget,
    finding.show,
    finding.history,
    believing.why,
    believing.impact,
    believing.conflicts,
    believing.resolve,
    believing.sources,
    adding.annotate,
    keeping.freeze,
    keeping.thaw,
    deeds.act,
    deeds.decide,
    deeds.goal,
    deeds.outcome,
    deeds.progress,
    deeds.precedents,
    deeds.lessons,
    deeds.story,
    finding.journal,
    times.timeline,
    times.changes,
    times.undo,
    times.restore,
    finding.erased,
    finding.stats,
    finding.check,
    lifecycle.verify,
    lifecycle.used,
    lifecycle.expire,
    lifecycle.lifecycle,
    lifecycle.consolidate,
    promising.promises,
    promising.promise,
    mirror.mirror,
    units.units,
    units.unit,
    units.member,
    units.versions,
    units.fork,
    units.merge,
    units.link,
    units.links,
    entities.entities,
    entities.entity,
    entities.merge_entities,
    entities.split_entity,
    summing.summary,
    summing.summarise,
    summing.rollup,
    summing.propose,
    exporting.export,
    exporting.load,
    keeping.backup,
    embedding.embed,
    embedding.embedders,
    reading.read,
    reading.parked,
    reading.reread,
    mcp_server.mcp,
    adding.init,
    serving.serve,
    serving.keys,
    keeping.demo,
    proxying.proxy,
    chatting.chat,
)

app = typer.Typer(
    name="remanence",
    rich_markup_mode=None,  # its help would cost the import of rich, a third of the time it may take
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def name_of(function: Command) -> str:
    """The name of a command on the command line."""
    return function.__name__.replace("_", "-")


for function in COMMANDS:
    app.command(name_of(function))(command(function))


def _show_version(asked: bool) -> None:
    if asked:
        sys.stdout.write(f"remanence {remanence.__version__}\n")
        raise typer.Exit


@app.callback()
def remanence_command(
    context: typer.Context,
    cube: Annotated[
        str | None,
        typer.Option(
            "--cube",
            metavar="PATH",
            envvar="REMANENCE_CUBE",
            help="The cube: one file that holds a memory.",
        ),
    ] = None,
    embedder: Annotated[
        str | None,
        typer.Option(
            "--embedder",
            metavar="NAME",
            envvar="REMANENCE_EMBEDDER",
            help="What compares meanings, as `remanence embedders` lists it, or none; else the cube's own.",
        ),
    ] = None,
    ask_key: options.AskKey = False,
    as_json: options.AsJson = False,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and end."),
    ] = False,
) -> None:
    """A memory for AI agents in one file: every belief dated and explained.

    These options may also stand after the command. Dates may be written as people write them, ids
    shortened to any beginning that no other id has.
    """
    context.obj = Call(cube=cube, embedder=embedder, ask_key=ask_key, as_json=as_json)


def main() -> None:
    """Run the command line of this process, and end it with its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command line; returns its exit code."""
    given = list(arguments) or ["--help"]
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal may know few characters
    try:
        code = app(given, prog_name="remanence", standalone_mode=False)
        sys.stdout.flush()
    except UsageFault as error:
        return _explain(error, as_json="--json" in given)
    except (typer.Abort, KeyboardInterrupt):
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # Whoever read has gone; without this, Python would complain of it while it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FAULT
    except OSError as error:
        report(f"the answer can't be written: {error.strerror}", documents.of_error(error), as_json=False)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FAULT
    return code or 0


def _explain(error: typer.BadParameter, *, as_json: bool) -> int:
    message = error.format_message().rstrip(".")
    path = "remanence" if error.ctx is None else error.ctx.command_path
    text = f"{message}; see `{path} --help`"
    report(text, documents.of_fault("UsageError", text), as_json=as_json)
    return EXIT_USAGE
