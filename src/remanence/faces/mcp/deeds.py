"""The tools of own history: what was done and decided, how it came out, and what that tells of now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from mcp.server.mcpserver import Context
from mcp.types import CallToolResult

from remanence.cube import Cube
from remanence.faces.mcp import given, shown, wording
from remanence.faces.mcp.changing import KeptAnswer, kept
from remanence.faces.mcp.handed import Handed
from remanence.faces.mcp.shown import memories_of, memory_of
from remanence.faces.mcp.tool import CHANGES, LOOKS, MemoryTool, actor, client_name, lines, tool
from remanence.verbs.precedents import DEFAULT_PRECEDENTS

PrecedentsAnswer = Annotated[CallToolResult, shown.Precedents]


class Deeds:
    """Records in one open cube what a client's model did and decided, and looks it up."""

    def __init__(self, cube: Cube, handed: Handed) -> None:
        self._cube = cube
        self._handed = handed

    def changing(self) -> Iterator[MemoryTool]:
        """Those that record."""
        yield tool(self.act, "Record an action", CHANGES)
        yield tool(self.decide, "Record a decision", CHANGES)
        yield tool(self.outcome, "Say how it came out", CHANGES)

    def looking(self) -> Iterator[MemoryTool]:
        """Those that look."""
        yield tool(self.precedents, "Precedents", LOOKS)

    def act(
        self,
        what: given.Deed,
        client: Context,
        arguments: given.Passed = None,
        situation: given.Situation = None,
        result: given.Result = None,
        error: given.Failure = None,
        decision: given.ForDecision = None,
        session: given.Session = None,
        because: given.Because = None,
    ) -> KeptAnswer:
        """Record something that you did, in which situation, and whether it worked.

        Call it after a step whose outcome is worth knowing next time: a fix that helped, a command that
        failed, a way that was a dead end. If you don't know yet how it came out, leave result and error out
        and call outcome later with the id.
        """
        item = self._cube.act(
            what,
            arguments=arguments,
            situation=situation,
            result=result,
            error=error,
            decision=decision,
            session=session,
            agent=client_name(client),
            because=because,
            actor=actor(client),
        )
        return kept("Recorded", item)

    def decide(
        self,
        choice: given.Choice,
        client: Context,
        options: given.Options = None,
        situation: given.Situation = None,
        reason: given.Reason = None,
        grounds: given.Ids = None,
        expected: given.Expected = None,
        session: given.Session = None,
        because: given.Because = None,
    ) -> KeptAnswer:
        """Record a decision: what you chose among which options, why, and what you expect of it.

        Call it when you choose between ways that both could have been taken. Give the ids of memories that it
        rests on as grounds. Call outcome with its id once you know how it came out: the reason is then
        believed more, or less.
        """
        item = self._cube.decide(
            choice,
            options=options or (),
            situation=situation,
            reason=reason,
            grounds=grounds or (),
            expected=expected,
            session=session,
            agent=client_name(client),
            because=because,
            actor=actor(client),
        )
        return kept("Recorded", item)

    def outcome(
        self,
        id: given.ItemId,  # noqa: A002  # the name that clients see
        client: Context,
        text: given.CameOf = None,
        worked: given.Worked = None,
        because: given.Because = None,
    ) -> KeptAnswer:
        """Say what came of an action or a decision that was recorded with act or decide, and if it worked."""
        item = self._cube.outcome(id, text, worked=worked, because=because, actor=actor(client))
        return kept("Recorded", item)

    def precedents(
        self,
        situation: given.NewSituation,
        client: Context,
        limit: given.PrecedentCount = DEFAULT_PRECEDENTS,
    ) -> PrecedentsAnswer:
        """Find what was done or decided before in situations like this one, and whether it worked.

        Call it before you choose how to go about something, to repeat what worked and not what failed.
        """
        found = self._cube.precedents(situation, k=limit)
        self._handed.note(client, [one.item.id for one in found])
        shape = shown.Precedents(
            precedents=[
                shown.PrecedentShown(
                    score=round(one.score, 3),
                    worked=one.worked,
                    memory=memory_of(one.item.revision),
                    reasons=memories_of(one.reasons) or None,
                )
                for one in found
            ]
        )
        told = (line for one in shape.precedents for line in wording.precedent_lines(one))
        return lines(told, shape, empty="Nothing like it was done or decided before.")
