"""One search: a question, the rows that may answer it, and how they are ranked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from remanence.model.ids import RevisionId
from remanence.model.state import State
from remanence.recall import filters
from remanence.recall.answering import Found, found_by
from remanence.recall.columns import STATE_CODES, Bools
from remanence.recall.features import Candidates, Leads, found_without_vector
from remanence.recall.filters import Filter
from remanence.recall.fusion import shipped_weights
from remanence.recall.index import MemoryIndex
from remanence.recall.question import Question
from remanence.recall.rank import Boost, Ranked, measured, rank_candidates
from remanence.recall.tally import Measurement, alone
from remanence.verbs.question_vectors import QuestionVector

if TYPE_CHECKING:
    from remanence.verbs.entities_asked import EntitiesAsked


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """What a recall looks for, in one state of the memory index; times are microseconds, see rank.rank."""

    index: MemoryIndex
    question: Question
    wanted: Filter
    at: int | None
    aged_at: int | None
    history: bool
    boosts: tuple[Boost, ...]
    vector: QuestionVector  # of the question; with a note where there is none
    named: EntitiesAsked | None  # what alone is asked about
    score_min: float = 0.0
    leads: Leads | None = None  # what was found already, without the vector

    def mask(self) -> Bools:
        """bool [rows]: the rows that may answer."""
        if self.leads is not None:
            return self.leads.told.mask
        found = filters.mask(self.index, self.wanted)
        return found if self.named is None else found & self.named.rows(self.index)

    def refusals(self) -> Iterator[tuple[str, Bools]]:
        """By the name of each filter, the rows that pass it: bool [rows]."""
        yield from filters.tests(self.index, self.wanted)
        if self.named is not None:
            yield "entities", self.named.rows(self.index)

    def frozen(self, limit: int) -> list[RevisionId]:
        """The rows that may answer and are frozen, by item, the first ones made."""
        columns = self.index.columns
        rows = np.flatnonzero(self.mask() & (columns.ints("state") == STATE_CODES[State.FROZEN]))
        rows = rows[np.argsort(columns.ints("item")[rows], kind="stable")][:limit]
        return [RevisionId(number) for number in columns.ints("revision")[rows].tolist()]

    def begun(self) -> Search:
        """The same, with what can be found before the question has its vector."""
        return replace(self, leads=found_without_vector(self.index, self.question, self.mask()))

    def found(self, k: int) -> Candidates:
        """What is looked at for k hits."""
        return alone(self.measured(k))

    def ranked(self, k: int) -> list[Ranked]:
        """The k best rows, best first."""
        return self.ranked_of(self.found(k), k)

    def signs(self, found: Candidates) -> Found:
        """What these candidates say of whether the question is answered at all."""
        return found_by(self.index, self.question, found, shipped_weights())

    def measured(self, k: int) -> Measurement[Candidates]:
        """What is looked at for k hits, measured against the rows of all searches that answer together."""
        return measured(self.index, self.question, self.mask(), k, leads=self.leads)

    def ranked_of(
        self, found: Candidates, k: int, *, newest_first: bool = True, explains: bool = True
    ) -> list[Ranked]:
        """The k best of these, best first; see rank.rank_candidates."""
        return rank_candidates(
            self.index,
            self.question,
            found,
            k=k,
            weights=shipped_weights(),
            at=self.at,
            aged_at=self.aged_at,
            history=self.history,
            score_min=self.score_min,
            boosts=self.boosts,
            newest_first=newest_first,
            explains=explains,
        )
