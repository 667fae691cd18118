"""What the commands along time answer, as JSON documents; field names as in documents.py."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from remanence.faces.documents import Document, of_item, of_time

if TYPE_CHECKING:
    from remanence.lifecycle.restore import Restored
    from remanence.lifecycle.undo import Undone
    from remanence.verbs.recounting import ChangeSet, Edit
    from remanence.verbs.succession import Period


def of_timeline(periods: Iterable[Period]) -> Document:
    """The succession of values, each with the item that says so and the ids it rests on."""
    return {
        "periods": [
            {
                "subject": period.subject,
                "attribute": period.attribute,
                "value": period.value,
                "affirmed": period.affirmed,
                "valid_from": of_time(period.valid_from),
                "valid_to": of_time(period.valid_to),
                "sources": list(period.sources),
                "item": of_item(period.item),
            }
            for period in periods
        ]
    }


def of_changes(changes: Iterable[ChangeSet]) -> Document:
    """Change sets, oldest first; a text that was erased since is null."""
    return {
        "changes": [
            {
                "change_set": change.number,
                "recorded_at": of_time(change.at),
                "actor": change.actor,
                "verb": change.verb.value,
                "reason": change.reason,
                "reason_erased": change.reason_erased,
                "edits": [_of_edit(edit) for edit in change.edits],
                "left_out": change.left_out,
                "next_line": change.next_line,
            }
            for change in changes
        ]
    }


def of_undone(undone: Undone) -> Document:
    """The changes that were taken back, newest first, items that stay erased, and erasures skipped."""
    return {
        "change_sets": list(undone.change_sets),
        "stays_erased": list(undone.stays_erased),
        "skipped": list(undone.skipped),
    }


def of_restored(restored: Restored) -> Document:
    """What a restore did; `change_set` is null where nothing had changed since."""
    return {
        "change_set": restored.change_set,
        "returned": list(restored.returned),
        "set_aside": list(restored.set_aside),
        "stays_erased": list(restored.stays_erased),
        "units": list(restored.units),
    }


def _of_edit(edit: Edit) -> Document:
    return {
        "verb": edit.verb.value,
        "item": edit.item_id,
        "before": list(edit.before),
        "after": list(edit.after),
        "state": edit.opened[0].state.value if edit.opened else None,
        "source": edit.source,
    }
