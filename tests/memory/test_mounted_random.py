"""Random memories: a mounted recall holds what its mounts could give; weights move its order one way."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mounting import make_cube

import remanence
from remanence import Memory, MountedHit, Part
from remanence.memory import Memory as OpenMemory
from remanence.mounts.opening import HowToOpen, Mount, checked, open_all
from remanence.mounts.routing import Router
from ticking import START, TickingClock

WORDS = ("tea", "honey", "Lisboa", "Спутник", "東京", "bicycle", "Alice", "Bob", "Tuesday", "café", "🎄", "7")
SAYINGS = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join), max_size=6)
ALL_HITS = 60  # more than any of these memories has
SETTINGS = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@contextmanager
def mounted(cubes: list[list[str]], weights: list[float] | None = None) -> Iterator[Memory]:
    """These sayings, each list in a cube of its own."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        mounts = {
            f"m{number}": Mount(
                make_cube(folder / f"{number}.cube", said, clock=TickingClock(seed=number)),
                weight=0.0 if weights is None else weights[number],
            )
            for number, said in enumerate(cubes)
        }
        yield stack.enter_context(
            remanence.mount(mounts, reader=None, clock=TickingClock(START.replace(year=2027)))
        )


def name_of(part: Part) -> str:
    """What a part of a score is called."""
    return part.name


def reweighted(memory: Memory, weights: dict[str, float]) -> Memory:
    """The same open cubes with other weights; closed with the memory that they are of."""
    opened, stack = open_all(
        checked(
            {name: Mount(one.path, weight=weights.get(name, 0.0)) for name, one in memory.mounts.items()}
        ),
        HowToOpen(derives=False, clock=TickingClock(START.replace(year=2027))),
    )
    return OpenMemory(opened, stack, Router(opened, (), None), memory.asker)


@SETTINGS
@given(cubes=st.lists(SAYINGS, min_size=1, max_size=3), asked=st.sampled_from(WORDS), k=st.integers(1, 20))
def test_a_mounted_recall_holds_only_what_some_mounts_own_recall_could_give(
    cubes: list[list[str]], asked: str, k: int
) -> None:
    with mounted(cubes) as memory:
        hits = memory.recall(asked, k=k, ageing=False)
        own = {
            name: {hit.item.id for hit in memory.cube(name).recall(asked, k=ALL_HITS)}
            for name in memory.mounts
        }
        assert len(hits) == min(k, sum(map(len, own.values())))
        assert len({hit.item.address for hit in hits}) == len(hits)
        assert all(hit.item.id in own[hit.mount] for hit in hits)
        assert all(0 <= hit.score <= 1 for hit in hits)
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
        more = memory.recall(asked, k=ALL_HITS, ageing=False)
        assert [hit.item.address for hit in hits] == [hit.item.address for hit in more[:k]]


@SETTINGS
@given(
    cubes=st.lists(SAYINGS, min_size=2, max_size=3),
    asked=st.sampled_from(WORDS),
    light=st.floats(-20, 20),
    heavier=st.floats(0, 20),
)
def test_more_weight_moves_no_hit_of_a_mount_behind_one_that_it_stood_before(
    cubes: list[list[str]], asked: str, light: float, heavier: float
) -> None:
    with mounted(cubes) as memory, reweighted(memory, {"m0": light}) as before:
        with reweighted(memory, {"m0": min(20.0, light + heavier)}) as after:
            lower, higher = (one.recall(asked, k=ALL_HITS, ageing=False) for one in (before, after))
        assert {hit.item.address for hit in lower} == {hit.item.address for hit in higher}
        place = {hit.item.address: number for number, hit in enumerate(higher)}
        # What is newer of its kind stands before the older, whatever the weights: that is another rule.
        newer = {
            hit.item.address for hit in (*lower, *higher) if "newer of its kind" in map(name_of, hit.why)
        }
        for number, hit in enumerate(lower):
            if hit.mount == "m0" and hit.item.address not in newer:
                behind = [o for o in lower[number + 1 :] if o.mount != "m0" and o.item.address not in newer]
                assert all(place[hit.item.address] < place[other.item.address] for other in behind)


@SETTINGS
@given(
    cubes=st.lists(SAYINGS, min_size=1, max_size=3), asked=st.sampled_from(WORDS), budget=st.integers(60, 400)
)
def test_a_context_keeps_its_budget_and_cites_what_is_there(
    cubes: list[list[str]], asked: str, budget: int
) -> None:
    with mounted(cubes) as memory:
        made = memory.context(asked, budget=budget)
        assert made.tokens <= budget
        for item in made.items:
            assert isinstance(item, remanence.MountedItem)
            assert f"({item.citation}) " in made.text
            assert memory.show(item.address).content == item.content


def test_the_hits_are_of_the_kind_that_is_promised() -> None:
    with mounted([["tea"], ["tea honey"]]) as memory:
        assert all(isinstance(hit, MountedHit) for hit in memory.recall("tea"))
