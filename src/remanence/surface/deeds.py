"""The façade's own history: what the agent did, decided and aimed at, what came of it, what it teaches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from remanence.model.deed import GoalStatus
from remanence.model.item import Item, Json
from remanence.model.kind import Kind
from remanence.surface.bound import Bound
from remanence.verbs.arguments import When

if TYPE_CHECKING:
    from remanence.verbs.learning import Learnt
    from remanence.verbs.precedents import Precedent
    from remanence.verbs.telling import Story

# What deeds need is imported where it is used: a first recall needs none of it.


class Deeds(Bound):
    """The agent's own history."""

    def act(
        self,
        what: str,
        *,
        arguments: Json = None,
        situation: str | None = None,
        result: str | None = None,
        error: str | None = None,
        cost: Mapping[str, float] | None = None,
        goal: Item | str | None = None,
        decision: Item | str | None = None,
        call_id: str | None = None,
        session: str | None = None,
        agent: str | None = None,
        at: When | None = None,
        because: str | None = None,
        actor: str | None = None,
    ) -> Item:
        """Record something done: a tool with its `arguments`, or the deed in words.

        A `result` says that it worked, an `error` that it failed; without both it waits for `outcome`, or for
        a call with the same `call_id`, which is the same action. `cost` is by unit ({"usd": 0.02}); `goal`
        and `decision` are what it was done for; `agent` did it ("assistant"). Its vector follows with the
        next that are made: until then it is found by its words. Raises InvalidInput, NotFound or ItemErased.
        """
        from remanence.verbs import acting
        from remanence.verbs.unit_editing import By

        acted = acting.Acted(what, arguments, situation, result, error, cost or {}, call_id)
        larger = tuple(one for one in (goal, decision) if one is not None)
        beside = acting.Beside(agent, session, at, larger)
        return acting.act(self._setting, acted, beside, By(actor or self.owner, because))

    def decide(
        self,
        choice: str,
        *,
        options: Iterable[str] = (),
        situation: str | None = None,
        reason: str | None = None,
        grounds: Iterable[Item | str] = (),
        expected: str | None = None,
        goal: Item | str | None = None,
        session: str | None = None,
        agent: str | None = None,
        at: When | None = None,
        because: str | None = None,
        actor: str | None = None,
    ) -> Item:
        """Record a decision: what was chosen among which options, why, and what is expected of it.

        The `reason` becomes an item of its own, or is the one that says so already; with the `grounds`, items
        that are believed, it gains or loses by what `outcome` says of the decision. Raises as `act` does.
        """
        from remanence.verbs import acting
        from remanence.verbs.unit_editing import By

        decided = acting.Decided(choice, options, situation, expected, reason, grounds)
        beside = acting.Beside(agent, session, at, () if goal is None else (goal,))
        return acting.decide(self._setting, decided, beside, By(actor or self.owner, because))

    def goal(
        self,
        aim: str,
        *,
        part_of: Item | str | None = None,
        due: When | None = None,
        session: str | None = None,
        agent: str | None = None,
        at: When | None = None,
        because: str | None = None,
        actor: str | None = None,
    ) -> Item:
        """Record a goal, `part_of` a larger one, `due` at some time. Raises as `act` does."""
        from remanence.verbs import acting
        from remanence.verbs.unit_editing import By

        beside = acting.Beside(agent, session, at, () if part_of is None else (part_of,))
        return acting.aim(self._setting, aim, due, beside, By(actor or self.owner, because))

    def outcome(
        self,
        item: Item | str,
        text: str | None = None,
        *,
        worked: bool | None = None,
        cost: Mapping[str, float] | None = None,
        at: When | None = None,
        because: str | None = None,
        actor: str | None = None,
    ) -> Item:
        """Say what came of an action or a decision: it bears that from then on (`at`, default now).

        `worked` is None where that can't be said yet. What a decision rests on gains an observation, or has
        one against it, shared by its reasons; another verdict later takes the first one's back. Raises
        NotFound, AmbiguousId, InvalidInput, ItemFrozen, ItemErased or Refused.
        """
        from remanence.verbs import outcomes
        from remanence.verbs.unit_editing import By

        given = outcomes.Outcome(text, worked, cost or {}, at)
        return outcomes.outcome(self._setting, item, given, By(actor or self.owner, because))

    def progress(
        self,
        goal: Item | str,
        share: float | None = None,
        *,
        status: GoalStatus | str | None = None,
        note: str | None = None,
        at: When | None = None,
        because: str | None = None,
        actor: str | None = None,
    ) -> Item:
        """Say how far a goal has come: a share in [0, 1], a status ("open", "done", "dropped"), a note.

        It stands so from then on (`at`, default now); `history` and `recall(as_of=...)` know what it was
        before. Raises as `outcome` does.
        """
        from remanence.verbs import outcomes
        from remanence.verbs.unit_editing import By

        given = outcomes.Progress(share, status, note, at)
        return outcomes.progress(self._setting, goal, given, By(actor or self.owner, because))

    def precedents(
        self, situation: str, *, k: int = 5, goal: Item | str | None = None
    ) -> tuple[Precedent, ...]:
        """What was done or decided in situations like this one, the likest first, and whether it worked.

        With a `goal`, what served it stands higher. Actions that wait for their vectors get them first,
        unless the cube is open to be read only. Raises as `recall` does.
        """
        from remanence.verbs import precedents
        from remanence.verbs.recalling import Query

        query = Query(text=situation, kinds=(Kind.ACTION, Kind.DECISION), goal=goal)
        return precedents.precedents(self._setting, self._recaller, query, k=k)

    def lessons(self, *, because: str | None = None, actor: str | None = None) -> Learnt:
        """Bring the lessons up to what was tried and corrected, as one change that `undo` takes back.

        "When X: do Y; seen 4 times, 1 exception": an item of the kind procedure, tagged "lesson", that rests
        on the deeds which bear it out. What repeats too seldom, or has too many exceptions, teaches nothing.
        What a person revised, retired or froze of a lesson stays. `consolidate` does this too.
        """
        from remanence.verbs import learning
        from remanence.verbs.unit_editing import By

        return learning.learn(self._setting, By(actor or self.owner, because))

    def story(
        self,
        since: When | None = None,
        until: When | None = None,
        *,
        about: str | None = None,
        budget: int = 1_000,
    ) -> Story:
        """What was said and done from `since` to `until` (a day means its end), by day, each line cited.

        In words of its own time: sentences that were said, and deeds as they came out. `about` keeps to
        what is near to it. Nothing is kept. Raises InvalidInput.
        """
        from remanence.verbs import telling

        return telling.story(self._setting, self._recaller, since, until, about, budget_tokens=budget)
