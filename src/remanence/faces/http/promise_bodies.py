"""What requests bring about promises; see `bodies`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from remanence.faces.http.bodies import Body, Share, TrustName, When
from remanence.faces.http.care_bodies import Reason, as_file
from remanence.model.ids import ItemId
from remanence.model.mirror import Share as Figure


class NewPromise(Reason):
    """What somebody promises to others, and under which conditions; see docs/promises.md."""

    body: Annotated[str, Field(examples=["send the report"])]
    to: Annotated[str | list[str], Field(description="A name, or several.")]
    by: Annotated[str | None, Field(description="Who promises it; the owner if not given.")] = None
    kind: Annotated[Literal["give", "accept"], Field(description="Whether it is given or taken.")] = "give"
    constraints: dict[str, JsonValue] = Field(default_factory=dict)
    given: Annotated[
        list[str],
        Field(default_factory=list, description="Promises that must be kept first, by their ids; or words."),
    ]
    scope: Annotated[list[str], Field(default_factory=list, description="Who else may know.")]
    due: Annotated[When, Field(description="The last moment; none for a standing promise.")] = None
    source: Annotated[str | None, Field(description="The id of the item in which it was made.")] = None
    said_by: Annotated[str | None, Field(description="Who says it of `by`: then it is no promise.")] = None
    replaces: Annotated[str | None, Field(description="The id of the promise that it replaces.")] = None
    trust: TrustName = "user"


class AssessPromise(Reason):
    """What somebody finds of a promise."""

    outcome: Literal["kept", "broken"]
    by: Annotated[str | None, Field(description="Who finds it; the owner if not given.")] = None
    evidence: Annotated[list[str], Field(default_factory=list, description="Ids of items that bear it out.")]


class DeclarePromises(Reason):
    """Promises to be made, as a file declares them."""

    file: Annotated[str, Field(description="The text of a TOML file; see docs/promises.md.")]

    @property
    def told(self) -> bytes:
        """The file as the façade takes it."""
        return as_file(self.file)


class CoherenceFigure(Body):
    """How far an agent was like itself in one respect."""

    name: str
    value: Share
    low: Share
    high: Share
    of: Annotated[int, Field(ge=0)]
    evidence: list[str] = Field(default_factory=list)

    @property
    def told(self) -> Figure:
        """The figure as the façade takes it."""
        evidence = tuple(map(ItemId, self.evidence))
        return Figure(self.name, self.value, self.low, self.high, self.of, evidence)


class CheckPromises(Body):
    """Which memory promises are checked; those that ship where no file is given."""

    file: Annotated[str | None, Field(description="The text of a TOML file.")] = None
    coherence: list[CoherenceFigure] | None = None

    @property
    def told(self) -> bytes | None:
        """The file as the façade takes it."""
        return None if self.file is None else as_file(self.file)

    @property
    def figures(self) -> list[Figure] | None:
        """The figures as the façade takes them."""
        return None if self.coherence is None else [one.told for one in self.coherence]


class AcceptPromise(Reason):
    """A promise that somebody else's cube has signed."""

    document: str
    key: Annotated[str, Field(description="The signer's public key, in hex.")]
