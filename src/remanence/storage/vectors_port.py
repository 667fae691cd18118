"""What a cube asks of its engine about vectors.

Vectors come in two generations: the present ones, which recall is served by, and those that an embedder is
making to take their place. A text waits for vectors of the present generation (`pending_texts`), or of the
one to come (`texts_to_come`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol, TypeAlias

from remanence.model.ids import TextId

Generation: TypeAlias = Literal["present", "coming"]


@dataclass(frozen=True, slots=True)
class EmbedderName:
    """Which embedder a cube's vectors come from."""

    name: str
    revision: str
    dims: int

    def __str__(self) -> str:
        return f"{self.name} ({self.revision}, {self.dims} dimensions)"


SHOWN_UNIT = 1 << 21  # above all flags of a text: how it tells what it tells, as its embedder judged it
SHOWN_MAX = 31


class StoredSpan(NamedTuple):
    """One vector of a text: characters [start, end), float16 little-endian bytes [dims]; and how the text
    tells what it tells, as a level that its flags keep, 0 for one that was not judged."""

    start: int
    end: int
    value: bytes
    shown: int = 0


class StoredVector(NamedTuple):
    """A vector as the memory index reads it; numbers rise and never return."""

    number: int
    text: int
    value: bytes


class VectorSnapshot(Protocol):
    """Reads."""

    def embedder(self, generation: Generation = "present") -> EmbedderName | None:
        """Whose vectors the cube holds, or is being given; None for none."""
        ...

    def last_vector(self) -> int:
        """The number of the newest vector of whichever generation, 0 for none."""
        ...

    def vectors_after(self, number: int) -> Iterator[StoredVector]:
        """Present vectors written after this number, in order."""
        ...

    def shown_after(self, number: int) -> Iterator[tuple[int, int]]:
        """Of texts with vectors written after this number: text, and how it tells what it tells."""
        ...

    def vectors_of(self, texts: Sequence[TextId]) -> Iterator[StoredVector]:
        """All present vectors of these texts."""
        ...

    def stale_vectors(self, *, after: int, limit: int) -> list[int]:
        """The numbers, after this one and in order, of vectors that belong to no generation."""
        ...

    def pending_texts(self, *, limit: int) -> list[tuple[TextId, str]]:
        """Texts that wait for a present vector."""
        ...

    def texts_to_come(self, *, after: TextId, limit: int) -> list[tuple[TextId, str]]:
        """Texts after this one that have no vector of the generation to come."""
        ...

    def progress_to_come(self) -> tuple[int, int]:
        """How many texts have vectors of the generation to come, and how many texts there are."""
        ...

    def same_text_vectors(self, texts: Sequence[str], *, of: EmbedderName) -> list[list[StoredSpan] | None]:
        """For each text, the vectors that the cube has of an equal text by this embedder."""
        ...


class VectorTransaction(Protocol):
    """Writes."""

    def set_vectors(
        self, vectors: Iterable[tuple[TextId, Sequence[StoredSpan]]], *, generation: Generation = "present"
    ) -> None:
        """Keep the vectors of texts, which then wait no more; gone texts are passed over."""
        ...

    def set_embedder(self, embedder: EmbedderName) -> None:
        """Name the embedder of the present vectors, and none to come; texts without a vector of it wait."""
        ...

    def set_coming_embedder(self, embedder: EmbedderName | None) -> None:
        """Name the embedder that is to take the present one's place; what another was making is stale."""
        ...

    def delete_stale_vectors(self, numbers: Sequence[int]) -> None:
        """Delete those of these vectors that belong to no generation."""
        ...
