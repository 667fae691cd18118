"""Reflection over a cube: the portrait of its agent, its findings kept as items, and its persona proposed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from remanence.errors import Refused
from remanence.lifecycle import states
from remanence.lifecycle.changes import Change
from remanence.lifecycle.unit_changes import UnitState, record
from remanence.mirror.findings import Finding, findings
from remanence.mirror.gathering import record_of, slot_clashes
from remanence.mirror.portrait import NOTHING_SAID, portrait
from remanence.mirror.wording import worded
from remanence.model.belief import Belief
from remanence.model.bitemporal import row_in_force
from remanence.model.ids import ItemId
from remanence.model.interval import Interval
from remanence.model.item import Content, Item, Json, Provenance, Revision, Source
from remanence.model.journal import Verb
from remanence.model.kind import Kind, Trust
from remanence.model.mirror import PERSONA_LINE, REFLECTION, PersonaDraft, Portrait, Reflection, Share
from remanence.model.state import RECALLED, State
from remanence.model.unit import Member, Standing, UnitKind, UnitVersion
from remanence.storage.port import Snapshot, Transaction
from remanence.verbs import arguments
from remanence.verbs.learning import WITHDRAWN, details_about, may_renew
from remanence.verbs.setting import Setting
from remanence.verbs.supporting import settle
from remanence.verbs.unit_editing import By, state_to_change
from remanence.verbs.unit_lookup import all_units, named
from remanence.verbs.vectors import embed_pending_or_say

Kept: TypeAlias = Callable[[str], Share | None]  # of an agent
AUTHOR = "remanence"  # nobody said it: it was counted
KEY, AGENT = "finding", "agent"  # of a finding's metadata
COUNTED, WORDED_BY = (
    "counted",
    "worded by",
)  # of one in a model's words: as it was counted, and by which model


def look(setting: Setting, agent: str | None, *, kept: Kept) -> Portrait:
    """The portrait alone; nothing is written. `kept` knows which share of its promises an agent kept."""
    with setting.store.read() as snapshot:
        record = record_of(snapshot, agent)
        if record is None:
            return NOTHING_SAID
        slots = slot_clashes(snapshot, record.agent)
    return portrait(record, slots=slots, kept=kept(record.agent))


def reflect(
    setting: Setting, agent: str | None, by: By, *, kept: Kept, abstractive: bool = False
) -> Reflection:
    """See Cube.reflect."""
    reason = arguments.reason(by.because)
    shown = look(setting, agent, kept=kept)
    found = list(findings(shown, setting.zone))
    asked: set[str] = set()
    if abstractive:
        found, asked = _in_a_models_words(setting, shown, found)
    with setting.store.read() as snapshot:
        due = _due(snapshot, shown, found)
    number: int | None = None
    written: list[ItemId] = []
    renewed: list[ItemId] = []
    withdrawn: list[ItemId] = []
    if due:
        with setting.store.write() as tx:
            change = setting.change(tx, actor=by.actor, reason=reason)
            written, renewed = _write(tx, change, shown, found)
            withdrawn = _withdraw(tx, change, shown, found)
            if written or renewed or withdrawn:
                number = change.write()
        embed_pending_or_say(setting)
    with setting.store.read() as snapshot:
        standing = _standing(snapshot, shown.agent)
        draft = _draft(setting, snapshot, shown, standing)
    rows = [standing[one.key] for one in found if one.key in standing]
    now = setting.clock.now()
    items = tuple(Item(row_in_force(of_item, now)) for of_item in rows if of_item[-1].state in RECALLED)
    return Reflection(
        portrait=shown,
        findings=items,
        written=tuple(written),
        renewed=tuple(renewed),
        withdrawn=tuple(withdrawn),
        unchanged=len(items) - len(written) - len(renewed),
        persona=draft,
        change_set=number,
        left_as_counted=tuple(
            standing[one.key][0].item_id
            for one in found
            if one.key in asked and one.worded is None and one.key in standing
        ),
    )


def _in_a_models_words(
    setting: Setting, shown: Portrait, found: Sequence[Finding]
) -> tuple[list[Finding], set[str]]:
    """All findings, in a model's words those that are not yet; and the keys of what it was asked for."""
    with setting.store.read() as snapshot:
        standing = _standing(snapshot, shown.agent)
        asked = {
            one.key
            for one in found
            if one.key not in standing or _wants_words(snapshot, standing[one.key], one)
        }
    said = {one.key: one for one in worded(setting, [one for one in found if one.key in asked])}
    return [said.get(one.key, one) for one in found], asked


def _wants_words(snapshot: Snapshot, rows: Sequence[Revision], one: Finding) -> bool:
    has = any(WORDED_BY in row.content.metadata and _counted(row) == one.text for row in rows)
    return not has and _is_ours(snapshot, rows)


def _counted(row: Revision) -> str:
    """What a finding says as it was counted, whatever words it is in."""
    plain = row.content.metadata.get(COUNTED)
    return plain if isinstance(plain, str) else row.content.text


def accept_persona(setting: Setting, draft: PersonaDraft, by: By) -> UnitVersion:
    """Let the agent's persona say what the draft says; see Cube.accept_persona."""
    reason = arguments.reason(by.because)
    with setting.store.write() as tx:
        known = _persona_unit(setting, tx, draft.agent)
        if known is None:
            raise Refused(f"{draft.agent!r} says nothing in this cube any more; nothing was changed")
        change = setting.change(tx, actor=by.actor, reason=reason)
        before, state = state_to_change(tx, known)
        live = {row.item_id for row in tx.rows_of(draft.members) if row.state in RECALLED}
        if not live.issuperset(draft.members):
            raise Refused(
                "what the draft rests on is gone or no longer holds; reflect again for a new one; "
                "nothing was changed"
            )
        held = {member.item_id: member for member in state.holdings.members}
        held |= {item_id: Member(item_id) for item_id in draft.members}
        version = replace(state.version, description="\n".join(draft.after))
        holdings = replace(state.holdings, members=tuple(held.values()))
        made = record(change, before, UnitState(version, holdings))
        if made.change_set == change.number:
            change.write()
    return made


def _due(snapshot: Snapshot, shown: Portrait, found: Sequence[Finding]) -> bool:
    """Whether some finding is new, says something else than before, or no longer holds."""
    standing = _standing(snapshot, shown.agent)
    return bool(_stale(snapshot, standing, found)) or any(
        one.key not in standing or _is_to_renew(snapshot, standing[one.key], one) for one in found
    )


def _stale(
    snapshot: Snapshot, standing: Mapping[str, list[Revision]], found: Sequence[Finding]
) -> list[list[Revision]]:
    """The rows of findings that stand and no longer hold."""
    holding = {one.key for one in found}
    return [
        rows
        for key, rows in standing.items()
        if key not in holding and _is_recalled(rows) and _is_ours(snapshot, rows)
    ]


def _withdraw(tx: Transaction, change: Change, shown: Portrait, found: Sequence[Finding]) -> list[ItemId]:
    """Let findings that no longer hold be recalled no more; the item comes back with the finding."""
    gone = _stale(tx, _standing(tx, shown.agent), found)
    for rows in gone:
        states.move(change, rows, State.ARCHIVED, Verb.RETIRE, detail={WITHDRAWN: True})
    withdrawn = [rows[0].item_id for rows in gone]
    settle(tx, change, withdrawn)
    return withdrawn


def _write(
    tx: Transaction, change: Change, shown: Portrait, found: Sequence[Finding]
) -> tuple[list[ItemId], list[ItemId]]:
    """Put findings into a change; what was contested, revised or erased by somebody stays as they left it."""
    standing = _standing(tx, shown.agent)
    written: list[ItemId] = []
    renewed: list[ItemId] = []
    named = {item_id for one in found for item_id in one.evidence}
    there = {row.item_id for row in tx.rows_of(list(named)) if row.state in RECALLED}
    for one in found:
        rows = standing.get(one.key, [])
        if not there.issuperset(one.evidence):
            continue  # taken away since it was looked at, by another process: its words must not come back
        if rows and not _is_to_renew(tx, rows, one):
            continue
        if not rows and _is_blocked(tx, one):
            continue
        item_id = rows[0].item_id if rows else change.new_item()
        for row in rows:
            change.close_row(row)
        opened = change.open_row(item_id, _content(shown, one), _provenance(one), valid=Interval(one.at))
        change.note(Verb.REFLECT, item_id, opened=[opened], closed=rows)
        (renewed if rows else written).append(item_id)
    return written, renewed


def _content(shown: Portrait, one: Finding) -> Content:
    metadata: dict[str, Json] = {KEY: one.key, AGENT: shown.agent}
    if one.sentence:
        metadata[PERSONA_LINE] = one.sentence
    if one.worded is not None:
        metadata |= {COUNTED: one.text, WORDED_BY: one.worded_by}
    return Content(
        one.worded or one.text,
        kind=Kind.CONCEPT,
        tags=("reflection", one.sort),
        metadata=metadata,
        belief=Belief.stated(one.confidence),
    )


def _provenance(one: Finding) -> Provenance:
    return Provenance(
        author=AUTHOR,
        role="system",
        trust=Trust.AGENT,
        method=REFLECTION + one.sort,
        said_at=one.at,
        sources=tuple(map(Source, one.evidence)),
    )


def _standing(snapshot: Snapshot, agent: str | None) -> dict[str, list[Revision]]:
    """The open rows of each finding about the agent, by its key."""
    found: dict[str, list[Revision]] = {}
    for row in snapshot.rows_made_like(REFLECTION):
        known = row.content.metadata
        if known.get(AGENT) == agent and isinstance(name := known.get(KEY), str):
            found.setdefault(name, []).append(row)
    return found


def _is_to_renew(snapshot: Snapshot, rows: Sequence[Revision], one: Finding) -> bool:
    """Whether a finding's rows say something else than it does by now, and are ours to change."""
    told = one.worded
    says = any(
        row.state in RECALLED and _counted(row) == one.text and told in (None, row.content.text)
        for row in rows
    )
    return not says and _is_ours(snapshot, rows)


def _is_ours(snapshot: Snapshot, rows: Sequence[Revision]) -> bool:
    """Whether nobody has contested a finding, frozen it or put it in other words."""
    return all(
        row.provenance.method.startswith(REFLECTION) and may_renew(row, details_about(snapshot, row))
        for row in rows
    )


def _is_recalled(rows: Sequence[Revision]) -> bool:
    return any(row.state in RECALLED for row in rows)


def _is_blocked(tx: Snapshot, one: Finding) -> bool:
    """Whether what it rests on was shut to it, as an erased finding's evidence is."""
    shut = {item_id for item_id, method in tx.blocked(one.evidence) if method == REFLECTION + one.sort}
    return shut.issuperset(one.evidence)


def _draft(
    setting: Setting, snapshot: Snapshot, shown: Portrait, standing: dict[str, list[Revision]]
) -> PersonaDraft | None:
    if shown.agent is None or not shown.persona:
        return None
    known = _persona_unit(setting, snapshot, shown.agent)
    before = () if known is None else tuple(known.description.splitlines())
    kept = {name for name, rows in standing.items() if _is_recalled(rows)}
    traits = [trait for trait in shown.persona if kept.issuperset(trait.rests_on)]
    after = tuple(trait.text for trait in traits)
    members = tuple(standing[name][0].item_id for trait in traits for name in trait.rests_on)
    return None if before == after else PersonaDraft(shown.agent, before, after, members)


def _persona_unit(setting: Setting, snapshot: Snapshot, agent: str) -> UnitVersion | None:
    units = [one for one in all_units(setting, snapshot) if one.standing is Standing.ACTIVE]
    return named(units, agent, UnitKind.PERSONA)
