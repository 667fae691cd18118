"""A cube takes another embedder: recall goes on, nothing is done twice, and all change over at once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import apsw
import numpy as np
import pytest
from local_server import embeds_by_hashing, says, serve

import remanence
from opening import OpenCube
from remanence.embedding.hashing import Hashing
from remanence.embedding.openai import OpenAICompatible
from remanence.embedding.own import OwnEmbedders
from remanence.embedding.port import EmbedderIdentity, Passages
from remanence.errors import EmbedderMismatch, EmbeddingError, EndpointFailed, InvalidInput
from remanence.model.hit import Hit

SAID = [
    "Alice likes green tea",
    "the night train leaves at nine",
    "Bruno pinta barcos velhos",
    "猫は縁側で寝ている",
    "green tea again",
    "the lamp is broken",
    "Alice likes green tea",
]
BATCH = 2


class Halved(Hashing):
    """The hashing embedder's first half of dimensions under a name of its own; tells of each batch."""

    batch_texts = BATCH

    def __init__(self, before: Callable[[int], object] = lambda number: None, name: str = "halved") -> None:
        self.seen: list[str] = []
        self._before = before
        self._name = name
        self._batches = 0

    @property
    def identity(self) -> EmbedderIdentity:
        """Its own."""
        return EmbedderIdentity(self._name, "1", 128)

    def query(self, text: str) -> np.ndarray:
        """The first half of the vector, at length 1."""
        return _halved(super().query(text)[None])[0]

    def passages(self, texts: Sequence[str]) -> Passages:
        """Likewise, once `before` has been told the number of the batch, from 0."""
        self._before(self._batches)
        self._batches += 1
        self.seen += texts
        found = super().passages(texts)
        return replace(found, vectors=_halved(found.vectors))


def _halved(vectors: np.ndarray) -> np.ndarray:
    half = vectors[:, :128] + np.float32(1e-4)
    return half / np.linalg.norm(half, axis=1, keepdims=True)


def in_batch(number: int, do: Callable[[], object]) -> Callable[[int], None]:
    """Do this before one batch is embedded, and nothing before the others."""
    return lambda batch: (batch == number and do()) and None


def fail(_: int) -> None:
    raise EmbeddingError("the power is out")


def filled(cube: remanence.Cube) -> remanence.Cube:
    cube.observe([{"role": "user", "content": text} for text in SAID])
    return cube


def by_words_alone(hits: Sequence[Hit]) -> bool:
    """Whether no vector had part in it."""
    return any("by its words alone" in note for hit in hits for note in hit.why.notes)


def rows(path: Path, sql: str) -> list[tuple[object, ...]]:
    """What the file holds."""
    with closing(apsw.Connection(str(path))) as db:
        return list(db.execute(sql))


VECTORS_BY_NAME = (
    "SELECT e.name, count(*) FROM vector AS v JOIN embedder AS e USING (embedder) GROUP BY e.name ORDER BY 1"
)


def test_recall_goes_on_with_the_old_vectors_until_the_last_text_has_a_new_one(
    open_cube: OpenCube, tmp_path: Path
) -> None:
    reader = filled(open_cube())
    before = reader.recall("green tea", ageing=False)
    during: list[list[Hit]] = []
    done = open_cube(embedder=None).reembed(
        Halved(lambda _: during.append(reader.recall("green tea", ageing=False)))
    )
    assert done == len(SAID)
    assert len(during) >= 3
    for hits in during:
        assert [(hit.item.id, hit.score) for hit in hits] == [(hit.item.id, hit.score) for hit in before]
        assert not by_words_alone(hits)
    assert rows(tmp_path / "a.cube", VECTORS_BY_NAME) == [("halved", len(SAID))]


def test_what_is_recalled_afterwards_is_what_a_cube_of_the_new_embedder_recalls(open_cube: OpenCube) -> None:
    cube = filled(open_cube())
    cube.reembed(Halved())
    fresh = filled(open_cube("fresh.cube", embedder=Halved()))
    for question in ("green tea", "when does the train leave", "barcos", "猫"):
        found = [(hit.item.content, round(hit.score, 5)) for hit in cube.recall(question, ageing=False)]
        assert found == [
            (hit.item.content, round(hit.score, 5)) for hit in fresh.recall(question, ageing=False)
        ]
        assert not by_words_alone(cube.recall(question))


KILLED = """
    import os, signal, sys
    import remanence
    sys.path[:0] = {path!r}
    from test_reembedding import Halved

    def kill(batch):
        if batch == 2:
            os.kill(os.getpid(), signal.SIGKILL)

    remanence.open({cube!r}, embedder=None).reembed(Halved(kill))
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_a_run_that_was_killed_is_gone_on_with_and_nothing_is_embedded_twice(
    open_cube: OpenCube, tmp_path: Path
) -> None:
    filled(open_cube()).close()
    path = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
    program = dedent(KILLED).format(path=path, cube=str(tmp_path / "a.cube"))
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ran.returncode == -signal.SIGKILL, ran.stderr
    with open_cube() as cube:
        assert cube.stats().counts["texts embedded anew"] == 2 * BATCH
        assert not by_words_alone(cube.recall("green tea"))
        assert cube.check() == ()
        rest = Halved()
        told: list[tuple[int, int]] = []
        assert cube.reembed(rest, progress=lambda done, total, _: told.append((done, total))) == 3
        assert sorted(rest.seen) == sorted(SAID[4:6])  # the last says what the first does
        assert told == [(6, 7), (7, 7)]
        assert cube.check() == ()
    assert rows(tmp_path / "a.cube", VECTORS_BY_NAME) == [("halved", len(SAID))]


def test_an_endpoint_that_fails_half_way_keeps_what_it_gave(open_cube: OpenCube) -> None:
    cube = filled(open_cube())
    with serve(embeds_by_hashing, embeds_by_hashing, says(b"no credit", status=402)) as server:
        endpoint = OpenAICompatible("m", base_url=f"{server.url}/v1", dims=256)
        endpoint.batch_texts = BATCH
        with pytest.raises(EndpointFailed, match=r"no credit.*4 of 7 texts .* Call cube.reembed again"):
            cube.reembed(endpoint)
    assert not by_words_alone(cube.recall("green tea"))
    with serve(embeds_by_hashing) as server:
        cube.reembed(OpenAICompatible("m", base_url=f"{server.url}/v1", dims=256))
        asked = [text for request in server.asked for text in json.loads(request.body)["input"]]
        assert sorted(asked) == sorted(SAID[4:6])
        assert not by_words_alone(cube.recall("green tea"))


@pytest.mark.parametrize("batch", [0, 1, 2])
def test_a_text_that_another_one_writes_meanwhile_has_both_vectors(
    open_cube: OpenCube, tmp_path: Path, batch: int
) -> None:
    writer = filled(open_cube())

    def write() -> None:
        writer.remember("the kettle whistles")
        (first, *_) = writer.recall("kettle")
        assert first.item.content == "the kettle whistles"
        assert not by_words_alone([first])

    cube = open_cube(embedder=None)
    assert cube.reembed(Halved(in_batch(batch, write))) == len(SAID) + 1
    assert cube.stats().counts["texts without vector"] == 0
    assert not by_words_alone(cube.recall("kettle"))
    assert rows(tmp_path / "a.cube", VECTORS_BY_NAME) == [("halved", len(SAID) + 1)]


WRITING = """
    import sys
    import remanence

    with remanence.open(sys.argv[1], embedder="hashing", reader=None) as cube:
        for number in range(40):
            cube.remember(f"lamp number {number}")
            print(number, flush=True)
"""


def test_what_another_process_writes_until_the_change_is_embedded_before_it(
    open_cube: OpenCube, tmp_path: Path
) -> None:
    cube = filled(open_cube())
    command = [sys.executable, "-c", dedent(WRITING), str(tmp_path / "a.cube")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        told = writer.stdout
        assert told is not None
        cube.reembed(Halved(lambda _: told.closed or (told.readline() and None)))
        writer.communicate()
    assert writer.returncode == 0
    ((last, count),) = rows(tmp_path / "a.cube", "SELECT max(text), count(*) FROM text WHERE embedded = 1")
    assert count > len(SAID)
    late = rows(tmp_path / "a.cube", "SELECT text FROM text WHERE embedded = 0")
    assert all(text > last for (text,) in late)  # written after the change
    assert cube.embed_pending() == len(late)
    assert rows(tmp_path / "a.cube", VECTORS_BY_NAME) == [("halved", len(SAID) + 40)]


@pytest.mark.parametrize("batch", [0, 1, 2])
@pytest.mark.parametrize("place", [0, 3, 5])
def test_what_is_erased_meanwhile_has_no_vector_of_either_embedder(
    open_cube: OpenCube, tmp_path: Path, place: int, batch: int
) -> None:
    cube = filled(open_cube())
    other = open_cube()
    (gone,) = [hit.item for hit in cube.recall(SAID[place], k=1)]
    texts = f"SELECT text FROM text WHERE item = (SELECT item FROM item WHERE id = '{gone.id}')"
    numbers = [number for (number,) in rows(tmp_path / "a.cube", texts)]
    left: list[object] = []

    def erase() -> None:
        other.forget(gone.id, erase=True, in_sources="keep")
        left.extend(rows(tmp_path / "a.cube", f"SELECT * FROM vector WHERE text = {numbers[0]}"))

    cube.reembed(Halved(in_batch(batch, erase)))
    assert left == []
    assert rows(tmp_path / "a.cube", f"SELECT * FROM vector WHERE text = {numbers[0]}") == []
    assert cube.check() == ()
    assert gone.id not in {hit.item.id for hit in cube.recall(SAID[place], k=20)}


def test_what_is_undone_meanwhile_and_afterwards_is_found_by_its_vectors(open_cube: OpenCube) -> None:
    cube = open_cube()
    item = cube.remember("the spare key hangs by the door")
    cube.revise(item.id, "the spare key lies in the drawer")
    change_set = cube.journal(limit=1)[0].change_set
    other = open_cube()
    cube.reembed(Halved(in_batch(0, lambda: other.undo(change_set))))
    for current in ("hangs by the door", "lies in the drawer"):
        (hit,) = cube.recall("where is the spare key")
        assert current in hit.item.content
        assert "cosine" in str(hit.why)
        assert cube.stats().counts["texts without vector"] == 0
        cube.undo(cube.journal(limit=1)[0].change_set)


def test_a_long_text_has_a_new_vector_for_each_of_its_spans(open_cube: OpenCube, tmp_path: Path) -> None:
    cube = open_cube()
    cube.remember(" ".join(f"On day {day} the crew counted {day * 7} lamps." for day in range(200)))
    cube.reembed(Halved())
    (spans,) = rows(tmp_path / "a.cube", "SELECT count(*), min(span_start), max(span_end) FROM vector")
    assert spans[0] > 5
    assert spans[1] == 0
    assert not by_words_alone(cube.recall("the crew counted 1400 lamps"))


def test_the_old_vectors_are_gone_from_the_file(open_cube: OpenCube, tmp_path: Path) -> None:
    with filled(open_cube()) as cube:
        old = [value for (value,) in rows(tmp_path / "a.cube", "SELECT value FROM vector")]
        cube.reembed(Halved())
    content = (tmp_path / "a.cube").read_bytes()
    assert len(old) == len(SAID)
    assert not any(value[:64] in content for value in old)


def test_a_cube_opened_with_its_own_embedder_follows_and_one_with_a_chosen_one_goes_by_words(
    open_cube: OpenCube, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(open_cube()).close()
    with serve(embeds_by_hashing) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", f"{server.url}/v1")
        own, writing, shared = (
            open_cube(embedder="own"),
            open_cube(embedder="own"),
            open_cube(embedder=OwnEmbedders()),
        )
        chosen = open_cube(embedder="hashing")
        for cube in (own, writing, shared, chosen):
            assert not by_words_alone(cube.recall("green tea"))
        open_cube(embedder=None).reembed("openai:m")
        assert writing.check() == own.documents() == ()
        assert not by_words_alone(own.recall("green tea"))
        before = len(server.asked)
        shared.context("green tea")
        assert len(server.asked) == before + 1
        assert not by_words_alone(shared.recall("green tea"))
        assert by_words_alone(chosen.recall("green tea"))
        writing.remember("the kettle whistles")
        assert own.stats().counts["texts without vector"] == 0
        chosen.remember("the kettle is hot")
        assert own.stats().counts["texts without vector"] == 1
        assert own.embed_pending() == 1
        chosen.remember("the kettle is cold")
        with pytest.raises(EmbedderMismatch, match="another embedder by now, openai:m"):
            chosen.embed_pending()


def test_a_cube_whose_new_embedder_has_no_name_to_open_it_by_goes_by_words(open_cube: OpenCube) -> None:
    own = filled(open_cube())
    own.close()
    own = open_cube(embedder="own")
    open_cube(embedder=None).reembed(Halved())
    assert by_words_alone(own.recall("green tea"))
    assert own.recall("green tea")[0].item.content.startswith(("Alice likes green", "green tea"))


@pytest.mark.parametrize(("model", "dims"), [("m", None), ("text-embedding-3-small", 256)])
def test_a_cube_opens_with_its_own_endpoint_also_while_that_is_away(
    open_cube: OpenCube, monkeypatch: pytest.MonkeyPatch, model: str, dims: int | None
) -> None:
    with serve(embeds_by_hashing) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", f"{server.url}/v1")
        filled(open_cube(embedder=OpenAICompatible(model, dims=dims))).close()
    with serve(says(b"gone", status=410)) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", f"{server.url}/v1")
        (hit, *_) = open_cube(embedder="own").recall("night train")
        assert hit.item.content == SAID[1]
        assert by_words_alone([hit])


def test_choosing_another_embedder_half_way_drops_what_the_first_made(
    open_cube: OpenCube, tmp_path: Path
) -> None:
    cube = filled(open_cube())
    with pytest.raises(EmbeddingError, match="the power is out"):
        cube.reembed(Halved(in_batch(2, lambda: fail(2)), name="first"))
    assert rows(tmp_path / "a.cube", VECTORS_BY_NAME) == [("first", 4), ("hashing", 7)]
    with pytest.raises(EmbeddingError, match="the power is out"):
        cube.reembed(Halved(in_batch(1, lambda: fail(1)), name="second"))
    assert rows(tmp_path / "a.cube", VECTORS_BY_NAME) == [("hashing", 7), ("second", 2)]
    cube.reembed(Halved(name="second"))
    assert rows(tmp_path / "a.cube", VECTORS_BY_NAME) == [("second", 7)]


def test_the_present_embedder_ends_a_change_that_was_half_done(open_cube: OpenCube, tmp_path: Path) -> None:
    cube = filled(open_cube())
    with pytest.raises(EmbeddingError):
        cube.reembed(Halved(in_batch(2, lambda: fail(2))))
    assert cube.reembed("hashing") == 0
    assert rows(tmp_path / "a.cube", VECTORS_BY_NAME) == [("hashing", 7)]
    assert "texts embedded anew" not in cube.stats().counts


def test_two_that_do_the_same_at_once_do_not_get_in_each_others_way(
    open_cube: OpenCube, tmp_path: Path
) -> None:
    one, other = filled(open_cube()), open_cube(embedder=None)
    one.reembed(Halved(in_batch(1, lambda: other.reembed(Halved()))))
    assert rows(tmp_path / "a.cube", VECTORS_BY_NAME) == [("halved", 7)]
    assert not by_words_alone(one.recall("green tea"))
    assert not by_words_alone(other.recall("green tea"))


def test_one_that_is_overtaken_by_another_choice_says_so(open_cube: OpenCube) -> None:
    one, other = filled(open_cube()), open_cube(embedder=None)

    def overtake() -> None:
        with pytest.raises(EmbeddingError):
            other.reembed(Halved(in_batch(1, lambda: fail(1)), name="second"))

    with pytest.raises(EmbedderMismatch, match="another call of reembed chose second"):
        one.reembed(Halved(in_batch(1, overtake), name="first"))
    assert not by_words_alone(one.recall("green tea"))


def spoilt(change: Callable[[Passages], Passages]) -> Halved:
    """An embedder whose second batch is wrong."""

    class Spoilt(Halved):
        def passages(self, texts: Sequence[str]) -> Passages:
            found = super().passages(texts)
            return change(found) if self._batches == 2 else found

    return Spoilt()


SPOILT: dict[str, Callable[[Passages], Passages]] = {
    "not a number": lambda found: replace(found, vectors=found.vectors * np.float32("nan")),
    "all 0": lambda found: replace(found, vectors=found.vectors * 0),
    "too short": lambda found: replace(found, vectors=found.vectors[:, :64]),
    "half the batch": lambda found: Passages(found.vectors[:1], found.spans[:1]),
    "more vectors than spans": lambda found: replace(found, spans=found.spans[:1]),
}


@pytest.mark.parametrize("change", SPOILT.values(), ids=SPOILT.keys())
def test_wrong_vectors_are_refused_and_the_old_ones_serve_on(
    open_cube: OpenCube, tmp_path: Path, change: Callable[[Passages], Passages]
) -> None:
    cube = filled(open_cube())
    with pytest.raises(EmbeddingError, match=r"2 of 7 texts have their new vectors"):
        cube.reembed(spoilt(change))
    assert rows(tmp_path / "a.cube", VECTORS_BY_NAME) == [("halved", 2), ("hashing", 7)]
    assert not by_words_alone(cube.recall("green tea"))


def test_opening_with_an_embedder_that_is_half_way_says_how_far_it_is(open_cube: OpenCube) -> None:
    with filled(open_cube()) as cube, pytest.raises(EmbeddingError):
        cube.reembed(Halved(in_batch(1, lambda: fail(1))))
    with pytest.raises(EmbedderMismatch, match=r"embedded anew by halved .*: 2 of 7 .* cube\.reembed\("):
        open_cube(embedder=Halved())
    with pytest.raises(EmbedderMismatch, match=r"was embedded by hashing .* cube\.reembed\("):
        open_cube(embedder=Halved(name="third"))


def test_a_cube_without_vectors_takes_an_embedder_at_once(open_cube: OpenCube) -> None:
    cube = filled(open_cube(embedder=None))
    assert cube.reembed(Halved()) == len(SAID)
    assert not by_words_alone(cube.recall("green tea"))


def test_an_empty_cube_changes_over_at_once(open_cube: OpenCube) -> None:
    cube = open_cube()
    assert cube.reembed(Halved()) == 0
    assert cube.stats().facts.embedder is not None
    assert cube.stats().facts.embedder.name == "halved"


@pytest.mark.parametrize("wanted", [None, "own", "", "halved"])
def test_what_names_no_embedder_is_refused_and_nothing_changes(open_cube: OpenCube, wanted: str) -> None:
    cube = filled(open_cube())
    with pytest.raises(InvalidInput):
        cube.reembed(wanted)
    assert not by_words_alone(cube.recall("green tea"))


def test_a_backup_and_an_export_made_half_way_hold_the_old_vectors(
    open_cube: OpenCube, tmp_path: Path
) -> None:
    cube = filled(open_cube())
    with pytest.raises(EmbeddingError):
        cube.reembed(Halved(in_batch(1, lambda: fail(1))))
    cube.snapshot(tmp_path / "copy.cube")
    cube.export("jsonl", tmp_path / "a.jsonl", vectors=True)
    remanence.load(tmp_path / "a.jsonl", tmp_path / "loaded.cube")
    for name in ("copy.cube", "loaded.cube"):
        assert not by_words_alone(open_cube(name, clock=None).recall("green tea"))
    assert rows(tmp_path / "loaded.cube", VECTORS_BY_NAME) == [("hashing", 7)]


def test_the_command_line_replaces_shows_and_goes_on(open_cube: OpenCube, tmp_path: Path) -> None:
    filled(open_cube()).close()

    def rem(*arguments: str, base_url: str) -> subprocess.CompletedProcess[str]:
        command = [
            sys.executable,
            "-m",
            "remanence",
            "--cube",
            str(tmp_path / "a.cube"),
            *arguments,
            "--json",
        ]
        known = {**os.environ, "OPENAI_BASE_URL": base_url}
        return subprocess.run(command, env=known, capture_output=True, text=True, check=False)

    with serve(embeds_by_hashing, says(b"no credit", status=402)) as server:
        url = f"{server.url}/v1"
        failed = rem("embed", "--replace", "--embedder", "openai:m", base_url=url)
        assert failed.returncode == 1
        assert "0 of 7 texts have their new vectors" in json.loads(failed.stderr)["error"]["message"]
    with serve(embeds_by_hashing) as server:
        url = f"{server.url}/v1"
        done = rem("embed", "--replace", "--embedder", "openai:m", base_url=url)
        assert json.loads(done.stdout) == {"embedded": len(SAID)}, done.stderr
        stats = json.loads(rem("stats", base_url=url).stdout)
        assert stats["embedder"] == {"name": "openai:m", "revision": "1", "dims": 256}
