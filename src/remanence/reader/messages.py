"""What agents pass, as messages: the OpenAI chat format, read strictly and kept word for word.

Knows every field of a message, its bounds, and what to say when one is wrong. Asked by the cube's
`observe`; `message_file` feeds it from files.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo

from remanence.errors import InvalidInput
from remanence.model.item import NOTHING, Json
from remanence.reader.parts import as_mapping, calls_text, content_text
from remanence.reader.timestamps import read_timestamp

ROLES = ("system", "developer", "user", "assistant", "tool", "function")
MESSAGES_MAX = 1_000_000  # in one call: years of talk, and about 1 GB of objects
MESSAGE_BYTES_MAX = 16 * 2**20  # of content in UTF-8; far above any model's window, far below SQLite's 1 GB
METADATA_BYTES_MAX = 64 * 2**10  # of a message's further keys as JSON: notes about it, not a second content
NAME_CHARS_MAX = 200  # of a name, a session or an id

_TIME_KEYS = ("timestamp", "said_at", "created_at", "create_time")
_SESSION_KEYS = ("session", "session_id")
_ID_KEYS = ("message_id", "id")
_UNFIT = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it was said. Where the sender gave no name, time, session or id, it is None."""

    role: str
    content: str
    author: str | None = None
    said_at: datetime | None = None  # aware, UTC
    session: str | None = None
    message_id: str | None = None
    metadata: Mapping[str, Json] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class Conversation:
    """The messages that say something, in order, and where in the input those that say nothing stood."""

    messages: tuple[Message, ...]
    empty: tuple[int, ...] = ()  # indexes of messages with neither text nor calls: nothing to remember


def parse_messages(raw: Iterable[object], *, tz: tzinfo) -> Conversation:
    """Read messages in the OpenAI chat format, dicts or the openai client's own objects.

    A message needs a `role` and a `content`: text, or a list of content parts. It may have a `name`,
    a `timestamp` (read in `tz` where it names no zone), a `session` and an `id`; further keys become
    metadata. An assistant's tool calls become text. All or nothing: raises InvalidInput that names the
    message by its index (from 0), the field, and what would be right.

    >>> from datetime import UTC
    >>> parse_messages([{"role": "user", "content": "I like jazz"}], tz=UTC).messages[0].content
    'I like jazz'
    """
    if isinstance(raw, str | bytes | Mapping) or not isinstance(raw, Iterable):
        raise InvalidInput(f"messages are a {type(raw).__name__}; give a list of messages, also for one")
    messages: list[Message] = []
    empty: list[int] = []
    for index, one in enumerate(raw):
        if index >= MESSAGES_MAX:
            raise InvalidInput(f"more than MESSAGES_MAX = {MESSAGES_MAX} messages; use several calls")
        try:
            message = one if isinstance(one, Message) else _parse(one, tz)
        except InvalidInput as error:
            raise InvalidInput(f"message {index}: {error}") from error
        if message.content:
            messages.append(message)
        else:
            empty.append(index)
    return Conversation(tuple(messages), tuple(empty))


def _parse(raw: object, tz: tzinfo) -> Message:
    fields = as_mapping(raw)
    if fields is None:
        raise InvalidInput(f"it is a {type(raw).__name__}; give an object with 'role' and 'content'")
    rest = dict(fields)
    role = _role(rest.pop("role", None))
    content, call_ids = _content(rest, role)
    said_at = _take(rest, _TIME_KEYS)
    return Message(
        role=role,
        content=content,
        author=_short_text(_take(rest, ("name",)), "name"),
        said_at=None if said_at is None else read_timestamp(said_at, tz=tz),
        session=_short_text(_take(rest, _SESSION_KEYS), "session"),
        message_id=_short_text(_take(rest, _ID_KEYS), "id"),
        metadata=_metadata(rest, call_ids),
    )


def _role(role: object) -> str:
    if role is None:
        raise InvalidInput(f"it has no role; give one of: {', '.join(ROLES)}")
    if not isinstance(role, str) or role not in ROLES:
        raise InvalidInput(f"role {_shown(role)} is not one of: {', '.join(ROLES)}")
    return role


def _content(rest: dict[str, object], role: str) -> tuple[str, tuple[str, ...]]:
    """The text of content, refusal, spoken answer and calls, taken out of `rest`; and the calls' ids."""
    given = "content" in rest
    content = rest.pop("content", None)
    calls = rest.pop("tool_calls", None)
    single_call = rest.pop("function_call", None)
    refusal = rest.pop("refusal", None)
    audio = as_mapping(rest.get("audio"))
    pieces = [] if content is None else [content_text(content)]
    if isinstance(refusal, str):
        pieces.append(refusal)
    if audio is not None and isinstance(audio.get("transcript"), str):
        del rest["audio"]  # its data may be megabytes; its words are the content
        pieces.append(content_text([{"type": "text", "text": audio["transcript"]}]))
    call_ids: tuple[str, ...] = ()
    all_calls = [single_call] if single_call is not None else calls
    if all_calls is not None:
        text, call_ids = calls_text(all_calls)
        pieces.append(text)
    if not pieces and not (given and role == "assistant"):
        what = "content is null" if given else "it has no content"
        raise InvalidInput(f"{what}; give text or a list of content parts")
    text = "\n".join(piece for piece in pieces if piece)
    # A character is at most four bytes, so that most texts need not be encoded to know.
    if 4 * len(text) > MESSAGE_BYTES_MAX and len(text.encode("utf-8", "surrogatepass")) > MESSAGE_BYTES_MAX:
        raise InvalidInput(
            f"content of {len(text)} characters is over MESSAGE_BYTES_MAX = {MESSAGE_BYTES_MAX} bytes"
        )
    return text, call_ids


def _take(rest: dict[str, object], keys: tuple[str, ...]) -> object:
    """The first of the keys that has a value, taken out of `rest`; the others stay as metadata."""
    for key in keys:
        if rest.get(key) is not None:
            return rest.pop(key)
    for key in keys:
        rest.pop(key, None)
    return None


def _short_text(value: object, name: str) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise InvalidInput(f"{name} {_shown(value)} is a {type(value).__name__}; give text")
    if not value.strip():
        raise InvalidInput(f"{name} is blank; give text, or leave it out")
    if len(value) > NAME_CHARS_MAX:
        raise InvalidInput(f"{name} has {len(value)} characters; NAME_CHARS_MAX is {NAME_CHARS_MAX}")
    if _UNFIT.search(value):
        raise InvalidInput(f"{name} {_shown(value)} holds a NUL or half a surrogate pair; give plain text")
    return value


def _metadata(rest: dict[str, object], call_ids: tuple[str, ...]) -> Mapping[str, Json]:
    if call_ids:
        rest["tool_call_ids"] = list(call_ids)
    if not rest:
        return NOTHING
    try:
        encoded = json.dumps(rest, allow_nan=False, default=_plain)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInput(f"its further keys ({_listed(rest)}) are not all JSON: {error}") from None
    if len(encoded) > METADATA_BYTES_MAX:
        raise InvalidInput(
            f"its further keys ({_listed(rest)}) take {len(encoded)} bytes as JSON; "
            f"at most METADATA_BYTES_MAX = {METADATA_BYTES_MAX} are kept"
        )
    decoded: dict[str, Json] = json.loads(encoded)
    return decoded


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a {type(value).__name__} is not")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _listed(rest: Mapping[str, object]) -> str:
    keys = [str(key) for key in rest]
    return ", ".join(keys[:5]) + (", ..." if len(keys) > 5 else "")
