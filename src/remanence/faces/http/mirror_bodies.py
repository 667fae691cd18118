"""What requests bring about the mirror; see `bodies`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from remanence.faces.http.bodies import Body, Share
from remanence.faces.http.care_bodies import Reason
from remanence.model.ids import ItemId
from remanence.model.mirror import PersonaDraft
from remanence.model.mirror import Share as ShareValue

AGENT = "Whose words; of the assistant that said most if not given."


class KeptPromises(Body):
    """An agent's share of kept promises, with its interval."""

    name: str
    value: Share
    low: Share
    high: Share
    of: Annotated[int, Field(ge=0)]
    evidence: list[str] = Field(default_factory=list)


class Portray(Body):
    """Of whom a portrait is made."""

    agent: Annotated[str | None, Field(description=AGENT)] = None
    promises: KeptPromises | None = None

    @property
    def kept(self) -> ShareValue | None:
        """The share as the façade takes it."""
        told = self.promises
        if told is None:
            return None
        evidence = tuple(map(ItemId, told.evidence))
        return ShareValue(told.name, told.value, told.low, told.high, told.of, evidence)


class Reflect(Portray, Reason):
    """Of whom, and whether the proposed persona is accepted at once."""

    persona: bool = False


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
