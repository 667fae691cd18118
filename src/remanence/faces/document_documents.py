"""Documents and what an ingest did as JSON documents: fields as in faces.documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from remanence.faces.documents import Document, of_error

if TYPE_CHECKING:
    from remanence.errors import RemanenceError
    from remanence.model.document import DocumentVersion
    from remanence.verbs.ingesting import Ingested


def of_ingests(taken: Iterable[Ingested], failed: Sequence[tuple[str, RemanenceError]]) -> Document:
    """What became of several documents, and of those that could not be taken in."""
    return {
        "documents": [of_ingested(one) for one in taken],
        "failed": [{"path": path, **of_error(error)} for path, error in failed],
    }


def of_ingested(done: Ingested) -> Document:
    """What one ingest did."""
    return {
        "name": done.name,
        "format": done.format,
        "unit": done.unit,
        "added": list(done.added),
        "changed": list(done.changed),
        "moved": list(done.moved),
        "retired": list(done.retired),
        "unchanged": list(done.unchanged),
        "left_out": [{"where": one.where, "why": one.why} for one in done.left_out],
        "notes": list(done.notes),
        "known_as": done.known_as,
        "change_set": done.change_set,
    }


def of_documents(found: Iterable[DocumentVersion]) -> Document:
    """The documents that a cube holds."""
    return {
        "documents": [
            {
                "name": one.name,
                "format": one.format,
                "unit": one.unit_id,
                "items": list(one.items),
                "change_set": one.opened_by,
            }
            for one in found
        ]
    }
