"""The promise of erasure, looked for byte by byte: no word of what was erased is in any file of the cube."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import apsw
import pytest

from opening import OpenCube
from remanence.cube import Cube
from remanence.errors import CubeError, NotACube, WrongKey
from remanence.model.interval import Interval
from remanence.model.item import Content, Item, Provenance, Slot, Source
from remanence.model.journal import Verb
from remanence.model.kind import Trust

NEIGHBOURS = 60  # other items, so that pages are shared and trees have branches


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Every file beside the cube, by name: the test knows of no list that could forget one."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def forms(word: str) -> list[bytes]:
    """The ways in which a word can lie in a file: UTF-8, as JSON escapes it, in the index's lower case."""
    plain = {word, word.lower()}
    return [
        form
        for text in plain
        for form in (
            text.encode("utf-8", "surrogatepass"),
            json.dumps(text)[1:-1].encode(),
            text.encode("utf-16-le", "surrogatepass"),
        )
    ]


def found(folder: Path, words: Iterable[str]) -> list[tuple[str, str]]:
    files = bytes_of(folder)
    return [
        (word, name)
        for word in words
        for name, data in files.items()
        if any(form in data for form in forms(word))
    ]


def surround(cube: Cube, start: int) -> None:
    for number in range(start, start + NEIGHBOURS):
        cube.remember(
            f"neighbour {number} likes thing {number}", tags=[f"t{number}"], because=f"reason {number}"
        )


def words_of(text: str) -> list[str]:
    """Some of its words; of scripts without spaces every third character with its followers."""
    if " " in text:
        words = [word for word in text.split() if len(word) >= 5]
        return words[:: 1 + len(words) // 40]
    length = 12 if text.isascii() else 3
    return [text[at : at + length] for at in range(0, len(text) - length + 1, length)]


SECRETS = {
    "a sentence": "zebrafinch quokkas wombatish numbats",
    "longer than a page": " ".join(f"pangolin{number:05d}" for number in range(3_000)),
    "Chinese": "獬豸麒麟饕餮貔貅狴犴睚眦",
    "half pairs and NUL": "wolverine\ud800marmoset \0 capybara\udfff \0ocelotish",
    "right to left": "שלוםעולם אקליפטוס",
    "emoji": "🦥🦦🦨🦘🦡 tapirish",
    "one long word": "x" + "platypus" * 40,
}


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS.keys())
@pytest.mark.parametrize("embedder", [None, "hashing"], ids=["words alone", "with vectors"])
def test_no_word_of_an_erased_text_is_left(
    open_cube: OpenCube, tmp_path: Path, secret: str, embedder: str | None
) -> None:
    cube = open_cube(embedder=embedder)
    surround(cube, 0)
    item = cube.remember(secret)
    surround(cube, NEIGHBOURS)
    words = [secret[:40], *words_of(secret)]
    seen = {word for word, _ in found(tmp_path, words)}
    assert len(seen) >= 0.9 * len(set(words)), "the scan must see what is there, but for what two pages share"
    receipt = cube.forget(item.id, erase=True, because="Alice asked")
    assert receipt is not None
    assert not receipt.pending
    assert found(tmp_path, words) == []
    assert cube.check() == ()
    assert len(cube.recall("neighbour likes thing", k=1000)) == 2 * NEIGHBOURS
    cube.close()
    assert found(tmp_path, words) == []
    assert list(bytes_of(tmp_path)) == ["a.cube"]


def test_tags_metadata_domain_and_reasons_go_too(open_cube: OpenCube, tmp_path: Path) -> None:
    cube = open_cube()
    surround(cube, 0)
    item = cube.remember(
        "wordzero",
        tags=["tagone", "étagtwo"],
        metadata={"keythree": {"deep": "valuefour 獬豸"}},
        domain="domainfive",
        because="reasonsix",
    )
    cube.annotate(item.id, tags=["tagseven"], metadata={"keyeight": 1}, because="reasonnine")
    cube.revise(item.id, "wordten", because="reasoneleven")
    cube.forget(item.id, because="reasontwelve")
    cube.undo(cube.journal(limit=1)[0].sequence, because="reasonthirteen")
    cube.freeze(item.id, because="reasonfourteen")
    cube.thaw(item.id, because="reasonfifteen")
    surround(cube, NEIGHBOURS)
    words = [
        "wordzero",
        "tagone",
        "étagtwo",
        "keythree",
        "valuefour",
        "獬豸",
        "domainfive",
        "reasonsix",
        "tagseven",
        "keyeight",
        "reasonnine",
        "wordten",
        "reasoneleven",
        "reasontwelve",
        "reasonthirteen",
        "reasonfourteen",
        "reasonfifteen",
    ]
    assert {word for word, _ in found(tmp_path, words)} == set(words)
    cube.forget(item.id, erase=True, because="a reason that stays")
    assert found(tmp_path, words) == []
    assert cube.journal(item=item.id)[0].reason == "a reason that stays"
    assert {line.reason for line in cube.journal(item=item.id)[1:]} == {None}
    assert cube.check() == ()


def derive(cube: Cube, text: str, source: Item, passage: str, slot: Slot) -> Item:
    setting = cube._setting
    start = source.content.index(passage)
    with setting.store.write() as tx:
        change = setting.change(tx, actor="reader", reason=None)
        place = Source(source.id, start, start + len(passage))
        provenance = Provenance("Alice", "user", Trust.USER, "rule:test", change.at, sources=(place,))
        row = change.open_row(
            change.new_item(), Content(text, slot=slot), provenance, valid=Interval(change.at)
        )
        change.note(Verb.DERIVE, row.item_id, opened=[row])
        change.write()
    return Item(row)


def test_derived_items_and_their_slots_go_with_their_source(open_cube: OpenCube, tmp_path: Path) -> None:
    cube = open_cube()
    surround(cube, 0)
    (heard,) = cube.observe([{"role": "user", "content": "My hamster is called Bartholomew, I think"}]).added
    source = cube.show(heard)
    derive(
        cube,
        "petname zanzibarian",
        source,
        "hamster is called Bartholomew",
        Slot("slotsubject", "slotpet", "slotvalue"),
    )
    surround(cube, NEIGHBOURS)
    words = ["hamster", "Bartholomew", "petname", "zanzibarian", "slotsubject", "slotpet", "slotvalue"]
    assert {word for word, _ in found(tmp_path, words)} == set(words)
    cube.forget(heard, erase=True)
    assert found(tmp_path, words) == []
    assert cube.check() == ()


def test_the_passage_that_a_derived_item_came_from_goes_with_it(open_cube: OpenCube, tmp_path: Path) -> None:
    cube = open_cube()
    surround(cube, 0)
    text = "Guten Abend, my hamster is called Bartholomew. Good weather today."
    talk = [{"role": role, "content": said} for role, said in (("user", text), ("assistant", "Good evening"))]
    heard = cube.observe(talk).added[0]
    derived = derive(
        cube, "petname zanzibarian", cube.show(heard), "hamster is called Bartholomew", Slot("s", "a", "v")
    )
    gone, stays = ["hamster", "Bartholomew", "petname", "zanzibarian"], ["Guten", "weather"]
    cube.forget(derived.id, erase=True)
    assert found(tmp_path, gone) == []
    assert {word for word, _ in found(tmp_path, stays)} == set(stays)
    assert "Good weather today." in cube.show(heard).content
    assert cube.observe(talk).added == (), "a blanked turn does not come back"
    assert cube.check() == ()


def test_what_was_undone_or_superseded_long_ago_goes_too(open_cube: OpenCube, tmp_path: Path) -> None:
    cube = open_cube()
    undone = cube.remember("undonezebra")
    cube.undo(1)
    revised = cube.remember("supersededzebra", valid_from="2026-01-01")
    cube.revise(revised.id, "laterzebra", valid_from="2026-02-01")
    cube.forget(undone.id, erase=True)
    cube.forget(revised.id, erase=True)
    assert found(tmp_path, ["undonezebra", "supersededzebra", "laterzebra"]) == []
    assert cube.recall("supersededzebra", as_of="2026-01-15") == []
    assert cube.recall("supersededzebra", known_at=cube.journal(limit=100)[-1].recorded_at) == []
    assert cube.recall("zebra", include=["superseded", "retired"]) == []
    assert cube.check() == ()


def test_a_reader_who_holds_old_pages_makes_the_receipt_pending_until_a_later_write(
    open_cube: OpenCube, tmp_path: Path
) -> None:
    cube = open_cube()
    item = cube.remember("zebrafinch quokkas wombatish")
    reader = apsw.Connection(str(tmp_path / "a.cube"), flags=apsw.SQLITE_OPEN_READONLY)
    reader.execute("BEGIN")
    assert list(reader.execute("SELECT count(*) FROM text"))
    receipt = cube.forget(item.id, erase=True)
    assert receipt is not None
    assert receipt.pending
    assert [one.pending for one in cube.erased()] == [True]
    assert found(tmp_path, ["quokkas"]) != []
    assert cube.recall("quokkas") == [], "it is gone from every answer at once"
    reader.execute("ROLLBACK")
    cube.remember("anything else")
    assert [one.pending for one in cube.erased()] == [False]
    assert found(tmp_path, ["zebrafinch", "quokkas", "wombatish"]) == []
    reader.close()
    assert cube.check() == ()


def test_an_erased_item_leaves_the_memory_of_another_opening_at_its_next_answer(open_cube: OpenCube) -> None:
    cube, other = open_cube(), open_cube()
    item = cube.remember("zebrafinch quokkas")
    assert [hit.item.id for hit in other.recall("quokkas")] == [item.id]
    assert [hit.item.id for hit in other.recall("quokkas", include=["superseded"])] == [item.id]
    cube.forget(item.id, erase=True)
    assert other.recall("quokkas") == []
    assert other.recall("quokkas", include=["superseded"]) == []


def test_a_snapshot_taken_after_an_erasure_holds_nothing_of_it(open_cube: OpenCube, tmp_path: Path) -> None:
    cube = open_cube()
    surround(cube, 0)
    item = cube.remember("zebrafinch quokkas")
    cube.forget(item.id, erase=True)
    cube.snapshot(tmp_path / "copy.cube")
    assert found(tmp_path, ["zebrafinch", "quokkas"]) == []
    with open_cube("copy.cube") as copy:
        assert copy.erased() == cube.erased()


SECRET = "zebrafinch quokkas wombatish"


def test_an_encrypted_cube_has_no_word_in_its_file_and_opens_with_its_key_alone(
    open_cube: OpenCube, tmp_path: Path
) -> None:
    with open_cube(key="correct horse") as cube:
        item = cube.remember(SECRET, tags=["tagone"], because="reasonone")
        cube.snapshot(tmp_path / "copy.cube")
        words = [*SECRET.split(), "tagone", "reasonone", "SQLite format 3", "CREATE TABLE"]
        assert found(tmp_path, words) == []
    before = bytes_of(tmp_path)
    assert list(before) == ["a.cube", "copy.cube"] or list(before) == ["copy.cube", "a.cube"]
    with pytest.raises(WrongKey, match="the key does not open it"):
        open_cube(key="wrong horse")
    with pytest.raises(NotACube, match="an encrypted cube needs its key"):
        open_cube()
    assert bytes_of(tmp_path) == before
    for name in before:
        with open_cube(name, key="correct horse") as cube:
            assert cube.recall("quokkas")[0].item.id == item.id
            assert cube.check() == ()


def test_erasing_from_an_encrypted_cube_ends_as_elsewhere(open_cube: OpenCube) -> None:
    cube = open_cube(key="correct horse")
    item = cube.remember(SECRET)
    receipt = cube.forget(item.id, erase=True)
    assert receipt is not None
    assert not receipt.pending
    assert cube.check() == ()


def test_a_key_for_a_cube_without_one_is_an_error(open_cube: OpenCube, tmp_path: Path) -> None:
    open_cube().close()
    before = bytes_of(tmp_path)
    with pytest.raises(WrongKey, match="is not encrypted; open it without a key"):
        open_cube(key="any")
    assert bytes_of(tmp_path) == before


def test_an_encrypted_cube_is_read_with_its_key_too(open_cube: OpenCube) -> None:
    with open_cube(key="k") as cube:
        cube.remember(SECRET)
    with open_cube(key="k", read_only=True) as cube:
        assert cube.recall("quokkas")[0].item.content == SECRET
    with pytest.raises(CubeError, match="key"):
        open_cube(key="other", read_only=True)


def test_a_message_that_is_to_go_whole_goes_whole(open_cube: OpenCube, tmp_path: Path) -> None:
    cube = open_cube(reader="rules")
    cube.observe([{"role": "user", "content": "I love green tea, and pangolins are wombatish"}])
    derived = cube.recall("tea", kinds=["preference"])[0].item
    cube.forget(derived.id, erase=True, in_sources="message")
    assert cube.recall("pangolins") == []
    assert cube.stats().counts["texts"] == 0
    cube.close()
    assert found(tmp_path, ["green tea", "pangolins", "wombatish"]) == []


def test_a_stated_source_that_is_to_go_whole_goes_whole(cube: Cube, tmp_path: Path) -> None:
    source = cube.remember("pangolins are wombatish")
    concluded = cube.remember("so they are numbatty", derived_from=[source.id])
    cube.forget(concluded.id, erase=True, in_sources="message")
    cube.close()
    assert found(tmp_path, ["pangolins", "wombatish", "numbatty"]) == []
