"""Exports and loads as JSON documents; see documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from remanence.faces.documents import Document
    from remanence.vault.exporting import Exported
    from remanence.vault.loading import Loaded


def of_exported(exported: Exported) -> Document:
    """What was written, and where."""
    return {
        "form": exported.form,
        "path": str(exported.path),
        "complete": exported.is_complete,
        "counts": dict(exported.counts),
        "size_bytes": exported.size_bytes,
    }


def of_loaded(loaded: Loaded) -> Document:
    """The cube that was made, and from what."""
    return {
        "path": str(loaded.path),
        "cube": loaded.cube_id,
        "owner": loaded.owner,
        "counts": dict(loaded.counts),
        "journal_head": loaded.journal_head,
        "pending": loaded.pending,
    }
