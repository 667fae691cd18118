"""LangGraph's store over a cube: what the package's documentation and its own stores' tests ask of one."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

import remanence
from remanence.errors import CubeClosed, InvalidInput
from ticking import TickingClock

base = pytest.importorskip(
    "langgraph.store.base", reason="langgraph-checkpoint is not installed: pip install 'remanence[langgraph]'"
)
from remanence.compat.langgraph import RemanenceStore  # noqa: E402  (needs the package)

MINUTE = timedelta(minutes=1)


@pytest.fixture
def store(tmp_path: Path, clock: TickingClock):
    """A store in a cube of its own, with a clock that ticks a second at each look."""
    with RemanenceStore(tmp_path / "store.cube", embedder="hashing", clock=clock) as made:
        yield made


def keys(items) -> list[str]:
    return [item.key for item in items]


def test_a_value_is_put_got_changed_and_deleted(store) -> None:
    place = ("users", "alice")
    store.put(place, "food", {"likes": ["aubergines"], "n": 1, "none": None})
    item = store.get(place, "food")
    assert item == base.Item(
        value={"likes": ["aubergines"], "n": 1, "none": None},
        key="food",
        namespace=place,
        created_at=item.created_at,
        updated_at=item.updated_at,
    )
    store.put(place, "food", {"likes": []})
    changed = store.get(place, "food")
    assert changed.value == {"likes": []}
    assert changed.created_at == item.created_at
    assert changed.updated_at > item.updated_at
    assert store.get(place, "drink") is None
    assert store.get(("users",), "food") is None
    store.delete(place, "food")
    store.delete(place, "food")
    assert store.get(place, "food") is None
    store.put(place, "food", {"likes": []})
    assert store.get(place, "food").value == {"likes": []}


def test_what_is_got_can_be_changed_without_changing_the_store(store) -> None:
    store.put(("a",), "k", {"list": [1]})
    store.get(("a",), "k").value["list"].append(2)
    assert store.get(("a",), "k").value == {"list": [1]}


def test_equal_values_under_several_keys_stay_several(store) -> None:
    for key in ("k1", "k2"):
        store.put(("a",), key, {"text": "the same"})
    store.delete(("a",), "k1")
    assert keys(store.search(("a",))) == ["k2"]


def test_a_batch_reads_things_as_they_stood_and_the_last_put_of_a_key_holds(store) -> None:
    store.put(("t", "foo"), "key1", {"data": "value1"})
    results = store.batch(
        [
            base.GetOp(("t", "foo"), "key1"),
            base.PutOp(("t", "bar"), "key2", {"data": "first"}),
            base.PutOp(("t", "bar"), "key2", {"data": "last"}),
            base.PutOp(("t", "foo"), "key1", None),
            base.SearchOp(("t",), filter={"data": "value1"}),
            base.ListNamespacesOp(),
            base.GetOp(("t",), "key3"),
        ]
    )
    assert results[0].value == {"data": "value1"}
    assert [results[1], results[2], results[3], results[6]] == [None] * 4
    assert keys(results[4]) == ["key1"]
    assert results[5] == [("t", "foo")]
    assert [(item.key, item.value["data"]) for item in store.search(("t",))] == [("key2", "last")]
    assert isinstance(results[0], base.Item)
    assert isinstance(results[4][0], base.SearchItem)


def test_search_goes_by_prefix_and_pages_newest_first(store) -> None:
    for number in range(5):
        store.put(("docs", str(number % 2)), f"k{number}", {"n": number})
    store.put(("docsother",), "k9", {"n": 9})
    assert keys(store.search(("docs",))) == ["k4", "k3", "k2", "k1", "k0"]
    assert keys(store.search(("docs", "1"))) == ["k3", "k1"]
    assert keys(store.search(("docs",), limit=2, offset=1)) == ["k3", "k2"]
    assert len(store.search(())) == 6
    assert store.search(("doc",)) == []
    assert all(item.score is None for item in store.search(("docs",)))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"color": "red"}, {"a", "b"}),
        ({"color": "red", "score": 4.5}, {"a"}),
        ({"score": {"$gt": 3}}, {"a", "c"}),
        ({"score": {"$gte": 3, "$lt": 4.5}}, {"b"}),
        ({"score": {"$lte": 3}}, {"b"}),
        ({"score": {"$ne": 3}}, {"a", "c", "d"}),
        ({"score": {"$eq": 3}}, {"b"}),
        ({"tags": ["x", "y"]}, {"a"}),
        ({"tags": ["y", "x"]}, set()),
        ({"of": {"city": "Évora"}}, {"d"}),
        ({"of": {"size": {"$gt": 1}}}, {"d"}),
        ({"missing": 1}, set()),
        ({}, {"a", "b", "c", "d"}),
    ],
)
def test_filters_compare_fields_nested_ones_and_lists(store, condition, expected) -> None:
    store.put(("f",), "a", {"color": "red", "score": 4.5, "tags": ["x", "y"]})
    store.put(("f",), "b", {"color": "red", "score": 3})
    store.put(("f",), "c", {"color": "blue", "score": 9})
    store.put(("f",), "d", {"of": {"city": "Évora", "size": 2}})
    assert set(keys(store.search(("f",), filter=condition))) == expected
    assert set(keys(store.search(("f",), filter=condition, query="red"))) == expected


def test_a_query_ranks_what_is_indexed_and_lets_the_rest_follow(tmp_path: Path) -> None:
    with RemanenceStore(tmp_path / "s.cube", index={"fields": ["text"]}, embedder="hashing") as store:
        store.put(("docs",), "tea", {"text": "green tea from Japan", "other": "cheese"})
        store.put(("docs",), "cheese", {"text": "mountain cheese from the Azores"})
        store.put(("docs",), "hidden", {"text": "cheese"}, index=False)
        store.put(("docs",), "title", {"title": "goat cheese", "text": "-"}, index=["title"])
        store.put(("docs",), "parts", {"parts": [{"t": "wine"}, {"t": "bread"}]}, index=["parts[*].t"])
        found = store.search(("docs",), query="cheese")
        assert set(keys(found[:2])) == {"cheese", "title"}
        assert (found[-1].key, found[-1].score) == ("hidden", None)
        scores = [item.score for item in found[:-1]]
        assert scores == sorted(scores, reverse=True)
        assert store.search(("docs",), query="bread")[0].key == "parts"
        assert keys(store.search(("docs",), query="bread", limit=1, offset=1)) != ["parts"]
        assert store.search(("elsewhere",), query="bread") == []
        assert len(store.search(("docs",), query="  ")) == 5


def test_a_query_within_one_namespace_never_ranks_anothers(store) -> None:
    for user in ("alice", "bob"):
        for number in range(30):
            store.put(("users", user), f"{user}{number}", {"text": f"note {number} on the harbour"})
    found = store.search(("users", "bob"), query="harbour", limit=100)
    assert len(found) == 30
    assert all(item.namespace == ("users", "bob") and item.score is not None for item in found)


def test_namespaces_are_listed_by_prefix_suffix_wildcard_and_depth(store) -> None:
    for namespace in (
        ("a", "b", "c"),
        ("a", "b", "d", "e"),
        ("a", "b", "d", "i"),
        ("a", "b", "f"),
        ("z", "c", "f"),
    ):
        store.put(namespace, "k", {"v": 1})
    assert store.list_namespaces(prefix=("a", "b"), max_depth=3) == [
        ("a", "b", "c"),
        ("a", "b", "d"),
        ("a", "b", "f"),
    ]
    assert store.list_namespaces(suffix=("f",)) == [("a", "b", "f"), ("z", "c", "f")]
    assert store.list_namespaces(prefix=("*", "c")) == [("z", "c", "f")]
    assert store.list_namespaces(prefix=("a",), suffix=("*", "e")) == [("a", "b", "d", "e")]
    assert len(store.list_namespaces(limit=2, offset=4)) == 1
    assert store.list_namespaces(max_depth=1) == [("a",), ("z",)]
    store.delete(("z", "c", "f"), "k")
    assert store.list_namespaces(prefix=("z",)) == []


def test_what_has_lived_its_time_is_gone_and_reading_renews_it(tmp_path: Path, clock: TickingClock) -> None:
    with RemanenceStore(
        tmp_path / "s.cube", ttl={"default_ttl": 10, "refresh_on_read": True}, embedder="hashing", clock=clock
    ) as store:
        store.put(("t",), "default", {"v": 1})
        store.put(("t",), "short", {"v": 2}, ttl=5)
        store.put(("t",), "ever", {"v": 3}, ttl=None)
        clock.step(4 * MINUTE)
        assert store.get(("t",), "short") is not None
        clock.step(4 * MINUTE)
        assert store.get(("t",), "short", refresh_ttl=False) is not None
        assert store.sweep_ttl() == 0
        clock.step(4 * MINUTE)
        assert store.get(("t",), "short") is None
        assert store.get(("t",), "default") is None
        assert keys(store.search(("t",))) == ["ever"]
        assert keys(store.search(("t",), query="v")) == ["ever"]
        assert store.sweep_ttl() == 2
        assert store.sweep_ttl() == 0
        store.put(("gone",), "k", {"v": 1})
        assert store.search(("gone",)) != []
        clock.step(9 * MINUTE)
        assert store.search(("gone",)) != []  # the search before renewed it
        clock.step(9 * MINUTE)
        store.put(("gone",), "k", {"v": 2})
        clock.step(11 * MINUTE)
        assert store.list_namespaces() == [("t",)]
        store.put(("gone",), "k", {"v": 3})
        assert store.get(("gone",), "k").value == {"v": 3}
        with pytest.raises(InvalidInput):
            store.put(("t",), "never", {"v": 1}, ttl=0)
        assert store.get(("t",), "never") is None


def test_all_is_there_after_reopening_in_any_script(tmp_path: Path) -> None:
    with RemanenceStore(tmp_path / "s.cube", embedder="hashing") as store:
        store.put(("利用者", "愛子"), "好き", {"飲み物": "お茶", "nested": {"é": [1, {"x": None}]}})
        store.put(("利用者", "愛子"), "k", {"v": 1}, ttl=60)
        before = store.search(("利用者",))
    with RemanenceStore(tmp_path / "s.cube", embedder="hashing") as store:
        assert store.search(("利用者",), refresh_ttl=False) == before
        assert store.search(("利用者", "愛子"), query="お茶")[0].key == "好き"
        assert (tmp_path / "s.cube").is_file()


def test_two_stores_on_one_file_see_each_others_writes(tmp_path: Path) -> None:
    path = tmp_path / "s.cube"
    with RemanenceStore(path, embedder="hashing") as one, RemanenceStore(path, embedder="hashing") as other:
        one.put(("a",), "k", {"v": 1})
        assert other.get(("a",), "k").value == {"v": 1}
        other.put(("a",), "k", {"v": 2})
        assert one.get(("a",), "k").value == {"v": 2}
        one.delete(("a",), "k")
        assert other.get(("a",), "k") is None


def test_what_is_deleted_is_gone_from_every_byte_with_all_it_was_before(tmp_path: Path) -> None:
    path = tmp_path / "s.cube"
    with RemanenceStore(path, embedder="hashing") as store:
        store.put(("a",), "k", {"secret": "zyzzyva"})
        store.put(("a",), "k", {"secret": "quokka"})
        store.put(("a",), "kept", {"secret": "aubergine"})
        store.delete(("a",), "k")
    assert b"aubergine" in path.read_bytes()
    assert b"zyzzyva" not in path.read_bytes()
    assert b"quokka" not in path.read_bytes()


def test_what_is_retired_instead_comes_back_by_undo(tmp_path: Path) -> None:
    path = tmp_path / "s.cube"
    with RemanenceStore(path, embedder="hashing", erase=False) as store:
        store.put(("a",), "k", {"v": 1})
        store.delete(("a",), "k")
        with remanence.open(path) as cube:
            cube.undo(cube.journal(limit=1)[0].sequence)
        assert store.get(("a",), "k").value == {"v": 1}


@pytest.mark.parametrize("namespace", [("a.b",), ("",), (7,), ("a", "\0"), ("x" * 150, "y" * 150)])
def test_a_namespace_that_cannot_be_is_refused_also_within_a_batch(store, namespace) -> None:
    for op in (base.GetOp(namespace, "k"), base.PutOp(namespace, "k", {"v": 1}), base.SearchOp(namespace)):
        with pytest.raises(base.InvalidNamespaceError):
            store.batch([base.PutOp(("fine",), "k", {"v": 1}), op])
    with pytest.raises(base.InvalidNamespaceError):
        store.put(("langgraph",), "k", {"v": 1})
    assert store.search(()) == []


def test_wrong_values_filters_and_operations_are_refused(store, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="JSON"):
        store.put(("a",), "k", {"v": object()})
    with pytest.raises(InvalidInput, match="METADATA_BYTES_MAX"):
        store.put(("a",), "k", {"v": "x" * 70_000})
    store.put(("a",), "k", {"v": 1})
    with pytest.raises(ValueError, match="almost"):
        store.search(("a",), filter={"v": {"$almost": 1}})
    with pytest.raises(InvalidInput, match="no operation"):
        store.batch(["get"])
    with pytest.raises(InvalidInput, match="fields"):
        RemanenceStore(tmp_path / "other.cube", index={"fields": "text"})
    with pytest.warns(UserWarning, match="no effect"):
        RemanenceStore(tmp_path / "third.cube", index={"embed": len, "dims": 3}, embedder=None).close()
    store.close()
    with pytest.raises(CubeClosed):
        store.get(("a",), "k")


def test_many_threads_lose_nothing(store) -> None:
    def put(number: int) -> None:
        store.put(("t", str(number % 3)), f"k{number}", {"n": number})
        assert store.get(("t", str(number % 3)), f"k{number}").value == {"n": number}

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(put, range(40)))
    assert {item.value["n"] for item in store.search(("t",), limit=100)} == set(range(40))


def test_the_asynchronous_twins_answer_alike(tmp_path: Path) -> None:
    async def main() -> None:
        async with RemanenceStore(tmp_path / "s.cube", embedder="hashing") as store:
            await asyncio.gather(*(store.aput(("a", str(n)), "k", {"n": n}) for n in range(10)))
            assert (await store.aget(("a", "3"), "k")).value == {"n": 3}
            assert len(await store.asearch(("a",), limit=20)) == 10
            assert len(await store.asearch(("a",), filter={"n": {"$gte": 7}}, query="n")) == 3
            await store.adelete(("a", "3"), "k")
            assert ("a", "3") not in await store.alist_namespaces(prefix=("a",))
            results = await store.abatch([base.GetOp(("a", "1"), "k"), base.PutOp(("a", "1"), "k", None)])
            assert results[0].value == {"n": 1}

    asyncio.run(main())


def test_it_serves_as_a_graphs_store(tmp_path: Path) -> None:
    graph = pytest.importorskip("langgraph.graph", reason="langgraph is not installed")

    def remember(state: dict, *, store) -> dict:  # LangGraph knows the parameter by its name
        store.put(("users", "alice"), "said", {"text": state["text"]})
        return {"text": json.dumps([item.value for item in store.search(("users",), query="tea")])}

    builder = graph.StateGraph(dict)
    builder.add_node("remember", remember)
    builder.add_edge(graph.START, "remember")
    with RemanenceStore(tmp_path / "s.cube", embedder="hashing") as store:
        answer = builder.compile(store=store).invoke({"text": "I like tea"})
    assert answer == {"text": '[{"text": "I like tea"}]'}
