"""The façade's way in from other stores: data exports, memory servers, vaults of notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from remanence.embedding.progress import Progress, silent
from remanence.surface.bound import Bound

if TYPE_CHECKING:
    from remanence.reader.exports.sources import Source
    from remanence.verbs.import_report import Imported


class Importing(Bound):
    """What other stores remember, brought in."""

    def import_from(
        self,
        kind: str,
        source: Source,
        *,
        because: str | None = None,
        actor: str | None = None,
        dry_run: bool = False,
        reads: bool = True,
        embeds: bool = True,
        unpacked_max: int | None = None,
        progress: Progress = silent,
    ) -> Imported:
        """Bring in another store: a path (a file, a folder, a zip archive), bytes, or what its call gave.

        Kinds are listed in docs/importing.md; "auto" takes the one that the source looks like. What came
        in before is known again by its ids, so that an import may be repeated, also after it was cut off.
        Batches are change sets of their own; vectors follow at the end, unless `embeds` is False. With
        `reads` False nothing is derived from messages. `dry_run` reads and reports, and writes nothing.
        `unpacked_max` is how many bytes an archive may unpack to. What can't be taken as it stands is in
        the report's problems. Raises InvalidInput where the source is not of that kind.

        >>> import remanence
        >>> with remanence.open(tmp / "a.cube", owner="Ana", embedder="hashing") as cube:
        ...     done = cube.import_from("mem0", {"results": [{"id": "1", "memory": "Ana keeps bees"}]})
        ...     done.added, cube.recall("bees")[0].item.content
        (1, 'Ana keeps bees')
        """
        from remanence.verbs import importing

        wanted = importing.Wanted(
            because=because,
            actor=actor or self.owner,
            reads=reads,
            embeds=embeds,
            dry_run=dry_run,
            unpacked_max=unpacked_max,
            progress=progress,
        )
        return importing.import_from(self._setting, kind, source, wanted)
