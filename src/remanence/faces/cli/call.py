"""One run of a command: which cube it is about, how it is opened, and how it answers.

Each command is a function of a Call; `command` gives it the options that all commands share, which may
stand before the command's name or after it.
"""

from __future__ import annotations

import functools
import inspect
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias, cast

import typer

from remanence.errors import CubeOutdated, RemanenceError
from remanence.faces import documents
from remanence.faces.cli import options
from remanence.faces.plain import printable

if TYPE_CHECKING:
    from remanence.cube import Cube
    from remanence.embedding.port import Embedder
    from remanence.faces.cli.page import Page
    from remanence.memory import Memory
    from remanence.reader.llm.reader import LLMReader

EXIT_FAULT = 1  # an error, or a check that found something; 2 is a command line that can't be read
KEY_VARIABLE = "REMANENCE_KEY"  # a key among the arguments would stand in the shell's history
PLAIN_HEADER = b"SQLite format 3\0"
Command: TypeAlias = Callable[..., None]
Reader: TypeAlias = "Literal['rules'] | LLMReader"
# What a command line that can't be read raises: typer exports only subclasses of it.
UsageFault = cast("type[typer.BadParameter]", typer.BadParameter.__mro__[1])


@dataclass(frozen=True, slots=True)
class Call:
    """What all commands share: the options that name a cube and the form of the answer."""

    cube: str | None = None
    embedder: str | None = None
    ask_key: bool = False
    as_json: bool = False

    def refined(self, later: Call) -> Call:
        """These options where the later ones say nothing."""
        return Call(
            cube=later.cube or self.cube,
            embedder=later.embedder or self.embedder,
            ask_key=later.ask_key or self.ask_key,
            as_json=later.as_json or self.as_json,
        )

    def read(self, *, embeds: bool = False, reader: Reader = "rules") -> Cube:
        """Open the cube to look at it; `embeds` says that a text will be compared with its vectors."""
        return self._open(read_only=True, embeds=embeds, reader=reader)

    def write(self, *, embeds: bool = False, reader: Reader = "rules") -> Cube:
        """Open the cube to change it; it must be there."""
        return self._open(read_only=not self._path().exists(), embeds=embeds, reader=reader)

    def mounted(self, mounts: Sequence[str], *, without_units: bool) -> Memory:
        """Open several cubes, each given as NAME=PATH, to look at them as one memory.

        REMANENCE_KEY is for those that are encrypted. Units and entities belong to one cube: they can't be
        asked for.
        """
        import remanence
        from remanence.faces import embedders
        from remanence.faces.cli.fetching import FetchBar

        if not without_units:
            raise UsageFault(
                "--unit, --boost-unit, --entity and --goal are about one cube, and --mount asks several"
            )
        named: dict[str, remanence.Mount] = {}
        for given in mounts:
            name, separator, path = given.partition("=")
            if not separator or not path or name in named:
                wrong = "is there twice" if name in named else "is no NAME=PATH"
                raise UsageFault(
                    f"--mount {given} {wrong}; give --mount user=alice.cube --mount team=team.cube"
                )
            one = replace(self, cube=path)
            place = one._path()
            key = one._key() if place.is_file() and one.is_encrypted() else None
            named[name] = remanence.Mount(place, read_only=True, key=key)
        return remanence.mount(
            named, embedder=embedders.wanted(self.embedder), reader=None, progress=FetchBar()
        )

    def make(self, *, owner: str | None = None, time_zone: str | None = None) -> Cube:
        """Open the cube to add to it; it is made if there is none."""
        from remanence.faces import readers

        reader = readers.by_environment()  # what is observed then waits for it
        return self._open(read_only=False, embeds=True, reader=reader, owner=owner, time_zone=time_zone)

    def new_place(self) -> tuple[Path, str | None]:
        """Where a cube is to be made by other means, and with which key."""
        return self._path(), self._key()

    def is_encrypted(self) -> bool:
        """Whether the cube's file begins as no SQLite file does: then its words are not plain in it."""
        with self._path().open("rb") as file:
            return file.read(len(PLAIN_HEADER)) != PLAIN_HEADER

    def open_embedder(self) -> Embedder | None:
        """The embedder that was asked for, or the default; its fetch shows a progress bar."""
        from remanence.faces import embedders
        from remanence.faces.cli.fetching import FetchBar

        return embedders.named(self.embedder, progress=FetchBar())

    def answer(
        self, document: documents.Document, show: Callable[[Page], None], *, zone: str = "UTC"
    ) -> None:
        """Print what came of it: the document for machines, or for people what `show` puts on a page."""
        if self.as_json:
            print_json(document)
            return
        from remanence.faces.cli.page import Page

        with Page(zone=zone) as page:
            show(page)

    def fail(self, error: Exception) -> None:
        """Say on standard error what went wrong."""
        report(str(error), documents.of_error(error), as_json=self.as_json)

    def _open(
        self,
        *,
        read_only: bool,
        embeds: bool,
        reader: Reader,
        owner: str | None = None,
        time_zone: str | None = None,
    ) -> Cube:
        import remanence
        from remanence.faces import embedders
        from remanence.faces.cli.fetching import FetchBar

        door = partial(
            remanence.open,
            self._path(),
            owner=owner,
            time_zone=time_zone,
            embedder=embedders.wanted(self.embedder) if embeds else None,
            reader=reader,
            key=self._key(),
            progress=FetchBar(),
        )
        try:
            return door(read_only=read_only)
        except CubeOutdated:
            return door(read_only=False)  # brings it up, once

    def _path(self) -> Path:
        if self.cube is None:
            raise UsageFault(
                "no cube was named; give --cube PATH, or set REMANENCE_CUBE to the path of your cube"
            )
        if self.cube.lower().startswith(("http://", "https://")):
            raise UsageFault(
                "--cube takes a file; a cube behind a server is opened by remanence.open(URL, key=...)"
            )
        return Path(self.cube).expanduser()

    def _key(self) -> str | None:
        if self.ask_key:
            is_new = not self._path().exists()
            return str(typer.prompt("Key", hide_input=True, confirmation_prompt=is_new, err=True))
        return os.environ.get(KEY_VARIABLE)


def command(function: Command) -> Command:
    """The command that typer sees: the function's own parameters, and the options that all share."""
    own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
    shared = inspect.signature(_shared, eval_str=True).parameters.values()

    @functools.wraps(function)
    def run(context: typer.Context, **given: object) -> None:
        later = Call(**{name: given.pop(name) for name in _SHARED})  # type: ignore[arg-type]  # typer checked them
        call = context.ensure_object(Call).refined(later)
        try:
            function(call, **given)
        except RemanenceError as error:
            call.fail(error)
            raise typer.Exit(EXIT_FAULT) from error

    context = inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
    seen = [context, *(one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in (*own, *shared))]
    run.__signature__ = inspect.Signature(seen)  # type: ignore[attr-defined]  # what inspect reads
    run.__annotations__ = {one.name: one.annotation for one in seen}
    return run


def _shared(
    cube: options.CubePath = None,
    embedder: options.EmbedderName = None,
    ask_key: options.AskKey = False,
    as_json: options.AsJson = False,
) -> None:
    """The options that every command takes."""


_SHARED = tuple(inspect.signature(_shared).parameters)


def print_json(document: documents.Document) -> None:
    """One JSON document on standard output, in ASCII, so that any text survives any encoding."""
    sys.stdout.write(json.dumps(document, indent=2) + "\n")


def report(message: str, document: documents.Document, *, as_json: bool) -> None:
    """One error on standard error."""
    text = json.dumps(document) if as_json else f"remanence: {printable(message)}"
    sys.stderr.write(text + "\n")
