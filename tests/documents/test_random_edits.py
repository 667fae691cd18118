"""Whatever is edited in a document, its unit holds it as it now is, and undo brings back what it was."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

import remanence
from remanence.reader.documents.alignment import Found, Known, align_passages
from remanence.reader.documents.passages import PASSAGE_CHARS_MAX, passages_of
from remanence.reader.documents.plain import read_plain
from remanence.units.sentences import sentences
from ticking import TickingClock

PARAGRAPHS = st.sampled_from(
    [
        "one",
        "two",
        "same",
        "# A",
        "## B",
        "tomatoes need water",
        "tomatoes need no water",
        "- a\n- b",
        "家賃は月末",
    ]
)
DOCUMENTS = st.lists(PARAGRAPHS, min_size=1, max_size=8)


def blocks(texts: list[str]) -> list[str]:
    """The blocks of passages: what stands between empty lines."""
    return [block for text in texts for block in re.split(r"\n\n", text)]


@settings(max_examples=40, deadline=None)
@given(st.lists(DOCUMENTS, min_size=1, max_size=4))
def test_the_unit_holds_the_document_as_it_is_and_undo_what_it_was(versions: list[list[str]]) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        remanence.open(Path(folder) / "a.cube", embedder=None, reader=None, clock=TickingClock()) as cube,
    ):
        written: list[tuple[int, list[str]]] = []
        for version in versions:
            done = cube.ingest("\n\n".join(version).encode(), name="a.md")
            held = list(cube.find_unit("a.md").items())
            assert blocks([item.content for item in held]) == version
            assert [item.metadata["line"] for item in held] == sorted(item.metadata["line"] for item in held)
            told = [*done.added, *done.changed, *done.moved, *done.unchanged]
            assert sorted(told) == sorted(item.id for item in held)
            assert not {*done.retired} & {*told}
            if done.change_set is not None:
                written.append((done.change_set, version))
        while written:
            change_set, _ = written.pop()
            cube.undo(change_set)
            if written:
                assert blocks([item.content for item in cube.find_unit("a.md").items()]) == written[-1][1]
        assert cube.documents() == ()
        assert cube.check() == ()


@given(st.lists(st.text("ab ", min_size=1), max_size=8), st.lists(st.text("ab ", min_size=1), max_size=8))
def test_no_passage_is_two_and_equal_words_are_never_strangers(had: list[str], has: list[str]) -> None:
    found = align_passages([Known(text) for text in had], [Found(text) for text in has])
    places = [place for place in found.places if place is not None]
    assert len(places) == len(set(places))
    for text in {*had} & {*has}:
        same = sum(
            place is not None and had[place] == text == has[index] for index, place in enumerate(found.places)
        )
        assert same == min(had.count(text), has.count(text))


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6_000))
def test_no_character_that_shows_is_lost_by_cutting(text: str) -> None:
    found = list(passages_of(read_plain(text).blocks, sentences))
    assert all(0 < len(one.text) <= PASSAGE_CHARS_MAX for one in found)
    assert "".join("".join(one.text for one in found).split()) == "".join(text.split())
