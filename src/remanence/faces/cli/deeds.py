"""Commands of an agent's own history: act, decide, goal, outcome, progress, precedents, lessons, story."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from remanence.faces import deed_documents, documents
from remanence.faces.cli import options
from remanence.faces.cli.adding import metadata_of
from remanence.faces.cli.call import Call, UsageFault
from remanence.faces.plain import preview, printable
from remanence.model.item import Json

if TYPE_CHECKING:
    from remanence.verbs.telling import Story

What: TypeAlias = Annotated[str, typer.Argument(metavar="WHAT", help="A tool's name, or what was done.")]
Passed: TypeAlias = Annotated[
    str | None, typer.Option("--arguments", metavar="JSON", help="With what a tool was called.")
]
Situation: TypeAlias = Annotated[
    str | None, typer.Option("--situation", metavar="TEXT", help="In which situation, or at which request.")
]
Result: TypeAlias = Annotated[str | None, typer.Option("--result", metavar="TEXT", help="It worked, so.")]
Error: TypeAlias = Annotated[str | None, typer.Option("--error", metavar="TEXT", help="It failed, so.")]
Cost: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--cost", metavar="UNIT=NUMBER", help="What it cost, as usd=0.02; repeat for several."),
]
Goal: TypeAlias = Annotated[
    str | None, typer.Option("--goal", metavar="ID", help="The goal that it is done for.")
]
ForDecision: TypeAlias = Annotated[
    str | None, typer.Option("--decision", metavar="ID", help="The decision that it carries out.")
]
CallId: TypeAlias = Annotated[
    str | None,
    typer.Option("--call-id", metavar="ID", help="The id of the call; the same one is one action."),
]
Agent: TypeAlias = Annotated[
    str | None, typer.Option("--agent", metavar="NAME", help="Who does it (default: assistant).")
]
At: TypeAlias = Annotated[
    str | None, typer.Option("--at", metavar="DATE", help="When it was (default: now).")
]
Choice: TypeAlias = Annotated[str, typer.Argument(metavar="CHOICE", help="What was chosen.")]
ChosenFrom: TypeAlias = Annotated[
    list[str] | None, typer.Option("--option", metavar="TEXT", help="One of the options; repeat for several.")
]
Reason: TypeAlias = Annotated[
    str | None, typer.Option("--reason", metavar="TEXT", help="Why: a statement that its outcome bears on.")
]
Grounds: TypeAlias = Annotated[
    list[str] | None, typer.Option("--ground", metavar="ID", help="An item that it rests on; repeatable.")
]
Expected: TypeAlias = Annotated[
    str | None, typer.Option("--expected", metavar="TEXT", help="What is to come of it.")
]
Aim: TypeAlias = Annotated[str, typer.Argument(metavar="AIM", help="What is aimed at.")]
PartOf: TypeAlias = Annotated[
    str | None, typer.Option("--part-of", metavar="ID", help="The larger goal that it is a part of.")
]
Due: TypeAlias = Annotated[str | None, typer.Option("--due", metavar="DATE", help="By when.")]
CameOut: TypeAlias = Annotated[str | None, typer.Argument(metavar="TEXT", help="What came of it, in words.")]
Worked: TypeAlias = Annotated[
    bool | None, typer.Option("--worked/--failed", help="Whether it came out well.")
]
Share: TypeAlias = Annotated[
    float | None, typer.Option("--share", metavar="SHARE", help="How far it has come, from 0 to 1.")
]
Status: TypeAlias = Annotated[
    str | None, typer.Option("--status", metavar="STATUS", help="open, done or dropped.")
]
Note: TypeAlias = Annotated[str | None, typer.Option("--note", metavar="TEXT", help="A note on that.")]
Such: TypeAlias = Annotated[str, typer.Argument(metavar="SITUATION", help="What is to be done, or decided.")]
Precedents: TypeAlias = Annotated[
    int | None, typer.Option("-k", metavar="N", help="How many at most (default 5).")
]
StorySince: TypeAlias = Annotated[
    str | None, typer.Option("--since", metavar="DATE", help="From when (default: the beginning).")
]
StoryUntil: TypeAlias = Annotated[
    str | None, typer.Option("--until", metavar="DATE", help="Until when, included (default: now).")
]
About: TypeAlias = Annotated[
    str | None, typer.Option("--about", metavar="TEXT", help="Only what is near to this.")
]
StoryBudget: TypeAlias = Annotated[
    int | None, typer.Option("--budget", metavar="TOKENS", help="How long at most (default 1000 tokens).")
]


def act(
    call: Call,
    what: What,
    arguments: Passed = None,
    situation: Situation = None,
    result: Result = None,
    error: Error = None,
    cost: Cost = None,
    goal: Goal = None,
    decision: ForDecision = None,
    call_id: CallId = None,
    session: options.Session = None,
    agent: Agent = None,
    at: At = None,
    because: options.Because = None,
) -> None:
    """Record something done.

    With a result or an error, or without: `outcome` says later what came of it.
    """
    with call.make() as cube:
        item = cube.act(
            what,
            arguments=_passed(arguments),
            situation=situation,
            result=result,
            error=error,
            cost=_costs(cost),
            goal=goal,
            decision=decision,
            call_id=call_id,
            session=session,
            agent=agent,
            at=at,
            because=because,
        )
        call.answer(documents.of_item(item), lambda page: page.done("recorded", item))


def decide(
    call: Call,
    choice: Choice,
    option: ChosenFrom = None,
    situation: Situation = None,
    reason: Reason = None,
    ground: Grounds = None,
    expected: Expected = None,
    goal: Goal = None,
    session: options.Session = None,
    agent: Agent = None,
    at: At = None,
    because: options.Because = None,
) -> None:
    """Record a decision, its options and its reason.

    What comes of it (`outcome`) counts for or against what it rests on.
    """
    with call.make() as cube:
        item = cube.decide(
            choice,
            options=option or (),
            situation=situation,
            reason=reason,
            grounds=ground or (),
            expected=expected,
            goal=goal,
            session=session,
            agent=agent,
            at=at,
            because=because,
        )
        call.answer(documents.of_item(item), lambda page: page.done("decided", item))


def goal(
    call: Call,
    aim: Aim,
    part_of: PartOf = None,
    due: Due = None,
    session: options.Session = None,
    agent: Agent = None,
    at: At = None,
    because: options.Because = None,
) -> None:
    """Record a goal; `progress` says how far it comes."""
    with call.make() as cube:
        item = cube.goal(aim, part_of=part_of, due=due, session=session, agent=agent, at=at, because=because)
        call.answer(documents.of_item(item), lambda page: page.done("aimed at", item))


def outcome(
    call: Call,
    item_id: options.ItemId,
    text: CameOut = None,
    worked: Worked = None,
    cost: Cost = None,
    at: At = None,
    because: options.Because = None,
) -> None:
    """Say what came of an action or a decision.

    What a decision rests on becomes surer, or less sure.
    """
    with call.write() as cube:
        item = cube.outcome(item_id, text, worked=worked, cost=_costs(cost), at=at, because=because)
        call.answer(documents.of_item(item), lambda page: page.done("came out", item))


def progress(
    call: Call,
    item_id: options.ItemId,
    share: Share = None,
    status: Status = None,
    note: Note = None,
    at: At = None,
    because: options.Because = None,
) -> None:
    """Say how far a goal has come.

    What it was before is kept and dated: `history` shows it.
    """
    with call.write() as cube:
        item = cube.progress(item_id, share, status=status, note=note, at=at, because=because)
        call.answer(documents.of_item(item), lambda page: page.done("stands", item))


def precedents(call: Call, situation: Such, k: Precedents = None, goal: Goal = None) -> None:
    """Show what was tried before, and how it came out."""
    with call.write(embeds=True) as cube:
        found = cube.precedents(situation, k=5 if k is None else k, goal=goal)
        lines = [
            line
            for one in found
            for line in (
                preview(str(one)),
                *(
                    f"        because: {preview(item.content)} ({item.confidence:.2f})"
                    for item in one.reasons
                ),
            )
        ]
        text = "\n".join(map(printable, lines)) or "nothing like it was done or decided yet"
        call.answer(deed_documents.of_precedents(found), lambda page: page.say(text))


def lessons(call: Call, because: options.Because = None) -> None:
    """Learn from what was tried, and list the lessons.

    What repeats often enough becomes an item with its evidence; one change that undo takes back.
    """
    with call.write(embeds=True) as cube:
        learnt = cube.lessons(because=because)
        known = cube.items(kind="procedure", tag="lesson")
        lines = [f"{item.confidence:.2f}  {item.content} ({item.citation})" for item in known]
        text = "\n".join(map(printable, lines)) or "nothing was tried often enough to teach anything"
        call.answer(deed_documents.of_learnt(learnt, known), lambda page: page.say(text))


def story(
    call: Call,
    since: StorySince = None,
    until: StoryUntil = None,
    about: About = None,
    budget: StoryBudget = None,
) -> None:
    """Tell what was said and done, by day.

    In words of its own time, each line with its items.
    """
    with call.read(embeds=about is not None) as cube:
        told = cube.story(since, until, about=about, budget=1_000 if budget is None else budget)
        text = printable(told.text) or _untold(told, about)
        call.answer(deed_documents.of_story(told), lambda page: page.say(text))


def _untold(told: Story, about: str | None) -> str:
    """Why there is no story."""
    if told.found:
        return f"nothing of that time fits in {told.budget_tokens} tokens; give a larger --budget"
    if about is not None:
        return f"nothing is remembered of that time that is about {printable(about)!r}"
    return "nothing is remembered of that time"


def _passed(given: str | None) -> Json:
    if given is None:
        return None
    try:
        parsed: Json = json.loads(given)
    except ValueError:
        raise UsageFault(f'--arguments {given!r} is not JSON, as \'{{"to": "Braga"}}\'') from None
    return parsed


def _costs(given: list[str] | None) -> dict[str, float] | None:
    if given is None:
        return None
    found: dict[str, Json] = metadata_of(given, "--cost")
    numbers: dict[str, float] = {}
    for unit, value in found.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise UsageFault(f"--cost {unit}={value} is not UNIT=NUMBER")
        numbers[unit] = float(value)
    return numbers
