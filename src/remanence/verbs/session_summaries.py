"""Each session's summary: an item that cites what it was taken from, renewed when the session changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from remanence.errors import NotFound
from remanence.lifecycle.changes import Change
from remanence.lifecycle.erasure import ErasurePlan
from remanence.lifecycle.states import refuse_unless_changeable
from remanence.model.belief import Belief
from remanence.model.ids import ItemId
from remanence.model.interval import Interval
from remanence.model.item import Content, Json, Provenance, Revision
from remanence.model.journal import Verb
from remanence.model.kind import Kind, Trust
from remanence.model.state import State
from remanence.model.summary import DEFAULT_SUMMARY_TOKENS, Summary
from remanence.storage.port import Snapshot, Transaction
from remanence.storage.units_port import Spoken
from remanence.verbs import arguments
from remanence.verbs.setting import Setting
from remanence.verbs.summarising import is_told, summary_of
from remanence.verbs.unit_editing import By
from remanence.verbs.vectors import embed_pending_or_say
from remanence.verbs.wording import Wording

METHOD = "summary:session"  # the method of a session's summary
AUTHOR = "remanence"  # who says what nobody said: the extract itself is ours
CONFIDENCE = 0.9  # its sentences were said, word for word
RENEWED = frozenset({State.GENERATED, State.ACTIVE, State.DORMANT})  # others wait for being asked by name


@dataclass(frozen=True, slots=True)
class Summarised:
    """What a `summarise` did: summaries written, renewed, and sessions whose summary stands as it was."""

    written: tuple[ItemId, ...]
    renewed: tuple[ItemId, ...]
    unchanged: int
    change_set: int | None  # None when nothing was written


@dataclass(frozen=True, slots=True)
class Draft:
    """A session's summary in the making, and the state of the session that it was made from."""

    session: str
    spoken: Spoken
    summary: Summary


def summarise(
    setting: Setting, session: str | None, *, budget_tokens: int, by: By, abstractive: bool = False
) -> Summarised:
    """Write or renew the summaries of sessions that changed since, of one or of all; see Cube.summarise."""
    reason = arguments.reason(by.because)
    if abstractive:
        with Wording(setting) as wording:
            shown = wording.material_tokens(budget_tokens)
            due, sessions = _due_drafts(setting, session, shown)
            due = [
                replace(one, summary=wording.summary(one.summary, budget_tokens=budget_tokens)) for one in due
            ]
    else:
        due, sessions = _due_drafts(setting, session, budget_tokens)
    if not due:
        return Summarised((), (), sessions, None)
    with setting.store.write() as tx:
        change = setting.change(tx, actor=by.actor, reason=reason)
        written, renewed = write_drafts(tx, change, due)
        if not written and not renewed:
            return Summarised((), (), sessions, None)
        change.write()
    embed_pending_or_say(setting)
    unchanged = sessions - len(written) - len(renewed)
    return Summarised(tuple(written), tuple(renewed), unchanged, change.number)


def _due_drafts(setting: Setting, session: str | None, budget_tokens: int) -> tuple[list[Draft], int]:
    """What is due of the sessions asked for, and how many these are."""
    with setting.store.read() as snapshot:
        due = drafts(snapshot, session, budget_tokens=budget_tokens)
        return due, len(snapshot.sessions_spoken()) if session is None else 1


def drafts(
    snapshot: Snapshot,
    session: str | None = None,
    *,
    among: Collection[str] | None = None,
    budget_tokens: int = DEFAULT_SUMMARY_TOKENS,
    to_renew: bool = False,
) -> list[Draft]:
    """The summaries that are due: of the session asked for, or of all that changed since theirs, or `among`.

    With `to_renew`, none of sessions that have no summary yet.

    Raises NotFound for a session of which nothing is recalled, and ItemFrozen where its summary is.
    """
    spoken, standing = snapshot.sessions_spoken(), _standing(snapshot)
    if session is not None and session not in spoken:
        raise NotFound(f"nothing that was said in session {session!r} is remembered; `units` lists sessions")
    wanted = {session} if session is not None else _due(spoken, standing, to_renew=to_renew)
    due = []
    for name in spoken:
        if name not in wanted or (among is not None and name not in among):
            continue
        rows = standing.get(name, [])
        _refuse_unless_renewable(rows)
        turns = snapshot.turns_between(name, 0, snapshot.last_turn(name))
        blocked = snapshot.blocked([row.item_id for row in turns])
        told = [row for row in turns if is_told(row) and (row.item_id, METHOD) not in blocked]
        summary = summary_of(snapshot, told, budget_tokens=budget_tokens, may_be_empty=True)
        if summary.sentences:
            due.append(Draft(name, spoken[name], summary))
    return due


def write_drafts(tx: Transaction, change: Change, due: Sequence[Draft]) -> tuple[list[ItemId], list[ItemId]]:
    """Put summaries into a change, where their sessions are as they were when the drafts were made.

    Returns the items written and renewed; what a draft would not change is in neither.
    """
    spoken, standing, known = tx.sessions_spoken(), _standing(tx), tx.items_made_by(METHOD)
    written: list[ItemId] = []
    renewed: list[ItemId] = []
    for draft in due:
        if spoken.get(draft.session) != draft.spoken:
            continue  # it changed meanwhile, and waits for the next call
        rows = standing.get(draft.session, [])
        undone = None if rows else known.get(draft.session)
        item_id = _write(change, draft, rows, undone)
        if item_id is not None:
            (renewed if rows else written).append(item_id)
    return written, renewed


def renew_fallen(tx: Transaction, change: Change, plan: ErasurePlan) -> list[ItemId]:
    """After an erasure: sum up anew, from what is left, the sessions whose summaries fell with a source."""
    fallen = {row.provenance.session for row in tx.rows_of(plan.fallen, which="all") if _is_ours(row)}
    left = tx.sessions_spoken()
    due = [one for name in sorted(filter(None, fallen)) if name in left for one in drafts(tx, name)]
    return write_drafts(tx, change, due)[0]


def sessions_due(snapshot: Snapshot) -> set[str]:
    """The sessions that have no summary, or changed since theirs was written."""
    return _due(snapshot.sessions_spoken(), _standing(snapshot), to_renew=False)


def _due(
    spoken: Mapping[str, Spoken], standing: Mapping[str, Sequence[Revision]], *, to_renew: bool
) -> set[str]:
    return {
        name
        for name in spoken
        if (_is_due(standing[name], spoken[name]) if name in standing else not to_renew)
    }


def _is_due(rows: Sequence[Revision], spoken: Spoken) -> bool:
    """Whether the session changed since, and its summary is ours to renew: not frozen, retired or revised."""
    known = rows[-1].content.metadata
    seen = Spoken(_number(known.get("turns")), _number(known.get("through")))
    return seen != spoken and all(row.state in RENEWED and _is_ours(row) for row in rows)


def _refuse_unless_renewable(rows: Sequence[Revision]) -> None:
    """Raise where somebody asks for a summary that may not change; a retired one may come back."""
    standing = [row for row in rows if row.state is not State.ARCHIVED]
    if standing:
        refuse_unless_changeable(standing)


def _write(change: Change, draft: Draft, rows: Sequence[Revision], undone: ItemId | None) -> ItemId | None:
    """Put a summary into the change, in the place of the one there was, be it undone; None where nothing
    differs."""
    cited = draft.summary.sentences
    text = "\n".join(one.text if one.speaker is None else f"{one.speaker}: {one.text}" for one in cited)
    sources = tuple(source for one in cited for source in one.sources)
    if any(row.content.text == text and row.provenance.sources == sources for row in rows):
        return None
    metadata: dict[str, Json] = {"turns": draft.spoken.turns, "through": draft.spoken.revision}
    if draft.summary.by is not None:
        metadata["by"] = draft.summary.by
    content = Content(
        text,
        kind=Kind.SUMMARY,
        metadata=metadata,
        belief=Belief.stated(CONFIDENCE),
    )
    provenance = Provenance(
        author=AUTHOR,
        role="system",
        trust=Trust.AGENT,
        method=METHOD,
        said_at=draft.spoken.said_at_last,
        session=draft.session,
        sources=sources,
    )
    item_id = rows[0].item_id if rows else undone or change.new_item()
    for row in rows:
        change.close_row(row)
    opened = change.open_row(item_id, content, provenance, valid=Interval(draft.spoken.said_at_first))
    change.note(Verb.SUMMARISE, item_id, opened=[opened], closed=rows)
    return item_id


def _standing(snapshot: Snapshot) -> dict[str, list[Revision]]:
    """The open rows of each session's summary."""
    found: dict[str, list[Revision]] = {}
    for session, row in snapshot.rows_made_by(METHOD):
        found.setdefault(session, []).append(row)
    return found


def _is_ours(row: Revision) -> bool:
    return row.provenance.method == METHOD


def _number(value: Json) -> int:
    return value if isinstance(value, int) else -1
