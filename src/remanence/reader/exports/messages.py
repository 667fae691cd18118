"""Makes a message of what a format's reader found, within the bounds of `observe`; else says why not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from remanence.model.item import Json
from remanence.reader.exports.records import Problem
from remanence.reader.messages import MESSAGE_BYTES_MAX, Message


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
    size = len(content.encode("utf-8", "surrogatepass"))
    if size > MESSAGE_BYTES_MAX:
        why = f"its content has {size} bytes, above MESSAGE_BYTES_MAX = {MESSAGE_BYTES_MAX}"
        yield Problem(place, "refused", why)
        return
    yield Message(role, content, author, said_at, session, message_id, metadata)
