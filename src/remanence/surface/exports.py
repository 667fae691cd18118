"""The façade's way out: the cube written in other forms."""

from __future__ import annotations

import os
from collections.abc import Iterable

from remanence.model.kind import Kind, Trust
from remanence.surface.bound import Bound
from remanence.vault import exporting
from remanence.vault.exporting import Exported
from remanence.vault.progress import Told, unheard
from remanence.vault.selection import Filters
from remanence.verbs.arguments import When


class Exports(Bound):
    """What is remembered, for other programs and for people."""

    def export(
        self,
        form: str,
        path: str | os.PathLike[str],
        *,
        kinds: Iterable[Kind | str] | None = None,
        sessions: Iterable[str] | None = None,
        authors: Iterable[str] | None = None,
        trust: Iterable[Trust | str] | None = None,
        since: When | None = None,
        until: When | None = None,
        confidence_min: float = 0.0,
        include: Iterable[str] = (),
        vectors: bool = False,
        tokens_max: int | None = None,
        overwrite: bool = False,
        progress: Told = unheard,
    ) -> Exported:
        """Write the cube in plain text, in one of four forms; see docs/exporting.md.

        "jsonl" is complete: `remanence.load` makes the same cube of it, with `vectors` without embedding
        again; with a filter it holds what passes, and can't be loaded. "markdown" is a folder of notes,
        "mem0" what mem0's get_all gives, "chat" conversations for fine-tuning, each line within
        `tokens_max`. Filters as in `recall`; `since` and `until` (not included) are of when it was said.
        It is there whole or not at all; what exists is refused unless `overwrite`, but an earlier folder
        of notes, which is brought up to date. Raises InvalidInput or TargetUnusable.
        """
        wish = exporting.Wish(
            form=form,
            path=path,
            filters=Filters(
                kinds=kinds,
                sessions=sessions,
                authors=authors,
                trust=trust,
                since=since,
                until=until,
                confidence_min=confidence_min,
                include=include,
            ),
            overwrite=overwrite,
            vectors=vectors,
            tokens_max=tokens_max,
            told=progress,
        )
        self._recaller.handing.write()
        return exporting.export(self._setting, self._recaller, wish)
