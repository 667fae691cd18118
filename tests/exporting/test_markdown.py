"""A folder of notes: what a person reads in it, and that it never harms what lies there or elsewhere."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opening import OpenCube
from remanence import Cube
from remanence.errors import InvalidInput
from remanence.vault.file_names import NAME_BYTES_MAX, Names, safe_name

LINK = re.compile(r"\[\[([^\]|#]+)(?:#\^([0-9a-z]+))?\|")


def files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in sorted(folder.rglob("*.md"))
    }


@pytest.fixture
def vault(open_cube: OpenCube, tmp_path: Path) -> tuple[Cube, Path]:
    cube = open_cube(reader="rules")
    cube.observe(
        [
            {"role": "user", "content": "I live in Porto\nand I love green tea", "timestamp": "2026-02-01"},
            {"role": "assistant", "content": "Noted."},
        ],
        session="first: talk?",
    )
    item = cube.remember("Alice is allergic to peanuts", tags=["health"], confidence=0.95)
    cube.unit("旅行", description="where to go")
    health = cube.unit("health", description="what a cook must know", annotations={"n": [1]})
    health.add(item, role="allergy").link("see_also", cube.unit("旅行"))
    cube.export("markdown", tmp_path / "notes")
    return cube, tmp_path / "notes"


def test_each_conversation_day_and_unit_has_a_page(vault: tuple[Cube, Path]) -> None:
    pages = files(vault[1])
    assert set(pages) == {
        "index.md", "sessions/first- talk-.md", "days/2026-03-02.md", "units/health.md", "units/旅行.md",
        "units/Alice.md", "units/assistant.md",
    }  # fmt: skip
    talk = pages["sessions/first- talk-.md"]
    assert "2026-02-01 00:00 Alice: I live in Porto\n  and I love green tea" in talk
    assert (
        "- Alice lives in Porto _(fact, 85% sure, holds from 2026-02-01, from [[sessions/first- talk-#^"
        in talk
    )
    assert (
        "Alice is allergic to peanuts _(allergy, fact, 95% sure, tags: health, from [[days/"
        in pages["units/health.md"]
    )
    assert "- see_also: [[units/旅行|旅行]]" in pages["units/health.md"]
    assert "what a cook must know" in pages["units/health.md"]


def test_every_link_leads_somewhere(vault: tuple[Cube, Path]) -> None:
    pages = files(vault[1])
    links = [(name, *found.groups()) for name, page in pages.items() for found in LINK.finditer(page)]
    assert len(links) > 8
    for name, target, item in links:
        assert f"{target}.md" in pages, name
        assert item is None or f" ^{item}\n" in pages[f"{target}.md"], name


def test_every_item_stands_once_with_its_id(vault: tuple[Cube, Path]) -> None:
    cube, folder = vault
    text = "".join(files(folder).values())
    for line in cube.journal(limit=100):
        if line.item_id is not None:
            assert text.count(f" ^{line.item_id}\n") == 1


def test_the_head_of_a_page_is_what_yaml_and_json_read(vault: tuple[Cube, Path]) -> None:
    page = files(vault[1])["units/health.md"]
    head = page.split("---\n")[1]
    fields = {name: json.loads(value) for name, value in (line.split(": ", 1) for line in head.splitlines())}
    assert (fields["title"], fields["kind"], fields["annotations"]) == ("health", "topic", {"n": [1]})


def test_an_earlier_export_is_brought_up_to_date(vault: tuple[Cube, Path]) -> None:
    cube, folder = vault
    before = files(folder)
    cube.export("markdown", folder)
    assert files(folder) == before
    (tea,) = [hit.item for hit in cube.recall("tea") if hit.item.kind == "preference"]
    cube.forget(tea.id, erase=True, in_sources="message")
    cube.find_unit("旅行").retire()
    cube.remember("Alice keeps bees")
    (folder / "my own note.md").write_text("mine")
    cube.export("markdown", folder)
    pages = files(folder)
    assert "units/旅行.md" not in pages
    assert "Alice keeps bees" in pages["days/2026-03-02.md"]
    assert not [path for path in folder.rglob("*") if path.is_file() and b"green tea" in path.read_bytes()]
    assert pages["my own note.md"] == "mine"


def test_a_page_that_somebody_changed_is_not_overwritten_unasked(vault: tuple[Cube, Path]) -> None:
    cube, folder = vault
    (folder / "index.md").write_text("my own words")
    cube.remember("Alice keeps bees")
    before = files(folder)
    with pytest.raises(InvalidInput, match=r"index\.md changed since the last export"):
        cube.export("markdown", folder)
    assert files(folder) == before
    cube.export("markdown", folder, overwrite=True)
    assert "my own words" not in (folder / "index.md").read_text()


def test_a_folder_of_somebody_elses_is_refused(vault: tuple[Cube, Path], open_cube: OpenCube) -> None:
    cube, folder = vault
    other = folder.parent / "other"
    other.mkdir()
    (other / "letter.txt").write_text("mine")
    with pytest.raises(InvalidInput, match="not empty and no earlier export"):
        cube.export("markdown", other, overwrite=True)
    assert [path.name for path in other.iterdir()] == ["letter.txt"]
    with pytest.raises(InvalidInput, match="no folder of its own"):
        cube.export("markdown", other / "letter.txt", overwrite=True)
    with pytest.raises(InvalidInput, match="another cube"):
        open_cube("b.cube").export("markdown", folder)


def test_nothing_is_written_outside_of_the_folder(vault: tuple[Cube, Path]) -> None:
    cube, folder = vault
    outside = folder.parent / "outside"
    outside.mkdir()
    (outside / "kept.md").write_text("mine")
    for path in (folder / "units").iterdir():
        path.unlink()
    (folder / "units").rmdir()
    (folder / "units").symlink_to(outside, target_is_directory=True)
    with pytest.raises(InvalidInput, match="leads out of"):
        cube.export("markdown", folder, overwrite=True)
    assert [path.name for path in outside.iterdir()] == ["kept.md"]
    listed = json.loads((folder / ".remanence-export.json").read_text("utf-8"))
    (folder / "units").unlink()
    listed["files"]["../outside/kept.md"] = "0" * 64
    (folder / ".remanence-export.json").write_text(json.dumps(listed))
    cube.export("markdown", folder, overwrite=True)
    assert (outside / "kept.md").read_text() == "mine"


def test_words_of_an_item_are_no_markup(cube: Cube, tmp_path: Path) -> None:
    cube.remember(
        "<script>alert(1)</script> [[secret]] ![x](http://a) #tag ^block %%hidden%%\n---\n# heading"
    )
    cube.export("markdown", tmp_path / "notes")
    (page,) = [text for name, text in files(tmp_path / "notes").items() if name.startswith("days/")]
    assert re.search(r"(?<!\\)<script", page) is None
    assert re.search(r"(?<!\\)\[\[secret", page) is None
    assert "\n# heading" not in page
    assert "\n---\n# " not in page.split("---\n", 2)[2]


def test_names_that_would_meet_are_told_apart(cube: Cube, tmp_path: Path) -> None:
    for session in (
        "Talk",
        "talk",
        "talk?",
        "../talk",
        "CON",
        "a" * 200,
        "\u00e9",
        "e\u0301",
        ".",
        "   x   ",
    ):
        cube.observe([{"role": "user", "content": session}], session=session)
    cube.export("markdown", tmp_path / "notes")
    names = [path.name for path in (tmp_path / "notes" / "sessions").iterdir()]
    assert len(names) == 10
    assert len({name.casefold() for name in names}) == 10


@given(st.lists(st.text(max_size=200), max_size=20))
def test_any_name_is_made_safe(texts: list[str]) -> None:
    names = Names()
    given_names = [names.give(text) for text in texts]
    assert len({name.casefold() for name in given_names}) == len(texts)
    for name in map(safe_name, texts):
        assert 0 < len(name.encode()) <= NAME_BYTES_MAX + 1
        assert not re.search(r'[\x00-\x1f<>:"/\\|?*\[\]#^]', name)
        assert name == name.strip(" .")
        assert name.split(".")[0].casefold() not in {"con", "prn", "aux", "nul", "com1", "lpt9"}
