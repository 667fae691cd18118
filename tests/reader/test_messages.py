"""Messages in the OpenAI chat format are kept word for word, or refused by index and field."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remanence.errors import InvalidInput
from remanence.reader.messages import (
    MESSAGE_BYTES_MAX,
    METADATA_BYTES_MAX,
    NAME_CHARS_MAX,
    ROLES,
    Message,
    parse_messages,
)


def parsed(*raw: object) -> tuple[Message, ...]:
    return parse_messages(raw, tz=UTC).messages


def test_a_plain_message_needs_role_and_content_only() -> None:
    assert parsed({"role": "user", "content": "hi"}) == (Message(role="user", content="hi"),)


def test_name_time_session_id_and_further_keys_are_kept() -> None:
    (message,) = parsed(
        {
            "role": "user",
            "content": "hi",
            "name": "Alice",
            "timestamp": "2023-05-08T13:56:00Z",
            "session": "s1",
            "id": "m1",
            "mood": {"calm": 0.5},
            "read": datetime(2023, 5, 9),
        }
    )
    assert message == Message(
        "user", "hi", "Alice", datetime(2023, 5, 8, 13, 56, tzinfo=UTC), "s1", "m1",
        {"mood": {"calm": 0.5}, "read": "2023-05-09T00:00:00"},
    )  # fmt: skip


def test_a_naive_time_is_read_in_the_zone_given() -> None:
    (message,) = parse_messages(
        [{"role": "user", "content": "hi", "timestamp": "2023-01-01 12:00"}], tz=ZoneInfo("Asia/Tokyo")
    ).messages
    assert message.said_at == datetime(2023, 1, 1, 3, tzinfo=UTC)


def test_content_parts_become_text_and_attachments_their_captions() -> None:
    (message,) = parsed(
        {
            "role": "user",
            "content": [
                "look:",
                {"type": "text", "text": "my dog"},
                {"type": "image_url", "image_url": {"url": "data:...", "alt": "a dog on a beach"}},
                {"type": "input_image", "image_url": "https://example.org/x.png"},
                {
                    "type": "input_audio",
                    "input_audio": {"data": "...", "format": "wav", "transcript": "woof"},
                },
                {"type": "file", "file": {"filename": "vet.pdf"}},
                {"type": "refusal", "refusal": "I can't"},
            ],
        }
    )
    assert message.content == (
        "look:\nmy dog\n[image: a dog on a beach]\n[image]\n[audio: woof]\n[file: vet.pdf]\nI can't"
    )


def test_tool_calls_become_text_and_results_name_their_call() -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "find", "arguments": '{"q": "jazz"}'}}
    asked, answered, both, legacy = parsed(
        {"role": "assistant", "content": None, "tool_calls": [call], "refusal": None},
        {"role": "tool", "tool_call_id": "c1", "content": "3 records"},
        {"role": "assistant", "content": "One moment.", "tool_calls": [call]},
        {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": "{}"}},
    )
    assert asked.content == '[calls find({"q": "jazz"})]'
    assert asked.metadata == {"tool_call_ids": ["c1"]}
    assert answered.metadata == {"tool_call_id": "c1"}
    assert both.content == 'One moment.\n[calls find({"q": "jazz"})]'
    assert legacy.content == "[calls f({})]"


def test_tool_blocks_among_the_parts_are_read_too() -> None:
    asked, answered = parsed(
        {"role": "assistant", "content": [{"type": "tool_use", "name": "find", "input": {"q": 1}}]},
        {"role": "user", "content": [{"type": "tool_result", "content": [{"type": "text", "text": "3"}]}]},
    )
    assert (asked.content, answered.content) == ('[calls find({"q": 1})]', "3")


def test_a_spoken_answer_is_kept_by_its_words_and_not_its_sound() -> None:
    (message,) = parsed(
        {"role": "assistant", "content": None, "audio": {"data": "A" * 10**6, "transcript": "hello"}}
    )
    assert (message.content, dict(message.metadata)) == ("hello", {})


def test_a_client_object_is_read_like_the_dict_it_dumps_to() -> None:
    class FromClient:
        def model_dump(self, *, exclude_none: bool) -> dict[str, object]:
            assert exclude_none
            return {"role": "assistant", "content": "hello"}

    assert parsed(FromClient())[0].content == "hello"


def test_messages_that_say_nothing_are_left_out_and_counted() -> None:
    conversation = parse_messages(
        [
            {"role": "user", "content": "a"},
            {"role": "assistant", "content": ""},
            {"role": "assistant", "content": None},
            {"role": "user", "content": []},
            {"role": "user", "content": " "},
        ],
        tz=UTC,
    )
    assert [message.content for message in conversation.messages] == ["a", " "]
    assert conversation.empty == (1, 2, 3)


@pytest.mark.parametrize(
    "text",
    [
        "a\0b",
        "\ud83d",
        "\udc00\ud83d",
        "שלום עולם",
        "👩‍👩‍👧 🏳️‍🌈",
        " two\r\nlines\t ",
        "\ufeffx",
        "x" * (5 * 2**20),
    ],
)
def test_content_is_kept_word_for_word(text: str) -> None:
    assert parsed({"role": "user", "content": text})[0].content == text
    assert parsed({"role": "user", "content": [{"type": "text", "text": text}]})[0].content == text


GOOD = {"role": "user", "content": "hi"}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ({"content": "x"}, "message 1: it has no role; give one of: system"),
        ({"role": "boss", "content": "x"}, "message 1: role 'boss' is not one of: system"),
        ({"role": 3, "content": "x"}, "message 1: role 3"),
        ({"role": "user"}, "message 1: it has no content; give text"),
        ({"role": "assistant"}, "message 1: it has no content; give text"),
        ({"role": "user", "content": None}, "message 1: content is null; give text"),
        ({"role": "user", "content": 5}, "message 1: content is a int; give text"),
        ({"role": "user", "content": {"type": "text", "text": "x"}}, "message 1: content is a dict"),
        ({"role": "user", "content": b"x"}, "message 1: content is a bytes"),
        ({"role": "user", "content": [5]}, "message 1: content part 0 is a int"),
        (
            {"role": "user", "content": [{"type": "smell"}]},
            "content part 0 has type 'smell', not one of: text",
        ),
        ({"role": "user", "content": [{"type": "text"}]}, "content part 0: its 'text' is a NoneType"),
        ({**GOOD, "name": ""}, "message 1: name is blank"),
        ({**GOOD, "name": 7}, "message 1: name 7 is a int; give text"),
        ({**GOOD, "name": "a\0"}, "message 1: name 'a.x00' holds a NUL"),
        ({**GOOD, "session": "\ud800"}, "message 1: session .* holds a NUL or half a surrogate"),
        ({**GOOD, "id": "x" * (NAME_CHARS_MAX + 1)}, "message 1: id has 201 characters"),
        ({**GOOD, "timestamp": "soon"}, "message 1: timestamp 'soon' is no time"),
        ({**GOOD, "extra": {1, 2}}, "message 1: its further keys .extra. are not all JSON"),
        ({**GOOD, "extra": float("nan")}, "message 1: its further keys .extra. are not all JSON"),
        ({**GOOD, "extra": "x" * METADATA_BYTES_MAX}, "at most METADATA_BYTES_MAX = 65536"),
        ({**GOOD, "tool_calls": 5}, "message 1: tool_calls is a int"),
        ({**GOOD, "tool_calls": [5]}, "message 1: tool call 0 is a int"),
        ({**GOOD, "tool_calls": [{"function": {}}]}, "message 1: tool call 0 names no function"),
        (
            {**GOOD, "content": "x" * (MESSAGE_BYTES_MAX + 1)},
            "message 1: content of .* is over MESSAGE_BYTES_MAX",
        ),
        ({**GOOD, "content": "€" * (MESSAGE_BYTES_MAX // 3 + 1)}, "is over MESSAGE_BYTES_MAX"),
        ("hi", "message 1: it is a str; give an object with 'role' and 'content'"),
        (None, "message 1: it is a NoneType"),
        (dict, "message 1: it is a type"),
    ],
)
def test_a_bad_message_is_refused_by_index_and_field(bad: object, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        parsed(GOOD, bad)


@pytest.mark.parametrize("raw", ["hi", b"hi", GOOD, 5, None])
def test_what_is_no_list_is_refused(raw: object) -> None:
    with pytest.raises(InvalidInput, match="give a list of messages"):
        parse_messages(raw, tz=UTC)  # type: ignore[arg-type]  # wrong on purpose


def test_deep_nesting_is_refused_and_not_crashed_on() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(InvalidInput, match="message 0: its further keys"):
        parsed({**GOOD, "extra": deep})


def test_messages_are_read_once_more_unchanged() -> None:
    once = parsed(GOOD, {**GOOD, "name": "Bob"})
    assert parse_messages(once, tz=UTC).messages == once


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
fields = st.sampled_from(
    ["role", "content", "name", "timestamp", "session", "id", "tool_calls", "audio", "x"]
)


@given(st.dictionaries(fields, json_values | st.sampled_from(ROLES)) | json_values)
def test_any_json_is_read_or_refused(value: object) -> None:
    refusal = "message 0: "
    try:
        parse_messages([value], tz=UTC)
    except InvalidInput as error:
        refusal = str(error)
    assert refusal.startswith("message 0: ")
