"""Commands of the lifecycle: used, expire, lifecycle, consolidate, verify."""

from __future__ import annotations

from typing import Annotated

import typer

from remanence.faces import documents, lifecycle_documents
from remanence.faces.cli import options
from remanence.faces.cli.call import EXIT_FAULT, Call, UsageFault

ItemIds = Annotated[
    list[str], typer.Argument(metavar="ID...", help="Ids, or beginnings of them that no other has.")
]
At = Annotated[str | None, typer.Option("--at", metavar="DATE", help="From when it is recalled no more.")]
Never = Annotated[bool, typer.Option("--never", help="Recall it without end again.")]
Doing = Annotated[str, typer.Argument(metavar="plan|apply", help="Show what rules would do, or do it.")]
RuleFile = Annotated[
    str | None,
    typer.Option("--rules", metavar="FILE", help="Rules in TOML; those that ship if not given."),
]
AllowErase = Annotated[bool, typer.Option("--allow-erase", help="Let rules erase, which can't be undone.")]
Seconds = Annotated[
    float | None,
    typer.Option("--seconds", metavar="N", help="Begin nothing new after so long (default 60)."),
]


def used(call: Call, item_id: ItemIds, because: options.Because = None) -> None:
    """Mark the items that helped.

    What is used stays active longer and stands higher; what is merely recalled is never counted.
    """
    with call.write() as cube:
        items = cube.used(item_id, because=because)
        call.answer(
            lifecycle_documents.of_used(items), lambda page: page.say(f"marked {len(items)} items as used")
        )


def expire(
    call: Call, item_id: options.ItemId, at: At = None, never: Never = False, because: options.Because = None
) -> None:
    """Say until when an item is recalled.

    Then it is kept, and recalled no more. Until when it holds in the world is another matter: see revise.
    """
    if (at is None) is not never:
        raise UsageFault("give one of --at DATE and --never")
    with call.write() as cube:
        item = cube.expire(item_id, at=at, because=because)
        done = "lifted the end of" if at is None else "set the end of"
        call.answer(documents.of_item(item), lambda page: page.done(done, item))


def lifecycle(
    call: Call,
    doing: Doing,
    rules: RuleFile = None,
    allow_erase: AllowErase = False,
    because: options.Because = None,
) -> None:
    """Plan or apply rules by which memory ages.

    `plan` shows what the rules would touch, and why; `apply` does it as one change that undo takes back.
    """
    from remanence.faces.cli import lifecycle_page

    if doing == "plan":
        if allow_erase or because:
            raise UsageFault("--allow-erase and --because go with apply")
        with call.read() as cube:
            plan = cube.plan_lifecycle(rules)
            call.answer(
                lifecycle_documents.of_lifecycle_plan(plan),
                lambda page: lifecycle_page.show_plan(page, plan, lambda item_id: cube.show(item_id).content),
            )
    elif doing == "apply":
        with call.write() as cube:
            applied = cube.apply_lifecycle(rules, allow_erase=allow_erase, because=because)
            call.answer(
                lifecycle_documents.of_lifecycle_applied(applied),
                lambda page: lifecycle_page.show_applied(page, applied),
                zone=cube.time_zone,
            )
    else:
        raise UsageFault(f"{doing!r} is neither plan nor apply")


def consolidate(call: Call, seconds: Seconds = None, because: options.Because = None) -> None:
    """Merge what says the same, rest what is cold.

    Strengthens what is corroborated. One change that undo takes back; no word is lost.
    """
    from remanence.faces.cli import lifecycle_page
    from remanence.model.ageing import CONSOLIDATION_SECONDS

    with call.write() as cube:
        done = cube.consolidate(
            seconds=CONSOLIDATION_SECONDS if seconds is None else seconds, because=because
        )
        lessons = [cube.show(one) for one in done.learnt]
        call.answer(
            lifecycle_documents.of_consolidated(done),
            lambda page: lifecycle_page.show_consolidated(page, done, lessons),
        )


def verify(call: Call, head: options.Head = None) -> None:
    """Recompute the journal, also after erasures.

    Every line must follow from the one before it, and every text left must be the one that was written.
    Ends with 1 when that is not so.
    """
    from remanence.faces.cli import lifecycle_page

    with call.read() as cube:
        verified = cube.verify(head=head)
        call.answer(
            lifecycle_documents.of_verified(verified),
            lambda page: lifecycle_page.show_verified(page, verified),
        )
    if verified.faults:
        raise typer.Exit(EXIT_FAULT)
