"""A session of a cube as other packages keep a chat: messages of their own shape, appended, listed, cleared.

A message's words are the item's text, in one place alone, so that what is erased of them is erased; the rest
of its fields are the item's metadata. A message without plain words is kept whole, as JSON.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass

import remanence
from remanence.clock import SystemClock
from remanence.cube import Cube
from remanence.embedding.port import Embedder
from remanence.errors import InvalidInput, NotFound
from remanence.faces.compat.clearing import clear, of_session
from remanence.model.ids import ItemId
from remanence.model.item import Item, Json
from remanence.model.kind import Kind
from remanence.verbs import arguments

REST_BYTES_MAX = 32 * 1024  # of the fields beside the words; with more a message is kept whole
ID_BITS = 128
Fields = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Turn:
    """A message to append: its role, all its fields, and its plain words with the rest, if it has such."""

    role: str  # "user", "assistant", "tool" or "system"
    fields: Fields
    words: str = ""
    rest: Fields | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A message as it is kept: its words beside the rest of its fields, or all fields and no words.

    Without fields it came by another way, or lost what it was made of: then the words are all there is.
    """

    item_id: ItemId
    role: str
    words: str | None
    fields: Fields | None


class Conversation:
    """One session of a cube: an open one, which stays open, or a file's, which `close` closes."""

    def __init__(
        self,
        memory: Cube | str | os.PathLike[str],
        session: str,
        *,
        embedder: Embedder | str | None = "own",
        erase: bool = True,
    ) -> None:
        self.session = arguments.name(session, "session")
        self._owned = not isinstance(memory, Cube)
        self.cube = memory if isinstance(memory, Cube) else remanence.open(memory, embedder=embedder)
        self._erase = erase
        self._clock = SystemClock()

    def append(self, turns: Iterable[Turn], *, because: str) -> None:
        """Add messages at the end, also such as were said before, all or none; the reader reads them."""
        messages = [self._message(turn) for turn in turns]
        if messages:
            self.cube.observe(messages, session=self.session, because=because)

    def kept(self) -> list[Kept]:
        """All messages, in order."""
        try:
            unit = self.cube.find_unit(self.session, kind="context")
        except NotFound:
            return []
        said = [item for item in unit.items() if item.kind is Kind.UTTERANCE and item.session == self.session]
        said.sort(key=lambda item: item.revision.provenance.turn or 0)
        return [_kept(item) for item in said]

    def forget(self, one: Kept, *, because: str) -> None:
        """Take a message away, with what was derived from it, for good."""
        self.cube.forget(one.item_id, erase=self._erase, because=because)

    def clear(self, *, because: str) -> None:
        """Take all messages away, with what was derived from them, for good."""
        clear(self.cube, of_session(self.session), erase=self._erase, because=because)

    def close(self) -> None:
        """End the use of the file, unless the cube was given open."""
        if self._owned:
            self.cube.close()

    def _message(self, turn: Turn) -> dict[str, object]:
        identity = f"{self._clock.random_bits(ID_BITS):032x}"  # nobody's: what is said again is said again
        message: dict[str, object] = {"role": turn.role, "id": identity}
        plain = turn.rest is not None and turn.words.strip() and len(_encoded(turn.rest)) <= REST_BYTES_MAX
        if plain:
            return message | {"content": turn.words, "fields": turn.rest}
        return message | {"content": _encoded(turn.fields), "whole": True}


def _kept(item: Item) -> Kept:
    role, fields = item.revision.provenance.role, item.metadata.get("fields")
    if item.metadata.get("whole") is True:
        whole = _decoded(item.content)
        return Kept(item.id, role, None if whole is not None else item.content, whole)
    return Kept(item.id, role, item.content, fields if isinstance(fields, dict) else None)


def _encoded(fields: Fields | None) -> str:
    try:
        return json.dumps(fields, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"the message can't be kept as JSON: {error}") from error


def _decoded(text: str) -> Fields | None:
    """The fields of a message kept whole; None where an erasure blanked some of it."""
    try:
        fields = json.loads(text)
    except ValueError:
        return None
    return fields if isinstance(fields, dict) else None
