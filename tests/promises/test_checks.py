"""The promises about memory, each kept and each broken, on the record of a real cube."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

import remanence
from opening import OpenCube
from remanence.errors import InvalidInput
from remanence.model.mirror import Share
from remanence.model.promise import CheckedPromise
from ticking import START, TickingClock


def checked(cube: remanence.Cube, name: str) -> CheckedPromise:
    return next(one for one in cube.check_promises().checked if one.name == name)


def say(cube: remanence.Cube, role: str, text: str, *, days: int = 1) -> str:
    """One message some days after the cube was made; its id."""
    said_at = (START + timedelta(days=days)).isoformat()
    (added,) = cube.observe(
        [{"role": role, "content": text, "timestamp": said_at}], session=f"day {days}"
    ).added
    return added


def test_an_empty_cube_has_promised_nothing_that_could_be_judged(cube: remanence.Cube) -> None:
    report = cube.check_promises()
    assert len(report.checked) == 6
    assert {one.verdict.value for one in report.checked} == {"not assessed"}
    assert report.broken == ()


def test_a_preference_that_did_not_get_into_the_context_breaks_the_first(cube: remanence.Cube) -> None:
    likes = cube.remember(
        "Alice likes which tea? Tea without sugar, green tea, Alice's tea", kind="preference"
    )
    cube.remember("Alice's tea is served")
    cube.context("which tea does Alice like?")
    assert checked(cube, "preferences").verdict == "kept"
    cube.context("which tea does Alice like?", budget=20)
    cube.context("which tea does Alice like?", kinds=["fact"])
    cube.context("which tea does Alice like?", budget=20, record=False)
    broken = checked(cube, "preferences")
    assert broken.verdict == "broken"
    assert broken.looked_at == 3
    assert [breach.items for breach in broken.breaches] == [(likes.id,), (likes.id,)]
    assert broken.breaches[0].at < broken.breaches[1].at


def test_a_corrected_value_that_is_handed_out_or_said_again_breaks_the_second(open_cube: OpenCube) -> None:
    cube = open_cube(reader="rules")
    home = cube.remember("Alice lives in Lisbon", slot=("Alice", "home", "Lisbon"))
    cube.context("where does Alice live?")
    cube.revise(home.id, "Alice lives in Porto")
    cube.context("where does Alice live?")
    say(cube, "assistant", "Do you still live in Lisbon?")
    say(cube, "assistant", "You moved from Lisbon to Porto, where you live now.", days=2)
    assert checked(cube, "corrections").verdict == "kept"
    again = say(cube, "assistant", "As you live in Lisbon, take the tram.", days=3)
    broken = checked(cube, "corrections")
    assert [breach.items for breach in broken.breaches] == [(again, home.id)]
    assert broken.breaches[0].at == START + timedelta(days=3)


def test_one_side_of_an_open_conflict_alone_breaks_the_third(open_cube: OpenCube) -> None:
    cube = open_cube(reader="rules")
    told = cube.remember("Alice lives in Lisbon", slot=("Alice", "home", "Lisbon"))
    claimed = cube.remember(
        "Alice lives in Graz", slot=("Alice", "home", "Graz"), trust="document", author="file"
    )
    cube.context("where does Alice live?")
    assert checked(cube, "evidence").verdict == "kept", "both sides were handed out"
    cube.context("where does Alice live?", authors=["Alice"])
    broken = checked(cube, "evidence")
    assert [set(breach.items) for breach in broken.breaches] == [{told.id, claimed.id}]
    cube.resolve(told.id)
    resolved = checked(cube, "evidence")
    assert (resolved.verdict, resolved.looked_at) == ("kept", 1), "what lost has lost confidence"


def test_coherence_is_judged_by_the_whole_interval_against_its_bound(
    cube: remanence.Cube, tmp_path: Path
) -> None:
    figures = [
        Share("style stability", 0.5, 0.4, 0.59, 5),
        Share("stance consistency", 0.7, 0.5, 0.9, 20),
        Share("gait", 0.1, 0.0, 0.2, 5),
    ]
    one = next(one for one in cube.check_promises(coherence=figures).checked if one.name == "coherence")
    assert one.verdict == "broken"
    assert [breach.what.split(" is ")[0] for breach in one.breaches] == ["style stability"]
    assert one.note == "no bound is declared for gait"
    file = tmp_path / "mine.toml"
    file.write_text('[[promise]]\ncheck = "coherence"\nwords = "I am myself."\nbounds = { gait = 0.15 }\n')
    (mine,) = cube.check_promises(file, coherence=figures).checked
    assert (mine.words, mine.verdict, mine.looked_at) == ("I am myself.", "kept", 1)
    assert checked(cube, "coherence").note == "no coherence figures"


def test_what_was_erased_is_in_no_context_and_the_fifth_is_kept(cube: remanence.Cube, tmp_path: Path) -> None:
    secret = cube.remember("Alice hides marzipan in the piano", kind="preference")
    cube.remember("The piano is out of tune")
    cube.context("what about the piano?")
    cube.context("what about the piano?", budget=30)
    before = cube.check_promises()
    assert before.checked[0].looked_at == 2
    cube.forget(secret.id, erase=True)
    cube.context("what about the piano?")
    kept = checked(cube, "erasure")
    assert (kept.verdict, kept.looked_at) == ("kept", 1)
    cube.export("jsonl", tmp_path / "all.jsonl")
    contexts = [json.loads(line) for line in (tmp_path / "all.jsonl").read_text().splitlines()]
    contexts = [one for one in contexts if one["record"] == "context"]
    gone = {row.id for row in cube.history(secret.id)}
    assert len(contexts) == 3
    assert gone.isdisjoint(number for one in contexts for number in (*one["given"], *one["left_out"]))


def test_an_erasure_that_waits_for_a_reader_breaks_the_fifth(open_cube: OpenCube) -> None:
    cube = open_cube()
    other = open_cube()
    secret = cube.remember("Alice hides marzipan")
    with other._setting.store.read() as snapshot:
        snapshot.head()
        receipt = cube.forget(secret.id, erase=True)
        assert receipt is not None
        assert receipt.pending
        broken = checked(cube, "erasure")
    assert [breach.items for breach in broken.breaches] == [(secret.id,)]
    cube.remember("the next write finishes it")
    assert checked(cube, "erasure").verdict == "kept"


def test_a_context_that_waits_when_another_erases_names_nothing_of_it(open_cube: OpenCube) -> None:
    cube, other = open_cube(), open_cube()
    secret = cube.remember("Alice hides marzipan in the piano")
    cube.context("what is in the piano?")
    other.forget(secret.id, erase=True)
    assert checked(cube, "erasure").verdict == "kept"


def test_a_promise_that_came_due_without_an_outcome_breaks_the_sixth(
    cube: remanence.Cube, clock: TickingClock
) -> None:
    made = cube.promise("the slides", to="Bob", due="2026-03-03")
    standing = cube.promise("good coffee", to="Bob")
    cube.promise("a summary", to="Bob", due="2026-03-03", given=[standing])
    assert checked(cube, "word").note == "nothing to look at yet"
    clock.step(timedelta(days=3))
    broken = checked(cube, "word")
    assert broken.looked_at == 1, "what waits for a promise that was not kept binds nobody"
    assert [(breach.items, breach.at) for breach in broken.breaches] == [((made.id,), made.terms.due)]
    cube.assess_promise(made, "broken", by="Bob")
    assert checked(cube, "word").verdict == "kept", "that it was broken is an outcome"


def test_contexts_outlive_the_process_and_a_look_back_is_no_context(open_cube: OpenCube) -> None:
    cube = open_cube()
    cube.remember("Alice prefers tea", kind="preference")
    moment = cube.journal(limit=1)[0].recorded_at
    cube.context("tea?")
    cube.at(moment).context("tea?")
    cube.context("tea?", as_of="2026-03-02")
    cube.close()
    with open_cube(read_only=True) as cube:
        cube.context("tea?")
        assert checked(cube, "preferences").looked_at == 1


def test_consolidation_ends_with_the_checks(cube: remanence.Cube, clock: TickingClock) -> None:
    cube.promise("the slides", to="Bob", due="2026-03-03")
    clock.step(timedelta(days=3))
    report = cube.consolidate().promises
    assert report is not None
    assert [one.name for one in report.broken] == ["word"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[promise]]\ncheck = 'luck'\nwords = 'x'", "'luck' is not one of"),
        ("[[promise]]\ncheck = 'word'", "has no words"),
        ("[[promise]]\ncheck = 'word'\nwords = 'x'\nbound = 3", "has check, words and bounds"),
        ("[[promise]]\ncheck = 'coherence'\nwords = 'x'\nbounds = { a = 'b' }", "are numbers"),
        ("", "has no"),
        ("[", "is no TOML"),
    ],
)
def test_a_wrong_file_of_checks_is_refused(
    cube: remanence.Cube, tmp_path: Path, text: str, told: str
) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(text)
    with pytest.raises(InvalidInput, match=told):
        cube.check_promises(path)
    with pytest.raises(InvalidInput, match="can't be read"):
        cube.check_promises(tmp_path / "nothing.toml")
