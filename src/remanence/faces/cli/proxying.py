"""The command that puts a memory before an OpenAI-compatible endpoint."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from remanence.errors import ExtraMissing, InvalidInput
from remanence.faces.cli.call import Call, UsageFault

if TYPE_CHECKING:
    from remanence.cube import Cube
    from remanence.faces.proxy.cubes import Cubes, Open

UPSTREAM_KEY_VARIABLE = "REMANENCE_UPSTREAM_KEY"

UpstreamUrl: TypeAlias = Annotated[
    str,
    typer.Option(
        "--upstream", metavar="URL", help="The base URL of the endpoint behind, as OpenAI's clients take it."
    ),
]
Data: TypeAlias = Annotated[
    str | None,
    typer.Option("--data", metavar="FOLDER", help="A cube for each user, in this folder; instead of --cube."),
]
UpstreamKey: TypeAlias = Annotated[
    bool,
    typer.Option("--upstream-key", help="Send REMANENCE_UPSTREAM_KEY upstream instead of the caller's key."),
]
KeysFile: TypeAlias = Annotated[
    str | None,
    typer.Option("--keys", metavar="FILE", help="A TOML file that says whose memory an API key opens."),
]
ModeName: TypeAlias = Annotated[
    str,
    typer.Option("--memory", metavar="MODE", help="on, off, read or write, where a request does not say."),
]
BlockBudget: TypeAlias = Annotated[
    int,
    typer.Option(
        "--budget", metavar="N", min=1, max=1_000_000, help="How many tokens of memory a call gets."
    ),
]
BlockForm: TypeAlias = Annotated[
    str, typer.Option("--format", metavar="FORM", help="The block's form: text, markdown, xml or json.")
]
Host: TypeAlias = Annotated[
    str, typer.Option("--host", metavar="HOST", help="Where to listen; others than this machine need --keys.")
]
Port: TypeAlias = Annotated[
    int, typer.Option("--port", metavar="N", min=0, max=65_535, help="On which port; 0 for any.")
]
AllowHost: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-host", metavar="NAME", help="A further name by which callers reach it; repeat for several."
    ),
]
MemoryTimeout: TypeAlias = Annotated[
    float,
    typer.Option("--memory-timeout", metavar="SECONDS", min=0.001, help="How long a call waits for memory."),
]
UpstreamTimeout: TypeAlias = Annotated[
    float,
    typer.Option(
        "--upstream-timeout", metavar="SECONDS", min=0.001, help="How long the upstream may be silent."
    ),
]


def proxy(
    call: Call,
    upstream: UpstreamUrl,
    data: Data = None,
    upstream_key: UpstreamKey = False,
    keys: KeysFile = None,
    memory: ModeName = "on",
    budget: BlockBudget = 2_000,
    format: BlockForm = "text",
    host: Host = "127.0.0.1",
    port: Port = 8790,
    allow_host: AllowHost = None,
    memory_timeout: MemoryTimeout = 5.0,
    upstream_timeout: UpstreamTimeout = 600.0,
) -> None:
    """Give an OpenAI-compatible endpoint a memory.

    Point an application's base URL here, and change nothing else in it.
    With --cube one memory for all who call, with --data one for each user, who is named in a request's
    header X-Remanence-User, its field user, or by its API key (--keys). docs/proxy.md has the rest.
    """
    try:
        from remanence.faces.proxy import serving
        from remanence.faces.proxy.app import Proxy, Rules, application
        from remanence.faces.proxy.callers import read_keys
        from remanence.faces.proxy.memory import Memory
        from remanence.faces.proxy.upstream import Upstream
        from remanence.faces.proxy.wishes import habits_of
    except ImportError as error:
        raise ExtraMissing("the proxy needs its packages: pip install 'remanence[proxy]'") from error
    table = None if keys is None else read_keys(Path(keys))
    place = serving.Place(host, port, tuple(allow_host or ()), has_keys=table is not None)
    place.check()
    habits = habits_of(memory, budget, format)
    behind = Upstream(upstream, key=_upstream_key() if upstream_key else None, timeout_s=upstream_timeout)
    cubes = _cubes(call, data)
    remembering = Memory(cubes, timeout_s=memory_timeout, names_speakers=data is None)
    rules = Rules(habits=habits, keys=table, is_shared=data is None, has_own_key=upstream_key)
    serving.serve(application(Proxy(behind, remembering, rules)), place, say=serving.announce)


def _cubes(call: Call, data: str | None) -> Cubes:
    from remanence.faces.proxy.cubes import Cubes, Folder, OneFile

    if data is not None:
        if call.ask_key:
            raise UsageFault("--ask-key asks for one cube's key; with --data set REMANENCE_KEY")
        return Cubes(Folder(Path(data).expanduser()), _opener(call))
    path, _ = call.new_place()
    cubes = Cubes(OneFile(path), lambda path, owner: call.make(owner=owner))
    with cubes.borrowed("", make=True):  # what is wrong with it shows now, and not in a header
        return cubes


def _opener(call: Call) -> Open:
    """Opens the cubes of a folder, with one embedder for all."""
    import remanence
    from remanence.faces import embedders, readers
    from remanence.faces.cli.fetching import FetchBar

    embedder = embedders.shared(call.embedder, progress=FetchBar())

    def opening(path: Path, owner: str | None) -> Cube:
        _, key = replace(call, cube=str(path)).new_place()
        reader = readers.by_environment()
        return remanence.open(path, owner=owner, embedder=embedder, reader=reader, key=key)

    return opening


def _upstream_key() -> str:
    key = os.environ.get(UPSTREAM_KEY_VARIABLE, "").strip()
    if not key:
        raise InvalidInput(
            f"--upstream-key needs {UPSTREAM_KEY_VARIABLE} in the environment, and it is not there"
        )
    return key
