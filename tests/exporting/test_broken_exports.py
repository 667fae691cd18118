"""An export that was cut, changed or made up is refused whole, by its line, and no cube is left behind."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

import remanence
from opening import OpenCube
from remanence.errors import CubeTooNew, InvalidInput
from remanence.model.item import Json
from remanence.vault.lines import line_of

Record = dict[str, Json]


@pytest.fixture
def export(open_cube: OpenCube, tmp_path: Path) -> Path:
    cube = open_cube(reader="rules")
    cube.observe([{"role": "user", "content": "I moved to Porto last May and I love green tea"}])
    item = cube.remember("Alice is allergic to peanuts", because="she said so")
    cube.revise(item.id, "Alice outgrew it", valid_from="2026-09-01")
    cube.unit("health").add(item)
    cube.export("jsonl", tmp_path / "a.jsonl", vectors=True)
    return tmp_path / "a.jsonl"


def refused(path: Path, said: str, error: type[Exception] = InvalidInput) -> None:
    folder = path.parent / "there"
    folder.mkdir(exist_ok=True)
    with pytest.raises(error, match=said):
        remanence.load(path, folder / "b.cube")
    assert list(folder.iterdir()) == []


def records(path: Path) -> list[Record]:
    return [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]]


def forged(path: Path, change: Callable[[list[Record]], object]) -> Path:
    """The export changed by somebody who also makes its checks, counts and hash fit again."""
    lines = records(path)
    change(lines)
    written, counts = b"", dict[str, Json]()
    for one in lines[:-1]:
        record = str(one.pop("record"))
        one.pop("check")
        written += line_of(record, one)
        if record != "header":
            counts[record] = int(str(counts.get(record, 0))) + 1
    end: Record = {"lines": len(lines), "counts": counts, "sha256": hashlib.sha256(written).hexdigest()}
    path.write_bytes(written + line_of("end", end))
    return path


def first(lines: list[Record], record: str) -> Record:
    return next(one for one in lines if one["record"] == record)


def test_one_that_is_cut_anywhere_is_refused(export: Path) -> None:
    data = export.read_bytes()
    cuts = [0, 1, len(data) - 1, *random.Random(1).sample(range(len(data)), 25)]
    for cut in cuts:
        export.write_bytes(data[:cut])
        line = data[:cut].count(b"\n") + 1
        refused(export, rf"line {line}\b")


def test_one_of_which_a_byte_was_changed_is_refused_by_its_line(export: Path) -> None:
    data = bytearray(export.read_bytes())
    for at in random.Random(2).sample(range(len(data)), 25):
        changed = bytearray(data)
        changed[at] ^= 1
        export.write_bytes(changed)
        line = bytes(data[:at]).count(b"\n") + 1
        refused(export, rf"line {line}\b|line {line + 1}\b" if data[at] == 10 else rf"line {line}\b")


def test_one_of_which_a_line_was_taken_or_moved_is_refused(export: Path) -> None:
    lines = export.read_bytes().split(b"\n")[:-1]
    for taken in range(len(lines)):
        export.write_bytes(b"\n".join([*lines[:taken], *lines[taken + 1 :], b""]))
        refused(export, "line")
    export.write_bytes(b"\n".join([lines[0], lines[2], lines[1], *lines[3:], b""]))
    refused(export, "line")


def test_what_follows_the_closing_line_is_refused(export: Path) -> None:
    with export.open("ab") as file:
        file.write(b"{}\n")
    refused(export, "stands behind the closing line")


def test_a_partial_one_can_not_be_loaded(export: Path) -> None:
    with remanence.open(export.parent / "a.cube", embedder="hashing") as cube:
        cube.export("jsonl", export, kinds=["fact"], overwrite=True)
    refused(export, "line 1, says that this export is partial")


def test_a_newer_format_is_refused_as_such(export: Path) -> None:
    forged(export, lambda lines: lines[0].update(version=2))
    refused(export, "upgrade Remanence", CubeTooNew)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "cut short"),
        (b"{}\n", "line 1, is cut short, or no line"),
        (b"\xff\xfe" * 100, "line 1"),
        (b"PK\x03\x04" + b"\0" * 1000, "line 1"),
        (line_of("turn", {}), "line 1, opens no export of Remanence"),
        (line_of("header", {"format": "remanence export", "version": "1"}), "names version '1'"),
        (line_of("header", {"format": "remanence export", "version": 1, "complete": True}), "'cube'"),
    ],
)
def test_what_is_no_export_is_refused(tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "a.jsonl").write_bytes(data)
    refused(tmp_path / "a.jsonl", said)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda lines: first(lines, "revision").update(content="she likes coffee"),
            "is not what the journal",
        ),
        (lambda lines: first(lines, "reason").update(content="nobody said so"), "is not what the journal"),
        (lambda lines: first(lines, "journal").update(actor="Mallory"), "does not follow from the line"),
        (lambda lines: lines.remove(first(lines, "journal")), "does not follow from the line before"),
        (lambda lines: first(lines, "revision").update(item="nobody"), "is of an item that no line tells of"),
        (lambda lines: first(lines, "revision").update(kind="rumour"), "'kind' that can't be read"),
        (lambda lines: first(lines, "revision").update(support=-1.0), "contradicts"),
        (lambda lines: first(lines, "revision").update(support="much"), "'support' that can't be read"),
        (lambda lines: first(lines, "revision").update(salt="zz"), "'salt' that can't be read"),
        (lambda lines: first(lines, "revision").update(salt=None), "without its content or salt"),
        (lambda lines: first(lines, "revision").update(said_at="yesterday"), "'said_at' that can't be read"),
        (lambda lines: first(lines, "revision").update(author="\ud800"), "'author' that can't be read"),
        (lambda lines: first(lines, "revision").update(text=2**70), "'text' that can't be read"),
        (lambda lines: first(lines, "revision").update(valid_to="0001-01-01T00:00:00Z"), "contradicts"),
        (lambda lines: first(lines, "revision").pop("kind"), "has no field 'kind'"),
        (lambda lines: first(lines, "vector").update(float16="AAAA"), "other dimensions"),
        (lambda lines: first(lines, "vector").update(float16="A"), "'float16' that can't be read"),
        (lambda lines: first(lines, "vector").update(shown=32), "'shown' outside 0 to 31"),
        (lambda lines: first(lines, "vector").update(shown=-1), "'shown' outside 0 to 31"),
        (lambda lines: first(lines, "unit").update(kind="feeling"), "none of: topic, persona, context"),
        (lambda lines: first(lines, "item").update(record="secret"), "is a 'secret'"),
        (lambda lines: lines[0]["cube"].update(time_zone="Mars/Olympus"), "what can't be"),
        (lambda lines: lines[0]["cube"].update(owner=""), "what can't be"),
        (lambda lines: lines[0]["cube"].update(journal_head="00"), "does not come to the head"),
        (lambda lines: lines[0]["cube"].update(last_text=0), "above the last_text"),
        (lambda lines: lines[0]["cube"].pop("id"), "says nothing of 'id'"),
    ],
)
def test_one_that_was_made_to_fit_is_refused_by_what_it_says(
    export: Path, change: Callable[[list[Record]], object], said: str
) -> None:
    refused(forged(export, change), said)


def test_an_export_that_nobody_changed_loads(export: Path) -> None:
    remanence.load(forged(export, len), export.parent / "b.cube")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    refused(tmp_path / "nowhere.jsonl", "nowhere.jsonl can't be read")
