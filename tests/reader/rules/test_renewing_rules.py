"""What has changed is read in many words, and what only seems to have changed is not."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remanence.model.item import Slot
from remanence.reader.rules.derived import UNNAMED, Derived
from remanence.reader.rules.statements import derive, said_of
from remanence.reader.rules.updates import renewed, told

TABLE = tomllib.loads(Path(__file__).with_name("changes.toml").read_text(encoding="utf-8"))
KNOWN = [
    Slot("ana", attribute, value)
    for attribute, value in (
        ("home", "Porto"), ("employer", "Acme"), ("gym", "PureGym"), ("dentist", "Dr Hale"),
        ("car", "a red Golf"),
        ("phone", "an iPhone 12"), ("dose of sertraline", "50 mg"), ("deadline of grant report", "5 May"),
        ("meeting time of team sync", "Mondays at 10"), ("plan", "Premium"), ("learning language", "Spanish"),
        ("favourite colour", "green"), ("bank", "Barclays"), ("diet", "vegan"),
    )
]  # fmt: skip


def label_of(one: Derived) -> str:
    assert one.slot is not None
    return f"{one.slot.attribute or '?'}{'+' if one.polarity else '-'}{one.slot.value}"


def labels(text: str, before: str) -> list[str]:
    """What is read: of an attribute that the words name, else of one to be found by its older value."""
    read = [one for one in derive(text, speaker="Ana", before=before or None) if one.slot is not None]
    named = [label_of(one) for one in read if one.slot is not None and one.slot.attribute != UNNAMED]
    return named or [label_of(one) for one in read]


def test_changes_are_read() -> None:
    right, wrong, missed = 0, [], []
    for before, text, *wanted in TABLE["told"]:
        found = labels(text, before)
        right += len(set(found) & set(wanted))
        wrong += [(text, one) for one in found if one not in wanted]
        missed += [(text, one) for one in wanted if one not in found]
    assert len(TABLE["told"]) >= 200
    assert right / (right + len(wrong)) >= 0.98, wrong
    assert right / (right + len(missed)) >= 0.92, missed


@pytest.mark.parametrize("text", TABLE["silent"])
def test_nothing_follows_from_what_only_seems_a_change(text: str) -> None:
    read = [one for one in derive(text, speaker="Ana") if not one.ending and one.slot is not None]
    assert [one.content for one in read if one.slot is not None and one.slot.subject == "ana"] == []


@pytest.mark.parametrize("text", TABLE["silent"])
def test_no_known_value_is_replaced_by_it(text: str) -> None:
    known = [slot for slot in KNOWN if slot.attribute != "home"]
    assert [one.content for one in renewed(text, speaker="Ana", known=known) if one.polarity] == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Bye Porto, we're settled in Lyon now!", "Ana lives in Lyon"),
        ("Ten days into the new job at Globex and I already love it.", "Ana works at Globex"),
        ("PureGym put its prices up, so I've moved my membership to FitHub.", "Ana's gym is FitHub"),
        ("Dr Hale retired, I've been put under Dr Osei now.", "Ana's dentist is Dr Osei"),
        ("Sertraline is up to 75 mg now.", "Ana's dose of sertraline is 75 mg"),
        (
            "Grant report: we got an extension, it's now 19 May.",
            "The deadline of grant report is 19 May",
        ),
        ("Spanish is on pause, my new obsession is Welsh.", "Ana is learning Welsh"),
        ("Barclays closed my branch so I've switched to Monzo.", "Ana's bank is Monzo"),
    ],
)
def test_what_is_known_is_renewed_in_whatever_words(text: str, says: str) -> None:
    assert says in [one.content for one in renewed(text, speaker="Ana", known=KNOWN)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Mr Oduya moved to Leeds, so Ms Brandt teaches me", []),
        ("Since Mr Oduya moved to Leeds, Ms Brandt has been my teacher", []),
        ("My teacher Mr Oduya has gone to Leeds", []),
        ("my teacher mr oduya moved to leeds", []),
        ("Zoë Schmidt switched to Legal, Imke manages me now", []),
        ("Zoë Schmidt moved to Łódź, so I report to Imke now", ["Ana's manager is Imke"]),
        ("Dr Hale moved to Leeds, so I see Dr Patel", ["Ana's dentist is Dr Patel"]),
        ("Dr Hale retired, I've moved to Dr Osei", ["Ana's dentist is Dr Osei"]),
    ],
)
def test_where_somebody_named_goes_is_no_value_of_the_speakers(text: str, says: list[str]) -> None:
    held = (("own teacher", "Mr Oduya"), ("manager", "Zoë Schmidt"), ("dentist", "Dr Hale"))
    known = [Slot("ana", attribute, value) for attribute, value in held]
    assert [one.content for one in renewed(text, speaker="Ana", known=known) if one.polarity] == says


def test_what_is_denied_or_a_stay_is_no_new_value() -> None:
    for text in (
        "I don't live in Lisbon any more, it rains now.",
        "Instead we've taken a house by the river in Lisbon, 5 to 9 September.",
        "I no longer live in Lisbon now.",
    ):
        assert [one.content for one in renewed(text, speaker="Ana", known=KNOWN) if one.polarity] == []


def test_a_turn_before_says_what_an_answer_is_about() -> None:
    assert labels("Porto", "Where do you live now?") == ["home+Porto"]
    assert labels("No, it's Porto.", "So you live in Lisbon, right?") == ["home+Porto"]
    assert labels("It's Tuesday.", "So you live in Lisbon, right?") == []
    assert labels("Yes, that's right.", "So you live in Lisbon, right?") == []
    assert labels("Porto", "What a lovely day.") == []


def test_a_statement_is_made_only_of_a_value_that_looks_like_one() -> None:
    assert said_of(Slot("ana", "dose", "75 mg"), "Ana") == "Ana's dose is 75 mg"
    assert said_of(Slot("ana", "dose", "a lot"), "Ana") is None
    assert said_of(Slot("ana", "likes", "tea"), "Ana") is None


WORDS = [
    *(
        "I",
        "moved",
        "to",
        "Porto",
        "now",
        "not",
        "it's",
        "my",
        "gym",
        "is",
        "Acme",
        "left",
        "from",
        "dose",
        "mg",
    ),
    *("20", "deadline", "of", "the", "grant report", "switched", "i", "5 May"),
    *(",", ".", "?", ":", "\n", "’", "\ud800"),
]


@given(st.text() | st.lists(st.sampled_from(WORDS)).map(" ".join), st.text(max_size=60))
def test_any_text_is_read_and_spans_quote_it(text: str, before: str) -> None:
    every = (
        *derive(text, speaker="Ana", before=before),
        *renewed(text, speaker="Ana", known=KNOWN),
        *told(text, speaker="Ana"),
    )
    for one in every:
        assert 0 <= one.sentence <= one.start < one.end <= len(text)
        assert one.clause_start <= one.start
        assert one.end <= one.clause_end
        assert text[one.start : one.end].strip() == text[one.start : one.end]
