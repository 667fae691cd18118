"""The commands about documents: ingest, documents, and forget --document."""

from __future__ import annotations

from pathlib import Path

import pytest

from command_line import CommandLine, in_a_process

GARDEN = "# Garden\n\nTomatoes need water every day.\n\n## Tools\n\nThe rake has no handle.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "notes"
    (root / "deep").mkdir(parents=True)
    (root / ".git").mkdir()
    (root / "garden.md").write_text(GARDEN, encoding="utf-8")
    (root / "deep" / "well.txt").write_text("The well is dry.\n", encoding="utf-8")
    (root / "deep" / "photo.png").write_bytes(b"\x89PNG")
    (root / ".git" / "hidden.md").write_text("not this", encoding="utf-8")
    return root


def test_a_folder_is_walked_through_and_its_documents_are_taken(rem: CommandLine, folder: Path) -> None:
    told = rem("ingest", str(folder)).out
    assert "garden.md:2added" in "".join(told.split()), "however its lines are broken"
    assert "well.txt:1added" in "".join(told.split())
    closing = "2 documents: 2 taken in, 0 known, 0 failed; 3 passages added, 0 changed, 0 retired"
    assert closing in " ".join(told.split())
    assert "hidden" not in told
    again = " ".join(rem("ingest", str(folder)).out.split())
    assert "2 documents: 0 taken in, 2 known, 0 failed" in again
    assert "Tomatoes need water" in rem("recall", "tomatoes", "--kind", "concept").out


def test_patterns_choose_among_the_files_of_a_folder(rem: CommandLine, folder: Path) -> None:
    done = rem("ingest", str(folder), "--glob", "*.txt", "--json").json
    assert [Path(one["name"]).name for one in done["documents"]] == ["well.txt"]
    assert done["failed"] == []


def test_one_that_fails_is_named_and_the_others_are_taken(rem: CommandLine, folder: Path) -> None:
    (folder / "empty.txt").touch()
    (folder / "torn.pdf").write_bytes(b"%PDF-1.4")
    told = rem("ingest", str(folder), code=1)
    assert sorted(line.split(": ")[0:2] for line in told.err.splitlines()) == [
        ["remanence", str(folder / "empty.txt")],
        ["remanence", str(folder / "torn.pdf")],
    ]
    assert "4 documents: 2 taken in, 0 known, 2 failed" in " ".join(told.out.split())
    done = rem("ingest", str(folder), "--json", code=1).json
    assert [one["error"]["type"] for one in done["failed"]] == ["InvalidInput", "InvalidInput"]
    assert len(done["documents"]) == 2


def test_a_changed_document_tells_what_changed(rem: CommandLine, folder: Path) -> None:
    file = folder / "garden.md"
    rem(
        "ingest",
        str(file),
        "--name",
        "garden",
        "--tag",
        "home",
        "--dated",
        "2025-01-01",
        "--because",
        "spring",
    )
    file.write_text(GARDEN.replace("every day", "at night"), encoding="utf-8")
    done = rem("ingest", str(file), "--name", "garden", "--dated", "2026-01-01", "--json").json["documents"][
        0
    ]
    assert (len(done["changed"]), len(done["unchanged"]), done["added"]) == (1, 1, [])
    assert "at night" in rem("show", done["changed"][0]).out
    rem("undo", str(done["change_set"]))
    assert "every day" in rem("show", done["changed"][0]).out


def test_what_was_left_out_is_told(rem: CommandLine, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<p>Seen</p><p hidden>not seen</p>", encoding="utf-8")
    assert "left out: line 1: it is hidden" in rem("ingest", str(page)).out


def test_standard_input_needs_a_name(rem: CommandLine, tmp_path: Path) -> None:
    assert "give --name" in rem.refuses("ingest", "-", code=2)
    done = in_a_process(tmp_path / "b.cube", "ingest", "-", "--name", "n.md", stdin=GARDEN.encode())
    assert done.returncode == 0
    assert b"2 added" in done.stdout


def test_a_name_goes_with_one_document(rem: CommandLine, folder: Path) -> None:
    assert "there are 2" in rem.refuses("ingest", str(folder), "--name", "x", code=2)


def test_a_file_that_is_not_there_fails(rem: CommandLine, tmp_path: Path) -> None:
    told = rem("ingest", str(tmp_path / "absent.md"), code=1)
    assert "absent.md: it can't be read" in told.err
    assert "1 document: 0 taken in, 0 known, 1 failed" in " ".join(told.out.split())


def test_documents_are_listed_and_forgotten(rem: CommandLine, folder: Path) -> None:
    rem("ingest", str(folder / "garden.md"), "--name", "garden")
    assert rem("documents").out.strip() == "garden  markdown, 2 passages"
    listed = rem("documents", "--json").json["documents"]
    assert [(one["name"], len(one["items"])) for one in listed] == [("garden", 2)]
    rem("forget", "garden", "--document")
    assert rem("documents", "--json").json["documents"] == []
    assert "no document is named 'garden'" in rem.refuses("forget", "garden", "--document")


def test_a_document_is_erased_with_a_receipt(rem: CommandLine, folder: Path) -> None:
    rem("ingest", str(folder / "garden.md"), "--name", "garden")
    assert "--yes" in rem.refuses("forget", "garden", "--document", "--erase", code=2)
    receipt = rem("forget", "garden", "--document", "--erase", "--yes", "--json").json
    assert (len(receipt["items"]), receipt["pending"]) == (2, False)
    assert b"rake" not in rem.cube.read_bytes()


def test_options_that_do_not_go_together_are_refused(rem: CommandLine, folder: Path) -> None:
    rem("ingest", str(folder / "garden.md"), "--name", "garden")
    assert "not with --document" in rem.refuses(
        "forget", "garden", "--document", "--erase", "--dry-run", code=2
    )
