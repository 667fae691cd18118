"""What tests of the LLM reader share: a reader for a stand-in server, and the waits it would have made."""

from __future__ import annotations

import pytest
from chat_server import ChatServer
from reader_making import MakeReader

from remanence import LLMReader


@pytest.fixture
def waits() -> list[float]:
    """The seconds that a reader of `reader_for` was to wait, one by one; it does not."""
    return []


@pytest.fixture
def reader_for(waits: list[float]) -> MakeReader:
    """Makes a reader that asks this server and waits for nothing."""

    def make(server: ChatServer, **more: object) -> LLMReader:
        options: dict[str, object] = {"model": "m", "base_url": server.url, "api_key": "sk-secret"}
        options |= {"timeout_s": 5.0, "sleep": waits.append}
        return LLMReader(**(options | more))  # type: ignore[arg-type]  # a test's own options

    return make
