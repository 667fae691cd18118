"""Messages in a file: JSON Lines, one JSON array, or a JSON object with "messages", told apart by itself.

JSON Lines are streamed, a line at a time; a document is read whole. Errors name the line. Yields raw
messages for `messages.parse_messages`; asked by the command line.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from remanence.errors import InvalidInput

# Of a document or a line, since both are read whole: about 2 GB in memory. Longer ones go as JSON Lines.
DOCUMENT_CHARS_MAX = 256 * 2**20
NESTED_MAX = 3  # conversations in a list in a file

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def read_message_file(source: Path | str | bytes | BinaryIO | Iterable[str]) -> Iterator[object]:
    """Yield the raw messages of a file: a path, its bytes, a binary stream, or lines of text.

    An object with a "messages" list stands for its messages, which take its "session" where they have
    none. A file without content holds no messages. Text is UTF-8, or UTF-16 with a byte order mark.
    Raises InvalidInput that names the file, or the line that is no JSON, no UTF-8 or too long.

    >>> list(read_message_file(b'{"role": "user", "content": "hi"}'))
    [{'role': 'user', 'content': 'hi'}]
    """
    if isinstance(source, Path | str):
        try:
            with open(source, "rb") as stream:
                yield from _from_lines(_decoded(stream))
        except OSError as error:
            raise InvalidInput(f"cannot read {os.fspath(source)!r}: {error.strerror or error}") from error
    elif isinstance(source, bytes):
        yield from _from_lines(_decoded(io.BytesIO(source)))
    elif hasattr(source, "read") and not hasattr(source, "encoding"):
        yield from _from_lines(_decoded(source))  # type: ignore[arg-type]  # a stream without an encoding is binary
    else:
        yield from _from_lines(_text_lines(source))  # type: ignore[arg-type]  # what is left are lines of text


def _decoded(stream: BinaryIO) -> Iterator[str]:
    """The lines of a binary stream; reads no line longer than the bound."""
    return _decoded_lines(iter(lambda: stream.readline(DOCUMENT_CHARS_MAX + 1), b""))


def _decoded_lines(lines: Iterator[bytes]) -> Iterator[str]:
    first = next(lines, b"")
    if first.startswith(_UTF16_MARKS):
        yield from _utf16_lines(first, lines)
        return
    number = 0
    line: bytes | None = first.removeprefix(b"\xef\xbb\xbf")
    while line:
        number += 1
        _check_length(len(line), number)
        try:
            yield line.decode("utf-8")
        except UnicodeDecodeError as error:
            raise InvalidInput(
                f"line {number}: byte {error.start} is not UTF-8; save the file as UTF-8"
            ) from error
        line = next(lines, None)


def _utf16_lines(first: bytes, lines: Iterator[bytes]) -> Iterator[str]:
    held = [first]
    size = len(first)
    for line in lines:
        held.append(line)
        size += len(line)
        if size > 2 * DOCUMENT_CHARS_MAX:
            raise InvalidInput(f"a UTF-16 file of over {2 * DOCUMENT_CHARS_MAX} bytes; save it as UTF-8")
    try:
        text = b"".join(held).decode("utf-16")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"byte {error.start} is not UTF-16; save the file as UTF-8") from error
    yield from io.StringIO(text)


def _text_lines(lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        if not isinstance(line, str):
            raise InvalidInput(f"line {number} is a {type(line).__name__}; give lines of text")
        _check_length(len(line), number)
        yield line.removeprefix("\ufeff") if number == 1 else line


def _check_length(length: int, number: int) -> None:
    if length > DOCUMENT_CHARS_MAX:
        raise InvalidInput(
            f"line {number} is longer than DOCUMENT_CHARS_MAX = {DOCUMENT_CHARS_MAX}; split the file"
        )


def _from_lines(lines: Iterator[str]) -> Iterator[object]:
    skipped: list[str] = []  # blank lines and the first that is not, kept to name lines in a document
    for line in lines:
        skipped.append(line)
        if line.strip():
            break
    else:
        return
    first = skipped[-1]
    if first.lstrip().startswith("[") or not _is_json(first):
        yield from _messages_in(_document(skipped, lines), {}, "the file")
        return
    yield from _messages_in(_line_value(first, len(skipped)), {}, f"line {len(skipped)}")
    for number, line in enumerate(lines, len(skipped) + 1):
        if line.strip():
            yield from _messages_in(_line_value(line, number), {}, f"line {number}")


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _line_value(line: str, number: int) -> object:
    try:
        value: object = json.loads(line.rstrip())
    except json.JSONDecodeError as error:
        raise InvalidInput(f"line {number}, column {error.colno}: no JSON ({error.msg})") from error
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"line {number}: no JSON that can be read ({error})") from error
    return value


def _document(held: list[str], lines: Iterator[str]) -> object:
    size = sum(map(len, held))
    for line in lines:
        held.append(line)
        size += len(line)
        if size > DOCUMENT_CHARS_MAX:
            raise InvalidInput(
                f"over DOCUMENT_CHARS_MAX = {DOCUMENT_CHARS_MAX} characters; save it as JSON Lines"
            )
    try:
        value: object = json.loads("".join(held))
    except json.JSONDecodeError as error:
        raise InvalidInput(
            f"line {error.lineno}, column {error.colno}: no JSON, as a document or a line each ({error.msg})"
        ) from error
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"the file is no JSON that can be read ({error})") from error
    return value


def _messages_in(
    value: object, inherited: Mapping[str, object], where: str, depth: int = 0
) -> Iterator[object]:
    """The messages of a value: itself, or those of its "messages", or of each value in a list."""
    if depth > NESTED_MAX:
        raise InvalidInput(f"{where}: messages lie over NESTED_MAX = {NESTED_MAX} lists deep")
    if isinstance(value, list):
        for one in value:
            yield from _messages_in(one, inherited, where, depth + 1)
    elif isinstance(value, dict) and "role" not in value and isinstance(value.get("messages"), list):
        session = value.get("session", value.get("session_id"))
        below = inherited if session is None else {"session": session}
        yield from _messages_in(value["messages"], below, where, depth + 1)
    elif isinstance(value, dict):
        has_session = "session" in value or "session_id" in value
        yield value if has_session else {**inherited, **value}
    else:
        raise InvalidInput(f"{where}: a {type(value).__name__} where a message was expected; give objects")
