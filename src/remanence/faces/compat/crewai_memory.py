"""CrewAI's Memory over a cube; the extra `crewai` brings the package.

CrewAI's own Memory asks its storage by vectors, and a model about each text that it keeps. Here the cube
takes the place of both: it is asked by words, and needs no model and no key.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Literal

import remanence
from remanence.cube import Cube
from remanence.embedding.port import Embedder
from remanence.errors import ExtraMissing, InvalidInput, RemanenceError
from remanence.faces.compat.crewai_records import DEFAULT_IMPORTANCE, Records, is_in, record_of
from remanence.model.hit import Hit
from remanence.model.item import Json
from remanence.verbs.recalling import DEFAULT_HITS

try:
    from crewai.events import (
        MemoryQueryCompletedEvent,
        MemoryQueryFailedEvent,
        MemoryQueryStartedEvent,
        MemorySaveCompletedEvent,
        MemorySaveFailedEvent,
        MemorySaveStartedEvent,
        crewai_event_bus,
    )
    from crewai.llms.base_llm import BaseLLM
    from crewai.memory.types import MemoryMatch, MemoryRecord
    from crewai.memory.unified_memory import Memory
    from crewai.memory.utils import join_scope_paths
    from pydantic import PrivateAttr
except ImportError as error:
    raise ExtraMissing("the memory needs crewai: pip install 'remanence[crewai]'") from error

RANKED_MAX = 1_000  # hits of which those are taken that fit a category and that the caller may see
SOURCE = "unified_memory"  # what CrewAI's own Memory calls itself in its events


class RemanenceMemory(Memory):
    """What a crew, an agent or a flow remembers, in a cube that is open, or in a file.

    It answers with all that the cube holds; in a scope, with what was added in it. What is deleted is erased;
    with `erase=False` it is retired. `llm` is asked for one thing: to divide a task's result into statements.
    Without one it is kept whole.
    """

    _cube: Cube = PrivateAttr()
    _records: Records = PrivateAttr()

    def __init__(
        self,
        memory: Cube | str | os.PathLike[str],
        *,
        llm: BaseLLM | str | None = None,
        root_scope: str | None = None,
        read_only: bool = False,
        embedder: Embedder | str | None = "own",
        erase: bool = True,
    ) -> None:
        is_open = isinstance(memory, Cube)
        cube = memory if isinstance(memory, Cube) else remanence.open(memory, embedder=embedder)
        records = Records(cube, erase=erase, close=not is_open)
        super().__init__(storage=records, llm=llm or "", root_scope=root_scope, read_only=read_only)
        self._cube, self._records = cube, records

    def __deepcopy__(self, memo: dict[int, object] | None = None) -> RemanenceMemory:
        return self  # a copied crew has the same memory: there is one file

    def remember(
        self,
        content: str,
        scope: str | None = None,
        categories: Sequence[str] | None = None,
        metadata: Mapping[str, Json] | None = None,
        importance: float | None = None,
        source: str | None = None,
        private: bool = False,
        agent_role: str | None = None,
        root_scope: str | None = None,
    ) -> MemoryRecord | None:
        """Keep a statement as it stands: the agent's where a role is named, else the user's."""
        if self.read_only:
            return None
        own: dict[str, Json] = {"importance": DEFAULT_IMPORTANCE if importance is None else importance}
        own |= {"private": True} if private else {}
        own |= {} if source is None else {"source": source}
        with self._saving(content, metadata, agent_role):
            return self._records.add(
                content,
                join_scope_paths(self.root_scope if root_scope is None else root_scope, scope),
                categories=categories,
                metadata=metadata,
                own=own,
                agent=agent_role,
            )

    def remember_many(
        self,
        contents: Sequence[str],
        scope: str | None = None,
        categories: Sequence[str] | None = None,
        metadata: Mapping[str, Json] | None = None,
        importance: float | None = None,
        source: str | None = None,
        private: bool = False,
        agent_role: str | None = None,
        root_scope: str | None = None,
    ) -> list[MemoryRecord]:
        """Keep several statements; each is a change of its own, and all are kept on return."""
        told = (scope, categories, metadata, importance, source, private, agent_role, root_scope)
        records = [self.remember(content, *told) for content in contents]
        return [record for record in records if record is not None]

    def extract_memories(self, content: str) -> list[str]:
        """The statements in a text, as the model divides it; the whole text where there is no model."""
        return super().extract_memories(content) if self.llm else [content]

    def recall(
        self,
        query: str,
        scope: str | None = None,
        categories: Sequence[str] | None = None,
        limit: int = DEFAULT_HITS,
        depth: Literal["shallow", "deep"] = "deep",
        source: str | None = None,
        include_private: bool = False,
    ) -> list[MemoryMatch]:
        """What answers best, best first; both depths are one."""

        def fits(record: MemoryRecord) -> bool:
            seen = include_private or not record.private or (source is not None and record.source == source)
            return seen and (not categories or not set(categories).isdisjoint(record.categories))

        begun, found = time.perf_counter(), list[MemoryMatch]()
        told = {"query": query, "limit": limit, "score_threshold": None, "source_type": SOURCE}
        crewai_event_bus.emit(self, MemoryQueryStartedEvent(**told))
        try:
            found += self._matches(query, join_scope_paths(self.root_scope, scope), fits, limit)
        except RemanenceError as error:
            crewai_event_bus.emit(self, MemoryQueryFailedEvent(**told, error=str(error)))
            raise
        took = (time.perf_counter() - begun) * 1000
        crewai_event_bus.emit(self, MemoryQueryCompletedEvent(**told, results=found, query_time_ms=took))
        return found

    def update(
        self,
        record_id: str,
        content: str | None = None,
        scope: str | None = None,
        categories: Sequence[str] | None = None,
        metadata: Mapping[str, Json] | None = None,
        importance: float | None = None,
    ) -> MemoryRecord:
        """Give a record other words or marks; raises InvalidInput, a ValueError, where there is none."""
        record = self._records.get_record(record_id)
        if record is None:
            raise InvalidInput(f"Record not found: {record_id}")
        if self.read_only:
            return record
        if scope is not None and join_scope_paths(None, scope) != record.scope:
            raise InvalidInput(
                f"a record keeps its scope {record.scope!r}: remember it in {scope!r} and forget it here; "
                "nothing was changed"
            )
        return self._records.change(
            record, content=content, categories=categories, metadata=metadata, importance=importance
        )

    def _matches(
        self, query: str, scope: str, fits: Callable[[MemoryRecord], bool], limit: int
    ) -> list[MemoryMatch]:
        sessions = None if is_in("/", scope) else self._records.sessions(scope)
        found: list[MemoryMatch] = []
        if not query.strip() or sessions == [] or limit < 1:
            return found
        for wanted in (limit, RANKED_MAX):
            hits = self._cube.recall(query, k=wanted, sessions=sessions)
            scored = [(record_of(hit.item), hit) for hit in hits]
            found = [_match(record, hit) for record, hit in scored if fits(record)][:limit]
            if len(found) == limit or len(hits) < wanted:
                break
        return found

    @contextmanager
    def _saving(self, content: str, metadata: Mapping[str, Json] | None, agent: str | None) -> Iterator[None]:
        """Say to CrewAI's listeners what is kept, as its own Memory does."""
        begun = time.perf_counter()
        told = {
            "value": content,
            "metadata": dict(metadata or {}),
            "agent_role": agent,
            "source_type": SOURCE,
        }
        crewai_event_bus.emit(self, MemorySaveStartedEvent(**told))
        try:
            yield
        except RemanenceError as error:
            crewai_event_bus.emit(self, MemorySaveFailedEvent(**told, error=str(error)))
            raise
        took = (time.perf_counter() - begun) * 1000
        crewai_event_bus.emit(self, MemorySaveCompletedEvent(**told, save_time_ms=took))


def _match(record: MemoryRecord, hit: Hit) -> MemoryMatch:
    spoke_for_it = [part.name for part in hit.why if part.contribution > 0]
    return MemoryMatch(record=record, score=hit.score, match_reasons=spoke_for_it)
