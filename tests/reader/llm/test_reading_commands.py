"""The commands of reading, as somebody at a terminal meets them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from chat_server import item, reads, refuses, says, serve, states

from command_line import CommandLine, in_a_process

SAID = [{"role": "user", "content": "Somehow fado leaves Ana cold. I live in Lisbon."}]
GOOD = states(
    item(1, "fado leaves Ana cold", "fado leaves Ana cold"), item(1, "Ana owns a yacht", "Ana owns a yacht")
)
VARIABLES = ("REMANENCE_LLM_MODEL", "REMANENCE_LLM_BASE_URL", "REMANENCE_LLM_API_KEY")


@pytest.fixture
def rem(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line on a cube of its own, without what the environment says of models."""
    others = ("REMANENCE_CUBE", "REMANENCE_EMBEDDER", "REMANENCE_KEY", "FORCE_COLOR")
    for variable in (*others, *VARIABLES, "OPENAI_BASE_URL", "OPENAI_API_KEY"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("COLUMNS", "100")
    (tmp_path / "said.json").write_text(json.dumps(SAID), encoding="utf-8")
    return CommandLine(tmp_path / "a.cube", capsys)


def test_a_model_named_in_the_environment_reads_what_was_observed(
    rem: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve(GOOD) as server:
        monkeypatch.setenv("REMANENCE_LLM_MODEL", "m")
        monkeypatch.setenv("REMANENCE_LLM_BASE_URL", server.url)
        monkeypatch.setenv("REMANENCE_LLM_API_KEY", "sk-secret")
        rem("observe", str(tmp_path / "said.json"))
        assert "messages to read" in rem("stats").out
        assert rem("stats", "--json").json["counts"]["messages to read"] == 1
        assert server.asked == [], "observe sends nothing"
        told = rem("read", "--prompt-price", "1", "--completion-price", "2").out
    assert "read 1 messages in 1 calls: 1 items derived" in told
    assert "100 tokens sent, 10 answered, 0.0001 by the prices given" in told
    assert "dropped 1: quote not in the message" in told
    assert "yacht" not in told
    assert server.asked[0].headers["authorization"] == "Bearer sk-secret"


def test_reread_queues_and_read_answers_in_json(
    rem: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rem("observe", str(tmp_path / "said.json"))
    with serve(GOOD) as server:
        assert rem("read", "--model", "m", "--base-url", server.url, "--json").json["read"] == 0
        monkeypatch.setenv("REMANENCE_LLM_MODEL", "m")
        plan = rem("reread", "--dry-run", "--json").json
        assert (plan["messages"], len(plan["queued"])) == ([], 1)
        assert "1 messages would wait" in rem("reread", "--dry-run").out
        assert rem("reread", "--json").json["queued"] == 1
        report = rem("read", "--base-url", server.url, "--json").json
    assert (report["read"], report["calls"], report["pending"], report["cost"]) == (1, 1, 0, None)
    assert report["dropped"] == {"quote not in the message": 1}
    assert rem("show", report["derived"][0], "--json").json["method"] == "llm:m:1"


def test_parked_messages_are_listed_and_retried(rem: CommandLine, tmp_path: Path) -> None:
    rem("observe", str(tmp_path / "said.json"))
    assert "0 messages are parked" in rem("parked").out
    assert rem("parked", "--retry", "--json").json == {"parked": [], "retried": 0}


def test_an_endpoint_that_is_away_ends_with_1_and_says_what_waits(
    rem: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REMANENCE_LLM_MODEL", "m")
    rem("observe", str(tmp_path / "said.json"))
    with serve(refuses(429, headers={"Retry-After": "600"})) as server:
        told = rem("read", "--base-url", server.url, code=1).out
    assert "the endpoint was busy; what waits is kept" in told
    assert "1 messages wait, 0 are parked" in told


def test_a_wrong_key_is_one_line_without_the_key(
    rem: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REMANENCE_LLM_MODEL", "m")
    monkeypatch.setenv("REMANENCE_LLM_API_KEY", "sk-secret")
    rem("observe", str(tmp_path / "said.json"))
    with serve(refuses(401, "Incorrect API key provided: sk-secret")) as server:
        told = rem.refuses("read", "--base-url", server.url)
    assert "REMANENCE_LLM_API_KEY" in told
    assert "sk-secret" not in told


def test_without_a_model_read_says_how_to_name_one(rem: CommandLine, tmp_path: Path) -> None:
    rem("observe", str(tmp_path / "said.json"))
    assert "REMANENCE_LLM_MODEL" in rem.refuses("read")
    assert "limit 0" in rem.refuses("read", "--model", "m", "--limit", "0")


def test_an_empty_queue_is_seen_without_loading_the_client(rem: CommandLine, tmp_path: Path) -> None:
    rem("observe", str(tmp_path / "said.json"))
    program = (
        "import sys, remanence\n"
        "reader = remanence.LLMReader(model='m')\n"
        f"with remanence.open({str(rem.cube)!r}, embedder=None, reader=reader) as cube:\n"
        "    print(cube.read_pending().calls, 'openai' in sys.modules, 'pydantic' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "False", "False"]


def test_two_processes_hand_the_queue_on(rem: CommandLine, tmp_path: Path) -> None:
    with serve(
        reads(lambda line: [item(line["n"], "fado leaves Ana cold", "fado leaves Ana cold")]), says("{}")
    ) as server:
        environment = {"REMANENCE_LLM_MODEL": "m", "REMANENCE_LLM_BASE_URL": server.url}
        observed = in_a_process(rem.cube, "observe", str(tmp_path / "said.json"), **environment)
        assert observed.returncode == 0, observed.stderr
        done = in_a_process(rem.cube, "read", "--json", **environment)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["read"] == 1
