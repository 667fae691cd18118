"""A reranker decides the order of the first hits; where it fails, recall keeps its own and says so."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

import pytest

from opening import OpenCube
from remanence import Cube, RerankEndpoint, Reranker
from remanence.errors import InvalidInput, RerankingFailed
from remanence.verbs.reranking import NOT_RERANKED, RERANKED
from scripted_server import Asked, ScriptedServer, send, serving

TEXTS = ("The red bike stands in the shed", "A bike shop opened in Porto", "Mój rower stoi w piwnicy")
Answer = Callable[[BaseHTTPRequestHandler, Asked], None]


@dataclass
class Longest:
    """Prefers longer texts, and remembers what it was asked."""

    asked: list[Sequence[str]] = field(default_factory=list)
    name = "longest"

    def relevances(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        self.asked.append(texts)
        return [float(len(text)) for text in texts]


@dataclass(frozen=True)
class Says:
    """Says the same whatever it is asked."""

    said: Sequence[float]
    name = "stubborn"

    def relevances(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        return self.said


def filled(open_cube: OpenCube, reranker: Reranker | None, texts: Sequence[str] = TEXTS) -> Cube:
    cube = open_cube(embedder="hashing", reranker=reranker)
    cube.observe([{"role": "user", "content": text} for text in texts], session="s")
    return cube


def says_relevances(by_text: Callable[[str], float]) -> Answer:
    """What such an endpoint does, its results best first."""

    def answer(handler: BaseHTTPRequestHandler, request: Asked) -> None:
        documents = request.document["documents"]
        results = [{"index": n, "relevance_score": by_text(text)} for n, text in enumerate(documents)]
        results.sort(key=lambda one: -one["relevance_score"])
        send(handler, 200, json.dumps({"results": results}).encode(), None, kind="application/json")

    return answer


def says(body: bytes, status: int = 200) -> Answer:
    return lambda handler, request: send(handler, status, body, None, kind=None)


def endpoint(server: ScriptedServer[Asked]) -> RerankEndpoint:
    return RerankEndpoint("m", base_url=f"{server.url}/v1", key="sk-secret", sleep=lambda seconds: None)


def test_the_hits_come_in_its_order_and_their_places_keep_their_scores(open_cube: OpenCube) -> None:
    reranker = Longest()
    cube = filled(open_cube, reranker)
    hits = cube.recall("bike")
    lengths = [len(hit.item.content) for hit in hits]
    assert lengths == sorted(lengths, reverse=True)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len(hits) == len(reranker.asked[0])


def test_why_says_what_moved_a_hit_and_still_adds_up(open_cube: OpenCube) -> None:
    for hit in filled(open_cube, Longest()).recall("bike"):
        part = next(part for part in hit.why if part.name == "reranked by longest")
        assert part.value == len(hit.item.content)
        odds = sum(part.contribution for part in hit.why)
        assert hit.score == pytest.approx(1 / (1 + math.exp(-odds)), abs=1e-4)


def test_k_hits_are_chosen_among_more_than_k(open_cube: OpenCube) -> None:
    texts = [f"bike number {'I' * n}" for n in range(1, 31)]
    hits = filled(open_cube, Longest(), texts).recall("bike number", k=2)
    assert [len(hit.item.content) for hit in hits] == [len(texts[-1]), len(texts[-2])]


def test_hits_beyond_the_first_keep_their_places(open_cube: OpenCube) -> None:
    texts = [f"bike {n} of the fleet" for n in range(RERANKED + 20)]
    reranker = Longest()
    hits = filled(open_cube, reranker, texts).recall("bike fleet", k=RERANKED + 10)
    assert [len(asked) for asked in reranker.asked] == [RERANKED]
    assert len(hits) == RERANKED + 10
    assert all(not any(part.name.startswith("reranked") for part in hit.why) for hit in hits[RERANKED:])


def test_a_context_takes_what_the_reranker_puts_first(open_cube: OpenCube) -> None:
    cube = filled(open_cube, Longest())
    first = cube.recall("bike", k=1)[0].item.content
    assert [item.content for item in cube.context("bike", budget=60).items][:1] == [first]


def test_without_hits_it_is_not_asked(open_cube: OpenCube) -> None:
    reranker = Longest()
    assert list(open_cube(embedder="hashing", reranker=reranker).recall("bike")) == []
    assert reranker.asked == []


WRONG = {"none": [], "too few": [1.0], "not a number": [math.nan] * 3, "infinity": [1.0, math.inf, 0.0]}


@pytest.mark.parametrize("said", WRONG.values(), ids=WRONG.keys())
def test_a_reranker_that_answers_wrongly_changes_nothing_and_it_is_said(
    open_cube: OpenCube, said: list[float]
) -> None:
    cube = filled(open_cube, Says(said))
    hits = cube.recall("bike")
    assert all(NOT_RERANKED in hit.why.notes for hit in hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_the_endpoint_is_asked_as_its_interface_wants(open_cube: OpenCube) -> None:
    with serving([says_relevances(len)], Asked) as server:
        hits = filled(open_cube, endpoint(server)).recall("gdzie jest rower?")
        (request,) = server.asked
    assert (request.path, request.headers["authorization"]) == ("/v1/rerank", "Bearer sk-secret")
    assert request.document["query"] == "gdzie jest rower?"
    assert request.document["model"] == "m"
    assert request.document["top_n"] == len(request.document["documents"])
    lengths = [len(hit.item.content) for hit in hits]
    assert lengths == sorted(lengths, reverse=True)


MALFORMED = {
    "not JSON": says(b"<html>busy</html>"),
    "no results": says(b'{"data": []}'),
    "half the batch": says(b'{"results": [{"index": 0, "relevance_score": 1}]}'),
    "one index twice": says(
        b'{"results": [{"index": 0, "relevance_score": 1}, {"index": 0, "relevance_score": 1}]}'
    ),
    "words for numbers": says(b'{"results": [{"index": 0, "relevance_score": "much"}]}'),
    "a refusal": says(b"no such model", status=404),
    "an endpoint that is down": says(b"down", status=503),
}


@pytest.mark.parametrize("answer", MALFORMED.values(), ids=MALFORMED.keys())
def test_an_endpoint_that_fails_leaves_the_order_and_hides_the_key(
    open_cube: OpenCube, answer: Answer, caplog: pytest.LogCaptureFixture
) -> None:
    with serving([answer], Asked) as server:
        with pytest.raises(RerankingFailed, match="/v1/rerank"):
            endpoint(server).relevances("bike", TEXTS)
        hits = filled(open_cube, endpoint(server)).recall("bike")
    assert all(NOT_RERANKED in hit.why.notes for hit in hits)
    assert "recall keeps its own order" in caplog.text
    assert "sk-secret" not in caplog.text


@pytest.mark.parametrize("text", ["\ud800", "", "x" * 100_000])
def test_texts_that_cannot_be_sent_whole_are_sent_as_far_as_they_can_be(text: str) -> None:
    with serving([says_relevances(len)], Asked) as server:
        assert len(endpoint(server).relevances("bike", [text])) == 1


@pytest.mark.parametrize(
    ("model", "wrong"),
    [("", {}), ("m", {"base_url": "ftp://host/v1"}), ("m", {"base_url": "host"}), ("m", {"timeout_s": 0})],
)
def test_wrong_settings_are_refused_at_once(model: str, wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        RerankEndpoint(model, **{"base_url": "https://host/v1", **wrong})  # type: ignore[arg-type]  # wrong on purpose
