"""What an utterance asks of the memory, takes back, teaches or reports is read, and little else."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remanence.model.kind import Kind
from remanence.reader.rules.derived import CORRECTION, INSTRUCTION, Derived, Wish
from remanence.reader.rules.statements import derive

ACTS = tomllib.loads(Path(__file__).with_name("acts.toml").read_text(encoding="utf-8"))
CLASSES = ("keep", "forget", "correction", "procedure", "action")


def read(before: str, text: str, *, role: str = "user") -> tuple[Derived, ...]:
    """What follows from a turn of Noor's, or of the assistant's where it begins with "A: "."""
    if text.startswith("A: "):
        role, text = "assistant", text[3:]
    speaker = "Noor" if role == "user" else "assistant"
    return derive(text, speaker=speaker, role=role, before=before or None)


def classes_of(found: tuple[Derived, ...]) -> set[str]:
    """The classes of what was found, as acts.toml names them."""
    every = set()
    for one in found:
        if one.rule == "asked_of_memory":
            every.add("forget")
        elif INSTRUCTION in one.tags:
            every.add("keep")
        if one.is_correction or CORRECTION in one.tags:
            every.add("correction")
        if one.kind in (Kind.PROCEDURE, Kind.ACTION):
            every.add(one.kind.value)
    return every


@pytest.mark.parametrize("name", CLASSES)
def test_of_each_class_most_is_read_and_little_else(name: str) -> None:
    role = "assistant" if name == "action" else "user"
    missed = [text for before, text in ACTS[name] if name not in classes_of(read(before, text, role=role))]
    others = [(other, *one) for other in (*CLASSES, "nothing") if other != name for one in ACTS[other]]
    expected = {"correction": {"forget"}, "forget": {"correction"}}.get(name, set())
    false = [
        text
        for other, before, text in others
        if other not in expected
        and name in classes_of(read(before, text, role="assistant" if other == "action" else "user"))
    ]
    right = len(ACTS[name]) - len(missed)
    assert right / len(ACTS[name]) >= 0.9, missed
    assert right / (right + len(false)) >= 0.95, false


def test_there_are_many_and_a_third_of_them_are_none() -> None:
    assert sum(map(len, ACTS.values())) >= 150
    assert len(ACTS["nothing"]) >= 50


def test_a_procedure_spans_all_its_steps_and_has_them() -> None:
    text = "Hi! Here's how we open the shop:\n1. Switch off the alarm\n2. Turn on the lights\nBye."
    (found,) = read("", text)
    assert text[found.start : found.end].startswith("Here's how we open")
    assert text[found.start : found.end].endswith("Turn on the lights")
    assert [text[start:end] for start, end in found.steps] == ["Switch off the alarm", "Turn on the lights"]
    assert found.content == "Here's how we open the shop: Switch off the alarm; Turn on the lights"


def test_an_action_is_told_of_the_one_who_did_it() -> None:
    (found,) = derive("I’ve booked the table for 7 and it’s yours.", speaker="assistant", role="assistant")
    assert found.content == "The assistant booked the table for 7 and it's yours"
    told = derive("I've booked the table for 7.", speaker="Noor", role="user")
    assert Kind.ACTION not in [one.kind for one in told]


def test_a_sentence_that_repairs_itself_says_what_was_meant() -> None:
    found, *others = read("", "The meeting is on Monday, sorry, Tuesday.")
    assert all("Monday" not in one.content for one in others)
    assert (found.slot.value if found.slot else "", found.is_correction) == ("Tuesday", True)


def test_what_is_to_be_forgotten_is_named_in_the_speakers_words() -> None:
    (found,) = read("", "Okay, please forget what I told you about my new job, thanks!")
    assert found.request is not None
    assert (found.request.wish, found.request.topic, found.request.own) == (Wish.FORGET, "my new job", True)


WORDS = [
    "remember", "that", "forget", "what", "I", "said", "about", "Porto", "no", "not", ",", ".", "first",
    "then", "1.", "2.", "booked", "the", "sorry", ">", "*", ":", "?",
    "\n", "I've", "it's", '"', "\u2019", "\u6f22\u5b57", "```",
]  # fmt: skip


@given(st.lists(st.sampled_from(WORDS), max_size=30), st.sampled_from(["user", "assistant"]))
@settings(deadline=None)  # the first call loads the tables
def test_any_words_give_places_within_the_text(words: list[str], role: str) -> None:
    text = " ".join(words)
    for one in derive(text, speaker="Noor", role=role, before="Monday?"):
        assert 0 <= one.start <= one.end <= len(text)
        assert all(one.start <= start <= end <= one.end for start, end in one.steps)
        assert one.content


@pytest.mark.parametrize("word", ["and then ", "no ", "remember ", "first mix, then "])
def test_a_word_said_thousands_of_times_is_read_to_its_end(word: str) -> None:
    assert all(one.end <= 20_000 for one in read("So, Monday?", word * (20_000 // len(word))))


def test_what_the_assistant_did_is_a_deed_and_no_event_beside_it() -> None:
    found = derive("I fixed the backup this morning.", speaker="Kiro", role="assistant")
    assert [(one.content, one.kind) for one in found] == [("Kiro fixed the backup this morning", Kind.ACTION)]


def test_a_promise_to_let_somebody_know_keeps_its_end() -> None:
    (found,) = derive("I'll move the job to Sunday and let you know.", speaker="Kiro", role="assistant")
    assert found.content == "Kiro will move the job to Sunday and let them know"
