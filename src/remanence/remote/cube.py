"""A cube behind a server: the façade's methods, each sent to its route."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast
from zoneinfo import ZoneInfo

from remanence.clock import SystemClock
from remanence.cube import Cube
from remanence.errors import AccessRefused, InvalidInput, NotFound
from remanence.model.item import Json
from remanence.remote import values
from remanence.remote.asking import Asked
from remanence.remote.calls import OF_CUBE
from remanence.remote.exporting import exported
from remanence.remote.handle import Remote, sent
from remanence.remote.line import Address, Line
from remanence.remote.unit import RemoteProposal, RemoteUnit
from remanence.remote.view import RemoteView
from remanence.remote.wire import Sent, Steps, delivered, read_json
from remanence.surface.times import View
from remanence.verbs import arguments
from remanence.verbs.arguments import When
from remanence.verbs.unit_lookup import UnitAt
from remanence.verbs.unit_proposals import Draft

LOOK = Sent("GET", "")
TIMEOUT_SECONDS = 60.0  # as long as a server takes for an answer, unless it is told otherwise


@dataclass(frozen=True, slots=True)
class Facts:
    """What a server says of a cube."""

    name: str
    owner: str
    time_zone: str


class Client(Remote, Cube):
    """A cube behind a server, with the methods of a local one: same arguments, values and errors.

    `url` is `http://host/cubes/NAME`, `key` the API key. Nothing is asked before the first call. What
    fails on the way is tried again, at most four times in all; a change is made once. An answer is
    waited for `timeout_seconds`. Use it from any thread; close it, or use it in a `with` block.
    """

    calls = OF_CUBE

    def __init__(
        self,
        url: str,
        *,
        key: str | None = None,
        timeout_seconds: float = TIMEOUT_SECONDS,
        read_only: bool = False,
    ) -> None:
        self._line = Line(Address.parse(url), key=key, timeout_seconds=timeout_seconds)
        self._is_read_only = read_only
        self._facts: Facts | None = None

    def __repr__(self) -> str:
        return f"<the cube at {self._line.address.cube}>"

    @property
    def line(self) -> Line:
        """The connection."""
        return self._line

    @property
    def is_read_only(self) -> bool:
        """Whether what would change something is refused here."""
        return self._is_read_only

    @property
    def owner(self) -> str:
        """Whose memory it is; asked for once."""
        return self._known().owner

    @property
    def time_zone(self) -> str:
        """The zone in which naive times are read; asked for once."""
        return self._known().time_zone

    def opened(self, *, owner: str | None, time_zone: str | None) -> Steps[None]:
        """Look whether the cube is there, and make it where there is none, as a file is made.

        Raises NotFound where it is not there and may not be made, InvalidInput where it is another owner's.
        """
        name = self._line.address.name
        try:
            facts = yield from self.look()
        except NotFound:
            if self._is_read_only:
                raise
            made: dict[str, Json] = {"owner": owner, "time_zone": time_zone}
            try:
                facts = yield from self.look(Sent("PUT", "", body=json.dumps(made).encode()))
            except AccessRefused as error:
                raise NotFound(
                    f"there is no cube {name!r} for this key, nor may it make one: {error}"
                ) from error
        if owner is not None and owner != facts.owner:
            raise InvalidInput(f"{name} is the memory of {facts.owner!r}, not of {owner!r}; leave owner out")

    def look(self, asked: Sent = LOOK) -> Steps[Facts]:
        """Ask what the cube is, and keep it."""
        facts = values.read(Facts, read_json((yield from delivered(asked))))
        self._facts = facts
        return facts

    def zone(self) -> Steps[ZoneInfo]:
        """See Remote.zone; asked for once."""
        facts = self._facts or (yield from self.look())
        return ZoneInfo(facts.time_zone)

    def at(self, known_at: When, *, as_of: When | None = None) -> View:
        """The whole memory as the cube knew it then, to be read only; a day means its end."""
        now, zone = SystemClock().now(), ZoneInfo(self.time_zone)
        then = arguments.last_moment(known_at, now=now, zone=zone, name="known_at")
        held = None if as_of is None else arguments.last_moment(as_of, now=now, zone=zone, name="as_of")
        return RemoteView(self, then, held)

    def close(self) -> None:
        """End the connections; what was changed stays."""
        self._line.close()

    async def awaited(
        self, method: Callable[..., object], args: tuple[object, ...], kwargs: Mapping[str, object]
    ) -> object:
        """See Remote.awaited; closing ends the connections of both faces."""
        if method.__name__ != "close":
            return await super().awaited(method, args, kwargs)
        await self._line.aclose()
        return None

    def steps(self, method: Callable[..., object], asked: Asked) -> Steps[object]:
        """See Remote.steps."""
        if method.__name__ == "export":
            return (yield from exported((yield from self.zoned(asked))))
        if method.__name__ == "context" and self._is_read_only:
            asked = {**asked, "record": False}
        return (yield from super().steps(method, asked))

    def handed(self, name: str, value: object) -> object:
        """Units and proposals as handles."""
        if isinstance(value, UnitAt):
            return RemoteUnit(self, value)
        if isinstance(value, Draft):
            return RemoteProposal(self, value)
        if name in ("units", "propose_units"):
            return tuple(self.handed("", one) for one in cast("tuple[object, ...]", value))
        return value

    def _known(self) -> Facts:
        return self._facts or self._line.run(self.look())

    observe = sent(Cube.observe)
    import_from = sent(Cube.import_from)
    remember = sent(Cube.remember)
    recall = sent(Cube.recall)
    context = sent(Cube.context)
    revise = sent(Cube.revise)
    annotate = sent(Cube.annotate)
    forget = sent(Cube.forget)
    plan_erasure = sent(Cube.plan_erasure)
    freeze = sent(Cube.freeze)
    thaw = sent(Cube.thaw)
    undo = sent(Cube.undo)
    restore = sent(Cube.restore)
    show = sent(Cube.show)
    items = sent(Cube.items)
    recognise = sent(Cube.recognise)
    history = sent(Cube.history)
    timeline = sent(Cube.timeline)
    changes = sent(Cube.changes)
    journal = sent(Cube.journal)
    erased = sent(Cube.erased)
    stats = sent(Cube.stats)
    check = sent(Cube.check)
    verify = sent(Cube.verify)
    used = sent(Cube.used)
    expire = sent(Cube.expire)
    marks = sent(Cube.marks)
    plan_lifecycle = sent(Cube.plan_lifecycle)
    apply_lifecycle = sent(Cube.apply_lifecycle)
    consolidate = sent(Cube.consolidate)
    explain = sent(Cube.explain)
    why_not = sent(Cube.why_not)
    merged = sent(Cube.merged)
    survivor = sent(Cube.survivor)
    why = sent(Cube.why)
    impact = sent(Cube.impact)
    conflicts = sent(Cube.conflicts)
    resolve = sent(Cube.resolve)
    reliabilities = sent(Cube.reliabilities)
    unit = sent(Cube.unit)
    find_unit = sent(Cube.find_unit)
    units = sent(Cube.units)
    link = sent(Cube.link)
    unlink = sent(Cube.unlink)
    links = sent(Cube.links)
    propose_units = sent(Cube.propose_units)
    entities = sent(Cube.entities)
    entity = sent(Cube.entity)
    find_entities = sent(Cube.find_entities)
    merge_entities = sent(Cube.merge_entities)
    split_entity = sent(Cube.split_entity)
    annotate_entity = sent(Cube.annotate_entity)
    summarise = sent(Cube.summarise)
    rollup = sent(Cube.rollup)
    ingest = sent(Cube.ingest)
    documents = sent(Cube.documents)
    forget_document = sent(Cube.forget_document)
    promise = sent(Cube.promise)
    promises = sent(Cube.promises)
    assess_promise = sent(Cube.assess_promise)
    withdraw_promise = sent(Cube.withdraw_promise)
    declare_promises = sent(Cube.declare_promises)
    check_promises = sent(Cube.check_promises)
    sign_promise = sent(Cube.sign_promise)
    accept_promise = sent(Cube.accept_promise)
    act = sent(Cube.act)
    decide = sent(Cube.decide)
    goal = sent(Cube.goal)
    outcome = sent(Cube.outcome)
    progress = sent(Cube.progress)
    precedents = sent(Cube.precedents)
    lessons = sent(Cube.lessons)
    story = sent(Cube.story)
    reflect = sent(Cube.reflect)
    portrait = sent(Cube.portrait)
    accept_persona = sent(Cube.accept_persona)
    embed_pending = sent(Cube.embed_pending)
    read_pending = sent(Cube.read_pending)
    parked = sent(Cube.parked)
    retry_parked = sent(Cube.retry_parked)
    plan_reread = sent(Cube.plan_reread)
    reread = sent(Cube.reread)
    export = sent(Cube.export)
    reembed = sent(Cube.reembed)
    snapshot = sent(Cube.snapshot)
