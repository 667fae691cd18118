"""Commands of promises: the ledger, its checks and its graph; and what is done with one promise."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from remanence.errors import InvalidInput
from remanence.faces import promise_documents
from remanence.faces.cli import options
from remanence.faces.cli.call import EXIT_FAULT, Call, UsageFault, print_json

if TYPE_CHECKING:
    from remanence.cube import Cube
    from remanence.model.promise import Promise

Looking = Annotated[
    str, typer.Argument(metavar="[list|check|graph]", help="The ledger, the checks, or the graph.")
]
Fail = Annotated[bool, typer.Option("--fail", help="End with 1 where a promise is broken, for CI.")]
PromiseFile = Annotated[
    str | None,
    typer.Option("--file", metavar="FILE", help="Promises to check, in TOML; those that ship if not given."),
]
Doing = Annotated[
    str,
    typer.Argument(
        metavar="make|kept|broken|withdraw|declare|sign|accept|key",
        help="What to do with a promise.",
    ),
]
What = Annotated[
    str,
    typer.Argument(metavar="WHAT", help="The words of a new promise, the id of one, or a file."),
]
To = Annotated[
    list[str] | None, typer.Option("--to", metavar="NAME", help="Who is promised it; may be given twice.")
]
By = Annotated[
    str | None, typer.Option("--by", metavar="NAME", help="Who promises, or who assesses; else the owner.")
]
Accepts = Annotated[bool, typer.Option("--accepts", help="It is promised to accept, not to give.")]
If = Annotated[
    list[str] | None,
    typer.Option("--if", metavar="ID|TEXT", help="A promise that must be kept first, or words."),
]
Due = Annotated[str | None, typer.Option("--due", metavar="DATE", help="The last day or moment.")]
Replaces = Annotated[str | None, typer.Option("--replaces", metavar="ID", help="The promise it replaces.")]
Evidence = Annotated[
    list[str] | None, typer.Option("--evidence", metavar="ID", help="An item that bears it out.")
]
Key = Annotated[
    str | None,
    typer.Option(
        "--key", metavar="FILE|HEX", help="To sign: a private key's file. To accept: the public key."
    ),
]


ASSESSING = frozenset({"--by", "--evidence", "--because"})
TAKES = {  # which options go with which doing
    "make": frozenset({"--to", "--by", "--accepts", "--if", "--due", "--replaces", "--because"}),
    "kept": ASSESSING,
    "broken": ASSESSING,
    "withdraw": frozenset({"--because"}),
    "declare": frozenset({"--because"}),
    "accept": frozenset({"--key", "--because"}),
    "sign": frozenset({"--key"}),
    "key": frozenset[str](),
}


def promises(call: Call, doing: Looking = "list", fail: Fail = False, file: PromiseFile = None) -> None:
    """Show who promised what to whom, and how it came out.

    `check` holds what this memory promises about itself against the record, and names items and moments
    where a promise was broken. `graph` prints the promises for Graphviz, or as JSON.
    """
    if doing != "check" and (fail or file is not None):
        raise UsageFault("--fail and --file go with check")
    if doing == "check":
        _check(call, fail=fail, file=file)
    elif doing == "graph":
        _graph(call)
    elif doing == "list":
        from remanence.faces.cli import promise_page

        with call.read() as cube:
            ledger, zone = cube.promises(), ZoneInfo(cube.time_zone)
            call.answer(
                promise_documents.of_ledger(ledger),
                lambda page: promise_page.show_ledger(page, ledger, zone),
            )
    else:
        raise UsageFault(f"{doing!r} is none of list, check, graph")


def promise(
    call: Call,
    doing: Doing,
    what: What,
    to: To = None,
    by: By = None,
    accepts: Accepts = False,
    given: If = None,
    due: Due = None,
    replaces: Replaces = None,
    evidence: Evidence = None,
    key: Key = None,
    because: options.Because = None,
) -> None:
    """Make a promise, say how it came out, or exchange it.

    `declare` makes those of a TOML file. `sign` prints a signed document, `accept` takes one in after
    verifying it, and `key` makes the key to sign with.
    """
    options: dict[str, object] = {"--to": to, "--by": by, "--accepts": accepts, "--if": given, "--due": due}
    options |= {"--replaces": replaces, "--evidence": evidence, "--key": key, "--because": because}
    _refuse_strays(doing, [name for name, value in options.items() if value])

    def assess(cube: Cube) -> list[Promise]:
        found = cube.assess_promise(what, doing, by=by, evidence=evidence or (), because=because)
        return [one for one in cube.promises() if one.id == found.promise]

    doings: dict[str, Callable[[Cube], list[Promise]]] = {
        "make": lambda cube: [
            cube.promise(
                what,
                to=to or (),
                by=by,
                kind="accept" if accepts else "give",
                given=given or (),
                due=due,
                replaces=replaces,
                because=because,
            )
        ],
        "kept": assess,
        "broken": assess,
        "withdraw": lambda cube: [cube.withdraw_promise(what, because=because)],
        "declare": lambda cube: list(cube.declare_promises(what, because=because)),
        "accept": lambda cube: [cube.accept_promise(_read(what), key=key or "", because=because)],
    }
    if doing == "key":
        _make_key(call, what)
    elif doing == "sign":
        _sign(call, what, key)
    else:
        _do(call, doings[doing])


def _refuse_strays(doing: str, given: list[str]) -> None:
    if doing not in TAKES:
        raise UsageFault(f"{doing!r} is none of {', '.join(TAKES)}")
    strays = [name for name in given if name not in TAKES[doing]]
    if strays:
        raise UsageFault(f"{', '.join(strays)} does not go with {doing}")


def _do(call: Call, act: Callable[[Cube], list[Promise]]) -> None:
    from remanence.faces.cli import promise_page

    with call.write(embeds=True) as cube:
        done, zone = act(cube), ZoneInfo(cube.time_zone)
        call.answer(
            promise_documents.of_promises(done),
            lambda page: promise_page.show_promises(page, done, zone),
        )


def _check(call: Call, *, fail: bool, file: str | None) -> None:
    from remanence.faces.cli import promise_page

    with call.read(embeds=True) as cube:
        report, zone = cube.check_promises(file), ZoneInfo(cube.time_zone)
        call.answer(
            promise_documents.of_report(report), lambda page: promise_page.show_report(page, report, zone)
        )
    if fail and report.broken:
        raise typer.Exit(EXIT_FAULT)


def _graph(call: Call) -> None:
    from remanence.promises.graph import graph_document, graph_dot

    with call.read() as cube:
        ledger = cube.promises()
        if call.as_json:
            print_json(graph_document(ledger))
        else:
            sys.stdout.write(graph_dot(ledger) + "\n")  # no line of it is broken


def _sign(call: Call, what: str, key: str | None) -> None:
    if key is None:
        raise UsageFault("give --key FILE, the private key to sign with; `promise key FILE` makes one")
    with call.read() as cube:
        sys.stdout.write(cube.sign_promise(what, key=key) + "\n")


def _make_key(call: Call, path: str) -> None:
    from remanence.promises.signing import make_key

    public = make_key(path)
    call.answer({"key": public}, lambda page: page.say(f"public key {public}"))


def _read(path: str) -> str:
    try:
        return Path(path).read_text("utf-8")
    except (OSError, ValueError) as error:
        raise InvalidInput(f"the document {path} can't be read: {error}") from error
