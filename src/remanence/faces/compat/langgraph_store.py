"""LangGraph's BaseStore over one cube: an entry is an item, its namespace a session, its value the metadata.

What a query ranks is the item's text: the fields that are indexed. The extra `langgraph` brings the package.
"""

from __future__ import annotations

import asyncio
import copy
import json
import os
import threading
import warnings
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Self

import remanence
from remanence.clock import SystemClock
from remanence.embedding.port import Embedder
from remanence.errors import ExtraMissing, InvalidInput
from remanence.faces.compat.clearing import clear
from remanence.faces.compat.conditions import fits
from remanence.faces.compat.langgraph_entries import (
    TAG,
    UNINDEXED,
    Entries,
    Entry,
    Namespace,
    metadata_of,
    place_tag,
)
from remanence.model.clock import Clock
from remanence.model.item import Json
from remanence.verbs import arguments
from remanence.verbs.arguments import NAME_CHARS_MAX

try:
    from langgraph.store.base import (
        BaseStore,
        GetOp,
        InvalidNamespaceError,
        Item,
        ListNamespacesOp,
        MatchCondition,
        PutOp,
        SearchItem,
        SearchOp,
        get_text_at_path,
    )
except ImportError as error:
    raise ExtraMissing("the LangGraph store needs langgraph: pip install 'remanence[langgraph]'") from error

if TYPE_CHECKING:
    from langgraph.store.base import IndexConfig, Op, Result, TTLConfig

PLACES_AT_ONCE = 50  # that one condition names
RANKED_MAX = 1000  # hits that a query ranks; what lies beyond follows without a score
WHOLE = "$"  # the path of a value as a whole


class RemanenceStore(BaseStore):
    """A LangGraph store in one cube file: values by namespace and key, found by key, filter and query.

    `index={"fields": [...]}` says which fields a query ranks by default, else the whole value. `ttl` is
    LangGraph's TTLConfig; what has expired is never answered with, and `sweep_ttl` erases it. `embedder` as
    for `remanence.open`. Deleted values are erased; with `erase=False` they are retired. Close it, or use it
    in a `with` or `async with` block.
    """

    supports_ttl = True

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        index: IndexConfig | None = None,
        ttl: TTLConfig | None = None,
        embedder: Embedder | str | None = "own",
        erase: bool = True,
        clock: Clock | None = None,
    ) -> None:
        config: Mapping[str, object] = index or {}
        if "embed" in config:
            warnings.warn(
                "index['embed'] and index['dims'] have no effect: the cube's own embedder is used; "
                "choose another with embedder=",
                stacklevel=2,
            )
        fields = config.get("fields")
        if fields is not None and (isinstance(fields, str) or not isinstance(fields, Sequence)):
            raise InvalidInput(f"index['fields'] is {fields!r}; give a list of paths")
        self.ttl_config = ttl
        self._fields: Sequence[str] = list(map(str, fields)) if fields else [WHOLE]
        self._clock = clock or SystemClock()
        self._erase = erase
        self._lock = threading.RLock()
        self._cube = remanence.open(path, embedder=embedder, reader=None, clock=self._clock)
        self._cube.unit(TAG, rule={"tag": [TAG]})
        self._entries = Entries(self._cube)

    def batch(self, ops: Iterable[Op]) -> list[Result]:
        """Answer all reads as things stood before, then make the writes; of several to one key the last."""
        listed = list(ops)
        with self._lock:
            puts = {(_checked(op.namespace), op.key): _plain(op) for op in listed if isinstance(op, PutOp)}
            self._entries.refresh()
            results = [self._answer(op) for op in listed]
            for (namespace, _), op in puts.items():
                self._put(namespace, op)
            self._entries.refresh()
        return results

    async def abatch(self, ops: Iterable[Op]) -> list[Result]:
        """The same in a worker thread."""
        return await asyncio.to_thread(self.batch, list(ops))

    def sweep_ttl(self) -> int:
        """Erase what has expired; returns how many entries."""
        with self._lock:
            self._entries.refresh()
            now = self._clock.now()
            expired = [entry for entry in self._entries.under(()) if not entry.lives(now)]
            self._delete((entry.namespace, entry.key) for entry in expired)
            self._entries.refresh()
        return len(expired)

    def close(self) -> None:
        """End all use of the file."""
        self._cube.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.shield(asyncio.to_thread(self.close))

    def _answer(self, op: Op) -> Result:
        if isinstance(op, GetOp):
            return self._get(op)
        if isinstance(op, SearchOp):
            return self._search(op)
        if isinstance(op, ListNamespacesOp):
            return self._namespaces(op)
        if isinstance(op, PutOp):
            return None
        raise InvalidInput(f"{type(op).__name__} is no operation of a store")

    def _get(self, op: GetOp) -> Item | None:
        entry = self._entries.get(_checked(op.namespace), op.key)
        if entry is None or not entry.lives(self._clock.now()):
            return None
        self._refresh_ttl([entry], op.refresh_ttl)
        return Item(**_fields_of(entry))

    def _search(self, op: SearchOp) -> list[SearchItem]:
        now, prefix, wanted = self._clock.now(), _checked(op.namespace_prefix), op.filter or {}
        found = [
            entry for entry in self._entries.under(prefix) if entry.lives(now) and fits(entry.value, wanted)
        ]
        found.sort(key=lambda entry: (entry.updated_at, entry.row), reverse=True)
        scored: list[tuple[Entry, float | None]] = []
        if op.query and op.query.strip():
            page_end = max(1, op.offset + op.limit)
            scored += self._ranked(op.query, found, k=RANKED_MAX if wanted else min(page_end, RANKED_MAX))
        ranked = {entry.item_id for entry, _ in scored}
        scored += [(entry, None) for entry in found if entry.item_id not in ranked]
        page = scored[op.offset : op.offset + op.limit]
        self._refresh_ttl([entry for entry, _ in page], op.refresh_ttl)
        return [SearchItem(**_fields_of(entry), score=score) for entry, score in page]

    def _ranked(self, query: str, found: Sequence[Entry], *, k: int) -> list[tuple[Entry, float | None]]:
        """Those of the entries that the query ranks, best first."""
        by_item = {entry.item_id: entry for entry in found if entry.indexed}
        sessions = {_session_of(entry.namespace) for entry in by_item.values()}
        hits = self._cube.recall(query, k=k, sessions=sessions, ageing=False)
        return [(by_item[hit.item.id], hit.score) for hit in hits if hit.item.id in by_item]

    def _namespaces(self, op: ListNamespacesOp) -> list[Namespace]:
        now, conditions = self._clock.now(), op.match_conditions or ()
        found = {entry.namespace for entry in self._entries.under(()) if entry.lives(now)}
        matching = {one for one in found if all(_matches(one, condition) for condition in conditions)}
        cut = sorted(matching if op.max_depth is None else {one[: op.max_depth] for one in matching})
        return cut[op.offset : op.offset + op.limit]

    def _put(self, namespace: Namespace, op: PutOp) -> None:
        if op.value is None:
            if self._entries.items_at(namespace, op.key):
                self._delete([(namespace, op.key)])
            return
        expires = None if op.ttl is None else self._clock.now() + timedelta(minutes=op.ttl)
        texts = [] if op.index is False else self._texts(op.value, op.index or self._fields)
        before, tags = self._entries.items_at(namespace, op.key), [TAG, place_tag(namespace, op.key)]
        metadata = metadata_of(namespace, op.key, op.value, op.ttl, before[-1] if before else None)
        self._cube.remember(
            "\n".join(texts) or op.key or "/".join(namespace),
            metadata=metadata,
            tags=tags if texts else [*tags, UNINDEXED],
            session=_session_of(namespace),
            expires=expires,
            because="langgraph: put",
        )
        for entry in before:  # after: cut short here, the later one is told
            self._cube.forget(entry.item_id, because="langgraph: put")

    def _texts(self, value: Mapping[str, Json], paths: Iterable[str]) -> list[str]:
        return [text for path in paths for text in get_text_at_path(value, path) if text.strip()]

    def _delete(self, places: Iterable[tuple[Namespace, str]]) -> None:
        """Erase all values that ever stood at these places, as one change; or retire those that stand."""
        tags = [json.dumps(place_tag(namespace, key)) for namespace, key in places]
        for begin in range(0, len(tags), PLACES_AT_ONCE):
            condition = " or ".join(f"{tag} in tags" for tag in tags[begin : begin + PLACES_AT_ONCE])
            clear(self._cube, condition, erase=self._erase, because="langgraph: delete")

    def _refresh_ttl(self, entries: Iterable[Entry], refresh: bool) -> None:
        for entry in entries if refresh else ():
            if entry.ttl_minutes is not None:
                until = self._clock.now() + timedelta(minutes=entry.ttl_minutes)
                self._cube.expire(entry.item_id, at=until, because="langgraph: read")


def _checked(namespace: Sequence[object]) -> Namespace:
    """A namespace whose labels can stand in one name; raises LangGraph's InvalidNamespaceError otherwise."""
    for label in namespace:
        if not isinstance(label, str) or not label or "." in label or "\0" in label:
            raise InvalidNamespaceError(
                f"label {label!r} of {tuple(namespace)!r} must be a text, not empty, without periods or NULs"
            )
    checked = tuple(map(str, namespace))
    if len(_session_of(checked)) > NAME_CHARS_MAX:
        raise InvalidNamespaceError(
            f"{checked!r} has more than NAME_CHARS_MAX = {NAME_CHARS_MAX} characters, joined by periods"
        )
    return checked


def _plain(op: PutOp) -> PutOp:
    """The operation with its value as JSON holds it; InvalidInput for one that can't be kept."""
    if op.value is not None and not isinstance(op.value, Mapping):
        raise InvalidInput(f"the value of {op.key!r} is a {type(op.value).__name__}; give a mapping")
    return op if op.value is None else op._replace(value=arguments.metadata(op.value))


def _session_of(namespace: Namespace) -> str:
    return ".".join(namespace)


def _fields_of(entry: Entry) -> dict[str, object]:
    return {
        "namespace": entry.namespace,
        "key": entry.key,
        "value": copy.deepcopy(entry.value),  # the caller may change what it gets
        "created_at": entry.created_at,
        "updated_at": entry.updated_at,
    }


def _matches(namespace: Namespace, condition: MatchCondition) -> bool:
    """Whether a namespace begins, or ends, as a pattern says; "*" stands for any label."""
    path = tuple(condition.path)
    if condition.match_type not in ("prefix", "suffix"):
        raise InvalidInput(f"match type {condition.match_type!r} is neither 'prefix' nor 'suffix'")
    if len(path) > len(namespace):
        return False
    compared = namespace[: len(path)] if condition.match_type == "prefix" else namespace[-len(path) :]
    return not path or all(label in (given, "*") for given, label in zip(compared, path, strict=True))
