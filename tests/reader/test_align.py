"""Observing the same talk again adds nothing, whatever part of it is passed and in whatever steps."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remanence.errors import InvalidInput
from remanence.reader.align import Alignment, Place, align
from remanence.reader.messages import Message

NOON = datetime(2026, 5, 8, 12, tzinfo=UTC)


def message(text: str) -> Message:
    """`u:hi` is a user's message, `a`, `s` and `t` the other roles; `u#3:hi` has id 3, `u@3:hi` a time."""
    head, _, content = text.partition(":")
    role = {"u": "user", "a": "assistant", "s": "system", "t": "tool"}[head[0]]
    message_id = head.partition("#")[2] or None
    minute = head.partition("@")[2]
    said_at = NOON + timedelta(minutes=int(minute)) if minute else None
    return Message(role, content, said_at=said_at, message_id=message_id)


def messages(*texts: str) -> list[Message]:
    return [message(text) for text in texts]


def place(said: Message) -> Place:
    """An erased turn is written with the text XX, and blanked are the characters written as _."""
    text = None if said.content == "XX" else said.content
    blank = "_" if "_" in said.content else None
    return Place(said.role, said.author, text, said.said_at, said.message_id, blank)


class Session:
    """The plainest store: what an alignment calls new is appended, what it calls changed is replaced."""

    def __init__(self, *said: Message) -> None:
        self.places = [place(one) for one in said]

    def observe(self, given_now: Sequence[Message]) -> Alignment:
        alignment = align(self.places, given_now)
        for index in alignment.changed:
            at = alignment.places[index]
            assert at is not None
            self.places[at] = replace(self.places[at], text=given_now[index].content)
        self.places += [place(given_now[index]) for index in alignment.new]
        return alignment

    @property
    def texts(self) -> list[str | None]:
        return [one.text for one in self.places]


LONG = (
    "a message that is long enough to be told from another by its text alone, since nobody says it twice over"
)

# What a session holds, what is given, which of the given are new, which changed.
CASES = {
    "nothing known": ([], ["u:hi", "a:hello"], [0, 1], []),
    "nothing given": (["u:hi"], [], [], []),
    "the same again": (["u:hi", "a:hello"], ["u:hi", "a:hello"], [], []),
    "the growing list": (["u:hi", "a:hello"], ["u:hi", "a:hello", "u:bye"], [2], []),
    "a cut window": (["u:hi", "a:hello", "u:how?", "a:so"], ["u:how?", "a:so", "u:bye"], [2], []),
    "only what is new": (["u:hi", "a:hello"], ["u:bye", "a:see you"], [0, 1], []),
    "the same text in another role": (["u:hi"], ["a:hi"], [0], []),
    "the last turn again": (["u:hi", "a:ok"], ["a:ok"], [], []),
    "a short answer that was given before": (["u:hi", "a:ok", "u:more", "a:what?"], ["a:ok"], [0], []),
    "a greeting said again": (["u:hi", "a:hello", "u:x", "a:y"], ["u:hi", "a:hello"], [0, 1], []),
    "three turns from the middle": (["u:1", "a:2", "u:3", "a:4", "u:5"], ["a:2", "u:3", "a:4"], [], []),
    "a long turn from the middle": (["u:1", f"a:{LONG}", "u:3"], [f"a:{LONG}"], [], []),
    "turns from the middle, all of which repeat": (
        ["u:1", "a:2", "u:1", "a:2", "u:1", "a:2", "u:9"], ["u:1", "a:2", "u:1", "a:2"], [], []),
    "an old part, then other news": (
        ["u:1", "a:2", "u:3", "a:4", "u:5"], ["u:1", "a:2", "u:3", "a:new"], [3], []),
    "repeats inside a list": (["u:ok"], ["u:ok", "u:ok", "u:ok"], [1, 2], []),
    "repeats, all known": (["u:ok", "u:ok"], ["u:ok", "u:ok"], [], []),
    "what came before is passed later": (
        ["u:3", "a:4", "u:5"], ["u:1", "a:2", "u:3", "a:4", "u:5", "a:6"], [0, 1, 5], []),
    "a summary instead of old turns": (
        ["u:1", "a:2", "u:3", "a:4", "u:5"], ["u:what was said", "u:3", "a:4", "u:5", "a:6"], [0, 4], []),
    "turns left out": (
        ["u:1", "a:2", "u:3", "a:4", "u:5", "a:6", "u:7"],
        ["u:1", "a:2", "u:3", "u:5", "a:6", "u:7", "a:8"], [6], []),
    "an edit without ids": (
        ["u:1", "a:2", "u:3", "a:old", "u:5", "a:6", "u:7"],
        ["u:1", "a:2", "u:3", "a:new", "u:5", "a:6", "u:7", "a:8"], [7], [3]),
    "another last answer without ids": (["u:1", "a:2", "u:3", "a:4"], ["u:1", "a:2", "u:3", "a:5"], [3], []),
    "the same ids": (["u#1:hi", "a#2:ok"], ["u#1:hi", "a#2:ok", "u#3:hi"], [2], []),
    "an edit by id": (["u#1:hi", "a#2:ok"], ["u#1:hi there", "a#2:ok"], [], [0]),
    "ids out of order": (["u#1:hi", "a#2:ok", "u#3:so"], ["u#3:so", "u#1:hi"], [], []),
    "the same text under another id": (["u#1:ok"], ["u#2:ok"], [0], []),
    "ids on one side": (["u#1:hi", "a#2:ok"], ["u:hi", "a:ok", "u:so"], [2], []),
    "ids on the other side": (["u:hi", "a:ok"], ["u#1:hi", "a#2:ok", "u#3:so"], [2], []),
    "ids on some": (["u#1:hi", "a:hello", "u#2:so"], ["u#1:hi", "a:hello", "u#2:so", "a:well"], [3], []),
    "ids on some, edited": (["u#1:hi", "a:hello", "u#2:so"], ["u#1:hey", "a:hello", "u#2:so"], [], [0]),
    "an id again in the list": (["u#1:hi"], ["u#1:hi", "a:ok", "u#1:hi", "u#2:x", "u#2:x"], [1, 3], []),
    "the same at other times": (["u@1:ok", "a@2:ok"], ["u@3:ok", "a@4:ok"], [0, 1], []),
    "the same at the same times": (["u@1:hi", "a@2:ok", "u@3:so"], ["a@2:ok"], [], []),
    "times on one side": (["u@1:hi", "a@2:ok"], ["u:hi", "a:ok", "u:so"], [2], []),
    "an erased turn": (["u:hi", "a:XX", "u:so"], ["u:hi", "a:secret", "u:so", "a:well"], [3], []),
    "an erased turn at the end": (["u:hi", "a:XX"], ["u:hi", "a:secret"], [], []),
    "an erased turn at the start": (["u:XX", "a:ok", "u:so"], ["u:secret", "a:ok", "u:so"], [], []),
    "an erased turn by id": (["u#1:XX"], ["u#1:secret"], [], []),
    "an erased turn of another time": (["u@1:hi", "a@2:XX"], ["u@1:hi", "a@3:news"], [1], []),
    "erased turns alone tell nothing": (["u:XX", "a:XX"], ["u:one", "a:two"], [0, 1], []),
    "erased turns alone, by their times": (["u@1:XX", "a@2:XX"], ["u@1:one", "a@2:two", "u:so"], [2], []),
    "erased turns alone, at other times": (["u@1:XX", "a@2:XX"], ["u@3:one", "a@4:two"], [0, 1], []),
    "an erased turn, then news, by its time": (
        ["u@1:hi", "a@2:XX", "u@3:so"], ["a@2:secret", "u@4:new"], [1], []),
    "all at one time, all erased": (["u@1:XX", "a@1:XX"], ["u@1:one", "a@1:two", "u@1:so"], [2], []),
    "all at one time, the last erased": (["u@1:hi", "a@1:so", "u@1:XX"], ["u@1:news"], [0], []),
    "a time on one side": (["u@1:XX"], ["u:one"], [0], []),
    "another role at that time": (["u@1:XX"], ["a@1:one"], [0], []),
    "a blanked turn alone": (["u:I live in _____."], ["u:I live in Porto."], [], []),
    "a blanked turn, as it is shown": (["u:I live in _____."], ["u:I live in _____."], [], []),
    "a blanked turn, other words around": (["u:I live in _____."], ["u:I work at Cisco."], [0], []),
    "a blanked turn, longer": (["u:I live in _____."], ["u:I live in Lisbon."], [0], []),
    "a blanked turn with an unlike role": (["u:I live in _____."], ["a:I live in Porto."], [0], []),
    "a blanked turn at another time": (["u@1:I live in _____."], ["u@2:I live in Paris."], [0], []),
    "a blanked turn is known by its length": (["u:_______________."], ["u:I live in Porto.", "a:k"], [1], []),
    "too little left of a blanked turn": (["u:__."], ["u:ok."], [0], []),
    "little left of a blanked turn, by its time": (["u@1:__."], ["u@1:ok."], [], []),
    "little left of a blanked turn, by its neighbours": (["u:hi", "a:__.", "u:so"], ["u:hi", "a:ok.", "u:so"],
        [], []),
    "two that a blanked turn may be": (
        ["u:I live in _____."], ["u:I live in Porto.", "a:ok", "u:I live in Paris."], [1, 2], []),
    "a blanked turn and one like it": (
        ["u:I live in Paris.", "a:ok", "u:I live in _____.", "a:well"],
        ["u:I live in Paris.", "a:ok", "u:I live in Porto.", "a:well", "u:so"], [4], []),
    "a blanked turn from the middle": (
        ["u:1", f"a:{LONG[:-9]}_________", "u:3"], [f"a:{LONG}", "u:new"], [1], []),
    "a blanked turn by id, with other words": (["u#1:I live in _____."], ["u#1:I moved to Porto"], [], []),
    "erased and blanked turns, all by times": (
        ["u@1:XX", "a@2:__.", "u@3:XX", "a@4:so, ____"],
        ["u@1:one", "a@2:ok.", "u@3:two", "a@4:so, Jane", "u@5:new"], [4], []),
    "an erased turn among edits": (
        ["u:1", "a:2", "u:3", "a:XX", "u:5", "a:6", "u:7"],
        ["u:0", "u:1", "a:2", "u:3", "a:secret", "u:5", "a:6", "u:7"], [0], []),
    "the system message before a cut window": (
        ["s:be kind", "u:1", "a:2", "u:3", "a:4"], ["s:be kind", "u:3", "a:4", "u:5"], [3], []),
    "another system message": (["s:be kind", "u:1", "a:2"], ["s:be brief", "u:1", "a:2", "u:3"], [0, 3], []),
    "both system messages, once more": (
        ["s:be kind", "u:1", "a:2", "s:be brief", "u:3"], ["s:be brief", "u:1", "a:2", "u:3", "a:4"],
        [4], []),
    "a reminder between turns": (["u:1", "s:now", "a:2"], ["u:1", "s:now", "a:2", "u:3", "s:now"],
        [3, 4], []),
    "a reminder at the end": (["u:1", "a:2", "s:now"], ["u:1", "a:2", "s:now", "u:3"], [3], []),
    "an erased system message alone, by its time": (["s@1:XX"], ["s@1:secret", "u:1"], [1], []),
    "an erased system message": (["s:XX", "u:1", "a:2"], ["s:secret", "u:1", "a:2"], [], []),
    "nothing but system messages": (["s:be kind"], ["s:be kind", "s:be brief"], [1], []),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_table(name: str) -> None:
    known, now, new, changed = CASES[name]
    alignment = align([place(message(text)) for text in known], messages(*now))
    assert (list(alignment.new), list(alignment.changed)) == (new, changed)


def test_a_tail_is_enough_for_the_whole_list() -> None:
    said = messages(*(f"u:{n}" for n in range(100)))
    tail = [place(one) for one in said[60:90]]
    assert align(tail, said, whole=False).new == tuple(range(90, 100))
    assert align(tail, said, whole=True).new == (*range(60), *range(90, 100))
    assert align(tail, said[50:], whole=False).new == tuple(range(40, 50))


def test_one_id_for_two_messages_is_refused() -> None:
    with pytest.raises(InvalidInput, match="messages 0 and 2 differ and bear one id '1'"):
        align([], messages("u#1:hi", "a:ok", "u#1:bye"))


# Short texts that come again and again, as in real talk; the law must hold for them too.
talk = st.lists(st.sampled_from(["u:ok", "a:ok", "u:yes", "a:done", "u:hi", "a:hello", "t:0"]), max_size=20)
distinct_talk = st.integers(0, 25).map(lambda n: [f"{'ua'[k % 2]}:message {k}" for k in range(n)])
with_ids = talk.map(lambda texts: [text.replace(":", f"#{n}:", 1) for n, text in enumerate(texts)])


@given(talk | distinct_talk | with_ids)
def test_observing_twice_adds_nothing(texts: list[str]) -> None:
    session = Session(*messages(*texts))
    assert session.observe(messages(*texts)) == Alignment(tuple(range(len(texts))), (), ())


@given(talk | distinct_talk | with_ids, st.data())
def test_a_list_that_grows_in_any_steps_gives_what_it_gives_at_once(
    texts: list[str], data: st.DataObject
) -> None:
    ends = sorted(data.draw(st.lists(st.integers(0, len(texts)), max_size=6)))
    session = Session()
    for end in [*ends, len(texts)]:
        session.observe(messages(*texts[:end]))
    assert session.texts == [one.content for one in messages(*texts)]


@given(distinct_talk | with_ids, st.booleans(), st.data())
def test_overlapping_windows_give_what_the_whole_gives(
    texts: list[str], prompt: bool, data: st.DataObject
) -> None:
    head = ["s:be kind"] if prompt else []
    session = Session()
    end = 0
    while end < len(texts):
        start = data.draw(st.integers(0, max(0, end - 1)))
        end = data.draw(st.integers(end + 1, len(texts)))
        session.observe(messages(*head, *texts[start:end]))
    assert session.texts[bool(session.places) and prompt :] == [one.content for one in messages(*texts)]


@given(distinct_talk, st.data())
def test_erased_turns_do_not_come_back(texts: list[str], data: st.DataObject) -> None:
    said = messages(*texts)
    kept = data.draw(st.sets(st.integers(0, max(0, len(said) - 1)), min_size=1)) if said else set()
    session = Session(*(one if n in kept else replace(one, content="XX") for n, one in enumerate(said)))
    assert session.observe([*said, message("u:and more")]).new == (len(said),)


@given(distinct_talk, st.data())
def test_what_was_erased_does_not_come_back_where_messages_bear_times(
    texts: list[str], data: st.DataObject
) -> None:
    """Even where nothing is left; some turns are erased, and some blanked after their first letters."""
    said = [replace(one, said_at=NOON + timedelta(minutes=n)) for n, one in enumerate(messages(*texts))]
    session = Session()
    for one in said:
        kept = data.draw(st.integers(0, len(one.content)) | st.none())
        left = "XX" if kept is None else one.content[:kept].ljust(len(one.content), "_")
        session.places.append(place(replace(one, content=left)))
    assert session.observe([*said, message("u:and more")]).new == (len(said),)


@given(talk | with_ids, talk | with_ids)
def test_every_message_is_new_or_known_once(before: list[str], now: list[str]) -> None:
    known, given_now = [place(one) for one in messages(*before)], messages(*now)
    alignment = align(known, given_now)
    places = [at for at in alignment.places if at is not None]
    assert len(places) == len(set(places))
    assert len(places) + len(alignment.new) == len(now)
    assert all(alignment.places[index] is None for index in alignment.new)
    for index, at in enumerate(alignment.places):
        if at is not None:
            same = known[at].text == given_now[index].content  # nothing is erased here
            assert same != (index in alignment.changed)


@pytest.mark.parametrize("erased_share", [0.0, 0.05, 0.5])
@pytest.mark.parametrize("words", [1, 50, 10**9])
def test_ten_thousand_messages_are_aligned(words: int, erased_share: float) -> None:
    draw = random.Random(words)
    said = [Message(("user", "assistant")[n % 2], str(draw.randrange(words)))
            for n in range(10_000)]  # fmt: skip
    known = [place(one if draw.random() >= erased_share else replace(one, content="XX")) for one in said]
    for now in ([*said, *said[:3]], said[5_000:], said[:5_000], [*said[1:], message("u:new")], said[::-1]):
        alignment = align(known, now)  # some 40 ms each; a quadratic comparison would take minutes here
        assert len(alignment.places) == len(now)
