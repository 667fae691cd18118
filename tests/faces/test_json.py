"""--json: one document a command, with field names that stay; every command is in the table."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from command_line import CommandLine
from remanence.faces.cli.app import COMMANDS, name_of

ITEM = {
    "id", "content", "kind", "state", "confidence", "evidence_for", "evidence_against", "valid_from",
    "valid_to", "recorded_from", "recorded_to", "event_from", "event_to", "author", "role", "trust", "method",
    "said_at", "session", "turn", "message_id", "sources", "domain", "tags", "metadata", "change_set",
}  # fmt: skip
RECEIPT = {
    "change_set", "erased_at", "items", "redacted", "remaining", "journal_head", "pending", "kinds",
    "digests", "actor", "reason",
}  # fmt: skip
CONSOLIDATED = {
    "merged", "strengthened", "dormant", "woken", "expired", "renewed", "proposed", "words_before",
    "words_after", "words_merged", "finished", "change_set", "promises",
    "learnt",
}  # fmt: skip
PORTRAIT = {
    "agent", "utterances", "first", "last", "style", "phrases", "openings", "drifts", "contradictions",
    "inclinations", "intentions", "corrections", "coherence", "persona", "shortfalls",
}  # fmt: skip
IMPORTED = {
    "kind", "complete", "dry_run", "messages", "memories", "sessions", "added", "changed", "known", "empty",
    "derived", "units", "links", "embedded", "pending", "change_sets", "counts", "problems",
}  # fmt: skip
STATS = {
    "cube", "owner", "time_zone", "created_at", "analyser", "embedder", "counts", "size_bytes",
    "journal_head",
}  # fmt: skip
READ = {
    "read", "cut", "calls", "prompt_tokens", "completion_tokens", "cost", "derived", "corroborated",
    "set_aside", "dropped", "failed", "pending", "parked", "change_sets", "stopped",
}  # fmt: skip
UNIT = {"id", "kind", "name", "description", "annotations", "rule", "version", "tags", "retired"}
ENTITY = {"id", "name", "kind", "aliases", "mentions", "items", "first_at", "last_at", "speaks"}
SUMMARY = {"text", "tokens", "budget_tokens", "by", "sentences"}
SERVERS = {"mcp", "serve", "proxy", "chat", "keys"}  # they serve, talk, or have commands of their own
# Each command, with what follows it ({id}, {file} and {new} are filled in) and the keys of its document.
CASES: list[tuple[str, str, set[str]]] = [
    ("remember", "tea", ITEM),
    (
        "observe",
        "{file}",
        {"added", "changed", "derived", "retired", "heeded", "known", "empty", "change_set"},
    ),
    ("ingest", "{file} --format text", {"documents", "failed"}),
    ("documents", "", {"documents"}),
    ("import", "jsonl {file}", IMPORTED),
    ("recall", "jazz", {"answered", "hits"}),
    (
        "why-not",
        "{id} jazz",
        {
            "id",
            "hit",
            "reasons",
            "left_out_by",
            "allowed",
            "rough_place",
            "place",
            "score",
            "last_score",
            "why",
            "folded_into",
        },
    ),
    ("context", "jazz", {"text", "format", "tokens", "budget_tokens", "items"}),
    ("list", "--limit 1", {"items", "after"}),
    ("act", "find --result ok --cost usd=0.1", ITEM),
    ("decide", "tea --option tea --option coffee --reason warm", ITEM),
    ("goal", "sleep --due 2999-01-01", ITEM),
    ("outcome", "{deed} ok --worked", ITEM),
    ("progress", "{goal} --share 0.5", ITEM),
    ("precedents", "find", {"precedents"}),
    ("lessons", "", {"made", "renewed", "withdrawn", "unchanged", "change_set", "lessons"}),
    ("story", "--about jazz", {"text", "tokens", "budget_tokens", "lines"}),
    ("revise", "{id} tea", ITEM),
    ("forget", "{id}", ITEM),
    ("forget", "{id} --erase --dry-run", {"asked", "fallen", "passages"}),
    ("forget", "{id} --erase --yes", RECEIPT),
    ("show", "{id}", ITEM | {"uses", "used_at", "expires_at"}),
    ("history", "{id}", {"revisions"}),
    ("why", "{id}", {"item", "stands", "reason", "passage", "sources"}),
    ("impact", "{id}", {"item", "falls", "weakened"}),
    ("conflicts", "", {"conflicts"}),
    ("resolve", "{disputed}", ITEM),
    ("sources", "", {"sources"}),
    ("annotate", "{id} --tag a", ITEM),
    ("freeze", "{id}", ITEM),
    ("thaw", "{id}", ITEM),
    ("journal", "", {"lines"}),
    ("timeline", "Alice", {"periods"}),
    ("changes", "1", {"changes"}),
    ("undo", "1", {"change_sets", "stays_erased", "skipped"}),
    ("restore", "now", {"change_set", "returned", "set_aside", "stays_erased", "units"}),
    ("erased", "", {"receipts"}),
    ("stats", "", STATS),
    ("export", "jsonl {new}", {"form", "path", "complete", "counts", "size_bytes"}),
    ("load", "{export} --cube {new}", {"path", "cube", "owner", "counts", "journal_head", "pending"}),
    ("check", "", {"sound", "faults"}),
    ("verify", "", {"holds", "lines", "head", "erasures", "erased", "faults"}),
    ("used", "{id}", {"used"}),
    ("expire", "{id} --at 2999-01-01", ITEM),
    ("lifecycle", "plan", {"looked_at", "touched", "erasure"}),
    ("lifecycle", "apply", {"looked_at", "touched", "erasure", "change_set", "receipt"}),
    ("consolidate", "", CONSOLIDATED),
    ("promises", "", {"at", "promises", "intentions", "impositions", "trust"}),
    ("promises", "check", {"at", "kept", "promises"}),
    ("promises", "graph", {"agents", "promises", "conditions", "contradictions", "circles"}),
    ("promise", "make tea --to Bob", {"promises"}),
    ("mirror", "", PORTRAIT),
    (
        "mirror",
        "--keep",
        {
            "portrait",
            "findings",
            "written",
            "renewed",
            "withdrawn",
            "unchanged",
            "persona",
            "change_set",
            "left_as_counted",
        },
    ),
    ("units", "", {"units"}),
    ("units", "user", UNIT | {"members", "links"}),
    ("unit", "jazz", UNIT),
    ("unit", "user --retire", UNIT),
    ("member", "user {id} --role x", UNIT),
    ("versions", "user", {"versions", "gone"}),
    ("versions", "user --diff 0", {"fields", "added", "removed", "regrouped", "linked", "unlinked"}),
    ("fork", "user jazz", UNIT),
    ("link", "{id} about user", {"links"}),
    ("links", "{id}", {"links"}),
    ("merge", "user other", UNIT),
    ("entities", "", {"entities"}),
    ("entity", "Alice", {"entity", "items", "mentions"}),
    ("entity", "Alice --is thing", ENTITY),
    ("merge-entities", "Alice Carla", ENTITY),
    ("split-entity", "Alice --item {id}", ENTITY),
    ("summary", "user", SUMMARY),
    ("summarise", "", {"written", "renewed", "unchanged", "change_set"}),
    ("rollup", "day", SUMMARY),
    ("propose", "", {"proposals"}),
    ("backup", "{new}", {"path"}),
    ("embed", "", {"embedded"}),
    ("embedders", "", {"embedders"}),
    ("read", "--model m", READ),
    ("parked", "", {"parked", "retried"}),
    ("reread", "", {"messages", "derived", "retired", "queued", "change_set"}),
    ("reread", "--dry-run", {"messages", "retired", "derived", "queued"}),
    ("init", "", STATS),
    ("demo", "", {"chapters"}),
]


def test_the_table_holds_every_command() -> None:
    assert {name_of(command) for command in COMMANDS} - SERVERS == {name for name, _, _ in CASES}


@pytest.mark.parametrize(
    ("name", "rest", "keys"), CASES, ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_command_answers_with_one_document(
    rem: CommandLine, tmp_path: Path, name: str, rest: str, keys: set[str]
) -> None:
    file = tmp_path / "talk.json"
    file.write_text(json.dumps([{"role": "user", "content": "I like tea. ☕"}]), encoding="utf-8")
    item_id = rem.remember("Alice likes jazz")
    if name == "thaw":
        rem("freeze", item_id)
    if "entit" in name:
        rem.remember("we met Alice and Carla")
    disputed = ""
    if name == "resolve":
        disputed = rem.remember("Alice lives in Lisbon", "--slot", "Alice", "home", "Lisbon")
        rem.remember("Alice lives in Rome", "--slot", "Alice", "home", "Rome", "--trust", "agent")
    export = tmp_path / "export.jsonl"
    if name == "load":
        rem("export", "jsonl", str(export))
    deed = rem("act", "tidy", "--json").json["id"] if name == "outcome" else ""
    goal = rem("goal", "order", "--json").json["id"] if name == "progress" else ""
    places = {"deed": deed, "goal": goal, "file": file, "export": export, "new": tmp_path / "new.cube"}
    words = rest.format(id=item_id, disputed=disputed, **places).split()
    if name == "merge":
        rem("unit", "other")
    told = rem(name, *words, "--json")
    assert set(told.json) == keys
    assert told.err == ""
    assert told.out.isascii()


def every(rem: CommandLine, document: str, pick: Callable[[dict], list[dict]]) -> list[dict]:
    return pick(rem(*document.split(), "--json").json)


def test_lists_hold_whole_items_and_lines(rem: CommandLine) -> None:
    item_id = rem.remember("Alice likes jazz")
    (hit,) = every(rem, "recall jazz", lambda found: found["hits"])
    assert set(hit) == {"score", "item", "why", "notes"}
    assert set(hit["item"]) == ITEM
    assert 0 <= hit["score"] <= 1
    assert all(set(part) == {"name", "value", "contribution"} for part in hit["why"])
    (row,) = every(rem, f"history {item_id}", lambda found: found["revisions"])
    assert set(row) == ITEM
    (line,) = every(rem, "journal", lambda found: found["lines"])
    assert set(line) == {
        "sequence", "change_set", "recorded_at", "actor", "verb", "item", "reason", "opened", "closed",
        "detail", "hash",
    }  # fmt: skip


def test_times_are_iso_8601_with_an_offset(rem: CommandLine) -> None:
    rem("remember", "Alice likes jazz", "--valid-from", "2026-01-01")
    item = rem("recall", "jazz", "--json").json["hits"][0]["item"]
    for name in ("valid_from", "recorded_from", "said_at"):
        assert datetime.fromisoformat(item[name]).tzinfo is not None
    assert item["valid_to"] is item["recorded_to"] is None


def test_any_text_survives_the_way_out(rem: CommandLine) -> None:
    for text in ("emoji 🎉", "שלום", 'quote " and \\ and\nline', "nul \x00 inside"):
        item_id = rem.remember(text)
        assert rem("show", item_id, "--json").json["content"] == text
