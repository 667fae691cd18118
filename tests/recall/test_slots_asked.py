"""What fills the slot that is asked for comes first, and what was promised where a promise is asked for."""

from __future__ import annotations

from opening import OpenCube
from remanence.cube import Cube


def told(cube: Cube, *said: tuple[str, str]) -> None:
    cube.observe(
        [
            {"role": role, "name": "Marek" if role == "user" else "Vera", "content": text}
            | {"timestamp": f"2026-03-{day:02} 09:00"}
            for day, (role, text) in enumerate(said, 1)
        ]
    )


def test_the_value_of_the_slot_asked_for_comes_first_and_says_why(open_cube: OpenCube) -> None:
    cube = open_cube("ages.cube", owner="Marek", reader="rules")
    told(
        cube,
        ("user", "Ola is 19 years old and good with old ovens."),
        ("user", "My daughter Hania just turned six."),
        ("user", "How old is too old for a tricycle?"),
    )
    hit = cube.recall("How old is Hania?")[0]
    assert "six" in hit.item.content
    assert "slot" in [part.name for part in hit.why]
    assert "19" in cube.recall("How old is Ola?")[0].item.content


def test_what_the_agent_promised_is_found_whatever_its_words(open_cube: OpenCube) -> None:
    cube = open_cube("promises.cube", owner="Marek", reader="rules")
    told(
        cube,
        ("user", "Can you draft a notice that we close on 24 December?"),
        ("assistant", "Of course. I'll remind you on 20 December to put it up."),
        ("user", "My mother promised nothing, as ever. Promises, promises!"),
        ("user", "We sold more rye than wheat this week."),
    )
    hit = cube.recall("What did you promise me?")[0]
    assert "20 December" in hit.item.content
    assert "promised" in [part.name for part in hit.why]
