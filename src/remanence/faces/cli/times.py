"""Commands that look along time and go back in it: timeline, changes, undo, restore."""

from __future__ import annotations

from remanence.faces import time_documents
from remanence.faces.cli import options
from remanence.faces.cli.call import Call


def timeline(
    call: Call,
    subject: options.Subject,
    attribute: options.Attribute = None,
    known_at: options.KnownAt = None,
) -> None:
    """Show what held when of somebody: homes, jobs, likes.

    Each value with its time and the item that says so; --known-at tells what was believed then, also what
    has been corrected away since.
    """
    with call.read() as cube:
        periods = cube.timeline(subject, attribute, known_at=known_at)
        call.answer(
            time_documents.of_timeline(periods), lambda page: page.timeline(periods), zone=cube.time_zone
        )


def changes(
    call: Call, since: options.Since, until: options.Until = None, limit: options.ChangesLimit = None
) -> None:
    """Tell what changed and why, oldest first.

    Who did it, to which items, with the texts before and after. A bare number is a line of the journal,
    anything else a time; --until means the end of a day.
    """
    from remanence.verbs.recounting import DEFAULT_SETS

    with call.read() as cube:
        told = cube.changes(
            _line_or_time(since),
            None if until is None else _line_or_time(until),
            limit=DEFAULT_SETS if limit is None else limit,
        )
        call.answer(time_documents.of_changes(told), lambda page: page.changes(told), zone=cube.time_zone)


def undo(
    call: Call,
    sequence: options.Sequence,
    through: options.Through = None,
    cascade: options.Cascade = False,
    because: options.Because = None,
) -> None:
    """Take back a change, by a line of the journal.

    All lines of that change are taken back, as a new change; undoing an undo is redo. With --through all
    changes up to that of a later line go together; erasures among them are skipped.
    """
    with call.write() as cube:
        undone = cube.undo(sequence, through=through, cascade=cascade, because=because)
        call.answer(time_documents.of_undone(undone), lambda page: page.undone(undone))


def restore(call: Call, known_at: options.RestoredTime, because: options.Because = None) -> None:
    """Bring the memory back to what it believed then.

    That is one change, which undo takes back. What was added since is set aside, not lost; what was erased
    since stays gone.
    """
    with call.write() as cube:
        restored = cube.restore(known_at, because=because)
        call.answer(time_documents.of_restored(restored), lambda page: page.restored(restored))


def _line_or_time(word: str) -> int | str:
    return int(word) if word.strip().isdecimal() else word
