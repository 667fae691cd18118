"""An embedding endpoint that is slow, busy or wrong: each fault is one clear error, or is outlived."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

import numpy as np
import pytest
from local_server import Answer, LocalServer, Request, breaks_off, embeds_by_hashing, hangs_up, says, serve

from remanence.embedding.endpoint import TRIES_MAX, WAIT_MAX_S
from remanence.embedding.openai import BATCH_SPANS, OpenAICompatible
from remanence.errors import EndpointFailed, InvalidInput

KEY = "sk-secret"


def embedder(
    server: LocalServer,
    *,
    model: str = "m",
    dims: int | None = 2,
    timeout_s: float = 5.0,
    sleep: Callable[[float], None] = lambda seconds: None,
) -> OpenAICompatible:
    return OpenAICompatible(
        model, base_url=f"{server.url}/v1/", key=KEY, dims=dims, timeout_s=timeout_s, sleep=sleep
    )


def vectors(*rows: object) -> Answer:
    """An answer with these vectors, in order."""
    data = [{"index": index, "embedding": row} for index, row in enumerate(rows)]
    return says(json.dumps({"data": data}).encode())


def drips(handler: BaseHTTPRequestHandler, request: Request) -> None:
    """A byte now and then, without end: no single read takes long."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    for _ in range(1000):
        time.sleep(0.02)
        handler.wfile.write(b" ")
        handler.wfile.flush()


MALFORMED = {
    "not JSON": says(b"<html>busy</html>"),
    "cut JSON": says(b'{"data": [{"index": 0, "embe'),
    "an array": says(b"[1, 2]"),
    "null": says(b"null"),
    "no data": says(b'{"object": "list"}'),
    "data of strings": says(b'{"data": ["a"]}'),
    "no index": says(b'{"data": [{"embedding": [1, 0]}]}'),
    "too few": says(b'{"data": []}'),
    "too many": vectors([1, 0], [0, 1]),
    "another index": says(b'{"data": [{"index": 3, "embedding": [1, 0]}]}'),
    "words for numbers": vectors(["one", "two"]),
    "a nested vector": vectors([[1, 0]]),
    "a number for a vector": vectors(1.0),
    "other dimensions": vectors([1, 0, 0]),
    "no dimensions": vectors([]),
    "not a number": says(b'{"data": [{"index": 0, "embedding": [NaN, 1]}]}'),
    "infinity": says(b'{"data": [{"index": 0, "embedding": [1e999, 1]}]}'),
    "null for a number": vectors([None, 1]),
    "all 0": vectors([0, 0]),
    "bytes that are no UTF-8": says(b"\xff\xfe\x00"),
}


@pytest.mark.parametrize("answer", MALFORMED.values(), ids=MALFORMED.keys())
@pytest.mark.filterwarnings("error")
def test_an_answer_that_is_not_what_it_must_be_is_refused(answer: Answer) -> None:
    with serve(answer) as server:
        with pytest.raises(EndpointFailed, match="/v1/embeddings"):
            embedder(server).query("hello")
        assert len(server.asked) == 1


def test_one_index_twice_is_refused() -> None:
    twice = {"data": [{"index": 0, "embedding": [1, 0]}] * 2}
    with serve(says(json.dumps(twice).encode())) as server, pytest.raises(EndpointFailed, match="2 texts"):
        embedder(server).passages(["a", "b"])


def test_vectors_come_back_in_the_order_of_the_texts_and_of_length_one() -> None:
    data = [{"index": 1, "embedding": [0, 3]}, {"index": 0, "embedding": [4, 0]}]
    with serve(says(json.dumps({"data": data}).encode())) as server:
        assert embedder(server).passages(["a", "b"]).vectors.tolist() == [[1, 0], [0, 1]]


def test_the_request_is_what_the_interface_asks_for() -> None:
    with serve(vectors([1, 0], [0, 1])) as server:
        embedder(server).passages(["one", ""])
    (request,) = server.asked
    assert (request.method, request.path) == ("POST", "/v1/embeddings")
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert json.loads(request.body) == {"model": "m", "input": ["one", " "], "encoding_format": "float"}


def test_a_hosted_model_is_asked_to_shorten_its_vectors() -> None:
    with serve(vectors([1, 0])) as server:
        embedder(server, model="text-embedding-3-large", dims=2).query("x")
    assert json.loads(server.asked[0].body)["dimensions"] == 2


def test_many_texts_go_in_several_requests() -> None:
    texts = [f"lamp {number}" for number in range(BATCH_SPANS + 1)]
    with serve(embeds_by_hashing) as server:
        assert len(embedder(server, dims=256).passages(texts).vectors) == len(texts)
        assert [len(json.loads(request.body)["input"]) for request in server.asked] == [BATCH_SPANS, 1]


def test_unknown_dimensions_are_asked_for_once() -> None:
    with serve(embeds_by_hashing) as server:
        asked = embedder(server, dims=None)
        assert not server.asked
        assert asked.identity.dims == asked.identity.dims == 256
        assert len(server.asked) == 1


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_busy_endpoint_is_asked_again(status: int) -> None:
    waits: list[float] = []
    with serve(says(b"busy", status=status), says(b"busy", status=status), vectors([1, 0])) as server:
        assert embedder(server, sleep=waits.append).query("x").tolist() == [1, 0]
    assert waits == [0.5, 1.0]


def test_the_wait_an_endpoint_asks_for_is_kept_within_a_bound() -> None:
    waits: list[float] = []
    busy = [says(b"", status=429, headers={"Retry-After": after}) for after in ("3", "86400")]
    with serve(*busy, vectors([1, 0])) as server:
        embedder(server, sleep=waits.append).query("x")
    assert waits == [3, WAIT_MAX_S]


def test_an_endpoint_that_stays_busy_fails_after_a_few_tries() -> None:
    with serve(says(b"over quota", status=429)) as server:
        with pytest.raises(EndpointFailed, match=f"answered 429 .*over quota.* {TRIES_MAX} times"):
            embedder(server).query("x")
        assert len(server.asked) == TRIES_MAX


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_a_refusal_is_final_quotes_the_endpoint_and_hides_the_key(status: int) -> None:
    with serve(says(b'{"error": "no such model"}' + b"." * 5000, status=status)) as server:
        with pytest.raises(EndpointFailed, match=f"answered {status}.*no such model") as failure:
            embedder(server).query("x")
        assert len(server.asked) == 1
    assert KEY not in str(failure.value)
    assert len(str(failure.value)) < 600


def test_a_redirect_is_not_followed_with_the_key() -> None:
    with (
        serve(vectors([1, 0])) as other,
        serve(says(b"", status=302, headers={"Location": other.url})) as server,
        pytest.raises(EndpointFailed, match="answered 302"),
    ):
        embedder(server).query("x")
    assert not other.asked


@pytest.mark.parametrize(
    "fault", [hangs_up, breaks_off(b'{"data": []}', after=5)], ids=["before the answer", "inside the answer"]
)
def test_a_cut_connection_is_outlived_or_named(fault: Answer) -> None:
    with serve(fault, vectors([1, 0])) as server:
        assert embedder(server).query("x").tolist() == [1, 0]
    with serve(fault) as server, pytest.raises(EndpointFailed, match=f"broke off .* {TRIES_MAX} times"):
        embedder(server).query("x")


def test_silence_ends_at_the_timeout() -> None:
    with serve(lambda handler, request: server.closing.wait(10) and None) as server:
        with pytest.raises(EndpointFailed, match=r"did not answer within 0\.1 s"):
            embedder(server, timeout_s=0.1).query("x")
        assert len(server.asked) == TRIES_MAX


def test_an_answer_that_drips_ends_at_the_timeout() -> None:
    with serve(drips) as server, pytest.raises(EndpointFailed, match=r"did not answer within 0\.1 s"):
        embedder(server, timeout_s=0.1).query("x")


def test_no_server_is_one_clear_error() -> None:
    with serve(vectors([1, 0])) as server:
        pass
    with pytest.raises(EndpointFailed, match="cannot be reached"):
        embedder(server).query("x")


def test_a_failure_in_a_later_request_gives_no_vectors_at_all() -> None:
    texts = [f"lamp {number}" for number in range(BATCH_SPANS + 1)]
    with serve(embeds_by_hashing, says(b"no", status=400)) as server, pytest.raises(EndpointFailed):
        embedder(server, dims=256).passages(texts)


def test_strings_that_json_cannot_carry_are_sent_as_far_as_they_can_be() -> None:
    with serve(vectors([1, 0])) as server:
        embedder(server).query("a\ud800\0é")
    assert json.loads(server.asked[0].body)["input"] == ["a\ufffd\0é"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"base_url": "localhost:8080"}, "https://HOST/v1"),
        ({"base_url": "file:///etc/passwd"}, "https://HOST/v1"),
        ({"base_url": "http://"}, "https://HOST/v1"),
        ({"dims": 0}, "dims"),
        ({"dims": -3}, "dims"),
        ({"timeout_s": 0.0}, "timeout_s"),
        ({"timeout_s": float("nan")}, "timeout_s"),
    ],
)
def test_wrong_settings_are_refused_at_once(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        OpenAICompatible("m", **wrong)  # type: ignore[arg-type]  # wrong on purpose


def test_span_vectors_that_cancel_out_still_give_a_direction() -> None:
    with serve(vectors([1, 0], [-1, 0])) as server:
        assert np.linalg.norm(embedder(server).query("x" * 2000)) == 1
