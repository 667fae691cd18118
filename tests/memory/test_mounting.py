"""Mounting and closing: what can't be mounted is one error that names the mount, and nothing stays open."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
import textwrap
from contextlib import ExitStack
from pathlib import Path

import pytest
from mounting import MountAll, make_cube

import remanence
from remanence import Memory, Mount
from remanence.errors import (
    CubeBusy,
    CubeClosed,
    CubeTooNew,
    EmbedderMismatch,
    InvalidInput,
    NotACube,
    RemanenceError,
    WrongKey,
)
from remanence.mounts.opening import HowToOpen, checked, open_all
from remanence.mounts.routing import Router


def left_open(folder: Path) -> list[str]:
    """The logs beside cubes: the last close leaves one file."""
    return [path.name for path in folder.iterdir() if not path.name.endswith((".cube", ".txt"))]


def test_a_missing_cube_is_named_and_not_made(paths: dict[str, Path], mount_all: MountAll) -> None:
    missing = paths["user"].with_name("taem.cube")
    with pytest.raises(NotACube, match=re.escape(f"mount 'team': there is no cube at {missing}")):
        mount_all(**{**paths, "team": missing})
    assert not missing.exists()
    assert left_open(missing.parent) == []


def test_what_is_no_cube_is_named(paths: dict[str, Path], mount_all: MountAll) -> None:
    text = paths["user"].with_name("notes.txt")
    text.write_text("Notas de reunião " * 100)
    with pytest.raises(NotACube, match="mount 'notes': "):
        mount_all(**paths, notes=text)
    assert left_open(text.parent) == []


def test_a_folder_is_no_cube(paths: dict[str, Path], mount_all: MountAll, tmp_path: Path) -> None:
    with pytest.raises(RemanenceError, match="mount 'folder': "):
        mount_all(**paths, folder=tmp_path)
    assert left_open(tmp_path) == []


def test_a_key_shows_in_no_message_and_no_log(tmp_path: Path) -> None:
    assert "Schlüssel" not in repr(Mount(tmp_path / "a.cube", key="Schlüssel"))


def test_a_newer_format_is_named(paths: dict[str, Path], mount_all: MountAll) -> None:
    database = sqlite3.connect(paths["agent"])
    database.execute("PRAGMA user_version = 9999")
    database.close()
    with pytest.raises(CubeTooNew, match="mount 'agent': "):
        mount_all(**paths)
    assert left_open(paths["agent"].parent) == []


def test_a_cube_that_another_process_holds_is_named(paths: dict[str, Path], mount_all: MountAll) -> None:
    program = textwrap.dedent("""
        import sys, apsw
        db = apsw.Connection(sys.argv[1])
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        db.execute("BEGIN EXCLUSIVE")
        db.execute("UPDATE meta SET value = value")
        print("locked", flush=True)
        sys.stdin.read()
    """)
    command = [sys.executable, "-c", program, str(paths["team"])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == "locked\n"
        with pytest.raises(CubeBusy, match="mount 'team': "):
            mount_all(**paths, wait_seconds=0.2)
        holder.stdin.close()
    mount_all(**paths, wait_seconds=5).recall("lunch")


def test_a_key_is_given_with_its_mount_and_a_wrong_one_is_named(tmp_path: Path, mount_all: MountAll) -> None:
    plain = make_cube(tmp_path / "plain.cube", ["Alice likes tea"])
    locked = make_cube(tmp_path / "locked.cube", ["Alice's PIN is in the blue book"], key="Schlüssel")
    with pytest.raises(WrongKey, match="mount 'locked': "):
        mount_all(plain=plain, locked=Mount(locked, key="Schloss"))
    with pytest.raises(RemanenceError, match="mount 'locked': "):
        mount_all(plain=plain, locked=locked)
    assert left_open(tmp_path) == []
    memory = mount_all(plain=plain, locked=Mount(locked, key="Schlüssel"))
    assert memory.recall("PIN", k=1)[0].mount == "locked"


def test_another_embedder_is_named(tmp_path: Path, mount_all: MountAll) -> None:
    class Other:
        """An embedder of another name."""

        def __init__(self) -> None:
            from remanence.embedding.hashing import Hashing
            from remanence.embedding.port import EmbedderIdentity

            self._inner = Hashing()
            self.identity = EmbedderIdentity("other", "1", self._inner.identity.dims)
            self.passages, self.query = self._inner.passages, self._inner.query

    ours = make_cube(tmp_path / "ours.cube", ["tea"])
    theirs = make_cube(tmp_path / "theirs.cube", ["coffee"], embedder=Other())
    with pytest.raises(EmbedderMismatch, match="mount 'theirs': "):
        mount_all(ours=ours, theirs=theirs)
    assert left_open(tmp_path) == []
    by_words = mount_all(ours=ours, theirs=theirs, embedder=None)
    assert by_words.recall("coffee", k=1)[0].mount == "theirs"
    assert "by its words alone" in str(by_words.recall("coffee", k=1)[0].why)


@pytest.mark.parametrize("order", [("bare", "full"), ("full", "bare")])
def test_a_cube_without_an_embedder_takes_that_of_the_others(
    tmp_path: Path, mount_all: MountAll, order: tuple[str, str]
) -> None:
    make_cube(tmp_path / "bare.cube", ["Der Zug fährt um neun"], embedder=None)
    make_cube(tmp_path / "full.cube", ["The bus leaves at ten"])
    memory = mount_all(**{name: tmp_path / f"{name}.cube" for name in order})
    hits = memory.recall("wann fährt der Zug?", k=2)
    assert hits[0].mount == "bare"
    assert all("embedder" not in note for hit in hits for note in hit.why.notes)
    assert memory.cube("bare").embed_pending() == 1


def test_one_file_is_mounted_once_whatever_it_is_called(paths: dict[str, Path], mount_all: MountAll) -> None:
    with pytest.raises(InvalidInput, match="mounts 'user' and 'again' are one file"):
        mount_all(**paths, again=paths["user"])
    beside = os.path.relpath(paths["user"])
    with pytest.raises(InvalidInput, match="are one file"):
        mount_all(**paths, again=beside)
    if sys.platform != "win32":
        link = paths["user"].with_name("link.cube")
        link.symlink_to(paths["user"])
        with pytest.raises(InvalidInput, match="are one file"):
            mount_all(**paths, again=link)


@pytest.mark.parametrize(
    ("mounts", "said"),
    [
        ({}, "0 mounts are given"),
        ({"a:b": "x.cube"}, "'a:b' names no mount"),
        ({"": "x.cube"}, "'' names no mount"),
        ({"two words": "x.cube"}, "'two words' names no mount"),
        ({"<memory>": "x.cube"}, "names no mount"),
        ({"a": 7}, "mount 'a' is a int; give a path or a Mount"),
        ({"a": Mount("x.cube", weight=float("nan"))}, "mount 'a': weight nan must lie in"),
        ({"a": Mount("x.cube", weight=21)}, "mount 'a': weight 21 must lie in [-20, 20] log-odds"),
        ({"a": Mount("x.cube", weight="much")}, "mount 'a': weight 'much'"),  # type: ignore[arg-type]
        ({f"m{n}": "x.cube" for n in range(33)}, "33 mounts are given; a memory has 1 to MOUNTS_MAX = 32"),
    ],
)
def test_a_mount_that_makes_no_sense_is_refused(mounts: dict[str, Mount], said: str) -> None:
    with pytest.raises(InvalidInput, match=re.escape(said)):
        remanence.mount(mounts)


def test_names_may_be_of_any_language_and_of_any_argument(
    paths: dict[str, Path], mount_all: MountAll
) -> None:
    with remanence.mount({"команда": paths["team"], "default": paths["user"]}, reader=None) as memory:
        hit = memory.recall("lunch", k=1)[0]
        assert hit.mount == "команда"
        assert memory.show(hit.item.citation).id == hit.item.id
    with pytest.raises(InvalidInput, match="mount 'user' is given twice"):
        remanence.mount({"user": paths["user"]}, user=paths["user"])


def test_closing_closes_all_and_what_is_asked_afterwards_is_refused(
    memory: Memory, paths: dict[str, Path]
) -> None:
    memory.remember("The kettle is blue")
    memory.close()
    memory.close()
    assert left_open(paths["user"].parent) == []
    with pytest.raises(CubeClosed, match="mount 'user': "):
        memory.recall("kettle")
    with pytest.raises(CubeClosed, match="mount 'user': "):
        memory.remember("x")


def test_where_one_can_not_be_closed_the_others_are_all_the_same(paths: dict[str, Path]) -> None:
    opened, stack = open_all(checked(dict(paths)), HowToOpen(derives=False))
    failing = ExitStack()
    failing.push(stack.pop_all())
    failing.callback(lambda: (_ for _ in ()).throw(NotACube("the disk is gone")))
    memory = Memory(opened, failing, Router(opened, (), None), "Alice")
    memory.remember("The kettle is blue")
    with pytest.raises(NotACube, match="the disk is gone"):
        memory.close()
    assert left_open(paths["user"].parent) == []


@pytest.mark.skipif(sys.platform == "win32", reason="an open file can't be deleted there")
def test_a_cube_deleted_while_open_answers_on_and_is_named_when_mounted_again(
    memory: Memory, paths: dict[str, Path], mount_all: MountAll
) -> None:
    memory.recall("lunch")
    paths["team"].unlink()
    assert memory.recall("when is lunch?", k=1)[0].mount == "team"
    assert memory.remember("The kettle is blue", mount="user").mount == "user"
    memory.close()
    with pytest.raises(NotACube, match="mount 'team': "):
        mount_all(**paths)


def test_a_cube_damaged_while_open_is_named(memory: Memory, paths: dict[str, Path]) -> None:
    size = paths["team"].stat().st_size
    with paths["team"].open("r+b") as file:
        file.write(b"\xff" * size)
    with pytest.raises(RemanenceError, match="mount 'team': "):
        memory.recall("when is lunch?")
    assert memory.recall("peanuts", k=1, mounts=["user", "agent"])[0].mount == "user"
