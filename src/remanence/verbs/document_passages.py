"""The passages that a document had: what it said there, and whether that is still its own word."""

from __future__ import annotations

from dataclasses import dataclass

from remanence.model.document import DocumentVersion
from remanence.model.ids import ItemId
from remanence.model.item import REDACTED, Revision
from remanence.model.state import State
from remanence.reader.documents.alignment import Known
from remanence.storage.port import Snapshot

METHOD = "document:"  # what the method of a passage begins with; its reader's name follows
PLACE_FIELDS = frozenset(
    {"document", "heading", "line", "line_end", "page", "row", "block", "part", "message", "number"}
    | {"attachments"}
)
_CHANGED_AT_WILL = frozenset({State.GENERATED, State.ACTIVE, State.DORMANT})


@dataclass(frozen=True, slots=True)
class Had:
    """A passage of the version in force: its rows, and the one that says what the document said."""

    item_id: ItemId
    open_rows: tuple[Revision, ...]
    row: Revision
    known: Known

    @property
    def is_erased(self) -> bool:
        """Whether nothing of it is left but its place."""
        return any(row.state is State.ERASED for row in self.open_rows)

    @property
    def is_ours(self) -> bool:
        """Whether nobody but an ingest has changed it, so that an ingest may."""
        return all(
            row.state in _CHANGED_AT_WILL and row.provenance.method.startswith(METHOD)
            for row in self.open_rows
        )

    @property
    def held_by(self) -> str:
        """Why an ingest may not change it."""
        odd = next(row for row in self.open_rows if row.state not in _CHANGED_AT_WILL or not _is_read(row))
        return f"it was {odd.state}" if odd.state not in _CHANGED_AT_WILL else "it was revised by hand"


def passages_had(snapshot: Snapshot, version: DocumentVersion) -> list[Had]:
    """The passages of a version in their order, without those of which no row is believed any more."""
    rows: dict[ItemId, list[Revision]] = {}
    for row in snapshot.rows_of(version.items, which="all"):
        rows.setdefault(row.item_id, []).append(row)
    found = [_had(item_id, rows.get(item_id, [])) for item_id in version.items]
    return [one for one in found if one is not None]


def _had(item_id: ItemId, rows: list[Revision]) -> Had | None:
    standing = [row for row in rows if row.is_open]
    if not standing:
        return None
    if any(row.state is State.ERASED or row.provenance.method == REDACTED for row in standing):
        return Had(item_id, tuple(standing), standing[-1], Known(None))
    read = [row for row in standing if _is_read(row)]
    said = (
        max(read, key=lambda row: row.valid.start_micros) if read else next(filter(_is_read, reversed(rows)))
    )
    return Had(item_id, tuple(standing), said, _known(said))


def _is_read(row: Revision) -> bool:
    return row.provenance.method.startswith(METHOD)


def _known(row: Revision) -> Known:
    metadata, text = row.content.metadata, row.content.text
    heading = metadata.get("heading")
    path = tuple(map(str, heading)) if isinstance(heading, list) else ()
    part = metadata.get("part")
    key = (
        metadata.get("message")
        if "message" in metadata
        else text.split("\n")[0]
        if "row" in metadata
        else None
    )
    if isinstance(key, str) and part is not None:
        key = f"{key} {part}"
    return Known(text, path, key if isinstance(key, str) else None)
