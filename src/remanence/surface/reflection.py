"""The façade's mirror: what an agent's own output says about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from remanence.surface.bound import Bound

if TYPE_CHECKING:
    from remanence.model.mirror import PersonaDraft, Portrait, Reflection
    from remanence.surface.unit import Unit

# What the mirror needs is imported where it is used: most programs never look into it.


class Mirror(Bound):
    """Self-overhearing: the agent's own words as what is remembered about it."""

    def reflect(
        self,
        *,
        agent: str | None = None,
        persona: bool = False,
        abstractive: bool = False,
        because: str | None = None,
        actor: str | None = None,
    ) -> Reflection:
        """Look at what the agent said and did, and keep what is found: habits, drifts, contradictions.

        Findings are items of kind concept that cite their evidence; one that was found before is renewed
        where its figures changed, one that no longer holds is withdrawn, and what somebody retired, froze or
        revised stays so. `agent` is by default the assistant that said most. With `persona` the proposed
        persona is accepted at once. With `abstractive` findings are in the words of the cube's LLMReader; one
        whose words lack a figure or a quotation, or add one, stays as it was counted, and is named in
        `left_as_counted`. One change that `undo` takes back, or none. Raises NotFound for an agent that says
        nothing; Refused where there is no model, and ReadingFailed.
        """
        from remanence.mirror import reflecting
        from remanence.surface.coherence import kept_by
        from remanence.verbs.unit_editing import By

        by = By(actor or self.owner, because)
        kept = kept_by(self._setting)
        done = reflecting.reflect(self._setting, agent, by, kept=kept, abstractive=abstractive)
        if persona and done.persona is not None:
            reflecting.accept_persona(self._setting, done.persona, by)
        return done

    def portrait(self, *, agent: str | None = None) -> Portrait:
        """What `reflect` would see of the agent; nothing is written."""
        from remanence.mirror import reflecting
        from remanence.surface.coherence import kept_by

        return reflecting.look(self._setting, agent, kept=kept_by(self._setting))

    def accept_persona(
        self, draft: PersonaDraft, *, because: str | None = None, actor: str | None = None
    ) -> Unit:
        """Let the agent's persona unit say what a reflection proposed, as its next version.

        Its description is then the stable text to begin the agent's contexts with. Erasing what a
        sentence of it rests on takes the sentence out of every version. Raises Refused where the persona was
        retired, or what the draft rests on is gone.
        """
        from remanence.mirror import reflecting
        from remanence.surface.unit import Unit
        from remanence.verbs.unit_editing import By

        by = By(actor or self.owner, because)
        return Unit(self, reflecting.accept_persona(self._setting, draft, by))
