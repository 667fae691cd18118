"""Takes changes back: one, a range of them, or all since some time."""

from __future__ import annotations

from datetime import datetime

from remanence.errors import InvalidInput, NotFound
from remanence.lifecycle import restore as restoring
from remanence.lifecycle import undo
from remanence.lifecycle.restore import Restored
from remanence.lifecycle.undo import Undone
from remanence.storage.port import Snapshot
from remanence.verbs import arguments
from remanence.verbs.inspecting import LINE_MAX
from remanence.verbs.setting import Setting
from remanence.verbs.supporting import settle


def take_back(
    setting: Setting,
    sequence: int,
    *,
    through: int | None,
    cascade: bool,
    because: str | None,
    actor: str,
) -> Undone:
    """Undo the change set that a journal line belongs to, or all through that of another line.

    Raises NotFound, InvalidInput for a range that runs backwards, Refused for an erasure or what was
    undone already, UndoConflict when later changes built on it.
    """
    reason = arguments.reason(because)
    if through is not None and through < sequence:
        raise InvalidInput(f"through {through} lies before {sequence}; name the earlier line first")
    with setting.store.write() as tx:
        first = _set_of(tx, sequence)
        last = None if through is None else _set_of(tx, through)
        change = setting.change(tx, actor=actor, reason=reason)
        undone = undo.undo(tx, change, first, through=last, cascade=cascade)
        settle(tx, change, change.items)
        for number in undone.change_sets:
            tx.withdraw_observations(number, by=change.number)
            tx.withdraw_readings(number, by=change.number)
        change.write()
    return undone


def restore(setting: Setting, known_at: datetime, *, because: str | None, actor: str) -> Restored:
    """Let the memory believe what it believed at that time; see Cube.restore."""
    reason = arguments.reason(because)
    with setting.store.write() as tx:
        sequence = tx.sequence_at(known_at)
        if sequence == 0:
            raise InvalidInput(f"the cube knew nothing yet at {known_at.isoformat()}; name a later time")
        change = setting.change(tx, actor=actor, reason=reason)
        restored = restoring.restore(tx, change, sequence)
        if restored.change_set is not None:
            tx.withdraw_observations_after(sequence, by=change.number)
            tx.withdraw_readings_after(sequence, by=change.number)
            change.write()
    return restored


def _set_of(tx: Snapshot, sequence: int) -> int:
    lines = tx.journal(after=sequence - 1, limit=1) if 0 < sequence <= LINE_MAX else []
    if not lines or lines[0].sequence != sequence:
        raise NotFound(f"the journal has no line {sequence}; `journal` lists them")
    return lines[0].change_set
