"""The open cubes of a process that serves many: how many stay open, and what becomes of those in use."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import remanence
from remanence.errors import CubeClosed, InvalidInput
from remanence.faces import embedders
from remanence.faces.cube_pool import CubePool, Opening


def opening(path: Path, opened: list[str] | None = None) -> Opening:
    """Opens this file, and notes that it did."""

    def one() -> remanence.Cube:
        if opened is not None:
            opened.append(path.name)
        return remanence.open(path, embedder=None)

    return one


def is_open(cube: remanence.Cube) -> bool:
    try:
        cube.stats()
    except CubeClosed:
        return False
    return True


def test_the_one_used_longest_ago_is_closed_first(tmp_path: Path) -> None:
    pool, opened = CubePool(open_max=2), list[str]()
    for name in ("a", "b", "a", "c", "a", "b"):
        with pool.lent(name, opening(tmp_path / name, opened)) as cube:
            assert cube is not None
            cube.remember(f"used as {name}")
    assert opened == ["a", "b", "c", "b"]
    assert pool.count() == 2
    pool.close()
    with remanence.open(tmp_path / "a", embedder=None) as cube:
        assert len(cube.recall("used", k=9)) == 1, "the same words are one memory"


def test_one_in_use_stays_open_however_many_there_are(tmp_path: Path) -> None:
    pool = CubePool(open_max=1)
    with pool.lent("first", opening(tmp_path / "first")) as first:
        assert first is not None
        for name in ("second", "third"):
            with pool.lent(name, opening(tmp_path / name)) as cube:
                assert cube is not first
        assert is_open(first)
    assert pool.count() == 1
    pool.close()
    assert not is_open(first)


def test_callers_at_once_have_one_cube_opened_once(tmp_path: Path) -> None:
    pool, opened = CubePool(open_max=4), list[str]()
    met = threading.Barrier(8)

    def call(number: int) -> remanence.Cube | None:
        with pool.lent("one", opening(tmp_path / "one", opened)) as cube:
            met.wait(60)
            return cube

    with ThreadPoolExecutor(8) as threads:
        assert len(set(map(id, threads.map(call, range(8))))) == 1
    assert opened == ["one"]
    pool.close()


def test_who_asks_for_it_alone_waits_for_no_reader(tmp_path: Path) -> None:
    pool, order = CubePool(open_max=4), list[str]()
    entered = threading.Event()

    def change() -> None:
        entered.set()
        with pool.lent("one", opening(tmp_path / "one"), alone=True):
            order.append("second change")

    with ThreadPoolExecutor(1) as threads:
        with pool.lent("one", opening(tmp_path / "one"), alone=True):
            later = threads.submit(change)
            entered.wait(60)
            with pool.lent("one", opening(tmp_path / "one")):
                order.append("a look")
            order.append("first change")
        later.result(60)
    assert order == ["a look", "first change", "second change"]
    pool.close()


def test_what_is_not_there_is_asked_for_again(tmp_path: Path) -> None:
    pool = CubePool(open_max=2)
    with pool.lent("none", lambda: None) as cube:
        assert cube is None
    with pool.lent("none", opening(tmp_path / "none")) as cube:
        assert cube is not None
    with pytest.raises(ZeroDivisionError), pool.lent("broken", lambda: remanence.open(str(1 / 0))):
        pass
    assert pool.count() == 1
    pool.close()


def test_clearing_closes_all_before_anything_is_opened_again(tmp_path: Path) -> None:
    pool = CubePool(open_max=2)
    with pool.lent("one", opening(tmp_path / "one")) as cube:
        assert cube is not None
    pool.clear(lambda: (tmp_path / "one").unlink())
    assert not is_open(cube)
    with pool.lent("one", opening(tmp_path / "one")) as anew:
        assert anew is not None
        assert anew.stats().counts["items"] == 0
    pool.close()


def test_a_closed_pool_says_so(tmp_path: Path) -> None:
    pool = CubePool(open_max=2)
    pool.close()
    with pytest.raises(CubeClosed), pool.lent("one", opening(tmp_path / "one")):
        pass
    assert list(tmp_path.iterdir()) == []


def test_cubes_of_one_kind_share_an_embedder_and_each_has_its_own_kind(tmp_path: Path) -> None:
    for name, embedder in (("a", "hashing"), ("b", "hashing"), ("c", None)):
        remanence.open(tmp_path / name, embedder=embedder).close()
    shared = embedders.shared("hashing")
    opened = [remanence.open(tmp_path / name, embedder=shared) for name in "abcd"]
    a, b, c, new = (cube._setting.embedder for cube in opened)
    assert a is b is new is not None
    assert c is None
    assert embedders.shared("none") is None
    with pytest.raises(InvalidInput, match="not one of: minilm"):
        embedders.shared("maxilm")
    for cube in opened:
        cube.close()
