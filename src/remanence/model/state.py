"""The lifecycle: eight states and the one table of moves between them (DESIGN.md section 6)."""

from __future__ import annotations

from enum import StrEnum

from remanence.errors import InvalidInput


class State(StrEnum):
    """Where an item stands in its life."""

    GENERATED = "generated"
    ACTIVE = "active"
    DORMANT = "dormant"
    MERGED = "merged"
    SUPERSEDED = "superseded"
    ARCHIVED = "archived"
    FROZEN = "frozen"
    ERASED = "erased"

    @classmethod
    def parse(cls, text: str) -> State:
        """Read a state by name; raises InvalidInput that lists the states there are."""
        try:
            return cls(text)
        except ValueError:
            raise InvalidInput(f"state {text!r} is not one of: {', '.join(cls)}") from None


RECALLED = frozenset({State.GENERATED, State.ACTIVE, State.DORMANT, State.FROZEN})

TRANSITIONS: dict[State, frozenset[State]] = {
    State.GENERATED: frozenset({State.ACTIVE, State.ARCHIVED, State.MERGED, State.SUPERSEDED, State.ERASED}),
    State.ACTIVE: frozenset(
        {State.DORMANT, State.MERGED, State.SUPERSEDED, State.ARCHIVED, State.FROZEN, State.ERASED}
    ),
    State.DORMANT: frozenset(
        {State.ACTIVE, State.MERGED, State.SUPERSEDED, State.ARCHIVED, State.FROZEN, State.ERASED}
    ),
    State.MERGED: frozenset({State.ACTIVE, State.ERASED}),
    State.SUPERSEDED: frozenset({State.ACTIVE, State.ERASED}),
    State.ARCHIVED: frozenset({State.ACTIVE, State.ERASED}),
    State.FROZEN: frozenset({State.ACTIVE, State.ERASED}),
    State.ERASED: frozenset(),
}


def may_become(state: State, target: State) -> bool:
    """Whether the table allows the move."""
    return target in TRANSITIONS[state]
