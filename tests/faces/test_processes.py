"""The command as a process of its own: pipes, standard input, terminals, signals, exit codes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import remanence
from command_line import in_a_process, process_environment

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX terminals and signals")
PATIENCE_S = 60.0


def test_both_ways_to_start_it_are_one(tmp_path: Path) -> None:
    cube = tmp_path / "a.cube"
    assert in_a_process(cube, "--version").stdout.decode() == f"remanence {remanence.__version__}{os.linesep}"
    assert in_a_process(cube).returncode == 0
    assert b"Commands:" in in_a_process(cube).stdout
    assert in_a_process(cube, "frobnicate").returncode == 2
    assert in_a_process(cube, "stats").returncode == 1


def test_messages_and_texts_come_through_a_pipe(tmp_path: Path) -> None:
    cube = tmp_path / "a.cube"
    lines = b'{"role": "user", "content": "I like tea"}\n{"role": "assistant", "content": "Noted"}\n'
    done = in_a_process(cube, "observe", "-", "--json", stdin=lines)
    assert len(json.loads(done.stdout)["added"]) == 2
    done = in_a_process(cube, "remember", "-", "--json", stdin="ein Text über drei\nZeilen ☕\n".encode())
    assert json.loads(done.stdout)["content"] == "ein Text über drei\nZeilen ☕"
    assert in_a_process(cube, "remember", "-", stdin=b"").returncode == 1
    refused = in_a_process(cube, "observe", "-", stdin=b"\xff no json")
    assert refused.returncode == 1
    assert refused.stderr.startswith(b"remanence: line 1")


def test_text_that_the_terminal_cannot_show_is_escaped(tmp_path: Path) -> None:
    cube = tmp_path / "a.cube"
    done = in_a_process(cube, "remember", "tea ☕", PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert b"tea \\u2615" in done.stdout


def test_no_colour_and_no_trailing_blank_where_there_is_no_terminal(tmp_path: Path) -> None:
    cube = tmp_path / "a.cube"
    long_text = "a very long line " * 20
    in_a_process(cube, "remember", long_text)
    for command in (["recall", "line"], ["journal"], ["stats"]):
        told = in_a_process(cube, *command).stdout.decode()
        assert "\x1b" not in told
        assert all(line == line.rstrip() for line in told.splitlines())
    assert long_text.strip() in in_a_process(cube, "recall", "line").stdout.decode(), "no line is broken"


@POSIX
def test_a_reader_that_leaves_early_is_no_error_to_be_told(tmp_path: Path) -> None:
    cube = tmp_path / "a.cube"
    in_a_process(cube, "remember", "tea")
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "remanence", "journal"]
    done = subprocess.run(
        command, stdout=writing, stderr=subprocess.PIPE, env=process_environment(cube), check=False
    )
    os.close(writing)
    assert done.stderr == b""
    assert done.returncode == 1


@POSIX
def test_an_interrupt_ends_with_130_and_without_a_traceback(tmp_path: Path) -> None:
    cube = tmp_path / "a.cube"
    command = [sys.executable, "-m", "remanence", "observe", "-"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=process_environment(cube)
    ) as process:
        deadline = time.monotonic() + PATIENCE_S
        while not cube.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.2)  # the cube is there a moment before standard input is read
        process.send_signal(signal.SIGINT)
        _, told = process.communicate()
    assert process.returncode == 130
    assert b"Traceback" not in told


@POSIX
@pytest.mark.parametrize(("answer", "state", "code"), [(b"n\n", "active", 1), (b"y\n", "erased", 0)])
def test_on_a_terminal_an_erasure_asks_first(tmp_path: Path, answer: bytes, state: str, code: int) -> None:
    import pty

    cube = tmp_path / "a.cube"
    item_id = json.loads(in_a_process(cube, "remember", "secret tea", "--json").stdout)["id"]
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "remanence", "forget", item_id, "--erase"]
    with subprocess.Popen(
        command, stdin=theirs, stdout=subprocess.DEVNULL, stderr=theirs, env=process_environment(cube)
    ) as process:
        os.close(theirs)
        asked = b""
        while b"[y/N]" not in asked:
            asked += os.read(ours, 1024)
        os.write(ours, answer)
        assert process.wait(timeout=PATIENCE_S) == code
    os.close(ours)
    assert b"secret tea" in asked
    assert json.loads(in_a_process(cube, "show", item_id, "--json").stdout)["state"] == state


@POSIX
def test_a_terminal_gets_colours_unless_it_wants_none(tmp_path: Path) -> None:
    import pty

    cube = tmp_path / "a.cube"
    in_a_process(cube, "remember", "tea")

    def told(**environment: str) -> bytes:
        ours, theirs = pty.openpty()
        command = [sys.executable, "-m", "remanence", "recall", "tea"]
        env = process_environment(cube, TERM="xterm-256color", **environment)
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=theirs, env=env) as process:
            os.close(theirs)
            told = b""
            while b"tea" not in told.rpartition(b"fact")[0]:
                told += os.read(ours, 4096)
            process.wait(timeout=PATIENCE_S)
        os.close(ours)
        return told

    assert b"\x1b[33m" in told()
    assert b"\x1b[33m" not in told(NO_COLOR="1")
