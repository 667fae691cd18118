"""A document that was ingested: by name, in versions, each with its passages in order."""

from __future__ import annotations

from dataclasses import dataclass

from remanence.model.ids import ItemId
from remanence.model.unit import UnitId


@dataclass(frozen=True, slots=True)
class DocumentVersion:
    """What one ingest made of a document. The version that no change set closed is the one in force.

    `items` are its passages in order; of one that was erased the id alone is left.
    """

    number: int  # of the stored row; 0 before it is stored
    name: str
    format: str
    items: tuple[ItemId, ...]
    unit_id: UnitId
    digest: bytes | None  # keyed, of the whole; None once a passage of it was erased
    opened_by: int
    closed_by: int | None = None
