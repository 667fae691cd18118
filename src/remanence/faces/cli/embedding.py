"""Commands about embedders: embed, embedders."""

from __future__ import annotations

from typing import Annotated

import typer

from remanence.embedding.card import Card
from remanence.embedding.open import REGISTRY, Entry, open_embedder
from remanence.faces import documents
from remanence.faces.cli.call import Call, UsageFault
from remanence.faces.cli.page import Page
from remanence.faces.embedders import NONE

Replace = Annotated[
    bool, typer.Option("--replace", help="Take the embedder of --embedder for all texts from now on.")
]
PendingLimit = Annotated[
    int | None, typer.Option("--limit", "-n", metavar="N", help="How many texts at most (default: all).")
]
Named = Annotated[
    str | None, typer.Argument(metavar="[NAME]", help="One of them, whose card is shown; it may be loaded.")
]


def embed(call: Call, limit: PendingLimit = None, replace: Replace = False) -> None:
    """Embed the texts that wait for their vectors.

    With --replace the embedder named by --embedder takes the place of the old one, for all texts. Recall goes
    on with the old vectors until the last text has a new one; if it is interrupted, the same command goes on.
    """
    from remanence.faces.cli.task_bar import TaskBar

    if replace:
        if limit is not None:
            raise UsageFault("--replace takes all texts; leave --limit out")
        if call.embedder is None:
            raise UsageFault("--replace needs the embedder that is to come: --embedder NAME")
        with call.write() as cube, TaskBar() as bar:
            done = cube.reembed(call.open_embedder() or call.embedder, progress=bar)
    else:
        with call.write(embeds=True) as cube:
            done = cube.embed_pending(limit=limit)
    call.answer({"embedded": done}, lambda page: page.say(f"embedded {done} texts"))


def embedders(call: Call, name: Named = None) -> None:
    """List what --embedder takes, or show one's card."""
    if name is None:
        call.answer({"embedders": [_of_entry(entry) for entry in REGISTRY]}, _list)
        return
    card = open_embedder(name).card
    call.answer(_of_card(card), lambda page: _show(page, card))


def _of_entry(entry: Entry) -> documents.Document:
    return {
        "name": entry.form,
        "what": entry.what,
        "extra": entry.extra,
        "installed": entry.is_installed,
    }


def _of_card(card: Card) -> documents.Document:
    return {
        "name": card.identity.name,
        "revision": card.identity.revision,
        "dims": card.identity.dims,
        "pooling": card.pooling,
        "span": card.span,
        "query_prefix": card.prefixes.query,
        "passage_prefix": card.prefixes.passage,
        "batch_texts": card.batch_texts,
    }


def _list(page: Page) -> None:
    rows = [(entry.form, f"{entry.what}{_to_install(entry)}") for entry in REGISTRY]
    page.pairs([*rows, (NONE, "no vectors: search by words alone")])


def _to_install(entry: Entry) -> str:
    return "" if entry.is_installed else f" (to install: pip install 'remanence[{entry.extra}]')"


def _show(page: Page, card: Card) -> None:
    page.pairs(
        [
            ("name", card.identity.name),
            ("revision", card.identity.revision),
            ("dimensions", str(card.identity.dims)),
            ("pooling", card.pooling),
            ("a vector stands for", card.span),
            ("before a question", card.prefixes.query and repr(card.prefixes.query)),
            ("before a passage", card.prefixes.passage and repr(card.prefixes.passage)),
            ("at a time", f"{card.batch_texts} texts"),
        ]
    )
