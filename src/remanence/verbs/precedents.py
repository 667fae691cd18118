"""What was done in situations like this one, and how it came out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from remanence.lifecycle.merging import survivor_rows
from remanence.model.bitemporal import row_in_force
from remanence.model.deed import Action, Decision, deed_of
from remanence.model.hit import Hit, Why
from remanence.model.item import Item
from remanence.storage.port import Snapshot
from remanence.verbs.deed_rows import grounds_of
from remanence.verbs.recalling import Query, Recaller
from remanence.verbs.setting import Setting
from remanence.verbs.vectors import embed_pending_or_say

DEFAULT_PRECEDENTS = 5
EMBEDDED_FIRST = 256  # texts that wait are embedded before a look, so many at most


@dataclass(frozen=True, slots=True)
class Precedent:
    """What was done or chosen once: in which situation, on what grounds, and how it came out.

    `reasons` are as they are believed now, after what came of the decisions that rest on them.
    """

    item: Item
    score: float
    why: Why
    deed: Action | Decision
    reasons: tuple[Item, ...] = ()

    @property
    def worked(self) -> bool | None:
        """Whether it came out well; None where nobody said."""
        return self.deed.worked

    def __str__(self) -> str:
        verdict = {True: "worked", False: "failed", None: "open"}[self.worked]
        return f"{verdict:6}  {self.item.said_at:%Y-%m-%d}  {self.item.content} ({self.item.citation})"


def precedents(setting: Setting, recaller: Recaller, query: Query, *, k: int) -> tuple[Precedent, ...]:
    """The deeds that are nearest to a situation, best first; see Cube.precedents."""
    embed_first(setting)
    return told(setting, recaller.recall(query, k=k))


def embed_first(setting: Setting) -> None:
    """Make the vectors that deeds wait for, unless the cube is open to be read only."""
    if not setting.store.read_only:
        embed_pending_or_say(setting, limit=EMBEDDED_FIRST)


def told(setting: Setting, hits: Sequence[Hit]) -> tuple[Precedent, ...]:
    """The deeds of these hits, with what they rest on."""
    now = setting.clock.now()
    with setting.store.read() as snapshot:
        return tuple(_precedent(snapshot, hit, now) for hit in hits)


def _precedent(snapshot: Snapshot, hit: Hit, now: datetime) -> Precedent:
    deed = deed_of(hit.item.revision.content)
    assert isinstance(deed, Action | Decision), "the query asks for these kinds alone"
    grounds = (survivor_rows(snapshot, ground) for ground in grounds_of(snapshot, hit.item.id))
    reasons = tuple(Item(row_in_force(rows, now)) for rows in grounds if rows and rows[-1].text_id)
    return Precedent(hit.item, hit.score, hit.why, deed, reasons)
