"""What the rest of Remanence knows of the server's package: nothing, until it is asked for."""

from __future__ import annotations

import subprocess
import sys

RUN = "from remanence.faces.cli.app import run\n"


def test_other_commands_do_not_load_what_only_the_server_needs() -> None:
    program = RUN + "run(['--help'])\nimport sys\nprint('loaded', *sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = done.stdout.partition("\nloaded ")[2].split()
    assert "typer" in loaded
    assert not {"mcp", "pydantic", "starlette", "uvicorn", "anyio"} & set(loaded)


def test_without_the_extra_the_command_names_it() -> None:
    program = "import sys\nsys.modules['mcp'] = None\n" + RUN + "sys.exit(run(['--cube', 'a.cube', 'mcp']))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 1
    assert "pip install 'remanence[mcp]'" in done.stderr
