"""The Responses protocol through the proxy, with the real client."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import upstream_server as upstream
from proxy_calls import ALLERGIC, heard, teach
from proxy_running import running

TALK = "The weather in Porto is what it was: rain, and more of it."


def response(name: str, *output: dict[str, Any], status: str = "completed") -> dict[str, Any]:
    """A response with these items of output."""
    return {
        "id": name,
        "object": "response",
        "created_at": 1,
        "status": status,
        "model": "m",
        "output": list(output),
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
    }


def spoken(text: str) -> dict[str, Any]:
    """An item of output that is a message."""
    part = {"type": "output_text", "text": text, "annotations": []}
    return {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [part]}


def test_memory_goes_into_the_instructions_and_both_sides_are_heard(tmp_path: Path) -> None:
    teach(tmp_path, ALLERGIC)
    with (
        upstream.serve(upstream.answers(response("resp_1", spoken("No peanuts.")))) as behind,
        running(behind.url, folder=tmp_path) as proxy,
    ):
        client = proxy.client(X_Remanence_User="alice")
        plain = client.responses.create(model="m", input="May I have peanuts?")
        client.responses.create(
            model="m",
            instructions='Be "brief"',
            input=[
                {
                    "role": "user",
                    "content": [
                        {"type": "input_text", "text": "And peanut butter?"},
                        {
                            "type": "input_image",
                            "detail": "auto",
                            "image_url": "data:image/png;base64,AA==",
                        },
                    ],
                }
            ],
        )
    assert plain.output_text == "No peanuts."
    first, second = (asked.document for asked in behind.asked)
    assert ALLERGIC in first["instructions"]
    assert second["instructions"].startswith('Be "brief"\n\nWhat stands in the memory block')
    assert second["input"][0]["content"][1]["image_url"] == "data:image/png;base64,AA=="
    assert heard(tmp_path) == [
        "user: May I have peanuts?",
        "assistant: No peanuts.",
        "user: And peanut butter?\n[image]",
        "assistant: No peanuts.",
    ]


def test_what_follows_a_response_belongs_to_its_conversation(tmp_path: Path) -> None:
    answers = [upstream.answers(response(f"resp_{number}", spoken(TALK))) for number in (1, 2, 3)]
    with upstream.serve(*answers) as behind, running(behind.url, folder=tmp_path) as proxy:
        client = proxy.client(X_Remanence_User="alice").responses.with_raw_response
        first = client.create(model="m", input="Weather?")
        second = client.create(model="m", input="And now?", previous_response_id="resp_1")
        third = client.create(model="m", input="And now?", conversation="conv_7")
    sessions = [raw.headers["x-remanence-session"] for raw in (first, second, third)]
    assert sessions[0] == sessions[1] != sessions[2]
    questions = ("Weather?", "And now?", "And now?")
    assert heard(tmp_path) == [line for one in questions for line in (f"user: {one}", f"assistant: {TALK}")]


def test_a_streamed_response_is_heard_from_its_last_event(tmp_path: Path) -> None:
    call = {"type": "function_call", "call_id": "c1", "name": "weather", "arguments": '{"city":"Évora"}'}
    reasoning = {"type": "reasoning", "id": "rs_1", "summary": []}
    whole = response("resp_1", reasoning, spoken("Let me look."), {**call, "id": "fc_1"})
    pieces = (
        upstream.event({"type": "response.created", "response": response("resp_1", status="in_progress")}),
        upstream.event({"type": "response.output_text.delta", "delta": "Let me", "item_id": "msg_1"}),
        upstream.event({"type": "response.completed", "response": whole}),
    )
    result = {"type": "function_call_output", "call_id": "c1", "output": "rain"}
    with (
        upstream.serve(upstream.streams(*pieces), upstream.answers(response("r2", spoken(TALK)))) as behind,
        running(behind.url, folder=tmp_path) as proxy,
    ):
        client = proxy.client(X_Remanence_User="alice")
        stream = client.responses.create(model="m", input="Weather in Évora?", stream=True)
        assert [event.type for event in stream][-1] == "response.completed"
        client.responses.create(model="m", previous_response_id="resp_1", input=[result])
    assert heard(tmp_path) == [
        "user: Weather in Évora?",
        "assistant: Let me look.",
        'assistant: [calls weather({"city":"Évora"})]',
        "tool: rain",
        f"assistant: {TALK}",
    ]


def test_a_response_that_failed_leaves_what_was_asked(tmp_path: Path) -> None:
    with (
        upstream.serve(upstream.answers(response("r", status="failed"))) as behind,
        running(behind.url, folder=tmp_path) as proxy,
    ):
        proxy.client(X_Remanence_User="alice").responses.create(model="m", input="Weather?")
    assert heard(tmp_path) == ["user: Weather?"]
