"""Summaries: of units, of sessions as items, of a day, a week or a month; and what erasure does to them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

import remanence
from opening import OpenCube
from remanence.errors import InvalidInput, ItemFrozen, NotFound, UndoConflict
from remanence.model.kind import Kind
from ticking import TickingClock

TALK = [
    "I planted tomatoes in the garden. They need water every day. What a week!",
    "The garden gets water from the well. Tomatoes grow well there.",
    "Ok.",
    "My neighbour keeps bees beside the garden. His name is Joaquim.",
]


def heard(cube: remanence.Cube, *texts: str, session: str = "monday", name: str = "Bob") -> None:
    cube.observe([{"role": "user", "name": name, "content": text} for text in texts], session=session)


def summary_item(cube: remanence.Cube, session: str = "monday") -> remanence.Item:
    found = [hit.item for hit in cube.recall("garden tea water", kinds=["summary"], sessions=[session])]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("embedder", ["hashing", None])
def test_every_sentence_is_word_for_word_and_cites_its_items(
    open_cube: OpenCube, embedder: str | None
) -> None:
    cube = open_cube(embedder=embedder)
    heard(cube, *TALK)
    made = cube.find_unit("monday").summary(budget=60)
    assert 0 < made.tokens <= made.budget_tokens == 60
    assert len(made.sentences) >= 2
    for cited in made.sentences:
        assert cited.speaker == "Bob"
        for source in cited.sources:
            assert cube.show(source.item_id).content[source.start : source.end] == cited.text
            assert source.item_id[:8] in made.text
    assert made.items == tuple(dict.fromkeys(s.item_id for one in made.sentences for s in one.sources))


def test_what_is_said_twice_stands_once_and_cites_both(cube: remanence.Cube) -> None:
    heard(cube, "The garden needs water.", "I sleep now and then.", "the garden needs WATER.")
    made = cube.find_unit("monday").summary()
    (twice,) = [one for one in made.sentences if len(one.sources) == 2]
    assert twice.text == "The garden needs water."


def test_other_scripts_are_cut_into_sentences_too(cube: remanence.Cube) -> None:
    heard(
        cube,
        "我喜欢喝绿茶。你呢？我住在里斯本。",
        "Я живу в Порту. Мне нравится море!",
        "أحب الشاي. أين تسكن؟",
    )
    texts = {one.text for one in cube.find_unit("monday").summary(budget=500).sentences}
    assert {
        "我喜欢喝绿茶。",
        "我住在里斯本。",
        "Я живу в Порту.",
        "Мне нравится море!",
        "أحب الشاي.",
    } <= texts


def test_a_summary_is_kept_until_the_unit_or_a_member_changes(cube: remanence.Cube) -> None:
    heard(cube, *TALK)
    item = cube.remember("Joaquim's bees make honey")
    unit = cube.unit("bees").add(item)
    first = unit.summary()
    assert cube.find_unit("bees").summary() is first
    assert unit.summary(budget=100) is not first
    cube.revise(item.id, "Joaquim's bees make no honey")
    assert unit.summary().sentences[0].text == "Joaquim's bees make no honey"
    assert cube.unit("nothing").summary().sentences == ()


def test_a_unit_as_it_was_sums_up_what_was_told_then(cube: remanence.Cube, clock: TickingClock) -> None:
    item = cube.remember("Alice lives in Lisbon")
    unit = cube.unit("homes").add(item)
    then = clock.now()
    clock.step(timedelta(days=1))
    cube.revise(item.id, "Alice lives in Porto")
    assert "Porto" in unit.summary().text
    assert "Lisbon" in unit.at(then).summary().text


def test_a_budget_that_holds_nothing_is_refused(cube: remanence.Cube) -> None:
    heard(cube, *TALK)
    for budget in (0, 1, -5, 10**9):
        with pytest.raises(InvalidInput, match="budget"):
            cube.find_unit("monday").summary(budget=budget)


def test_each_session_gets_one_summary_that_is_renewed_when_it_grows(cube: remanence.Cube) -> None:
    heard(cube, *TALK)
    heard(cube, "Tea is made of leaves.", session="tuesday", name="Ana")
    done = cube.summarise()
    assert (len(done.written), done.renewed, done.unchanged) == (2, (), 0)
    item = summary_item(cube)
    assert (item.kind, item.session) == (Kind.SUMMARY, "monday")
    assert item.sources
    assert item.content.startswith("Bob: ")
    lines = cube.stats().counts["journal lines"]
    assert cube.summarise() == type(done)((), (), 2, None)
    assert cube.stats().counts["journal lines"] == lines
    heard(cube, "The garden burnt down and the well is dry. We plant tomatoes and water them no more.")
    again = cube.summarise()
    assert (again.written, again.renewed, again.unchanged) == ((), (item.id,), 1)
    assert "burnt down" in summary_item(cube).content
    assert cube.journal(limit=1)[0].verb == "summarise"
    assert len(cube.history(item.id)) == 2
    cube.undo(cube.journal(limit=1)[0].sequence)
    assert summary_item(cube).content == item.content
    assert cube.check() == ()


def test_undoing_the_first_summaries_leaves_none_and_a_session_never_has_two(cube: remanence.Cube) -> None:
    heard(cube, *TALK)
    (item,) = cube.summarise(session="monday").written
    cube.undo(cube.journal(limit=1)[0].sequence)
    undoing = cube.journal(limit=1)[0].sequence
    assert cube.recall("garden", kinds=["summary"]) == []
    assert cube.summarise().written == (item,)
    with pytest.raises(UndoConflict):
        cube.undo(undoing)
    cube.undo(cube.journal(limit=1)[0].sequence)
    cube.undo(undoing, cascade=True)
    assert summary_item(cube).id == item
    assert cube.check() == ()


def test_summaries_of_what_is_not_there_are_refused(cube: remanence.Cube) -> None:
    with pytest.raises(NotFound, match="session 'friday'"):
        cube.summarise(session="friday")
    assert cube.summarise().change_set is None
    heard(cube, "?!", "...")
    assert cube.summarise().written == ()


def test_a_session_of_which_no_sentence_fits_gets_none_and_holds_nobody_up(cube: remanence.Cube) -> None:
    heard(cube, "word " * 2000)
    heard(cube, "Tea is made of leaves.", session="tuesday")
    assert len(cube.summarise().written) == 1
    assert cube.recall("word", kinds=["summary"], sessions=["monday"]) == []


def test_what_a_user_made_of_a_summary_stays(cube: remanence.Cube) -> None:
    heard(cube, *TALK)
    cube.summarise()
    item = summary_item(cube)
    cube.revise(item.id, "All about the garden")
    heard(cube, "The garden has a new fence of wood and wire.")
    assert cube.summarise().renewed == ()
    assert cube.show(item.id).content == "All about the garden"
    cube.freeze(item.id)
    with pytest.raises(ItemFrozen):
        cube.summarise(session="monday")
    cube.thaw(item.id)
    cube.forget(item.id)
    assert cube.summarise().written == ()
    assert cube.summarise(session="monday").renewed == (item.id,)
    assert "garden" in cube.show(item.id).content


def test_a_summary_hides_none_of_its_sources(cube: remanence.Cube) -> None:
    heard(cube, "The garden gets water from the well.", "Bees fly.")
    before = {hit.item.id for hit in cube.recall("garden water")}
    cube.summarise()
    after = cube.recall("garden water")
    assert before < {hit.item.id for hit in after}
    (summary,) = [hit.item for hit in after if hit.item.kind is Kind.SUMMARY]
    assert {cube.show(source).content for source in summary.sources} >= {
        "The garden gets water from the well."
    }
    assert summary.id not in [item.id for item in cube.find_unit("monday").items()]


def test_an_erased_source_leaves_the_summary_and_the_rest_is_summed_up_anew(open_cube: OpenCube) -> None:
    cube = open_cube(reader="rules")
    secret = "The code of the safe in the garden is quinquireme."
    heard(cube, *TALK, secret)
    cube.summarise(budget=1000)
    old = summary_item(cube)
    assert "quinquireme" in old.content
    stated = cube.stats().counts["open revisions"]
    (spoken,) = [hit.item for hit in cube.recall("code safe", kinds=["utterance"], k=1)]
    receipt = cube.forget(spoken.id, erase=True)
    assert receipt is not None
    assert set(receipt.items) >= {spoken.id, old.id}
    assert not receipt.pending
    new = summary_item(cube)
    assert new.id != old.id
    assert "quinquireme" not in new.content
    assert "bees" in new.content
    assert cube.stats().counts["open revisions"] == stated - 1, "nothing else was derived again"
    assert cube.summarise().unchanged == 1
    copy = cube.snapshot(cube._setting.store._access.path.with_name("copy.cube"))  # type: ignore[attr-defined]
    assert b"quinquireme" not in copy.read_bytes()
    assert cube.check() == ()


def test_an_erased_summary_is_not_made_of_the_same_passages_again(cube: remanence.Cube) -> None:
    heard(cube, *TALK)
    cube.summarise()
    item = summary_item(cube)
    cube.forget(item.id, erase=True, in_sources="keep")
    assert cube.show(item.sources[0]).content in TALK
    made = cube.summarise()
    assert not made.written or not set(cube.show(made.written[0]).sources) & set(item.sources)


def test_a_blanked_sentence_is_quoted_no_more(open_cube: OpenCube) -> None:
    cube = open_cube(reader="rules")
    heard(cube, "I live in Timbuktu. The garden gets its water from the well every day.")
    (fact,) = [hit.item for hit in cube.recall("where does Bob live") if hit.item.kind is not Kind.UTTERANCE][
        :1
    ]
    cube.forget(fact.id, erase=True)
    cube.summarise()
    assert summary_item(cube).content == "Bob: The garden gets its water from the well every day."


def test_rollups_are_of_the_cubes_own_days_weeks_and_months(open_cube: OpenCube) -> None:
    cube = open_cube(time_zone="Asia/Tokyo", name="tokyo.cube")
    said = {
        "The old month ends with rain.": datetime(2026, 2, 28, 14, 59, tzinfo=UTC),
        "The new month begins with sun.": datetime(2026, 2, 28, 15, 0, tzinfo=UTC),  # Sunday, 1 March there
        "Monday is a day of work.": datetime(2026, 3, 2, 3, 0, tzinfo=UTC),
        "Sunday is a day of rest.": datetime(2026, 3, 8, 14, 0, tzinfo=UTC),
    }
    cube.observe(
        [
            {"role": "user", "name": "Bob", "content": text, "timestamp": time.isoformat()}
            for text, time in said.items()
        ],
        session="s",
    )

    def texts(period: str, when: object) -> list[str]:
        return [one.text.split()[0] + one.text.split()[1] for one in cube.rollup(period, when).sentences]  # type: ignore[arg-type]

    assert texts("day", "2026-03-01") == ["Thenew"]
    assert texts("week", "2026-03-04") == ["Mondayis", "Sundayis"]
    assert texts("week", "2026-03-01") == ["Theold", "Thenew"]
    assert texts("month", "2026-03-15") == ["Thenew", "Mondayis", "Sundayis"]
    assert cube.rollup("day", "2020-01-01").sentences == ()
    with pytest.raises(InvalidInput, match="period"):
        cube.rollup("year")  # type: ignore[arg-type]
