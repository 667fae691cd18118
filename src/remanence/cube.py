"""The façade: one open cube and its verbs.

Every method parses nothing and decides nothing: it hands over to the verb's own file in `verbs/`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self

from remanence.clock import SystemClock
from remanence.embedding.port import Embedder
from remanence.embedding.progress import Progress, silent
from remanence.lifecycle.erasure import InSources as InSources
from remanence.model.clock import Clock
from remanence.model.entity import Entity
from remanence.model.hit import Context, Format, Hit, Hits
from remanence.model.item import NOTHING, Item, Json, Slot
from remanence.model.kind import Kind, Trust
from remanence.reranking.port import Reranker
from remanence.surface.ageing import Ageing
from remanence.surface.beliefs import Beliefs
from remanence.surface.deeds import Deeds
from remanence.surface.documents import Documents
from remanence.surface.entities import Entities, names_of
from remanence.surface.explaining import Explaining
from remanence.surface.exports import Exports
from remanence.surface.forgetting import Forgetting
from remanence.surface.importing import Importing
from remanence.surface.promises import Promises
from remanence.surface.reading import Reading
from remanence.surface.records import Records
from remanence.surface.reflection import Mirror
from remanence.surface.summaries import Summaries
from remanence.surface.times import Times
from remanence.surface.times import View as View
from remanence.surface.units import Units, boosts_of, places_of
from remanence.verbs import handing_out, observing, opening, reembedding, remembering, revising, vectors
from remanence.verbs.arguments import When
from remanence.verbs.observing import Observed
from remanence.verbs.pointing import Pointer
from remanence.verbs.recalling import DEFAULT_BUDGET_TOKENS, DEFAULT_HITS, Include, Query, Recaller
from remanence.verbs.setting import Setting

if TYPE_CHECKING:
    from remanence.reader.llm.reader import LLMReader
    from remanence.surface.unit import Unit


def open(
    path: str | os.PathLike[str],
    *,
    owner: str | None = None,
    time_zone: str | None = None,
    embedder: opening.Choice = opening.OWN,
    reader: Literal["rules"] | LLMReader | None = "rules",
    reranker: Reranker | None = None,
    key: str | None = None,
    read_only: bool = False,
    wait_seconds: float = 30.0,
    clock: Clock | None = None,
    vfs: str | None = None,
    progress: Progress = silent,
) -> Cube:
    """Open the cube in this file; where there is none, make one.

    `path` may be the address of a cube behind a server ("http://host/cubes/alice"), `key` its API key then:
    what is given is a remanence.client.Client, and what a server decides (embedder, reader) is left out.
    `owner` names the person whose memory it is (default "user") and `time_zone` (IANA, default the
    system's) is the zone in which naive times are read; both are stored when the cube is made.
    `embedder` is "own" (what the cube names, also where another process changes it; "minilm" for a new
    one), a name such as "minilm", "openai:MODEL" or "sentence-transformers:NAME" (docs/embedding.md), an
    Embedder, or None for search by words alone; `progress` is told of its fetch.
    `reader=None` keeps messages word for word and derives nothing; an LLMReader queues them for a language
    model, beside the rules. `reranker` (a RerankEndpoint, or your own) reads the first hits again and puts
    them in its order. `key` encrypts the file.
    `wait_seconds` is how long a write waits for another process's. `vfs` names an apsw file system.
    Raises InvalidInput, or the CubeError that fits; a file that is refused is left as it was.

    >>> with open(tmp / "alice.cube", owner="Alice", embedder="hashing") as cube:
    ...     item = cube.remember("Alice is allergic to peanuts", because="she said so")
    ...     cube.recall("what must I avoid for Alice?")[0].item.content
    'Alice is allergic to peanuts'
    """
    request = opening.Request(
        path=path,
        owner=owner,
        time_zone=time_zone,
        embedder=embedder,
        derives=reader is not None,
        key=key,
        read_only=read_only,
        wait_seconds=wait_seconds,
        vfs=vfs,
        progress=progress,
        llm=opening.llm_reader(reader),
        reranker=reranker,
    )
    return Cube(opening.open_setting(request, clock or SystemClock()))


class Cube(
    Forgetting,
    Records,
    Times,
    Beliefs,
    Explaining,
    Deeds,
    Ageing,
    Units,
    Summaries,
    Exports,
    Documents,
    Importing,
    Reading,
    Entities,
    Promises,
    Mirror,
):
    """One owner's memory, open. Use it from any thread; close it, or use it in a `with` block.

    Ids may be given as any unambiguous prefix. Times may be datetimes (naive ones are read in the
    cube's zone), dates, or words for a date ("2026-01-01", "last May").
    """

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._recaller = Recaller(setting)

    def observe(
        self,
        messages: Iterable[object],
        *,
        session: str | None = None,
        shown: Pointer | Iterable[Pointer] = (),
        because: str | None = None,
        actor: str | None = None,
    ) -> Observed:
        """Take in a conversation: OpenAI chat messages, also with `name`, `timestamp`, `session`, `id`.

        Each becomes an utterance, word for word; what the rule reader finds becomes further items that
        point back; for an LLMReader it waits (see `read_pending`). Pass the whole growing list or a window of
        it: what the session holds already is known again, what follows is new. `shown` are the contexts,
        hits, items or ids that stood in the assistant's prompt: what it says of them again is no evidence.
        All or nothing; raises InvalidInput that names the message, and NotFound or AmbiguousId for an id.
        """
        return observing.observe(
            self._setting, messages, session=session, shown=shown, because=because, actor=actor or self.owner
        )

    def remember(
        self,
        text: str,
        *,
        kind: Kind | str = Kind.FACT,
        confidence: float = remembering.DEFAULT_CONFIDENCE,
        because: str | None = None,
        valid_from: When | None = None,
        valid_to: When | None = None,
        domain: str | None = None,
        tags: Iterable[str] = (),
        metadata: Mapping[str, Json] = NOTHING,
        author: str | None = None,
        session: str | None = None,
        trust: Trust | str = Trust.USER,
        expires: When | None = None,
        derived_from: Iterable[str] = (),
        slot: Slot | tuple[str, str, str] | None = None,
        actor: str | None = None,
    ) -> Item:
        """Remember one statement; it is safe on disk when this returns.

        It holds in [valid_from, valid_to), without bounds unless given. `confidence` in [0, 1]. What is
        concluded from other items, `derived_from`, stands while one of them does. With a `slot` (subject,
        attribute, value) it meets what else is believed of it: it succeeds an older value, strengthens an
        equal one, or opens a conflict. From `expires` on it is recalled no more, whether it holds or
        not. Raises InvalidInput, NotFound, Refused or ItemErased.
        """
        statement = remembering.Statement(
            text=text,
            kind=kind,
            confidence=confidence,
            valid_from=valid_from,
            valid_to=valid_to,
            domain=domain,
            tags=tags,
            metadata=metadata,
            author=author,
            session=session,
            trust=trust,
            expires=expires,
            derived_from=derived_from,
            slot=slot,
        )
        return remembering.remember(self._setting, statement, because=because, actor=actor or self.owner)

    def recall(
        self,
        text: str,
        *,
        k: int = DEFAULT_HITS,
        as_of: When | None = None,
        known_at: When | None = None,
        said_before: When | None = None,
        kinds: Iterable[Kind | str] | None = None,
        sessions: Iterable[str] | None = None,
        authors: Iterable[str] | None = None,
        tags: Iterable[str] | None = None,
        metadata: Mapping[str, Json] | None = None,
        confidence_min: float = 0.0,
        score_min: float = 0.0,
        units: Iterable[Unit | str] | None = None,
        units_boost: Mapping[Unit | str, float] | Iterable[Unit | str] | None = None,
        entities: Iterable[Entity | str] | None = None,
        without: Pointer | Iterable[Pointer] = (),
        goal: Item | str | None = None,
        include: Iterable[Include] = (),
        asker: str | None = None,
        ageing: bool = True,
    ) -> Hits[Hit]:
        """The k items that answer best, best first, each with its score in [0, 1] and why; none below
        `score_min`. Its `answered` says how likely it is that anything here answers.

        Answers with what holds now and what is to come; `as_of` asks what held in the world then,
        `known_at` what this cube believed then, `said_before` what had been said by then. `tags`
        answers with what bears one of them, `metadata` where each of its keys has that value, `units` with
        their members alone; `units_boost` raises theirs instead, by log-odds (default 1). `entities` answers
        with what mentions one of them, by any of its names ("my sister" of who asks); what served a `goal`
        before stands higher (see docs/history.md). `without` leaves out items that are at hand already, and
        what was derived from them alone.
        `include` adds "retired" and "superseded" items; `asker` says "I" (default the owner); with
        `ageing`, of what answers alike the fresher and the more used stands higher, in the present.
        Raises InvalidInput for an empty text, or a k outside [1, 1000].
        """
        query = Query(
            text=text,
            as_of=as_of,
            known_at=known_at,
            said_before=said_before,
            kinds=kinds,
            sessions=sessions,
            authors=authors,
            tags=tags,
            metadata=metadata,
            confidence_min=confidence_min,
            score_min=score_min,
            units=places_of(units),
            units_boost=boosts_of(units_boost),
            entities=names_of(entities),
            without=without,
            goal=goal,
            include=include,
            asker=asker,
            ageing=ageing,
        )
        return self._recaller.recall(query, k=k)

    def context(
        self,
        text: str,
        *,
        budget: int = DEFAULT_BUDGET_TOKENS,
        format: Format = "text",
        as_of: When | None = None,
        known_at: When | None = None,
        said_before: When | None = None,
        kinds: Iterable[Kind | str] | None = None,
        sessions: Iterable[str] | None = None,
        authors: Iterable[str] | None = None,
        tags: Iterable[str] | None = None,
        metadata: Mapping[str, Json] | None = None,
        confidence_min: float = 0.0,
        score_min: float = 0.0,
        units: Iterable[Unit | str] | None = None,
        units_boost: Mapping[Unit | str, float] | Iterable[Unit | str] | None = None,
        entities: Iterable[Entity | str] | None = None,
        without: Pointer | Iterable[Pointer] = (),
        goal: Item | str | None = None,
        asker: str | None = None,
        ageing: bool = True,
        record: bool = True,
    ) -> Context:
        """Prompt-ready text of at most `budget` tokens, each line dated and cited to its item.

        By conversation, in order of time; filters as in `recall`, of which `without=recognise(messages)`
        keeps what a prompt holds anyway from standing there twice. What is frozen comes first, alike for
        every question, within a quarter of the budget. `format` is "text", "markdown", "xml", "chat" (a
        JSON list of system messages) or "json". It is put on record by the numbers of its rows, without the
        question, for `check_promises`; not where the cube is read-only, or with `record=False`. Raises
        InvalidInput when not one fits.
        """
        query = Query(
            text=text,
            as_of=as_of,
            known_at=known_at,
            said_before=said_before,
            kinds=kinds,
            sessions=sessions,
            authors=authors,
            tags=tags,
            metadata=metadata,
            confidence_min=confidence_min,
            score_min=score_min,
            units=places_of(units),
            units_boost=boosts_of(units_boost),
            entities=names_of(entities),
            without=without,
            goal=goal,
            asker=asker,
            ageing=ageing,
        )
        return handing_out.hand_out(
            self._setting, self._recaller, query, budget_tokens=budget, form=format, record=record
        )

    def revise(
        self,
        item: str,
        text: str,
        *,
        confidence: float | None = None,
        valid_from: When | None = None,
        valid_to: When | None = None,
        derived_from: Iterable[str] = (),
        because: str | None = None,
        actor: str | None = None,
    ) -> Item:
        """Put other content in the place of an item's; the old row is kept and dated.

        Without bounds it is a correction: the new content takes the old interval whole. With
        `valid_from` the old content goes on holding before it. `derived_from` names what it is concluded
        from now; what rests on the item itself can't be among it. Raises NotFound, AmbiguousId,
        InvalidInput, ItemFrozen, ItemErased or Refused.
        """
        new = revising.NewContent(
            text,
            confidence=confidence,
            valid_from=valid_from,
            valid_to=valid_to,
            derived_from=derived_from,
        )
        return revising.revise(self._setting, item, new, because=because, actor=actor or self.owner)

    def annotate(
        self,
        item: str,
        *,
        tags: Iterable[str] | None = None,
        metadata: Mapping[str, Json] | None = None,
        because: str | None = None,
        actor: str | None = None,
    ) -> Item:
        """Give an item other tags or other metadata; None leaves them. Raises as `revise` does."""
        return revising.annotate(
            self._setting, item, tags=tags, metadata=metadata, because=because, actor=actor or self.owner
        )

    def embed_pending(self, *, limit: int | None = None) -> int:
        """Embed texts that wait for their vectors; returns how many. Raises EmbeddingError."""
        return vectors.embed_pending(self._setting, limit=limit)

    def reembed(self, embedder: Embedder | str, *, progress: Progress = silent) -> int:
        """Take another embedder for all texts; returns how many were embedded by this call.

        Recall goes on with the present vectors until each text has its new ones, then all processes that
        have the cube open change over at once. A call that ends before is gone on with by the next one for
        the same embedder. `progress` is told of texts done and in all. Raises InvalidInput for a name that
        is none, EmbeddingError, and EmbedderMismatch where another call chose another embedder meanwhile.
        """
        wanted = opening.embedder_for_all(embedder)
        return reembedding.reembed(self._setting, wanted, progress=progress)

    def snapshot(self, path: str | os.PathLike[str]) -> Path:
        """Copy the cube into a new file, also while others write. Raises CubeError where one exists."""
        target = Path(os.fspath(path))
        self._recaller.handing.write()
        self._setting.store.snapshot_to(target)
        return target

    def close(self) -> None:
        """End all use of the file; afterwards it is one file."""
        try:
            self._recaller.handing.write()
        finally:
            self._setting.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
