"""What a cube does, in a file and behind a server alike: one suite runs over both."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from either_place import Open

import remanence
from remanence.cube import Cube
from remanence.errors import (
    AmbiguousId,
    CubeClosed,
    CubeReadOnly,
    InvalidInput,
    ItemErased,
    ItemFrozen,
    NotFound,
    Refused,
    UndoConflict,
)
from remanence.model.kind import Kind, Trust
from remanence.model.state import State

TALK = [
    {"role": "user", "content": "I live in Lisbon and my sister Ana lives in Porto.", "name": "Alice"},
    {"role": "assistant", "content": "Noted."},
    {"role": "user", "content": "明天我要去看医生。 Und am Freitag fahre ich nach Köln.", "name": "Alice"},
]


def home(cube: Cube, place: str, **more: object) -> remanence.Item:
    return cube.remember(f"Alice lives in {place}", slot=("Alice", "home", place), **more)


def last_line(cube: Cube) -> int:
    return cube.journal(limit=1)[0].sequence


def test_a_question_keeps_to_tags_and_metadata(cube: Cube) -> None:
    cube.remember("The bike of the office is red", tags=["work"], metadata={"n": 1})
    cube.remember("Das Fahrrad, my bike, ist blau", tags=["privé"], metadata={"n": 2, "gone": False})
    assert ["red" in hit.item.content for hit in cube.recall("bike", tags=["work", "none"])] == [True]
    assert ["blau" in hit.item.content for hit in cube.recall("bike", metadata={"n": 2, "gone": False})] == [
        True
    ]
    assert cube.recall("bike", tags=["work"], metadata={"n": 2}) == []
    assert "blau" not in cube.context("bike", tags=["work"]).text
    then = cube.at(datetime.now(UTC) + timedelta(days=1))
    assert len(then.recall("bike", tags=["privé"])) == 1
    with pytest.raises(InvalidInput):
        cube.recall("bike", metadata={"n": [1]})


def test_it_is_whose_it_was_made_to_be(open_cube: Open) -> None:
    made = open_cube(owner="Zoë", time_zone="Asia/Tokyo")
    assert (made.owner, made.time_zone) == ("Zoë", "Asia/Tokyo")
    assert isinstance(made, Cube)
    assert open_cube().owner == "Zoë"
    with pytest.raises(InvalidInput, match="the memory of 'Zoë', not of 'Bob'"):
        open_cube(owner="Bob")


def test_a_statement_keeps_all_that_was_said_of_it(cube: Cube) -> None:
    source = cube.remember("the doctor said so")
    metadata = {"a": [1, 2.5, None, {"b": "ü"}], "flag": True}
    item = cube.remember(
        "Alice is allergic to peanuts \ud800",
        kind=Kind.PREFERENCE,
        confidence=0.75,
        because="she said so",
        valid_from=date(2026, 1, 1),
        valid_to=datetime(2030, 1, 1, tzinfo=UTC),
        domain="health",
        tags=("food", "safety"),
        metadata=metadata,
        author="Ana",
        session="s1",
        trust=Trust.AGENT,
        derived_from=[source.id],
    )
    assert isinstance(item, remanence.Item)
    assert cube.show(item.id) == item
    assert (item.content, item.kind, item.tags) == (
        "Alice is allergic to peanuts \ud800",
        Kind.PREFERENCE,
        ("food", "safety"),
    )
    assert item.metadata == metadata
    assert (item.confidence, item.author, item.session) == (0.75, "Ana", "s1")
    assert item.valid_from == datetime(2026, 1, 1, tzinfo=UTC)
    assert item.valid_to == datetime(2030, 1, 1, tzinfo=UTC)
    assert item.sources == (source.id,)
    assert item.revision.provenance.trust is Trust.AGENT
    assert item.state is State.ACTIVE
    line = cube.journal(limit=1)[0]
    assert (line.reason, line.actor, line.verb, line.item_id) == ("she said so", "Alice", "remember", item.id)
    assert line.entry.digests
    assert len(line.hash) == len(line.previous) == 32


def test_naive_times_are_read_in_the_zone_of_the_cube(cube: Cube) -> None:
    item = cube.remember("Alice has a visa", valid_from=datetime(2026, 7, 1, 12, 0))
    assert item.valid_from == datetime(2026, 7, 1, 11, 0, tzinfo=UTC)


def test_a_conversation_is_taken_in_once(cube: Cube) -> None:
    seen = cube.observe(TALK, session="s")
    assert len(seen.added) == 3
    assert seen.derived
    again = cube.observe(iter(TALK), session="s")
    assert (again.known, again.added, again.change_set) == (3, (), None)
    assert cube.show(seen.added[2]).content == TALK[2]["content"]


def test_a_request_to_forget_is_heeded(cube: Cube) -> None:
    cube.observe([{"role": "user", "content": "I live in Lisbon.", "name": "Alice"}], session="s")
    seen = cube.observe(
        [{"role": "user", "content": "Forget that I live in Lisbon.", "name": "Alice"}], session="t"
    )
    assert seen.heeded
    assert seen.heeded[0].outcome


def test_recall_finds_filters_and_explains(cube: Cube) -> None:
    tea = cube.remember("Alice likes green tea", kind="preference", session="a")
    dog = cube.remember("Alice has a dog", session="b", author="Ana")
    hits = cube.recall("what tea does Alice like?", k=2)
    assert isinstance(hits, list)
    assert hits[0].item == tea
    assert 0 <= hits[0].score <= 1
    assert {part.name for part in hits[0].why} > {"bm25"}
    assert str(hits[0].why)
    assert cube.recall("Alice", sessions=["b"])[0].item == dog
    assert [hit.item.id for hit in cube.recall("Alice", kinds=[Kind.PREFERENCE])] == [tea.id]
    assert cube.recall("Alice", authors=("Ana",), confidence_min=0.5)[0].item == dog
    assert cube.recall("Alice", said_before="2000-01-01") == []
    assert hits.answered == cube.recall("what tea does Alice like?").answered > 0
    assert cube.recall("what tea does Alice like?", score_min=0.999) == []
    assert tea not in [hit.item for hit in cube.recall("what tea does Alice like?", without=hits[:1])]


@pytest.mark.parametrize("form", ["text", "markdown", "xml", "chat", "json"])
def test_a_context_cites_its_items_whole(cube: Cube, form: str) -> None:
    item = cube.remember("Alice likes green tea")
    context = cube.context("tea", budget=300, format=form)
    assert context.items == (item,)
    assert (context.format, context.budget_tokens) == (form, 300)
    assert "green tea" in context.text
    assert context.tokens <= 300


def test_an_item_is_revised_in_time_and_in_its_notes(cube: Cube) -> None:
    item = cube.remember("Alice lives in Lisbon", valid_from="2020-01-01")
    revised = cube.revise(item.id[:12], "Alice lives in Porto", valid_from="2026-01-01", because="moved")
    assert revised.id == item.id
    rows = cube.history(item.id)
    assert [row.content.text for row in rows if row.is_open] == [
        "Alice lives in Lisbon",
        "Alice lives in Porto",
    ]
    assert rows[0].closed_by == revised.revision.opened_by
    assert cube.recall("where does Alice live", as_of="2022-01-01")[0].item.content == "Alice lives in Lisbon"
    noted = cube.annotate(item.id, tags=["home"], metadata={"n": 1})
    assert (noted.tags, noted.metadata) == (("home",), {"n": 1})
    assert cube.annotate(item.id, tags=[]).metadata == {"n": 1}


def test_what_is_retired_can_come_back_and_what_is_erased_not(cube: Cube) -> None:
    item = cube.remember("Alice likes tea")
    assert cube.forget(item.id, because="asked") is None
    assert cube.recall("tea") == []
    undone = cube.undo(last_line(cube))
    assert undone.change_sets
    assert cube.recall("tea")[0].item.id == item.id
    plan = cube.plan_erasure(item.id)
    assert plan.items == (item.id,)
    receipt = cube.forget(item.id, erase=True, because="for good")
    assert receipt is not None
    assert receipt.items == (item.id,)
    assert receipt.reason == "for good" or cube.erased()[0].reason == "for good"
    assert cube.erased()[0].change_set == receipt.change_set
    with pytest.raises(ItemErased):
        cube.revise(item.id, "Alice likes mate")
    assert cube.verify(head=receipt.journal_head).faults == ()


def test_what_is_frozen_stays_until_it_is_thawed(cube: Cube) -> None:
    item = cube.remember("Alice likes tea")
    assert cube.freeze(item.id, because="keep").state is State.FROZEN
    with pytest.raises(ItemFrozen):
        cube.forget(item.id)
    assert cube.thaw(item.id).state is State.ACTIVE


def test_later_changes_stand_in_the_way_of_an_undo(cube: Cube) -> None:
    item = cube.remember("Alice likes tea")
    line = last_line(cube)
    cube.revise(item.id, "Alice likes mate")
    with pytest.raises(UndoConflict):
        cube.undo(line)
    assert len(cube.undo(line, cascade=True).change_sets) == 2
    with pytest.raises(NotFound):
        cube.undo(10_000)


def test_the_journal_and_the_changes_tell_what_was_done(cube: Cube) -> None:
    first = cube.remember("Alice likes tea", because="one")
    cube.revise(first.id, "Alice likes mate", because="two")
    for number in range(60):
        cube.remember(f"note {number}")
    assert len(cube.journal()) == 50
    whole = cube.journal(limit=1000)
    assert [line.sequence for line in whole] == sorted((line.sequence for line in whole), reverse=True)
    assert cube.journal(limit=2, before=whole[5].sequence) == whole[6:8]
    assert {line.item_id for line in cube.journal(item=first.id)} == {first.id}
    sets = cube.changes(whole[-1].sequence, limit=3)
    assert [change.reason for change in sets] == ["one", "two", None]
    edit = sets[1].edits[0]
    assert (edit.before, edit.after) == (("Alice likes tea",), ("Alice likes mate",))
    assert edit.opened[0].item_id == first.id
    assert cube.changes("2020-01-01", date(2100, 1, 1), limit=1)[0].next_line == sets[0].next_line


def test_the_past_is_there_to_be_asked(cube: Cube) -> None:
    item = home(cube, "Lisbon")
    then = cube.journal(limit=1)[0].recorded_at
    cube.revise(item.id, "Alice lives in Porto")
    view = cube.at(then)
    assert isinstance(view, remanence.View)
    assert view.show(item.id).content == "Alice lives in Lisbon"
    assert view.recall("where does Alice live").answered > 0
    assert view.recall("where does Alice live", score_min=1.0) == []
    assert view.recall("where does Alice live")[0].item.content == "Alice lives in Lisbon"
    assert view.context("where does Alice live").items[0].content == "Alice lives in Lisbon"
    assert len(view.history(item.id)) == 1
    assert view.journal(limit=1)[0].verb == "remember"
    assert view.timeline("Alice")[0].value == "Lisbon"
    assert view.erased() == ()
    assert view.stats().known_at == then
    assert view.stats().counts["items"] == 1
    restored = cube.restore(then, because="a mistake")
    assert restored.returned == (item.id,)
    assert cube.show(item.id).content == "Alice lives in Lisbon"
    with pytest.raises(InvalidInput):
        cube.at("when pigs fly")


def test_contradictions_are_told_and_settled(cube: Cube) -> None:
    mine = home(cube, "Lisbon")
    home(cube, "Porto", trust="document", author="registry")
    (conflict,) = cube.conflicts(subject="Alice")
    assert (conflict.attribute, len(conflict.claims)) == ("home", 2)
    assert {item.author for item in conflict.items} == {"Alice", "registry"}
    assert cube.resolve(mine.id, because="she knows").id == mine.id
    assert cube.conflicts() == ()
    with pytest.raises(Refused):
        cube.resolve(mine.id)
    assert {one.name for one in cube.reliabilities()} >= {"Alice"}


def test_grounds_and_what_would_fall_are_trees_of_items(cube: Cube) -> None:
    seen = cube.observe([{"role": "user", "content": "I live in Lisbon.", "name": "Alice"}], session="s")
    tree = cube.why(seen.derived[0])
    assert tree.stands
    assert tree.sources[0].item.id == seen.added[0]
    assert "Lisbon" in str(tree)
    impact = cube.impact(seen.added[0])
    assert [item.id for item in impact.falls] == [seen.derived[0]]


def test_a_timeline_tells_what_succeeded_what(cube: Cube) -> None:
    cube.remember("Alice lives in Lisbon", slot=("Alice", "home", "Lisbon"), valid_from="2020-01-01")
    cube.remember("Alice lives in Porto", slot=("Alice", "home", "Porto"), valid_from="2026-01-01")
    periods = cube.timeline("alice", "home")
    assert [one.value for one in periods] == ["Lisbon", "Porto"]
    assert periods[0].valid_to == periods[1].valid_from
    assert cube.timeline("Alice", known_at="2000-01-01") == ()


def test_use_and_expiry_are_marked(cube: Cube) -> None:
    item = cube.remember("Alice likes tea")
    (hit,) = cube.recall("tea")
    assert cube.used(hit) == (item.id,)
    assert cube.used([hit, item.id]) == (item.id,)
    soon = datetime.now(UTC) + timedelta(days=400)
    cube.expire(item.id, at=soon)
    marks = cube.marks(item.id)
    assert marks[-1].at == soon
    assert len(marks) == 3
    cube.expire(item.id, at=None)
    assert len(cube.marks(item.id)) == 2


def test_rules_are_planned_and_carried_out(cube: Cube, tmp_path: Path) -> None:
    item = cube.remember("Alice likes tea", tags=["old"])
    rules = tmp_path / "rules.toml"
    rules.write_text('[[rule]]\nname = "tidy"\nwhen = "\'old\' in tags"\nthen = "archive"\n')
    plan = cube.plan_lifecycle(rules)
    assert [touched.item_id for touched in plan.touched] == [item.id]
    assert plan.touched[0].steps[0].rule.name == "tidy"
    assert plan.touched[0].steps[0].rule.condition.text == "'old' in tags"
    applied = cube.apply_lifecycle(rules, because="spring")
    assert applied.change_set is not None
    assert cube.show(item.id).state is State.ARCHIVED
    with pytest.raises(InvalidInput):
        cube.plan_lifecycle(tmp_path / "none.toml")


def test_what_says_the_same_is_merged(cube: Cube) -> None:
    one, two = cube.remember("Die Tür klemmt"), cube.remember("Die Tür ist neu")
    cube.revise(two.id, "die Tür  klemmt.")
    done = cube.consolidate(seconds=30)
    assert done.merged
    survivor = done.merged[0].survivor
    (other,) = done.merged[0].merged
    assert {survivor, other} == {one.id, two.id}
    assert cube.survivor(other).id == survivor
    assert [item.id for item in cube.merged(survivor)] == [other]
    again = cube.consolidate(seconds=30)
    assert (again.finished, again.change_set) == (True, None)
    assert again.promises is not None
    assert {one.name for one in again.promises.checked} >= {"erasure", "evidence"}


def test_why_something_is_no_hit(cube: Cube) -> None:
    cube.remember("Alice likes green tea")
    dog = cube.remember("Alice has a dog")
    cube.forget(dog.id)
    told = cube.why_not(dog.id, "green tea", k=1)
    assert not told.is_hit
    assert "state" in told.left_out_by
    assert str(told)
    assert "without" in cube.why_not(dog.id, "dog", without=dog).left_out_by


def test_units_are_made_changed_versioned_and_erased(cube: Cube) -> None:
    tea, dog = cube.remember("Alice likes tea"), cube.remember("Alice has a dog")
    unit = cube.unit("drinks", description="what she drinks", annotations={"n": 1}, because="tidy")
    assert isinstance(unit, remanence.Unit)
    assert (unit.name, unit.kind, unit.description, unit.version) == ("drinks", "topic", "what she drinks", 1)
    assert unit.add(tea, role="favourite") is unit
    assert unit.version == 2
    assert [(one.item_id, one.role) for one in unit.members()] == [(tea.id, "favourite")]
    assert unit.items() == (cube.show(tea.id),)
    assert unit.tag("good").tags == ("good",)
    unit.add(dog.id).remove(tea)
    diff = unit.diff("good")
    assert (diff.added, diff.removed) == ((dog.id,), (tea.id,))
    restored = unit.restore("good")
    assert (restored.gone, unit.version) == ((), restored.version.number)
    assert [one.item_id for one in unit.members()] == [tea.id]
    assert unit.rename("beverages/hot").name == "beverages/hot"
    assert cube.find_unit("beverages/hot").id == unit.id
    assert unit.annotate(description="hot ones", rule={"tag": ["hot"]}).rule
    assert [one.number for one in unit.versions()] == list(range(1, unit.version + 1))
    assert "tea" in unit.summary(budget=100).text
    with pytest.raises(Refused, match="LLM"):
        unit.summary(abstractive=True)
    assert cube.recall("Alice", units=[unit])[0].item.id == tea.id
    assert cube.recall("Alice", units=[unit.name], units_boost=[unit])[0].item.id == tea.id
    assert cube.recall("Alice", units_boost={unit: 2.0})[0].item.id == tea.id
    fork = unit.fork("cold")
    assert fork.id != unit.id
    unit.merge(fork)
    assert {one.name for one in cube.units(kind="topic")} == {"beverages/hot"}
    assert {one.name for one in cube.units(kind="topic", retired=True)} == {"beverages/hot", "cold"}
    receipt = unit.erase(because="asked")
    assert receipt.change_set
    with pytest.raises(NotFound):
        cube.find_unit("beverages/hot")


def test_a_unit_as_it_was_can_be_read_and_not_changed(cube: Cube) -> None:
    tea = cube.remember("Alice likes tea")
    unit = cube.unit("drinks").add(tea)
    then = cube.journal(limit=1)[0].recorded_at
    unit.remove(tea).annotate(description="nothing left")
    past = unit.at(then)
    assert [one.item_id for one in past.members()] == [tea.id]
    assert past.items()
    assert past.description == ""
    with pytest.raises(Refused, match="as it was"):
        past.rename("other")
    assert [one.item_id for one in past.fork("again").members()] == [tea.id]
    with pytest.raises(NotFound):
        unit.at("2000-01-01")


def test_links_run_between_units_and_items(cube: Cube) -> None:
    tea = cube.remember("Alice likes tea")
    unit = cube.unit("drinks")
    link = cube.link(unit, "about", tea)
    assert cube.links(tea) == (link,) == unit.links()
    assert cube.unlink(unit, "about", tea.id) is None
    assert cube.links(unit) == ()
    unit.link("see_also", tea)
    unit.unlink("see_also", tea.id)
    with pytest.raises(NotFound):
        cube.unlink(unit, "about", tea)


def test_entities_are_found_merged_split_and_named(cube: Cube) -> None:
    cube.observe(TALK, session="s")
    cube.remember("Anna called on Monday")
    names = {one.name for one in cube.entities()}
    assert {"Ana", "Anna"} <= names
    page = cube.entity("Ana")
    assert page.items
    assert page.mentions[0].text
    assert cube.find_entities("Ana")[0].entity == page.entity
    merged = cube.merge_entities(page.entity, "Anna", because="the same")
    assert {alias.text for alias in merged.aliases} >= {"Ana", "Anna"}
    split = cube.split_entity(merged, aliases=["Anna"])
    assert split.id != merged.id
    named = cube.annotate_entity(split, name="Anna Silva", kind="person")
    assert (named.name, named.kind) == ("Anna Silva", "person")
    assert [hit.item.content for hit in cube.recall("called", entities=[named])] == ["Anna called on Monday"]
    with pytest.raises(NotFound):
        cube.entity("Zebulon")


def test_conversations_are_summed_up(cube: Cube) -> None:
    cube.observe(TALK, session="s")
    done = cube.summarise(session="s", budget=100)
    assert len(done.written) == 1
    assert cube.show(done.written[0]).kind is Kind.SUMMARY
    rollup = cube.rollup("day", budget=100)
    assert rollup.sentences[0].sources
    assert rollup.tokens <= 100
    with pytest.raises(Refused, match="LLM"):
        cube.summarise(abstractive=True)


def test_documents_come_are_known_again_and_go(cube: Cube, tmp_path: Path) -> None:
    page = tmp_path / "tea.md"
    page.write_text("# Tea\n\nGreen tea is brewed at eighty degrees.\n", encoding="utf-8")
    done = cube.ingest(page, tags=["kitchen"], dated="2026-01-01", because="a recipe")
    assert (done.name, len(done.added)) == (str(page), 1)
    assert cube.show(done.added[0]).tags == ("kitchen",)
    assert cube.ingest(page).change_set is None
    assert [one.name for one in cube.documents()] == [str(page)]
    assert cube.forget_document(str(page)) is None
    assert cube.documents() == ()
    assert cube.ingest(b"Mate is a herb.", name="mate.txt").format == "text"
    receipt = cube.forget_document("mate.txt", erase=True)
    assert receipt is not None
    assert receipt.items


def test_another_store_is_brought_in(cube: Cube, tmp_path: Path) -> None:
    given = {"results": [{"id": "1", "memory": "Ana keeps bees", "user_id": "ana"}]}
    assert cube.import_from("mem0", given, dry_run=True).added == 0
    done = cube.import_from("mem0", given)
    assert (done.added, done.kind, done.is_complete) == (1, "mem0", True)
    assert cube.import_from("auto", given).known == 1
    with pytest.raises(InvalidInput):
        cube.import_from("mem0", tmp_path / "none.json")


@pytest.mark.parametrize("form", ["jsonl", "mem0", "chat"])
def test_it_is_exported_whole_or_not_at_all(cube: Cube, tmp_path: Path, form: str) -> None:
    seen = cube.observe(TALK, session="s")
    done = cube.export(form, tmp_path / "out")
    assert (done.form, done.path, done.size_bytes) == (form, tmp_path / "out", done.path.stat().st_size)
    assert done.is_complete is (form == "jsonl")
    with pytest.raises(InvalidInput):
        cube.export(form, tmp_path / "out")
    assert cube.export(form, tmp_path / "out", overwrite=True, sessions=["s"]).counts
    with pytest.raises(InvalidInput):
        cube.export(form, tmp_path / "other", kinds=["nonsense"])
    assert not (tmp_path / "other").exists()
    if form == "jsonl":
        cube.export(form, tmp_path / "whole.jsonl", vectors=True)
        remanence.load(tmp_path / "whole.jsonl", tmp_path / "copy.cube")
        with remanence.open(tmp_path / "copy.cube", embedder="hashing") as copy:
            assert [copy.show(item).content for item in seen.added] == [one["content"] for one in TALK]


def test_what_waits_is_counted_and_worked_off(cube: Cube) -> None:
    cube.observe(TALK, session="s")
    cube.embed_pending()
    assert cube.stats().counts["texts without vector"] == 0
    assert cube.parked() == ()
    assert cube.retry_parked() == 0
    assert cube.plan_reread().messages == ()
    assert cube.reread().change_set is None
    with pytest.raises(Refused, match="LLM reader"):
        cube.read_pending(limit=1)


def test_it_is_sound(cube: Cube) -> None:
    cube.remember("Alice likes tea")
    assert cube.check() == ()
    verified = cube.verify()
    assert verified.faults == ()
    assert verified.head == cube.stats().journal_head
    assert cube.stats().facts.owner == "Alice"
    with pytest.raises(InvalidInput):
        cube.verify(head="no hash")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda cube: cube.remember(""),
        lambda cube: cube.remember(7),
        lambda cube: cube.remember("a", kind="nonsense"),
        lambda cube: cube.remember("a", confidence=2),
        lambda cube: cube.remember("a", metadata={"a": float("nan")}),
        lambda cube: cube.remember("a", metadata={"a": object()}),
        lambda cube: cube.remember("a", tags="food"),
        lambda cube: cube.remember("a", slot=("Alice", "home")),
        lambda cube: cube.remember("a", valid_from="when pigs fly"),
        lambda cube: cube.remember("a", because=""),
        lambda cube: cube.recall(" "),
        lambda cube: cube.recall("a", k=0),
        lambda cube: cube.recall("a", k=10_000),
        lambda cube: cube.recall("a", units="one"),
        lambda cube: cube.recall("a", kinds="fact"),
        lambda cube: cube.context("a", format="pdf"),
        lambda cube: cube.context("a", budget=0),
        lambda cube: cube.observe([{"role": "user"}, 3]),
        lambda cube: cube.observe("hello"),
        lambda cube: cube.show(""),
        lambda cube: cube.show("no id at all"),
        lambda cube: cube.show(".."),
        lambda cube: cube.show("a/../b?c#d%2e"),
        lambda cube: cube.journal(limit=0),
        lambda cube: cube.changes(0),
        lambda cube: cube.timeline(""),
        lambda cube: cube.consolidate(seconds=0),
        lambda cube: cube.unit(""),
        lambda cube: cube.units(kind="nonsense"),
        lambda cube: cube.rollup("year"),
        lambda cube: cube.ingest(7),
        lambda cube: cube.propose_units(members_min=0),
        lambda cube: cube.import_from("nonsense", b"{}"),
        lambda cube: cube.explain(" "),
        lambda cube: cube.recall("a", score_min=2),
        lambda cube: cube.recall("a", without=[7]),
        lambda cube: cube.recognise([{"role": "user"}, 3]),
        lambda cube: cube.items(limit=0),
        lambda cube: cube.items(state="nonsense"),
        lambda cube: cube.items(kind="nonsense"),
        lambda cube: cube.promise("", to="Bob"),
        lambda cube: cube.promise("call", to=[]),
        lambda cube: cube.promise("call", to="Bob", due="when pigs fly"),
        lambda cube: cube.declare_promises(b"[[promise"),
        lambda cube: cube.declare_promises(Path("no such file")),
        lambda cube: cube.check_promises(b"x = 1"),
        lambda cube: cube.accept_promise("{}", key="00"),
        lambda cube: cube.act(""),
        lambda cube: cube.act("a", cost={"usd": -1}),
        lambda cube: cube.act("a", result="it worked", error="it failed"),
        lambda cube: cube.decide(""),
        lambda cube: cube.goal("a", due="when pigs fly"),
        lambda cube: cube.precedents("a", k=0),
        lambda cube: cube.story("when pigs fly"),
        lambda cube: cube.story(budget=0),
    ],
)  # fmt: skip
def test_wrong_input_is_refused_and_changes_nothing(cube: Cube, wrong: object) -> None:
    head = cube.stats().journal_head
    with pytest.raises(InvalidInput) as told:
        wrong(cube)  # type: ignore[operator]
    assert str(told.value)
    assert cube.stats().journal_head == head


def test_ids_that_are_not_there_or_not_enough_are_told_apart(cube: Cube) -> None:
    with pytest.raises(NotFound, match="zzzzzzzz"):
        cube.show("zzzzzzzz")
    ids = sorted(cube.remember(f"note {number}").id for number in range(40))
    alike = next(a[0] for a, b in pairwise(ids) if a[0] == b[0])
    with pytest.raises(AmbiguousId):
        cube.show(alike)


def test_a_reader_changes_nothing(open_cube: Open) -> None:
    item = open_cube(owner="Alice").remember("Alice likes tea")
    reader = open_cube(read_only=True)
    assert reader.show(item.id) == item
    with pytest.raises(CubeReadOnly):
        reader.remember("Alice likes mate")
    with pytest.raises(CubeReadOnly):
        reader.find_unit("persona:Alice").rename("Bob")


def test_what_is_not_there_is_not_made_for_a_reader(open_cube: Open) -> None:
    with pytest.raises((NotFound, remanence.errors.CubeError)):
        open_cube(read_only=True)


def test_a_closed_cube_says_so(cube: Cube) -> None:
    with cube:
        cube.remember("Alice likes tea")
    with pytest.raises(CubeClosed):
        cube.recall("tea")


def test_arguments_that_no_method_has_are_a_type_error(cube: Cube) -> None:
    with pytest.raises(TypeError):
        cube.recall("tea", nonsense=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        cube.recall()  # type: ignore[call-arg]


def test_of_two_like_hours_a_time_is_the_one_that_was_meant(cube: Cube) -> None:
    first = datetime(2025, 10, 26, 1, 30)  # in Lisbon the clocks go back an hour at 2
    second = first.replace(fold=1)
    early = cube.remember("The first train has left", valid_from=first)
    late = cube.remember("The second train has left", valid_from=second)
    cube.observe([{"role": "user", "content": "It is dark.", "timestamp": second}], session="night")
    assert early.revision.valid.start == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)
    assert late.revision.valid.start == datetime(2025, 10, 26, 1, 30, tzinfo=UTC)
    (said,) = cube.items(session="night", kind="utterance")
    assert said.revision.provenance.said_at == datetime(2025, 10, 26, 1, 30, tzinfo=UTC)


def test_an_empty_list_chooses_nothing(cube: Cube, tmp_path: Path) -> None:
    cube.remember("Alice likes tea")
    for number, chosen in enumerate(({"kinds": []}, {"sessions": []}, {"authors": []}, {"trust": []})):
        done = cube.export("chat", tmp_path / f"{number}.jsonl", **chosen)
        assert done.counts.get("items", 0) == 0, chosen
    assert cube.export("jsonl", tmp_path / "all.jsonl", include=[]).is_complete
