"""Text that is put into a request: where it should be, and no other byte changed."""

from __future__ import annotations

import json
from itertools import takewhile

from hypothesis import given
from hypothesis import strategies as st

from remanence.errors import InvalidInput
from remanence.faces.proxy.dialects import Chat, Responses
from remanence.faces.proxy.spans import read_document

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
ROLES = st.sampled_from(["system", "developer", "user", "assistant", "tool"])
MESSAGES = st.lists(st.fixed_dictionaries({"role": ROLES, "content": VALUES}) | VALUES, max_size=5)
OTHERS = st.dictionaries(st.text(), VALUES, max_size=3)
INDENTS = st.sampled_from([None, 0, 2, "\t"])


def written(document: object, indent: int | str | None, ascii_only: bool) -> bytes:
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_only)
    return text.encode("utf-8", "replace")  # half a character can't be sent as it is


@given(OTHERS, MESSAGES, OTHERS, INDENTS, st.booleans(), st.text(st.characters(codec="utf-8")))
def test_a_chats_block_ends_its_instructions_and_no_other_byte_changes(
    before: dict[str, object],
    messages: list[object],
    after: dict[str, object],
    indent: int | str | None,
    ascii_only: bool,
    block: str,
) -> None:
    others = {**before, "messages": messages, **after}
    body = written({**others, "messages": messages}, indent, ascii_only)
    document = read_document(body)
    assert document is not None
    new = json.loads(body)["messages"]
    leading = list(takewhile(lambda one: role(one) in ("system", "developer"), new))
    try:
        sent = Chat().insert(document, block)
    except InvalidInput:
        assert not isinstance(leading[-1].get("content"), str | list)
        return
    if not leading:
        piece = json.dumps({"role": "system", "content": block})
        new.insert(0, {"role": "system", "content": block})
    elif isinstance(leading[-1]["content"], str):
        piece = json.dumps(f"\n\n{block}")[1:-1]
        leading[-1]["content"] += f"\n\n{block}"
    else:
        piece = json.dumps({"type": "text", "text": block})
        leading[-1]["content"].append({"type": "text", "text": block})
    assert json.loads(sent) == {**json.loads(body), "messages": new}
    pieces = (f",{piece}".encode(), f"{piece},".encode(), piece.encode())
    assert body in [rest for one in pieces for rest in without(sent, one)]


def role(message: object) -> object:
    return message.get("role") if isinstance(message, dict) else None


def without(text: bytes, piece: bytes) -> list[bytes]:
    """The text without the piece, for each place where it stands."""
    places = [at for at in range(len(text)) if text.startswith(piece, at)]
    return [text[:at] + text[at + len(piece) :] for at in places]


@given(
    OTHERS, st.none() | st.text(), INDENTS, st.booleans(), st.text(st.characters(codec="utf-8"), min_size=1)
)
def test_a_responses_block_ends_its_instructions(
    others: dict[str, object],
    instructions: str | None,
    indent: int | str | None,
    ascii_only: bool,
    block: str,
) -> None:
    others.pop("instructions", None)
    for given_ones in ({"instructions": instructions}, {}):
        body = written({**others, **given_ones}, indent, ascii_only)
        document = read_document(body)
        assert document is not None
        new, old = json.loads(Responses().insert(document, block)), json.loads(body)
        assert new.pop("instructions") == (
            block if old.get("instructions") is None else f"{old['instructions']}\n\n{block}"
        )
        old.pop("instructions", None)
        assert new == old


@given(st.binary() | st.text().map(lambda text: text.encode("utf-8", "replace")))
def test_what_is_no_object_is_no_document(body: bytes) -> None:
    document = read_document(body)
    try:
        value = json.loads(body.decode("utf-8"))
    except ValueError:
        value = None
    assert (document is not None) == isinstance(value, dict)
