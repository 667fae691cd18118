"""The last line of every benchmark: on which machine, with which versions, the figures came about."""

from __future__ import annotations

import json
import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("apsw-sqlite3mc", "dateparser", "numkong", "numpy", "onnxruntime", "remanence", "tokenizers")


def machine_line(bench: str) -> str:
    """One line of JSON that names processor, cores, memory, system, Python and package versions."""
    value = {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in PACKAGES},
    }
    return json.dumps({"bench": bench, "figure": "machine", "group": "all", "value": value})


def as_installed(folder: Path) -> dict[str, str]:
    """The environment of a process whose modules are compiled as by an installer: into `folder`."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}


def peak_mb() -> float:
    """The most memory this process has had, in MB.

    Linux counts into a child's ru_maxrss what its parent held at its start, so its own mark is read there.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text("ascii").splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    import resource  # not there on Windows

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024**2 if sys.platform == "darwin" else 1024)


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
