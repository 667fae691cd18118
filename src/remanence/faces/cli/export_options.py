"""The arguments and options of export and load; see options."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

Form: TypeAlias = Annotated[
    str,
    typer.Argument(
        metavar="FORM",
        help="jsonl (complete), markdown (a folder of notes), mem0, or chat (for fine-tuning).",
    ),
]
Target: TypeAlias = Annotated[
    str, typer.Argument(metavar="PATH", help="The file to write; for markdown the folder.")
]
Source: TypeAlias = Annotated[str, typer.Argument(metavar="PATH", help="A complete export (jsonl).")]
Trusts: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--trust", metavar="TRUST", help="Only from this sort of source; repeat for several."),
]
Since: TypeAlias = Annotated[
    str | None, typer.Option("--since", metavar="DATE", help="Only what was said from then on.")
]
Until: TypeAlias = Annotated[
    str | None, typer.Option("--until", metavar="DATE", help="Only what was said before then.")
]
Vectors: TypeAlias = Annotated[
    bool, typer.Option("--vectors", help="With the vectors, so that a load need not embed again (jsonl).")
]
TokensMax: TypeAlias = Annotated[
    int | None,
    typer.Option("--tokens-max", metavar="N", help="How many tokens a line may have at most (chat)."),
]
Overwrite: TypeAlias = Annotated[
    bool, typer.Option("--overwrite", help="Replace a file that is there, or notes changed since.")
]
ErasedIn: TypeAlias = Annotated[
    str | None,
    typer.Option("--erased-in", metavar="CUBE", help="Erase what was erased in this cube since the export."),
]
