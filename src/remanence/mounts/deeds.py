"""Own history and promises in a memory of several cubes: written in one of them, read from all.

What a deed serves, and what a decision rests on, lies in the deed's own cube: no link leaves a cube.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from remanence.errors import InvalidInput
from remanence.model.deed import GoalStatus
from remanence.model.item import Json
from remanence.model.kind import Kind
from remanence.model.mount import Mounted, MountedItem
from remanence.model.promise import Assessment, Outcome, Promise
from remanence.mounts.changes import Changes
from remanence.mounts.opening import OpenMount, naming
from remanence.mounts.routing import Arriving
from remanence.verbs.arguments import When
from remanence.verbs.telling import Story


class Deeds(Changes):
    """Each raises as the method of Cube does, and CubeReadOnly and AmbiguousId that name mounts."""

    def act(
        self,
        what: str,
        *,
        arguments: Json = None,
        situation: str | None = None,
        result: str | None = None,
        error: str | None = None,
        cost: Mapping[str, float] | None = None,
        goal: str | None = None,
        decision: str | None = None,
        call_id: str | None = None,
        session: str | None = None,
        agent: str | None = None,
        at: When | None = None,
        mount: str | None = None,
        because: str | None = None,
        actor: str | None = None,
    ) -> MountedItem:
        """Record something done, in the mount of its goal or decision, or where it is routed; as Cube.act."""
        when = self._starting(at, "at")
        larger = {"goal": goal, "decision": decision}
        chosen, ids = self._for_deed(larger, Arriving(what, Kind.ACTION, "assistant", session=session), mount)
        with naming(chosen.name):
            item = chosen.cube.act(
                what,
                arguments=arguments,
                situation=situation,
                result=result,
                error=error,
                cost=cost,
                goal=ids["goal"],
                decision=ids["decision"],
                call_id=call_id,
                session=session,
                agent=agent,
                at=when,
                because=because,
                actor=actor or self._asker,
            )
        return MountedItem(item.revision, chosen.name)

    def decide(
        self,
        choice: str,
        *,
        options: Iterable[str] = (),
        situation: str | None = None,
        reason: str | None = None,
        grounds: Iterable[str] = (),
        expected: str | None = None,
        goal: str | None = None,
        session: str | None = None,
        agent: str | None = None,
        at: When | None = None,
        mount: str | None = None,
        because: str | None = None,
        actor: str | None = None,
    ) -> MountedItem:
        """Record a decision, in the mount of its goal and grounds, or where it is routed; see Cube.decide."""
        when, rests_on = self._starting(at, "at"), list(grounds)
        named = {"goal": goal} | {f"ground {number}": one for number, one in enumerate(rests_on)}
        arriving = Arriving(choice, Kind.DECISION, "assistant", session=session)
        chosen, ids = self._for_deed(named, arriving, mount)
        with naming(chosen.name):
            item = chosen.cube.decide(
                choice,
                options=options,
                situation=situation,
                reason=reason,
                grounds=[one for name, one in ids.items() if name != "goal" and one is not None],
                expected=expected,
                goal=ids["goal"],
                session=session,
                agent=agent,
                at=when,
                because=because,
                actor=actor or self._asker,
            )
        return MountedItem(item.revision, chosen.name)

    def goal(
        self,
        aim: str,
        *,
        part_of: str | None = None,
        due: When | None = None,
        session: str | None = None,
        agent: str | None = None,
        at: When | None = None,
        mount: str | None = None,
        because: str | None = None,
        actor: str | None = None,
    ) -> MountedItem:
        """Record a goal, in the mount of the larger one, or where it is routed; see Cube.goal."""
        when, last = self._starting(at, "at"), None if due is None else self._last_moment(due, "due")
        arriving = Arriving(aim, Kind.GOAL, "assistant", session=session)
        chosen, ids = self._for_deed({"part_of": part_of}, arriving, mount)
        with naming(chosen.name):
            item = chosen.cube.goal(
                aim,
                part_of=ids["part_of"],
                due=last,
                session=session,
                agent=agent,
                at=when,
                because=because,
                actor=actor or self._asker,
            )
        return MountedItem(item.revision, chosen.name)

    def outcome(
        self,
        item: str,
        text: str | None = None,
        *,
        worked: bool | None = None,
        cost: Mapping[str, float] | None = None,
        at: When | None = None,
        because: str | None = None,
        actor: str | None = None,
    ) -> MountedItem:
        """Say what came of an action or a decision, in its cube; see Cube.outcome."""
        when = self._starting(at, "at")
        return self._change_item(
            item,
            lambda cube, own: cube.outcome(
                own, text, worked=worked, cost=cost, at=when, because=because, actor=actor or self._asker
            ),
        )

    def progress(
        self,
        goal: str,
        share: float | None = None,
        *,
        status: GoalStatus | str | None = None,
        note: str | None = None,
        at: When | None = None,
        because: str | None = None,
        actor: str | None = None,
    ) -> MountedItem:
        """Say how far a goal has come, in its cube; see Cube.progress."""
        when = self._starting(at, "at")
        return self._change_item(
            goal,
            lambda cube, own: cube.progress(
                own, share, status=status, note=note, at=when, because=because, actor=actor or self._asker
            ),
        )

    def story(
        self,
        since: When | None = None,
        until: When | None = None,
        *,
        about: str | None = None,
        budget: int = 1_000,
    ) -> tuple[Mounted[Story], ...]:
        """What was said and done, a story of each cube within the budget of its own; see Cube.story."""
        start = self._starting(since, "since")
        end = None if until is None else self._last_moment(until, "until")
        found = self._each(lambda cube: cube.story(start, end, about=about, budget=budget))
        return tuple(Mounted(name, one) for name, one in found)

    def promises(self) -> tuple[Mounted[Promise], ...]:
        """The promises of every cube's ledger, by mount; trust and intentions are in each Cube.promises."""
        found = self._each(lambda cube: cube.promises().promises)
        return tuple(Mounted(name, one) for name, those in found for one in those)

    def promise(
        self,
        body: str,
        *,
        to: str | Iterable[str],
        by: str | None = None,
        due: When | None = None,
        mount: str | None = None,
        because: str | None = None,
        actor: str | None = None,
    ) -> Mounted[Promise]:
        """Write down what `by` (default the asker) promises, where a goal is routed; see Cube.promise.

        What else a promise may have is asked of one cube: `memory.cube(mount).promise(...)`.
        """
        last = None if due is None else self._last_moment(due, "due")
        chosen = self._router.mount_for(Arriving(body, Kind.GOAL, "user", author=by or self._asker), mount)
        with naming(chosen.name):
            made = chosen.cube.promise(
                body, to=to, by=by or self._asker, due=last, because=because, actor=actor or self._asker
            )
        return Mounted(chosen.name, made)

    def assess_promise(
        self,
        promise: str,
        outcome: Outcome | str,
        *,
        by: str | None = None,
        evidence: Iterable[str] = (),
        because: str | None = None,
        actor: str | None = None,
    ) -> Mounted[Assessment]:
        """Write down what `by` (default the asker) finds of a promise, in its cube."""
        held_by, _ = self._of(promise)
        items = self._within(held_by, evidence)
        found = self._change(
            promise,
            lambda cube, own: cube.assess_promise(
                own,
                outcome,
                by=by or self._asker,
                evidence=items,
                because=because,
                actor=actor or self._asker,
            ),
        )
        return Mounted(held_by.name, found)

    def _for_deed(
        self, named: Mapping[str, str | None], arriving: Arriving, mount: str | None
    ) -> tuple[OpenMount, dict[str, str | None]]:
        """The mount for a deed, and the ids there of what it names; InvalidInput where these lie apart."""
        found = {name: None if item is None else self._of(item) for name, item in named.items()}
        held_by = dict.fromkeys(
            [*(one[0].name for one in found.values() if one), *([mount] if mount else [])]
        )
        if len(held_by) > 1:
            raise InvalidInput(
                f"a deed lies in one cube with what it serves and rests on, not in {', '.join(held_by)}; "
                "nothing was written"
            )
        chosen = self._router.mount_for(arriving, next(iter(held_by), None))
        return chosen, {name: None if one is None else one[1] for name, one in found.items()}
