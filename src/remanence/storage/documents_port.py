"""What a cube asks of its engine about documents; each is a unit too, whose ports inherit these."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from remanence.model.document import DocumentVersion
from remanence.model.ids import ItemId


class DocumentSnapshot(Protocol):
    """One committed state of the documents."""

    def documents(self) -> list[DocumentVersion]:
        """The version in force of each document, by name."""
        ...

    def document_named(self, name: str) -> DocumentVersion | None:
        """The version in force of the document of this name."""
        ...

    def document_of_digest(self, digest: bytes) -> DocumentVersion | None:
        """A document in force of which this is the keyed digest; of several the oldest."""
        ...

    def has_topic_named(self, name: str) -> bool:
        """Whether a topic in use has this name, however its ASCII letters are capitalised."""
        ...

    def keyed_digest(self, digest: bytes) -> bytes:
        """A digest that means nothing outside of this cube."""
        ...

    def items_of_document(self, name: str) -> tuple[ItemId, ...]:
        """The items of all versions that bear the name, each once."""
        ...

    def document_versions_touched_by(
        self, change_set: int
    ) -> tuple[list[DocumentVersion], list[DocumentVersion]]:
        """The versions a change set opened, and those it closed."""
        ...


class DocumentTransaction(Protocol):
    """Writes documents."""

    def add_document_versions(self, versions: Iterable[DocumentVersion]) -> None:
        """Write versions, as their `opened_by` says; their numbers are given here."""
        ...

    def close_document_versions(self, numbers: Sequence[int], *, by: int) -> None:
        """Take versions out of force."""
        ...

    def erase_document_words(self, name: str, *, by: int) -> None:
        """Take the name and the digests out of all versions that bear it, and those out of force."""
        ...
