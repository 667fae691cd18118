"""Makes the cube of the present format that tests/cube/test_old_formats.py opens for ever.

Run once for each format that is released, never again for one that was: python tests/data/make_cube.py
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import remanence
from remanence.storage.sqlite.migrate import newest_version
from ticking import TickingClock

FOLDER = Path(__file__).parent


def make(path: Path) -> None:
    """A cube in which each table has rows."""
    with remanence.open(
        path, owner="Alice", time_zone="Europe/Lisbon", embedder="hashing", clock=TickingClock(seed=1)
    ) as cube:
        cube.observe(
            [
                {"role": "user", "content": "I moved to Porto last May and I love green tea", "id": "m1"},
                {
                    "role": "assistant",
                    "content": "Noted: Porto, green tea",
                    "timestamp": "2026-03-02T09:00:00Z",
                },
                {"role": "user", "content": "half a pair \ud83d and NUL \0", "note": {"n": [1, None]}},
            ],
            session="first",
        )
        fact = cube.remember(
            "Alice is allergic to peanuts",
            tags=["health"],
            metadata={"from": "a letter"},
            because="she said so",
        )
        cube.revise(fact.id, "Alice outgrew her peanut allergy", valid_from="2026-09-01", because="clinic")
        cube.used(fact.id, because="it answered")
        cube.remember("a parking permit", expires="2999-01-01")
        cube.freeze(cube.remember("a frozen memory").id)
        cube.forget(cube.remember("a retired memory").id)
        cube.remember("an undone memory")
        cube.undo(cube.journal(limit=1)[0].sequence)
        cube.forget(cube.remember("an erased memory").id, erase=True, because="Alice asked")
        health = cube.unit("Alice's health", description="what a cook must know", rule={"tag": "health"})
        health.add(fact, role="allergy").annotate(annotations={"n": [1, None]}).tag("before the clinic")
        health.link("about", cube.unit("Porto", kind="context")).rename("health")
        cube.link(fact, "see_also", "Porto")
        cube.remember("Alice lives in Porto", slot=("Alice", "home", "Porto"), derived_from=[fact.id])
        rumour = ("Alice", "home", "Lisbon")
        cube.remember("Alice lives in Lisbon", slot=rumour, trust="agent", author="assistant")
        cube.ingest(b"# Letter\n\nThe boat is blue.\n", name="letter.md", dated="2025-01-01")
        cube.resolve(cube.conflicts()[0].claims[-1].item_id, because="she said so")
        cube.observe([{"role": "user", "content": "I told Beatriz about it. Later I told Bia in town."}])
        cube.merge_entities("Beatriz", "Bia", because="she goes by Bia")
        cube.annotate_entity("Bia", kind="thing", name="Bee")
        told = cube.context("what must I avoid?")
        said = {"role": "assistant", "content": "You live in Porto, as you said."}
        cube.observe([said], session="echo", shown=told)
        promised = cube.promise("send the report", to="Beatriz", due="2026-12-01")
        cube.assess_promise(promised.id, "kept", evidence=[fact.id])
        cube.act("send_mail", arguments={"to": "Beatriz"}, result="sent")
    waiting = remanence.LLMReader(model="none", base_url="http://127.0.0.1:9/v1", api_key="none")
    with remanence.open(path, embedder="hashing", reader=waiting, clock=TickingClock(seed=2)) as cube:
        cube.observe([{"role": "user", "content": "a message that waits for a model"}], session="waiting")


if __name__ == "__main__":
    make(FOLDER / f"cube-v{newest_version()}.cube")
