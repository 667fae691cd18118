"""Makes a message of what a format's reader found, within the bounds of `observe`; else says why not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from remanence.errors import InvalidInput
from remanence.model.item import Json
from remanence.reader.exports.records import Problem
from remanence.reader.messages import Message, parse_messages


def message_of(
    place: str,
    *,
    role: str,
    content: str,
    author: str | None,
    said_at: datetime | None,
    session: str,
    message_id: str | None,
    metadata: Mapping[str, Json],
) -> Iterator[Message | Problem]:
    """The message, without content where it says nothing; a Problem where `observe` would refuse it."""
    if not content.strip():
        yield Message(role=role, content="")
        return
    try:
        parse_messages([{"role": role, "content": content}], tz=UTC)
    except InvalidInput as error:
        yield Problem(place, "refused", str(error).removeprefix("message 0: "))
        return
    yield Message(role, content, author, said_at, session, message_id, metadata)
