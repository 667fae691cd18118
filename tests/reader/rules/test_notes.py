"""What is said in notes, in answers and otherwise than the turn before."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import remanence
from remanence.reader.rules.derived import CORRECTION, Derived
from remanence.reader.rules.notes import Note, load_notes
from remanence.reader.rules.statements import derive

SAID = tomllib.loads(Path(__file__).with_name("notes.toml").read_text(encoding="utf-8"))
NOTES = {one.name: one for one in load_notes().every}


def classes(found: tuple[Derived, ...]) -> set[str]:
    every = set()
    for one in found:
        if one.is_correction or CORRECTION in one.tags:
            every.add("correction")
        if not one.ending:
            every.add("commitment" if "commitment" in one.tags else one.kind.value)
    return every


@pytest.mark.parametrize("note", NOTES.values(), ids=NOTES)
def test_each_note_reads_its_examples_and_not_its_counterexamples(note: Note) -> None:
    assert note.examples
    assert note.counterexamples
    for text, _ in note.examples:
        assert any(one.kind is note.kind for one in derive(text, speaker="Ana"))
    for text in note.counterexamples:
        assert note.name not in [one.rule for one in derive(text, speaker="Ana")]


@pytest.mark.parametrize(("before", "text", "kind"), SAID["said"])
def test_what_is_said_is_of_its_class(before: str, text: str, kind: str) -> None:
    assert kind in classes(derive(text, speaker="Ana", before=before or None))


@pytest.mark.parametrize(("before", "text"), SAID["nothing"])
def test_what_says_nothing_gives_nothing(before: str, text: str) -> None:
    assert classes(derive(text, speaker="Ana", before=before or None)) <= {"event"}


def test_a_note_keeps_its_words_as_its_source(tmp_path: Path) -> None:
    with remanence.open(tmp_path / "a.cube", owner="Ana", embedder=None) as cube:
        observed = cube.observe([{"role": "user", "content": "Diabetic since I was twelve."}])
        (item,) = [cube.show(one) for one in observed.derived]
        assert item.content == "Ana is diabetic"
        assert item.sources == observed.added


def test_a_repair_in_the_next_sentence_leaves_only_what_was_meant() -> None:
    found = derive("The party's on Saturday. Sorry, Sunday.", speaker="Ana")
    assert found
    assert all("Saturday" not in one.content for one in found)
