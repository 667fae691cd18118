"""What several cubes give back when they are one memory: each thing with the name of its mount."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from remanence.model.hit import Hit
from remanence.model.ids import short
from remanence.model.item import Item

T_co = TypeVar("T_co", covariant=True)
SEPARATOR = ":"  # between a mount's name and an id; no id has it


@dataclass(frozen=True, slots=True)
class MountedItem(Item):
    """An item of one of several cubes."""

    mount: str

    @property
    def address(self) -> str:
        """The id with the mount's name before it: it names the item among all cubes."""
        return f"{self.mount}{SEPARATOR}{self.id}"

    @property
    def citation(self) -> str:
        """The first digits of the id, after the mount's name."""
        return f"{self.mount}{SEPARATOR}{short(self.id)}"


@dataclass(frozen=True, slots=True)
class MountedHit(Hit):
    """A hit of one of several cubes; its score can be compared with those of the others."""

    item: MountedItem

    @property
    def mount(self) -> str:
        """The mount that it comes from."""
        return self.item.mount


@dataclass(frozen=True, slots=True)
class Mounted(Generic[T_co]):
    """Something that one of several cubes has to say: a conflict, a change, a value and its time."""

    mount: str
    value: T_co

    def __str__(self) -> str:
        return f"{self.mount}: {self.value}"
