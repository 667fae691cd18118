"""The ids of the items in a prompt, as an answer's headers list them.

Many a client takes some 16 KB of headers in all and fails the whole call beyond, so a long list ends early
there, after a whole id; it says how many there are and where all of them stand.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from remanence.clock import SystemClock

ITEMS, COUNT, ALL = (f"x-remanence-items{end}" for end in ("", "-count", "-all"))
LISTED_CHARS_MAX = 4_000  # some 150 ids, which only a budget far above the default fills
NAME_BITS = 128
KEPT_MAX = 1_000  # long lists, of the last calls that had one
LISTS = "/remanence/items"  # below the base URL, so that a client asks for it as for anything


class Listing:
    """Tells of each call which items its prompt held, and keeps what no header holds."""

    def __init__(self) -> None:
        self._clock = SystemClock()
        self._kept: OrderedDict[str, tuple[str, ...]] = OrderedDict()

    def headers(self, ids: Sequence[str]) -> list[tuple[str, str]]:
        """The headers for these ids; none where there are none.

        >>> Listing().headers(["7h2k9m4p", "c57q6y6a"])
        [('x-remanence-items', '7h2k9m4p,c57q6y6a'), ('x-remanence-items-count', '2')]
        """
        if not ids:
            return []
        text = ",".join(ids)
        told = [(ITEMS, text), (COUNT, str(len(ids)))]
        if len(text) > LISTED_CHARS_MAX:
            told[0] = ITEMS, text[: text.rindex(",", 0, LISTED_CHARS_MAX + 1)]
            told.append((ALL, f"{LISTS}/{self._keep(ids)}"))
        return told

    def all_of(self, name: str) -> tuple[str, ...] | None:
        """The whole of a list that was cut; None where it is not kept, or no more."""
        return self._kept.get(name)

    def _keep(self, ids: Sequence[str]) -> str:
        name = f"{self._clock.random_bits(NAME_BITS):032x}"  # nobody guesses it: who was told may read it
        self._kept[name] = tuple(ids)
        if len(self._kept) > KEPT_MAX:
            self._kept.popitem(last=False)
        return name
