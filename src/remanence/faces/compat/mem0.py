"""mem0's Memory over cubes: the same calls and answers, one cube a user in one folder, no server and no key.

What mem0's language model does is done by the reader of the cube; see docs/adapters.md for what differs.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self

from remanence.cube import Cube
from remanence.embedding.port import Embedder
from remanence.errors import InvalidInput, NotFound
from remanence.faces.compat import mem0_records as shapes
from remanence.faces.compat.clearing import clear, of_session
from remanence.faces.compat.conditions import passes
from remanence.faces.compat.cubes import CubeFolder, Holder, holder_of
from remanence.faces.compat.mem0_adding import Messages, observed, stated, told
from remanence.faces.compat.mem0_records import MEMORIES, Record, Scope
from remanence.model.item import Item, Json
from remanence.model.kind import Kind
from remanence.model.state import RECALLED
from remanence.reader.messages import parse_messages
from remanence.threaded import Twin, in_a_thread

OURS = "remanence"  # the section of a configuration that is read here
TOP_K = 20  # how many answers mem0 2.x gives unless told
LIMIT = 100  # and 1.x
RANKED_MAX = 1000  # how many hits of a cube filters are applied to; recall gives no more
HISTORY_LINES_MAX = 10_000


class Memory:
    """mem0's `Memory`: add, search, get, get_all, update, delete, delete_all, history, reset.

    `path` is the folder of the cubes (default: in the user's data directory), `embedder` as for
    `remanence.open`. Deleted memories are erased; with `erase=False` they are retired, and can come back.

    >>> memory = Memory(path=tmp / "memories", embedder="hashing")
    >>> added = memory.add("I love basketball", user_id="alex")
    >>> memory.search("sports?", filters={"user_id": "alex"})["results"][0]["memory"]
    'Alex loves basketball'
    """

    def __init__(
        self,
        config: Mapping[str, object] | None = None,
        *,
        path: str | os.PathLike[str] | None = None,
        embedder: Embedder | str | None = "own",
        erase: bool = True,
    ) -> None:
        if config is not None and not isinstance(config, Mapping):
            raise InvalidInput(f"config is a {type(config).__name__}; give a mapping, or path= and embedder=")
        unread = [name for name in config or {} if name != OURS]
        if unread:
            warnings.warn(
                f"{', '.join(map(repr, unread))} of the configuration have no effect: Remanence brings its "
                f"own store, reader and embedder; what it reads is {OURS!r} (path, embedder, erase)",
                stacklevel=2,
            )
        folder = default_folder() if path is None else Path(os.fspath(path))
        self._folder = CubeFolder(folder, embedder=embedder, rules=MEMORIES)
        self._erase = erase

    @classmethod
    def from_config(cls, config_dict: Mapping[str, object]) -> Self:
        """A memory by mem0's configuration, of which only the section "remanence" is read.

        It may hold `path`, `embedder` and `erase`. Raises InvalidInput for anything else in it.
        """
        ours = config_dict.get(OURS, {})
        if not isinstance(ours, Mapping) or set(ours) - {"path", "embedder", "erase"}:
            raise InvalidInput(f"the section {OURS!r} is {ours!r}; it may hold path, embedder and erase")
        return cls(config_dict, **ours)

    def add(
        self,
        messages: Messages,
        *,
        user_id: str | None = None,
        agent_id: str | None = None,
        run_id: str | None = None,
        metadata: Mapping[str, Json] | None = None,
        infer: bool = True,
    ) -> dict[str, list[Record]]:
        """Remember a text, a message or a conversation of a user, an agent or a run.

        Messages are kept word for word; their memories are the statements that the reader derives of them,
        and a user's message of which it derives none. With `infer=False` each message is one as it stands.
        """
        scope = Scope.of(user_id=user_id, agent_id=agent_id, run_id=run_id)
        kept = shapes.metadata_kept(metadata, scope)
        given = told(messages)
        with self._folder.of(scope.holder, make=True) as cube:
            assert cube is not None, "it was to be made"
            if infer:
                return {"results": list(observed(cube, given, scope, kept))}
            parsed = parse_messages(given, tz=UTC).messages
            return {"results": [stated(cube, one, scope, kept) for one in parsed if one.role != "system"]}

    def search(
        self,
        query: str,
        *,
        user_id: str | None = None,
        agent_id: str | None = None,
        run_id: str | None = None,
        filters: Mapping[str, object] | None = None,
        top_k: int | None = None,
        limit: int | None = None,
        threshold: float | None = None,
    ) -> dict[str, list[Record]]:
        """The memories that answer best, best first, each with its score.

        Scores are probabilities, not cosines: a threshold that was chosen for mem0 is too high.
        """
        if not isinstance(query, str) or not query.strip():
            raise InvalidInput(f"query {query!r} must be a text that is not empty")
        least = 0.0 if threshold is None else threshold
        if isinstance(least, bool) or not isinstance(least, int | float) or not 0 <= least <= 1:
            raise InvalidInput(f"threshold {threshold!r} must be a number in [0, 1]")
        asked = shapes.asked_of(filters, {"user_id": user_id, "agent_id": agent_id, "run_id": run_id})
        wanted = _how_many(top_k, limit, filters)
        pinned, described = shapes.pinned(asked), shapes.described(asked)
        ranked = min(wanted, RANKED_MAX) if asked.keys() == pinned.keys() == {"user_id"} else RANKED_MAX
        found: list[tuple[float, Record]] = []
        for cube, holder in self._cubes(pinned) if wanted else ():
            hits = cube.recall(query, k=ranked, units=list(MEMORIES), metadata=described)
            if (
                "run_id" in pinned and len(hits) == ranked
            ):  # others' hits may have left no place for this run's
                seen = {hit.item.id for hit in hits}
                told = cube.recall(
                    query, k=ranked, units=list(MEMORIES), metadata=described, sessions=[pinned["run_id"]]
                )
                hits += [hit for hit in told if hit.item.id not in seen]
            records = ((hit.score, shapes.record_of(hit.item, holder)) for hit in hits if hit.score >= least)
            fitting = ((score, one) for score, one in records if passes(shapes.filterable(one), asked))
            found += islice(fitting, wanted)
        found.sort(key=lambda pair: -pair[0])
        return {"results": [{**record, "score": score} for score, record in found[:wanted]]}

    def get(self, memory_id: str) -> Record | None:
        """The memory with this id; None where there is none."""
        with self._found(memory_id) as found:
            return None if found is None else shapes.record_of(found[1], holder_of(found[0]))

    def get_all(
        self,
        *,
        user_id: str | None = None,
        agent_id: str | None = None,
        run_id: str | None = None,
        filters: Mapping[str, object] | None = None,
        top_k: int | None = None,
        limit: int | None = None,
    ) -> dict[str, list[Record]]:
        """The memories of a user, an agent or a run that pass the filters, newest first."""
        asked = shapes.asked_of(filters, {"user_id": user_id, "agent_id": agent_id, "run_id": run_id})
        wanted = _how_many(top_k, limit, filters)
        cubes = self._cubes(shapes.pinned(asked)) if wanted else ()
        found = [record for cube, holder in cubes for record in _fitting(cube, holder, asked)]
        found.sort(key=lambda record: str(record["created_at"]), reverse=True)
        return {"results": found[:wanted]}

    def update(
        self,
        memory_id: str,
        text: str | None = None,
        metadata: Mapping[str, Json] | None = None,
        data: str | None = None,
    ) -> dict[str, str]:
        """Give a memory other words, or further metadata; what it said before stays in its history."""
        words = data if text is None else text
        if words is None and metadata is None:
            raise InvalidInput("at least one of text and metadata must be given")
        with self._found(memory_id) as found:
            if found is None:
                raise _missing(memory_id)
            cube, item = found
            if words is not None:
                item = cube.revise(item.id, words, because="mem0: update")
            if metadata:
                further = {key: value for key, value in metadata.items() if key not in shapes.PROMOTED}
                cube.annotate(item.id, metadata={**item.metadata, **further}, because="mem0: update")
        return {"message": "Memory updated successfully!"}

    def delete(self, memory_id: str) -> dict[str, str]:
        """Erase a memory for good, with the passage that it was derived from."""
        with self._found(memory_id) as found:
            if found is None:
                raise _missing(memory_id)
            cube, item = found
            cube.forget(item.id, erase=self._erase, because="mem0: delete")
        return {"message": "Memory deleted successfully!"}

    def delete_all(
        self, user_id: str | None = None, agent_id: str | None = None, run_id: str | None = None
    ) -> dict[str, str]:
        """Erase all memories of a user, an agent or a run, and the conversations they come from.

        Of an agent in a user's cube, the memories and their passages: what else was said is the user's.
        """
        scope = Scope.of(user_id=user_id, agent_id=agent_id, run_id=run_id)
        for cube, holder in self._cubes(scope.given):
            narrower = {sort: name for sort, name in scope.given.items() if sort != holder.sort}
            if not narrower:
                clear(cube, 'kind != ""', erase=self._erase, because="mem0: delete_all")
                continue
            if narrower.keys() == {"run_id"}:
                clear(cube, of_session(scope.session), erase=self._erase, because="mem0: delete_all")
            for record in list(_fitting(cube, holder, narrower)):
                self._forget(cube, str(record["id"]))
        return {"message": "Memories deleted successfully!"}

    def history(self, memory_id: str) -> list[Record]:
        """The changes of a memory, oldest first; [] where there is none."""
        place = shapes.read_memory_id(memory_id)
        if place is None:
            return []
        with self._folder.by_key(place[0]) as cube, suppress(NotFound, InvalidInput):
            if cube is not None:
                rows = cube.history(place[1])
                lines = cube.journal(item=place[1], limit=HISTORY_LINES_MAX)
                return shapes.history_of(memory_id, rows, lines[::-1])
        return []

    def reset(self) -> None:
        """Delete everything: the cubes of all users, agents and runs in the folder."""
        self._folder.remove_all()

    def close(self) -> None:
        """End all use of the files."""
        self._folder.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _cubes(self, pinned: Mapping[str, str]) -> Iterator[tuple[Cube, Holder]]:
        """The cubes that may hold what is asked for: a user's own, else all of them."""
        keys = [Scope(**pinned).holder.key] if "user_id" in pinned else self._folder.keys()
        for key in keys:
            with self._folder.by_key(key) as cube:
                if cube is not None:
                    holder = holder_of(cube)
                    if pinned.get(holder.sort, holder.name) == holder.name:
                        yield cube, holder

    @contextmanager
    def _found(self, memory_id: str) -> Iterator[tuple[Cube, Item] | None]:
        """The memory with this id and the cube that it is in, while the block lasts."""
        place = shapes.read_memory_id(memory_id)
        if place is None:
            yield None
            return
        with self._folder.by_key(place[0]) as cube:
            item = None if cube is None else _memory_in(cube, place[1])
            yield None if cube is None or item is None else (cube, item)

    def _forget(self, cube: Cube, memory_id: str) -> None:
        place = shapes.read_memory_id(memory_id)
        item = None if place is None else _memory_in(cube, place[1])
        if item is not None:  # else it went with another that it was derived from
            cube.forget(item.id, erase=self._erase, because="mem0: delete_all")


class AsyncMemory(Twin[Memory]):
    """mem0's `AsyncMemory`: each call of Memory in a worker thread; see Memory."""

    def __init__(
        self,
        config: Mapping[str, object] | None = None,
        *,
        path: str | os.PathLike[str] | None = None,
        embedder: Embedder | str | None = "own",
        erase: bool = True,
    ) -> None:
        super().__init__(Memory(config, path=path, embedder=embedder, erase=erase))

    @classmethod
    def from_config(cls, config_dict: Mapping[str, object]) -> Self:
        """As Memory.from_config."""
        memory = cls.__new__(cls)
        Twin.__init__(memory, Memory.from_config(config_dict))
        return memory

    add = in_a_thread(Memory.add)
    search = in_a_thread(Memory.search)
    get = in_a_thread(Memory.get)
    get_all = in_a_thread(Memory.get_all)
    update = in_a_thread(Memory.update)
    delete = in_a_thread(Memory.delete)
    delete_all = in_a_thread(Memory.delete_all)
    history = in_a_thread(Memory.history)
    reset = in_a_thread(Memory.reset)

    def close(self) -> None:
        """End all use of the files; waits for nothing, as mem0's."""
        self._inner.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def default_folder() -> Path:
    """Where memories are kept unless told: in the user's data directory."""
    import platformdirs

    return Path(platformdirs.user_data_dir("remanence", appauthor=False)) / "mem0"


def _fitting(cube: Cube, holder: Holder, asked: Mapping[str, object]) -> Iterator[Record]:
    for name in MEMORIES:
        for item in cube.find_unit(name).items():
            record = shapes.record_of(item, holder)
            if passes(shapes.filterable(record), asked):
                yield record


def _memory_in(cube: Cube, item_id: str) -> Item | None:
    """The item with this whole id, if it is a memory that stands."""
    try:
        item = cube.show(item_id)
    except (NotFound, InvalidInput):
        return None
    kept = item.kind is not Kind.UTTERANCE or shapes.KEPT_AS_SAID in item.tags
    return item if item.id == item_id and kept and item.state in RECALLED else None


def _how_many(top_k: int | None, limit: int | None, filters: object) -> int:
    """How many answers: as told, else as the version of mem0 whose form is used."""
    number = limit if top_k is None else top_k
    if number is None:
        return LIMIT if filters is None else TOP_K
    if isinstance(number, bool) or not isinstance(number, int) or number < 0:
        raise InvalidInput(f"top_k {number!r} must be a whole number, 0 or more")
    return number


def _missing(memory_id: object) -> InvalidInput:
    """The ValueError that mem0's callers expect where a LookupError would say more."""
    return InvalidInput(f"Memory with id {memory_id} not found")
