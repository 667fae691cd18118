"""The verbs on the wire: for each method of the façade its route, and the type of the value it gives."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from remanence.lifecycle.erasure import ErasurePlan
from remanence.lifecycle.restore import Restored
from remanence.lifecycle.undo import Undone
from remanence.model.absence import WhyNot
from remanence.model.conflict import Conflict
from remanence.model.document import DocumentVersion
from remanence.model.entity import Candidate, Entity, EntityPage
from remanence.model.explanation import Explanation
from remanence.model.hit import Context, Hit, Hits
from remanence.model.ids import ItemId
from remanence.model.item import Item, Revision
from remanence.model.journal import JournalEntry
from remanence.model.mark import Mark
from remanence.model.mirror import Portrait, Reflection
from remanence.model.promise import Assessment, Ledger, Promise, PromiseReport
from remanence.model.summary import Summary
from remanence.model.support import Impact, Support
from remanence.model.unit import Link, Member, UnitDiff, UnitVersion
from remanence.storage.receipt import Receipt
from remanence.surface.records import DEFAULT_ITEMS
from remanence.verbs.consolidating import Consolidated
from remanence.verbs.import_report import Imported
from remanence.verbs.ingesting import Ingested
from remanence.verbs.inspecting import Stats
from remanence.verbs.learning import Learnt
from remanence.verbs.looking_back import StatsThen
from remanence.verbs.observing import Observed
from remanence.verbs.precedents import Precedent
from remanence.verbs.proving import Verified
from remanence.verbs.queueing import Parked
from remanence.verbs.reading_queue import ReadReport
from remanence.verbs.recounting import ChangeSet
from remanence.verbs.reliability import Reliability
from remanence.verbs.rereading import Reread, RereadPlan
from remanence.verbs.ruling import LifecycleApplied, LifecyclePlan
from remanence.verbs.session_summaries import Summarised
from remanence.verbs.succession import Period
from remanence.verbs.telling import Story
from remanence.verbs.unit_editing import Restored as RestoredUnit
from remanence.verbs.unit_lookup import UnitAt
from remanence.verbs.unit_proposals import Draft


@dataclass(frozen=True, slots=True)
class Call:
    """One verb: its route below the cube, in which {argument}s stand, and what its answer is read as."""

    route: str
    gives: object
    method: Literal["GET", "POST"] = "POST"
    changes: bool = False  # it bears an Idempotency-Key; a client that only reads refuses it
    listed: bool = False  # it comes in pages
    file: str | None = None  # the argument whose bytes are the body; the others go into the query
    limit: int | None = None  # how many the façade gives where nobody says; None for all there are
    only_if: str | None = None  # it gives something only where this argument is true


def _look(route: str, gives: object) -> Call:
    return Call(route, gives, method="GET")


def _list(route: str, each: type) -> Call:
    return Call(route, tuple[each, ...], method="GET", listed=True)  # type: ignore[valid-type]


def _ask(route: str, gives: object) -> Call:
    return Call(route, gives)


def _change(route: str, gives: object) -> Call:
    return Call(route, gives, changes=True)


OF_CUBE: dict[str, Call] = {
    "observe": _change("observe", Observed),
    "remember": _change("items", Item),
    "recall": _ask("recall", Hits[Hit]),
    "explain": _ask("explain", Explanation),
    "context": _ask("context", Context),
    "revise": _change("items/{item}/revise", Item),
    "annotate": _change("items/{item}/annotate", Item),
    "forget": replace(_change("items/{item}/forget", Receipt), only_if="erase"),
    "plan_erasure": _ask("items/{item}/forget/plan", ErasurePlan),
    "freeze": _change("items/{item}/freeze", Item),
    "thaw": _change("items/{item}/thaw", Item),
    "undo": _change("undo", Undone),
    "restore": _change("restore", Restored),
    "show": _look("items/{item}", Item),
    "items": replace(_list("items", Item), limit=DEFAULT_ITEMS),
    "recognise": _ask("recognise", tuple[ItemId, ...]),
    "history": _list("items/{item}/history", Revision),
    "timeline": _list("timeline", Period),
    "changes": _look("changes", tuple[ChangeSet, ...]),
    "journal": replace(_list("journal", JournalEntry), limit=50),
    "erased": _list("erased", Receipt),
    "stats": _look("stats", Stats),
    "check": _look("check", tuple[str, ...]),
    "verify": _look("verify", Verified),
    "used": _change("used", tuple[ItemId, ...]),
    "expire": _change("items/{item}/expire", Item),
    "marks": _look("items/{item}/marks", tuple[Mark, ...]),
    "plan_lifecycle": _ask("lifecycle/plan", LifecyclePlan),
    "apply_lifecycle": _change("lifecycle/apply", LifecycleApplied),
    "consolidate": _change("consolidate", Consolidated),
    "why_not": _ask("items/{item}/why-not", WhyNot),
    "merged": _look("items/{item}/merged", tuple[Item, ...]),
    "survivor": _look("items/{item}/survivor", Item),
    "why": _look("items/{item}/why", Support),
    "impact": _look("items/{item}/impact", Impact),
    "conflicts": _list("conflicts", Conflict),
    "resolve": _change("items/{keep}/resolve", Item),
    "reliabilities": _look("reliabilities", tuple[Reliability, ...]),
    "unit": _change("units", UnitAt),
    "find_unit": _look("unit", UnitAt),
    "units": _list("units", UnitAt),
    "link": _change("links", Link),
    "unlink": _change("links/end", None),
    "links": _list("links", Link),
    "propose_units": _look("proposals", tuple[Draft, ...]),
    "entities": _list("entities", Entity),
    "entity": _look("entity", EntityPage),
    "find_entities": _look("entities/find", tuple[Candidate, ...]),
    "merge_entities": _change("entities/{kept}/merge", Entity),
    "split_entity": _change("entities/{entity}/split", Entity),
    "annotate_entity": _change("entities/{entity}/annotate", Entity),
    "summarise": _change("summaries", Summarised),
    "rollup": _look("rollup", Summary),
    "ingest": replace(_change("documents", Ingested), file="document"),
    "documents": _list("documents", DocumentVersion),
    "forget_document": replace(_change("documents/forget", Receipt), only_if="erase"),
    "import_from": replace(_change("import", Imported), file="source"),
    "promise": _change("promises", Promise),
    "promises": _look("promises", Ledger),
    "assess_promise": _change("promises/{promise}/assess", Assessment),
    "withdraw_promise": _change("promises/{promise}/withdraw", Promise),
    "declare_promises": _change("promises/declare", tuple[Promise, ...]),
    "check_promises": _ask("promises/check", PromiseReport),
    "accept_promise": _change("promises/accept", Promise),
    "act": _change("actions", Item),
    "decide": _change("decisions", Item),
    "goal": _change("goals", Item),
    "outcome": _change("items/{item}/outcome", Item),
    "progress": _change("items/{goal}/progress", Item),
    "precedents": _ask("precedents", tuple[Precedent, ...]),
    "lessons": _change("lessons", Learnt),
    "story": _look("story", Story),
    "reflect": _change("reflect", Reflection),
    "portrait": _ask("portrait", Portrait),
    "accept_persona": _change("personas/accept", UnitAt),
    "embed_pending": _change("jobs/embed", int),
    "read_pending": _change("jobs/read", ReadReport),
    "parked": _look("jobs/parked", tuple[Parked, ...]),
    "retry_parked": _change("jobs/parked/retry", int),
    "plan_reread": _look("jobs/reread/plan", RereadPlan),
    "reread": _change("jobs/reread", Reread),
}

OF_VIEW: dict[str, Call] = {
    "recall": _ask("then/recall", Hits[Hit]),
    "context": _ask("then/context", Context),
    "show": _look("then/items/{item}", Item),
    "history": _list("then/items/{item}/history", Revision),
    "timeline": _list("then/timeline", Period),
    "journal": _look("then/journal", tuple[JournalEntry, ...]),
    "erased": _list("then/erased", Receipt),
    "stats": _look("then/stats", StatsThen),
}

OF_UNIT: dict[str, Call] = {
    "members": _list("units/{unit}/members", Member),
    "items": _list("units/{unit}/items", Item),
    "links": _list("units/{unit}/links", Link),
    "summary": _look("units/{unit}/summary", Summary),
    "versions": _list("units/{unit}/versions", UnitVersion),
    "diff": _look("units/{unit}/diff", UnitDiff),
    "at": _look("units/{unit}/at", UnitAt),
    "add": _change("units/{unit}/add", UnitAt),
    "remove": _change("units/{unit}/remove", UnitAt),
    "annotate": _change("units/{unit}/annotate", UnitAt),
    "rename": _change("units/{unit}/rename", UnitAt),
    "link": _change("units/{unit}/link", UnitAt),
    "unlink": _change("units/{unit}/unlink", UnitAt),
    "tag": _change("units/{unit}/tag", UnitAt),
    "restore": _change("units/{unit}/restore", RestoredUnit),
    "fork": _change("units/{unit}/fork", UnitAt),
    "merge": _change("units/{unit}/merge", UnitAt),
    "retire": _change("units/{unit}/retire", UnitAt),
    "erase": _change("units/{unit}/erase", Receipt),
}

OF_PROPOSAL: dict[str, Call] = {
    "accept": _change("proposals/accept", UnitAt),
    "refuse": _change("proposals/refuse", None),
}

# What only whoever runs the server can do, or what can't be sent, and what to do instead.
NOT_OFFERED: dict[str, str] = {
    "snapshot": "`export` brings the whole memory over; who runs the server makes snapshots of its files",
    "reembed": "which embedder a server's cubes have is decided beside it: `remanence embed --replace`",
    "sign_promise": (
        "a private key is sent nowhere; sign beside the cube's file: `remanence promise sign ID --key FILE`"
    ),
}
