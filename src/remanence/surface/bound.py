"""What every part of the façade is bound to."""

from __future__ import annotations

from remanence.verbs.recalling import Recaller
from remanence.verbs.setting import Setting


class Bound:
    """One open cube's parts."""

    _setting: Setting
    _recaller: Recaller

    @property
    def owner(self) -> str:
        """Whose memory it is."""
        return self._setting.owner

    @property
    def time_zone(self) -> str:
        """The zone in which naive times are read."""
        return self._setting.store.facts.time_zone
