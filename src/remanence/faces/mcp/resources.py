"""The resources: a memory, a unit and the counts, each at its address."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import anyio.to_thread
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError
from mcp.server.mcpserver.resources import ResourceSecurity
from mcp.types import (
    Completion,
    CompletionArgument,
    CompletionContext,
    PromptReference,
    ResourceTemplateReference,
)

from remanence.cube import Cube
from remanence.errors import AmbiguousId, InvalidInput, NotFound, RemanenceError
from remanence.faces.mcp import shown, wording
from remanence.faces.mcp.looking import counts_of, unit_of
from remanence.faces.mcp.shown import Shown, memory_of, sound

P = ParamSpec("P")
JSON = "application/json"
UNIT_ADDRESS = "memory://unit/{name}"
COMPLETED_MAX = 100  # names in one answer, by the protocol
MEMBERS_MAX = 2_000  # of one unit: some megabytes
NAMES_OF_UNITS = ResourceSecurity(exempt_params={"name"})  # names, never paths: no file is opened by them


class WholeMemory(Shown):
    """One memory with its whole text, and every row that it ever had, oldest record first."""

    memory: shown.Memory
    history: list[shown.Memory]


class WholeUnit(Shown):
    """One unit and what it holds."""

    unit: shown.UnitShown


def add(server: MCPServer, cube: Cube) -> None:
    """Let a server offer a cube's resources."""

    @_saying_what_was_wrong
    def item(id: str) -> str:  # noqa: A002  # the name in the address
        """One memory as it is believed now with its whole text, and its history."""
        found = cube.show(id)
        whole = len(found.content)
        history = [memory_of(row) for row in cube.history(found.id)]
        return WholeMemory(memory=memory_of(found.revision, chars=whole), history=history).model_dump_json(
            exclude_none=True
        )

    @_saying_what_was_wrong
    def unit(name: str) -> str:
        """A unit (topic, persona or context) with what it holds, at most 2,000 memories."""
        found = cube.find_unit(name)
        items = found.items()
        more = max(0, len(items) - MEMBERS_MAX) or None
        of_unit = unit_of(found, holds=items[:MEMBERS_MAX], left_out=more)
        return WholeUnit(unit=of_unit).model_dump_json(exclude_none=True)

    @_saying_what_was_wrong
    def stats() -> str:
        """Whose memory it is, since when, and how much of what it holds."""
        return counts_of(cube).model_dump_json(exclude_none=True)

    server.resource("memory://item/{id}", name="memory", title="A memory", mime_type=JSON)(item)
    server.resource(
        UNIT_ADDRESS, name="unit", title="A unit of memory", mime_type=JSON, security=NAMES_OF_UNITS
    )(unit)

    async def complete(
        ref: PromptReference | ResourceTemplateReference,
        argument: CompletionArgument,
        context: CompletionContext | None,
    ) -> Completion | None:
        """The names of units that begin so, for whoever types the address of one."""
        if not isinstance(ref, ResourceTemplateReference) or ref.uri != UNIT_ADDRESS:
            return None
        units = await anyio.to_thread.run_sync(cube.units)
        begun = argument.value.casefold()
        names = sorted({sound(one.name) for one in units if one.name.casefold().startswith(begun)})
        more = len(names) > COMPLETED_MAX
        return Completion(values=names[:COMPLETED_MAX], total=len(names), has_more=more)

    server.completion()(complete)  # type: ignore[no-untyped-call]  # the package types it nowhere
    server.resource("memory://stats", name="stats", title="What is remembered", mime_type=JSON)(stats)


def _saying_what_was_wrong(function: Callable[P, str]) -> Callable[P, str]:
    """The function, its errors as those of the protocol."""

    @wraps(function)
    def read(*args: P.args, **kwargs: P.kwargs) -> str:
        try:
            return function(*args, **kwargs)
        except (NotFound, AmbiguousId, InvalidInput) as error:
            raise ResourceNotFoundError(wording.sentence(str(error))) from error
        except RemanenceError as error:
            raise ResourceError(wording.sentence(str(error))) from error

    return read
