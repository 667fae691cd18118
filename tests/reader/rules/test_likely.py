"""What no rule reads is weighed by its words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remanence.model.kind import Kind
from remanence.reader.rules.likely import CLASSES, LIKELY_MIN, RULE, features, likelihoods, load_weights
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


def test_every_feature_has_a_weight_for_every_class() -> None:
    weights = load_weights()
    assert all(len(row) == len(CLASSES) for row in weights.of.values())
    assert LIKELY_MIN.keys() == CLASSES.keys()


@given(st.text(max_size=80))
def test_any_text_can_be_weighed(text: str) -> None:
    weights = load_weights()
    likely = likelihoods(features(text, None), weights)
    assert all(0 <= one <= 1 for one in likely.values())
