"""Erasure takes the names that an item alone had taught, to the last byte, and what was known by them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from opening import OpenCube
from remanence import Cube
from remanence.errors import NotFound


@pytest.fixture
def cube(open_cube: OpenCube) -> Cube:
    return open_cube(reader="rules")


def say(cube: Cube, *texts: str) -> tuple[str, ...]:
    return cube.observe([{"role": "user", "content": text} for text in texts], session="s").added


def erase_all_that_mention(cube: Cube, word: str) -> None:
    """Erase items until none whose text has the word is left."""
    while True:
        left = [hit.item for hit in cube.recall(word, k=100, include=["retired", "superseded"])]
        items = [item for item in left if word.lower() in item.content.lower()]
        if not items:
            return
        receipt = cube.forget(items[0].id, erase=True, in_sources="message")
        assert receipt is not None
        assert not receipt.pending


def forms(word: str) -> set[bytes]:
    return {
        form
        for text in (word, word.lower(), word.upper())
        for form in (text.encode(), json.dumps(text)[1:-1].encode(), text.encode("utf-16-le"))
    }


def files_with(folder: Path, word: str) -> list[str]:
    files = [path for path in folder.iterdir() if path.is_file()]
    return [path.name for path in files if any(form in path.read_bytes() for form in forms(word))]


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (["my sister Quirina lives in Vlaardingen", "my sister called", "talked to quirina"], ["Quirina"]),
        (["I met Quirina Zwolsman.", "Quirina said hello"], ["Quirina", "Zwolsman"]),
        (["Robrechtus, who everyone calls Bobbejaan, is late"], ["Robrechtus", "Bobbejaan"]),
        (["Моя сестра Ефросинья живёт в Москве.", "Я видел Ефросинью"], ["Ефросинь"]),
        (["we went to the Vlaardingen office", "I live in Vlaardingen"], ["Vlaardingen"]),
    ],
)
def test_a_name_is_in_no_byte_once_every_item_that_has_it_is_erased(
    cube: Cube, tmp_path: Path, texts: list[str], words: list[str]
) -> None:
    say(cube, "I like tea with my friend Wilhelmina.", *texts)
    for word in words:
        assert files_with(tmp_path, word)
    for word in words:
        erase_all_that_mention(cube, word)
    for word in words:
        assert files_with(tmp_path, word) == []
        assert cube.find_entities(word) == ()
    assert cube.check() == ()
    assert cube.entity("my friend").entity.name == "Wilhelmina"


def test_a_name_given_by_hand_goes_with_the_last_mention_of_whom_it_was_given_to(
    cube: Cube, tmp_path: Path
) -> None:
    first, second = say(cube, "I told Quirina about it.", "I told Rina in town.")
    cube.merge_entities("Quirina", "Rina")
    cube.annotate_entity("Rina", name="Auntie Zebulona")
    cube.forget(first, erase=True)
    assert files_with(tmp_path, "Quirina") == []
    assert cube.entity("Auntie Zebulona").entity.mentions == 1
    cube.forget(second, erase=True)
    assert files_with(tmp_path, "Zebulona") == []
    assert cube.check() == ()


def test_a_merger_that_was_undone_keeps_no_name_alive(cube: Cube, tmp_path: Path) -> None:
    first, _ = say(cube, "I told Quirina about it.", "I told Rina in town.")
    cube.annotate_entity("Quirina", name="Auntie Zebulona")
    cube.merge_entities("Quirina", "Rina")
    cube.undo(cube.journal(limit=1)[0].sequence)
    cube.forget(first, erase=True)
    assert files_with(tmp_path, "Zebulona") == []
    assert cube.entity("Rina").entity.mentions == 1


def test_who_is_my_sister_is_forgotten_with_the_one_message_that_said_so(cube: Cube) -> None:
    first, *_ = say(cube, "I had dinner with my sister Quirina.", "My sister is kind.", "Quirina is kind")
    assert cube.entity("my sister").entity.mentions >= 3
    cube.forget(first, erase=True)
    with pytest.raises(NotFound):
        cube.entity("my sister")
    assert [item.content for item in cube.entity("Quirina").items] == ["Quirina is kind"]


@pytest.mark.parametrize("reopened", [False, True])
def test_what_is_left_of_a_blanked_message_goes_on_naming_the_same_people(
    cube: Cube, open_cube: OpenCube, reopened: bool
) -> None:
    say(cube, "I told Quirina the news. I like herring.", "Quirina called")
    known = cube.entity("Quirina").entity
    cube.annotate_entity("Quirina", kind="person")
    (derived,) = [hit.item for hit in cube.recall("herring") if hit.item.kind == "preference"]
    if reopened:
        cube.close()
        cube = open_cube(reader="rules")
    cube.forget(derived.id, erase=True)
    page = cube.entity("Quirina")
    assert page.entity.id == known.id
    assert page.entity.items == 2
    assert any("█" in item.content for item in page.items)


def break_by_undo(cube: Cube, item: str) -> None:
    cube.undo(1)


def break_by_retiring(cube: Cube, item: str) -> None:
    cube.forget(item)


@pytest.mark.parametrize("set_aside", [break_by_undo, break_by_retiring])
def test_what_was_undone_or_retired_is_erased_with_its_names_too(
    cube: Cube, tmp_path: Path, set_aside: Callable[[Cube, str], None]
) -> None:
    (item,) = say(cube, "I told Quirina about it.")
    set_aside(cube, item)
    assert cube.find_entities("Quirina") == ()
    cube.forget(item, erase=True)
    assert files_with(tmp_path, "Quirina") == []
