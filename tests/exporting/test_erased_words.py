"""No word of what was erased is in any file of any export, nor in a cube that is loaded from one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from histories import items_of

import remanence
from opening import OpenCube
from remanence.cube import InSources

SECRETS = ("wombatish", "pangolins", "numbatty", "quokkaesque", "獬豸麒麟", "אקליפטוס", "🦥🦦🦨")
SAID = "I love wombatish pangolins, 獬豸麒麟 and אקליפטוס 🦥🦦🦨"


def found(folder: Path) -> list[tuple[str, str]]:
    """The secrets that some file holds, as they are, in capitals, in UTF-16 or as JSON escapes them."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    return [
        (word, path.name)
        for path in files
        for word in SECRETS
        for form in (word, word.upper(), json.dumps(word)[1:-1])
        if form.encode() in path.read_bytes() or form.encode("utf-16-le") in path.read_bytes()
    ]


def believed(cube: remanence.Cube) -> set[tuple[str, str]]:
    """The rows that are believed now, by item."""
    return {
        (row.item_id, row.content.text)
        for item in items_of(cube)
        for row in cube.history(item)
        if row.is_open
    }


@pytest.fixture
def cube(open_cube: OpenCube) -> remanence.Cube:
    cube = open_cube(reader="rules")
    cube.observe(
        [
            {"role": "user", "content": SAID, "id": "m1", "note": "numbatty"},
            {"role": "assistant", "content": "Noted."},
            {"role": "user", "content": "and I live in Porto"},
            {"role": "assistant", "content": "Noted, too."},
        ],
        session="one",
    )
    item = cube.remember(SAID, tags=["numbatty"], metadata={"k": "quokkaesque"}, because="quokkaesque")
    cube.revise(item.id, f"{SAID}!", because="numbatty")
    cube.unit("animals").add(item, role="numbatty")
    return cube


@pytest.mark.parametrize("form", ["jsonl", "markdown", "mem0", "chat"])
@pytest.mark.parametrize("include", [(), ("retired", "superseded")])
def test_no_form_holds_a_word_of_it(
    cube: remanence.Cube, tmp_path: Path, form: str, include: tuple[str, ...]
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    cube.export(form, out / form, include=include)
    if form == "jsonl":
        assert found(out), "else the test could not fail"
    secret = [line.item_id for line in cube.journal(limit=100) if line.item_id is not None]
    for item in dict.fromkeys(secret):
        if any("wombatish" in row.content.text for row in cube.history(item)):
            cube.forget(item, erase=True, because="Alice asked", in_sources="message")
    cube.export(form, out / form, include=include, overwrite=True)
    assert found(out) == []
    assert b"Porto" in b"".join(path.read_bytes() for path in out.rglob("*") if path.is_file())


def test_a_cube_loaded_afterwards_holds_no_word_of_it(cube: remanence.Cube, tmp_path: Path) -> None:
    for item in {line.item_id for line in cube.journal(limit=100) if line.item_id is not None}:
        if any("wombatish" in row.content.text for row in cube.history(item)):
            cube.forget(item, erase=True, in_sources="message")
    out = tmp_path / "out"
    out.mkdir()
    cube.export("jsonl", out / "a.jsonl", vectors=True)
    remanence.load(out / "a.jsonl", out / "b.cube")
    assert found(out) == []
    with remanence.open(out / "b.cube", embedder="hashing") as loaded:
        assert loaded.erased() == cube.erased()
        assert loaded.verify().faults == ()


@pytest.mark.parametrize("in_sources", ["passage", "message", "keep"])
def test_erasures_after_an_export_are_carried_out_on_what_is_loaded(
    cube: remanence.Cube, tmp_path: Path, in_sources: InSources
) -> None:
    cube.export("jsonl", tmp_path / "a.jsonl", vectors=True)
    derived = next(hit.item for hit in cube.recall("Porto") if hit.item.content == "Alice lives in Porto")
    cube.forget(derived.id, erase=True, in_sources=in_sources)
    remanence.load(tmp_path / "a.jsonl", tmp_path / "b.cube", erased=cube.erased())
    with remanence.open(tmp_path / "b.cube", embedder="hashing") as loaded:
        (receipt,), (before,) = loaded.erased(), cube.erased()
        assert (set(receipt.items), receipt.redacted) == (set(before.items), before.redacted)
        assert not receipt.pending
        assert loaded.check() == ()
        assert believed(loaded) == believed(cube)
