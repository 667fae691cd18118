"""Bad input: each one clear error that names it, and nothing changed."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from opening import OpenCube
from remanence.cube import Cube
from remanence.embedding.hashing import Hashing
from remanence.embedding.port import EmbedderIdentity
from remanence.errors import (
    AmbiguousId,
    CubeClosed,
    EmbedderMismatch,
    InvalidInput,
    NotFound,
    RemanenceError,
)

Call = Callable[[Cube], object]
SELF_REFERRING: dict[str, object] = {}
SELF_REFERRING["self"] = SELF_REFERRING


def user(content: object, **more: object) -> list[dict[str, object]]:
    return [{"role": "user", "content": content, **more}]


BAD: dict[str, tuple[Call, type[RemanenceError], str]] = {
    # what to remember
    "a text that is empty": (lambda c: c.remember(""), InvalidInput, "text is empty"),
    "a text of spaces": (lambda c: c.remember(" \n"), InvalidInput, "text is empty"),
    "a text that is none": (lambda c: c.remember(7), InvalidInput, "text is a int; give a text"),
    "a text above its bound": (
        lambda c: c.remember("é" * 2**23 + "x"),
        InvalidInput,
        "TEXT_BYTES_MAX = 16777216",
    ),
    "confidence above 1": (
        lambda c: c.remember("x", confidence=1.01),
        InvalidInput,
        r"1.01 must be a number in \[0, 1\]",
    ),
    "confidence below 0": (
        lambda c: c.remember("x", confidence=-0.1),
        InvalidInput,
        r"must be a number in \[0, 1\]",
    ),
    "confidence that is no number": (
        lambda c: c.remember("x", confidence=math.nan),
        InvalidInput,
        "confidence nan must",
    ),
    "confidence in words": (
        lambda c: c.remember("x", confidence="high"),
        InvalidInput,
        "confidence 'high' must",
    ),
    "an unknown kind": (
        lambda c: c.remember("x", kind="rumour"),
        InvalidInput,
        "kind 'rumour' is not one of: utterance, fact",
    ),
    "a kind that is no text": (lambda c: c.remember("x", kind=3), InvalidInput, "kind 3 is not one of"),
    "an unknown trust": (
        lambda c: c.remember("x", trust="full"),
        InvalidInput,
        "trust 'full' is not one of: user, agent",
    ),
    "valid_to before valid_from": (
        lambda c: c.remember("x", valid_from="2026-02-01", valid_to="2026-01-01"),
        InvalidInput,
        "must end after it starts: 2026-02-01.* to 2026-01-01",
    ),
    "valid_to at valid_from": (
        lambda c: c.remember("x", valid_from="2026-02-01", valid_to="2026-02-01"),
        InvalidInput,
        "must end after it starts",
    ),
    "a time in no words of time": (
        lambda c: c.remember("x", valid_from="whenever"),
        InvalidInput,
        "valid_from: ",
    ),
    "a time that is no time": (
        lambda c: c.remember("x", valid_from=2026),
        InvalidInput,
        "valid_from is a int; give a datetime",
    ),
    "a time past the calendar": (
        lambda c: c.remember("x", valid_from=datetime.max.replace(tzinfo=UTC)),
        InvalidInput,
        "valid_from 9999-12-31.*years 1 to 9999",
    ),
    "metadata that is no JSON": (
        lambda c: c.remember("x", metadata={"a": object()}),
        InvalidInput,
        "metadata can't be kept as JSON: Object of type object",
    ),
    "metadata with NaN": (
        lambda c: c.remember("x", metadata={"a": math.nan}),
        InvalidInput,
        "metadata can't be kept as JSON",
    ),
    "metadata in a circle": (
        lambda c: c.remember("x", metadata=SELF_REFERRING),
        InvalidInput,
        "metadata can't be kept as JSON: Circular",
    ),
    "metadata that is a list": (
        lambda c: c.remember("x", metadata=[1, 2]),
        InvalidInput,
        "metadata can't be kept as JSON",
    ),
    "metadata above its bound": (
        lambda c: c.remember("x", metadata={"a": "b" * 70_000}),
        InvalidInput,
        "METADATA_BYTES_MAX = 65536",
    ),
    "tags as one text": (
        lambda c: c.remember("x", tags="abc"),
        InvalidInput,
        "tags 'abc' is one text; give a list",
    ),
    "an empty tag": (lambda c: c.remember("x", tags=["a", ""]), InvalidInput, "tag '' must be a text"),
    "too many tags": (lambda c: c.remember("x", tags=map(str, range(65))), InvalidInput, "TAGS_MAX = 64"),
    "a NUL in a session's name": (
        lambda c: c.remember("x", session="a\0b"),
        InvalidInput,
        "session 'a.*b' has a NUL or a lone surrogate",
    ),
    "half a pair in an author's name": (
        lambda c: c.remember("x", author="\ud800"),
        InvalidInput,
        "author .* has a NUL or a lone surrogate",
    ),
    "half a pair in an actor's name": (
        lambda c: c.remember("x", actor="\ud800"),
        InvalidInput,
        "actor .* has a NUL or a lone surrogate",
    ),
    "a NUL in a reason": (
        lambda c: c.remember("x", because="a\0"),
        InvalidInput,
        "because has a NUL or a lone surrogate",
    ),
    "a name above its bound": (
        lambda c: c.remember("x", domain="d" * 201),
        InvalidInput,
        "domain has 201 characters, above NAME_CHARS_MAX = 200",
    ),
    "a reason above its bound": (
        lambda c: c.remember("x", because="b" * 10_001),
        InvalidInput,
        "REASON_CHARS_MAX is 10000",
    ),
    # what to observe
    "no list of messages": (
        lambda c: c.observe({"role": "user", "content": "x"}),
        InvalidInput,
        "messages are a dict; give a list",
    ),
    "a message without role": (
        lambda c: c.observe([*user("ok"), {"content": "x"}]),
        InvalidInput,
        "message 1: it has no role; give one of: system",
    ),
    "a message without content": (
        lambda c: c.observe([*user("ok"), {"role": "user"}]),
        InvalidInput,
        "message 1: it has no content",
    ),
    "an unknown role": (
        lambda c: c.observe([{"role": "boss", "content": "x"}]),
        InvalidInput,
        "message 0: role 'boss' is not one of",
    ),
    "a message above its bound": (
        lambda c: c.observe(user("x" * (2**24 + 1))),
        InvalidInput,
        "message 0: content .* MESSAGE_BYTES_MAX",
    ),
    "a message's time in no form": (
        lambda c: c.observe(user("x", timestamp="soonish")),
        InvalidInput,
        "message 0: ",
    ),
    "two messages of one id": (
        lambda c: c.observe([*user("a", id="m"), *user("b", id="m")]),
        InvalidInput,
        "messages 0 and 1 differ and bear one id 'm'",
    ),
    # what to recall
    "an empty question": (lambda c: c.recall(""), InvalidInput, "the question is empty"),
    "a question of spaces": (lambda c: c.recall("  "), InvalidInput, "the question is empty"),
    "a question that is none": (lambda c: c.recall(None), InvalidInput, "the question is empty"),
    "a question above its bound": (
        lambda c: c.recall("x" * 100_001),
        InvalidInput,
        "QUESTION_CHARS_MAX = 100000",
    ),
    "k of 0": (lambda c: c.recall("x", k=0), InvalidInput, r"k 0 must lie in \[1, 1000\]"),
    "k of a billion": (
        lambda c: c.recall("x", k=10**9),
        InvalidInput,
        r"k 1000000000 must lie in \[1, 1000\]",
    ),
    "a confidence_min above 1": (
        lambda c: c.recall("x", confidence_min=2),
        InvalidInput,
        "confidence_min 2 must",
    ),
    "a confidence_min of NaN": (
        lambda c: c.recall("x", confidence_min=math.nan),
        InvalidInput,
        "confidence_min nan must",
    ),
    "an unknown include": (
        lambda c: c.recall("x", include=["erased"]),
        InvalidInput,
        "include .*'erased'.* is not among",
    ),
    "include as one text": (
        lambda c: c.recall("x", include="retired"),
        InvalidInput,
        "include 'retired' is one text",
    ),
    "kinds as one text": (lambda c: c.recall("x", kinds="fact"), InvalidInput, "kinds 'fact' is one text"),
    "an as_of past the calendar": (
        lambda c: c.recall("x", as_of=date.max),
        InvalidInput,
        "as_of 9999-12-31 lies outside",
    ),
    "a known_at in no words of time": (
        lambda c: c.recall("x", known_at="whenever"),
        InvalidInput,
        "known_at: ",
    ),
    "a budget of 0": (
        lambda c: c.context("tea", budget=0),
        InvalidInput,
        r"budget 0 must lie in \[1, 1000000\]",
    ),
    "a budget smaller than a line": (lambda c: c.context("tea", budget=3), InvalidInput, "budget"),
    # which item
    "an unknown id": (lambda c: c.show("zzzzzzzz"), NotFound, "no item's id begins with 'zzzzzzzz'"),
    "what is no id": (lambda c: c.show("not an id!"), InvalidInput, "'not an id!' is not an id"),
    "an empty id": (lambda c: c.forget(""), InvalidInput, "'' is not an id"),
    "an id too long": (lambda c: c.history("a" * 26), InvalidInput, "expected 1 to 25 digits"),
    "an unknown id to revise": (lambda c: c.revise("zzzzzzzz", "x"), NotFound, "no item's id begins with"),
    "an unknown id to erase": (
        lambda c: c.forget("zzzzzzzz", erase=True),
        NotFound,
        "no item's id begins with",
    ),
    "an unknown id to freeze": (lambda c: c.freeze("zzzzzzzz"), NotFound, "no item's id begins with"),
    # what to revise
    "a revise to nothing": (lambda c: c.revise(tea(c), ""), InvalidInput, "text is empty"),
    "a revise that ends before it starts": (
        lambda c: c.revise(tea(c), "x", valid_from="2026-02-01", valid_to="2026-01-01"),
        InvalidInput,
        "must end after it starts",
    ),
    "a revise that is too sure": (
        lambda c: c.revise(tea(c), "x", confidence=1.5),
        InvalidInput,
        "confidence 1.5 must",
    ),
    "a line of the journal that is not there": (lambda c: c.undo(99), NotFound, "the journal has no line 99"),
    "a journal of no lines": (
        lambda c: c.journal(limit=0),
        InvalidInput,
        r"limit 0 must lie in \[1, 10000\]",
    ),
    "a journal before its beginning": (
        lambda c: c.journal(before=0),
        InvalidInput,
        "before 0 is no line of the journal",
    ),
    "a journal before a word": (
        lambda c: c.journal(before="now"),
        InvalidInput,
        "before 'now' is no line of the journal",
    ),
    "a head that is no hash": (
        lambda c: c.check(head="abc"),
        InvalidInput,
        "'abc' is not a hash; give the 64 hex digits",
    ),
}


def tea(cube: Cube) -> str:
    return cube.recall("tea")[0].item.id


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_named_and_changes_nothing(cube: Cube, case: str) -> None:
    call, error, message = BAD[case]
    cube.remember("Alice likes tea", valid_from="2026-01-01")
    cube.remember("Bob likes coffee")
    before = cube.stats()
    with pytest.raises(error, match=message):
        call(cube)
    assert cube.stats() == before
    assert cube.check() == ()


def test_an_id_that_several_begin_with_is_refused_with_the_candidates(cube: Cube) -> None:
    items = [cube.remember(f"item {number}") for number in range(40)]
    firsts = [item.id[0] for item in items]
    shared = next(first for first in firsts if firsts.count(first) > 1)
    before = cube.stats()
    with pytest.raises(
        AmbiguousId, match=rf"'{shared}' is the beginning of several ids \({shared}.*give more digits"
    ):
        cube.forget(shared, erase=True)
    assert cube.stats() == before
    assert cube.show(items[7].id[:10]).content == "item 7"
    assert cube.show(items[7].id[:10].upper().replace("0", "o")).content == "item 7"


CALLS: dict[str, Call] = {
    "remember": lambda c: c.remember("x"),
    "observe": lambda c: c.observe(user("x")),
    "recall": lambda c: c.recall("x"),
    "context": lambda c: c.context("x"),
    "revise": lambda c: c.revise("abc", "x"),
    "annotate": lambda c: c.annotate("abc"),
    "forget": lambda c: c.forget("abc"),
    "erase": lambda c: c.forget("abc", erase=True),
    "plan_erasure": lambda c: c.plan_erasure("abc"),
    "freeze": lambda c: c.freeze("abc"),
    "thaw": lambda c: c.thaw("abc"),
    "undo": lambda c: c.undo(1),
    "show": lambda c: c.show("abc"),
    "history": lambda c: c.history("abc"),
    "journal": lambda c: c.journal(),
    "at": lambda c: c.at("2026-01-01").recall("x"),
    "erased": lambda c: c.erased(),
    "stats": lambda c: c.stats(),
    "check": lambda c: c.check(),
    "embed_pending": lambda c: c.embed_pending(),
    "reembed": lambda c: c.reembed("hashing"),
    "time_zone": lambda c: c.time_zone,
}


@pytest.mark.parametrize("name", CALLS)
def test_a_closed_cube_says_so(cube: Cube, name: str) -> None:
    cube.close()
    cube.close()
    with pytest.raises(CubeClosed, match="was closed; open it again"):
        CALLS[name](cube)


def test_a_naive_time_is_read_in_the_cubes_zone(open_cube: OpenCube) -> None:
    cube = open_cube(time_zone="Asia/Tokyo")
    item = cube.remember("x", valid_from=datetime(2026, 1, 1, 9, 0))
    assert item.valid_from == datetime(2026, 1, 1, 0, 0, tzinfo=UTC)
    day = cube.remember("y", valid_from=date(2026, 1, 1))
    assert day.valid_from == datetime(2025, 12, 31, 15, 0, tzinfo=UTC)
    heard = cube.observe(user("z", timestamp="2026-01-01T09:00:00")).added[0]
    assert cube.show(heard).said_at == item.valid_from


def test_metadata_is_what_json_holds_and_the_callers_own_no_more(cube: Cube) -> None:
    given: dict[str, object] = {"deep": {"list": [1]}}
    item = cube.remember("x", metadata=given)  # type: ignore[arg-type]  # it is JSON
    given["deep"] = None
    assert item.metadata == {"deep": {"list": [1]}} == cube.show(item.id).metadata


def test_an_odd_but_good_question_finds_what_it_can(cube: Cube) -> None:
    cube.remember("Alice likes tea")
    for odd in [
        "tea \ud800",
        "tea\0",
        "\u202etea",
        "🫖 tea",
        "?!",
        "the of",
        "tea' OR 1=1 --",
        '"tea',
        "\ud83d",
        "tea " * 20_000,
    ]:
        hits = cube.recall(odd)
        assert all(0.0 <= hit.score <= 1.0 for hit in hits)
        assert not hits or hits[0].item.content == "Alice likes tea"


def test_an_empty_cube_answers_with_nothing(cube: Cube) -> None:
    assert cube.recall("anything", k=1000) == []
    assert cube.context("anything").items == ()


def test_a_cube_with_another_embedder_is_refused_and_opens_without_one(open_cube: OpenCube) -> None:
    with open_cube() as cube:
        cube.remember("Alice likes tea")
        head = cube.stats().journal_head
    with pytest.raises(
        EmbedderMismatch, match=r"was embedded by hashing .*embedder=None and call cube.reembed"
    ):
        open_cube(embedder=_Other())
    with open_cube(embedder=None) as cube:
        assert cube.stats().journal_head == head
        (hit,) = cube.recall("tea")
        assert "by its words alone" in str(hit.why)


class _Other(Hashing):
    """An embedder that is not the one the cube was made with."""

    @property
    def identity(self) -> EmbedderIdentity:
        return EmbedderIdentity("other", "1", 8)


def test_another_owner_is_refused(open_cube: OpenCube) -> None:
    open_cube().close()
    with pytest.raises(InvalidInput, match="is the memory of 'Alice', not of 'Bob'; leave owner out"):
        open_cube(owner="Bob")
    assert open_cube(owner="Alice").owner == "Alice"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"wait_seconds": -1}, "wait_seconds -1 must lie in"),
        ({"key": ""}, "key is empty"),
        ({"owner": " "}, "owner ' ' must be a text that is not empty"),
        ({"time_zone": "Mars/Olympus"}, "time zone 'Mars/Olympus' is not known"),
        ({"time_zone": "../etc"}, "is not known"),
        ({"embedder": "gpt-7"}, "gpt-7"),
    ],
)
def test_a_wrong_option_makes_no_file(
    open_cube: OpenCube, tmp_path: Path, options: dict[str, object], message: str
) -> None:
    with pytest.raises(InvalidInput, match=message):
        open_cube("new.cube", **options)
    assert list(tmp_path.iterdir()) == []
