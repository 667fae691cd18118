"""Several cubes as one memory: one recall over all of them, and each write in the cube where it belongs.

What is said of one cube alone (units, exports, rules, undo) is asked of that cube: `memory.cube(name)`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self, TypeVar

from remanence.cube import Cube
from remanence.embedding.port import Embedder
from remanence.embedding.progress import Progress, silent
from remanence.errors import InvalidInput
from remanence.model.clock import Clock
from remanence.model.hit import Context, Format, Hits
from remanence.model.item import NOTHING, Json, Slot
from remanence.model.kind import Kind, Trust
from remanence.model.mount import SEPARATOR, Mounted, MountedHit, MountedItem
from remanence.mounts.deeds import Deeds
from remanence.mounts.opening import HowToOpen, Mount, checked, naming, open_all
from remanence.mounts.routing import Arriving, Chooser, Route, Router, role_of
from remanence.reader.messages import Message, parse_messages
from remanence.verbs import arguments, recalling_together, remembering
from remanence.verbs.arguments import When
from remanence.verbs.observing import Observed
from remanence.verbs.opening import OWN
from remanence.verbs.pointing import Pointer
from remanence.verbs.recalling import DEFAULT_BUDGET_TOKENS, DEFAULT_HITS, Asked, Include, Query
from remanence.verbs.recalling_together import MountPoint

if TYPE_CHECKING:
    from remanence.verbs.precedents import Precedent

T = TypeVar("T")


def mount(
    cubes: Mapping[str, str | os.PathLike[str] | Mount] | None = None,
    /,
    *,
    routes: Iterable[Route] | Chooser = (),
    default: str | None = None,
    asker: str | None = None,
    embedder: Embedder | str | None = OWN,
    reader: Literal["rules"] | None = "rules",
    wait_seconds: float = 30.0,
    clock: Clock | None = None,
    progress: Progress = silent,
    **mounts: str | os.PathLike[str] | Mount,
) -> Memory:
    """Open cubes that exist as one memory, each under a name: a path, or a Mount that says more.

    What is new goes where `routes` send it (the first Route that takes it, or a function of what arrives
    that gives a name or None), else to `default`, else to the first mount that is not read-only. `asker`
    says "I" in questions (default the first mount's owner), and naive times are read in the first one's
    zone. All cubes must have one embedder. A mount named like an argument stands in `cubes`. The rest as
    for `remanence.open`. Raises InvalidInput or the CubeError that fits, naming the mount; then none is
    left open.

    >>> import remanence
    >>> for name in ("alice", "team"):
    ...     remanence.open(tmp / f"{name}.cube", owner="Alice", embedder="hashing").close()
    >>> with mount(user=tmp / "alice.cube", team=Mount(tmp / "team.cube", weight=0.5)) as memory:
    ...     item = memory.remember("Alice is allergic to peanuts")
    ...     item = memory.remember("Lunch is at noon on Fridays", mount="team")
    ...     [(hit.mount, hit.item.content) for hit in memory.recall("when is lunch?", k=1)]
    [('team', 'Lunch is at noon on Fridays')]
    """
    given = dict(cubes or {})
    if twice := given.keys() & mounts.keys():
        raise InvalidInput(f"mount {min(twice)!r} is given twice")
    how = HowToOpen(embedder, reader is not None, wait_seconds, clock, progress)
    opened, stack = open_all(checked({**given, **mounts}), how)
    try:
        router = Router(opened, routes, default)
        owner = next(iter(opened.values())).cube.owner
        named = owner if asker is None else arguments.name(asker, "asker")
    except BaseException:
        stack.close()
        raise
    return Memory(opened, stack, router, named)


class Memory(Deeds):
    """Several cubes, open, as one memory. Use it from any thread; close it, or use it in a `with` block.

    An id may be any prefix that is unique over all cubes, or stand after its mount's name: "team:3y411pw1".
    """

    def observe(
        self,
        messages: Iterable[object],
        *,
        mount: str | None = None,
        session: str | None = None,
        shown: Pointer | Iterable[Pointer] = (),
        because: str | None = None,
        actor: str | None = None,
    ) -> dict[str, Observed]:
        """Take in a conversation, each message in the mount that it is routed to; what came of it, by mount.

        What follows from a message stands in the same cube. A user's message without a name is the
        asker's. One cube takes its part whole or not at all; where one fails after others took theirs, the
        error says so, and observing again adds what is missing. Raises as Cube.observe, and CubeReadOnly.
        """
        zone = self._first._setting.zone
        parsed = parse_messages(messages, tz=zone)
        groups: dict[str, list[Message]] = {}
        for message in parsed.messages:
            named = replace(
                message, author=message.author or (self._asker if message.role == "user" else None)
            )
            arriving = Arriving(
                named.content,
                Kind.UTTERANCE,
                named.role,
                author=named.author,
                session=named.session or session,
            )
            groups.setdefault(self._router.mount_for(arriving, mount).name, []).append(named)
        seen = self._by_mount(shown)
        done: dict[str, Observed] = {}
        for name, group in groups.items():
            with naming(name, further=_already(done)):
                done[name] = self._opened[name].cube.observe(
                    group,
                    session=session,
                    shown=seen.get(name, ()),
                    because=because,
                    actor=actor or self._asker,
                )
        return done

    def remember(
        self,
        text: str,
        *,
        mount: str | None = None,
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
    ) -> MountedItem:
        """Remember one statement, in `mount` or where it is routed to; see Cube.remember.

        What is concluded from other items stands in their cube: sources in several are refused, and so are
        sources in another than `mount`. Raises as Cube.remember, and CubeReadOnly.
        """
        kept = arguments.tags(tags)
        sources = [self._of(item) for item in arguments.listed(derived_from, "derived_from")]
        sort = kind if isinstance(kind, Kind) else Kind.parse(kind)
        said_by = author or self._asker
        arriving = Arriving(text, sort, role_of(trust), domain, kept, said_by, session)
        held_by = _one_mount([one.name for one, _ in sources], mount)
        chosen = self._router.mount_for(arriving, held_by)
        with naming(chosen.name):
            item = chosen.cube.remember(
                text,
                kind=sort,
                confidence=confidence,
                because=because,
                valid_from=self._starting(valid_from, "valid_from"),
                valid_to=self._starting(valid_to, "valid_to"),
                domain=domain,
                tags=kept,
                metadata=metadata,
                author=said_by,
                session=session,
                trust=trust,
                expires=self._starting(expires, "the expiry"),
                derived_from=[item_id for _, item_id in sources],
                slot=slot,
                actor=actor or self._asker,
            )
        return MountedItem(item.revision, chosen.name)

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
        include: Iterable[Include] = (),
        asker: str | None = None,
        ageing: bool = True,
        goal: str | None = None,
        mounts: Iterable[str] | None = None,
    ) -> Hits[MountedHit]:
        """The k items of all cubes, or of `mounts`, that answer best, each with its mount; see Cube.recall.

        What served a `goal` stands higher, in the cube that holds the goal.

        Scores compare: each is what the item would have in one cube that held them all, and what its
        mount's weight adds stands in `why`. Raises InvalidInput, or a CubeError that names the mount.
        """
        query = Query(
            text=text,
            as_of=as_of,
            known_at=known_at,
            said_before=said_before,
            kinds=_again(kinds, "kinds"),
            sessions=_again(sessions, "sessions"),
            authors=_again(authors, "authors"),
            tags=_again(tags, "tags"),
            metadata=metadata,
            confidence_min=confidence_min,
            score_min=score_min,
            include=_again(include, "include") or (),
            asker=asker or self._asker,
            ageing=ageing,
            goal=self._goal(goal),
        )
        return recalling_together.recall(self._points(mounts), self._asked(query), k=k)

    def precedents(
        self, situation: str, *, k: int = 5, goal: str | None = None, mounts: Iterable[str] | None = None
    ) -> tuple[Mounted[Precedent], ...]:
        """What was done or decided in situations like this one, in all cubes or in `mounts`; see
        Cube.precedents.
        """
        from remanence.verbs import precedents

        points = self._points(mounts)
        for point in points:
            precedents.embed_first(self._opened[point.name].cube._setting)
        kinds = (Kind.ACTION, Kind.DECISION)
        query = Query(text=situation, kinds=kinds, asker=self._asker, goal=self._goal(goal))
        hits = recalling_together.recall(points, self._asked(query), k=k)
        return tuple(
            Mounted(hit.mount, one)
            for hit in hits
            for one in precedents.told(self._opened[hit.mount].cube._setting, [hit])
        )

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
        asker: str | None = None,
        ageing: bool = True,
        mounts: Iterable[str] | None = None,
    ) -> Context:
        """Prompt-ready text of at most `budget` tokens from all cubes, or from `mounts`; see Cube.context.

        Each line is cited with its mount's name; the frozen items of all cubes come first.
        """
        query = Query(
            text=text,
            as_of=as_of,
            known_at=known_at,
            said_before=said_before,
            kinds=_again(kinds, "kinds"),
            sessions=_again(sessions, "sessions"),
            authors=_again(authors, "authors"),
            tags=_again(tags, "tags"),
            metadata=metadata,
            confidence_min=confidence_min,
            score_min=score_min,
            asker=asker or self._asker,
            ageing=ageing,
        )
        return recalling_together.context(
            self._points(mounts),
            self._asked(query),
            setting=self._first._setting,
            budget_tokens=budget,
            form=format,
        )

    def close(self) -> None:
        """End all use of all files; where one can't be closed, the others are all the same."""
        self._stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _goal(self, goal: str | None) -> str | None:
        """The address of a goal: the other mounts don't have it."""
        if goal is None:
            return None
        held_by, item_id = self._of(goal)
        return f"{held_by.name}{SEPARATOR}{item_id}"

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> object:
            """What a cube offers and a memory of several does not, by a word that says where to ask."""
            if not name.startswith("_") and hasattr(Cube, name):
                raise AttributeError(
                    f"a memory of several cubes has no {name!r}: ask one of them, memory.cube(mount).{name}"
                )
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def _asked(self, query: Query) -> Asked:
        """The query dated in the memory's zone and embedded, once for all mounts."""
        return self._first._recaller.asked(query)

    def _points(self, names: Iterable[str] | None) -> list[MountPoint]:
        """The mounts to look at, in the order of the memory's."""
        if names is None:
            return [one.point for one in self._opened.values()]
        wanted = {self._mount(name).name for name in arguments.listed(names, "mounts")}
        if not wanted:
            raise InvalidInput("mounts names none; leave it out to ask all")
        return [one.point for name, one in self._opened.items() if name in wanted]


def _again(values: Iterable[T] | None, what: str) -> list[T] | None:
    """Values that each mount reads anew: what can be read once alone is kept."""
    return None if values is None else arguments.listed(values, what)


def _one_mount(of_sources: Sequence[str], mount: str | None) -> str | None:
    """The mount for what is concluded from items of these; InvalidInput where it can't be one."""
    names = list(dict.fromkeys([*of_sources, *([] if mount is None else [mount])]))
    if len(names) > 1 and of_sources:
        raise InvalidInput(
            f"nothing can rest on items of another cube: sources and statement lie in {', '.join(names)}"
        )
    return names[0] if names else None


def _already(done: Mapping[str, Observed]) -> str:
    return f" (observed before it: {', '.join(done)}; observing again adds the rest)" if done else ""
