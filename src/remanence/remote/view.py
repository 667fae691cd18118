"""A cube behind a server as it was at one time."""

from __future__ import annotations

from typing import cast
from zoneinfo import ZoneInfo

from remanence.model.item import Json
from remanence.remote.asking import plain
from remanence.remote.calls import OF_VIEW, Call
from remanence.remote.handle import Remote, sent
from remanence.remote.line import Line
from remanence.remote.wire import Steps
from remanence.surface.times import View


class RemoteView(Remote, View):
    """The memory as it was; see remanence.View."""

    calls = OF_VIEW

    @property
    def line(self) -> Line:
        """The connection of its cube."""
        return cast("Remote", self.cube).line

    def zone(self) -> Steps[ZoneInfo]:
        """See Remote.zone."""
        return cast("Remote", self.cube).zone()

    def fixed(self, call: Call) -> dict[str, Json]:
        """From when it is looked at, and what held in the world then."""
        then: dict[str, Json] = {"known_at": plain(self.known_at, "known_at")}
        return then if self.as_of is None else {**then, "as_of": plain(self.as_of, "as_of")}

    recall = sent(View.recall)
    context = sent(View.context)
    show = sent(View.show)
    history = sent(View.history)
    timeline = sent(View.timeline)
    journal = sent(View.journal)
    erased = sent(View.erased)
    stats = sent(View.stats)
