"""Random histories of deeds: reasons are believed as the last verdicts say, lessons rest on what stands."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

import remanence
from remanence.errors import UndoConflict
from remanence.model.deed import Action, deed_of
from remanence.model.state import RECALLED
from ticking import TickingClock

STEPS = 60
WHATS, SITUATIONS = ("retry", "wait", "ask"), ("the API answers 429", "o servidor está em baixo", "no answer")
REASONS = ("it passes by itself", "ajuda sempre")


@pytest.fixture(params=range(6))
def history(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[random.Random, remanence.Cube]]:
    clock = TickingClock(seed=request.param)
    with remanence.open(tmp_path / "a.cube", owner="Ana", embedder=None, reader=None, clock=clock) as cube:
        yield random.Random(request.param), cube


def test_beliefs_and_lessons_follow_what_happened(history: tuple[random.Random, remanence.Cube]) -> None:
    chance, cube = history
    actions: list[str] = []
    decisions: dict[str, str] = {}  # by id: its reason
    verdicts: dict[str, bool] = {}
    for _ in range(STEPS):
        draw = chance.random()
        if draw < 0.35:
            worked = chance.random() < 0.8
            ended = {"result": "ok"} if worked else {"error": "no"}
            actions.append(cube.act(chance.choice(WHATS), situation=chance.choice(SITUATIONS), **ended).id)
        elif draw < 0.5:
            reason = chance.choice(REASONS)
            decisions[cube.decide("go on", reason=reason).id] = reason
        elif draw < 0.7 and decisions:
            decision = chance.choice(list(decisions))
            verdicts[decision] = chance.random() < 0.5
            cube.outcome(decision, worked=verdicts[decision])
        elif draw < 0.8 and actions:
            cube.forget(actions.pop(chance.randrange(len(actions))), erase=chance.random() < 0.3)
        elif draw < 0.9:
            cube.lessons()
        elif actions:
            cube.outcome(chance.choice(actions), worked=chance.random() < 0.5)
    for item in cube.items(tag="reason"):
        votes = [verdict for made, verdict in verdicts.items() if decisions[made] == item.content]
        belief = item.revision.content.belief
        assert belief.support == pytest.approx(1.2 + sum(votes))
        assert belief.doubt == pytest.approx(0.8 + len(votes) - sum(votes))
    cube.lessons()
    for lesson in cube.items(tag="lesson"):
        bearing = [cube.show(source) for source in lesson.sources]
        assert len(bearing) >= 3
        assert all(one.state in RECALLED for one in bearing)
        told = {deed.worked for one in bearing if isinstance(deed := deed_of(one.revision.content), Action)}
        assert told == {": do not " not in lesson.content}
    assert cube.lessons().change_set is None
    assert cube.check() == ()


def test_undoing_all_of_it_leaves_nothing_believed(history: tuple[random.Random, remanence.Cube]) -> None:
    chance, cube = history
    first = cube.goal("get on").id
    for _ in range(15):
        made = cube.decide("go on", reason=chance.choice(REASONS), goal=first)
        cube.act(chance.choice(WHATS), situation=SITUATIONS[0], result="ok", decision=made)
        if chance.random() < 0.5:
            cube.outcome(made.id, worked=chance.random() < 0.5)
        cube.progress(first, chance.random())
    cube.lessons()
    begun = cube.journal(item=first, limit=500)[-1].sequence
    with pytest.raises(UndoConflict):
        cube.undo(begun)
    cube.undo(begun, cascade=True, through=cube.journal(limit=1)[0].sequence)
    assert cube.items() == ()
    assert cube.check() == ()
