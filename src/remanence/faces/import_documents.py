"""What an import did, as a JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from remanence.faces.documents import Document

if TYPE_CHECKING:
    from remanence.verbs.import_report import Imported


def of_imported(done: Imported) -> Document:
    """Counts, change sets, and what was not taken as it stood; `complete` when nothing is missing."""
    return {
        "kind": done.kind,
        "complete": done.is_complete,
        "dry_run": done.dry_run,
        "messages": done.messages,
        "memories": done.memories,
        "sessions": done.sessions,
        "added": done.added,
        "changed": done.changed,
        "known": done.known,
        "empty": done.empty,
        "derived": done.derived,
        "units": done.units,
        "links": done.links,
        "embedded": done.embedded,
        "pending": done.pending,
        "change_sets": list(done.change_sets),
        "counts": dict(done.counts),
        "problems": [{"place": one.place, "what": one.what, "why": one.why} for one in done.problems],
    }
