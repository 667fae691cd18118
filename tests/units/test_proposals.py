"""Units proposed by what lies close together: accepted, refused, and not proposed twice."""

from __future__ import annotations

import sys

import pytest

import remanence
from opening import OpenCube
from remanence.errors import ExtraMissing, InvalidInput, NotFound, Refused

GROUPS = {
    "tomatoes": ["garden soil", "garden sun", "red garden", "garden water", "ripe garden", "garden salad"],
    "engine": ["motor oil", "motor noise", "cold motor", "motor repair", "loud motor", "motor valve"],
    "番茄": ["红色的花园", "绿色的花园", "我的花园", "你的花园", "他的花园", "花园里"],
}


@pytest.fixture
def told(cube: remanence.Cube) -> remanence.Cube:
    for word, others in GROUPS.items():
        for other in others:
            space = "" if word == "番茄" else " "
            cube.remember(f"{word}{space}{other}" if space else f"{other}{word}")
    return cube


def test_what_lies_close_is_proposed_and_named_by_its_telling_terms(told: remanence.Cube) -> None:
    proposals = told.propose_units(members_min=4)
    assert len(proposals) >= 2
    names = " ".join(proposal.name for proposal in proposals)
    assert "tomatoes" in names
    assert "engine" in names
    assert told.stats().counts["journal lines"] == 18, "nothing is stored"
    for proposal in proposals:
        assert 0 < proposal.cohesion <= 1
        assert len(proposal.members) >= 4
        assert proposal.name == ", ".join(proposal.terms[:3])


def test_an_accepted_proposal_is_a_unit_and_is_proposed_no_more(told: remanence.Cube) -> None:
    first = told.propose_units(members_min=4)[0]
    unit = first.accept(because="good")
    assert (unit.name, unit.version, unit.kind) == (first.name, 1, "topic")
    assert [member.item_id for member in unit.members()] == list(first.members)
    assert set(first.members) not in [set(one.members) for one in told.propose_units(members_min=4)]
    with pytest.raises(InvalidInput, match="there already"):
        first.accept()
    told.undo(told.journal(limit=1)[0].sequence)
    assert first.accept("by another name", kind="context").kind == "context"


def test_a_refused_proposal_comes_not_again_unless_the_refusal_is_undone(told: remanence.Cube) -> None:
    before = {one.members for one in told.propose_units(members_min=4)}
    first = told.propose_units(members_min=4)[0]
    first.refuse(because="too vague")
    assert first.members not in {one.members for one in told.propose_units(members_min=4)}
    told.undo(told.journal(limit=1)[0].sequence)
    assert {one.members for one in told.propose_units(members_min=4)} == before


def test_a_proposal_outlives_the_erasure_of_a_member(told: remanence.Cube) -> None:
    first = told.propose_units(members_min=4)[0]
    told.forget(first.members[0], erase=True)
    assert len(first.accept("what is left").members()) == len(first.members) - 1
    second = told.propose_units(members_min=4)[0]
    for member in second.members:
        told.forget(member, erase=True)
    with pytest.raises(NotFound, match="none of the proposed"):
        second.accept()


def test_little_memory_has_nothing_to_propose(cube: remanence.Cube) -> None:
    assert cube.propose_units() == ()
    cube.remember("one thing")
    assert cube.propose_units() == ()


def test_what_it_needs_is_said(
    told: remanence.Cube, open_cube: OpenCube, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InvalidInput, match="members_min"):
        told.propose_units(members_min=1)
    with pytest.raises(Refused, match="without an embedder"):
        open_cube("words.cube", embedder=None).propose_units()
    monkeypatch.setitem(sys.modules, "sklearn.cluster", None)
    with pytest.raises(ExtraMissing, match=r"remanence\[units\]"):
        told.propose_units()
