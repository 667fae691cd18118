"""Belief: evidence for and against, never a bare number."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remanence.errors import InvalidInput
from remanence.model.belief import CERTAIN, DEFAULT_STRENGTH, Belief

CONFIDENCES = st.floats(0, 1)
EVIDENCE = st.floats(0, 1e6)
WEIGHTS = st.floats(1e-3, 1e3)


@given(CONFIDENCES)
def test_a_stated_confidence_is_the_mean_at_the_default_strength(confidence: float) -> None:
    belief = Belief.stated(confidence)
    assert math.isclose(belief.mean, confidence, abs_tol=1e-12)
    assert math.isclose(belief.strength, DEFAULT_STRENGTH)


@given(EVIDENCE, EVIDENCE, WEIGHTS)
def test_evidence_moves_the_mean_its_way_and_adds_strength(support: float, doubt: float, by: float) -> None:
    belief = Belief(support, doubt + 1.0)
    for_it, against = belief.corroborated(by), belief.contradicted(by)
    assert against.mean <= belief.mean <= for_it.mean
    assert for_it.strength > belief.strength
    assert against.strength > belief.strength
    assert against.mean >= 0.0
    assert for_it.mean <= 1.0


def test_the_more_evidence_the_less_one_more_observation_moves_it() -> None:
    weak, strong = Belief.stated(0.5, strength=2), Belief.stated(0.5, strength=200)
    assert weak.contradicted().mean < strong.contradicted().mean < 0.5


def test_certainty_can_still_be_shaken() -> None:
    assert CERTAIN.mean == 1.0
    assert CERTAIN.contradicted().mean < 1.0


@pytest.mark.parametrize("confidence", [-0.01, 1.01, math.nan, math.inf, -math.inf, "0.5", None])
def test_a_confidence_outside_0_to_1_is_refused_and_shown(confidence: float) -> None:
    with pytest.raises(InvalidInput, match=r"confidence .* must be a number in \[0, 1\]"):
        Belief.stated(confidence)


@pytest.mark.parametrize(("support", "doubt"), [(0, 0), (-1, 2), (2, -1), (math.nan, 1), (1, math.inf)])
def test_evidence_that_is_none_or_not_finite_is_refused(support: float, doubt: float) -> None:
    with pytest.raises(InvalidInput, match="two finite numbers >= 0, not both 0"):
        Belief(support, doubt)
