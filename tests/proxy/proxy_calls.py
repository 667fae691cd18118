"""How tests call a proxy, and look at the cubes that it leaves."""

from __future__ import annotations

import http.client
from pathlib import Path
from typing import Any

from openai._legacy_response import LegacyAPIResponse
from openai.types.chat import ChatCompletion
from proxy_running import RunningProxy

import remanence

ALLERGIC = "I am allergic to peanuts"


def user(text: object) -> dict[str, Any]:
    return {"role": "user", "content": text}


def ask(
    proxy: RunningProxy, *messages: dict[str, Any], headers: dict[str, str] | None = None, **options: object
) -> LegacyAPIResponse[ChatCompletion]:
    """One completion for Alice, with the headers of its answer."""
    named = {"X-Remanence-User": "alice", **(headers or {})}
    raw: LegacyAPIResponse[ChatCompletion] = proxy.client().chat.completions.with_raw_response.create(
        model="m", messages=list(messages), extra_headers=named, **options
    )
    return raw


def teach(folder: Path, *texts: str, name: str = "alice") -> None:
    """Give a user a memory before the proxy runs."""
    with remanence.open(folder / f"{name}.cube", owner=name, embedder="hashing") as cube:
        for text in texts:
            cube.remember(text)


def heard(folder: Path, name: str = "alice") -> list[str]:
    """What a user's cube holds of conversations, in order, each with its role."""
    with remanence.open(folder / f"{name}.cube", embedder="hashing", read_only=True) as cube:
        lines = [line.item_id for line in reversed(list(cube.journal(limit=1000))) if line.verb == "observe"]
        items = [cube.show(one) for one in lines if one is not None]
    return [f"{item.revision.provenance.role}: {item.content}" for item in items]


def post(
    proxy: RunningProxy, path: str, body: bytes, headers: dict[str, str]
) -> tuple[int, dict[str, str], bytes]:
    """One request as it is, without a client that tidies it."""
    host, port = proxy.url.split("/")[2].split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=60)
    connection.request("POST", path, body, headers)
    answer = connection.getresponse()
    found = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    connection.close()
    return found
