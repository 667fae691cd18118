"""Each kind of export: what of it becomes what, and that the same export again changes nothing."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from exports import FIXTURES, chat, written

import remanence
from command_line import CommandLine
from opening import OpenCube
from remanence.reader.exports.formats import FORMATS
from ticking import TickingClock


def contents(cube: remanence.Cube, **fields: str) -> list[str]:
    """The texts of all items, oldest first; of those whose revision's fields are so."""
    ids = dict.fromkeys(line.item_id for line in reversed(cube.journal(limit=1000)) if line.item_id)
    rows = [cube.show(item).revision for item in ids]
    return [
        row.content.text for row in rows if all(getattr(row.provenance, k) == v for k, v in fields.items())
    ]


def the(cube: remanence.Cube, text: str) -> remanence.Item:
    """The one item with this text."""
    ids = dict.fromkeys(line.item_id for line in cube.journal(limit=1000) if line.item_id)
    (found,) = [item for item in map(cube.show, ids) if item.content == text]
    return found


def test_each_kind_has_a_fixture() -> None:
    assert FIXTURES.keys() == FORMATS.keys()


@pytest.mark.parametrize("kind", FIXTURES)
def test_the_same_export_again_adds_nothing_and_is_known_by_its_looks(
    cube: remanence.Cube, kind: str
) -> None:
    first = cube.import_from(kind, FIXTURES[kind])
    assert first.added == first.messages + first.memories > 0
    assert first.is_complete
    head = cube.journal(limit=1)[0].hash
    again = cube.import_from("auto", FIXTURES[kind])
    assert (again.kind, again.added, again.changed, again.derived) == (kind, 0, 0, 0)
    assert (again.units, again.links, again.change_sets) == (0, 0, ())
    assert again.known == first.added
    assert again.counts == first.counts
    assert cube.journal(limit=1)[0].hash == head
    assert cube.check() == ()


@pytest.mark.parametrize("kind", FIXTURES)
def test_the_command_line_imports_each_kind(rem: CommandLine, kind: str) -> None:
    done = rem("import", kind, str(FIXTURES[kind]), "--json").json
    assert done["complete"] is True
    assert done["added"] == done["messages"] + done["memories"]
    told = rem("import", kind, str(FIXTURES[kind])).out
    assert f"0 new, 0 changed, {done['added']} known" in told
    assert rem("check").code == 0


@pytest.mark.parametrize("kind", FIXTURES)
def test_what_was_imported_can_be_undone_and_imported_again(cube: remanence.Cube, kind: str) -> None:
    first = cube.import_from(kind, FIXTURES[kind])
    cube.undo(first.change_sets[0], through=first.change_sets[-1])
    assert cube.stats().counts.get("open revisions", 0) == 0
    again = cube.import_from(kind, FIXTURES[kind])
    assert (again.added, again.units, again.links) == (first.added, first.units, first.links)
    assert cube.check() == ()


@pytest.mark.parametrize("kind", FIXTURES)
def test_a_dry_run_counts_and_writes_nothing(cube: remanence.Cube, kind: str) -> None:
    before = cube.stats().counts
    found = cube.import_from(kind, FIXTURES[kind], dry_run=True)
    assert found.dry_run
    assert cube.stats().counts == before
    done = cube.import_from(kind, FIXTURES[kind])
    assert (found.messages, found.memories, found.sessions) == (done.messages, done.memories, done.sessions)


def test_the_thread_that_chatgpt_showed_is_the_session_and_another_branch_its_own(
    cube: remanence.Cube,
) -> None:
    cube.import_from("chatgpt", FIXTURES["chatgpt"])
    session = "6641c0de-0000-4000-8000-000000000001"
    talk = cube.find_unit(session)
    assert talk.description == "Abelhas em Évora"
    assert talk.annotations["default_model_slug"] == "gpt-4o"
    said = [row.content.text for row in _turns(cube, session)]
    assert said[:2] == ["My sister Ana lives in Porto. 蜂はいつ眠りますか？", "Bees rest at night."]
    assert said[-5:] == [
        "[image]\nWhat is wrong with this hive?", "Looking\nThe frame is empty.", "print(1)", "1",
        "The queen is gone.",
    ]  # fmt: skip
    branch = _turns(cube, f"{session}/branch-a1")
    assert [row.content.text for row in branch] == ["An answer that was made anew."]
    answer = the(cube, "Bees rest at night.")
    assert answer.said_at == datetime(2024, 5, 20, 10, 13, 26, 500_000, tzinfo=UTC)
    assert answer.metadata == {"model_slug": "gpt-4o"}
    assert answer.revision.provenance.message_id == "a1b"
    assert the(cube, "1").author == "python"


def test_custom_instructions_and_saved_memories_are_memories_and_come_once(cube: remanence.Cube) -> None:
    cube.import_from("chatgpt", FIXTURES["chatgpt"])
    assert contents(cube, method="import:chatgpt") == [
        "Has a sister, Ana, in Porto.", "I keep bees near Évora.", "Answer briefly.",
    ]  # fmt: skip
    assert the(cube, "Answer briefly.").kind is remanence.Kind.PREFERENCE
    assert the(cube, "Answer briefly.").revision.provenance.trust is remanence.Trust.IMPORT


def test_a_split_chatgpt_export_in_an_archive(cube: remanence.Cube, tmp_path: Path) -> None:
    archive = tmp_path / "export.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("chat.html", "<html>")
        file.writestr("conversations-000.json", json.dumps([chat(0, ["one", "two"])]))
        file.writestr("conversations-001.json", json.dumps([chat(1, ["three"])]))
    done = cube.import_from("chatgpt", archive)
    assert (done.messages, done.sessions) == (3, 2)
    assert cube.import_from("chatgpt", archive.read_bytes()).known == 3


def test_another_branch_shown_since_adds_only_what_is_new(cube: remanence.Cube, tmp_path: Path) -> None:
    one = chat(1, ["ask", "first answer"])
    cube.import_from("chatgpt", written(tmp_path / "a.json", [one]))
    other = {**one["mapping"]["1-1"], "id": "x", "children": []}
    other["message"] = {**other["message"], "id": "x", "content": {"parts": ["second answer"]}}
    one["mapping"]["x"], one["current_node"] = other, "x"
    done = cube.import_from("chatgpt", written(tmp_path / "b.json", [one]))
    assert (done.added, done.known) == (1, 2)
    assert [row.content.text for row in _turns(cube, "c-1")] == ["ask", "first answer", "second answer"]


def test_claude_messages_projects_memories_and_attachments(cube: remanence.Cube) -> None:
    cube.import_from("claude", FIXTURES["claude"])
    session = "c1a0de00-0000-4000-8000-000000000001"
    said = [row.content.text for row in _turns(cube, session)]
    assert said == [
        "I am moving to Coimbra in May.\n[file: lease.txt]\npasted words\n[file: plan.png]",
        'They move.\n[calls search({"q": "Coimbra"})]\nA town.\nHow exciting!',
        "Obrigada!",
    ]
    lease = the(cube, "The rent is 700 euros.")
    assert lease.revision.provenance.trust is remanence.Trust.IMPORT
    assert (lease.session, "lease.txt" in lease.tags) == (session, True)
    project = cube.find_unit("Casa")
    assert {item.content for item in project.items()} == {
        "Be practical.", "Twelve boxes of books.", "The flat is on the third floor.",
    }  # fmt: skip
    assert [link.type for link in cube.links(session)] == ["part_of"]
    assert the(cube, "Bia is moving to Coimbra.").kind is remanence.Kind.SUMMARY


def test_entities_are_units_their_observations_items_and_relations_links(cube: remanence.Cube) -> None:
    done = cube.import_from("mcp-memory", FIXTURES["mcp-memory"])
    ana = cube.find_unit("Ana_Sousa")
    assert ana.kind == "persona"
    assert [item.content for item in ana.items()] == [
        "Ana_Sousa: Keeps bees", "Ana_Sousa: Lives in Porto", "Ana_Sousa: 養蜂家です",
    ]  # fmt: skip
    (link,) = ana.links()
    assert link.type == "lives_in"
    assert link.target == remanence.model.unit.UnitEnd(cube.find_unit("Porto").id)
    assert [problem.why for problem in done.problems] == ["a link 'visits' to 'Nowhere', which is not there"]


def test_an_observation_more_is_one_item_more(cube: remanence.Cube, tmp_path: Path) -> None:
    path = tmp_path / "memory.jsonl"
    shutil.copy(FIXTURES["mcp-memory"], path)
    cube.import_from("mcp-memory", path)
    path.write_text(path.read_text("utf-8").replace('"Keeps bees"', '"Keeps bees", "Sings"'), "utf-8")
    done = cube.import_from("mcp-memory", path)
    assert (done.added, done.changed, done.known) == (1, 0, 3)


def test_the_history_of_a_mem0_memory_is_its_rows_in_valid_time(cube: remanence.Cube) -> None:
    cube.import_from("mem0", FIXTURES["mem0"])
    home = the(cube, "Lives in Coimbra")
    rows = cube.history(home.id)
    assert [(row.content.text, row.valid.start, row.valid.end) for row in rows] == [
        ("Lives in Lisbon", datetime(2024, 1, 10, 17, tzinfo=UTC), datetime(2025, 5, 1, tzinfo=UTC)),
        ("Lives in Coimbra", datetime(2025, 5, 1, tzinfo=UTC), None),
    ]
    assert (home.tags, home.metadata["room"], home.session) == (("home",), 3, "spring")
    then = cube.recall("where does she live", as_of="2024-06-01")
    assert then[0].item.content == "Lives in Lisbon"
    cat = the(cube, "Owns a cat")
    assert (cat.valid_from, cat.valid_to) == (
        datetime(2023, 1, 1, tzinfo=UTC),
        datetime(2024, 6, 1, tzinfo=UTC),
    )


def test_a_memory_that_changed_in_mem0_is_revised_from_then_on(cube: remanence.Cube) -> None:
    one = {"id": "m", "memory": "Works in a bakery", "created_at": "2024-01-01T00:00:00Z", "updated_at": None}
    cube.import_from("mem0", {"results": [one]})
    one = {**one, "memory": "Works in a school", "updated_at": "2025-01-01T00:00:00Z"}
    done = cube.import_from("mem0", {"results": [one]})
    assert (done.added, done.changed) == (0, 1)
    assert cube.recall("work", as_of="2024-06-01")[0].item.content == "Works in a bakery"
    assert cube.recall("work")[0].item.content == "Works in a school"


def test_what_was_revised_here_stands_against_the_file_and_is_told(cube: remanence.Cube) -> None:
    one = {"id": "m", "memory": "Works in a bakery", "created_at": "2024-01-01T00:00:00Z"}
    cube.import_from("mem0", {"results": [one]})
    cube.revise(the(cube, "Works in a bakery").id, "Works at the post office")
    assert cube.import_from("mem0", {"results": [one]}).changed == 0
    newer = {**one, "memory": "Works in a school", "updated_at": "2025-01-01T00:00:00Z"}
    done = cube.import_from("mem0", {"results": [newer]})
    assert (done.changed, done.counts) == (0, {"kept": 1})
    assert cube.recall("work")[0].item.content == "Works at the post office"


def test_an_erased_memory_does_not_come_back(cube: remanence.Cube) -> None:
    one = {"id": "m", "memory": "Works in a bakery", "created_at": "2024-01-01T00:00:00Z"}
    cube.import_from("mem0", {"results": [one]})
    cube.forget(the(cube, "Works in a bakery").id, erase=True)
    done = cube.import_from("mem0", {"results": [one]})
    assert (done.added, done.known) == (0, 1)
    assert cube.recall("bakery") == []


def test_a_letta_agents_talk_blocks_and_passages(cube: remanence.Cube) -> None:
    done = cube.import_from("letta", FIXTURES["letta"])
    assert [row.content.text for row in _turns(cube, "letta/Sam")] == [
        "You are Sam.", "I live in Faro.", 'Faro is sunny.\n[calls core_memory_append({"label":"human"})]',
        '{"status":"OK"}',
    ]  # fmt: skip
    block = the(cube, "Lives in Faro.")
    assert (block.revision.content.domain, block.author, block.metadata["limit"]) == ("human", "Sam", 5000)
    assert the(cube, "Faro tem uma ria.").tags == ("archival memory", "places")
    assert "secret" not in str(cube.find_unit("Sam").annotations)
    assert {problem.place.rpartition(", ")[2] for problem in done.problems} == {
        "tools", "tool_exec_environment_variables",
    }  # fmt: skip


def test_an_agent_file_of_the_first_schema(cube: remanence.Cube) -> None:
    agent = {
        "agent_type": "memgpt_agent", "name": "Ada", "system": "s", "version": "0.6", "tags": [],
        "core_memory": [{"label": "human", "value": "Likes figs", "created_at": "2025-01-01T00:00:00+00:00"}],
        "in_context_message_indices": [0],
        "messages": [{"role": "user", "text": "olá", "created_at": "2025-01-01T00:00:00+00:00"}],
    }  # fmt: skip
    done = cube.import_from("letta", agent)
    assert (done.messages, done.memories, done.is_complete) == (1, 1, True)


def test_items_of_a_langgraph_store_with_their_namespaces(cube: remanence.Cube) -> None:
    cube.import_from("langgraph", FIXTURES["langgraph"])
    oboe = the(cube, "Bia plays the oboe")
    assert (oboe.metadata["key"], oboe.metadata["kind"]) == ("k1", "Memory")
    assert oboe.said_at == datetime(2025, 2, 1, tzinfo=UTC)
    assert [item.id for item in cube.find_unit("memories/bia").items()] == [oboe.id]
    assert the(cube, 'settings: {"theme": "dark", "font": 12}')


def test_a_vault_is_units_sections_tags_and_links(cube: remanence.Cube) -> None:
    done = cube.import_from("markdown", FIXTURES["markdown"])
    ana = cube.find_unit("Ana")
    assert ana.annotations["aliases"] == ["Aninha"]
    assert [item.content.partition("\n")[0] for item in ana.items()] == [
        "Ana is my sister. She lives in [[Porto]].", "# Bees", "# Saúde",
    ]  # fmt: skip
    bees = ana.items()[1]
    assert bees.tags == ("family", "bees", "hobby")
    assert "nottag" not in bees.tags
    assert bees.valid_from == datetime(2024, 5, 1, 23, tzinfo=UTC)  # its day in Lisbon
    linked = {
        cube.find_unit(link.target.unit_id).name for link in ana.links() if link.source.unit_id == ana.id
    }
    assert linked == {"Porto", "people/Rui"}
    assert any("Missing note" in problem.why for problem in done.problems)


def test_a_section_with_other_words_is_a_revision_and_a_moved_one_is_known(
    cube: remanence.Cube, tmp_path: Path
) -> None:
    note = tmp_path / "vault" / "n.md"
    note.parent.mkdir()
    note.write_text("# A\n\none\n\n# B\n\ntwo\n")
    os.utime(note, (1_770_000_000, 1_770_000_000))
    cube.import_from("markdown", note.parent)
    note.write_text("# B\n\ntwo\n\n# A\n\nuno\n")
    os.utime(note, (1_771_000_000, 1_771_000_000))
    done = cube.import_from("markdown", note.parent)
    assert (done.added, done.changed, done.known) == (0, 1, 1)
    rows = [row for row in cube.history(the(cube, "# A\n\nuno").id) if row.is_open]
    assert [row.content.text for row in rows] == ["# A\n\none", "# A\n\nuno"]


def test_json_lines_of_messages_conversations_and_statements(cube: remanence.Cube) -> None:
    cube.import_from("jsonl", FIXTURES["jsonl"])
    assert [row.content.text for row in _turns(cube, "s1")] == ["Moro em Faro.", "Que bom."]
    assert [row.content.text for row in _turns(cube, "s2")] == ["Hello", "Hi"]
    swims = the(cube, "Bia swims on Mondays")
    assert (swims.kind, swims.confidence, swims.tags) == (remanence.Kind.PREFERENCE, 0.7, ("sport",))
    assert the(cube, "Moro em Faro.").metadata == {"mood": "calm"}


def test_messages_that_were_observed_before_are_known_in_a_file_without_ids(
    cube: remanence.Cube, tmp_path: Path
) -> None:
    said = [{"role": "user", "content": f"thing number {n}", "session": "s"} for n in range(5)]
    cube.observe(said)
    lines = tmp_path / "log.jsonl"
    lines.write_text("\n".join(map(json.dumps, said)))
    done = cube.import_from("jsonl", lines)
    assert (done.added, done.known) == (0, 5)


def test_a_growing_file_adds_its_new_lines(cube: remanence.Cube, tmp_path: Path) -> None:
    lines = tmp_path / "log.jsonl"
    lines.write_text("".join(json.dumps({"role": "user", "content": "yes"}) + "\n" for _ in range(2500)))
    assert cube.import_from("jsonl", lines).added == 2500
    with lines.open("a") as file:
        file.write(json.dumps({"role": "user", "content": "yes"}) + "\n")
    done = cube.import_from("jsonl", lines)
    assert (done.added, done.known) == (1, 2500)


def test_what_another_cube_believes_now_comes_in_and_is_recorded_now(open_cube: OpenCube) -> None:
    cube = open_cube(reader="rules", clock=TickingClock(datetime(2026, 12, 1, tzinfo=UTC)))
    done = cube.import_from("remanence", FIXTURES["remanence"])
    said = [row.content.text for row in _turns(cube, "s1") if row.provenance.method == "observed"]
    assert said == ["My sister Rita lives in Porto.", "Nice."]
    allergy = the(cube, "Ana outgrew her peanut allergy")
    assert (allergy.tags, allergy.metadata, round(allergy.confidence, 3)) == (("health",), {"x": 1}, 0.9)
    assert cube.recall("peanuts", as_of="2026-01-01")[0].item.content == "Ana is allergic to peanuts"
    garden = cube.find_unit("garden")
    assert (garden.description, [item.id for item in garden.items()]) == ("what grows", [allergy.id])
    assert [link.type for link in garden.links()] == ["about"]
    assert done.derived > 0  # anew, and not as it was there
    assert not any("Rita" in text for text in contents(cube, method="import:remanence"))
    assert allergy.revision.recorded.start > datetime(2026, 12, 1, tzinfo=UTC)


def test_rules_read_what_is_imported_unless_it_is_to_stay_verbatim(
    open_cube: OpenCube, tmp_path: Path
) -> None:
    export = written(tmp_path / "c.json", [chat(1, ["I live in Lisbon."])])
    assert open_cube("a.cube", reader="rules").import_from("chatgpt", export).derived == 1
    assert open_cube("b.cube", reader="rules").import_from("chatgpt", export, reads=False).derived == 0


def test_texts_wait_for_their_vectors_where_that_is_asked(cube: remanence.Cube) -> None:
    done = cube.import_from("mem0", FIXTURES["mem0"], embeds=False)
    assert (done.embedded, done.pending) == (0, 4)
    assert cube.embed_pending() == 4


def test_the_command_says_what_waits_what_was_left_and_how_to_undo_it(rem: CommandLine) -> None:
    found = rem("import", "mcp-memory", str(FIXTURES["mcp-memory"]), "--dry-run").out
    assert "0 messages in 0 conversations, 3 memories, 2 links; nothing was written" in " ".join(
        found.split()
    )
    told = " ".join(rem("import", "mcp-memory", str(FIXTURES["mcp-memory"]), "--no-embed").out.split())
    assert "3 texts wait for their vectors" in told
    assert "unmapped: memory.jsonl, line 4: a link 'visits' to 'Nowhere'" in told
    first, last = told.partition("undo ")[2].partition("`")[0].split(" --through ")
    rem("undo", first, "--through", last)
    assert rem("recall", "bees", "--json").json["hits"] == []


@pytest.mark.parametrize("how", ["freeze", "forget"])
def test_what_was_frozen_or_retired_here_stays_as_it_is(cube: remanence.Cube, how: str) -> None:
    one = {"id": "m", "memory": "Works in a bakery", "created_at": "2024-01-01T00:00:00Z"}
    cube.import_from("mem0", {"results": [one]})
    item = the(cube, "Works in a bakery").id
    getattr(cube, how)(item)
    newer = {**one, "memory": "Works in a school", "updated_at": "2025-01-01T00:00:00Z"}
    done = cube.import_from("mem0", {"results": [newer]})
    assert (done.added, done.changed, done.counts) == (0, 0, {"kept": 1})
    assert cube.show(item).content == "Works in a bakery"


def test_how_far_it_is_is_told_of_bytes_and_then_of_texts(cube: remanence.Cube, tmp_path: Path) -> None:
    told: list[tuple[int, int, str]] = []
    export = written(tmp_path / "c.json", [chat(1, ["one", "two"])])
    cube.import_from("chatgpt", export, progress=lambda *one: told.append(one))
    size = export.stat().st_size
    assert (size, size, "reading") in told
    assert told[-1] == (2, 2, "embedding")


def test_words_of_a_unit_that_were_changed_here_stay(cube: remanence.Cube) -> None:
    cube.import_from("mcp-memory", FIXTURES["mcp-memory"])
    porto = cube.find_unit("Porto")
    porto.annotate(description="where the wine is", annotations={"mine": True})
    cube.import_from("mcp-memory", FIXTURES["mcp-memory"])
    assert cube.find_unit("Porto").description == "where the wine is"


def _turns(cube: remanence.Cube, session: str) -> list[remanence.Revision]:
    rows = [item.revision for item in cube.find_unit(session).items()]
    said = [row for row in rows if row.provenance.turn is not None]
    return sorted(said, key=lambda row: row.provenance.turn or 0)
