"""What a text says by itself, before anybody knows whom its names mean."""

from __future__ import annotations

from dataclasses import dataclass

from remanence.model.entity import EntityKind

SPEAKER = -1  # the group of the names that are the speaker's own


@dataclass(frozen=True, slots=True)
class Found:
    """Characters [start, end) that may name something."""

    start: int
    end: int
    text: str
    kind: EntityKind = EntityKind.UNKNOWN
    firm: bool = False  # the text says beyond doubt that it is of this kind
    certain: bool = True  # else it counts only where the cube knows the name
    relative: bool = False  # "my sister": whom it means depends on who says so
    owner: str | None = None  # of "Ana's sister" the name that stands first in it; None for the speaker
    unique: bool = True  # of a relative name: there is usually one
    group: int = 0  # those of one group, from 1, are the same by what the text says
