"""What no rule reads is weighed by its words."""

from __future__ import annotations

from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remanence.model.kind import Kind
from remanence.reader.rules.likely import CLASSES, LIKELY_MIN, RULE, likelihoods, load_weights, total_of
from remanence.reader.rules.packed import unpacked
from remanence.reader.rules.statements import derive


def weighed(text: str, before: str | None = None) -> list[Kind]:
    return [one.kind for one in derive(text, speaker="Noor", before=before) if one.rule == RULE]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Salty liquorice does nothing for anybody in this house but me", Kind.PREFERENCE),
        ("The barn roof is my project for next summer", Kind.GOAL),
        ("The allotment is going to my nephew, that's what we settled", Kind.DECISION),
    ],
)
def test_a_sentence_in_words_that_no_rule_knows_still_says_what_it_is(text: str, kind: Kind) -> None:
    assert kind in [one.kind for one in derive(text, speaker="Noor")]


@pytest.mark.parametrize(
    "text",
    [
        "Lead melts at 327 degrees.",
        "Suppose the barn roof is my project for next summer",
        "Is the barn roof my project for next summer?",
        "Tom says the barn roof is his project for next summer",
        "def project(summer): return roof",
        "Das Scheunendach ist mein Vorhaben im Sommer",
    ],
)
def test_what_nobody_asserts_of_themselves_is_not_weighed_in(text: str) -> None:
    assert weighed(text) == []


@pytest.mark.parametrize(
    "text", ["We went with the grandparents to the zoo on Sunday", "Then I take the mean over all rows"]
)
def test_what_a_rule_read_is_lost_where_the_words_hardly_say_such_a_thing(text: str) -> None:
    assert not {Kind.DECISION, Kind.FACT} & {one.kind for one in derive(text, speaker="Noor")}


def test_a_word_after_the_verb_is_said_once() -> None:
    (one,) = derive("We're still on Debian 11", speaker="Noor")
    assert one.content == "Noor is still on Debian 11"


def test_every_feature_has_a_weight_for_every_class() -> None:
    table = files("remanence.reader.rules").joinpath("en", "learnt", "weights.tsv").read_text("utf-8")
    rows = {name: tuple(map(int, row)) for name, *row in (line.split("\t") for line in table.splitlines())}
    weights = load_weights().of
    for name, row in rows.items():
        assert tuple(unpacked(weights[name], len(CLASSES))) == row
    assert LIKELY_MIN.keys() == CLASSES.keys()


@given(st.text(max_size=80))
def test_any_text_can_be_weighed(text: str) -> None:
    likely = likelihoods(total_of(text, None))
    assert all(0 <= one <= 1 for one in likely.values())
