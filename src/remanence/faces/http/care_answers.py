"""The shapes of answers about what looks after a memory; see `answers`."""

from __future__ import annotations

from pydantic import JsonValue

from remanence.faces.http.answers import Answer, Item, Next, Part, Receipt, Span, Time
from remanence.faces.http.promise_answers import PromiseReport


class Nothing(Answer):
    """Done; there is nothing to tell."""


class Plan(Answer):
    """What an erasure would take, and the passages it would blank in sources."""

    asked: list[str]
    fallen: list[str]
    passages: list[Span]


class Impact(Answer):
    """What would fall with an item, and what would keep another support."""

    item: Item
    falls: list[Item]
    weakened: list[Item]


class Marks(Answer):
    """How often an item was used and when last, and from when it is recalled no more."""

    uses: int
    used_at: Time | None
    expires_at: Time | None


class Used(Answer):
    """The items that were marked."""

    used: list[str]


class Items(Answer):
    """Items, each as it is believed now."""

    items: list[Item]
    next: Next = None


class WhyNot(Answer):
    """What kept an item out of the hits, most decisive first."""

    id: str
    hit: int | None
    reasons: list[str]
    left_out_by: list[str]
    allowed: int
    rough_place: int | None
    place: int | None
    score: float | None
    last_score: float | None
    why: list[Part] | None
    folded_into: str | None


class Edit(Answer):
    """What a change did to one item; a text that was erased since is null."""

    verb: str
    item: str | None
    before: list[str | None]
    after: list[str | None]
    state: str | None
    source: str | None


class ChangeSet(Answer):
    """One change, by whom and why."""

    change_set: int
    recorded_at: Time
    actor: str
    verb: str
    reason: str | None
    reason_erased: bool
    edits: list[Edit]
    left_out: int
    next_line: int


class Changes(Answer):
    """Changes, oldest first; go on with `since` the last one's `next_line`."""

    changes: list[ChangeSet]


class Undone(Answer):
    """The changes that were taken back, newest first."""

    change_sets: list[int]
    stays_erased: list[str]
    skipped: list[int]


class Restored(Answer):
    """What a restore did; `change_set` is null where nothing had changed since."""

    change_set: int | None
    returned: list[str]
    set_aside: list[str]
    stays_erased: list[str]
    units: list[str]


class Receipts(Answer):
    """The proofs of all erasures, oldest first."""

    receipts: list[Receipt]
    next: Next


class Reliability(Answer):
    """How the statements of one source did."""

    of: str
    name: str
    borne_out: int
    wrong: int
    reliability: float


class Reliabilities(Answer):
    """How authors and methods of derivation did."""

    sources: list[Reliability]


class Verified(Answer):
    """The journal's proof; `holds` when nothing contradicts it."""

    holds: bool
    lines: int
    head: str
    erasures: int
    erased: int
    faults: list[str]


class Faults(Answer):
    """What is wrong with a cube."""

    sound: bool
    faults: list[str]


class StatsThen(Answer):
    """How much there was of what."""

    known_at: Time
    counts: dict[str, int]
    journal_head: str


class RuleStep(Answer):
    """What a rule does to an item, and the values for which it fits."""

    rule: str
    then: str
    because: dict[str, JsonValue]


class TouchedItem(Answer):
    """An item that rules fit; `into` where it is merged."""

    id: str
    into: str | None
    steps: list[RuleStep]


class LifecyclePlan(Answer):
    """What rules would do."""

    looked_at: int
    touched: list[TouchedItem]
    erasure: Plan | None


class LifecycleApplied(LifecyclePlan):
    """What rules did."""

    change_set: int | None
    receipt: Receipt | None


class MergedItems(Answer):
    """Statements that were one."""

    survivor: str
    merged: list[str]


class ProposedUnit(Answer):
    """A unit that could be."""

    name: str
    members: list[str]


class Consolidated(Answer):
    """What a consolidation did."""

    merged: list[MergedItems]
    strengthened: list[str]
    dormant: list[str]
    woken: list[str]
    expired: list[str]
    renewed: list[str]
    learnt: list[str]
    words_before: int
    words_after: int
    words_merged: int
    finished: bool
    change_set: int | None
    proposed: list[ProposedUnit] | None
    promises: PromiseReport | None


class Summarised(Answer):
    """Which sessions' summaries were written or renewed."""

    written: list[str]
    renewed: list[str]
    unchanged: int
    change_set: int | None


class CitedSentence(Answer):
    """A sentence, and where it stands."""

    text: str
    speaker: str | None
    sources: list[Span]


class Summary(Answer):
    """A summary in sentences word for word."""

    text: str
    tokens: int
    budget_tokens: int
    by: str | None
    sentences: list[CitedSentence]


class Embedded(Answer):
    """How many texts were embedded."""

    embedded: int


class ReadReport(Answer):
    """What a language model's reading came to."""

    read: int
    cut: int
    calls: int
    prompt_tokens: int
    completion_tokens: int
    cost: float | None
    derived: list[str]
    corroborated: list[str]
    set_aside: list[str]
    dropped: dict[str, int]
    failed: dict[str, int]
    pending: int
    parked: int
    change_sets: list[int]
    stopped: str | None


class ParkedMessage(Answer):
    """A message that was tried too often."""

    id: str
    attempts: int
    error: str | None


class Parked(Answer):
    """Messages that wait for a person, and how many of them wait for the model again."""

    parked: list[ParkedMessage]
    retried: int


class Retried(Answer):
    """How many messages wait again."""

    retried: int


class RereadPlan(Answer):
    """What a reread would do."""

    messages: list[str]
    retired: list[str]
    derived: int
    queued: list[str]


class Reread(Answer):
    """What a reread did."""

    messages: int
    derived: list[str]
    retired: list[str]
    queued: int
    change_set: int | None


class LeftOut(Answer):
    """What of a document became no item, and why."""

    where: str
    why: str


class Ingested(Answer):
    """What one ingest did, by the ids of passages."""

    name: str
    format: str
    unit: str
    added: list[str]
    changed: list[str]
    moved: list[str]
    retired: list[str]
    unchanged: list[str]
    left_out: list[LeftOut]
    notes: list[str]
    known_as: str | None
    change_set: int | None


class HeldDocument(Answer):
    """A document in its newest version."""

    name: str
    format: str
    unit: str
    items: list[str]
    change_set: int


class Documents(Answer):
    """The documents that a cube holds."""

    documents: list[HeldDocument]
    next: Next


class ImportProblem(Answer):
    """Something that was not taken as it stood."""

    place: str
    what: str
    why: str


class Imported(Answer):
    """What an import brought."""

    kind: str
    complete: bool
    dry_run: bool
    messages: int
    memories: int
    sessions: int
    added: int
    changed: int
    known: int
    empty: int
    derived: int
    units: int
    links: int
    embedded: int
    pending: int
    change_sets: list[int]
    counts: dict[str, int]
    problems: list[ImportProblem]
