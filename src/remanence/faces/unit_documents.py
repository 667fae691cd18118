"""Units, links, summaries and proposals as JSON documents; see faces.documents for the rules of all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from remanence.faces.documents import Document, of_item

if TYPE_CHECKING:
    from remanence.model.item import Item, Json
    from remanence.model.summary import Summary
    from remanence.model.unit import End, Link, Member, UnitDiff, UnitVersion
    from remanence.surface.proposal import Proposal
    from remanence.surface.unit import Unit
    from remanence.verbs.session_summaries import Summarised


def of_unit(unit: Unit) -> Document:
    """What a unit is; `version` 0 exists without asking, and nothing of it is stored."""
    return {
        "id": unit.id,
        "kind": unit.kind.value,
        "name": unit.name,
        "description": unit.description,
        "annotations": dict(unit.annotations),
        "rule": None if unit.rule is None else dict(unit.rule),
        "version": unit.version,
        "tags": list(unit.tags),
        "retired": unit.is_retired,
    }


def of_units(units: Iterable[Unit]) -> Document:
    """Units, without what they hold."""
    return {"units": [of_unit(unit) for unit in units]}


def of_whole_unit(
    unit: Unit, members: Sequence[Member], items: Sequence[Item], links: Iterable[Link]
) -> Document:
    """A unit with its members, each with its item as it is believed now, and its links."""
    by_id = {item.id: item for item in items}
    listed: list[Json] = [
        {
            "id": one.item_id,
            "role": one.role,
            "order": one.order,
            "item": of_item(by_id[one.item_id]) if one.item_id in by_id else None,
        }
        for one in members
    ]
    return {**of_unit(unit), "members": listed, "links": [of_link(link) for link in links]}


def of_members(members: Iterable[Member]) -> Document:
    """Members in order, without their items."""
    return {"members": _places(members)}


def of_versions(versions: Iterable[UnitVersion], *, gone: Iterable[str] = ()) -> Document:
    """All versions, oldest first; `gone` are members that a restored one had and that were erased."""
    return {
        "gone": list(gone),
        "versions": [
            {
                "version": one.number,
                "tags": list(one.tags),
                "change_set": one.change_set,
                "recorded_at": one.recorded_at.isoformat(),
                "standing": one.standing.value,
                "name": one.name,
                "description": one.description,
            }
            for one in versions
        ],
    }


def of_diff(diff: UnitDiff) -> Document:
    """What differs between two versions."""
    return {
        "fields": {name: {"old": old, "new": new} for name, (old, new) in diff.fields.items()},
        "added": list(diff.added),
        "removed": list(diff.removed),
        "regrouped": _places(diff.regrouped),
        "linked": [of_link(link) for link in diff.linked],
        "unlinked": [of_link(link) for link in diff.unlinked],
    }


def of_link(link: Link) -> Document:
    """A link; each end names a unit or an item."""
    return {"source": _end(link.source), "type": link.type, "target": _end(link.target)}


def of_links(links: Iterable[Link]) -> Document:
    """Links, oldest first."""
    return {"links": [of_link(link) for link in links]}


def of_summary(summary: Summary) -> Document:
    """A summary, and of each sentence the places where it stands."""
    return {
        "text": summary.text,
        "tokens": summary.tokens,
        "budget_tokens": summary.budget_tokens,
        "by": summary.by,
        "sentences": [
            {
                "text": one.text,
                "speaker": one.speaker,
                "sources": [{"id": s.item_id, "start": s.start, "end": s.end} for s in one.sources],
            }
            for one in summary.sentences
        ],
    }


def of_summarised(done: Summarised) -> Document:
    """Which sessions' summaries were written or renewed."""
    return {
        "written": list(done.written),
        "renewed": list(done.renewed),
        "unchanged": done.unchanged,
        "change_set": done.change_set,
    }


def of_proposals(proposals: Iterable[Proposal]) -> Document:
    """Units that could be, closest first."""
    return {
        "proposals": [
            {
                "name": one.name,
                "terms": list(one.terms),
                "members": list(one.members),
                "cohesion": one.cohesion,
            }
            for one in proposals
        ]
    }


def _places(members: Iterable[Member]) -> list[Json]:
    return [{"id": one.item_id, "role": one.role, "order": one.order} for one in members]


def _end(end: End) -> Json:
    from remanence.model.unit import UnitEnd

    return {"unit": end.unit_id} if isinstance(end, UnitEnd) else {"item": end.item_id}
