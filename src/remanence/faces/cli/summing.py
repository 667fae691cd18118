"""Commands that look for what belongs together: summary, summarise, rollup, propose."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from remanence.faces import readers, unit_documents
from remanence.faces.cli import options, unit_options
from remanence.faces.cli.call import Call, UsageFault

if TYPE_CHECKING:
    from remanence.surface.proposal import Proposal
    from remanence.verbs.summarising import Period


def summary(
    call: Call,
    name: unit_options.UnitName,
    budget: unit_options.SummaryBudget = None,
    abstractive: unit_options.Abstractive = False,
) -> None:
    """Sum a unit up in its own sentences, each with its items.

    A session is a unit, by its name; so is each speaker.
    """
    from remanence.faces.cli.unit_lines import put_summary
    from remanence.model.summary import DEFAULT_SUMMARY_TOKENS

    with call.read(embeds=True, reader=readers.by_environment()) as cube:
        wanted = DEFAULT_SUMMARY_TOKENS if budget is None else budget
        made = cube.find_unit(name).summary(budget=wanted, abstractive=abstractive)
        call.answer(unit_documents.of_summary(made), lambda page: put_summary(page, made))


def summarise(
    call: Call,
    session: unit_options.OfSession = None,
    budget: unit_options.SummaryBudget = None,
    abstractive: unit_options.Abstractive = False,
    because: options.Because = None,
) -> None:
    """Keep a summary of each session, and renew what changed.

    A summary is an item with its sources, found by `recall` like others.
    """
    from remanence.model.summary import DEFAULT_SUMMARY_TOKENS

    with call.write(embeds=True, reader=readers.by_environment()) as cube:
        wanted = DEFAULT_SUMMARY_TOKENS if budget is None else budget
        done = cube.summarise(session=session, budget=wanted, abstractive=abstractive, because=because)
        call.answer(
            unit_documents.of_summarised(done),
            lambda page: page.say(
                f"{len(done.written)} summaries written, {len(done.renewed)} renewed, "
                f"{done.unchanged} sessions unchanged"
            ),
        )


def rollup(
    call: Call,
    period: unit_options.PeriodName,
    day: unit_options.Day = None,
    budget: unit_options.SummaryBudget = None,
) -> None:
    """Sum up a day, a week or a month."""
    from remanence.faces.cli.unit_lines import put_summary
    from remanence.model.summary import DEFAULT_SUMMARY_TOKENS

    with call.read() as cube:
        wanted = DEFAULT_SUMMARY_TOKENS if budget is None else budget
        made = cube.rollup(cast("Period", period), day, budget=wanted)
        call.answer(unit_documents.of_summary(made), lambda page: put_summary(page, made))


def propose(
    call: Call,
    members_min: unit_options.MembersMin = None,
    accept: unit_options.Accept = None,
    name: unit_options.AcceptName = None,
    refuse: unit_options.Refuse = None,
    because: options.Because = None,
) -> None:
    """Propose units of what lies close together in meaning.

    Needs scikit-learn: pip install 'remanence[units]'. The list is the same each time until memory changes;
    --accept and --refuse take a number of it.
    """
    from remanence.faces.cli.unit_lines import put_proposals, put_units
    from remanence.model.unit import PROPOSED_MEMBERS_MIN

    if accept is not None and refuse is not None:
        raise UsageFault("--accept and --refuse are two answers; give one")
    if name is not None and accept is None:
        raise UsageFault("--name goes with --accept")
    changes = accept is not None or refuse is not None
    with call.write(embeds=True) if changes else call.read(embeds=True) as cube:
        found = cube.propose_units(members_min=PROPOSED_MEMBERS_MIN if members_min is None else members_min)
        if accept is not None:
            made = _picked(found, accept).accept(name, because=because)
            call.answer(unit_documents.of_unit(made), lambda page: put_units(page, [made]))
            return
        if refuse is not None:
            gone = _picked(found, refuse)
            gone.refuse(because=because)
            found = tuple(one for one in found if one is not gone)
        call.answer(unit_documents.of_proposals(found), lambda page: put_proposals(page, found))


def _picked(found: tuple[Proposal, ...], number: int) -> Proposal:
    if not 1 <= number <= len(found):
        raise UsageFault(f"there is no proposal {number}; the list has {len(found)}")
    return found[number - 1]
