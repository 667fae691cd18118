"""Recall in an index so big that only rows worth a look are measured: it finds what measuring all would."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from recall.cubes import NOW, START, Said, day, stored_rows
from remanence.model.interval import to_micros
from remanence.recall.features import COLUMN_OF
from remanence.recall.filters import Filter, mask
from remanence.recall.fusion import shipped_weights
from remanence.recall.index import MemoryIndex
from remanence.recall.question import Question, Span, read_question
from remanence.recall.rank import Ranked, measured, rank
from remanence.recall.signs import SignTable
from remanence.recall.tally import together
from remanence.recall.turns import WINDOW_STEP
from remanence.storage.port import IndexRow, StoredVector

DIMS = 384
ROWS = 24_000
MEASURED_MAX = 8_000
CENTRES = 400
QUESTIONS = 20
WORDS = [f"{first}{last}" for first in "bdfgklmnprst" for last in ("ana", "ebo", "ilu", "osa", "uri", "ate")]
SPEAKERS = ("Alice", "Bob", "Ondine", "Tove")


def unit(vectors: np.ndarray) -> np.ndarray:
    return (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)).astype(np.float32)


@cache
def memory() -> tuple[list[IndexRow], np.ndarray, np.ndarray]:
    """Rows of four speakers, of random words, some of them common; their vectors, and those of questions."""
    random = np.random.default_rng(5)
    centres = random.standard_normal((CENTRES, DIMS)) + 0.5  # to one side of zero, as many models have them
    about = random.integers(0, CENTRES, ROWS + QUESTIONS)
    vectors = unit(centres[about] + 0.8 * random.standard_normal((ROWS + QUESTIONS, DIMS)))
    words = np.minimum(random.geometric(0.06, (ROWS, 7)) - 1, len(WORDS) - 1)
    said = [
        Said(" ".join(WORDS[word] for word in row), SPEAKERS[n % 4], session=1 + n // 40, day=n // 40 / 2)
        for n, row in enumerate(words)
    ]
    return stored_rows(said), vectors[:ROWS], vectors[ROWS:]


def stored(vectors: np.ndarray, *, first: int = 1) -> list[StoredVector]:
    return [StoredVector(n, n, one.astype("<f2").tobytes()) for n, one in enumerate(vectors, first)]


def filled(rows: Sequence[IndexRow], vectors: Sequence[StoredVector], *, big: bool) -> MemoryIndex:
    index = MemoryIndex(DIMS, measured_max=MEASURED_MAX if big else 10 * ROWS)
    index.replace((), rows)
    index.add_vectors(vectors)
    return index


@cache
def both() -> tuple[MemoryIndex, MemoryIndex]:
    """The same rows, measured in part and measured all."""
    rows, vectors, _ = memory()
    return filled(rows, stored(vectors), big=True), filled(rows, stored(vectors), big=False)


def question(number: int, text: str | None = None, spans: Sequence[Span] = ()) -> Question:
    words = " ".join(WORDS[(number * 7 + step * step) % len(WORDS)] for step in range(5))
    authors = {name: n for n, name in enumerate(SPEAKERS)}
    return read_question(text or words, authors=authors, spans=spans, vector=memory()[2][number])


def best(index: MemoryIndex, asked: Question, k: int = 10, wanted: Filter | None = None) -> list[Ranked]:
    allowed = mask(index, wanted or Filter(now=NOW))
    return rank(index, asked, mask=allowed, k=k, weights=shipped_weights())


def overlap(part: MemoryIndex, whole: MemoryIndex, asked: Sequence[Question], k: int = 10) -> float:
    shares = []
    for one in asked:
        found, all_found = ({hit.row for hit in best(index, one, k)} for index in (part, whole))
        shares.append(len(found & all_found) / k)
    return float(np.mean(shares))


def test_the_best_are_those_of_all_rows_measured() -> None:
    assert overlap(*both(), [question(n) for n in range(QUESTIONS)]) >= 0.98


def test_what_a_question_names_and_when_it_asks_of_is_looked_at() -> None:
    spans = (Span(day(40), day(50)),)
    asked = [question(n, f"What did Tove say of {WORDS[n + 20]} {WORDS[n + 40]}?", spans) for n in range(10)]
    assert overlap(*both(), asked) >= 0.98


def test_without_a_vector_words_decide() -> None:
    part, whole = both()
    asked = [replace(question(n), made=lambda: None) for n in range(QUESTIONS)]
    assert overlap(part, whole, asked) >= 0.98


@pytest.mark.parametrize("k", [100, 500, 900])
def test_many_hits_are_those_of_all_rows_measured(k: int) -> None:
    assert overlap(*both(), [question(n) for n in range(4)], k) >= 0.95


def test_scores_are_those_of_all_rows_measured() -> None:
    part, whole = both()
    for number in range(5):
        scores = {hit.row: hit.score for hit in best(whole, question(number), 20)}
        for hit in best(part, question(number)):
            assert hit.score == pytest.approx(scores[hit.row], abs=0.01)


@pytest.mark.parametrize(
    "wanted",
    [
        Filter(now=NOW, sessions=[3, 7, 11]),
        Filter(now=NOW, said_before=day(20)),
        Filter(now=NOW, as_of=to_micros(START) + 40_000_000_000),
    ],
    ids=["sessions", "said before", "as of"],
)
def test_what_a_narrow_filter_lets_pass_is_all_measured(wanted: Filter) -> None:
    part, whole = both()
    for number in range(5):
        found, all_found = (best(index, question(number), wanted=wanted) for index in (part, whole))
        assert [hit.row for hit in found] == [hit.row for hit in all_found]
        assert [hit.score for hit in found] == pytest.approx([hit.score for hit in all_found], abs=1e-4)


@pytest.mark.parametrize("vector", [True, False], ids=["with a vector", "by words"])
def test_a_filter_that_lets_nothing_pass_finds_nothing(vector: bool) -> None:
    part, _ = both()
    asked = question(0) if vector else replace(question(0), made=lambda: None)
    assert best(part, asked, wanted=Filter(now=NOW, authors=[])) == []


def test_what_is_near_in_one_memory_says_nothing_of_another_without_vectors() -> None:
    part, whole = both()
    blind = replace(question(0), made=lambda: None)
    found = together(
        [
            measured(index, asked, mask(index, Filter(now=NOW)), 10)
            for index, asked in ((whole, question(0)), (part, blind))
        ]
    )
    for name in ("cosine", "dense", "dense_window"):
        assert found[0].features[:, COLUMN_OF[name]].any()
        assert not found[1].features[:, COLUMN_OF[name]].any()


def test_a_filter_that_lets_most_pass_is_kept_to() -> None:
    part, _ = both()
    wanted = Filter(now=NOW, authors=[part.authors[name] for name in ("Alice", "Bob", "Tove")])
    without = part.authors["Ondine"]
    for number in range(5):
        rows = [hit.row for hit in best(part, question(number), 50, wanted)]
        assert len(rows) == 50
        assert without not in part.columns.ints("author")[rows]


def test_rows_of_several_spans_and_without_a_vector_are_found_as_among_few() -> None:
    rows, vectors, _ = memory()
    random = np.random.default_rng(9)
    spans = []
    for text, vector in enumerate(vectors, 1):
        if text % 10 == 0:
            continue
        further = unit(random.standard_normal((2, DIMS))) if text % 5 == 0 else ()
        spans += [(text, one) for one in (vector, *further)]
    held = [StoredVector(n, text, one.astype("<f2").tobytes()) for n, (text, one) in enumerate(spans, 1)]
    part, whole = (filled(rows, held, big=big) for big in (True, False))
    assert overlap(part, whole, [question(n) for n in range(QUESTIONS)], 30) >= 0.95


def test_what_comes_later_is_found_and_what_was_erased_is_not() -> None:
    rows, vectors, asked = memory()
    index = filled(rows[:-1], stored(vectors[:-1]), big=True)
    sought = question(0, "that?")  # of no word, so that nearness decides
    best(index, sought)
    index.replace((), [rows[-1]])
    index.add_vectors(stored(asked[:1], first=ROWS))
    assert ROWS - 1 in [hit.row for hit in best(index, sought)]
    index.replace([rows[-1].item], [])
    assert ROWS - 1 not in [hit.row for hit in best(index, sought, 100)]
    index.replace([row.item for row in rows[: ROWS // 2]], [])  # so many that they are squeezed out
    fresh = filled(rows[ROWS // 2 : -1], stored(vectors[ROWS // 2 : -1], first=ROWS // 2 + 1), big=True)
    for number in range(5):
        hits = [[hit.row for hit in best(one, question(number))] for one in (index, fresh)]
        assert hits[0] == hits[1]


def test_an_erased_vector_leaves_no_bit() -> None:
    codes = np.random.default_rng(2).integers(-127, 128, (5, 100)).astype(np.int8)
    table = SignTable(100)
    table.follow(codes, np.ones(5, np.float32))
    below_all = np.full(100, -1_000, np.float32)  # of which no bit is set
    assert (table.nearness(below_all) < 100 // 2).all()
    table.erase(np.array([3]))
    assert np.flatnonzero(table.nearness(below_all) == 100 // 2).tolist() == [3]


@pytest.mark.parametrize("dims", [1, 63, 64, 65, 192, 384, 1000, 3072])
def test_nearness_tells_the_bits_that_differ_however_the_vectors_came(dims: int) -> None:
    random = np.random.default_rng(dims)
    codes = random.integers(-127, 128, (9_000, dims)).astype(np.int8)
    scale = random.uniform(0.5, 2, 9_000).astype(np.float32)
    query = random.standard_normal(dims).astype(np.float32)
    at_once, bit_by_bit = SignTable(dims), SignTable(dims)
    at_once.follow(codes, scale)
    for size in (4_096, 4_097, 9_000):
        bit_by_bit.follow(codes[:size], scale[:size])
    vectors = codes * scale[:, None]
    middle = vectors[:4_096].mean(axis=0)
    differing = np.count_nonzero((vectors > middle) != (query > middle), axis=1)
    nearness = at_once.nearness(query)
    cosines = (0.5 - differing / dims) * np.pi
    # Whole steps; of each group of words that is counted, less than a step is lost, and so is half a bit.
    lost = max(1, dims / 192) * at_once.step
    assert np.abs(nearness * at_once.step - cosines).max() <= lost
    assert bit_by_bit.nearness(query).tolist() == nearness.tolist()


def test_the_cosine_of_opposites_and_of_the_same_fits_a_step() -> None:
    for dims in (384, 1024, 4096):
        codes = np.random.default_rng(dims).integers(-127, 128, (5_000, dims)).astype(np.int8)
        table = SignTable(dims)
        table.follow(codes, np.ones(len(codes), np.float32))
        same, opposite = codes[0].astype(np.float32), -codes[0].astype(np.float32)
        assert table.nearness(same)[0] > 0 > table.nearness(opposite)[0]
        assert np.argmax(table.nearness(same)) == 0 == np.argmin(table.nearness(opposite))


def test_windows_of_steps_are_those_of_the_cosines() -> None:
    rows, vectors, _ = memory()
    index = filled([*rows[:7_000], *rows[7_400:9_000], *rows[7_000:7_400]], stored(vectors), big=True)
    steps = np.random.default_rng(3).integers(-30, 31, len(index.columns)).astype(np.int8)
    exact = index.turns.spread(steps.astype(np.float32)) / index.turns.norms
    rough = index.turns.windows_of_steps(steps) * WINDOW_STEP
    assert np.abs(rough - exact).max() <= 3.5  # of some 70: five roundings
    assert np.corrcoef(rough, exact)[0, 1] > 0.995
    highest = index.turns.windows_of_steps(np.full(len(steps), 96, np.int8))
    assert (highest > 95).all()  # they end where a byte ends, and do not turn round


def test_vectors_of_few_numbers_are_guessed_at_by_their_cosines() -> None:
    rows, vectors, asked = memory()
    few = unit(vectors[:, :64])
    part, whole = (MemoryIndex(64, measured_max=MEASURED_MAX if big else 10 * ROWS) for big in (True, False))
    for index in (part, whole):
        index.replace((), rows)
        index.add_vectors(stored(few))
    queries = unit(asked[:, :64])
    questions = [replace(question(n), made=lambda n=n: queries[n]) for n in range(QUESTIONS)]
    assert overlap(part, whole, questions) >= 0.98
