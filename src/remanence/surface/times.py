"""The façade's travels in time: the memory as it was, what succeeded what, what changed and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from remanence.lifecycle.restore import Restored
from remanence.lifecycle.undo import Undone
from remanence.model.hit import Context, Format, Hit, Hits
from remanence.model.item import Item, Json, Revision
from remanence.model.journal import JournalEntry
from remanence.model.kind import Kind
from remanence.storage.port import Receipt
from remanence.surface.bound import Bound
from remanence.verbs import arguments, handing_out, looking_back, recounting, succession, taking_back
from remanence.verbs.arguments import When
from remanence.verbs.looking_back import StatsThen
from remanence.verbs.recalling import DEFAULT_BUDGET_TOKENS, DEFAULT_HITS, Include, Query
from remanence.verbs.recounting import DEFAULT_SETS, ChangeSet
from remanence.verbs.succession import Period


class Times(Bound):
    """The memory along its two axes of time."""

    def at(self, known_at: When, *, as_of: When | None = None) -> View:
        """The whole memory as this cube knew it then, to be read only; a day means its end.

        `as_of` also asks what held in the world at that time. Raises InvalidInput for what is no time.
        """
        then = self._time(known_at, "known_at")
        return View(self, then, None if as_of is None else self._time(as_of, "as_of"))

    def timeline(
        self, subject: str, attribute: str | None = None, *, known_at: When | None = None
    ) -> tuple[Period, ...]:
        """The values that somebody's attributes ("home", "job") had one after the other, each with its time.

        The subject is a name as people write it. By attribute, earliest first; each with the statement
        that says so and what that rests on. `known_at` tells what was believed then: also what has
        been corrected away since. Raises InvalidInput for an empty name.
        """
        then = None if known_at is None else self._time(known_at, "known_at")
        return succession.timeline(self._setting, subject, attribute, known_at=then)

    def changes(
        self, since: int | When, until: int | When | None = None, *, limit: int = DEFAULT_SETS
    ) -> tuple[ChangeSet, ...]:
        """What changed and why, oldest first: who did it, to which items, the texts before and after.

        From a time, or from the change that a journal line (a number) belongs to, up to another: both
        included, a day to its end. At most `limit` changes, in [1, 1000]; go on with the last one's
        `next_line`. Raises InvalidInput.
        """
        return recounting.changes(self._setting, since, until, limit=limit)

    def undo(
        self,
        sequence: int,
        *,
        through: int | None = None,
        cascade: bool = False,
        because: str | None = None,
        actor: str | None = None,
    ) -> Undone:
        """Take back the change that this journal line belongs to; undoing that is redo.

        `through` is a later line: all changes up to its own are taken back as one, newest first, and
        erasures among them are skipped and named. Raises NotFound, Refused for an erasure or for what
        was undone already, and UndoConflict when later changes built on it, unless `cascade` takes
        them along; what was itself undone since is in nobody's way.
        """
        return taking_back.take_back(
            self._setting,
            sequence,
            through=through,
            cascade=cascade,
            because=because,
            actor=actor or self.owner,
        )

    def restore(self, known_at: When, *, because: str | None = None, actor: str | None = None) -> Restored:
        """Bring the memory back to what it believed then, as one change; undoing it goes forward again.

        A day means its end. Units, their members and links go back with the items. What was added since is
        set aside, not lost; what was erased since stays gone and is listed. Raises InvalidInput for a time
        before the cube knew anything.
        """
        then = self._time(known_at, "known_at")
        return taking_back.restore(self._setting, then, because=because, actor=actor or self.owner)

    def _time(self, when: When, name: str) -> datetime:
        """The last moment of what is meant."""
        setting = self._setting
        return arguments.last_moment(when, now=setting.clock.now(), zone=setting.zone, name=name)


@dataclass(frozen=True, slots=True)
class View:
    """A cube as it was at one time, to be read only; see Cube.at.

    What was erased since is gone from here too.
    """

    cube: Bound
    known_at: datetime
    as_of: datetime | None = None

    def recall(
        self,
        text: str,
        *,
        k: int = DEFAULT_HITS,
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
        goal: Item | str | None = None,
    ) -> Hits[Hit]:
        """As Cube.recall, at the view's times; what serves a `goal` is told by the links of today."""
        query = Query(
            text=text,
            known_at=self.known_at,
            as_of=self.as_of,
            said_before=said_before,
            kinds=kinds,
            sessions=sessions,
            authors=authors,
            tags=tags,
            metadata=metadata,
            confidence_min=confidence_min,
            score_min=score_min,
            include=include,
            asker=asker,
            goal=goal,
        )
        hits = self.cube._recaller.recall(query, k=k)
        return looking_back.hits_then(self.cube._setting, hits, known_at=self.known_at)

    def context(
        self,
        text: str,
        *,
        budget: int = DEFAULT_BUDGET_TOKENS,
        format: Format = "text",
        said_before: When | None = None,
        kinds: Iterable[Kind | str] | None = None,
        sessions: Iterable[str] | None = None,
        authors: Iterable[str] | None = None,
        tags: Iterable[str] | None = None,
        metadata: Mapping[str, Json] | None = None,
        confidence_min: float = 0.0,
        score_min: float = 0.0,
        asker: str | None = None,
    ) -> Context:
        """As Cube.context, at the view's times."""
        query = Query(
            text=text,
            known_at=self.known_at,
            as_of=self.as_of,
            said_before=said_before,
            kinds=kinds,
            sessions=sessions,
            authors=authors,
            tags=tags,
            metadata=metadata,
            confidence_min=confidence_min,
            score_min=score_min,
            asker=asker,
        )
        context = handing_out.hand_out(
            self.cube._setting,
            self.cube._recaller,
            query,
            budget_tokens=budget,
            form=format,
            record=False,
        )
        return looking_back.context_then(self.cube._setting, context, known_at=self.known_at)

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> object:
            """What a cube offers and its past does not, by a word that says so."""
            if not name.startswith("_") and hasattr(type(self.cube), name):
                raise AttributeError(
                    f"the past of a cube has no {name!r}: it is read only, and cube.{name} is of today"
                )
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def show(self, item: str) -> Item:
        """The item as it was believed then; raises NotFound or AmbiguousId."""
        now = self.known_at if self.as_of is None else self.as_of
        return looking_back.show(self.cube._setting, item, known_at=self.known_at, now=now)

    def history(self, item: str) -> tuple[Revision, ...]:
        """The rows of an item recorded by then, in the order in which they were recorded."""
        return looking_back.history(self.cube._setting, item, known_at=self.known_at)

    def timeline(self, subject: str, attribute: str | None = None) -> tuple[Period, ...]:
        """As Cube.timeline, believed then."""
        return succession.timeline(self.cube._setting, subject, attribute, known_at=self.known_at)

    def journal(self, *, limit: int = 50, item: str | None = None) -> tuple[JournalEntry, ...]:
        """The newest lines that the journal had then, newest first; of one item if asked for."""
        return looking_back.journal(self.cube._setting, known_at=self.known_at, limit=limit, prefix=item)

    def erased(self) -> tuple[Receipt, ...]:
        """The receipts of the erasures made by then, oldest first."""
        return looking_back.erased(self.cube._setting, known_at=self.known_at)

    def stats(self) -> StatsThen:
        """How much there was of what."""
        return looking_back.stats(self.cube._setting, known_at=self.known_at)
