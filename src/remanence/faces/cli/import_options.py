"""The options of an import, each with its name and its help."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

ImportKind: TypeAlias = Annotated[
    str,
    typer.Argument(metavar="KIND", help="What it is: see docs/importing.md; auto takes what it looks like."),
]
ImportPath: TypeAlias = Annotated[
    str, typer.Argument(metavar="PATH", help="A file, a folder or a zip archive; - reads standard input.")
]
DryRun: TypeAlias = Annotated[bool, typer.Option("--dry-run", help="Read and report, and write nothing.")]
Verbatim: TypeAlias = Annotated[
    bool, typer.Option("--verbatim", help="Keep messages word for word and derive nothing from them.")
]
NoEmbed: TypeAlias = Annotated[
    bool, typer.Option("--no-embed", help="Leave the vectors to `remanence embed`; texts are found by words.")
]
UnpackedMax: TypeAlias = Annotated[
    int | None,
    typer.Option("--unpacked-max", metavar="BYTES", help="How many bytes an archive may unpack to."),
]
