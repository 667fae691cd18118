"""What a question asks for is named as what statements fill is."""

from __future__ import annotations

import pytest

from remanence.reader.rules.asked import slots_asked
from remanence.reader.rules.statements import derive

PAIRS = [
    ("I live in Lisbon.", "Where do I live?"),
    ("I live in Lisbon.", "where is Noor's home?"),
    ("My colleague Tom lives in Graz.", "Where does Tom live?"),
    ("My son Leo just turned six.", "How old is Leo?"),
    ("I work at Initech as a nurse.", "Which company do I work for?"),
    ("I work at Initech as a nurse.", "who do I work for"),
    ("I'm a nurse at Initech.", "what is my job"),
    ("My accountant is Pani Wrona.", "Who's our accountant?"),
    ("I'm allergic to shellfish.", "What am I allergic to?"),
    ("I'm allergic to shellfish.", "What can't Noor eat?"),
    ("My birthday is on May 3rd.", "When is Noor's birthday?"),
    ("I'm married.", "Is Noor married?"),
    ("My sister is Ana.", "Who is my sister?"),
    ("My flour supplier is Polskie Młyny.", "Who is our flour supplier now?"),
    ("The deadline of the grant report is Friday.", "When is the grant report due?"),
    ("I weigh 91 kg.", "How much do I weigh?"),
    ("My favourite film is Stalker.", "What's my favourite film?"),
    ("I have a dog called Rex.", "Do I have any pets?"),
]


@pytest.mark.parametrize(("said", "asked"), PAIRS)
def test_a_question_asks_for_the_slot_that_its_answer_fills(said: str, asked: str) -> None:
    filled = {(one.slot.subject, one.slot.attribute) for one in derive(said, speaker="Noor") if one.slot}
    assert filled & slots_asked(asked, asker="Noor")


@pytest.mark.parametrize(
    "asked",
    [
        "What did the committee decide about the playground?",
        "Why is the sky blue?",
        "Tell me about Ana",
        "What did Tom say about his trip to Graz?",
        "Ile lat ma Hania?",
        "?",
        "my my my our our",
        "x" * 10_000,
    ],
)
def test_what_asks_for_no_slot_names_none(asked: str) -> None:
    assert slots_asked(asked, asker="Noor") == frozenset()


def test_whose_it_is_counts() -> None:
    assert slots_asked("Where does Tom live?", asker="Noor") == {("tom", "home")}
    assert ("noor", "home") not in slots_asked("Where does my sister live?", asker="Noor")
