"""Random conversations, changes and undos: views show, and restores bring back, what was written down.

What was written down: after each change, every open row of every item with its text, time, state and
sources. No rule of ours is repeated here. REMANENCE_RUNS scales how many are tried (200: 25).
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from datetime import datetime
from pathlib import Path

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings

import remanence
from remanence.cube import Cube, View
from remanence.errors import NotFound, Refused
from remanence.model.ids import ItemId
from ticking import TickingClock

RUNS = int(os.environ.get("REMANENCE_RUNS", "200"))
SAID = (
    "I live in Lisbon.",
    "I live in Porto now.",
    "I love jazz.",
    "As I said: I love jazz.",
    "I don't like jazz any more.",
    "I work as a baker and I love jazz.",
    "Actually, I live in Málaga.",
)
Rows = list[tuple[object, ...]]
Written = dict[ItemId, Rows]

PICK = st.integers(0, 30)  # of what there is, counted from the end
STEP = st.one_of(
    st.tuples(st.just("say"), st.sampled_from(range(len(SAID))), st.sampled_from("abc")),
    st.tuples(st.just("say"), st.sampled_from(range(len(SAID))), st.sampled_from("abc")),
    st.tuples(st.sampled_from(["undo", "range", "forget", "revise", "annotate", "restore"]), PICK, PICK),
)


def rows_of(source: Cube | View, item: ItemId) -> Rows:
    """The open rows of an item, without their place in the record."""
    return sorted(
        (
            row.valid.start_micros,
            row.valid.end_micros,
            row.content.text,
            row.state.value,
            row.content.tags,
            row.content.belief.support,
            tuple((one.item_id, one.start, one.end) for one in row.provenance.sources),
        )
        for row in source.history(item)
        if row.is_open
    )


def items_of(source: Cube | View) -> list[ItemId]:
    """All items that the journal names."""
    found = (line.item_id for line in source.journal(limit=10_000))
    return list(dict.fromkeys(item for item in found if item is not None))


def written(source: Cube | View) -> Written:
    """What is believed of which item."""
    return {item: rows for item in items_of(source) if (rows := rows_of(source, item))}


def take(cube: Cube, step: tuple[str, int, object], times: list[datetime]) -> None:
    """One step; what is refused changes nothing."""
    name, number, other = step
    items = items_of(cube)
    if name == "say":
        message = {"role": "user", "content": SAID[number]}
        cube.observe([message], session=str(other))
        return
    if not items:
        return
    item, lines = items[number % len(items)], cube.journal(limit=31)
    line = lines[number % len(lines)].sequence
    if name == "undo":
        cube.undo(line, cascade=bool(int(str(other)) % 2))
    elif name == "range":
        cube.undo(line, through=min(line + int(str(other)), lines[0].sequence), cascade=True)
    elif name == "forget":
        cube.forget(item)
    elif name == "revise":
        cube.revise(item, f"I live in place {number}.")
    elif name == "annotate":
        cube.annotate(item, tags=[f"tag{number}"])
    else:
        cube.restore(times[number % len(times)])


@given(st.lists(STEP, min_size=4, max_size=14), PICK)
@settings(max_examples=max(1, 25 * RUNS // 200), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_view_shows_and_a_restore_brings_back_what_was_written_down(
    steps: list[tuple[str, int, object]], pick: int
) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        remanence.open(
            Path(folder) / "a.cube", embedder=None, owner="Zoë", time_zone="UTC", clock=TickingClock()
        ) as cube,
    ):
        cube.observe([{"role": "user", "content": SAID[0]}], session="a")
        past: dict[datetime, Written] = {cube.journal(limit=1)[0].recorded_at: written(cube)}
        for step in steps:
            with contextlib.suppress(Refused, NotFound):
                take(cube, step, list(past))
            past.setdefault(cube.journal(limit=1)[0].recorded_at, written(cube))
            assert past[cube.journal(limit=1)[0].recorded_at] == written(cube)
        for time, rows in past.items():
            assert written(cube.at(time)) == rows
        time = list(past)[pick % len(past)]
        now = written(cube)
        restored = cube.restore(time)
        assert written(cube) == past[time]
        assert cube.restore(time).change_set is None
        if restored.change_set is not None:
            assert {*restored.returned, *restored.set_aside} <= set(items_of(cube))
            cube.undo(restored.change_set)
            assert written(cube) == now
        lines = cube.journal(limit=100)
        line = lines[-1 - pick % len(lines)].sequence
        with contextlib.suppress(Refused):
            taken = cube.undo(line, cascade=True)
            assert taken.change_sets
            cube.undo(cube.journal(limit=1)[0].change_set)
        assert written(cube) == now
        assert cube.check() == ()
