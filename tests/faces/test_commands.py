"""What each command does for somebody at a terminal."""

from __future__ import annotations

import inspect
import json
from pathlib import Path

import remanence
from command_line import CommandLine
from remanence.verbs.recalling import DEFAULT_BUDGET_TOKENS, DEFAULT_HITS

TALK = [
    {"role": "user", "name": "Alice", "content": "I live in Lisbon.", "timestamp": "2026-01-05 10:00"},
    {"role": "assistant", "content": "A city of hills.", "timestamp": "2026-01-05 10:01"},
    {"role": "user", "name": "Alice", "content": "We moved to Porto!", "timestamp": "2026-06-01 09:00"},
]


def write(path: Path, messages: list[dict[str, str]]) -> str:
    path.write_text("\n".join(map(json.dumps, messages)), encoding="utf-8")
    return str(path)


def test_what_is_remembered_is_recalled_with_score_id_and_source(rem: CommandLine) -> None:
    told = rem("remember", "Alice is allergic to peanuts", "--because", "she said so")
    item_id = told.out.split()[1]
    assert told.out == f"remembered {item_id}  Alice is allergic to peanuts\n"
    hit = rem("recall", "peanuts").out
    assert "Alice is allergic to peanuts" in hit
    assert item_id in hit
    assert hit.startswith(("0.", "1."))


def test_all_that_can_be_said_of_a_statement_is_kept(rem: CommandLine) -> None:
    options = "--kind preference --confidence 0.6 --domain food --author Bob --session s1 --tag a --tag b"
    dates = "--valid-from 2026-01-01 --valid-to 2026-02-01 --metadata page=3 --metadata from=doc"
    item = rem("remember", "Alice likes tea", *options.split(), *dates.split(), "--json").json
    assert (item["kind"], item["domain"], item["author"], item["session"]) == (
        "preference", "food", "Bob", "s1",
    )  # fmt: skip
    assert (item["tags"], item["metadata"]) == (["a", "b"], {"page": 3, "from": "doc"})
    assert item["confidence"] == 0.6
    assert item["valid_from"].startswith(("2026-01-01", "2025-12-31"))
    page = rem("show", item["id"]).out
    assert all(
        word in page for word in ("Alice likes tea", item["id"], "preference", "food", "Bob", "page=3")
    )


def test_a_conversation_is_observed_once_however_often_it_is_given(rem: CommandLine, tmp_path: Path) -> None:
    file = write(tmp_path / "talk.jsonl", TALK)
    rem("init", "--owner", "Alice", "--time-zone", "Europe/Lisbon")
    assert "3 new messages" in rem("observe", file, "--session", "s").out
    again = rem("observe", file, "--session", "s", "--json").json
    assert (again["added"], again["known"]) == ([], 3)


def test_recall_filters_by_time_session_author_kind_and_confidence(rem: CommandLine, tmp_path: Path) -> None:
    rem("observe", write(tmp_path / "talk.jsonl", TALK), "--session", "s")
    rem("remember", "Alice may live in Porto", "--confidence", "0.3")

    def found(*options: str) -> list[str]:
        hits = rem("recall", "where does Alice live", "--json", *options).json["hits"]
        return [hit["item"]["content"] for hit in hits]

    assert "We moved to Porto!" not in found("--said-before", "2026-05-01")
    assert set(found("--session", "s", "--author", "assistant")) == {"A city of hills."}
    assert set(found("--kind", "fact", "--confidence-min", "0.5")) == {"Alice lives in Porto"}
    assert len(found("-k", "1")) == 1
    assert "We moved to Porto!" not in found("--as-of", "3 March 2026")


def test_recall_keeps_to_tags_and_metadata(rem: CommandLine) -> None:
    rem("remember", "the red bike", "--tag", "work", "--metadata", "page=3")
    rem("remember", "the blue bike", "--tag", "home", "--metadata", "page=30")
    assert "blue" not in rem("recall", "bike", "--tag", "work").out
    assert "red" not in rem("recall", "bike", "--metadata", "page=30").out
    assert "red" in rem("context", "bike", "--metadata", "page=3", "--tag", "work").out
    assert "NAME=VALUE" in rem.refuses("recall", "bike", "--metadata", "page", code=2)


def test_why_shows_the_parts_of_a_score(rem: CommandLine) -> None:
    rem.remember("Alice is allergic to peanuts")
    assert "bm25 +" not in rem("recall", "peanuts").out
    assert "bm25 +" in rem("recall", "peanuts", "--why").out


def test_context_is_prompt_ready_text_within_the_budget(rem: CommandLine) -> None:
    rem.remember("Alice is allergic to peanuts")
    made = rem("context", "dinner for Alice, peanuts", "--budget", "100", "--json").json
    assert made["tokens"] <= made["budget_tokens"] == 100
    assert rem("context", "dinner for Alice, peanuts", "--budget", "100").out == made["text"] + "\n"


def test_a_revision_keeps_what_was_believed(rem: CommandLine) -> None:
    item_id = rem.remember("Alice lives in Lisbon")
    rem("revise", item_id, "Alice lives in Porto", "--valid-from", "2026-03-01", "--because", "she moved")
    rows = rem("history", item_id, "--json").json["revisions"]
    assert [row["content"] for row in rows] == [
        "Alice lives in Lisbon", "Alice lives in Lisbon", "Alice lives in Porto",
    ]  # fmt: skip
    assert rows[0]["recorded_to"] is not None
    assert rows[1]["recorded_to"] is rows[2]["recorded_to"] is None
    assert rows[1]["valid_to"] == rows[2]["valid_from"]
    page = rem("history", item_id).out
    assert page.count("Alice lives in") == 3
    assert "she moved" in rem("journal").out


def test_a_frozen_item_stays_as_it_is_until_it_is_thawed(rem: CommandLine) -> None:
    item_id = rem.remember("Alice is 34")
    rem("freeze", item_id, "--because", "sure")
    assert "frozen" in rem.refuses("revise", item_id, "Alice is 35")
    rem("thaw", item_id)
    assert "Alice is 35" in rem("revise", item_id, "Alice is 35").out


def test_what_is_retired_is_found_on_request_and_comes_back_by_undo(rem: CommandLine) -> None:
    item_id = rem.remember("Alice likes jazz")
    rem("forget", item_id, "--because", "a joke")
    assert "nothing that fits" in rem("recall", "jazz").out
    assert "Alice likes jazz" in rem("recall", "jazz", "--include", "retired").out
    sequence = rem("journal", "--item", item_id, "-n", "1", "--json").json["lines"][0]["sequence"]
    assert "undid" in rem("undo", str(sequence)).out
    assert "Alice likes jazz" in rem("recall", "jazz").out


def test_undo_takes_later_changes_along_when_asked(rem: CommandLine) -> None:
    item_id = rem.remember("Alice has a cat")
    rem("revise", item_id, "Alice has two cats")
    assert "cascade" in rem.refuses("undo", "1")
    assert len(rem("undo", "1", "--cascade", "--json").json["change_sets"]) == 2


def test_annotating_changes_what_is_given_and_nothing_else(rem: CommandLine) -> None:
    item_id = rem.remember("Alice likes jazz", "--tag", "music", "--metadata", "n=1")
    item = rem("annotate", item_id, "--tag", "old", "--json").json
    assert (item["tags"], item["metadata"]) == (["old"], {"n": 1})
    assert rem("annotate", item_id, "--metadata", "n=two", "--json").json["metadata"] == {"n": "two"}


def test_an_erasure_is_shown_first_and_leaves_a_receipt(rem: CommandLine) -> None:
    item_id = rem.remember("The code is 4471#")
    plan = rem("forget", item_id, "--erase", "--dry-run", "--json").json
    assert plan["asked"] == [item_id]
    assert b"4471#" in rem.cube.read_bytes()
    receipt = rem("forget", item_id, "--erase", "--yes", "--because", "asked to", "--json").json
    assert (receipt["items"], receipt["pending"]) == ([item_id], False)
    assert b"4471#" not in rem.cube.read_bytes()
    assert item_id[:8] in rem("erased").out
    assert "sound" in rem("check", "--head", receipt["journal_head"]).out


def test_stats_name_the_owner_and_count(rem: CommandLine) -> None:
    rem("init", "--owner", "Alice", "--time-zone", "Europe/Lisbon")
    rem.remember("x y z")
    stats = rem("stats", "--json").json
    assert (stats["owner"], stats["time_zone"], stats["counts"]["items"]) == ("Alice", "Europe/Lisbon", 1)
    assert "Europe/Lisbon" in rem("stats").out


def test_check_ends_with_1_when_there_is_a_fault(rem: CommandLine) -> None:
    rem.remember("Alice likes jazz")
    told = rem("check", "--head", "f" * 64, code=1)
    assert told.out.startswith("fault ")
    assert rem("check", "--json", "--head", "f" * 64, code=1).json["sound"] is False


def test_a_backup_is_a_cube(rem: CommandLine, tmp_path: Path) -> None:
    item_id = rem.remember("Alice likes jazz")
    rem("backup", str(tmp_path / "b.cube"))
    with remanence.open(tmp_path / "b.cube", embedder=None, read_only=True) as copy:
        assert copy.show(item_id).content == "Alice likes jazz"


def test_texts_written_without_vectors_are_embedded_later(rem: CommandLine) -> None:
    rem("remember", "Alice likes jazz", "--embedder", "none")
    rem("remember", "Alice likes tea", "--embedder", "none")
    assert rem("embed", "--limit", "1", "--json").json == {"embedded": 1}
    assert rem("embed", "--json").json == {"embedded": 1}
    assert rem("embed", "--replace", "--json").json == {"embedded": 0}  # they are its own already


def test_the_embedders_there_are_are_listed_and_each_has_a_card(rem: CommandLine) -> None:
    listed = rem("embedders").out
    for form in (
        "minilm",
        "hashing",
        "openai:MODEL",
        "sentence-transformers:NAME[@REVISION]",
        "fastembed:NAME",
    ):
        assert form in listed
    entries = {entry["name"]: entry for entry in rem("embedders", "--json").json["embedders"]}
    assert entries["minilm"]["installed"] is True
    assert entries["fastembed:NAME"]["extra"] == "fastembed"
    card = rem("embedders", "minilm", "--json").json
    assert (card["dims"], card["pooling"], card["span"]) == (384, "mean", "256 word pieces")
    assert card["revision"] in rem("embedders", "minilm").out
    assert "not one of: minilm, hashing" in rem.refuses("embedders", "maxilm")


def test_an_id_may_be_given_as_any_beginning_that_no_other_has(rem: CommandLine) -> None:
    item_id = rem.remember("Alice likes jazz")
    for length in (1, 4, 8, len(item_id)):
        assert rem("show", item_id[:length].upper(), "--json").json["id"] == item_id


def test_options_for_all_commands_may_stand_before_or_after(rem: CommandLine, tmp_path: Path) -> None:
    other = str(tmp_path / "other.cube")
    rem("remember", "kept elsewhere", "--cube", other)
    assert not rem.cube.exists()
    before = rem("--json", "--cube", other, "stats").json
    assert before == rem("stats", "--json", "--cube", other).json


def test_help_names_the_defaults_that_the_library_has(rem: CommandLine) -> None:
    assert f"default {DEFAULT_HITS})" in rem("recall", "--help").out
    assert f"default {DEFAULT_BUDGET_TOKENS})" in rem("context", "--help").out
    limit = inspect.signature(remanence.Cube.journal).parameters["limit"].default
    assert f"default {limit})" in rem("journal", "--help").out


def test_a_memory_cannot_steer_the_terminal_or_break_the_layout(rem: CommandLine) -> None:
    item_id = rem.remember("red \x1b[31m alert \x07 [bold]not bold[/bold] :smile: \u202e")
    for told in (rem("show", item_id), rem("recall", "red alert")):
        assert "\x1b" not in told.out
        assert "\x07" not in told.out
        assert "\\x1b[31m" in told.out
        assert "[bold]not bold[/bold] :smile: \\u202e" in told.out


def test_no_line_is_wider_than_eighty_columns(rem: CommandLine, tmp_path: Path) -> None:
    item_id = rem.remember("word " * 60 + "x" * 200, "--because", "long reasons " * 12)
    rem("observe", write(tmp_path / "talk.jsonl", TALK), "--session", "a-session-with-a-long-name")
    commands = (
        ["show", item_id], ["history", item_id], ["journal"], ["recall", "word", "--why"], ["stats"],
    )  # fmt: skip
    for command in commands:
        widest = max(map(len, rem(*command).out.splitlines()))
        assert widest <= 80, command


def test_explain_shows_roads_filters_and_belief(rem: CommandLine) -> None:
    rem("remember", "Alice is allergic to peanuts")
    shown = rem("recall", "peanuts", "--explain").out
    for part in ("1 of 1 may answer", "bm25 ", "prior", "sum", "belief 0.90 of 2 observations"):
        assert part in shown
    told = json.loads(rem("recall", "peanuts", "--explain", "--json").out)
    assert set(told) == {"answered", "signs", "question", "filters", "allowed", "hits"}
    assert {"roads", "activation", "score", "item", "why", "notes"} == set(told["hits"][0])


def test_explain_is_about_one_cube(rem: CommandLine) -> None:
    rem("remember", "tea")
    refused = rem("recall", "tea", "--explain", "--mount", "a=a.cube", code=2)
    assert "--explain is about one cube" in refused.err


def test_a_recall_says_when_perhaps_nothing_answers_and_leaves_out_what_scores_too_little(
    rem: CommandLine,
) -> None:
    rem("remember", "Alice is allergic to peanuts")
    strange = "which planet has rings of zirconium?"
    assert "perhaps nothing here answers this" in rem("recall", strange).out
    assert rem("recall", strange, "--json").json["answered"] < 0.5
    assert rem("recall", "peanuts", "--score-min", "1.0", "--json").json["hits"] == []
    assert "must lie in [0, 1]" in rem("recall", "peanuts", "--score-min", "2", code=1).err
