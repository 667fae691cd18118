"""Random lives of a cube, and everything that a cube answers: by which an export and its load are judged."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import hypothesis.strategies as st

import remanence
from remanence.errors import AmbiguousId, InvalidInput, NotFound, Refused

FIRST_DAY = datetime(2026, 3, 1, tzinfo=UTC)
TEXTS = (
    "Alice lives in Porto",
    "alice lives in  PORTO.",
    "茶が好きです",
    "أحب الشاي الأخضر",
    "half \ud83d and NUL \0 and a line\u2028end",
    "a green tea 🍵",
)
SAID = (
    "I moved to Lisbon in May and I love green tea",
    "I live in Porto. My sister is called Ana.",
    "ich mag Kaffee",
    "no, I live in Faro since March",
    "half a pair \udfff",
)
DAY = st.integers(0, 60).map(lambda days: FIRST_DAY + timedelta(days=days))
WHICH = st.integers(0, 30)
STEPS = st.one_of(
    st.tuples(st.just("observe"), st.sampled_from(SAID), st.sampled_from(["one", "two"])),
    st.tuples(st.just("answer"), st.sampled_from(SAID), WHICH),
    st.tuples(st.just("remember"), st.sampled_from(TEXTS), st.none() | DAY),
    st.tuples(st.just("claim"), st.sampled_from(["Porto", "Lisbon", "Faro"]), st.sampled_from("AB")),
    st.tuples(st.just("conclude"), WHICH, WHICH),
    st.tuples(st.just("revise"), WHICH, st.sampled_from(TEXTS), st.none() | DAY),
    st.tuples(st.just("annotate"), WHICH, st.sampled_from(["tag", "étiquette"])),
    st.tuples(st.just("forget"), WHICH),
    st.tuples(st.just("erase"), WHICH),
    st.tuples(st.just("freeze"), WHICH),
    st.tuples(st.just("thaw"), WHICH),
    st.tuples(st.just("use"), WHICH),
    st.tuples(st.just("expire"), WHICH),
    st.tuples(st.just("unit"), st.sampled_from(["health", "旅行"]), WHICH),
    st.tuples(st.just("erase_unit"), st.sampled_from(["health", "旅行"])),
    st.tuples(st.just("link"), WHICH, WHICH),
    st.tuples(st.just("resolve"), WHICH),
    st.tuples(st.just("undo"), st.integers(1, 40)),
)
LIVES = st.lists(STEPS, min_size=3, max_size=14)


class Life:
    """A cube and what is done to it; what its rules forbid is passed over."""

    def __init__(self, cube: remanence.Cube) -> None:
        self.cube = cube

    def take(self, step: tuple[Any, ...]) -> None:
        with suppress(Refused, NotFound, InvalidInput, AmbiguousId):
            getattr(self, step[0])(*step[1:])

    def item(self, which: int) -> str:
        items = items_of(self.cube)
        if not items:
            raise NotFound("nothing is there yet")
        return items[which % len(items)]

    def observe(self, text: str, session: str) -> None:
        self.cube.observe([{"role": "user", "content": text}], session=session, because="it was said")

    def answer(self, text: str, shown: int) -> None:
        self.cube.observe([{"role": "assistant", "content": text}], session="one", shown=[self.item(shown)])

    def remember(self, text: str, valid_from: datetime | None) -> None:
        self.cube.remember(text, valid_from=valid_from, tags=["a"], metadata={"n": [1, 0.1, None, "\ud800"]})

    def claim(self, city: str, author: str) -> None:
        self.cube.remember(f"Alice lives in {city}", slot=("Alice", "home", city), author=author)

    def conclude(self, first: int, second: int) -> None:
        self.cube.remember("so it follows", derived_from=[self.item(first), self.item(second)])

    def revise(self, which: int, text: str, valid_from: datetime | None) -> None:
        self.cube.revise(self.item(which), text, valid_from=valid_from, because="it changed")

    def annotate(self, which: int, tag: str) -> None:
        self.cube.annotate(self.item(which), tags=[tag], metadata={"k": {"ü": True}})

    def forget(self, which: int) -> None:
        self.cube.forget(self.item(which))

    def erase(self, which: int) -> None:
        self.cube.forget(self.item(which), erase=True, because="asked", force=True)

    def freeze(self, which: int) -> None:
        self.cube.freeze(self.item(which))

    def thaw(self, which: int) -> None:
        self.cube.thaw(self.item(which))

    def use(self, which: int) -> None:
        self.cube.used(self.item(which))

    def expire(self, which: int) -> None:
        self.cube.expire(self.item(which), at="2027-01-01")

    def unit(self, name: str, which: int) -> None:
        unit = self.cube.unit(name, description="what it is", annotations={"n": [1]}, rule={"tag": "tag"})
        unit.add(self.item(which), role="part").tag("then")

    def erase_unit(self, name: str) -> None:
        self.cube.find_unit(name).erase()

    def link(self, first: int, second: int) -> None:
        self.cube.link(self.item(first), "see_also", self.item(second))

    def resolve(self, which: int) -> None:
        self.cube.resolve(self.item(which))

    def undo(self, back: int) -> None:
        self.cube.undo(max(1, self.cube.verify().lines - back))


def items_of(cube: remanence.Cube) -> list[str]:
    """All items that the journal names, the oldest first."""
    lines = reversed(cube.journal(limit=10_000))
    return list(dict.fromkeys(line.item_id for line in lines if line.item_id is not None))


def _or_why_not(ask: Callable[[], object]) -> object:
    try:
        return ask()
    except (NotFound, InvalidInput) as error:
        return f"{type(error).__name__}: {error}"


def answers(cube: remanence.Cube, times: list[datetime], *, lines: int) -> dict[str, object]:
    """What a cube says of everything, asked in many ways; of the journal the first `lines`."""
    found: dict[str, object] = {}
    for item in items_of(cube):
        found[f"show {item}"] = _or_why_not(lambda item=item: cube.show(item))
        found[f"history {item}"] = cube.history(item)
        found[f"marks {item}"] = cube.marks(item)
        found[f"why {item}"] = _or_why_not(lambda item=item: cube.why(item))
        found[f"links {item}"] = _or_why_not(lambda item=item: cube.links(item))
    for question in ("where does Alice live?", "tea", "茶", "coffee Kaffee", "follows"):
        found[f"recall {question}"] = cube.recall(question, include=["retired", "superseded"])
        for time in times:
            found[f"as of {time} {question}"] = cube.recall(question, as_of=time)
            found[f"known at {time} {question}"] = cube.recall(question, known_at=time)
    for time in times:
        view = cube.at(time)
        found[f"stats {time}"] = view.stats()
        found[f"timeline {time}"] = view.timeline("Alice")
    for unit in cube.units(retired=True):
        found[f"unit {unit.id}"] = [
            (version, _or_why_not(lambda unit=unit, version=version: unit.at(version.number).members()))
            for version in unit.versions()
        ]
        found[f"links of {unit.id}"] = unit.links()
    found["conflicts"] = cube.conflicts()
    found["reliabilities"] = cube.reliabilities()
    found["erased"] = cube.erased()
    found["journal"] = [line for line in cube.journal(limit=10_000) if line.sequence <= lines]
    found["changes"] = [change for change in cube.changes(1, limit=1000) if change.number <= lines]
    return found
