"""A file of messages is read whatever its shape, and what is wrong in it is named by line."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remanence.errors import InvalidInput
from remanence.reader.message_file import read_message_file

A = {"role": "user", "content": "a\u2028 caffè"}
B = {"role": "assistant", "content": "b"}


def lines(*values: object) -> str:
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values)


SHAPES = {
    "json lines": lines(A, B),
    "json lines, blank between": "\n\n" + lines(A) + "\n  \n" + lines(B),
    "json lines, last line unended": lines(A, B).rstrip("\n"),
    "json lines, CRLF": lines(A, B).replace("\n", "\r\n"),
    "array": json.dumps([A, B]),
    "array, indented": json.dumps([A, B], indent=2),
    "object": json.dumps({"messages": [A, B]}),
    "object, indented": json.dumps({"messages": [A, B]}, indent=2),
    "conversations, one a line": lines({"messages": [A]}, {"messages": [B]}),
    "conversations in a list": json.dumps([{"messages": [A]}, {"messages": [B]}]),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_every_shape_and_encoding_gives_the_same_messages(shape: str, encoding: str, tmp_path: Path) -> None:
    data = SHAPES[shape].encode(encoding)
    path = tmp_path / "talk.json"
    path.write_bytes(data)
    assert list(read_message_file(data)) == [A, B]
    assert list(read_message_file(path)) == [A, B]
    assert list(read_message_file(str(path))) == [A, B]
    assert list(read_message_file(io.BytesIO(data))) == [A, B]
    assert list(read_message_file(io.StringIO(SHAPES[shape]))) == [A, B]


def test_a_conversation_gives_its_session_to_messages_without_one() -> None:
    own = {**B, "session": "t"}
    assert list(read_message_file(lines({"session": "s", "messages": [A, own]}, A).encode())) == [
        {"session": "s", **A}, own, A,
    ]  # fmt: skip


def test_a_file_without_content_holds_no_messages() -> None:
    assert list(read_message_file(b"")) == []
    assert list(read_message_file(b"\xef\xbb\xbf")) == []
    assert list(read_message_file(b"\n \n")) == []
    assert list(read_message_file(b"[]")) == []


def test_json_lines_are_streamed() -> None:
    def endless() -> Iterator[str]:
        while True:
            yield lines(A)

    stream = read_message_file(endless())
    assert [next(stream) for _ in range(1000)] == [A] * 1000


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (lines(A).encode() + b'{"role": "user"\n', "line 2, column 16: no JSON"),
        (b"\n" + lines(A).encode() + b"\xff\n", "line 3: byte 0 is not UTF-8"),
        (lines(A).encode() + b"5\n", "line 2: a int where a message was expected"),
        (b"hello\nworld\n", "line 1, column 1: no JSON"),
        (b'[{"role": "user"},\n{"role"]', "line 2, column 8: no JSON"),
        (b'[{"role": "user"}, 3]', "the file: a int where a message was expected"),
        (b"\xff\xfe\x00", "not UTF-16"),
        (b"\x00\x01\x02", "line 1"),
        (b"[" * 100_000, "."),
        (b"[[[[[[]]]]]]", "NESTED_MAX"),
        (lines(A).encode() + b'{"n": ' + b"9" * 5000 + b"}", "line 2: no JSON that can be read"),
    ],
)
def test_what_is_wrong_is_named_by_line(data: bytes, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        list(read_message_file(data))


def test_messages_before_a_bad_line_are_given_first() -> None:
    stream = read_message_file(lines(A).encode() + b"oops\n")
    assert next(stream) == A
    with pytest.raises(InvalidInput, match="line 2"):
        next(stream)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"cannot read .*nowhere.json.*: No such file"):
        list(read_message_file(tmp_path / "nowhere.json"))
    with pytest.raises(InvalidInput, match="cannot read"):
        list(read_message_file(tmp_path))


@given(st.binary(max_size=200) | st.text(alphabet='[]{}":, \n\\u0ralesmg', max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(InvalidInput):
        list(read_message_file(data))
