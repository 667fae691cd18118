"""Remanence: a memory for AI agents in one file, with every belief dated and explained."""

from __future__ import annotations

import typing as _typing
from importlib import import_module as _import_module

if _typing.TYPE_CHECKING:
    from remanence.cube import Cube, View
    from remanence.memory import Memory, mount
    from remanence.model.absence import WhyNot
    from remanence.model.belief import Belief
    from remanence.model.conflict import Conflict
    from remanence.model.deed import Action, Decision, Goal, GoalStatus
    from remanence.model.entity import Alias, Candidate, Entity, EntityKind, EntityPage, Mention
    from remanence.model.explanation import Explanation
    from remanence.model.hit import Context, Hit, Hits, Part, Why
    from remanence.model.interval import Interval
    from remanence.model.item import Item, Provenance, Revision, Slot, Source
    from remanence.model.journal import JournalEntry, Verb
    from remanence.model.kind import Kind, Trust
    from remanence.model.mount import Mounted, MountedHit, MountedItem
    from remanence.model.promise import Assessment, Ledger, Promise, PromiseReport
    from remanence.model.state import State
    from remanence.model.summary import CitedSentence, Summary
    from remanence.model.support import Impact, Support
    from remanence.model.unit import Link, Member, UnitDiff, UnitKind, UnitVersion
    from remanence.mounts.opening import Mount
    from remanence.mounts.routing import Arriving, Route
    from remanence.reader.llm.reader import LLMReader
    from remanence.remote.opening import open
    from remanence.reranking.endpoint import RerankEndpoint
    from remanence.reranking.port import Reranker
    from remanence.surface.proposal import Proposal
    from remanence.surface.unit import Unit
    from remanence.vault.exporting import Exported
    from remanence.vault.loading import Loaded, load
    from remanence.verbs.learning import Learnt
    from remanence.verbs.precedents import Precedent
    from remanence.verbs.recounting import ChangeSet, Edit
    from remanence.verbs.succession import Period
    from remanence.verbs.telling import Story, StoryLine

__version__ = "0.1.0"

# Where each public name lives: loaded when it is asked for, so that the import itself stays quick.
_HOMES = {
    "open": "remanence.remote.opening",
    "Cube": "remanence.cube",
    "mount": "remanence.memory",
    "Memory": "remanence.memory",
    "Mount": "remanence.mounts.opening",
    "Arriving": "remanence.mounts.routing",
    "Route": "remanence.mounts.routing",
    "Mounted": "remanence.model.mount",
    "MountedHit": "remanence.model.mount",
    "MountedItem": "remanence.model.mount",
    "Unit": "remanence.surface.unit",
    "Proposal": "remanence.surface.proposal",
    "LLMReader": "remanence.reader.llm.reader",
    "RerankEndpoint": "remanence.reranking.endpoint",
    "Reranker": "remanence.reranking.port",
    "View": "remanence.cube",
    "Belief": "remanence.model.belief",
    "Conflict": "remanence.model.conflict",
    "Action": "remanence.model.deed",
    "Decision": "remanence.model.deed",
    "Goal": "remanence.model.deed",
    "GoalStatus": "remanence.model.deed",
    "Alias": "remanence.model.entity",
    "Candidate": "remanence.model.entity",
    "Entity": "remanence.model.entity",
    "EntityKind": "remanence.model.entity",
    "EntityPage": "remanence.model.entity",
    "Mention": "remanence.model.entity",
    "Context": "remanence.model.hit",
    "Hit": "remanence.model.hit",
    "Hits": "remanence.model.hit",
    "Part": "remanence.model.hit",
    "Why": "remanence.model.hit",
    "WhyNot": "remanence.model.absence",
    "Explanation": "remanence.model.explanation",
    "Interval": "remanence.model.interval",
    "Item": "remanence.model.item",
    "Provenance": "remanence.model.item",
    "Revision": "remanence.model.item",
    "Slot": "remanence.model.item",
    "Source": "remanence.model.item",
    "JournalEntry": "remanence.model.journal",
    "Verb": "remanence.model.journal",
    "Kind": "remanence.model.kind",
    "Trust": "remanence.model.kind",
    "State": "remanence.model.state",
    "Assessment": "remanence.model.promise",
    "Ledger": "remanence.model.promise",
    "Promise": "remanence.model.promise",
    "PromiseReport": "remanence.model.promise",
    "Impact": "remanence.model.support",
    "Support": "remanence.model.support",
    "ChangeSet": "remanence.verbs.recounting",
    "Edit": "remanence.verbs.recounting",
    "Period": "remanence.verbs.succession",
    "Learnt": "remanence.verbs.learning",
    "Precedent": "remanence.verbs.precedents",
    "Story": "remanence.verbs.telling",
    "StoryLine": "remanence.verbs.telling",
    "Exported": "remanence.vault.exporting",
    "Loaded": "remanence.vault.loading",
    "load": "remanence.vault.loading",
    "CitedSentence": "remanence.model.summary",
    "Summary": "remanence.model.summary",
    "Link": "remanence.model.unit",
    "Member": "remanence.model.unit",
    "UnitDiff": "remanence.model.unit",
    "UnitKind": "remanence.model.unit",
    "UnitVersion": "remanence.model.unit",
}

__all__ = [
    "Action",
    "Alias",
    "Arriving",
    "Assessment",
    "Belief",
    "Candidate",
    "ChangeSet",
    "CitedSentence",
    "Conflict",
    "Context",
    "Cube",
    "Decision",
    "Edit",
    "Entity",
    "EntityKind",
    "EntityPage",
    "Explanation",
    "Exported",
    "Goal",
    "GoalStatus",
    "Hit",
    "Hits",
    "Impact",
    "Interval",
    "Item",
    "JournalEntry",
    "Kind",
    "LLMReader",
    "Learnt",
    "Ledger",
    "Link",
    "Loaded",
    "Member",
    "Memory",
    "Mention",
    "Mount",
    "Mounted",
    "MountedHit",
    "MountedItem",
    "Part",
    "Period",
    "Precedent",
    "Promise",
    "PromiseReport",
    "Proposal",
    "Provenance",
    "RerankEndpoint",
    "Reranker",
    "Revision",
    "Route",
    "Slot",
    "Source",
    "State",
    "Story",
    "StoryLine",
    "Summary",
    "Support",
    "Trust",
    "Unit",
    "UnitDiff",
    "UnitKind",
    "UnitVersion",
    "Verb",
    "View",
    "Why",
    "WhyNot",
    "load",
    "mount",
    "open",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'remanence' has no attribute {name!r}")
    return getattr(_import_module(home), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
