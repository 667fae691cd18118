"""The command line of MCP's reference inspector, from npm, against a server over both transports.

Skipped where npx is missing, or the registry that it would fetch the inspector from.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import mcp_client as mcp
import pytest

import remanence

INSPECTOR = "@modelcontextprotocol/inspector"
FETCHING_SECONDS = 120
Ask = Callable[..., dict]


@pytest.fixture(scope="module")
def inspect(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """Runs the inspector with these arguments; what it prints."""
    npx, folder = shutil.which("npx"), tmp_path_factory.mktemp("inspector")
    if npx is None:
        pytest.skip("npx is not installed")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        line = [npx, "--yes", "--prefer-offline", "--fetch-retries=0", INSPECTOR, "--cli", *arguments]
        return subprocess.run(
            line,
            cwd=folder,
            env=mcp.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=FETCHING_SECONDS,
        )

    try:
        tried = run("--help")
    except subprocess.TimeoutExpired:
        pytest.skip(f"npx did not fetch {INSPECTOR} in {FETCHING_SECONDS} seconds")
    if tried.returncode:
        pytest.skip(f"npx can't run {INSPECTOR}: {tried.stderr.strip()[-200:]}")

    def answer(*arguments: str) -> dict:
        done = run(*arguments)
        assert done.stdout, done.stderr
        found: dict = json.loads(done.stdout)
        return found

    return answer


def called(inspect: Ask, *server: str, tool: str, **arguments: str) -> dict:
    """What a tool answers."""
    told = [part for name, value in arguments.items() for part in ("--tool-arg", f"{name}={value}")]
    return inspect(*server, "--method", "tools/call", "--tool-name", tool, *told)


def test_it_talks_over_standard_input_as_clients_are_configured(inspect: Ask, tmp_path: Path) -> None:
    line = mcp.command(tmp_path / "a.cube", "--owner", "Alice")
    entry = {"command": line[0], "args": line[1:], "env": mcp.environment()}
    config = tmp_path / "mcp.json"
    config.write_text(json.dumps({"mcpServers": {"memory": entry}}), "utf-8")
    server = ("--config", str(config), "--server", "memory")
    kept = called(inspect, *server, tool="remember", text="Alice likes green tea from Évora")
    assert kept["structuredContent"]["memory"]["content"] == "Alice likes green tea from Évora"
    wrong = called(inspect, *server, tool="recall", limit="3")
    assert wrong["isError"]
    assert "question" in wrong["content"][0]["text"]
    stats = inspect(*server, "--method", "resources/read", "--uri", "memory://stats")
    assert json.loads(stats["contents"][0]["text"])["owner"] == "Alice"
    begun = inspect(*server, "--method", "prompts/get", "--prompt-name", "start_session")
    assert "green tea" in begun["messages"][0]["content"]["text"]


def test_it_talks_over_http(inspect: Ask, tmp_path: Path) -> None:
    with remanence.open(tmp_path / "a.cube", embedder="hashing") as cube:
        cube.remember("Alice likes green tea")
    with mcp.serving(tmp_path / "a.cube") as (_, address):
        server = (address, "--transport", "http")
        listed = {tool["name"]: tool for tool in inspect(*server, "--method", "tools/list")["tools"]}
        found = called(inspect, *server, tool="recall", question="what does Alice like?", limit="1")
    assert listed["recall"]["annotations"]["readOnlyHint"]
    assert not listed["forget"]["annotations"]["readOnlyHint"]
    assert [hit["memory"]["content"] for hit in found["structuredContent"]["hits"]] == [
        "Alice likes green tea"
    ]
