"""Units through the public face: versions, members, links, tags, the past, undo, and erasure."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

import remanence
from opening import OpenCube
from remanence.errors import (
    AmbiguousId,
    CubeReadOnly,
    InvalidInput,
    ItemErased,
    NotFound,
    Refused,
    UndoConflict,
)
from remanence.model.unit import ItemEnd, UnitEnd
from ticking import TickingClock


def ids(unit: remanence.Unit) -> list[str]:
    return [member.item_id for member in unit.members()]


def last_line(cube: remanence.Cube) -> int:
    return cube.journal(limit=1)[0].sequence


def test_a_unit_is_made_once_and_found_by_name_or_id(cube: remanence.Cube) -> None:
    garden = cube.unit("The garden", description="what grows", annotations={"since": 2024})
    assert (garden.kind, garden.version, garden.annotations) == ("topic", 1, {"since": 2024})
    assert cube.unit("the GARDEN").id == garden.id
    assert cube.find_unit("topic:The garden").id == garden.id
    assert cube.find_unit(garden.id[:8]).name == "The garden"
    assert [unit.name for unit in cube.units(kind="topic")] == ["The garden"]
    with pytest.raises(NotFound, match="no unit"):
        cube.find_unit("the cellar")


def test_a_mistyped_name_is_not_taken_for_the_beginning_of_an_id(cube: remanence.Cube) -> None:
    unit, item = cube.unit("garden"), cube.remember("tea")
    assert cube.find_unit(unit.id[:6]).name == "garden"
    assert cube.link(item.id[:6], "about", unit.id[:6])
    for text in (unit.id[:5], item.id[:5]):
        with pytest.raises(NotFound):
            cube.find_unit(text)
        with pytest.raises(NotFound):
            cube.link("garden", "about", text)


def test_a_kind_may_stand_before_a_new_name(cube: remanence.Cube) -> None:
    made = cube.unit("context:Lisbon")
    assert (made.kind, made.name) == ("context", "Lisbon")
    assert cube.unit("context:Lisbon").id == made.id
    assert cube.unit("note: buy tea").name == "note: buy tea"


def test_a_name_of_two_kinds_asks_which(cube: remanence.Cube) -> None:
    cube.unit("Lisbon", kind="topic")
    cube.unit("Lisbon", kind="context")
    with pytest.raises(AmbiguousId, match="context:Lisbon"):
        cube.find_unit("Lisbon")
    assert cube.find_unit("context:Lisbon").kind == "context"
    with pytest.raises(InvalidInput, match="persona"):
        cube.unit("x", kind="thing")


def test_members_have_roles_and_an_order(cube: remanence.Cube) -> None:
    first, second, third = (cube.remember(f"step {n}") for n in "abc")
    unit = cube.unit("recipe")
    unit.add(third, role="end", order=3).add(first, second, order=1)
    assert ids(unit) == [first.id, second.id, third.id]
    assert unit.members()[2].role == "end"
    unit.add(third, order=0)
    assert ids(unit)[0] == third.id
    assert unit.members()[0].role == "end"
    assert [item.content for item in unit.items()] == ["step c", "step a", "step b"]
    assert unit.version == 4


def test_what_changes_nothing_makes_no_version(cube: remanence.Cube) -> None:
    item = cube.remember("tea")
    unit = cube.unit("drinks").add(item)
    lines = cube.stats().counts["journal lines"]
    unit.add(item).rename("drinks").annotate(description="")
    assert unit.version == 2
    assert cube.stats().counts["journal lines"] == lines


def test_every_change_is_a_version_that_can_be_seen_compared_and_restored(cube: remanence.Cube) -> None:
    tea, coffee = cube.remember("tea"), cube.remember("coffee")
    unit = cube.unit("drinks").add(tea).tag("v1")
    unit.add(coffee).remove(tea).rename("hot drinks").link("see_also", coffee)
    assert [version.number for version in unit.versions()] == [1, 2, 3, 4, 5, 6]
    diff = unit.diff("v1")
    assert (diff.added, diff.removed) == ((coffee.id,), (tea.id,))
    assert diff.fields == {"name": ("drinks", "hot drinks")}
    assert [link.type for link in diff.linked] == ["see_also"]
    assert not unit.diff(6, 6)
    restored = unit.restore("v1")
    assert restored.gone == ()
    assert (unit.name, unit.version, ids(unit), unit.links()) == ("drinks", 7, [tea.id], ())
    with pytest.raises(NotFound, match="no version 'v2'"):
        unit.restore("v2")


def test_the_unit_as_it_was_is_read_and_not_changed(cube: remanence.Cube, clock: TickingClock) -> None:
    tea, coffee = cube.remember("tea"), cube.remember("coffee")
    unit = cube.unit("drinks")
    made = unit.versions()[0].recorded_at
    clock.step(timedelta(days=1))
    unit.add(tea)
    before = clock.now()
    clock.step(timedelta(days=1))
    unit.add(coffee).rename("hot drinks")
    then = unit.at(before)
    assert (then.name, ids(then)) == ("drinks", [tea.id])
    with pytest.raises(Refused, match="can't change"):
        then.add(coffee)
    assert ids(then.fork("only tea")) == [tea.id]
    with pytest.raises(NotFound, match="was not there"):
        unit.at(made - timedelta(days=1))


def test_a_tag_names_one_version(cube: remanence.Cube) -> None:
    unit = cube.unit("drinks").tag("first").rename("beverages")
    assert unit.versions()[0].tags == ("first",)
    with pytest.raises(InvalidInput, match="names version 1 already"):
        unit.tag("first")
    with pytest.raises(InvalidInput, match="is a number"):
        unit.tag("7")
    unit.tag("also", version="first")
    assert unit.versions()[0].tags == ("first", "also")
    cube.undo(last_line(cube))
    assert unit.versions()[0].tags == ("first",)


def test_a_fork_goes_its_own_way(cube: remanence.Cube) -> None:
    tea, coffee = cube.remember("tea"), cube.remember("coffee")
    unit = cube.unit("drinks", description="d").add(tea)
    other = unit.fork("hot drinks").add(coffee)
    assert (ids(unit), ids(other), other.description) == ([tea.id], [tea.id, coffee.id], "d")
    with pytest.raises(InvalidInput, match="there already"):
        unit.fork("hot drinks")


def test_a_merge_takes_members_and_links_and_retires_the_other(cube: remanence.Cube) -> None:
    tea, coffee, cup = (cube.remember(text) for text in ("tea", "coffee", "cup"))
    mine = cube.unit("drinks").add(tea)
    other = cube.unit("hot drinks").add(coffee, role="hot").add(tea).link("about", cup)
    mine.merge(other)
    assert ids(mine) == [tea.id, coffee.id]
    assert [(link.type, link.target) for link in mine.links()] == [("about", ItemEnd(cup.id))]
    assert [unit.name for unit in cube.units(kind="topic")] == ["drinks"]
    assert {unit.name for unit in cube.units(kind="topic", retired=True)} == {"drinks", "hot drinks"}
    with pytest.raises(InvalidInput, match="itself"):
        mine.merge(cube.find_unit("drinks"))
    with pytest.raises(Refused, match="retired"):
        other.add(tea)
    cube.undo(last_line(cube))
    assert ids(mine) == [tea.id]
    assert ids(cube.find_unit("hot drinks")) == [coffee.id, tea.id]


def test_links_join_units_and_items_either_way(cube: remanence.Cube) -> None:
    a, b = cube.remember("a claim"), cube.remember("its ground")
    unit = cube.unit("claims")
    made = cube.link(b, "supports", a.id[:10])
    assert made.target == ItemEnd(a.id)
    cube.link(a, "part_of", "claims")
    unit.link("my own word", cube.unit("grounds"))
    assert cube.links(a) == (made, cube.links(unit)[0])
    assert [link.type for link in unit.links()] == ["part_of", "my own word"]
    assert isinstance(cube.links("grounds")[0].source, UnitEnd)
    assert unit.version == 2, "a link from an item is none of the unit's versions"
    cube.unlink(b, "supports", a)
    unit.unlink("my own word", "grounds")
    assert (len(cube.links(a)), cube.links("grounds")) == (1, ())


def test_wrong_links_are_one_clear_error(cube: remanence.Cube) -> None:
    a, b, gone = cube.remember("one"), cube.remember("two"), cube.remember("a secret of some length")
    unit = cube.unit("things")
    cube.forget(gone.id, erase=True)
    lines = cube.stats().counts["journal lines"]
    for call in (
        lambda: cube.link(a, "about", gone),
        lambda: unit.link("about", gone),
        lambda: unit.add(gone),
    ):
        with pytest.raises(ItemErased, match="was erased"):
            call()
    with pytest.raises(InvalidInput, match="itself"):
        cube.link(a, "about", a)
    with pytest.raises(InvalidInput, match="itself"):
        unit.link("about", "things")
    with pytest.raises(NotFound, match="no such link"):
        cube.unlink(a, "about", b)
    with pytest.raises(NotFound, match="neither a unit nor an item"):
        cube.link(a, "about", "nobody knows this")
    assert cube.stats().counts["journal lines"] == lines


def test_undo_restores_the_version_before_and_redo_returns(cube: remanence.Cube) -> None:
    tea, coffee = cube.remember("tea"), cube.remember("coffee")
    unit = cube.unit("drinks").add(tea)
    made = last_line(cube)
    unit.add(coffee).rename("hot drinks")
    with pytest.raises(UndoConflict, match="later changes built on it"):
        cube.undo(made)
    cube.undo(last_line(cube))
    assert cube.find_unit("drinks").version == 5
    cube.undo(last_line(cube))
    assert ids(cube.find_unit("hot drinks")) == [tea.id, coffee.id]
    cube.undo(made, cascade=True)
    assert ids(cube.find_unit("drinks")) == []
    cube.undo(last_line(cube))
    assert ids(cube.find_unit("hot drinks")) == [tea.id, coffee.id]


def test_a_unit_whose_making_is_undone_is_not_there_until_redo(cube: remanence.Cube) -> None:
    unit = cube.unit("drinks", description="hot")
    cube.undo(last_line(cube))
    with pytest.raises(NotFound):
        cube.find_unit("drinks")
    with pytest.raises(NotFound, match="undone"):
        unit.rename("other")
    assert cube.units() == ()
    cube.undo(last_line(cube))
    assert cube.find_unit("drinks").description == "hot"


def test_undo_of_an_items_link_and_its_redo(cube: remanence.Cube) -> None:
    a, b = cube.remember("a"), cube.remember("b")
    cube.link(a, "see_also", b)
    cube.undo(last_line(cube))
    assert cube.links(a) == ()
    cube.undo(last_line(cube))
    assert len(cube.links(a)) == 1


def test_a_retired_unit_is_kept_and_its_name_is_free(cube: remanence.Cube) -> None:
    unit = cube.unit("drinks").retire()
    with pytest.raises(NotFound):
        cube.find_unit("drinks")
    assert cube.find_unit(unit.id).is_retired
    new = cube.unit("drinks")
    assert new.id != unit.id
    with pytest.raises(InvalidInput, match="there already"):
        unit.restore(1)
    new.rename("beverages")
    unit.restore(1)
    assert cube.find_unit("drinks").id == unit.id


def test_an_erased_item_leaves_every_version_and_restore_says_so(cube: remanence.Cube) -> None:
    tea, secret = cube.remember("tea"), cube.remember("the code of the safe is quinquireme")
    unit = cube.unit("things").add(tea).add(secret, role="notequinq").tag("both").link("defenestr", secret)
    unit.remove(secret, tea)
    cube.forget(secret.id, erase=True)
    restored = unit.restore("both")
    assert restored.gone == (secret.id,)
    assert ids(unit) == [tea.id]
    assert unit.links() == ()
    assert not unit.diff("both")
    assert cube.check() == ()
    undone = cube.undo(last_line(cube))
    assert undone.stays_erased == ()
    content = cube.snapshot(cube_path(cube).with_name("copy.cube")).read_bytes()
    assert b"notequinq" not in content
    assert b"defenestr" not in content


def test_an_undo_says_which_members_stay_erased(cube: remanence.Cube) -> None:
    tea, secret = cube.remember("tea"), cube.remember("the code of the safe is quinquireme")
    unit = cube.unit("things").add(tea, secret)
    unit.rename("other things")
    cube.forget(secret.id, erase=True)
    line = next(one for one in cube.journal() if one.entry.detail.get("version") == 3)
    assert cube.undo(line.sequence).stays_erased == (secret.id,)
    assert ids(cube.find_unit("things")) == [tea.id]


def test_a_units_own_words_can_be_erased_from_the_file(open_cube: OpenCube) -> None:
    cube = open_cube()
    item = cube.remember("tea")
    unit = cube.unit("xylophone plans", description="zephyrous and quinquireme", because="brobdingnagian")
    unit.annotate(annotations={"k": "sesquipedalian"}, rule={"tag": "antediluvian"})
    unit.add(item, role="hippopotamine").link("defenestrates", item).tag("velocipedestrian")
    unit.rename("other name entirely")
    receipt = unit.erase(because="asked to")
    assert (receipt.items, receipt.pending) == ((), False)
    assert cube.units(kind="topic", retired=True) == ()
    assert cube.show(item.id).content == "tea"
    with pytest.raises(Refused, match="erasure"):
        cube.undo(receipt.change_set)
    with pytest.raises(Refused, match="erased"):
        cube.undo(2, cascade=True)
    assert cube.check() == ()
    path = cube.snapshot(cube_path(cube).with_name("copy.cube"))
    content = path.read_bytes() + cube_path(cube).read_bytes()
    for word in (
        "xylophone", "zephyrous", "brobdingnag", "sesquiped", "antediluv", "hippopot", "defenestr",
        "velociped", "other name",
    ):  # fmt: skip
        assert word.encode() not in content


def cube_path(cube: remanence.Cube) -> Path:
    return cube._setting.store._access.path  # type: ignore[attr-defined]  # the SQLite store's


def test_a_persona_and_a_context_exist_without_asking(open_cube: OpenCube) -> None:
    cube = open_cube()
    messages = [
        {"role": "user", "name": "Bob", "content": "I keep bees."},
        {"role": "assistant", "content": "How many hives?"},
    ]
    cube.observe(messages, session="monday")
    names = {(unit.kind.value, unit.name): unit for unit in cube.units()}
    assert set(names) == {("persona", "Bob"), ("persona", "assistant"), ("context", "monday")}
    bob, monday = cube.find_unit("Bob"), cube.find_unit("context:monday")
    assert (bob.version, len(bob.members()), len(monday.members())) == (0, 1, 2)
    assert cube.find_unit(bob.id[:8]).name == "Bob"
    before = cube.stats().counts["journal lines"]
    assert before == 2, "nothing is stored for them"
    other = cube.remember("Bob's sister is called Ana")
    bob.annotate(description="the beekeeper").add(other)
    assert (bob.version, ids(bob)[0], len(ids(bob))) == (2, other.id, 2)
    cube.observe([{"role": "user", "name": "Bob", "content": "Nine hives by now."}], session="tuesday")
    assert len(ids(bob)) == 3, "its rule goes on"
    bob.remove(ids(bob)[1])
    assert len(ids(bob)) == 2
    assert [unit.name for unit in cube.units(kind="persona")] == ["Bob", "assistant", "Alice"]
    assert len(bob.at(bob.versions()[0].recorded_at).members()) == 1
    cube.undo(last_line(cube))
    assert len(ids(bob)) == 3


def test_undoing_the_first_change_of_a_persona_leaves_what_existed_without_asking(
    cube: remanence.Cube,
) -> None:
    cube.observe([{"role": "user", "name": "Zoë", "content": "Eu gosto de chá."}], session="s")
    cube.find_unit("Zoë").rename("Zoe")
    cube.undo(last_line(cube))
    zoe = cube.find_unit("Zoë")
    assert (zoe.version, len(zoe.members())) == (0, 1)
    zoe.annotate(description="again")
    assert cube.find_unit("Zoë").version == 3
    assert cube.unit("Zoë").description == "again"


def test_merged_personas_are_one(cube: remanence.Cube) -> None:
    for name in ("Bob", "Bobby"):
        cube.observe([{"role": "user", "name": name, "content": f"{name} here"}], session=name)
    bob = cube.find_unit("persona:Bob").merge(cube.find_unit("persona:Bobby"))
    assert bob.rule == {"author": ["Bob", "Bobby"]}
    assert len(bob.members()) == 2
    assert [unit.name for unit in cube.units(kind="persona")] == ["Bob"]


def test_two_cubes_on_one_file_see_each_others_units(open_cube: OpenCube) -> None:
    one, two = open_cube(), open_cube()
    item = one.remember("tea")
    unit = one.unit("drinks")
    two.find_unit("drinks").add(item.id)
    unit.rename("hot drinks")
    assert (unit.version, ids(unit)) == (3, [item.id])


@pytest.mark.parametrize("name", ["", " ", "x" * 201, "a\0b", "\ud800"])
def test_a_name_that_is_none_is_refused(cube: remanence.Cube, name: str) -> None:
    with pytest.raises(InvalidInput):
        cube.unit(name)


def test_names_in_any_script(cube: remanence.Cube) -> None:
    for name in ("茶", "чай", "شاي", "☕ e\u0301"):
        cube.unit(name, description=name)
        assert cube.find_unit(name).description == name


def test_threads_that_ask_for_one_name_get_one_unit(open_cube: OpenCube) -> None:
    cubes = [open_cube(), open_cube()]
    items = [cubes[0].remember(f"thing {n}").id for n in range(12)]

    def put(number: int) -> str:
        return cubes[number % 2].unit("things").add(items[number]).id

    with ThreadPoolExecutor(6) as pool:
        made = set(pool.map(put, range(12)))
    assert len(made) == 1
    unit = cubes[0].find_unit("things")
    assert sorted(ids(unit)) == sorted(items)
    assert [version.number for version in unit.versions()] == list(range(1, 14))
    assert cubes[0].check() == ()


def test_a_cube_that_is_only_read_shows_its_units_and_changes_none(open_cube: OpenCube) -> None:
    cube = open_cube()
    item = cube.remember("tea")
    cube.unit("drinks").add(item)
    cube.close()
    cube = open_cube(read_only=True)
    unit = cube.find_unit("drinks")
    assert (ids(unit), unit.summary().sentences[0].text) == ([item.id], "tea")
    with pytest.raises(CubeReadOnly):
        unit.rename("beverages")
    with pytest.raises(CubeReadOnly):
        cube.unit("new")


def test_an_undone_item_is_no_member_to_add_and_a_retired_one_stays(cube: remanence.Cube) -> None:
    kept = cube.remember("kept")
    undone = cube.remember("undone")
    cube.undo(last_line(cube))
    with pytest.raises(NotFound, match="undone"):
        cube.unit("things").add(undone)
    unit = cube.unit("things").add(kept)
    cube.forget(kept.id)
    assert [item.state for item in unit.items()] == ["archived"]
    assert cube.recall("kept", units=["things"]) == []


def test_the_journal_tells_of_units_by_ids_and_numbers_alone(cube: remanence.Cube) -> None:
    item = cube.remember("tea")
    unit = cube.unit("xylophone", description="quinquireme").add(item, role="zephyr").tag("velocipede")
    unit.link("defenestrates", item).fork("hippogriff").merge(unit)
    for line in cube.journal():
        told = repr(dict(line.entry.detail))
        for word in ("xylophone", "quinquireme", "zephyr", "velocipede", "defenestrates", "hippogriff"):
            assert word not in told
    assert {line.verb.value for line in cube.journal(item=item.id)} == {"remember", "unit", "link"}
