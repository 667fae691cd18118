"""The engines that the conformance suite runs on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from stored import FACTS, OpenStore

from remanence.storage.port import Store
from remanence.storage.sqlite.engine import SqliteStore
from remanence.storage.sqlite.opening import Access


@pytest.fixture(params=["sqlite"])
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenStore]:
    """Opens a store by name, twice the same one under the same name; closes all at the end."""
    opened: list[Store] = []

    def open_sqlite(name: str = "one", *, read_only: bool = False) -> Store:
        store = SqliteStore.open(
            Access(tmp_path / f"{name}.cube", read_only=read_only, wait_ms=5_000), new=FACTS
        )
        opened.append(store)
        return store

    yield {"sqlite": open_sqlite}[request.param]
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: OpenStore) -> Store:
    """A new store."""
    return open_store()
