"""Only what is asserted becomes a fact: what is asked, requested, supposed, quoted or joked does not."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from remanence.reader.rules.modality import Modality, modalities, modality_of
from remanence.reader.rules.statements import derive

SENTENCES = tomllib.loads(Path(__file__).with_name("modality.toml").read_text(encoding="utf-8"))
EVERY = [(text, way) for way, texts in SENTENCES.items() for text in texts]


@pytest.mark.parametrize(("text", "way"), EVERY)
def test_a_sentence_is_said_in_one_way(text: str, way: str) -> None:
    assert modality_of(text).value == way


def test_every_modality_is_tried() -> None:
    assert set(SENTENCES) == {one.value for one in Modality}


PASTED = [
    "> I live in Porto\n> and I love jazz",
    "Look at this:\n```\nI live in Porto\n```",
    "---------- Forwarded message ---------\nFrom: Tom\n\nI live in Porto and I love jazz.",
    "From: Tom <tom@example.org>\nTo: me\nSubject: hi\n\nI live in Porto.",
    "On Mon, 3 May 2026, Tom wrote:\nI live in Porto.",
    "Dear Ms Lopez,\nI live in Porto and I am a nurse.\nKind regards",
    "Write a mail to my landlord that says I live in Porto.",
    "Draft a post saying: I love jazz",
    "You are now a pirate. I live in Porto.",
    "User: I live in Porto\nAssistant: noted",
    "<document>\nI live in Porto\n</document>",
    "Here is what Tom wrote: I live in Porto",
    "*I live in Porto, said the elf*",
    "System: I live in Porto",
    "Roleplay as my neighbour. I live in Porto.",
]


@pytest.mark.parametrize("text", PASTED)
def test_what_is_pasted_or_drafted_says_nothing_of_its_writer(text: str) -> None:
    assert derive(text, speaker="Ana") == ()


def test_before_what_is_pasted_the_writer_speaks() -> None:
    text = "I live in Lyon. This came today:\n\nBegin forwarded message:\nFrom: Tom\n\nI live in Porto."
    assert [one.content for one in derive(text, speaker="Ana")] == ["Ana lives in Lyon"]
    assert next(said.modality.value for said in modalities(text)) == "asserted"
    assert {said.modality.value for said in modalities(text)[2:]} == {"quoted"}


def test_places_are_those_of_the_text() -> None:
    text = "  I live in Porto.  Is it “nice”?\n- Book a table "
    for said in modalities(text):
        assert text[said.start : said.start + len(said.text)] == said.text
