"""How recall follows the ledger: a promise that came out holds no longer.

The ledger is read from assessments and from what was said; recall reads validity alone. So whoever finds that
a promise came out ends the validity of its item, and whoever finds that nothing says so any more gives it
back. What was found of a promise outlives it (beliefs/support.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from remanence.lifecycle.changes import Change
from remanence.model.interval import Interval
from remanence.model.item import Json, Revision
from remanence.model.journal import Verb
from remanence.model.promise import PROMISE, Assessment, Promise, PromiseState
from remanence.model.state import RECALLED, State
from remanence.promises.ledger import ENDED
from remanence.promises.standing import judged, state_of
from remanence.promises.terms import time_of
from remanence.verbs.setting import Setting

CAME_OUT = (PromiseState.KEPT, PromiseState.BROKEN)
ASSESSED = "assessed"  # how a promise ended that came out, either way
UNTIL = "until"  # when it would have ended without that


def settle(setting: Setting, promises: Iterable[Promise], *, actor: str) -> int | None:
    """Let recall follow the ledger in all of these; the change set, None where it does."""
    moved = [one for one in promises if (one.state in CAME_OUT) is not _is_noted(one.item.revision)]
    if not moved:
        return None
    with setting.store.write() as tx:
        change = setting.change(tx, actor=actor, reason=None)
        settled = [settle_promise(change, one) for one in moved]
        return change.write() if any(settled) else None


def judged_anew(promise: Promise, assessment: Assessment, *, now: datetime) -> Promise:
    """A promise of which this was found beside."""
    assessments = (*promise.assessments, assessment)
    if promise.state in (PromiseState.WITHDRAWN, PromiseState.SUPERSEDED):
        return replace(promise, assessments=assessments)
    outcome = judged(promise.promiser, promise.terms.promisees, assessments)
    return replace(promise, assessments=assessments, state=state_of(outcome, due=promise.terms.due, now=now))


def settle_promise(change: Change, promise: Promise) -> bool:
    """Put into a change that a promise holds no longer, since it came out, or holds again; whether it was.

    One that is frozen stays as it is.
    """
    rows = [row for row in change.open_rows_of(promise.id) if row.state in RECALLED]
    if any(row.state is State.FROZEN for row in rows):
        return False
    came_out = promise.state in CAME_OUT
    rows = [row for row in rows if _is_noted(row) is not came_out]
    if not rows:
        return False
    if came_out:
        at = min(one.at for one in promise.assessments)
        opened = [mark_ended(change, row, _noted(row), at=at) for row in rows]
    elif promise.state in (PromiseState.OPEN, PromiseState.EXPIRED):
        opened = [_reopened(change, row) for row in rows]
    else:
        return False
    change.note(Verb.PROMISE, promise.id, opened=opened, closed=rows, detail={ENDED: promise.state.value})
    return True


def mark_ended(change: Change, row: Revision, ended: dict[str, Json], *, at: datetime) -> Revision:
    """Close a row of a promise, and open one that holds until then and says how it ended."""
    stated = row.content.metadata.get(PROMISE)
    told: dict[str, Json] = {**(stated if isinstance(stated, dict) else {}), ENDED: ended}
    change.close_row(row)
    content = replace(row.content, metadata={**row.content.metadata, PROMISE: told})
    return change.copy_row(row, content=content, valid=until(row.valid, at))


def until(valid: Interval, moment: datetime) -> Interval:
    """The part of an interval before this moment; all of it where it begins no earlier."""
    ends_before = valid.end is not None and valid.end <= moment
    begins_after = valid.start is not None and valid.start >= moment
    return valid if ends_before or begins_after else Interval(valid.start, moment)


def _noted(row: Revision) -> dict[str, Json]:
    end = row.valid.end
    return {"how": ASSESSED} if end is None else {"how": ASSESSED, UNTIL: end.astimezone(UTC).isoformat()}


def _is_noted(row: Revision) -> bool:
    stated = row.content.metadata.get(PROMISE)
    ended = stated.get(ENDED) if isinstance(stated, dict) else None
    return isinstance(ended, dict) and ended.get("how") == ASSESSED


def _reopened(change: Change, row: Revision) -> Revision:
    stated = row.content.metadata.get(PROMISE)
    told = dict(stated) if isinstance(stated, dict) else {}
    ended = told.pop(ENDED, None)
    end = time_of(ended, UNTIL) if isinstance(ended, dict) and UNTIL in ended else None
    metadata = {name: value for name, value in row.content.metadata.items() if name != PROMISE}
    if told:
        metadata[PROMISE] = told
    change.close_row(row)
    content = replace(row.content, metadata=metadata)
    return change.copy_row(row, content=content, valid=Interval(row.valid.start, end))
