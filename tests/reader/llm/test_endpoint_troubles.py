"""What a real endpoint does wrong: no message is lost, nothing is invented, and the report says so."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import traceback
from datetime import timedelta

import pytest
from chat_server import (
    Script,
    breaks_off,
    hangs,
    item,
    of,
    refuses,
    says,
    send,
    serve,
    states,
)
from reader_making import MakeReader

from opening import OpenCube
from remanence.errors import ReadingFailed
from ticking import TickingClock

SAID = [{"role": "user", "content": "Somehow fado leaves Ana cold."}]
GOOD = states(item(1, "fado leaves Ana cold", "fado leaves Ana cold"))


def test_malformed_json_is_mended_by_asking_again(open_cube: OpenCube, reader_for: MakeReader) -> None:
    with serve(
        says('{"items": [{"message": 1, "quote"'), says({"items": [{"message": "one"}]}), GOOD
    ) as server:
        cube = open_cube(reader=reader_for(server))
        cube.observe(SAID)
        report = cube.read_pending()
    assert (report.calls, len(report.derived), report.failed) == (3, 1, {})
    assert report.prompt_tokens == 300
    turns = [turn["role"] for turn in server.asked[2].document["messages"]]
    assert turns == ["system", "user", "assistant", "user", "assistant", "user"]
    told = server.asked[2].document["messages"][-1]["content"]
    assert "items.0.quote" in told, "the model is told what was wrong"


@pytest.mark.parametrize(
    "content", ["no JSON at all", "", '{"items": 3}', '{"items": [[]]}', "[]", "{}", '{"a":NaN}']
)
def test_after_two_repairs_the_message_waits_and_after_some_attempts_it_is_parked(
    open_cube: OpenCube, reader_for: MakeReader, clock: TickingClock, content: str
) -> None:
    with serve(says(content)) as server:
        cube = open_cube(reader=reader_for(server, attempts_max=2))
        (message,) = cube.observe(SAID).added
        first = cube.read_pending()
        assert (first.calls, first.failed, first.pending, first.parked) == (3, {"unreadable": 1}, 1, 0)
        assert first.derived == ()
        assert cube.read_pending().calls == 0, "it is not due yet"
        clock.step(timedelta(hours=1))
        second = cube.read_pending()
        assert (second.pending, second.parked) == (0, 1)
        (parked,) = cube.parked()
        assert (parked.item_id, parked.attempts, parked.error) == (message, 2, "unreadable")
        server.scripts = [GOOD]
        clock.step(timedelta(days=1))
        assert cube.read_pending().calls == 0
        assert cube.retry_parked([message[:8]]) == 1
        assert len(cube.read_pending().derived) == 1
    assert cube.parked() == ()


def test_one_message_that_can_not_be_read_takes_no_other_along(
    open_cube: OpenCube, reader_for: MakeReader, clock: TickingClock
) -> None:
    def answer(handler, asked) -> None:  # type: ignore[no-untyped-def]  # a script
        poisoned = any("poison" in line["text"] for line in asked.read)
        send(handler, 200, of("nonsense" if poisoned else {"items": []}))

    with serve(answer) as server:
        cube = open_cube(reader=reader_for(server, attempts_max=2))
        cube.observe([{"role": "user", "content": text} for text in ("one", "poison", "three")])
        assert cube.read_pending().failed == {"unreadable": 3}
        clock.step(timedelta(hours=1))
        report = cube.read_pending()
    assert (report.read, report.parked) == (2, 1)
    assert len(cube.parked()) == 1


def test_a_busy_endpoint_is_waited_for_as_long_as_it_asks(
    open_cube: OpenCube, reader_for: MakeReader, waits: list[float]
) -> None:
    with serve(refuses(429, headers={"Retry-After": "7"}), refuses(503), GOOD) as server:
        cube = open_cube(reader=reader_for(server))
        cube.observe(SAID)
        report = cube.read_pending()
    assert (report.calls, len(report.derived)) == (3, 1)
    assert waits[0] == 7.0
    assert 1.0 <= waits[1] <= 3.0, "twice the first wait, give or take a half"


def test_an_endpoint_that_asks_for_long_leaves_the_queue_as_it_is(
    open_cube: OpenCube, reader_for: MakeReader, clock: TickingClock, waits: list[float]
) -> None:
    with serve(refuses(429, headers={"Retry-After": "600"}), GOOD) as server:
        cube = open_cube(reader=reader_for(server, attempts_max=1))
        cube.observe(SAID)
        report = cube.read_pending()
        assert (report.stopped, report.pending, report.parked, report.calls) == ("busy", 1, 0, 1)
        assert waits == []
        clock.step(timedelta(seconds=500))
        assert cube.read_pending().calls == 0
        clock.step(timedelta(seconds=200))
        assert len(cube.read_pending().derived) == 1


def test_a_date_in_retry_after_counts_from_the_servers_own(
    open_cube: OpenCube, reader_for: MakeReader, waits: list[float]
) -> None:
    dates = {"Date": "Wed, 21 Oct 2026 07:28:00 GMT", "Retry-After": "Wed, 21 Oct 2026 07:28:09 GMT"}

    def busy(handler, asked) -> None:  # type: ignore[no-untyped-def]  # a script
        handler.send_response_only(429)
        for name, value in {**dates, "Content-Length": "2"}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(b"{}")

    with serve(busy, refuses(503, headers={"Retry-After": "soon"}), GOOD) as server:
        cube = open_cube(reader=reader_for(server))
        cube.observe(SAID)
        assert len(cube.read_pending().derived) == 1
    assert waits[0] == 9.0


@pytest.mark.parametrize("trouble", ["timed out", "broken off", "unreachable", "busy"])
def test_an_outage_loses_nothing_and_says_so(
    open_cube: OpenCube, reader_for: MakeReader, clock: TickingClock, trouble: str
) -> None:
    with serve(GOOD) as server:
        scripts: dict[str, Script] = {
            "timed out": hangs,
            "broken off": breaks_off,
            "busy": refuses(500),
            "unreachable": GOOD,
        }
        server.scripts = [scripts[trouble]]
        options = {"base_url": "http://127.0.0.1:9/v1"} if trouble == "unreachable" else {}
        cube = open_cube(reader=reader_for(server, timeout_s=0.3, **options))
        for session in ("a", "b"):
            cube.observe(SAID, session=session)
        report = cube.read_pending()
        assert (report.stopped, report.pending, report.read) == (trouble, 2, 0)
        assert report.calls == 3, "the second conversation is not tried on an endpoint that is away"
        assert cube.stats().counts["messages to read"] == 2
        assert report.derived == ()
        cube.close()
        server.scripts = [GOOD]
        clock.step(timedelta(days=1))
        again = open_cube(reader=reader_for(server))
        assert again.read_pending().read == 2
        assert again.stats().counts["messages to read"] == 0


def test_an_answer_that_drips_is_not_waited_for_without_end(
    open_cube: OpenCube, reader_for: MakeReader
) -> None:
    def drips(handler, asked) -> None:  # type: ignore[no-untyped-def]  # a script
        handler.send_response(200)
        handler.send_header("Content-Length", "1000000")
        handler.end_headers()
        while not server.closing.wait(0.05):
            try:
                handler.wfile.write(b" ")
            except OSError:
                return

    with serve(drips) as server:
        cube = open_cube(reader=reader_for(server, timeout_s=0.4))
        cube.observe(SAID)
        assert cube.read_pending().stopped == "timed out"


@pytest.mark.parametrize("status", [401, 403, 404, 307, 402])
def test_what_no_further_call_can_mend_is_said_at_once(
    open_cube: OpenCube, reader_for: MakeReader, waits: list[float], status: int
) -> None:
    told = "Incorrect API key provided: sk-secret; you sent: fado leaves Ana cold"
    headers = {"Location": "http://127.0.0.1:9/elsewhere"} if status == 307 else None
    with serve(refuses(status, told, headers), GOOD) as server:
        cube = open_cube(reader=reader_for(server))
        cube.observe(SAID)
        with pytest.raises(ReadingFailed, match=str(status)) as failed:
            cube.read_pending()
        assert len(server.asked) == 1
        assert waits == []
        shown = "".join(traceback.format_exception(failed.value))  # with all that it was raised from
        assert "sk-secret" not in shown
        assert "fado" not in shown
        assert cube.stats().counts["messages to read"] == 1
        assert len(cube.read_pending().derived) == 1, "it is due at once, when the key is right"


def test_at_once_an_outage_or_a_wrong_key_is_a_line_in_the_log(
    open_cube: OpenCube, reader_for: MakeReader, caplog: pytest.LogCaptureFixture
) -> None:
    with serve(refuses(401), refuses(500)) as server, caplog.at_level(logging.DEBUG):
        cube = open_cube(reader=reader_for(server, at_once=True))
        assert len(cube.observe(SAID, session="a").added) == 1
        assert len(cube.observe(SAID, session="b").added) == 1
    ours = [record.getMessage() for record in caplog.records if record.name == "remanence"]
    assert len(ours) == 2
    assert "401" in ours[0]
    assert "busy" in ours[1]
    assert "sk-secret" not in caplog.text


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, "Unknown parameter: response_format.type json_schema"),
        (422, "response_format: not supported"),
        (501, "not implemented"),
    ],
)
def test_a_server_without_schemas_is_asked_for_an_object_and_then_for_text(
    open_cube: OpenCube, reader_for: MakeReader, status: int, message: str
) -> None:
    with serve(refuses(status, message), refuses(status, message), GOOD) as server:
        cube = open_cube(reader=reader_for(server))
        for session in ("a", "b"):
            cube.observe(SAID, session=session)
        report = cube.read_pending()
    forms = [asked.document.get("response_format", {}).get("type") for asked in server.asked]
    assert forms == ["json_schema", "json_object", None, None], "asked once, and remembered"
    assert report.read == 2


def test_a_request_that_does_not_fit_is_the_messages_own_trouble(
    open_cube: OpenCube, reader_for: MakeReader, waits: list[float]
) -> None:
    with serve(refuses(400, "maximum context length exceeded")) as server:
        cube = open_cube(reader=reader_for(server))
        cube.observe(SAID)
        report = cube.read_pending()
    assert (report.failed, report.stopped, report.calls, waits) == ({"refused": 1}, None, 1, [])


@pytest.mark.parametrize(
    "body",
    [b"<html>", b"{}", b'{"choices": []}', b'{"choices": [{"message": null}]}', b"\xff\xfe", b"null"],
)
def test_what_is_no_completion_is_no_answer(open_cube: OpenCube, reader_for: MakeReader, body: bytes) -> None:
    with serve(lambda handler, asked: send(handler, 200, body)) as server:
        cube = open_cube(reader=reader_for(server))
        cube.observe(SAID)
        report = cube.read_pending()
    assert (report.failed, report.derived) == ({"unreadable": 1}, ())


def test_tokens_that_no_server_counts_are_none(open_cube: OpenCube, reader_for: MakeReader) -> None:
    body = json.dumps({"choices": [{"message": {"content": '{"items": []}'}}], "usage": None}).encode()
    with serve(lambda handler, asked: send(handler, 200, body)) as server:
        cube = open_cube(reader=reader_for(server, prompt_price=1.0))
        cube.observe(SAID)
        report = cube.read_pending()
    assert (report.read, report.prompt_tokens, report.cost) == (1, 0, 0.0)


def test_the_pace_that_was_asked_for_is_kept(
    open_cube: OpenCube, reader_for: MakeReader, waits: list[float]
) -> None:
    with serve(states()) as server:
        cube = open_cube(reader=reader_for(server, calls_per_minute=2))
        for session in ("a", "b", "c"):
            cube.observe(SAID, session=session)
        cube.read_pending()
    assert len(waits) == 2
    assert all(20 < wait <= 30 for wait in waits)


def test_without_the_extra_the_error_names_it(tmp_path) -> None:  # type: ignore[no-untyped-def]  # pytest's own
    program = (
        "import sys; sys.modules['openai'] = None\n"
        "import remanence\n"
        "try:\n"
        f"    remanence.open({str(tmp_path / 'a.cube')!r}, reader=remanence.LLMReader(model='m'))\n"
        "except remanence.errors.ExtraMissing as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program.replace("import remanence\n", "import remanence, remanence.errors\n")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "pip install 'remanence[llm]'" in done.stdout
    assert not (tmp_path / "a.cube").exists()
