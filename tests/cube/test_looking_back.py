"""The whole memory as it was: nothing in a view is later than the view, and nothing in it writes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

import remanence
from opening import OpenCube
from remanence.cube import Cube, View
from remanence.errors import AmbiguousId, InvalidInput, NotFound
from remanence.model.journal import Verb
from remanence.model.state import State
from ticking import TickingClock

MICRO = timedelta(microseconds=1)


@pytest.fixture
def cube(open_cube: OpenCube) -> Cube:
    """A new cube of Alice's, with the rule reader and without an embedder."""
    return open_cube("past.cube", reader="rules", embedder=None)


def now(cube: Cube) -> datetime:
    """When the last change was recorded."""
    return cube.journal(limit=1)[0].recorded_at


def say(cube: Cube, text: str, *, session: str = "a", day: str = "2026-02-01") -> remanence.Item:
    """Let the owner say something; the utterance."""
    message = {"role": "user", "content": text, "timestamp": f"{day} 12:00"}
    return cube.show(cube.observe([message], session=session).added[0])


def test_an_item_is_shown_with_its_history_as_it_was_known_then(cube: Cube) -> None:
    item = cube.remember("Alice takes her tea with milk", tags=["drink"])
    first = now(cube)
    cube.revise(item.id, "Alice takes her tea black", because="she said so")
    second = now(cube)
    cube.forget(item.id)
    then = cube.at(first)
    assert (then.show(item.id).content, then.show(item.id).state) == (item.content, State.ACTIVE)
    (row,) = then.history(item.id)
    assert row.is_open
    assert row == item.revision
    old, new = cube.at(second).history(item.id)
    assert (old.recorded.end, old.closed_by) == (second, 2)
    assert (new.content.text, new.is_open, new.state) == ("Alice takes her tea black", True, State.ACTIVE)
    assert cube.at(now(cube)).show(item.id).state is State.ARCHIVED
    assert len(cube.at(now(cube)).history(item.id)) == len(cube.history(item.id)) == 3


def test_a_hit_and_a_cited_item_are_what_the_view_shows(cube: Cube) -> None:
    item = cube.remember("Alice takes her tea with milk")
    view = cube.at(now(cube))
    cube.revise(item.id, "Alice takes her tea black")
    (hit,) = view.recall("tea")
    assert hit.item == view.show(item.id)
    context = view.context("tea")
    assert "with milk" in context.text
    assert context.items == (view.show(item.id),)


def test_the_filters_of_recall_are_there_too(cube: Cube) -> None:
    cube.remember("tea at noon", kind="preference", author="Zoë", session="s", confidence=0.5)
    cube.remember("tea at five", kind="fact")
    view = cube.at(now(cube))
    cube.remember("tea at six", kind="preference", author="Zoë", session="s", confidence=0.5)

    def found(**filters: object) -> list[str]:
        return [hit.item.content for hit in view.recall("tea", **filters)]  # type: ignore[arg-type]  # a test's own

    assert found(k=1000) == found(authors=["Zoë", "Alice"]) == found(said_before="2027-01-01")
    for filters in ({"kinds": ["preference"]}, {"authors": ["Zoë"]}, {"sessions": ["s"]}):
        assert found(**filters) == ["tea at noon"]
        assert "noon" in view.context("tea", **filters).text  # type: ignore[arg-type]  # a test's own
    assert found(confidence_min=0.8) == ["tea at five"]
    assert found(said_before="2020-01-01") == []


def test_what_was_retired_by_then_is_found_if_asked_for(cube: Cube) -> None:
    item = cube.remember("tea at noon")
    before = cube.at(now(cube))
    cube.forget(item.id)
    view = cube.at(now(cube))
    cube.undo(2)
    assert [len(one.recall("tea")) for one in (before, view)] == [1, 0]
    (hit,) = view.recall("tea", include=["retired"])
    assert hit.item.state is State.ARCHIVED


def test_what_came_later_is_not_there_by_any_beginning_of_its_id(cube: Cube) -> None:
    first = cube.remember("first")
    view = cube.at(now(cube))
    later = [cube.remember(f"thing {number}") for number in range(40)]
    for item in later:
        with pytest.raises(NotFound, match="known at 2026"):
            view.show(item.id)
        with pytest.raises(NotFound):
            view.history(item.id)
        with pytest.raises(NotFound):
            view.journal(item=item.id)
    digit = first.id[0]
    if any(item.id[0] == digit for item in later):
        with pytest.raises(AmbiguousId):
            cube.show(digit)
    assert view.show(digit).id == first.id
    with pytest.raises(NotFound):
        cube.at("2020-01-01").show(first.id)


def test_what_was_undone_by_then_says_so_and_what_is_undone_since_is_there(cube: Cube) -> None:
    item = cube.remember("tea")
    view = cube.at(now(cube))
    cube.undo(1)
    assert view.show(item.id).content == "tea"
    with pytest.raises(NotFound, match="was undone by then"):
        cube.at(now(cube)).show(item.id)


def test_a_source_that_came_later_is_not_among_those_of_then(cube: Cube) -> None:
    say(cube, "I love jazz.", session="a")
    (hit,) = cube.recall("jazz", kinds=["preference", "fact"])
    view = cube.at(now(cube))
    say(cube, "As I said: I love jazz.", session="a", day="2026-02-02")
    say(cube, "I love jazz.", session="b", day="2026-02-03")
    assert len(cube.show(hit.item.id).sources) == 3
    assert view.show(hit.item.id).sources == hit.item.sources
    assert view.history(hit.item.id) == (hit.item.revision,)
    (then,) = view.recall("jazz", kinds=["preference", "fact"])
    assert then.item == hit.item


def test_journal_receipts_and_counts_are_those_of_then(cube: Cube) -> None:
    with_nothing = cube.at("2020-01-01")
    assert (with_nothing.journal(), with_nothing.erased(), with_nothing.timeline("Alice")) == ((), (), ())
    assert with_nothing.stats().counts["items"] == 0
    views, expected = [], []
    one, two = cube.remember("one é"), cube.remember("two")
    for change in (
        lambda: cube.revise(one.id, "uno"),
        lambda: say(cube, "I live in Lisbon."),
        lambda: cube.forget(two.id, because="enough"),
        lambda: cube.forget(one.id, erase=True),
        lambda: cube.undo(2, cascade=True),
    ):
        change()
        views.append(cube.at(now(cube)))
        stats = cube.stats()
        expected.append((cube.journal(), cube.erased(), stats.journal_head, dict(stats.counts)))
    for view, (journal, receipts, head, counts) in zip(views, expected, strict=True):
        assert [line.hash for line in view.journal()] == [line.hash for line in journal]
        assert view.erased() == receipts
        then = view.stats()
        assert then.journal_head == head
        kept = ("items", "revisions", "journal lines", "erasures", "sessions")
        assert {name: then.counts[name] for name in kept} == {name: counts[name] for name in kept}
    assert [line.verb for line in views[0].journal(limit=1)] == [Verb.REVISE]
    assert [line.change_set for line in views[-1].journal(item=one.id)] == [
        line.change_set for line in cube.journal(item=one.id)
    ]


def test_what_was_erased_since_is_gone_from_the_past_and_shows_as_erased(cube: Cube) -> None:
    item = cube.remember("my code is 1234")
    view = cube.at(now(cube))
    cube.forget(item.id, erase=True)
    assert view.recall("code") == []
    assert (view.show(item.id).content, view.show(item.id).state) == ("", State.ERASED)
    assert [row.state for row in view.history(item.id)] == [State.ERASED]
    assert view.stats().counts["open revisions"] == 0


def test_a_view_looks_at_the_end_of_a_day_and_between_two_changes(cube: Cube) -> None:
    item = cube.remember("a")
    first = now(cube)
    cube.revise(item.id, "b")
    assert cube.at(now(cube) - MICRO).show(item.id).content == "a"
    assert cube.at(first.date()).show(item.id).content == "b"
    with pytest.raises(NotFound):
        cube.at(first - MICRO).show(item.id)
    assert cube.at("2026-03-02").known_at > now(cube)


def test_a_moment_as_json_prints_it_is_that_moment(open_cube: OpenCube) -> None:
    cube = open_cube("quick.cube", clock=TickingClock(tick=MICRO), embedder=None)
    item = cube.remember("a")
    first = now(cube)
    cube.revise(item.id, "b")
    assert cube.at(first.isoformat()).known_at == first
    assert cube.at(first.isoformat()).show(item.id).content == "a"
    assert cube.at(first.isoformat().replace("+00:00", "Z")).show(item.id).content == "a"
    with pytest.raises(InvalidInput, match="known_at"):
        cube.at("2026-13-02T09:00:00.000001+00:00")


def test_as_of_chooses_what_held_in_the_world_then(cube: Cube) -> None:
    item = cube.remember("a", valid_from="2026-01-01")
    cube.revise(item.id, "b", valid_from="2026-02-01")
    known = now(cube)
    cube.revise(item.id, "c", valid_from="2026-01-10")
    assert cube.at(known, as_of="2026-01-20").show(item.id).content == "a"
    assert cube.at(known).show(item.id).content == "b"
    assert cube.at(now(cube), as_of="2026-01-20").show(item.id).content == "c"


def test_nothing_of_a_view_writes(cube: Cube) -> None:
    reading = {"recall", "context", "show", "history", "timeline", "journal", "erased", "stats"}
    assert {name for name in dir(View) if not name.startswith("_")} == {
        *reading, "cube", "known_at", "as_of",
    }  # fmt: skip
    item = cube.remember("tea")
    view, before = cube.at(now(cube)), cube.stats()
    view.recall("tea"), view.context("tea"), view.show(item.id), view.history(item.id), view.timeline("Alice")
    view.journal(), view.erased(), view.stats()
    assert cube.stats() == before


@pytest.mark.parametrize("when", ["blurb", "", 7, None])
def test_what_is_no_time_is_refused_at_once(cube: Cube, when: object) -> None:
    with pytest.raises(InvalidInput, match="known_at"):
        cube.at(when)  # type: ignore[arg-type]  # that is the test
    with pytest.raises(InvalidInput, match="as_of"):
        cube.at("2026-01-01", as_of="blurb")
    with pytest.raises(InvalidInput, match="limit 0"):
        cube.at("2026-01-01").journal(limit=0)
