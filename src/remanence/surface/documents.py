"""The façade's documents: taken in, listed, forgotten."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from remanence.model.document import DocumentVersion
from remanence.storage.port import Receipt
from remanence.surface.bound import Bound
from remanence.verbs.arguments import When

if TYPE_CHECKING:
    from remanence.verbs.ingesting import Ingested


class Documents(Bound):
    """Documents: text, Markdown, HTML, PDF, DOCX, e-mail and CSV."""

    def ingest(
        self,
        document: str | os.PathLike[str] | bytes,
        *,
        name: str | None = None,
        format: str | None = None,
        dated: When | None = None,
        author: str | None = None,
        encoding: str | None = None,
        tags: Iterable[str] = (),
        because: str | None = None,
        actor: str | None = None,
    ) -> Ingested:
        """Take in a document: a path, or bytes with a `name`. Its passages become items of the kind concept.

        A document is known again by its name (default the path as given) and by its bytes: the same one
        adds nothing, a changed one revises the passages that changed, and those that are gone retire.
        Its unit, a topic of its name, holds them in order. `dated` is when it speaks, by default what it
        says itself, else when its file was changed. `format` and `encoding` are told from the bytes and
        the name unless given. All or nothing; raises InvalidInput, and ExtraMissing for PDF and DOCX.
        """
        from remanence.verbs import ingesting
        from remanence.verbs.documents import Given

        given = Given(document, name, format, dated, author, encoding, tags)
        return ingesting.ingest(self._setting, given, because=because, actor=actor or self.owner)

    def forget_document(
        self,
        name: str,
        *,
        erase: bool = False,
        force: bool = False,
        because: str | None = None,
        actor: str | None = None,
    ) -> Receipt | None:
        """Retire a document's passages and its unit, undoable; the same document is new when it comes again.

        With `erase` nothing of it is left in any page of the file: its text in all versions, its name,
        its unit's words. Raises NotFound, and ItemFrozen unless forced.
        """
        from remanence.verbs import document_forgetting
        from remanence.verbs.unit_editing import By

        by = By(actor or self.owner, because)
        if not erase:
            document_forgetting.retire_document(self._setting, name, by)
            return None
        receipt = document_forgetting.erase_document(self._setting, name, by, force=force)
        self._recaller.catch_up()
        return receipt

    def documents(self) -> tuple[DocumentVersion, ...]:
        """The documents that the cube holds, by name, each in its newest version."""
        with self._setting.store.read() as snapshot:
            return tuple(snapshot.documents())
