"""The façade's summaries: of sessions, kept as items, and of a day, a week or a month, on request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from remanence.model.summary import DEFAULT_SUMMARY_TOKENS, Summary
from remanence.surface.bound import Bound
from remanence.verbs.arguments import When

if TYPE_CHECKING:
    from remanence.verbs.session_summaries import Summarised
    from remanence.verbs.summarising import Period


class Summaries(Bound):
    """What was said, in a few of its own sentences."""

    def summarise(
        self,
        *,
        session: str | None = None,
        budget: int = DEFAULT_SUMMARY_TOKENS,
        abstractive: bool = False,
        because: str | None = None,
        actor: str | None = None,
    ) -> Summarised:
        """Keep one summary a session, as an item that cites the passages it quotes; renew what changed.

        Of one session, or of all that changed since theirs was written, as one change; nothing where
        nothing changed. What a user revised, retired or froze stays unless its session is named. With
        `abstractive` in the words of the cube's LLMReader (see docs/units.md). Raises NotFound for a session
        of which nothing is recalled, and ItemFrozen; Refused where there is no model, and ReadingFailed.
        """
        from remanence.verbs import session_summaries
        from remanence.verbs.unit_editing import By

        by = By(actor or self.owner, because)
        return session_summaries.summarise(
            self._setting, session, budget_tokens=budget, by=by, abstractive=abstractive
        )

    def rollup(
        self, period: Period, when: When | None = None, *, budget: int = DEFAULT_SUMMARY_TOKENS
    ) -> Summary:
        """What was said within the "day", "week" (from Monday) or "month" around a time, default now.

        In sentences of its own, each with the ids of its items; nothing is kept. Raises InvalidInput.
        """
        from remanence.verbs import summarising

        return summarising.rollup(self._setting, period, when, budget_tokens=budget)
