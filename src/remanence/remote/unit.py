"""Units and proposals in the hand of a client."""

from __future__ import annotations

from typing import cast
from zoneinfo import ZoneInfo

from remanence.model.item import Json
from remanence.remote import values
from remanence.remote.asking import plain
from remanence.remote.calls import OF_PROPOSAL, OF_UNIT, Call
from remanence.remote.handle import Remote, sent
from remanence.remote.line import Line
from remanence.remote.wire import Steps
from remanence.surface.bound import Bound
from remanence.surface.proposal import Proposal
from remanence.surface.unit import Unit
from remanence.verbs.unit_editing import Restored
from remanence.verbs.unit_lookup import UnitAt
from remanence.verbs.unit_proposals import Draft

NEW_HANDLES = ("at", "fork")  # what they give is another unit


class RemoteUnit(Remote, Unit):
    """A unit behind a server; see remanence.Unit."""

    calls = OF_UNIT

    def __init__(self, cube: Remote, at: UnitAt) -> None:
        super().__init__(cast("Bound", cube), at.version, time=at.time)
        self._remote = cube

    @property
    def line(self) -> Line:
        """The connection of its cube."""
        return self._remote.line

    @property
    def is_read_only(self) -> bool:
        """As its cube is."""
        return self._remote.is_read_only

    def zone(self) -> Steps[ZoneInfo]:
        """See Remote.zone."""
        return self._remote.zone()

    def fixed(self, call: Call) -> dict[str, Json]:
        """Which unit it is, and from when it is looked at."""
        if call.changes and call is not OF_UNIT["fork"]:
            self._by(None, None)  # refuses a change of the unit as it was
        return {"unit": self.id} if self._time is None else {"unit": self.id, "at": plain(self._time, "at")}

    def handed(self, name: str, value: object) -> object:
        """Another handle, or this one as the change left it."""
        if isinstance(value, Restored):
            self._now(value.version)
        if not isinstance(value, UnitAt):
            return value
        return RemoteUnit(self._remote, value) if name in NEW_HANDLES else self._now(value.version)

    members = sent(Unit.members)
    items = sent(Unit.items)
    links = sent(Unit.links)
    summary = sent(Unit.summary)
    versions = sent(Unit.versions)
    diff = sent(Unit.diff)
    at = sent(Unit.at)
    add = sent(Unit.add)
    remove = sent(Unit.remove)
    annotate = sent(Unit.annotate)
    rename = sent(Unit.rename)
    link = sent(Unit.link)
    unlink = sent(Unit.unlink)
    tag = sent(Unit.tag)
    restore = sent(Unit.restore)
    fork = sent(Unit.fork)
    merge = sent(Unit.merge)
    retire = sent(Unit.retire)
    erase = sent(Unit.erase)


class RemoteProposal(Remote, Proposal):
    """A unit that could be, behind a server; see remanence.Proposal."""

    calls = OF_PROPOSAL

    def __init__(self, cube: Remote, draft: Draft) -> None:
        super().__init__(cast("Bound", cube), draft)
        self._remote = cube

    @property
    def line(self) -> Line:
        """The connection of its cube."""
        return self._remote.line

    def zone(self) -> Steps[ZoneInfo]:
        """See Remote.zone."""
        return self._remote.zone()

    def fixed(self, call: Call) -> dict[str, Json]:
        """Which proposal it is."""
        return {"proposal": values.written(self._draft)}

    def handed(self, name: str, value: object) -> object:
        """The unit that was made of it."""
        return RemoteUnit(self._remote, value) if isinstance(value, UnitAt) else value

    accept = sent(Proposal.accept)
    refuse = sent(Proposal.refuse)
