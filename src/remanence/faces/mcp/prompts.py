"""The prompts: what a person picks in a client's menu to begin with memory, or to look it through."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Annotated, ParamSpec

from mcp.server import MCPServer
from mcp.shared.exceptions import MCPError
from mcp.types import INVALID_PARAMS
from pydantic import Field

from remanence.cube import Cube
from remanence.errors import RemanenceError
from remanence.faces.mcp import wording
from remanence.faces.mcp.shown import sound
from remanence.faces.plain import printable

P = ParamSpec("P")
SESSION_TOKENS = 2_000
REVIEW_TOKENS = 6_000
REVIEWED = "facts, preferences, decisions, plans and people"

Topic = Annotated[str, Field(description="What the session is about; leave it empty for whatever is known.")]
ReviewedTopic = Annotated[str, Field(description="What to look through; leave it empty for everything.")]


def add(server: MCPServer, cube: Cube) -> None:
    """Let a server offer the prompts."""

    @_saying_what_was_wrong
    def start_session(topic: Topic = "") -> str:
        """Begin with what is remembered about the topic."""
        about = topic.strip() or f"{cube.owner}: {REVIEWED}"
        told = _context(cube, about, SESSION_TOKENS)
        purpose = f" about {wording.quoted(topic.strip())}" if topic.strip() else ""
        return (
            f"We begin a session{purpose}. Here is what is remembered of earlier ones.\n\n{told}\n\n"
            "Use it where it helps, cite ids for what you rely on, and recall more when you need it. "
            "Remember what is worth knowing next time, and revise what turns out to be wrong."
        )

    @_saying_what_was_wrong
    def review_memory(topic: ReviewedTopic = "") -> str:
        """Look through what is remembered about you, and say what is wrong, outdated or unwanted."""
        told = _context(cube, topic.strip() or f"{cube.owner}: {REVIEWED}", REVIEW_TOKENS)
        return (
            "Show me what you remember about me, grouped by theme, each point with its date and id.\n\n"
            f"{told}\n\n"
            "Call conflicts for what contradicts itself, and ask me which is right. Ask me what is wrong, "
            "outdated or unwanted; then revise, resolve or forget it as I say, and nothing else."
        )

    server.prompt(title="Start a session with memory")(start_session)
    server.prompt(title="Review what you know about me")(review_memory)


def _context(cube: Cube, about: str, budget_tokens: int) -> str:
    found = cube.context(about, budget=budget_tokens)
    return sound(f"{wording.NOTE}\n{printable(found.text)}") if found.items else "Nothing is remembered yet."


def _saying_what_was_wrong(function: Callable[P, str]) -> Callable[P, str]:
    """The function, its errors as those of the protocol."""

    @wraps(function)
    def render(*args: P.args, **kwargs: P.kwargs) -> str:
        try:
            return function(*args, **kwargs)
        except RemanenceError as error:
            raise MCPError(code=INVALID_PARAMS, message=wording.sentence(str(error))) from error

    return render
