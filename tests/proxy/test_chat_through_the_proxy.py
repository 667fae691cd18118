"""Chat completions through the proxy, with the real client: what goes up, what comes back, what stays."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Event

import openai
import pytest
import upstream_server as upstream
from proxy_calls import ALLERGIC, ask, heard, post, teach, user
from proxy_running import running

import remanence
from remanence.faces.memory_block import preface


def test_what_is_said_in_one_conversation_is_known_in_the_next(tmp_path: Path) -> None:
    with upstream.serve(upstream.says("Noted."), upstream.says("Without peanuts.")) as behind:
        with running(behind.url, folder=tmp_path) as proxy:
            assert ask(proxy, user(ALLERGIC)).parse().choices[0].message.content == "Noted."
        with running(behind.url, folder=tmp_path) as proxy:
            raw = ask(proxy, user("What about peanuts for dinner?"))
    assert raw.parse().choices[0].message.content == "Without peanuts."
    assert behind.asked[0].memory == ""
    assert ALLERGIC in behind.asked[1].memory
    with remanence.open(tmp_path / "alice.cube", embedder="hashing") as cube:
        assert cube.owner == "alice"
        told = [cube.show(item).content for item in raw.headers["x-remanence-items"].split(",")]
    assert ALLERGIC in told
    assert "x-remanence-error" not in raw.headers
    assert heard(tmp_path) == [
        f"user: {ALLERGIC}",
        "assistant: Noted.",
        "user: What about peanuts for dinner?",
        "assistant: Without peanuts.",
    ]


def test_a_growing_list_is_heard_once(tmp_path: Path) -> None:
    system = {"role": "system", "content": "You are brief. It is 12:00."}
    with (
        upstream.serve(upstream.says("Hello."), upstream.says("Fine.")) as behind,
        running(behind.url, folder=tmp_path) as proxy,
    ):
        first = ask(proxy, system, user("Hi there"))
        later = {"role": "system", "content": "You are brief. It is 12:01."}
        answer = {"role": "assistant", "content": "Hello."}
        second = ask(proxy, later, user("Hi there"), answer, user("How are you?"))
    assert first.headers["x-remanence-session"] == second.headers["x-remanence-session"]
    assert heard(tmp_path) == [
        "user: Hi there",
        "assistant: Hello.",
        "user: How are you?",
        "assistant: Fine.",
    ]


def test_what_the_request_holds_is_not_put_in_beside_it(tmp_path: Path) -> None:
    teach(tmp_path, ALLERGIC)
    said = [user("We have peanuts and bread"), {"role": "assistant", "content": "Then bread."}]
    with (
        upstream.serve(upstream.says("Then bread."), upstream.says("No peanuts.")) as behind,
        running(behind.url, folder=tmp_path) as proxy,
    ):
        ask(proxy, said[0])
    with (
        upstream.serve(upstream.says("No peanuts.")) as behind,
        running(behind.url, folder=tmp_path) as proxy,  # another process: nothing is known but the cube
    ):
        ask(proxy, *said, user("And what of the peanuts?"))
        ask(proxy, user("What of the bread?"))
    within, apart = (asked.memory for asked in behind.asked)
    assert ALLERGIC in within
    assert "bread" not in within
    assert "peanuts and bread" in apart, "another conversation is told of this one"


def test_an_answer_that_repeats_the_memory_bears_nothing_out(tmp_path: Path) -> None:
    told = "I prefer tabs for indentation."
    with remanence.open(tmp_path / "alice.cube", owner="alice", embedder="hashing") as cube:
        cube.observe([{"role": "assistant", "content": told}], session="before")
        (known,) = [hit.item for hit in cube.recall("tabs", kinds=["preference"])]
    with upstream.serve(upstream.says(told)) as behind, running(behind.url, folder=tmp_path) as proxy:
        ask(proxy, user("Do you prefer tabs or spaces for indentation?"))
        ask(proxy, user("Nothing of that, now"), headers={"X-Remanence-Memory": "write"})
    with remanence.open(tmp_path / "alice.cube", embedder="hashing") as cube:
        after = cube.show(known.id)
        _, echo, witness = after.revision.provenance.sources
    assert (echo.echo, witness.echo) == (True, False), "only who was shown nothing is a witness"
    assert after.revision.content.belief == known.revision.content.belief.corroborated()


def test_a_session_that_is_named_is_the_session(tmp_path: Path) -> None:
    with upstream.serve(upstream.says("Hello.")) as behind, running(behind.url, folder=tmp_path) as proxy:
        raw = ask(proxy, user("Hi there"), headers={"X-Remanence-Session": "%C3%89vora trip"})
    assert raw.headers["x-remanence-session"] == "%C3%89vora trip"
    with remanence.open(tmp_path / "alice.cube", embedder="hashing") as cube:
        assert {hit.item.session for hit in cube.recall("Hi there")} == {"Évora trip"}


def test_a_window_that_lost_its_beginning_goes_on_with_its_conversation(tmp_path: Path) -> None:
    long = "The train to Porto leaves at nine from the second platform."
    with (
        upstream.serve(upstream.says("Hello."), upstream.says(long), upstream.says("Yes.")) as behind,
        running(behind.url, folder=tmp_path) as proxy,
    ):
        talk = [user("Hi there"), {"role": "assistant", "content": "Hello."}, user("When is the train?")]
        first = ask(proxy, talk[0])
        ask(proxy, *talk)
        window = [talk[2], {"role": "assistant", "content": long}, user("Are you sure?")]
        third = ask(proxy, *window)
    assert third.headers["x-remanence-session"] == first.headers["x-remanence-session"]
    assert heard(tmp_path)[-2:] == ["user: Are you sure?", "assistant: Yes."]
    assert len(heard(tmp_path)) == 6


def test_the_block_ends_the_instructions_and_no_other_byte_changes(tmp_path: Path) -> None:
    teach(tmp_path, ALLERGIC)
    image = "data:image/png;base64," + "iVBORw0KGgo" * 50_000
    body = (
        '{ "model" : "m", "temperature": 0.50, "x_unknown": {"n": 12345678901234567890123, "e": "\\u00e9"},\n'
        '  "messages": [ {"role":"developer","content":"Be brief"} , {"role": "user", "content": ['
        f'{{"type":"image_url","image_url":{{"url":"{image}"}}}},'
        '{"type":"text","text":"peanuts? \\ud83e\\udd5c naïve 花生"}] } ] }'
    ).encode()
    with upstream.serve(upstream.says("No.")) as behind, running(behind.url, folder=tmp_path) as proxy:
        headers = {"Content-Type": "application/json", "X-Remanence-User": "alice"}
        status, _, _ = post(proxy, "/v1/chat/completions", body, headers)
    assert status == 200
    sent = behind.asked[0]
    instructions, _ = sent.messages
    block = instructions["content"].removeprefix("Be brief")
    assert instructions["role"] == "developer"
    assert block.startswith(f"\n\n{preface()}")
    assert ALLERGIC in block
    assert sent.body.replace(json.dumps(block)[1:-1].encode(), b"", 1) == body
    assert [text for text in heard(tmp_path) if text.startswith("user")] == [
        "user: [image]\npeanuts? 🥜 naïve 花生"
    ]


def test_what_is_frozen_comes_first_and_alike_for_every_question(tmp_path: Path) -> None:
    places = [
        f"{what} number {n}" for n in range(20) for what in ("I was at the sea", "The dentist has room")
    ]
    teach(tmp_path, ALLERGIC, *places)
    with remanence.open(tmp_path / "alice.cube", embedder="hashing") as cube:
        cube.freeze(cube.recall("peanuts", k=1)[0].item.id)
    with upstream.serve(upstream.says("Hm.")) as behind, running(behind.url, folder=tmp_path) as proxy:
        for question in ("Where is the dentist?", "When was I at the sea?"):
            ask(proxy, user(question), headers={"X-Remanence-Memory": "read", "X-Remanence-Budget": "200"})
    first, second = (asked.memory for asked in behind.asked)
    stable = first[: first.index(ALLERGIC) + len(ALLERGIC)]
    assert second.startswith(stable)
    assert first != second


def test_the_first_token_arrives_before_the_upstream_has_ended(tmp_path: Path) -> None:
    arrived = Event()

    def waits_for_the_reader(handler: BaseHTTPRequestHandler, asked: upstream.Asked) -> None:
        upstream.begin(handler)
        upstream.piece(handler, upstream.delta(role="assistant", content="With"))
        assert arrived.wait(60), "the first token was held back"
        upstream.piece(handler, upstream.delta(content="out pea") + upstream.delta(content="nuts."))
        upstream.piece(handler, upstream.delta("stop") + upstream.event("[DONE]"))
        upstream.piece(handler, b"")

    teach(tmp_path, ALLERGIC)
    with upstream.serve(waits_for_the_reader) as behind, running(behind.url, folder=tmp_path) as proxy:
        stream = proxy.client(X_Remanence_User="alice").chat.completions.create(
            model="m",
            messages=[user("May I have peanuts?")],
            stream=True,
        )
        pieces = []
        for chunk in stream:
            pieces.append(chunk.choices[0].delta.content)
            arrived.set()
        assert stream.response.headers["x-remanence-items"]
    assert pieces == ["With", "out pea", "nuts.", None]
    assert heard(tmp_path) == ["user: May I have peanuts?", "assistant: Without peanuts."]


def test_tool_calls_go_through_and_are_heard_with_their_results(tmp_path: Path) -> None:
    function = {"name": "weather", "arguments": '{"city": "Porto"}'}
    call = {"id": "call_1", "type": "function", "function": function}
    tools = [{"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}]
    with (
        upstream.serve(upstream.says("", tool_calls=[call]), upstream.says("It rains.")) as behind,
        running(behind.url, folder=tmp_path) as proxy,
    ):
        first = ask(proxy, user("Weather in Porto?"), tools=tools).parse().choices[0].message
        assert first.tool_calls[0].function.arguments == '{"city": "Porto"}'
        result = {"role": "tool", "tool_call_id": "call_1", "content": "rain, 12 degrees"}
        said = first.model_dump(exclude_none=True)
        ask(proxy, user("Weather in Porto?"), said, result, tools=tools)
    assert behind.asked[1].document["tools"] == tools
    assert heard(tmp_path) == [
        "user: Weather in Porto?",
        'assistant: [calls weather({"city": "Porto"})]',
        "tool: rain, 12 degrees",
        "assistant: It rains.",
    ]


def test_streamed_tool_calls_are_put_together_as_the_caller_puts_them(tmp_path: Path) -> None:
    def part(**change: object) -> bytes:
        return upstream.delta(tool_calls=[{"index": 0, **change}])

    pieces = (
        part(id="call_1", type="function", function={"name": "weather", "arguments": ""}),
        part(function={"arguments": '{"city":'}),
        part(function={"arguments": ' "Évora"}'}),
        upstream.delta("tool_calls"),
        upstream.event("[DONE]"),
    )
    with upstream.serve(upstream.streams(*pieces)) as behind, running(behind.url, folder=tmp_path) as proxy:
        client = proxy.client(X_Remanence_User="alice")
        with client.chat.completions.stream(model="m", messages=[user("Weather in Évora?")]) as stream:
            message = stream.get_final_completion().choices[0].message
    assert message.tool_calls is not None
    assert message.tool_calls[0].function.arguments == '{"city": "Évora"}'
    assert heard(tmp_path)[1] == 'assistant: [calls weather({"city": "Évora"})]'


def test_each_user_has_a_memory_of_their_own(tmp_path: Path) -> None:
    names = ["alice", "bob", "../alice", "ALICE", "Ана", "con", "a/b"]
    with upstream.serve(upstream.says("Noted.")) as behind:
        with running(behind.url, folder=tmp_path / "users") as proxy:
            client = proxy.client()
            for name in names:
                client.chat.completions.create(
                    model="m", messages=[user(f"The secret of {name} is a rose")], user=name
                )
            proxy.end()
        with running(behind.url, folder=tmp_path / "users") as proxy:
            client = proxy.client()
            for name in names:
                client.chat.completions.create(model="m", messages=[user("What is the secret?")], user=name)
    for name, asked in zip(names, behind.asked[len(names) :], strict=True):
        assert f"The secret of {name} is" in asked.memory
        assert not [other for other in names if other != name and f"of {other} is" in asked.memory]
    assert len(list((tmp_path / "users").glob("*.cube"))) == len(names)
    assert [one.name for one in tmp_path.iterdir()] == ["users"]


def test_many_calls_at_once_are_all_heard_in_their_order(tmp_path: Path) -> None:
    names, turns = ["ana", "ben", "eva"], 8
    with upstream.serve(upstream.says("Noted.")) as behind, running(behind.url, folder=tmp_path) as proxy:
        client = proxy.client()

        def talk(name: str) -> None:
            said: list[dict[str, object]] = []
            for number in range(turns):
                said.append(user(f"{name} counts {number}"))
                client.chat.completions.create(model="m", messages=said, user=name)
                said.append({"role": "assistant", "content": "Noted."})

        with ThreadPoolExecutor(len(names)) as pool:
            list(pool.map(talk, names))
    for name in names:
        lines = [(f"user: {name} counts {number}", "assistant: Noted.") for number in range(turns)]
        assert heard(tmp_path, name) == [line for pair in lines for line in pair]


def test_a_call_without_a_user_has_no_memory_and_says_so(tmp_path: Path) -> None:
    with upstream.serve(upstream.says("Hi.")) as behind, running(behind.url, folder=tmp_path) as proxy:
        raw = proxy.client().chat.completions.with_raw_response.create(model="m", messages=[user("Hello")])
    assert raw.parse().choices[0].message.content == "Hi."
    assert "NoUser" in raw.headers["x-remanence-error"]
    assert list(tmp_path.iterdir()) == []


def test_one_cube_for_all_knows_who_said_what(tmp_path: Path) -> None:
    with (
        upstream.serve(upstream.says("Noted.")) as behind,
        running(behind.url, cube=tmp_path / "family.cube") as proxy,
    ):
        client = proxy.client()
        client.chat.completions.create(model="m", messages=[user("I sleep until noon")], user="Ben")
        client.chat.completions.create(model="m", messages=[user("I like the sea")])
    with remanence.open(tmp_path / "family.cube", embedder="hashing") as cube:
        said = {
            hit.item.content: hit.item.author for hit in cube.recall("sleep sea like", kinds=["utterance"])
        }
    assert said["I sleep until noon"] == "Ben"
    assert said["I like the sea"] == "user"


def test_each_request_says_whether_it_reads_and_writes(tmp_path: Path) -> None:
    teach(tmp_path, ALLERGIC)
    with upstream.serve(upstream.says("Aha.")) as behind, running(behind.url, folder=tmp_path) as proxy:
        for mode in ("off", "read", "write", "on"):
            raw = ask(proxy, user(f"peanuts {mode}?"), headers={"X-Remanence-Memory": mode})
            assert ("x-remanence-items" in raw.headers) == (mode in ("read", "on"))
    assert [bool(asked.memory) for asked in behind.asked] == [False, True, False, True]
    assert [text for text in heard(tmp_path) if "user" in text] == [
        "user: peanuts write?",
        "user: peanuts on?",
    ]
    assert not [name for asked in behind.asked for name in asked.headers if name.startswith("x-remanence")]


def test_the_budget_bounds_the_block_and_the_format_is_a_choice(tmp_path: Path) -> None:
    teach(tmp_path, *(f"{ALLERGIC}, and to nut number {number}" for number in range(40)))
    with upstream.serve(upstream.says("Aha.")) as behind, running(behind.url, folder=tmp_path) as proxy:
        for budget, form in ((100, "text"), (1000, "text"), (300, "xml"), (300, "json")):
            more = {
                "X-Remanence-Budget": str(budget),
                "X-Remanence-Format": form,
                "X-Remanence-Memory": "read",
            }
            ask(proxy, user("peanuts?"), headers=more)
    small, large, xml, as_json = (asked.messages[0]["content"] for asked in behind.asked)
    assert 0 < small.count(ALLERGIC) < 8 < large.count(ALLERGIC)
    assert "<item id=" in xml
    assert json.loads(as_json.removeprefix(preface()))["memory"]


def test_a_list_too_long_for_a_header_ends_at_a_whole_id_and_says_where_the_rest_is(tmp_path: Path) -> None:
    teach(tmp_path, *(f"{ALLERGIC}, and to nut number {number}" for number in range(220)))
    more = {"X-Remanence-Budget": "20000", "X-Remanence-Memory": "read"}
    with upstream.serve(upstream.says("Aha.")) as behind, running(behind.url, folder=tmp_path) as proxy:
        headers = ask(proxy, user("peanuts and nuts?"), headers=more).headers
        listed = headers["x-remanence-items"].split(",")
        client = proxy.client()
        every = client.get(headers["x-remanence-items-all"], cast_to=dict[str, list[str]])["data"]
        with pytest.raises(openai.NotFoundError) as caught:
            client.get("/remanence/items/guessed", cast_to=object)
        short = ask(proxy, user("peanuts?"), headers={**more, "X-Remanence-Budget": "200"}).headers
    assert caught.value.code == "no_such_list"
    assert len(headers["x-remanence-items"]) <= 4_000
    assert listed == every[: len(listed)]
    assert len(listed) < len(every) == int(headers["x-remanence-items-count"])
    assert behind.asked[0].memory.count(ALLERGIC) == len(every)
    with remanence.open(tmp_path / "alice.cube", embedder="hashing") as cube:
        assert all(cube.show(item).content.startswith(ALLERGIC) for item in every)
    assert len(short["x-remanence-items"].split(",")) == int(short["x-remanence-items-count"])
    assert "x-remanence-items-all" not in short
    assert len(behind.asked) == 2, "the list was not asked of the upstream"
