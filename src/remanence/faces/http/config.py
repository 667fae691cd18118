"""What can be set for a server, with its bounds; from the command line, or a TOML file below it."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Self

from remanence.errors import InvalidInput
from remanence.faces.listening import is_loopback

MIB = 2**20


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """How a server runs; every number is a bound that its answers name when it is reached."""

    data: Path = Path("remanence-data")
    host: str = "127.0.0.1"
    port: int = 8377
    embedder: str | None = None  # of new cubes; "none" for words alone in all of them
    open_cubes_max: int = 64
    processes: int = 1  # that share the port and the cubes; each has the bounds below for itself
    workers_max: int = 16  # calls of cubes that run at once
    waiting_max: int = 1024  # calls at work or waiting; beyond them the server says that it is too busy
    body_bytes_max: int = 16 * MIB
    body_seconds_max: float = 30.0  # for a body to arrive
    answer_seconds_max: float = 60.0
    write_wait_seconds_max: float = 10.0  # for another process that holds a cube
    stop_seconds_max: float = 30.0  # for answers in progress when the server is told to stop
    streams_max: int = 256
    requests_a_second_max: float = 0.0  # of one key; 0 for no bound
    repeat_hours_max: float = 24.0  # for which an Idempotency-Key is known
    traces: bool = False  # sent to the collector that the variables OTEL_... name
    tls_certificate: Path | None = None
    tls_key: Path | None = None

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            if one.name.endswith("_max") and (value < 0 or (value == 0 and not one.name.startswith("req"))):
                raise InvalidInput(f"{one.name} {value} must be above 0")
        if self.processes < 1 or (self.processes > 1 and sys.platform == "win32"):
            raise InvalidInput(f"processes {self.processes} must be at least 1, and 1 on Windows")
        if not 0 <= self.port <= 65_535:
            raise InvalidInput(f"port {self.port} must lie in [0, 65535]")
        if (self.tls_certificate is None) is not (self.tls_key is None):
            raise InvalidInput("give both a TLS certificate and its key, or neither")

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine reaches the server."""
        return is_loopback(self.host)

    @property
    def cubes(self) -> Path:
        """The folder of the cubes."""
        return self.data / "cubes"

    @property
    def exports(self) -> Path:
        """The folder of exports in the making."""
        return self.data / "exports"

    @property
    def turns(self) -> Path | None:
        """The folder of the locks by which processes take turns; None where there is one."""
        return None if self.processes == 1 else self.data / "turns"

    @property
    def metrics(self) -> Path:
        """The folder by which processes count together."""
        return self.data / "metrics"

    def with_file(self, path: Path) -> Self:
        """These settings, with what a TOML file says instead; raises InvalidInput for what it can't say."""
        try:
            given = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise InvalidInput(f"{path} can't be read: {error.strerror}") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InvalidInput(f"{path} is no TOML: {error}") from error
        return self.with_values(given, of=str(path))

    def with_values(self, given: Mapping[str, object], *, of: str) -> Self:
        """These settings with others by name; raises InvalidInput that names the one that does not fit."""
        known = {one.name: one.type for one in fields(self)}
        taken: dict[str, object] = {}
        for name, value in given.items():
            if name not in known:
                raise InvalidInput(f"{of}: {name!r} is no setting; there are: {', '.join(known)}")
            taken[name] = _fitting(f"{of}: {name}", value, str(known[name]))
        return replace(self, **taken)  # type: ignore[arg-type]  # each was checked against its field


def _fitting(name: str, value: object, wanted: str) -> object:
    if "Path" in wanted and isinstance(value, str | Path):
        return Path(value).expanduser()
    if "str" in wanted and isinstance(value, str):
        return value
    if wanted == "bool" and isinstance(value, bool):
        return value
    if wanted == "float" and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if wanted == "int" and isinstance(value, int) and not isinstance(value, bool):
        return value
    raise InvalidInput(f"{name} {value!r} is a {type(value).__name__}; give a {wanted.partition(' |')[0]}")
