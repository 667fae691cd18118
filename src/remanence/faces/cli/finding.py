"""Commands that ask: recall, context, show, history, journal, erased, stats, check."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, TypedDict, cast

import typer

from remanence.faces import documents, explanation_documents, lifecycle_documents, readers
from remanence.faces.cli import options, unit_options
from remanence.faces.cli.adding import metadata_of
from remanence.faces.cli.call import EXIT_FAULT, Call, UsageFault

if TYPE_CHECKING:
    from remanence.model.explanation import Explanation
    from remanence.model.hit import Format, Hits, HitT
    from remanence.model.item import Json
    from remanence.verbs.recalling import Include

Listed: TypeAlias = "list[str] | None"


class Asked(TypedDict):
    """What a question may be narrowed by, of one cube as of several."""

    as_of: str | None
    known_at: str | None
    said_before: str | None
    kinds: list[str] | None
    sessions: list[str] | None
    authors: list[str] | None
    tags: list[str] | None
    metadata: dict[str, Json]
    confidence_min: float
    asker: str | None
    ageing: bool


class Wanted(TypedDict):
    """How many hits, how good, and which beside those that stand."""

    k: int
    score_min: float
    include: list[Include]


class Written(TypedDict):
    """How much text, in which form, of hits how good."""

    budget: int
    format: Format
    score_min: float


class Within(TypedDict):
    """What belongs to one cube, and can't be asked of several."""

    units: list[str] | None
    units_boost: list[str] | None
    entities: list[str] | None
    goal: str | None


def _asked(
    times: tuple[str | None, str | None, str | None],
    among: tuple[Listed, Listed, Listed, Listed],
    metadata: Listed,
    confidence_min: float | None,
    asker: str | None,
    *,
    no_ageing: bool,
) -> Asked:
    (as_of, known_at, said_before), (kinds, sessions, authors, tags) = times, among
    return Asked(
        as_of=as_of,
        known_at=known_at,
        said_before=said_before,
        kinds=kinds,
        sessions=sessions,
        authors=authors,
        tags=tags,
        metadata=metadata_of(metadata or ()),
        confidence_min=confidence_min or 0.0,
        asker=asker,
        ageing=not no_ageing,
    )


def recall(
    call: Call,
    text: options.Question,
    hits: options.Hits = None,
    as_of: options.AsOf = None,
    known_at: options.KnownAt = None,
    said_before: options.SaidBefore = None,
    kind: options.Kinds = None,
    session: options.Sessions = None,
    author: options.Authors = None,
    tag: options.WithTags = None,
    metadata: options.WithMetadata = None,
    confidence_min: options.ConfidenceMin = None,
    score_min: options.ScoreMin = None,
    unit: unit_options.Units = None,
    boost_unit: unit_options.BoostUnits = None,
    entity: options.AboutEntities = None,
    goal: options.ForGoal = None,
    include: options.Include = None,
    asker: options.Asker = None,
    no_ageing: options.NoAgeing = False,
    why: options.Why = False,
    explain: options.Explain = False,
    mount: options.Mounts = None,
) -> None:
    """Find what answers best, with scores and sources.

    Answers with what holds now; --as-of asks for another day in the world, --known-at for what was
    believed on another day. A date may be 2026-01-01, "3 May" or "last Tuesday".
    """
    times, among = (as_of, known_at, said_before), (kind, session, author, tag)
    asked = _asked(times, among, metadata, confidence_min, asker, no_ageing=no_ageing)
    wanted = Wanted(
        k=_how_many(hits),
        score_min=score_min or 0.0,
        include=cast("list[Include]", include or []),  # the cube says which words it knows
    )
    within = Within(units=unit, units_boost=boost_unit, entities=entity, goal=goal)
    if mount:
        _of_one_cube(explain)
        with call.mounted(mount, without_units=not any(within.values())) as memory:
            _show_hits(call, memory.recall(text, **wanted, **asked), why, memory.time_zone)
        return
    with call.read(embeds=True) as cube:
        if explain:
            _show_explanation(call, cube.explain(text, **wanted, **within, **asked), cube.time_zone)
        else:
            _show_hits(call, cube.recall(text, **wanted, **within, **asked), why, cube.time_zone)


def _of_one_cube(explain: bool) -> None:
    if explain:
        raise UsageFault("--explain is about one cube, and --mount asks several; --why tells of both")


def _how_many(hits: int | None) -> int:
    from remanence.verbs.recalling import DEFAULT_HITS

    return DEFAULT_HITS if hits is None else hits


def _show_hits(call: Call, found: Hits[HitT], why: bool, zone: str) -> None:
    call.answer(documents.of_hits(found), lambda page: page.answers(found, why=why), zone=zone)


def _show_explanation(call: Call, told: Explanation, zone: str) -> None:
    from remanence.faces.cli.explanation_page import show_explanation

    document = explanation_documents.of_explanation(told)
    call.answer(document, lambda page: show_explanation(page, told), zone=zone)


def why_not(
    call: Call,
    item_id: options.ItemId,
    text: options.Question,
    hits: options.Hits = None,
    as_of: options.AsOf = None,
    known_at: options.KnownAt = None,
    said_before: options.SaidBefore = None,
    kind: options.Kinds = None,
    session: options.Sessions = None,
    author: options.Authors = None,
    tag: options.WithTags = None,
    metadata: options.WithMetadata = None,
    confidence_min: options.ConfidenceMin = None,
    entity: options.AboutEntities = None,
    unit: unit_options.Units = None,
    boost_unit: unit_options.BoostUnits = None,
    include: options.Include = None,
    asker: options.Asker = None,
    no_ageing: options.NoAgeing = False,
) -> None:
    """Say why an item is not among the hits for a question.

    Options are those of the recall that left it out.
    """
    times, among = (as_of, known_at, said_before), (kind, session, author, tag)
    asked = _asked(times, among, metadata, confidence_min, asker, no_ageing=no_ageing)
    with call.read(embeds=True) as cube:
        found = cube.why_not(
            item_id,
            text,
            k=_how_many(hits),
            units=unit,
            units_boost=boost_unit,
            entities=entity,
            include=cast("list[Include]", include or []),  # the cube says which words it knows
            **asked,
        )
        call.answer(documents.of_why_not(found), lambda page: page.why_not(found))


def context(
    call: Call,
    text: options.Question,
    budget: options.Budget = None,
    form: options.Form = None,
    as_of: options.AsOf = None,
    known_at: options.KnownAt = None,
    said_before: options.SaidBefore = None,
    kind: options.Kinds = None,
    session: options.Sessions = None,
    author: options.Authors = None,
    tag: options.WithTags = None,
    metadata: options.WithMetadata = None,
    confidence_min: options.ConfidenceMin = None,
    score_min: options.ScoreMin = None,
    unit: unit_options.Units = None,
    boost_unit: unit_options.BoostUnits = None,
    entity: options.AboutEntities = None,
    goal: options.ForGoal = None,
    asker: options.Asker = None,
    no_ageing: options.NoAgeing = False,
    mount: options.Mounts = None,
) -> None:
    """Print text for a prompt, within a budget of tokens.

    Each line is dated and cites its item.
    """
    from remanence.verbs.recalling import DEFAULT_BUDGET_TOKENS

    written = Written(
        budget=DEFAULT_BUDGET_TOKENS if budget is None else budget,
        format=cast("Format", form or "text"),  # the cube says which words it knows
        score_min=score_min or 0.0,
    )
    times, among = (as_of, known_at, said_before), (kind, session, author, tag)
    asked = _asked(times, among, metadata, confidence_min, asker, no_ageing=no_ageing)
    within = Within(units=unit, units_boost=boost_unit, entities=entity, goal=goal)
    if mount:
        with call.mounted(mount, without_units=not any(within.values())) as memory:
            made = memory.context(text, **written, **asked)
    else:
        with call.read(embeds=True) as cube:
            made = cube.context(text, **written, **within, **asked)
    call.answer(documents.of_context(made), lambda page: page.context(made))


def show(call: Call, item_id: options.ItemId) -> None:
    """Show an item in full: text, source, times, belief."""
    with call.read() as cube:
        item = cube.show(item_id)
        marks = cube.marks(item.id)
        document = {**documents.of_item(item), **lifecycle_documents.of_marks(marks)}
        call.answer(document, lambda page: page.item(item, marks), zone=cube.time_zone)


def history(call: Call, item_id: options.ItemId) -> None:
    """Show all that was believed of an item, oldest first."""
    with call.read() as cube:
        rows = cube.history(item_id)
        call.answer(documents.of_history(rows), lambda page: page.history(rows), zone=cube.time_zone)


def journal(call: Call, limit: options.Limit = None, item: options.OfItem = None) -> None:
    """List the changes, newest first: when, what, who and why."""
    with call.read() as cube:
        lines = cube.journal(item=item) if limit is None else cube.journal(limit=limit, item=item)
        call.answer(documents.of_journal(lines), lambda page: page.journal(lines), zone=cube.time_zone)


def erased(call: Call) -> None:
    """List the receipts of all erasures, oldest first."""
    with call.read() as cube:
        receipts = cube.erased()
        call.answer(
            documents.of_receipts(receipts), lambda page: page.receipts(receipts), zone=cube.time_zone
        )


def stats(call: Call) -> None:
    """Show how much there is of what."""
    with call.read(reader=readers.by_environment()) as cube:
        found = cube.stats()
        call.answer(documents.of_stats(found), lambda page: page.stats(found), zone=cube.time_zone)


def check(call: Call, head: options.Head = None) -> None:
    """Look for faults in the file and in the journal.

    Looks at pages, references, the journal's chain of hashes, and texts against their digests. Ends
    with 1 when it finds any.
    """
    with call.read() as cube:
        faults = cube.check(head=head)
        call.answer(documents.of_faults(faults), lambda page: page.faults(faults))
    if faults:
        raise typer.Exit(EXIT_FAULT)
