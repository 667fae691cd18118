"""Uses and expiries through the façade: counted, journaled, undone and redone, gone with their item."""

from __future__ import annotations

from datetime import timedelta

import apsw
import pytest

from opening import OpenCube
from remanence import Cube, Hit, Item, Verb
from remanence.errors import (
    InvalidInput,
    ItemErased,
    ItemFrozen,
    NotFound,
    Refused,
    RemanenceError,
    UndoConflict,
)
from ticking import START, TickingClock

YEAR = timedelta(days=365)


@pytest.fixture
def cube(open_cube: OpenCube) -> Cube:
    return open_cube(embedder=None)


def last(cube: Cube) -> int:
    return cube.journal(limit=1)[0].change_set


def activation(cube: Cube, item: Item, **options: bool) -> float:
    """The part of the item's score that its age and uses gave."""
    (hit,) = [hit for hit in cube.recall(item.content, **options) if hit.item.id == item.id]  # type: ignore[arg-type]  # flags
    return sum(part.contribution for part in hit.why if part.name == "activation")


def found(cube: Cube, text: str) -> list[str]:
    return [hit.item.content for hit in cube.recall(text)]


def test_a_use_is_journaled_strengthens_is_undone_and_redone(cube: Cube, clock: TickingClock) -> None:
    item = cube.remember("chá verde às cinco")
    clock.step(YEAR)
    before = activation(cube, item)
    assert cube.used([item, item.id], because="it answered") == (item.id,)
    line = cube.journal(limit=1)[0]
    assert (line.verb, line.item_id, line.reason) == (Verb.USE, item.id, "it answered")
    after = activation(cube, item)
    assert after > before
    cube.undo(last(cube))
    assert activation(cube, item) == pytest.approx(before)
    cube.undo(last(cube))
    assert activation(cube, item) == pytest.approx(after)
    assert cube.check() == ()


def test_undoing_a_use_again_is_refused_and_names_the_undo(cube: Cube) -> None:
    item = cube.remember("tea")
    cube.used(item)
    use = last(cube)
    cube.undo(use)
    with pytest.raises(Refused, match=rf"undone already, by change {use + 1}"):
        cube.undo(use)


def test_hits_items_and_ids_may_be_given_and_what_is_recalled_counts_for_nothing(
    open_cube: OpenCube, clock: TickingClock
) -> None:
    cube = open_cube("b.cube", embedder=None)
    item, other = cube.remember("green tea"), cube.remember("black coffee")
    clock.step(YEAR)
    before = activation(cube, item)
    for _ in range(5):
        cube.recall("green tea")
    assert activation(cube, item) == pytest.approx(before, abs=1e-3)
    (hit,) = cube.recall("green tea", k=1)
    assert isinstance(hit, Hit)
    assert cube.used([hit, other, item.id[:12]]) == (item.id, other.id)


@pytest.mark.parametrize("wrong", [[3], [None], ["zzzzzzzz"], 7])
def test_what_is_no_hit_is_refused_and_nothing_is_marked(cube: Cube, wrong: object) -> None:
    item = cube.remember("tea")
    before = cube.stats().journal_head
    listed = [item, *wrong] if isinstance(wrong, list) else wrong
    with pytest.raises((RemanenceError, TypeError)):
        cube.used(listed)  # type: ignore[arg-type]  # wrong on purpose
    assert cube.stats().journal_head == before


def test_no_hit_is_no_change(cube: Cube) -> None:
    before = cube.stats().journal_head
    assert cube.used([]) == ()
    assert cube.stats().journal_head == before


def test_an_erased_item_takes_its_uses_along_and_bears_no_new_ones(open_cube: OpenCube) -> None:
    cube = open_cube("c.cube", embedder=None)
    item = cube.remember("secret", expires=START + YEAR)
    cube.used(item)
    cube.forget(item.id, erase=True)
    with pytest.raises(ItemErased):
        cube.used(item)
    path = cube._setting.store._access.path  # type: ignore[attr-defined]  # rows, not our own report
    cube.close()
    db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    assert list(db.execute("SELECT count(*) FROM mark")) == [(0,)]
    db.close()


def test_what_has_expired_is_recalled_no_more_but_kept(cube: Cube, clock: TickingClock) -> None:
    item = cube.remember("the door code is 4711", expires=START + YEAR)
    assert found(cube, "door code") == [item.content]
    clock.step(YEAR)
    assert found(cube, "door code") == []
    assert cube.show(item.id).content == item.content
    assert [hit.item.id for hit in cube.recall("door code", include=["retired"])] == [item.id]
    assert [hit.item.id for hit in cube.at(START + timedelta(hours=1)).recall("door code")] == [item.id]


def test_an_expiry_is_set_moved_lifted_and_undone(cube: Cube, clock: TickingClock) -> None:
    item = cube.remember("guest wifi")
    cube.expire(item.id, at=START + YEAR, because="visitors leave")
    line = cube.journal(limit=1)[0]
    assert (line.verb, line.reason) == (Verb.EXPIRE, "visitors leave")
    first = last(cube)
    cube.expire(item.id, at=START + 2 * YEAR)
    with pytest.raises(UndoConflict):
        cube.undo(first)
    clock.step(1.5 * YEAR)
    assert found(cube, "wifi") == [item.content]
    cube.undo(last(cube))
    assert found(cube, "wifi") == []
    cube.undo(last(cube))
    assert found(cube, "wifi") == [item.content]
    cube.expire(item.id, at=None)
    clock.step(YEAR)
    assert found(cube, "wifi") == [item.content]
    before = cube.stats().journal_head
    cube.expire(item.id, at=None)
    assert cube.stats().journal_head == before


def test_an_expiry_that_has_passed_or_cannot_be_is_refused(cube: Cube) -> None:
    item, frozen, gone = cube.remember("one"), cube.remember("two"), cube.remember("three")
    cube.freeze(frozen.id)
    cube.forget(gone.id)
    before = cube.stats().journal_head
    with pytest.raises(InvalidInput, match="has passed; name a time to come"):
        cube.expire(item.id, at=START - YEAR)
    with pytest.raises(InvalidInput, match="has passed"):
        cube.remember("late", expires="2020-01-01")
    with pytest.raises(ItemFrozen):
        cube.expire(frozen.id, at=START + YEAR)
    with pytest.raises(Refused, match="is archived"):
        cube.expire(gone.id, at=START + YEAR)
    with pytest.raises(NotFound):
        cube.expire("zzzzzzzz", at=START + YEAR)
    assert cube.stats().journal_head == before
