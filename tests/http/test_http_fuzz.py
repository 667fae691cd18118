"""schemathesis over the OpenAPI document: no answer is a server's error, and none is undocumented.

`EXAMPLES=200 pytest tests/http/test_http_fuzz.py` tries more of each operation.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest
from http_server import Server, make

pytest.importorskip("schemathesis", reason="schemathesis is not installed: pip install schemathesis")

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
ENDLESS = "/v1/cubes/{cube}/events"
SAID = [
    {"role": "user", "content": "I live in Porto. I will call Bob by Friday.", "name": "Alice"},
    {"role": "assistant", "content": "You should drink more tea."},
]


def things(client: httpx2.Client) -> dict[str, str]:
    """A cube with something of each sort in it; what stands in paths for them."""
    cube = make(client, "fuzzed")
    client.post(f"{cube}/observe", json={"messages": SAID, "session": "s"})
    slot = {"subject": "Alice", "attribute": "drink", "value": "tea"}
    item = client.post(f"{cube}/items", json={"text": "Alice drinks tea", "slot": slot}).json()["id"]
    unit = client.post(f"{cube}/units", json={"name": "drinks", "kind": "topic"}).json()["name"]
    client.post(f"{cube}/units/{unit}/add", json={"items": [item]})
    client.post(f"{cube}/decisions", json={"choice": "tea", "options": ["tea", "coffee"]})
    return {
        "cube": "fuzzed",
        "item": item,
        "unit": unit,
        "entity": client.get(f"{cube}/entities").json()["entities"][0]["id"],
        "promise": client.get(f"{cube}/promises").json()["promises"][0]["id"],
    }


def test_whatever_is_asked_is_answered_as_documented(
    open_server: Server, client: httpx2.Client, tmp_path: Path
) -> None:
    config = tmp_path / "schemathesis.toml"
    named = [f'"path.{name}" = "{value}"' for name, value in things(client).items()]
    config.write_text("\n".join(["[parameters]", *named, ""]), "utf-8")
    line = [str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(config), "run"]
    line += [f"{open_server.url}/v1/openapi.json", "--url", open_server.url, "--no-color"]
    line += ["--checks", ",".join(CHECKS), "--phases", "fuzzing", "--exclude-path", ENDLESS]
    line += ["--max-examples", os.environ.get("EXAMPLES", "4"), "--continue-on-failure", "--seed", "1"]
    done = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:]
    assert " passed" in done.stdout
