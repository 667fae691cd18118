"""E-mail into blocks, a message each with its headers: a single one (eml) or a mailbox (mbox), streamed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr
from typing import BinaryIO, cast

from remanence.errors import ExtraMissing, InvalidInput
from remanence.model.item import Json
from remanence.reader.documents.blocks import Block, LeftOut, Parsed
from remanence.reader.documents.decoding import decode
from remanence.reader.documents.html import declared_charset, read_html

MESSAGE_BYTES_MAX = 32 * 2**20  # with its attachments
HEADER_CHARS_MAX = 400  # of one header as it is shown; lists of recipients are longer
PARTS_MAX = 1_000
NESTED_MAX = 20
SHOWN = ("From", "To", "Cc", "Date", "Subject")
_BEGINS = re.compile(rb"From \S*.*\d{4}|From \S+@|From -")
_QUOTED = re.compile(rb"^>(>*From )", re.M)
_FAULTS = (
    AttributeError,
    LookupError,
    MessageError,
    RecursionError,
    TypeError,
    ValueError,
)  # of malformed ones


def read_mail(data: bytes) -> Parsed:
    """One message. Raises InvalidInput for what is none."""
    left_out: list[LeftOut] = []
    notes: list[str] = []
    try:
        message = _parsed(data)
        blocks = list(_message_blocks(message, "the message", {}, left_out, notes))
        author, dated = _sender(message), _header(message, "Date")
    except _FAULTS as error:
        raise InvalidInput(f"it is no e-mail that can be read ({type(error).__name__}: {error})") from error
    if not message.keys():
        raise InvalidInput("it is no e-mail: it has no headers")
    return Parsed(blocks, "email", author=author, dated=dated, left_out=left_out, notes=notes)


def read_mailbox(stream: BinaryIO) -> Parsed:
    """All messages of a mailbox, one at a time; one that can't be read is named and the rest is taken."""
    left_out: list[LeftOut] = []
    notes: list[str] = []
    return Parsed(_mailbox_blocks(stream, left_out, notes), "email", left_out=left_out, notes=notes)


def _mailbox_blocks(stream: BinaryIO, left_out: list[LeftOut], notes: list[str]) -> Iterator[Block]:
    for number, data in enumerate(_messages(stream), 1):
        where = f"message {number}"
        if data is None:
            left_out.append(LeftOut(where, f"it is longer than MESSAGE_BYTES_MAX = {MESSAGE_BYTES_MAX}"))
            continue
        try:
            message = _parsed(data)
            if not message.keys():
                left_out.append(LeftOut(where, "it is malformed: it has no headers"))
                continue
            blocks = list(_message_blocks(message, where, {"number": number}, left_out, notes))
        except _FAULTS as error:
            left_out.append(LeftOut(where, f"it is malformed ({type(error).__name__}: {error})"))
            continue
        yield from blocks


def _messages(stream: BinaryIO) -> Iterator[bytes | None]:
    """The bytes of each message; None for one that is too long."""
    held: list[bytes] | None = None
    size, after_empty = 0, True
    for line in iter(lambda: stream.readline(MESSAGE_BYTES_MAX + 1), b""):
        if after_empty and line.startswith(b"From ") and _BEGINS.match(line):
            if held is not None:
                yield _whole(held, size)
            held, size = [], 0
        elif held is not None:
            size += len(line)
            if size <= MESSAGE_BYTES_MAX:
                held.append(line)
        after_empty = not line.strip()
    if held is not None:
        yield _whole(held, size)


def _whole(held: list[bytes], size: int) -> bytes | None:
    return None if size > MESSAGE_BYTES_MAX else _QUOTED.sub(rb"\1", b"".join(held))


def _parsed(data: bytes) -> Message:
    return message_from_bytes(data, policy=policy.compat32)


def _message_blocks(
    message: Message,
    where: str,
    place: dict[str, Json],
    left_out: list[LeftOut],
    notes: list[str],
    depth: int = 0,
) -> Iterator[Block]:
    """The blocks of a message: one, and one for each message within it."""
    if depth > NESTED_MAX:
        left_out.append(LeftOut(where, f"it holds messages over NESTED_MAX = {NESTED_MAX} deep"))
        return
    message_id = _header(message, "Message-ID")
    spot: dict[str, Json] = {**place, **({"message": message_id} if message_id else {})}
    text, inner, attached = _contents(message, where, left_out, notes)
    if attached:
        spot["attachments"] = [*attached]
    head = "\n".join(f"{name}: {value}" for name in SHOWN if (value := _header(message, name)))
    subject = _header(message, "Subject")
    yield Block("", "heading", spot, level=depth + 1, title=subject or "(no subject)", gap="")
    yield Block(
        f"{head}\n\n{text}".rstrip(),
        "message",
        spot,
        lead=f"{head}\n\n" if len(head) <= HEADER_CHARS_MAX else "",
        gap="",
        key=message_id,
        author=_sender(message),
        dated=_header(message, "Date"),
    )
    for one in inner:
        yield from _message_blocks(one, f"a message within {where}", {}, left_out, notes, depth + 1)


def _contents(
    message: Message, where: str, left_out: list[LeftOut], notes: list[str]
) -> tuple[str, list[Message], list[str]]:
    """A message's text, the messages within it, and the names of what is attached."""
    texts: list[str] = []
    inner: list[Message] = []
    attached: list[str] = []
    waiting: list[Message] = [message]
    seen = 0
    while waiting:
        part = waiting.pop(0)
        seen += 1
        if seen > PARTS_MAX:
            left_out.append(LeftOut(where, f"it has more than PARTS_MAX = {PARTS_MAX} parts"))
            break
        kind = part.get_content_type()
        parts = part.get_payload()
        if kind == "message/rfc822" and isinstance(parts, list):
            inner += cast("list[Message]", parts)
        elif kind == "multipart/alternative" and isinstance(parts, list):
            waiting[:0] = _best(cast("list[Message]", parts))
        elif part.is_multipart() and isinstance(parts, list):
            waiting[:0] = cast("list[Message]", parts)
        elif part.get_content_disposition() == "attachment" or kind not in ("text/plain", "text/html"):
            name = _filename(part) or kind
            attached.append(name)
            left_out.append(LeftOut(where, f"its attachment {name!r} ({kind}) was not read"))
        else:
            texts.append(_text(part, kind, where, notes))
    return "\n\n".join(filter(None, map(str.strip, texts))), inner, attached


def _best(parts: list[Message]) -> list[Message]:
    """Of the forms of one text, the plain one, else the last, which the sender likes best."""
    plain = [part for part in parts if part.get_content_type() == "text/plain"]
    return (plain or parts)[-1:]


def _text(part: Message, kind: str, where: str, notes: list[str]) -> str:
    data = part.get_payload(decode=True)
    raw = data if isinstance(data, bytes) else b""
    charset = part.get_content_charset()
    try:
        decoded = decode(raw, declared=charset or (declared_charset(raw) if kind == "text/html" else None))
        text = decoded.text
        if decoded.note:
            notes.append(f"{where}: {decoded.note}")
    except (InvalidInput, ExtraMissing):
        text = raw.decode("latin-1")
        notes.append(f"{where}: its text is not in the encoding {charset!r}; read byte by byte as latin-1")
    if kind != "text/html":
        return text
    return "\n\n".join(block.text for block in read_html(text).blocks)


def _header(message: Message, name: str) -> str | None:
    """A header as people read it, in one line; as it stands where it can't be decoded."""
    value = message.get(name)
    if value is None:
        return None
    try:
        shown = str(make_header(decode_header(str(value))))
    except _FAULTS:
        shown = str(value)
    one_line = " ".join(shown.split())
    if len(one_line) > HEADER_CHARS_MAX:
        one_line = one_line[: HEADER_CHARS_MAX - 1] + "…"
    return one_line or None


def _sender(message: Message) -> str | None:
    """Who wrote a message, by name where it gives one, else by address."""
    given = _header(message, "From")
    if given is None:
        return None
    name, address = parseaddr(given)
    return name or address or given


def _filename(part: Message) -> str | None:
    try:
        name = part.get_filename()
        return None if name is None else str(make_header(decode_header(name)))
    except _FAULTS:
        return None
