"""The commands of promises: the ledger, its checks with their exit code, its graph, and one promise."""

from __future__ import annotations

import json
from pathlib import Path

from command_line import CommandLine


def make(rem: CommandLine, *arguments: str) -> dict:
    """Make a promise; its document."""
    (made,) = rem("promise", "make", *arguments, "--json").json["promises"]
    return made


def test_a_promise_is_made_shown_assessed_and_withdrawn(rem: CommandLine) -> None:
    rem.remember("The kitchen is warm")
    made = make(
        rem, "a pot of tea", "--to", "Bob", "--to", "Carol", "--due", "2099-01-01", "--because", "thirst"
    )
    page = rem("promises").out
    assert "Open (1)" in page
    assert "a pot of tea" in page
    assert "user to Bob, Carol" in page
    assert "kept" in rem("promise", "kept", made["id"][:8], "--by", "Bob").out
    assert "Kept (1)" in rem("promises").out
    assert "Trust" in rem("promises").out
    other = make(rem, "no pot of tea", "--to", "Bob", "--accepts", "--if", made["id"])
    assert (other["kind"], other["conditions"][0]["promise"]) == ("accept", made["id"])
    rem("promise", "withdraw", other["id"])
    states = [one["state"] for one in rem("promises", "--json").json["promises"]]
    assert states == ["kept", "withdrawn"]


def test_an_empty_cube_says_that_nothing_was_promised(rem: CommandLine) -> None:
    rem("init")
    assert rem("promises").out.strip() == "nobody has promised anything yet"
    assert rem("promises", "graph", "--json").json["promises"] == []
    assert "not assessed" in rem("promises", "check", "--fail").out


def test_check_fails_where_a_promise_is_broken(rem: CommandLine, tmp_path: Path) -> None:
    talk = tmp_path / "talk.jsonl"
    said = {
        "role": "assistant",
        "content": "I'll book the hall tomorrow.",
        "timestamp": "2026-03-02T10:00:00Z",
    }
    talk.write_text(json.dumps(said) + "\n")
    rem("observe", str(talk))
    told = rem("promises", "check")
    assert "broken" in told.out
    assert "2026-03-03" in told.out
    (word,) = [
        one
        for one in rem("promises", "check", "--fail", "--json", code=1).json["promises"]
        if one["check"] == "word"
    ]
    assert word["verdict"] == "broken"
    assert word["breaches"][0]["items"]
    own = tmp_path / "own.toml"
    own.write_text('[[promise]]\ncheck = "erasure"\nwords = "I forget."\n')
    assert "I forget." in rem("promises", "check", "--fail", "--file", str(own)).out


def test_the_graph_is_for_graphviz_or_json_and_quotes_what_others_wrote(rem: CommandLine) -> None:
    rem("init")
    first = make(rem, 'say "hi"\\n', "--by", "A\nB", "--to", "Bob")
    second = make(rem, "answer", "--by", "Bob", "--to", "Carol", "--if", first["id"])
    dot = rem("promises", "graph").out
    assert dot.startswith("digraph promises {")
    assert '[label="A\\nB", shape=ellipse]' in dot
    assert 'say \\"hi\\"\\\\n' in dot
    assert f'"{second["id"]}" -> "{first["id"]}" [style=dashed, label="if"];' in dot
    graph = rem("promises", "graph", "--json").json
    assert graph["conditions"][0]["on"] == first["id"]
    assert graph["agents"] == ["A\nB", "Bob", "Carol"]


def test_promises_go_from_cube_to_cube(rem: CommandLine, tmp_path: Path) -> None:
    rem("init")
    made = make(rem, "tea", "--to", "Bob")
    public = rem("promise", "key", str(tmp_path / "a.pem"), "--json").json["key"]
    document = tmp_path / "tea.json"
    document.write_text(rem("promise", "sign", made["id"], "--key", str(tmp_path / "a.pem")).out)
    other = CommandLine(tmp_path / "b.cube", rem.capsys)
    other("init", "--owner", "Bob")
    other("promise", "accept", str(document), "--key", public)
    assert "tea" in other("promises").out
    document.write_text(document.read_text().replace("tea", "gin"))
    assert "the signature is not that of the key" in other.refuses(
        "promise", "accept", str(document), "--key", public
    )


def test_a_file_of_promises_is_declared(rem: CommandLine, tmp_path: Path) -> None:
    rem("init")
    file = tmp_path / "mine.toml"
    file.write_text('[[promise]]\nname = "tea"\nbody = "a pot of tea"\nto = "Bob"\n')
    assert "a pot of tea" in rem("promise", "declare", str(file)).out
    rem("promise", "declare", str(file))
    assert len(rem("promises", "--json").json["promises"]) == 1


def test_what_is_wrong_is_said_in_a_line(rem: CommandLine, tmp_path: Path) -> None:
    rem("init")
    assert "made to somebody" in rem.refuses("promise", "make", "tea")
    assert "has passed" in rem.refuses("promise", "make", "tea", "--to", "Bob", "--due", "2020-01-01")
    assert "none of make" in rem.refuses("promise", "keep", "tea", code=2)
    assert "--due does not go with kept" in rem.refuses("promise", "kept", "zz", "--due", "1 May", code=2)
    assert "none of list" in rem.refuses("promises", "lost", code=2)
    assert "go with check" in rem.refuses("promises", "--fail", code=2)
    assert "--key FILE" in rem.refuses("promise", "sign", "zzzzzzzz", code=2)
    assert "can't be read" in rem.refuses("promise", "accept", str(tmp_path / "no.json"), "--key", "00")
