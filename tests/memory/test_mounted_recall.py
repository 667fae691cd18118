"""One recall over several cubes: comparable scores, weights, whose "I" it is, one context, threads."""

from __future__ import annotations

import json
import math
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from mounting import MountAll, make_cube

import remanence
from remanence import Memory, Mount
from remanence.embedding.hashing import Hashing
from remanence.errors import InvalidInput
from ticking import START, TickingClock

PLACES = ("Lisbon", "Porto", "Oslo", "Rome", "Kyōto")
THINGS = ("a red bicycle", "honey", "an old piano", "mint tea")


def chat(session: int) -> list[dict[str, str]]:
    """One conversation, about one place."""
    times = [f"2026-01-{session + 1:02d}T10:00:{at:02d}Z" for at in range(len(THINGS))]
    return [
        {
            "role": "user",
            "name": "Alice",
            "content": f"I bought {thing} in {PLACES[session]}",
            "timestamp": at,
        }
        for thing, at in zip(THINGS, times, strict=True)
    ]


def test_each_hit_says_which_mount_it_is_from(memory: Memory) -> None:
    found = {memory.recall(asked, k=1)[0].mount for asked in ("peanuts", "lunch on Fridays", "salty recipe")}
    assert found == {"user", "team", "agent"}
    hit = memory.recall("Alice allergic to peanuts", k=1)[0]
    assert hit.item.address == f"user:{hit.item.id}"
    assert hit.item.citation == f"user:{hit.item.id[:8]}"


def test_tags_and_metadata_are_asked_of_every_mount(memory: Memory) -> None:
    memory.remember("The bike is red", tags=["bike"], mount="user")
    memory.remember("The bike of the team is blue", tags=["bike"], metadata={"n": 2}, mount="team")
    assert {hit.mount for hit in memory.recall("bike", tags=(tag for tag in ["bike"]))} == {"user", "team"}
    assert {hit.mount for hit in memory.recall("bike", metadata={"n": 2})} == {"team"}
    assert "red" not in memory.context("bike", metadata={"n": 2}).text


@pytest.mark.parametrize(
    ("asked", "mount"), [("que coentros detesta?", "user"), ("когда запускают Спутник?", "team")]
)
def test_what_is_not_english_is_found_in_its_mount(memory: Memory, asked: str, mount: str) -> None:
    assert memory.recall(asked, k=1)[0].mount == mount


@pytest.mark.parametrize("shares", [(0, 1, 2, 0, 1), (0, 1, 1, 1, 1), (2, 2, 2, 2, 0)])
def test_a_hit_has_the_score_that_it_would_have_in_one_cube(
    tmp_path: Path, mount_all: MountAll, shares: tuple[int, ...]
) -> None:
    """However the conversations are spread: of three cubes, one may hold a single one or none."""
    clock = TickingClock()
    options = {"embedder": "hashing", "reader": None, "clock": clock, "owner": "Alice", "time_zone": "UTC"}
    parts = [remanence.open(tmp_path / f"{at}.cube", **options) for at in range(3)]
    with remanence.open(tmp_path / "whole.cube", **options) as whole:
        for session, at in enumerate(shares):
            whole.observe(chat(session), session=f"s{session}")
            parts[at].observe(chat(session), session=f"s{session}")
        for part in parts:
            part.close()
        memory = mount_all(**{f"part{at}": tmp_path / f"{at}.cube" for at in range(3)})
        for asked in ("where did I buy the piano?", "Alice, Oslo", "mint tea", "when did Alice go to Kyōto?"):
            alone = {hit.item.content: hit.score for hit in whole.recall(asked, k=20, ageing=False)}
            mounted = {hit.item.content: hit.score for hit in memory.recall(asked, k=20, ageing=False)}
            assert mounted.keys() == alone.keys(), asked
            # Of equals another may come first, and what says it anew stands a thousandth before it.
            assert [text for text, score in mounted.items() if abs(score - alone[text]) > 1e-3] == [], asked


def test_the_best_of_a_small_cube_does_not_outrank_what_answers_in_a_big_one(
    tmp_path: Path, mount_all: MountAll
) -> None:
    big = make_cube(tmp_path / "big.cube", [f"Alice keeps box number {n} in the attic" for n in range(40)])
    with remanence.open(big, reader=None) as cube:
        cube.remember("Alice parks her car behind the bakery")
    small = make_cube(tmp_path / "small.cube", ["The car wash is closed"])
    memory = mount_all(small=small, big=big)
    asked = "where does Alice park her car?"
    alone = memory.cube("small").recall(asked, k=1)[0].score
    first, *_ = memory.recall(asked, k=3)
    beside = next(hit.score for hit in memory.recall(asked, k=50) if hit.mount == "small")
    assert (first.mount, first.item.content) == ("big", "Alice parks her car behind the bakery")
    assert beside < alone / 2, "alone, it was the best of its cube and was measured against itself"


def test_the_question_is_embedded_once(paths: dict[str, Path], mount_all: MountAll) -> None:
    class Counting(Hashing):
        asked = 0

        def query(self, text: str) -> object:
            Counting.asked += 1
            return super().query(text)

    memory = mount_all(**paths, embedder=Counting())
    assert len(memory.recall("peanuts and lunch", k=10)) > 3
    assert Counting.asked == 1


def test_a_weight_raises_a_mount_by_its_log_odds_and_why_says_so(
    paths: dict[str, Path], mount_all: MountAll
) -> None:
    plain = {hit.item.id: hit for hit in mount_all(**paths).recall("lunch of Alice", k=10)}
    raised = mount_all(**{**paths, "team": Mount(paths["team"], weight=1.5)}).recall("lunch of Alice", k=10)
    for hit in raised:
        before = plain[hit.item.id].score
        moved = math.log(hit.score / (1 - hit.score)) - math.log(before / (1 - before))
        assert moved == pytest.approx(1.5 if hit.mount == "team" else 0.0, abs=1e-3)
        told = [part for part in hit.why if part.name == f"mount {hit.mount}"]
        assert [part.contribution for part in told] == ([1.5] if hit.mount == "team" else [])
        assert hit.score == pytest.approx(
            1 / (1 + math.exp(-sum(part.contribution for part in hit.why))), abs=1e-5
        )


def test_what_several_cubes_hold_word_for_word_is_held_back_after_the_first(
    tmp_path: Path, mount_all: MountAll
) -> None:
    said = ["Alice is allergic to peanuts"]
    memory = mount_all(
        a=make_cube(tmp_path / "a.cube", said, clock=TickingClock(seed=1)),
        b=make_cube(tmp_path / "b.cube", [*said, "Alice hates walnuts"], clock=TickingClock(seed=2)),
    )
    first, second = (hit for hit in memory.recall("peanuts", k=5) if hit.item.content == said[0])
    assert "also in another mount" not in str(first.why)
    assert "also in another mount -1.00" in str(second.why)
    assert first.score > second.score


def test_of_what_is_said_anew_the_newest_comes_first_in_whichever_mount(
    tmp_path: Path, mount_all: MountAll
) -> None:
    said = {
        "old": ("My car is a red Golf", "2024-05-01T10:00:00Z"),
        "new": ("My car is a red Yaris now", "2026-02-01T10:00:00Z"),
    }
    for number, (name, (text, at)) in enumerate(said.items()):
        path = make_cube(tmp_path / f"{name}.cube", ["The weather was fine"], clock=TickingClock(seed=number))
        with remanence.open(path, reader=None, clock=TickingClock(seed=10 + number)) as cube:
            cube.observe([{"role": "user", "content": text, "timestamp": at}])
    memory = mount_all(old=tmp_path / "old.cube", new=tmp_path / "new.cube")
    first, second = memory.recall("what is my car?", k=2)
    assert (first.mount, second.mount) == ("new", "old")
    assert any(part.name == "newer of its kind" for part in first.why)
    assert [hit.mount for hit in memory.recall("what is my car?", k=1)] == ["new"]


def test_mounts_can_be_asked_for_by_name(memory: Memory) -> None:
    assert {hit.mount for hit in memory.recall("Alice and the team", k=10, mounts=["team", "agent"])} == {
        "team",
        "agent",
    }
    with pytest.raises(InvalidInput, match="'teem' is not one of: user, team, agent"):
        memory.recall("lunch", mounts=["teem"])
    with pytest.raises(InvalidInput, match="names none"):
        memory.recall("lunch", mounts=[])
    with pytest.raises(InvalidInput, match="one text"):
        memory.recall("lunch", mounts="team")


def test_filters_that_can_be_read_once_hold_for_every_mount(memory: Memory) -> None:
    hits = memory.recall("Alice, the team and the recipe", k=10, kinds=(kind for kind in ["fact"]))
    assert {hit.mount for hit in hits} == {"user", "team", "agent"}


@pytest.mark.parametrize(
    ("asked", "options", "said"),
    [
        ("", {}, "the question is empty"),
        ("lunch", {"k": 0}, "k 0 must lie in"),
        ("lunch", {"k": 1001}, "k 1001 must lie in"),
        ("lunch", {"kinds": ["thought"]}, "'thought' is not one of"),
        ("lunch", {"confidence_min": 2.0}, "must lie in"),
        ("lunch", {"as_of": "the day of the jackal"}, "as_of"),
    ],
)
def test_a_wrong_question_is_refused_as_one_cube_refuses_it(
    memory: Memory, asked: str, options: dict[str, object], said: str
) -> None:
    with pytest.raises(InvalidInput, match=said):
        memory.recall(asked, **options)  # type: ignore[arg-type]  # wrong on purpose


def test_one_asker_says_i_in_all_mounts_whoever_owns_them(tmp_path: Path, mount_all: MountAll) -> None:
    said = [
        {"role": "user", "name": "Alice", "content": "I ride a bicycle to work"},
        {"role": "user", "name": "Bob", "content": "I ride a bicycle to work, too"},
    ]
    for name, owner in (("a", "Alice"), ("b", "Bob")):
        with remanence.open(
            make_cube(tmp_path / f"{name}.cube", owner=owner), reader=None, clock=TickingClock(seed=ord(name))
        ) as cube:
            cube.observe(said, session="s")
    paths = {"a": tmp_path / "a.cube", "b": tmp_path / "b.cube"}

    def spoken_for(memory: Memory, **asker: str) -> dict[str, set[str]]:
        """By mount, whose turns were taken for the asker's own."""
        found: dict[str, set[str]] = {"a": set(), "b": set()}
        for hit in memory.recall("how do I get to work by bicycle?", k=4, **asker):  # type: ignore[arg-type]
            if any(part.name == "asker" and part.value > 0 for part in hit.why):
                found[hit.mount].add(hit.item.author)
        return found

    memory = mount_all(**paths)
    assert memory.asker == "Alice"
    assert spoken_for(memory) == {"a": {"Alice"}, "b": {"Alice"}}
    assert spoken_for(memory, asker="Bob") == {"a": {"Bob"}, "b": {"Bob"}}
    assert spoken_for(mount_all(**paths, asker="Bob")) == {"a": {"Bob"}, "b": {"Bob"}}
    assert spoken_for(mount_all(**paths, asker="Carol")) == {"a": set(), "b": set()}


def test_naive_times_are_read_in_the_first_mounts_zone_for_all(tmp_path: Path, mount_all: MountAll) -> None:
    far, near = "Pacific/Auckland", "Europe/Lisbon"
    memory = mount_all(
        near=make_cube(tmp_path / "near.cube", time_zone=near),
        far=make_cube(tmp_path / "far.cube", time_zone=far, clock=TickingClock(seed=5)),
    )
    assert memory.time_zone == near
    item = memory.remember("The contract runs", valid_from="2026-02-01", valid_to="2026-03-01", mount="far")
    assert item.valid_from == datetime(2026, 2, 1, tzinfo=UTC)
    assert [hit.mount for hit in memory.recall("contract", as_of="2026-02-01T00:30")] == ["far"]
    assert memory.recall("contract", as_of="2026-01-31T23:30") == []
    assert [hit.mount for hit in memory.recall("contract", as_of="2026-02-28", mounts=["far"])] == ["far"]


def test_a_context_shows_its_dates_in_the_first_mounts_zone(tmp_path: Path, mount_all: MountAll) -> None:
    paths = {
        name: make_cube(tmp_path / f"{name}.cube", time_zone=zone, clock=TickingClock(seed=len(name)))
        for name, zone in (("near", "Europe/Lisbon"), ("far", "Pacific/Auckland"))
    }
    with remanence.open(paths["far"], reader=None, clock=TickingClock(seed=8)) as cube:
        cube.observe([{"role": "user", "content": "The tide is high", "timestamp": "2026-01-04T23:30:00Z"}])
    assert "[Sunday, 2026-01-04]" in mount_all(**paths).context("tide").text
    assert "[Monday, 2026-01-05]" in mount_all(far=paths["far"], near=paths["near"]).context("tide").text


def test_a_context_is_one_text_in_one_budget_dated_and_cited_with_mounts(memory: Memory) -> None:
    made = memory.context("Alice, the team's lunch and the recipe", budget=200)
    assert made.tokens <= 200
    assert "[Monday, 2026-03-02]" in made.text
    for item in made.items:
        assert f"({item.citation}) " in made.text
    assert {item.citation.split(":")[0] for item in made.items} == {"user", "team", "agent"}
    with pytest.raises(InvalidInput, match="budget of 3 tokens holds no line"):
        memory.context("lunch", budget=3)


@pytest.mark.parametrize("form", ["markdown", "xml", "chat", "json"])
def test_every_form_cites_the_mount(memory: Memory, form: str) -> None:
    made = memory.context("lunch on Fridays", format=form)  # type: ignore[arg-type]  # each is one
    assert made.items[0].citation in made.text
    if form in ("chat", "json"):
        json.loads(made.text)


def test_what_is_frozen_in_any_cube_comes_first_whatever_is_asked(memory: Memory) -> None:
    for asked in ("peanuts", "lunch"):
        memory.freeze(memory.recall(asked, k=1)[0].item.id)
    heads = {memory.context(asked, budget=400).text.split("[Monday")[0] for asked in ("recipe", "Спутник")}
    assert len(heads) == 1
    assert "user:" in next(iter(heads))
    assert "team:" in next(iter(heads))


def test_threads_recall_and_write_at_once_and_lose_nothing(memory: Memory) -> None:
    def work(number: int) -> str:
        mount = ("user", "team", "agent")[number % 3]
        item = memory.remember(f"thing number {number} lies on shelf {number}", mount=mount)
        # The other way round through single cubes: they take one lock each, the memory takes all in order.
        memory.cube(mount).recall("thing", k=3)
        found = memory.recall(f"thing number {number} on shelf {number}", k=5)
        assert item.id in [hit.item.id for hit in found]
        return item.address

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(work, range(24)))
    held = {hit.item.address for hit in memory.recall("thing on a shelf", k=100)}
    assert set(made) <= held


def test_what_another_process_wrote_is_found(memory: Memory, paths: dict[str, Path]) -> None:
    assert all("Zugspitze" not in hit.item.content for hit in memory.recall("Zugspitze"))
    with remanence.open(paths["team"], reader=None, clock=TickingClock(START, seed=77)) as cube:
        cube.remember("Der Ausflug geht auf die Zugspitze")
    assert memory.recall("Zugspitze", k=1)[0].mount == "team"
