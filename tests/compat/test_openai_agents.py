"""The OpenAI Agents SDK's session over a session of a cube; where the SDK is installed, it runs an agent."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

import remanence
from opening import OpenCube
from remanence.compat.openai_agents import RemanenceSession
from remanence.errors import InvalidInput

ITEMS = [
    {"role": "user", "content": "I live in Porto"},
    {"type": "function_call", "call_id": "c1", "name": "weather", "arguments": '{"city": "Porto"}'},
    {"type": "function_call_output", "call_id": "c1", "output": "sunny"},
    {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "status": "completed",
        "content": [{"type": "output_text", "text": "Sunny! お元気で", "annotations": []}],
    },
    {"role": "user", "content": [{"type": "input_text", "text": "a"}, {"type": "input_text", "text": "b"}]},
    {"role": "user", "content": "yes"},
    {"role": "user", "content": "yes"},
]


def test_items_come_back_as_they_were_also_after_reopening(tmp_path: Path) -> None:
    async def main() -> None:
        session = RemanenceSession("s1", tmp_path / "a.cube", embedder="hashing")
        assert await session.get_items() == []
        assert await session.pop_item() is None
        await session.add_items(ITEMS[:2])
        await session.add_items(ITEMS[2:])
        await session.add_items([])
        assert await session.get_items() == ITEMS
        session.close()
        session = RemanenceSession("s1", tmp_path / "a.cube")
        assert await session.get_items() == ITEMS
        assert await session.get_items(limit=2) == ITEMS[-2:]
        assert await session.get_items(limit=0) == []
        assert await session.pop_item() == ITEMS[-1]
        assert await session.pop_item() == ITEMS[-2]
        await session.add_items(ITEMS[:1])
        assert await session.get_items() == [*ITEMS[:5], ITEMS[0]]
        await session.clear_session()
        assert await session.get_items() == []
        session.close()

    asyncio.run(main())
    assert b"Porto" not in (tmp_path / "a.cube").read_bytes()


def test_what_was_said_is_remembered_and_sessions_are_apart(open_cube: OpenCube) -> None:
    async def main(cube: remanence.Cube) -> None:
        one, other = RemanenceSession("s1", cube), RemanenceSession("s2", cube)
        await asyncio.gather(
            one.add_items(ITEMS), other.add_items([{"role": "user", "content": "I love tea"}])
        )
        await one.clear_session()
        assert await other.get_items() == [{"role": "user", "content": "I love tea"}]
        assert cube.recall("tea", kinds=["preference"])[0].item.content == "Alice loves tea"

    asyncio.run(main(open_cube(reader="rules")))


@pytest.mark.parametrize("items", [["text"], [None], [{"role": "user", "content": object()}]])
def test_wrong_items_are_refused_and_nothing_is_kept(open_cube: OpenCube, items: list[object]) -> None:
    async def main() -> None:
        session = RemanenceSession("s1", open_cube())
        with pytest.raises(InvalidInput):
            await session.add_items([{"role": "user", "content": "fine"}, *items])
        assert await session.get_items() == []

    asyncio.run(main())


def test_the_sdk_runs_an_agent_that_knows_what_was_said_before(open_cube: OpenCube) -> None:
    agents = pytest.importorskip("agents", reason="openai-agents is not installed")
    from agents.items import ModelResponse
    from agents.memory import Session, SessionSettings
    from openai.types.responses import ResponseOutputMessage, ResponseOutputText

    class Counting(agents.Model):
        """Answers with how many items it was shown."""

        async def get_response(self, system_instructions, input, *args, **kwargs):  # noqa: A002  (the SDK's name)
            text = ResponseOutputText(annotations=[], text=f"{len(input)} items", type="output_text")
            message = ResponseOutputMessage(
                id="m", content=[text], role="assistant", status="completed", type="message"
            )
            return ModelResponse(output=[message], usage=agents.Usage(), response_id=None)

        def stream_response(self, *args, **kwargs):
            raise NotImplementedError

    async def main() -> list[str]:
        agents.set_tracing_disabled(True)
        session = RemanenceSession("s1", open_cube(), session_settings=SessionSettings(limit=50))
        assert isinstance(session, Session)
        agent = agents.Agent(name="counter", model=Counting())
        return [
            (await agents.Runner.run(agent, text, session=session)).final_output
            for text in ("one", "two", "three")
        ]

    assert asyncio.run(main()) == ["1 items", "3 items", "5 items"]
