"""The index that lies beside a large cube: never a wrong answer, whatever became of it or of the cube."""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from opening import OpenCube
from remanence import Cube
from remanence.clock import SystemClock
from remanence.errors import CubeError
from remanence.recall.index import MemoryIndex
from remanence.storage.port import Snapshot
from remanence.storage.sqlite.engine import SqliteStore
from remanence.storage.sqlite.index_file import ABANDONED_AFTER_SECONDS
from remanence.storage.sqlite.opening import Access
from remanence.verbs.saved_index import SavedIndexes
from remanence.verbs.upkeep import LiveIndex
from ticking import TickingClock

QUESTIONS = (
    "which tea does she drink?",
    "what did Bob say about the garden?",
    "gingerbread",
    "wer mag Äpfel?",
)
TEXTS = (
    "I drink green tea with honey",
    "Bob waters the garden on Sundays",
    "the gingerbread is in the tin",
    "Äpfel mag ich lieber als Birnen",
    "我喜欢喝绿茶",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.cube"


@pytest.fixture
def filled(open_cube: OpenCube, path: Path) -> Path:
    """A cube with some rows, closed."""
    cube = open_cube()
    for number in range(40):
        cube.remember(f"{TEXTS[number % 5]}, note {number}", tags=[f"t{number % 3}"])
    cube.observe([{"role": "user", "content": text} for text in TEXTS], session="talk")
    cube.remember("she moved to Porto", author="Carol")
    cube.close()
    return path


def reading(
    path: Path, look: Callable[[SqliteStore, Snapshot], MemoryIndex], **options: object
) -> MemoryIndex:
    """What `look` makes of one state of the cube."""
    from remanence.embedding.hashing import Hashing
    from remanence.storage.port import CubeFacts
    from remanence.verbs.seat import name_of

    facts = CubeFacts("none", "x", "UTC", SystemClock().now(), "x", name_of(Hashing().identity))
    store = SqliteStore.open(Access(path, **options), new=facts)  # type: ignore[arg-type]  # Access's own
    try:
        with store.read() as snapshot:
            return look(store, snapshot)
    finally:
        store.close()


def live(store: SqliteStore, snapshot: Snapshot, *, saved_min: int) -> MemoryIndex:
    named = snapshot.embedder()
    assert named is not None
    saved = SavedIndexes(store.index_file, which="open", clock=SystemClock(), saved_min=saved_min)
    index = LiveIndex("open", embedder=named, saved=saved)
    index.catch_up(snapshot)
    return index.index


def save(path: Path, **options: object) -> Path:
    """Save the cube's index, however small; where it lies."""
    reading(path, lambda store, snapshot: live(store, snapshot, saved_min=0), **options)
    return path.with_name(path.name + "-index")


def answers(cube: Cube) -> list[tuple[str, float]]:
    return [(hit.item.id, hit.score) for question in QUESTIONS for hit in cube.recall(question, k=20)]


def both_ways(open_cube: OpenCube, path: Path) -> tuple[list[tuple[str, float]], list[tuple[str, float]]]:
    """The answers with what lies beside the cube, and without; the clock stands at the same second."""
    found = []
    for _ in range(2):
        cube = open_cube(clock=TickingClock())
        found.append(answers(cube))
        cube.close()
        path.with_name(path.name + "-index").unlink(missing_ok=True)
    return found[0], found[1]


def warned(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def test_what_was_saved_is_what_the_cube_says(filled: Path) -> None:
    def restored(store: SqliteStore, snapshot: Snapshot) -> MemoryIndex:
        named = snapshot.embedder()
        assert named is not None
        found = SavedIndexes(store.index_file, which="open", clock=SystemClock()).taken(
            snapshot, dims=named.dims
        )
        assert found is not None
        return found[0]

    save(filled)
    taken = reading(filled, restored)
    filled.with_name("a.cube-index").unlink()
    fresh = reading(filled, lambda store, snapshot: live(store, snapshot, saved_min=10**9))
    ours, theirs = taken.parts(), fresh.parts()
    assert ours is not None
    assert theirs is not None
    assert ours.keys() == theirs.keys()
    for name in ours:
        np.testing.assert_array_equal(ours[name], theirs[name], err_msg=name)
    assert taken.authors == fresh.authors
    assert taken.terms_total == fresh.terms_total


def test_answers_are_the_same_with_it(
    open_cube: OpenCube, filled: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert save(filled).exists()
    with_it, without = both_ways(open_cube, filled)
    assert with_it == without
    assert len(with_it) > 20
    assert warned(caplog) == []


def test_a_small_cube_has_none(open_cube: OpenCube, filled: Path) -> None:
    cube = open_cube()
    answers(cube)
    cube.close()
    assert [file.name for file in filled.parent.iterdir()] == ["a.cube"]


def test_it_is_caught_up(open_cube: OpenCube, filled: Path, caplog: pytest.LogCaptureFixture) -> None:
    save(filled)
    cube = open_cube(embedder=None)
    changed = cube.recall("gingerbread")[0].item
    cube.revise(changed.id, "the gingerbread is eaten", because="it was good")
    cube.forget(cube.recall("Porto")[0].item.id)
    cube.remember("Dora drinks gingerbread tea", author="Dora")
    cube.close()
    with_it, without = both_ways(open_cube, filled)
    assert with_it == without
    assert changed.id in [item for item, _ in with_it]
    assert warned(caplog) == []


def test_vectors_that_came_later_are_found(open_cube: OpenCube, filled: Path) -> None:
    cube = open_cube(embedder=None)
    cube.remember("Carol has a red bicycle")
    cube.close()
    save(filled)
    open_cube().close()  # embeds what waits
    with_it, without = both_ways(open_cube, filled)
    assert with_it == without


def test_without_an_embedder_only_the_words_are_taken(open_cube: OpenCube, filled: Path) -> None:
    save(filled)
    cube = open_cube(embedder=None, clock=TickingClock())
    with_it = answers(cube)
    cube.close()
    filled.with_name("a.cube-index").unlink()
    assert with_it == answers(open_cube(embedder=None, clock=TickingClock()))


def test_it_is_open_to_whom_the_cube_is(filled: Path) -> None:
    filled.chmod(0o600)
    assert save(filled).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("share", [0.0, 0.001, 0.02, 0.5, 0.9, 0.9999])
def test_one_cut_short_is_said_and_not_used(
    open_cube: OpenCube, filled: Path, share: float, caplog: pytest.LogCaptureFixture
) -> None:
    file = save(filled)
    os.truncate(file, int(file.stat().st_size * share))
    with_it, without = both_ways(open_cube, filled)
    assert with_it == without
    assert len(warned(caplog)) == 1
    assert "the saved index is not used" in warned(caplog)[0]


@pytest.mark.parametrize("at", [0.0, 0.0005, 0.01, 0.3, 0.7, 0.95])
def test_one_with_other_bytes_is_never_a_wrong_answer(
    open_cube: OpenCube, filled: Path, at: float, caplog: pytest.LogCaptureFixture
) -> None:
    file = save(filled)
    data = bytearray(file.read_bytes())
    start = int(len(data) * at)
    data[start : start + 256] = bytes(byte ^ 0x5A for byte in data[start : start + 256])
    file.write_bytes(data)
    with_it, without = both_ways(open_cube, filled)
    assert with_it == without
    assert len(warned(caplog)) == 1


def test_one_of_another_cube_is_said_and_not_used(
    open_cube: OpenCube, filled: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = save(filled)
    open_cube("b.cube").remember("gingerbread of somebody else")
    shutil.copy(file, filled.with_name("b.cube-index"))
    hits = open_cube("b.cube").recall("gingerbread")
    assert [hit.item.content for hit in hits] == ["gingerbread of somebody else"]
    assert "another cube" in warned(caplog)[0]


def test_one_newer_than_a_restored_cube_is_said_and_not_used(
    open_cube: OpenCube, filled: Path, caplog: pytest.LogCaptureFixture
) -> None:
    older = filled.read_bytes()
    cube = open_cube()
    cube.remember("a secret of later")
    cube.close()
    save(filled)
    filled.write_bytes(older)
    with_it, without = both_ways(open_cube, filled)
    assert with_it == without
    assert "newer than the cube" in warned(caplog)[0]


def test_one_of_another_past_is_said_and_not_used(
    open_cube: OpenCube, filled: Path, caplog: pytest.LogCaptureFixture
) -> None:
    older = filled.read_bytes()
    cube = open_cube()
    cube.remember("the cat is grey")
    cube.close()
    save(filled)
    filled.write_bytes(older)
    cube = open_cube()
    cube.remember("the dog is brown")
    cube.remember("the dog is loud")
    cube.close()
    with_it, without = both_ways(open_cube, filled)
    assert with_it == without
    assert "another past" in warned(caplog)[0]


def test_an_erasure_takes_it_away(open_cube: OpenCube, filled: Path) -> None:
    cube = open_cube()
    item = cube.remember("zebrafinch quokkas")
    cube.close()
    file = save(filled)
    unfinished = filled.with_name("a.cube-index-new")
    shutil.copy(file, unfinished)
    kept = file.with_name("kept")
    os.link(file, kept)  # the same bytes on the disk under a second name
    receipt = open_cube().forget(item.id, erase=True, because="asked to")
    assert receipt is not None
    assert not receipt.pending
    assert not file.exists()
    assert not unfinished.exists()
    assert not any(kept.read_bytes())
    assert "zebrafinch quokkas" not in [hit.item.content for hit in open_cube().recall("zebrafinch")]


def test_an_erasure_follows_no_link(open_cube: OpenCube, filled: Path) -> None:
    elsewhere = filled.with_name("somebody's")
    elsewhere.write_bytes(b"not ours")
    filled.with_name("a.cube-index").symlink_to(elsewhere)
    cube = open_cube()
    receipt = cube.forget(cube.remember("zebrafinch").id, erase=True, because="asked to")
    assert receipt is not None
    assert not receipt.pending
    assert elsewhere.read_bytes() == b"not ours"
    assert not filled.with_name("a.cube-index").is_symlink()


def test_one_of_before_an_erasure_that_came_back_is_not_used(
    open_cube: OpenCube, filled: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cube = open_cube()
    item = cube.remember("zebrafinch quokkas")
    cube.close()
    file = save(filled)
    older = file.read_bytes()
    cube = open_cube()
    cube.forget(item.id, erase=True, because="asked to")
    cube.close()
    file.write_bytes(older)
    with_it, without = both_ways(open_cube, filled)
    assert with_it == without
    assert item.id not in [found for found, _ in with_it]
    assert "erased since" in warned(caplog)[0]


def test_an_erasure_waits_for_whoever_saves_what_was_there_before(open_cube: OpenCube, filled: Path) -> None:
    """Another process that has read the old state may save it until its read transaction ends."""
    cube = open_cube()
    item = cube.remember("zebrafinch quokkas")
    file = filled.with_name("a.cube-index")

    def erase_meanwhile(store: SqliteStore, snapshot: Snapshot) -> MemoryIndex:
        snapshot.head()
        receipt = cube.forget(item.id, erase=True, because="asked to")
        assert receipt is not None
        assert receipt.pending
        index = live(store, snapshot, saved_min=0)
        assert file.exists()
        return index

    reading(filled, erase_meanwhile)
    cube.remember("the next writer finishes it")
    assert not file.exists()
    assert not any(receipt.pending for receipt in cube.erased())


def test_two_processes_use_and_save_it(open_cube: OpenCube, filled: Path) -> None:
    save(filled)
    one, two = open_cube(clock=TickingClock()), open_cube(clock=TickingClock())
    assert answers(one) == answers(two)
    two.remember("gingerbread with lemon")
    save(filled)
    assert "gingerbread with lemon" in [hit.item.content for hit in one.recall("gingerbread lemon")]


def test_while_one_process_writes_it_another_does_not(filled: Path) -> None:
    writing = filled.with_name("a.cube-index-new")
    writing.write_bytes(b"half of")
    assert not save(filled).exists()
    assert writing.read_bytes() == b"half of"
    long_ago = time.time() - 2 * ABANDONED_AFTER_SECONDS
    os.utime(writing, (long_ago, long_ago))
    assert save(filled).exists()
    assert not writing.exists()


def test_a_cube_opened_for_reading_leaves_nothing_beside_it(filled: Path) -> None:
    assert not save(filled, read_only=True).exists()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root writes into every folder")
def test_a_folder_that_can_only_be_read_is_no_hindrance(open_cube: OpenCube, filled: Path) -> None:
    save(filled)
    filled.parent.chmod(0o500)
    try:
        assert len(answers(open_cube())) > 20
    finally:
        filled.parent.chmod(0o700)


def test_where_it_can_not_be_written_the_cube_still_answers(
    open_cube: OpenCube, filled: Path, caplog: pytest.LogCaptureFixture
) -> None:
    filled.with_name("a.cube-index").mkdir()
    save(filled)
    assert any("was not saved" in text for text in warned(caplog))
    assert not filled.with_name("a.cube-index-new").exists()
    assert len(answers(open_cube())) > 20


def test_an_encrypted_cube_has_none(tmp_path: Path) -> None:
    apsw = pytest.importorskip("apsw")
    if not hasattr(apsw, "mc_version"):
        pytest.skip("this apsw has no ciphers")
    path = tmp_path / "a.cube"
    try:
        assert not save(path, key="a passphrase").exists()
    except CubeError as error:
        pytest.fail(str(error))


def test_its_size_counts_as_the_cubes(open_cube: OpenCube, filled: Path) -> None:
    before = open_cube().stats().size_bytes
    size = save(filled).stat().st_size
    assert open_cube().stats().size_bytes >= before + size
