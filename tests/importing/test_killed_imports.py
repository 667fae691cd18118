"""An import that is killed: what it wrote is whole batches, and a second run adds what is missing, once."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from exports import chat, written

import remanence
from command_line import in_a_process, process_environment
from remanence.errors import CubeError
from remanence.verbs.importing import BATCH_MESSAGES

TALKS, TURNS = 400, 20
TOTAL = TALKS * TURNS


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_what_a_killed_import_left_out_comes_with_the_next_and_nothing_twice(tmp_path: Path) -> None:
    said = [[f"It is turn {turn} of talk {talk}." for turn in range(TURNS)] for talk in range(TALKS)]
    export = written(tmp_path / "conversations.json", [chat(n, texts) for n, texts in enumerate(said)])
    cube = tmp_path / "a.cube"
    command = [sys.executable, "-m", "remanence", "import", "chatgpt", str(export), "--no-embed"]
    running = subprocess.Popen(command, env=process_environment(cube), stdout=subprocess.PIPE)
    while not 0 < _utterances(cube) < TOTAL:
        assert running.poll() is None, "it ended before it could be killed"
    running.send_signal(signal.SIGKILL)
    assert running.wait() == -signal.SIGKILL
    left = _utterances(cube)
    assert 0 < left < TOTAL
    assert left % BATCH_MESSAGES == 0

    again = in_a_process(cube, "import", "chatgpt", str(export), "--json", "--no-embed")
    assert again.returncode == 0, again.stderr
    done = json.loads(again.stdout)
    assert (done["known"], done["added"]) == (left, TOTAL - left)
    with remanence.open(cube, read_only=True, embedder=None) as opened:
        assert opened.check() == ()
        assert opened.stats().counts["kind utterance"] == TOTAL
        ids = Counter(
            item.revision.provenance.message_id
            for unit in opened.units(kind="context")
            for item in unit.items()
            if item.kind is remanence.Kind.UTTERANCE
        )
    assert len(ids) == TOTAL
    assert set(ids.values()) == {1}


def test_an_import_that_was_interrupted_while_embedding_has_all_its_texts(tmp_path: Path) -> None:
    export = written(tmp_path / "conversations.json", [chat(n, ["one two", "three"]) for n in range(300)])

    def interrupt(done: int, total: int, what: str) -> None:
        if what == "embedding":
            raise KeyboardInterrupt

    with remanence.open(tmp_path / "a.cube", embedder="hashing", reader=None) as cube:
        with pytest.raises(KeyboardInterrupt):
            cube.import_from("chatgpt", export, progress=interrupt)
        assert cube.stats().counts["kind utterance"] == 600
        assert 0 < cube.stats().counts["texts without vector"] < 600
        done = cube.import_from("chatgpt", export)
        assert (done.added, done.pending, cube.stats().counts["texts without vector"]) == (0, 0, 0)


def _utterances(path: Path) -> int:
    """How many messages the cube holds by now; 0 while there is none."""
    if not path.exists():
        return 0
    try:
        with remanence.open(path, read_only=True, embedder=None) as cube:
            return cube.stats().counts.get("kind utterance", 0)
    except CubeError:  # it is being made
        return 0
