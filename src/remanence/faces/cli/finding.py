"""Commands that ask: recall, context, show, history, journal, erased, stats, check."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict, cast

import typer

from remanence.faces import documents, lifecycle_documents, readers
from remanence.faces.cli import options, unit_options
from remanence.faces.cli.call import EXIT_FAULT, Call

if TYPE_CHECKING:
    from remanence.model.hit import Format, Hit
    from remanence.verbs.recalling import Include


class Asked(TypedDict):
    """What a question may be narrowed by, of one cube as of several."""

    as_of: str | None
    known_at: str | None
    said_before: str | None
    kinds: list[str] | None
    sessions: list[str] | None
    authors: list[str] | None
    confidence_min: float
    asker: str | None
    ageing: bool


class InOneCube(TypedDict):
    """What a question to one cube may be narrowed by."""

    units: list[str] | None
    units_boost: list[str] | None
    entities: list[str] | None
    goal: str | None


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
    confidence_min: options.ConfidenceMin = None,
    unit: unit_options.Units = None,
    boost_unit: unit_options.BoostUnits = None,
    entity: options.AboutEntities = None,
    goal: options.ForGoal = None,
    include: options.Include = None,
    asker: options.Asker = None,
    no_ageing: options.NoAgeing = False,
    why: options.Why = False,
    mount: options.Mounts = None,
) -> None:
    """Find what answers best, with scores and sources.

    Answers with what holds now; --as-of asks for another day in the world, --known-at for what was
    believed on another day. A date may be 2026-01-01, "3 May" or "last Tuesday".
    """
    from remanence.verbs.recalling import DEFAULT_HITS

    k = DEFAULT_HITS if hits is None else hits
    asked = Asked(
        as_of=as_of,
        known_at=known_at,
        said_before=said_before,
        kinds=kind,
        sessions=session,
        authors=author,
        confidence_min=confidence_min or 0.0,
        asker=asker,
        ageing=not no_ageing,
    )
    included = cast("list[Include]", include or [])  # the cube says which words it knows
    if mount:
        with call.mounted(mount, without_units=not any((unit, boost_unit, entity, goal))) as memory:
            _show_hits(call, memory.recall(text, k=k, include=included, **asked), why, memory.time_zone)
        return
    with call.read(embeds=True) as cube:
        here = InOneCube(units=unit, units_boost=boost_unit, entities=entity, goal=goal)
        found = cube.recall(text, k=k, include=included, **here, **asked)
        _show_hits(call, found, why, cube.time_zone)


def _show_hits(call: Call, found: Sequence[Hit], why: bool, zone: str) -> None:
    call.answer(documents.of_hits(found), lambda page: page.hits(found, why=why), zone=zone)


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
    from remanence.verbs.recalling import DEFAULT_HITS

    asked = Asked(
        as_of=as_of,
        known_at=known_at,
        said_before=said_before,
        kinds=kind,
        sessions=session,
        authors=author,
        confidence_min=confidence_min or 0.0,
        asker=asker,
        ageing=not no_ageing,
    )
    with call.read(embeds=True) as cube:
        found = cube.why_not(
            item_id,
            text,
            k=DEFAULT_HITS if hits is None else hits,
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
    confidence_min: options.ConfidenceMin = None,
    unit: unit_options.Units = None,
    boost_unit: unit_options.BoostUnits = None,
    entity: options.AboutEntities = None,
    asker: options.Asker = None,
    no_ageing: options.NoAgeing = False,
    mount: options.Mounts = None,
) -> None:
    """Print text for a prompt, within a budget of tokens.

    Each line is dated and cites its item.
    """
    from remanence.verbs.recalling import DEFAULT_BUDGET_TOKENS

    tokens = DEFAULT_BUDGET_TOKENS if budget is None else budget
    written = cast("Format", form or "text")  # the cube says which words it knows
    asked = Asked(
        as_of=as_of,
        known_at=known_at,
        said_before=said_before,
        kinds=kind,
        sessions=session,
        authors=author,
        confidence_min=confidence_min or 0.0,
        asker=asker,
        ageing=not no_ageing,
    )
    if mount:
        with call.mounted(mount, without_units=not (unit or boost_unit or entity)) as memory:
            made = memory.context(text, budget=tokens, format=written, **asked)
    else:
        with call.read(embeds=True) as cube:
            made = cube.context(
                text,
                budget=tokens,
                format=written,
                units=unit,
                units_boost=boost_unit,
                entities=entity,
                **asked,
            )
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
