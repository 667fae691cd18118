"""Commands of the server: serve, keys."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from remanence.errors import ExtraMissing
from remanence.faces.cli.call import KEY_VARIABLE, Call, UsageFault
from remanence.faces.plain import printable

if TYPE_CHECKING:
    from remanence.faces.documents import Document
    from remanence.faces.http.registry import KeyRow, Registry

Data = Annotated[
    str | None,
    typer.Option(
        "--data",
        metavar="FOLDER",
        envvar="REMANENCE_DATA",
        help="The folder of the server's cubes (default remanence-data).",
    ),
]
Host = Annotated[
    str | None,
    typer.Option(
        "--host",
        metavar="NAME",
        envvar="REMANENCE_HOST",
        help="Where to listen (default 127.0.0.1); elsewhere only with keys.",
    ),
]
Port = Annotated[
    int | None,
    typer.Option(
        "--port", metavar="N", envvar="REMANENCE_PORT", help="On which port (default 8377); 0 for any."
    ),
]
Processes = Annotated[
    int | None,
    typer.Option("--processes", metavar="N", help="How many share the port and the cubes (default 1)."),
]
ConfigFile = Annotated[
    str | None,
    typer.Option(
        "--config", metavar="FILE", envvar="REMANENCE_CONFIG", help="Settings in TOML; see docs/server.md."
    ),
]
Certificate = Annotated[
    str | None, typer.Option("--tls-certificate", metavar="FILE", help="A certificate: then it speaks HTTPS.")
]
CertificateKey = Annotated[
    str | None, typer.Option("--tls-key", metavar="FILE", help="The certificate's private key.")
]
Doing = Annotated[str, typer.Argument(metavar="add|list|revoke", help="Make a key, show all, or end one.")]
KeyName = Annotated[
    str | None, typer.Argument(metavar="NAME", help="The key's name, which the journal shows as the actor.")
]
Scopes = Annotated[
    list[str] | None,
    typer.Option("--scope", metavar="SCOPE", help="read, write, erase or admin; repeat for several."),
]
Patterns = Annotated[
    list[str] | None,
    typer.Option("--for", metavar="PATTERN", help="Which cubes: a name, or with * a pattern; repeat."),
]
Days = Annotated[float | None, typer.Option("--days", metavar="N", help="Let it expire after so many days.")]


def serve(
    call: Call,
    data: Data = None,
    host: Host = None,
    port: Port = None,
    processes: Processes = None,
    config: ConfigFile = None,
    tls_certificate: Certificate = None,
    tls_key: CertificateKey = None,
) -> None:
    """Serve a folder of cubes over HTTP.

    Without API keys it listens on this machine alone; `remanence keys add` makes one. What is set by option
    or variable counts before the file's. Stops at an interrupt, after what is at work.
    """
    _require_extra()
    from remanence.faces.http.config import ServerConfig
    from remanence.faces.http.serving import serve as run

    settings = ServerConfig()
    if config is not None:
        settings = settings.with_file(Path(config).expanduser())
    given = {
        "data": data,
        "host": host,
        "port": port,
        "processes": processes,
        "embedder": call.embedder,
        "tls_certificate": tls_certificate,
        "tls_key": tls_key,
    }
    named = {name: value for name, value in given.items() if value is not None}
    run(settings.with_values(named, of="the command line"), key=os.environ.get(KEY_VARIABLE))


def keys(
    call: Call,
    doing: Doing,
    name: KeyName = None,
    scope: Scopes = None,
    pattern: Patterns = None,
    days: Days = None,
    data: Data = None,
) -> None:
    """Make, list and revoke a server's API keys.

    `add` prints the key once: it is kept as a hash alone. A server that runs sees each change at once.
    """
    _require_extra()
    if doing == "list":
        if name or scope or pattern or days is not None:
            raise UsageFault("list takes no name, --scope, --for or --days")
        with _registry(data) as registry:
            _list(call, registry)
        return
    if doing not in ("add", "revoke"):
        raise UsageFault(f"{doing!r} is not one of: add, list, revoke")
    if name is None:
        raise UsageFault(f"{doing} needs the key's NAME")
    with _registry(data) as registry:
        if doing == "add":
            if not scope or not pattern:
                raise UsageFault("add needs --scope and --for; `--for '*'` means every cube")
            _add(call, registry, name, scope, pattern, days)
        else:
            if scope or pattern or days is not None:
                raise UsageFault("revoke takes no --scope, --for or --days")
            _revoke(call, registry, name)


def _add(
    call: Call,
    registry: Registry,
    name: str,
    scopes: list[str],
    patterns: list[str],
    days: float | None,
) -> None:
    from remanence.clock import SystemClock
    from remanence.faces.http import keys as making

    row, key = making.make(registry, SystemClock(), name=name, scopes=scopes, patterns=patterns, days=days)
    call.answer(
        {**_document(row), "key": key},
        lambda page: page.say(f"{key}\nThis is the key of {row.name}; it is shown this once."),
    )


def _list(call: Call, registry: Registry) -> None:
    rows = registry.keys()
    told = "\n".join(_line(row) for row in rows) or "no keys; the server listens on its own machine alone"
    call.answer({"keys": [_document(row) for row in rows]}, lambda page: page.say(told))


def _revoke(call: Call, registry: Registry, name: str) -> None:
    from remanence.clock import SystemClock

    registry.revoke_key(name, time=SystemClock().now())
    call.answer({"revoked": name}, lambda page: page.say(f"revoked {printable(name)}"))


def _registry(data: str | None) -> Registry:
    from remanence.clock import SystemClock
    from remanence.faces.http.config import ServerConfig
    from remanence.faces.http.registry import Registry

    folder = ServerConfig().data if data is None else Path(data).expanduser()
    return Registry(folder, SystemClock())


def _document(row: KeyRow) -> Document:
    from remanence.faces.documents import of_time

    return {
        "lookup": row.lookup,
        "name": row.name,
        "scopes": [*sorted(row.scopes)],
        "cubes": list(row.patterns),
        "created_at": of_time(row.created_at),
        "expires_at": of_time(row.expires_at),
        "revoked_at": of_time(row.revoked_at),
    }


def _line(row: KeyRow) -> str:
    end = ""
    if row.revoked_at is not None:
        end = f", revoked {row.revoked_at.date()}"
    elif row.expires_at is not None:
        end = f", until {row.expires_at.date()}"
    scopes, patterns = ", ".join(sorted(row.scopes)), ", ".join(row.patterns)
    return f"{row.name} ({row.lookup}): {scopes} for {patterns}{end}"


def _require_extra() -> None:
    try:
        import argon2  # noqa: F401  # asked for, not used
        import fastapi  # noqa: F401
        import prometheus_client  # noqa: F401
        import uvicorn  # noqa: F401
    except ImportError as error:
        raise ExtraMissing("the server needs more packages: pip install 'remanence[server]'") from error
