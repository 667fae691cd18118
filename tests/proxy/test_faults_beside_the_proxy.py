"""What goes wrong behind the proxy, in its memory and before it: one clear answer each."""

from __future__ import annotations

import json
import socket
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Event

import httpx2
import openai
import pytest
import upstream_server as upstream
from proxy_calls import ALLERGIC, ask, heard, post, teach, user
from proxy_running import running

import remanence

JSON = {"Content-Type": "application/json", "X-Remanence-User": "alice"}


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, openai.AuthenticationError), (429, openai.RateLimitError), (500, openai.InternalServerError)],
)
def test_an_upstreams_refusal_is_passed_on_unchanged(
    tmp_path: Path, status: int, error: type[openai.APIStatusError]
) -> None:
    told = {"Retry-After": "7", "X-Request-Id": "req_1", "X-Ratelimit-Remaining": "0"}
    with (
        upstream.serve(upstream.refuses(status, "wrong: naïve", told)) as behind,
        running(behind.url, folder=tmp_path) as proxy,
        pytest.raises(error) as caught,
    ):
        ask(proxy, user("Hello"))
    response = caught.value.response
    assert response.status_code == status
    assert (
        response.content
        == json.dumps({"error": {"message": "wrong: naïve", "type": "error", "code": "c"}}).encode()
    )
    assert {name: response.headers[name] for name in told} == told
    assert list(tmp_path.iterdir()) == [], "what was refused was not said"


def test_an_upstream_that_hangs_is_given_up(tmp_path: Path) -> None:
    with (
        upstream.serve(upstream.hangs) as behind,
        running(behind.url, folder=tmp_path, upstream_timeout_s=0.2) as proxy,
        pytest.raises(openai.InternalServerError) as caught,
    ):
        ask(proxy, user("Hello"))
    assert caught.value.status_code == 504
    assert caught.value.code == "upstream_timeout"


def test_an_upstream_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (
        running(f"http://127.0.0.1:{port}/v1", folder=tmp_path) as proxy,
        pytest.raises(openai.InternalServerError) as caught,
    ):
        ask(proxy, user("Hello"))
    assert caught.value.status_code == 502
    assert caught.value.code == "upstream_unreachable"


def test_an_answer_that_breaks_off_breaks_off_for_the_caller_too(tmp_path: Path) -> None:
    pieces = upstream.delta(role="assistant", content="With"), upstream.delta(content="out")
    with (
        upstream.serve(upstream.breaks_off_after(*pieces)) as behind,
        running(behind.url, folder=tmp_path) as proxy,
    ):
        client = proxy.client(X_Remanence_User="alice")
        stream = client.chat.completions.create(model="m", messages=[user("May I?")], stream=True)
        seen = []
        with pytest.raises((httpx2.RemoteProtocolError, openai.APIError)):
            seen += [chunk.choices[0].delta.content for chunk in stream if not seen.append(chunk)]
    assert len(seen) == 2
    assert heard(tmp_path) == ["user: May I?"], "half an answer is none"


def test_a_caller_who_leaves_ends_the_call_behind(tmp_path: Path) -> None:
    noticed = Event()

    def speaks_until_nobody_listens(handler: BaseHTTPRequestHandler, asked: upstream.Asked) -> None:
        upstream.begin(handler)
        try:
            while not asked.closing.wait(0.01):
                upstream.piece(handler, upstream.delta(content="la "))
        except OSError:
            noticed.set()
        handler.close_connection = True

    with upstream.serve(speaks_until_nobody_listens) as behind, running(behind.url, folder=tmp_path) as proxy:
        client = proxy.client(X_Remanence_User="alice")
        stream = client.chat.completions.create(model="m", messages=[user("Sing")], stream=True)
        next(iter(stream))
        stream.close()
        assert noticed.wait(60)
    assert heard(tmp_path) == ["user: Sing"]


def test_a_caller_who_gives_up_waiting_ends_the_call_behind(tmp_path: Path) -> None:
    noticed = Event()

    def waits_until_nobody_does(handler: BaseHTTPRequestHandler, asked: upstream.Asked) -> None:
        handler.connection.settimeout(60)
        if handler.connection.recv(1) == b"":
            noticed.set()
        handler.close_connection = True

    with (
        upstream.serve(waits_until_nobody_does) as behind,
        running(behind.url, folder=tmp_path) as proxy,
    ):
        with pytest.raises(openai.APITimeoutError):
            ask(proxy, user("Hello"), timeout=0.5)
        assert noticed.wait(60)
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_cube_stops_no_call(tmp_path: Path) -> None:
    (tmp_path / "alice.cube").write_bytes(b"no cube at all" * 1000)
    with upstream.serve(upstream.says("Hi.")) as behind, running(behind.url, folder=tmp_path) as proxy:
        raw = ask(proxy, user("Hello"))
        assert raw.parse().choices[0].message.content == "Hi."
        assert raw.headers["x-remanence-error"].startswith("recall: NotACube: The file is no cube")
        assert "x-remanence-items" not in raw.headers
    assert (tmp_path / "alice.cube").read_bytes() == b"no cube at all" * 1000


def test_a_locked_cube_stops_no_call_and_the_next_one_hears_of_it(tmp_path: Path) -> None:
    teach(tmp_path, ALLERGIC)
    with (
        upstream.serve(upstream.says("Hi.")) as behind,
        running(behind.url, folder=tmp_path, wait_seconds=0.05) as proxy,
    ):
        with (
            remanence.open(tmp_path / "alice.cube", embedder="hashing") as cube,
            cube._setting.store.write(),
        ):
            assert "x-remanence-items" in ask(proxy, user("peanuts?")).headers
            told = ""
            while "CubeBusy" not in told:
                told = ask(proxy, user("peanuts?")).headers.get("x-remanence-error", "")
        assert told.startswith("observe: CubeBusy: ")
        assert told.endswith("(after an earlier call)")


def test_a_memory_that_takes_too_long_is_not_waited_for(tmp_path: Path) -> None:
    teach(tmp_path, *(f"{ALLERGIC} {number}" for number in range(50)))
    with (
        upstream.serve(upstream.says("Hi.")) as behind,
        running(behind.url, folder=tmp_path, memory_timeout_s=1e-9) as proxy,
    ):
        raw = ask(proxy, user("peanuts?"))
    assert raw.parse().choices[0].message.content == "Hi."
    assert raw.headers["x-remanence-error"].startswith("recall: Timeout")
    assert behind.asked[0].memory == ""


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Remanence-Memory": "perhaps"},
        {"X-Remanence-Budget": "0"},
        {"X-Remanence-Budget": "٣"},
        {"X-Remanence-Budget": "99999999999"},
        {"X-Remanence-Format": "yaml"},
        {"X-Remanence-User": " "},
        {"X-Remanence-User": "%FF"},
        {"X-Remanence-User": "a%0Ab"},
        {"X-Remanence-User": "a" * 201},
        {"X-Remanence-Session": "a" * 201},
    ],
)
def test_a_wrong_header_stops_the_call_before_anything_is_sent(
    tmp_path: Path, headers: dict[str, str]
) -> None:
    body = json.dumps({"model": "m", "messages": [user("Hi")]}).encode()
    with upstream.serve(upstream.says("Hi.")) as behind, running(behind.url, folder=tmp_path) as proxy:
        encoded = {name: value.encode().decode("latin-1") for name, value in {**JSON, **headers}.items()}
        status, _, answer = post(proxy, "/v1/chat/completions", body, encoded)
    assert status == 400
    assert json.loads(answer)["error"]["code"] == "remanence_invalid_header"
    assert next(iter(headers)) in json.loads(answer)["error"]["message"]
    assert behind.asked == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"messages": [}',
        b"\xff\xfe{}",
        b'{"messages": []} {}',
        b'{"messages": "no list"}',
        b'{"messages": null, "user": 7}',
        b'{"messages": [1, "two", {"role": "user", "content": 3}]}',
        b'{"a":' * 100_000,
    ],
)
def test_a_body_that_memory_can_not_read_goes_upstream_as_it_is(tmp_path: Path, body: bytes) -> None:
    teach(tmp_path, ALLERGIC)
    with upstream.serve(upstream.refuses(400)) as behind, running(behind.url, folder=tmp_path) as proxy:
        status, _, _ = post(proxy, "/v1/chat/completions", body, JSON)
    assert status == 400
    assert behind.asked[0].body == body


def test_however_deep_a_body_is_nested_it_goes_upstream(tmp_path: Path) -> None:
    teach(tmp_path, ALLERGIC)
    with upstream.serve(upstream.says("Hi.")) as behind, running(behind.url, folder=tmp_path) as proxy:
        for depth in range(880, 1000, 2):
            nested = "[" * depth + "]" * depth
            asked = '{"type":"text","text":"peanuts?"}'
            body = f'{{"messages":[{{"role":"user","content":[{asked},{nested}]}}]}}'.encode()
            assert post(proxy, "/v1/chat/completions", body, JSON)[0] == 200
            assert body.removeprefix(b'{"messages":[') in behind.asked[-1].body


def test_a_body_beyond_the_bound_is_refused(tmp_path: Path) -> None:
    with upstream.serve(upstream.says("Hi.")) as behind, running(behind.url, folder=tmp_path) as proxy:
        status, _, answer = post(proxy, "/v1/chat/completions", b" " * ((64 << 20) + 1), JSON)
    assert status == 413
    assert "BODY_BYTES_MAX" in json.loads(answer)["error"]["message"]
    assert behind.asked == []


def test_who_left_out_the_end_of_the_base_url_is_told(tmp_path: Path) -> None:
    with upstream.serve(upstream.says("Hi.")) as behind, running(behind.url, folder=tmp_path) as proxy:
        client = proxy.client().with_options(base_url=proxy.url.removesuffix("/v1"))
        with pytest.raises(openai.NotFoundError, match="ends with /v1") as caught:
            client.chat.completions.create(model="m", messages=[user("Hello")])
    assert caught.value.code == "no_such_path"
    assert behind.asked == []


def test_other_calls_pass_through_untouched(tmp_path: Path) -> None:
    models = {"object": "list", "data": [{"id": "m", "object": "model", "created": 1, "owned_by": "x"}]}
    with (
        upstream.serve(upstream.answers(models, {"X-Request-Id": "r1"})) as behind,
        running(behind.url, folder=tmp_path) as proxy,
    ):
        raw = proxy.client().models.with_raw_response.list()
        assert [model.id for model in raw.parse()] == ["m"]
        status, _, _ = post(proxy, "/v1/embeddings?x=%C3%A9", b"\x00\xff any bytes", {"X-A": "b"})
        assert post(proxy, "/v1/../admin", b"", {})[0] == 404
    assert raw.headers["x-request-id"] == "r1"
    assert status == 200
    listed, embedded = behind.asked
    assert (listed.method, listed.path) == ("GET", "/v1/models")
    assert listed.headers["authorization"] == "Bearer sk-caller"
    assert (embedded.path, embedded.body) == ("/v1/embeddings?x=%C3%A9", b"\x00\xff any bytes")
    assert embedded.headers["x-a"] == "b"
