"""Chat completions through the proxy, with the real client: what goes up, what comes back, what stays."""

from __future__ import annotations

from pathlib import Path

import upstream_server as upstream
from proxy_running import running

import remanence


def test_what_is_said_in_one_conversation_is_known_in_the_next(tmp_path: Path) -> None:
    with upstream.serve(upstream.says("Noted."), upstream.says("Without peanuts.")) as behind:
        with running(behind.url, folder=tmp_path) as proxy:
            client = proxy.client(X_Remanence_User="alice")
            said = [{"role": "user", "content": "I am allergic to peanuts"}]
            first = client.chat.completions.create(model="m", messages=said)  # type: ignore[call-overload]
        assert first.choices[0].message.content == "Noted."
        with running(behind.url, folder=tmp_path) as proxy:
            client = proxy.client(X_Remanence_User="alice")
            asked = [{"role": "user", "content": "What about peanuts for dinner?"}]
            raw = client.chat.completions.with_raw_response.create(model="m", messages=asked)  # type: ignore[call-overload]
        assert raw.parse().choices[0].message.content == "Without peanuts."
        assert "I am allergic to peanuts" in behind.asked[1].memory
        with remanence.open(tmp_path / "alice.cube", embedder="hashing") as cube:
            told = {item: cube.show(item) for item in raw.headers["x-remanence-items"].split(",")}
            texts = [hit.item.content for hit in cube.recall("peanuts", k=50)]
            assert cube.owner == "alice"
        assert "I am allergic to peanuts" in [item.content for item in told.values()]
        assert {"What about peanuts for dinner?", "Without peanuts."} <= set(texts)
        assert not [text for text in texts if "<memory>" in text]
