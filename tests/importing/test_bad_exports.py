"""Exports as they should not be: each is told with its place, and nothing vanishes."""

from __future__ import annotations

import json
import struct
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from exports import FIXTURES, chat, written

import remanence
from command_line import CommandLine
from remanence.errors import InvalidInput
from remanence.reader.exports import json_stream
from remanence.verbs import import_report


def texts(cube: remanence.Cube) -> list[str]:
    """What was said, in order."""
    found = [item for unit in cube.units(kind="context") for item in unit.items()]
    return [item.content for item in found]


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.9])
def test_of_a_truncated_file_what_came_before_is_there_and_the_place_is_named(
    rem: CommandLine, tmp_path: Path, cut: float
) -> None:
    whole = json.dumps([chat(n, ["ask " * 50, "answer " * 50]) for n in range(10)])
    path = tmp_path / "conversations.json"
    path.write_text(whole[: int(len(whole) * cut)])
    done = rem("import", "chatgpt", str(path), "--json", code=1).json
    assert done["complete"] is False
    assert done["messages"] == 2 * int(10 * cut) == done["added"]
    (damage,) = [problem for problem in done["problems"] if problem["what"] == "damaged"]
    assert "the file ends" in damage["why"]
    assert damage["place"].startswith("conversations.json, line 1, character ")
    path.write_text(whole)
    again = rem("import", "chatgpt", str(path), "--json").json
    assert (again["known"], again["added"]) == (done["added"], 20 - done["added"])


def test_malformed_json_in_the_middle_is_named_by_line(cube: remanence.Cube, tmp_path: Path) -> None:
    talks = [json.dumps(chat(n, ["a", "b"])) for n in range(3)]
    path = tmp_path / "c.json"
    path.write_text(f"[{talks[0]},\n{talks[1]},\n{talks[2].replace(':', ';', 1)}]")
    done = cube.import_from("chatgpt", path)
    assert (done.messages, done.counts, done.is_complete) == (4, {"damaged": 1}, False)
    assert "line 3" in done.problems[0].place


def test_a_line_that_is_no_json_costs_that_line(cube: remanence.Cube, tmp_path: Path) -> None:
    path = tmp_path / "memory.jsonl"
    lines = FIXTURES["mcp-memory"].read_text("utf-8").splitlines()
    path.write_text("\n".join([lines[0], '{"type": "entity", "na', *lines[1:3]]), "utf-8")
    done = cube.import_from("mcp-memory", path)
    assert (done.memories, done.links, done.is_complete) == (3, 1, False)
    assert done.problems[0].place == "memory.jsonl, line 2"


@pytest.mark.parametrize("kind", FIXTURES)
@pytest.mark.parametrize("other", FIXTURES)
def test_a_file_of_another_kind_is_refused_with_what_it_looks_like(
    cube: remanence.Cube, kind: str, other: str
) -> None:
    if kind == other:
        return
    with pytest.raises(InvalidInput, match=rf"does not look like {other}; it looks like {kind}"):
        cube.import_from(other, FIXTURES[kind])
    assert cube.stats().counts["items"] == 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "holds nothing that"),
        (b"   \n", "holds nothing that"),
        (b"[]", "holds nothing that"),
        (b"not JSON at all", "no JSON"),
        (b"[1, 2", "the end of the file"),
        (b"\x00\x01\x02\x03", "no JSON"),
    ],
)
def test_what_is_nothing_is_refused(rem: CommandLine, tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(content)
    assert message in rem.refuses("import", "mem0", str(path))


def test_wrong_arguments_are_refused(cube: remanence.Cube, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="kind 'notion' is not one of: remanence, chatgpt"):
        cube.import_from("notion", tmp_path)
    with pytest.raises(InvalidInput, match="cannot read"):
        cube.import_from("mem0", tmp_path / "none.json")
    with pytest.raises(InvalidInput, match="source is a int"):
        cube.import_from("mem0", 3)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="looks like no kind"):
        cube.import_from("auto", b'{"a": 1}')
    with pytest.raises(InvalidInput, match=r"no \.md file"):
        cube.import_from("markdown", tmp_path)


def test_times_at_the_edges_of_the_calendar(cube: remanence.Cube) -> None:
    said = {
        "year 9999": "9999-12-31T23:59:59Z", "year 1900": "1900-01-01T00:00:00Z", "before 1970": -86400.5,
        "in milliseconds": 1_700_000_000_000, "as text": "1700000000.25", "none": None,
        "wrong": "yesterday-ish",        "too far": 1e300, "a list": [1],
    }  # fmt: skip
    rows = [{"id": text, "memory": text, "created_at": at} for text, at in said.items()]
    done = cube.import_from("mem0", {"results": rows})
    assert (done.added, done.counts) == (len(said), {"time": 3})
    assert {problem.place.partition(" (")[0] for problem in done.problems} == {
        f"value.json, results[{n}]" for n in (6, 7, 8)
    }
    found = {item.content: item.said_at for item in (hit.item for hit in cube.recall("year", k=100))}
    assert found["year 9999"] == datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert cube.import_from("mem0", {"results": rows}).known == len(said)
    assert cube.check() == ()


@pytest.mark.parametrize("at", [253402300799.0, -2208988800.0, 1_700_000_000_000])
def test_messages_at_the_edges_of_the_calendar_are_read_by_rules_too(tmp_path: Path, at: float) -> None:
    export = written(tmp_path / "c.json", [chat(1, ["I live in Lisbon since last year."], at=at)])
    with remanence.open(tmp_path / "a.cube", owner="Ana", embedder="hashing") as cube:
        done = cube.import_from("chatgpt", export)
        assert done.added == 1
        assert cube.check() == ()


def test_two_messages_with_one_id_and_other_words_are_both_kept(cube: remanence.Cube, tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    rows = [{"role": "user", "content": text, "id": "same", "session": "s"} for text in ("one", "two", "one")]
    path.write_text("\n".join(map(json.dumps, rows)))
    done = cube.import_from("jsonl", path)
    assert (done.added, done.counts) == (2, {"repeated": 1})
    assert sorted(texts(cube)) == ["one", "two"]
    assert cube.import_from("jsonl", path).added == 0


def test_two_memories_with_one_id_and_other_words_are_rows_by_their_times(cube: remanence.Cube) -> None:
    rows = [
        {"id": "m", "memory": "new words", "created_at": "2025-01-01T00:00:00Z"},
        {"id": "m", "memory": "old words", "created_at": "2024-01-01T00:00:00Z"},
    ]
    first = cube.import_from("mem0", {"results": rows})
    assert (first.added, first.changed) == (1, 1)
    assert cube.recall("words", as_of="2024-06-01")[0].item.content == "old words"
    assert cube.recall("words")[0].item.content == "new words"
    again = cube.import_from("mem0", {"results": rows})
    assert (again.added, again.changed) == (0, 0)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_other_encodings_are_told_apart(cube: remanence.Cube, tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "c.json"
    path.write_bytes(json.dumps([chat(1, ["olá, 蜂 🐝"])], ensure_ascii=False).encode(encoding))
    assert cube.import_from("chatgpt", path).is_complete
    assert texts(cube) == ["olá, 蜂 🐝"]


def test_bytes_that_are_no_text_are_kept_and_told(cube: remanence.Cube, tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(b'{"role": "user", "content": "caf\xe9", "session": "s"}\n')
    done = cube.import_from("jsonl", path)
    assert done.counts == {"encoding": 1}
    assert "near byte 32" in done.problems[0].why
    assert texts(cube) == ["caf\udce9"]


def test_half_a_surrogate_pair_and_nul_survive_word_for_word(cube: remanence.Cube, tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    path.write_text(json.dumps([chat(1, ["half \ud83d of a pair", "nul \0 sign"])]))
    assert cube.import_from("chatgpt", path).is_complete
    assert texts(cube) == ["half \ud83d of a pair", "nul \0 sign"]
    assert cube.import_from("chatgpt", path).known == 2


def test_a_message_above_the_bound_is_told_and_the_rest_of_its_talk_is_there(
    cube: remanence.Cube, tmp_path: Path
) -> None:
    export = written(tmp_path / "c.json", [chat(1, ["short", "x" * (17 * 2**20), "also short"])])
    done = cube.import_from("chatgpt", export)
    assert (done.messages, done.counts, done.is_complete) == (2, {"refused": 1}, False)
    assert "MESSAGE_BYTES_MAX" in done.problems[0].why
    assert "message 1-1" in done.problems[0].place
    assert texts(cube) == ["short", "also short"]


def test_a_record_above_the_bound_is_passed_over_and_what_follows_is_read() -> None:
    long = json.dumps([{"a": 1}, {"b": ['[{\\"}' * 60_000, "\\"]}, {"c": 3}])
    found = list(json_stream.entries(_text(long), "x", record_chars_max=100_000))
    assert [getattr(one, "value", None) for one in found] == [{"a": 1}, None, {"c": 3}]
    assert "RECORD_CHARS_MAX" in str(found[1])


def test_a_record_that_is_nested_too_deep_is_told_and_what_follows_is_read(
    cube: remanence.Cube, tmp_path: Path
) -> None:
    path = tmp_path / "m.json"
    deep = "[" * 200_000 + "]" * 200_000
    path.write_text('[{"id": "1", "memory": "one"}, ' + deep + ', {"id": "2", "memory": "two"}]')
    done = cube.import_from("mem0", path)
    assert (done.memories, done.counts) == (2, {"refused": 1})


def test_null_content_and_odd_types_are_told_one_by_one(cube: remanence.Cube, tmp_path: Path) -> None:
    one = chat(1, ["fine", "gone", "what"])
    one["mapping"]["1-1"]["message"]["content"] = None
    one["mapping"]["1-2"]["message"]["content"] = {"content_type": "hologram", "text": "from the future"}
    one["mapping"]["x"] = {"id": "x", "parent": "1-2", "message": {"author": {"role": "oracle"}, "id": "x"}}
    done = cube.import_from("chatgpt", written(tmp_path / "c.json", [one, 7, None, {"mapping": {}}, {}]))
    assert (done.messages, done.empty) == (2, 1)
    assert texts(cube) == ["fine", "from the future"]
    assert done.counts == {"unmapped": 1, "refused": 5}


def test_a_tree_with_circles_dangling_parents_and_no_current_node(
    cube: remanence.Cube, tmp_path: Path
) -> None:
    one = chat(1, ["one", "two", "three"])
    one["mapping"]["1-0"]["parent"] = "not there"
    one["current_node"] = "nowhere"
    for own, parent in (("p", "q"), ("q", "p")):
        one["mapping"][own] = {**one["mapping"]["1-0"], "id": own, "parent": parent}
    done = cube.import_from("chatgpt", written(tmp_path / "c.json", [one]))
    assert texts(cube) == ["one", "two", "three"]
    assert done.counts == {"unmapped": 1, "refused": 2}


def test_metadata_above_its_bound_loses_its_longest_part_and_says_so(cube: remanence.Cube) -> None:
    row = {"id": "m", "memory": "x", "metadata": {"short": 1, "long": "y" * 70_000}}
    done = cube.import_from("mem0", {"results": [row]})
    assert done.counts == {"unmapped": 1}
    assert cube.recall("x")[0].item.metadata == {"short": 1}


def test_a_zip_bomb_is_refused_before_it_is_unpacked(rem: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("conversations.json", b"[" + b" " * 80_000_000 + b"]")
    assert "zip bomb" in rem.refuses("import", "chatgpt", str(path))
    told = rem("import", "chatgpt", str(path), "--unpacked-max", "100000000", code=1)
    assert "holds nothing" in told.err


def test_an_archive_that_lies_about_its_size_is_stopped_as_it_is_read(
    cube: remanence.Cube, tmp_path: Path
) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("conversations.json", b"[" + b" " * 80_000_000 + b"]")
    raw = path.read_bytes()
    path.write_bytes(raw.replace(struct.pack("<I", 80_000_002), struct.pack("<I", 1000)))
    with pytest.raises(InvalidInput):
        cube.import_from("chatgpt", path)


@pytest.mark.parametrize("spoil", ["cut", "flip"])
def test_a_damaged_archive_is_told(cube: remanence.Cube, tmp_path: Path, spoil: str) -> None:
    path = tmp_path / "c.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("conversations.json", json.dumps([chat(n, [f"{n} " * 200]) for n in range(50)]))
    raw = bytearray(path.read_bytes())
    if spoil == "cut":
        raw = raw[:-30]
    else:
        raw[len(raw) // 2] ^= 0xFF
    path.write_bytes(raw)
    try:
        done = cube.import_from("chatgpt", path)
    except InvalidInput:
        assert cube.stats().counts["items"] == 0
    else:
        assert not done.is_complete


def test_the_problems_named_are_bounded_and_the_counts_are_whole(cube: remanence.Cube) -> None:
    rows = [{"id": str(n)} for n in range(import_report.PROBLEMS_KEPT_MAX + 5)]
    done = cube.import_from("mem0", {"results": [*rows, {"id": "a", "memory": "b"}]})
    assert len(done.problems) == import_report.PROBLEMS_KEPT_MAX
    assert done.counts == {"refused": import_report.PROBLEMS_KEPT_MAX + 5}


def _text(content: str) -> object:
    import io

    from remanence.reader.exports.sources import Text

    return Text(io.BytesIO(content.encode("utf-8", "surrogatepass")), lambda _: None)
