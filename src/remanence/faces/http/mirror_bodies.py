"""What requests bring about the mirror; see `bodies`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from remanence.faces.http.bodies import Body
from remanence.faces.http.care_bodies import Abstractive, Reason
from remanence.model.ids import ItemId
from remanence.model.mirror import PersonaDraft

AGENT = "Whose words; of the assistant that said most if not given."


class Portray(Body):
    """Of whom a portrait is made."""

    agent: Annotated[str | None, Field(description=AGENT)] = None


class Reflect(Portray, Reason):
    """Of whom, whether the proposed persona is accepted at once, and in whose words."""

    persona: bool = False
    abstractive: Abstractive = False


class Draft(Body):
    """A persona as a reflection proposed it."""

    agent: str
    before: list[str]
    after: list[str]
    members: list[str]

    @property
    def told(self) -> PersonaDraft:
        """The draft as the façade takes it."""
        members = tuple(map(ItemId, self.members))
        return PersonaDraft(self.agent, tuple(self.before), tuple(self.after), members)


class AcceptPersona(Reason):
    """The persona to accept."""

    draft: Draft
