"""`remanence proxy` and `remanence chat` as a shell starts them."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import openai
import pytest
import upstream_server as upstream
from proxy_calls import ALLERGIC, heard, teach, user

import remanence
from command_line import in_a_process, process_environment


@contextmanager
def proxy_process(
    cube: Path, *arguments: str, **environment: str
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A proxy in a process of its own, and the base URL that it says it has."""
    command = [sys.executable, "-m", "remanence", "proxy", "--port", "0", *arguments]
    environment = process_environment(cube, **environment)
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        line = process.stderr.readline()
        assert "base URL http://127.0.0.1:" in line, line + process.stderr.read()
        yield process, line.split()[-1]
    finally:
        process.kill()
        process.communicate()


def test_a_signal_ends_it_when_all_that_was_heard_is_written(tmp_path: Path) -> None:
    ended = Event()

    def is_slow(handler: object, asked: upstream.Asked) -> None:
        upstream.begin(handler)
        upstream.piece(handler, upstream.delta(role="assistant", content="Noted"))
        ended.wait(60)
        upstream.piece(handler, upstream.delta("stop", content=".") + upstream.event("[DONE]"))
        upstream.piece(handler, b"")

    with (
        upstream.serve(is_slow) as behind,
        proxy_process(
            tmp_path / "alice.cube",
            "--upstream",
            behind.url,
            "--upstream-key",
            REMANENCE_UPSTREAM_KEY="sk-behind",
        ) as (process, url),
        openai.OpenAI(base_url=url, api_key="sk-mine", max_retries=0) as client,
    ):
        stream = client.chat.completions.create(model="m", messages=[user(ALLERGIC)], stream=True)
        words = [next(stream).choices[0].delta.content]
        process.send_signal(signal.SIGTERM)
        ended.set()
        words += [chunk.choices[0].delta.content for chunk in stream]
        assert process.wait(60) == 0
        told = process.stderr.read() if process.stderr else ""
    assert words == ["Noted", "."]
    assert heard(tmp_path) == [f"user: {ALLERGIC}", "assistant: Noted."]
    assert behind.asked[0].headers["authorization"] == "Bearer sk-behind"
    assert "sk-" not in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--upstream", "no url"], "--upstream 'no url'"),
        (["--upstream", "ftp://x/v1"], "--upstream 'ftp://x/v1'"),
        (["--upstream", "http://x/v1", "--host", "0.0.0.0"], "--keys"),
        (["--upstream", "http://x/v1", "--keys", "none.toml"], "none.toml"),
        (["--upstream", "http://x/v1", "--memory", "maybe"], "--memory 'maybe'"),
        (["--upstream", "http://x/v1", "--format", "chat"], "--format 'chat'"),
        (["--upstream", "http://x/v1", "--upstream-key"], "REMANENCE_UPSTREAM_KEY"),
    ],
)
def test_a_wrong_option_is_said_before_a_cube_is_made(
    tmp_path: Path, arguments: list[str], told: str
) -> None:
    done = in_a_process(tmp_path / "a.cube", "proxy", *arguments)
    assert done.returncode == 1
    assert told in done.stderr.decode()
    assert not (tmp_path / "a.cube").exists()


def chat(
    cube: Path, behind: upstream.UpstreamServer, lines: str, *arguments: str
) -> subprocess.CompletedProcess[bytes]:
    """A chat whose lines are piped."""
    return in_a_process(
        cube,
        "chat",
        "--model",
        "m",
        "--base-url",
        behind.url,
        *arguments,
        stdin=lines.encode(),
        REMANENCE_LLM_API_KEY="sk-mine",
        PYTHONIOENCODING="utf-8",
    )


def says(*words: str) -> upstream.Script:
    pieces = [upstream.delta(content=word) for word in words]
    return upstream.streams(*pieces, upstream.delta("stop"), upstream.event("[DONE]"))


def test_a_chat_shows_what_was_recalled_and_learnt(tmp_path: Path) -> None:
    teach(tmp_path, ALLERGIC)
    lines = "May I have peanuts?\n\n/why\nI live in Évora.\n/quit\nnever said\n"
    with upstream.serve(says("No", ", sorry."), says("A fine town \x1b[31m.")) as behind:
        done = chat(tmp_path / "alice.cube", behind, lines, "--session", "s1")
    out = done.stdout.decode()
    assert done.returncode == 0, done.stderr
    first = out.splitlines()
    assert first[0].startswith("  recalled ")
    assert first[0].endswith(ALLERGIC)
    assert "No, sorry." in first
    assert "bm25" in out, "/why names what scores are made of"
    assert any("learnt" in line and "Évora" in line for line in first)
    assert "\x1b[31m" not in out
    assert len(behind.asked) == 2
    assert ALLERGIC in behind.asked[0].memory
    assert "May I have peanuts" not in behind.asked[1].memory, "the model has it before it anyway"
    assert behind.asked[1].messages[-3:] == [
        user("May I have peanuts?"),
        {"role": "assistant", "content": "No, sorry."},
        user("I live in Évora."),
    ]
    assert heard(tmp_path)[:2] == ["user: May I have peanuts?", "assistant: No, sorry."]
    assert len(heard(tmp_path)) == 4


def test_a_chat_forgets_what_it_is_told_to(tmp_path: Path) -> None:
    with remanence.open(tmp_path / "alice.cube", owner="alice", embedder="hashing") as cube:
        item = cube.remember(ALLERGIC).id
    with upstream.serve(says("Hm.")) as behind:
        done = chat(
            tmp_path / "alice.cube", behind, f"/forget {item[:8]}\npeanuts?\n/forget zzzzzzzz\n/what\n"
        )
    assert f"forgot {item[:8]}" in done.stdout.decode()
    assert "/what is no command" in done.stdout.decode()
    assert done.returncode == 1, "one line failed"
    assert b"zzzzzzzz" in done.stderr
    assert behind.asked[0].memory == ""


def test_a_chat_over_json_survives_an_endpoint_that_fails(tmp_path: Path) -> None:
    with upstream.serve(upstream.refuses(401), says("Yes.")) as behind:
        done = chat(tmp_path / "alice.cube", behind, "lost\nkept\n", "--json")
    assert [json.loads(line)["answer"] for line in done.stdout.decode().splitlines()] == ["Yes."]
    assert done.returncode == 1
    assert b"it answered 401; nothing was remembered" in done.stderr
    assert b"sk-mine" not in done.stderr
    assert heard(tmp_path) == ["user: kept", "assistant: Yes."]
