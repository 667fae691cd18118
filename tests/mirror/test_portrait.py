"""What the mirror shows of an agent: what was planted, and nothing that was not."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

import remanence
from opening import OpenCube
from overheard import START, message, mirrored, talk
from remanence.errors import NotFound
from remanence.model.mirror import Contradiction

ASKED = "How big may an upload be?"


def contradictions(cube: remanence.Cube, *pairs: tuple[str, str]) -> tuple[Contradiction, ...]:
    """What is found where these questions were answered so, a week apart."""
    planted = {7 * number: pair for number, pair in enumerate(pairs)}
    return mirrored(cube, talk(7 * len(pairs), each=1, planted=planted)).contradictions


def test_a_habit_is_found_with_its_uses_first_and_last(cube: remanence.Cube) -> None:
    def habit(day: int, number: int, text: str) -> str:
        return f"Truth be told, {text.lower()}" if number == 0 and day >= 10 and day % 3 == 0 else text

    shown = mirrored(cube, talk(habit=habit))
    (phrase,) = [one for one in shown.phrases if "truth" in one.text]
    assert phrase.text == "truth be told"
    assert (phrase.count, phrase.others) == (16, 0)
    assert phrase.first.said_at == START + timedelta(days=12, minutes=4)
    assert phrase.last.said_at == START + timedelta(days=57, minutes=4)
    assert "truth be told" in cube.show(phrase.first.item_id).content.casefold()
    assert phrase.z_past is not None


def test_what_both_say_is_no_habit_of_the_agent(cube: remanence.Cube) -> None:
    said = talk(habit=lambda day, number, text: f"Truth be told, {text}" if number == 0 else text)
    for one in said[::8]:
        one["content"] = f"Truth be told, {one['content']}"
    assert [one for one in mirrored(cube, said).phrases if "truth" in one.text] == []


def test_a_simile_is_named_as_one(cube: remanence.Cube) -> None:
    said = talk(habit=lambda day, number, text: f"{text} It runs like a clock." if number == 0 else text)
    assert ("simile", "it runs like a clock") in {
        (one.sort, one.text) for one in mirrored(cube, said).phrases
    }


@pytest.mark.parametrize(
    "changed",
    ["Perhaps, I suppose, {}", "{} What do you think? Shall we?", "Furthermore, it is advisable: {}"],
)
def test_a_change_of_style_is_dated(cube: remanence.Cube, changed: str) -> None:
    said = talk(habit=lambda day, number, text: changed.format(text) if day >= 35 else text)
    (drift,) = mirrored(cube, said).drifts
    assert abs((drift.before - (START + timedelta(days=35))).days) <= 7
    assert drift.after < drift.before
    assert drift.p_value <= 0.01
    assert drift.shifts
    assert drift.evidence


def test_a_steady_agent_raises_no_alarm(open_cube: OpenCube) -> None:
    alarms = [bool(mirrored(open_cube(f"{seed}.cube"), talk(each=3, seed=seed)).drifts) for seed in range(4)]
    assert alarms == [False] * 4


@pytest.mark.parametrize(
    ("sort", "one", "other"),
    [
        ("denial", "Uploads are safe on the old server.", "Uploads are not safe on the old server."),
        ("denial", "Uploads are safe on the old server.", "Uploads are dangerous on the old server."),
        (
            "denial",
            "The north gate is easier than the south gate.",
            "The north gate is harder than the south gate.",
        ),
        ("value", "The upload limit is 20 megabytes.", "The upload limit is 50 megabytes."),
        ("value", "My favourite server is Otter.", "My favourite server is Heron."),
        ("advice", "I'd go with the red server.", "Avoid the red server."),
        ("advice", "I'd recommend tabs for indentation.", "I'd recommend spaces for indentation."),
    ],
)
def test_a_contradiction_comes_with_both_quotes(
    cube: remanence.Cube, sort: str, one: str, other: str
) -> None:
    (found,) = contradictions(cube, (ASKED, one), ("And again: how big may an upload be?", other))
    assert (found.sort, found.earlier.text, found.later.text) == (sort, one, other)
    assert found.earlier.said_at < found.later.said_at
    assert not found.is_explained


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Roses like the sun.", "Ferns don't like the sun."),
        ("You said that olives are awful.", "Olives are good with this."),
        ("Is the boiler safe?", "The boiler is dangerous."),
        ("If it rains, the market is cancelled.", "The market is not cancelled."),
        ("The draft has 12 pages.", "The appendix has 40 pages."),
        ("The upload limit is 20 megabytes.", "The limit of an upload is 20 megabytes."),
        ("Some people say that radio is dead.", "Radio is not dead."),
    ],
)
def test_what_only_looks_like_a_contradiction_is_none(cube: remanence.Cube, one: str, other: str) -> None:
    assert contradictions(cube, ("Tell me something.", one), ("Something else.", other)) == ()


@pytest.mark.parametrize(
    ("told", "other"),
    [
        (ASKED, "I was wrong about uploads. The upload limit is 50 megabytes."),
        ("Actually the upload limit has changed.", "The upload limit is 50 megabytes."),
        ("Now the upload limit is 50 megabytes.", "So the upload limit is 50 megabytes."),
    ],
)
def test_a_change_with_a_reason_is_explained(cube: remanence.Cube, told: str, other: str) -> None:
    (found,) = contradictions(cube, (ASKED, "The upload limit is 20 megabytes."), (told, other))
    assert found.is_explained
    assert found.explanation is not None
    assert found.explanation.said_at > found.earlier.said_at


def test_a_change_of_mind_is_told_once(cube: remanence.Cube) -> None:
    first, second = "The upload limit is 20 megabytes.", "The upload limit is 50 megabytes."
    found = contradictions(cube, (ASKED, first), (ASKED, second), (ASKED, second), (ASKED, second))
    assert len(found) == 1


def test_a_vow_that_is_broken(cube: remanence.Cube) -> None:
    vow, breach = "Understood: no walnuts in anything I suggest.", "Then pasta with a walnut pesto."
    found = contradictions(cube, ("I can't eat walnuts.", vow), ("What is for dinner?", breach))
    assert [(one.sort, one.earlier.text, one.later.text) for one in found] == [("vow", vow, breach)]


def test_an_intention_meets_the_action_that_answers_to_it(cube: remanence.Cube) -> None:
    cube.observe(
        [
            message("user", START, "The parcel is late."),
            message("assistant", START + timedelta(minutes=1), "I'll ring the courier about the parcel."),
            message("assistant", START + timedelta(minutes=2), "I'll water the hedge as well."),
        ]
    )
    assert cube.portrait().intentions == ()  # no action is recorded: there is nothing to hold it against
    cube.remember("rang the courier: the parcel comes tomorrow", kind="action", author="Atlas", trust="agent")
    first, second = cube.portrait().intentions
    assert first.done is not None
    assert "courier" in first.done.text
    assert second.done is None


def test_what_is_recommended_again_and_again_is_a_value_and_part_of_the_persona(cube: remanence.Cube) -> None:
    said = talk(
        habit=lambda day, number, text: "I'd go with the oak board." if day % 6 == number == 0 else text
    )
    shown = mirrored(cube, said)
    assert ("recommends", "oak board", 10) in {(one.sort, one.what, one.count) for one in shown.inclinations}
    assert "Recommends oak board." in {trait.text for trait in shown.persona}


def test_coherence_has_intervals_and_takes_promises_from_a_ledger(cube: remanence.Cube) -> None:
    shown = mirrored(cube, talk())
    assert {one.name for one in shown.coherence} >= {"style stability"}
    assert all(0 <= one.low <= one.value <= one.high <= 1 for one in shown.coherence)
    assert "promise-keeping" in {one.about for one in shown.shortfalls}
    for outcome in ("kept", "kept", "kept", "broken"):
        promised = cube.promise(f"send part {outcome}", to="Bea", by=shown.agent)
        cube.assess_promise(promised, outcome, by="Bea")
    kept = cube.portrait()
    assert (kept.coherence[-1].name, kept.coherence[-1].value) == ("promise-keeping", 0.75)
    assert "promise-keeping" not in {one.about for one in kept.shortfalls}
    (coherent,) = [one for one in cube.check_promises().checked if one.name == "coherence"]
    assert (coherent.verdict, coherent.looked_at) == ("kept", len(kept.coherence))


def stability(cube: remanence.Cube, said: list[dict[str, str]]) -> float:
    (found,) = [one.value for one in mirrored(cube, said).coherence if one.name == "style stability"]
    return found


def test_a_steady_agent_of_few_words_is_stable(cube: remanence.Cube) -> None:
    assert stability(cube, talk(25, each=3)) > 0.9


def test_an_agent_that_takes_to_other_little_words_is_less_stable(cube: remanence.Cube) -> None:
    def other(day: int, number: int, text: str) -> str:
        return "Were those ours, or could everyone have been among them without us?" if day >= 12 else text

    assert stability(cube, talk(25, each=3, habit=other)) < 0.8


def test_an_empty_cube_has_nothing_to_show(cube: remanence.Cube) -> None:
    assert cube.portrait().agent is None
    done = cube.reflect()
    assert (done.findings, done.change_set, done.persona) == ((), None, None)
    assert [str(one) for one in done.portrait.shortfalls] == ["all: 0 utterances, 50 needed"]


def test_a_cube_where_the_agent_never_speaks(cube: remanence.Cube) -> None:
    cube.observe([message("user", START, "Is anybody there?")])
    assert cube.portrait().agent is None
    with pytest.raises(NotFound, match="'Atlas' says nothing in this cube; those who do: Robin"):
        cube.portrait(agent="Atlas")


def test_of_a_single_utterance_nothing_is_made_up(cube: remanence.Cube) -> None:
    shown = mirrored(cube, [message("assistant", START, "Truth be told, truth be told, truth be told.")])
    assert (shown.utterances, shown.phrases, shown.style, shown.drifts, shown.persona) == (1, (), (), (), ())
    assert "phrases, style, drift, values: 1 utterances, 50 needed" in map(str, shown.shortfalls)


def test_of_another_language_it_is_said_what_can_not_be_told(cube: remanence.Cube) -> None:
    said = []
    for day in range(60):
        at = START + timedelta(days=day)
        extra = "Franchement, " if day % 3 == 0 else ""
        said.append(message("user", at, f"Que faire de la caisse {day} ?"))
        answer = f"{extra}mettez la caisse {day} derrière les étagères, ensuite fermez bien notre grenier."
        said.append(message("assistant", at + timedelta(minutes=1), answer))
    shown = mirrored(cube, said)
    assert any("étagères" in one.text for one in shown.phrases), "words are shown as they were written"
    assert shown.style == shown.contradictions == shown.inclinations == shown.intentions == ()
    assert shown.persona == ()
    assert "word lists for its language" in " ".join(map(str, shown.shortfalls))


GERMAN = {
    "calm": "Der Zug fährt um acht, und die Karten liegen auf dem Tisch.",
    "hedging": "Vielleicht fährt der Zug um acht, aber ich bin nicht sicher, das könnte sich ändern.",
    "sorry": "Entschuldigung, das war mein Fehler, ich habe die Karten vergessen.",
    "refusing": "Ich kann keine Passwörter herausgeben, das ist für alle so geregelt.",
    "asked": "Wann fährt der Zug und wo sind die Karten?",
}
SPANISH = {
    "calm": "El tren sale a las ocho y los billetes están en la mesa.",
    "hedging": "Quizás el tren salga a las ocho, pero no estoy seguro, creo que podría cambiar.",
    "sorry": "Perdón, lo siento mucho, fue mi error y se me olvidaron los billetes.",
    "refusing": "No puedo dar contraseñas a nadie, es así para todos los que me lo piden.",
    "asked": "¿A qué hora sale el tren y dónde están los billetes?",
}


@pytest.mark.parametrize(
    ("spoken", "refused"), [(GERMAN, "passwörter herausgeben"), (SPANISH, "contraseñas")]
)
def test_the_style_of_an_agent_that_speaks_german_or_spanish_is_counted_by_lists_of_its_own(
    cube: remanence.Cube, spoken: dict[str, str], refused: str
) -> None:
    said = []
    for day in range(60):
        at = START + timedelta(days=day)
        kind = (
            "refusing" if day % 12 == 5 else "sorry" if day % 6 == 1 else "hedging" if day >= 40 else "calm"
        )
        said.append(message("user", at, spoken["asked"]))
        said.append(message("assistant", at + timedelta(minutes=1), spoken[kind]))
    shown = mirrored(cube, said)
    style = {one.name: one for one in shown.style}
    assert style["hedges"].value > 0
    assert style["apologies"].value > 0
    assert style["hedges"].others == style["apologies"].others == 0
    assert "contractions" not in style, "of what there are no lists for nothing is said"
    assert [one.what[: len(refused)] for one in shown.inclinations if one.sort == "refuses"] == [refused]
    assert any(shift.name == "hedges" for drift in shown.drifts for shift in drift.shifts)
    assert "stances, what it weighs" in " ".join(map(str, shown.shortfalls))
    assert shown.contradictions == ()
    assert not any("contractions" in trait.text for trait in shown.persona)


@pytest.mark.parametrize(
    ("will", "done", "other"),
    [
        ("I'll send the slides to Priya.", "I've sent the slides to Priya.", "I've eaten the cake."),
        ("I will write the minutes tonight.", "I wrote the minutes.", "I never wrote the minutes."),
        (
            "Ich schicke Priya morgen die Folien.",
            "Ich habe Priya die Folien geschickt.",
            "Ich habe gegessen.",
        ),
        ("Ich werde die Folien schicken.", "Die Folien habe ich geschickt.", "Ich habe sie nicht geschickt."),
        ("Te enviaré las diapositivas mañana.", "Ya te he enviado las diapositivas.", "He comido el pan."),
        ("Voy a enviar las diapositivas.", "Ya envié las diapositivas.", "No he enviado las diapositivas."),
    ],
)
def test_what_an_agent_says_itself_to_have_done_is_weaker_evidence(
    open_cube: OpenCube, will: str, done: str, other: str
) -> None:
    def hear(cube: remanence.Cube, *texts: str) -> None:
        for day, text in enumerate(texts):
            cube.observe([message("assistant", START + timedelta(days=day), text)], session=f"day {day}")

    told = open_cube("told")
    hear(told, will, done)
    (intention,) = told.portrait().intentions
    assert (intention.by_own_word, intention.done and intention.done.text) == (True, done)
    (finding,) = [one for one in told.reflect().findings if "intention" in one.tags]
    assert "by its own word" in finding.content
    assert finding.confidence <= 0.5
    silent = open_cube("silent")
    hear(silent, will, other)
    assert silent.portrait().intentions == (), "without a recorded action nothing is held against it"


def test_a_recorded_action_goes_before_the_agents_own_word(cube: remanence.Cube) -> None:
    cube.observe([message("assistant", START, "I'll send the slides to Priya.")], session="a")
    cube.observe(
        [message("assistant", START + timedelta(days=1), "I've sent the slides to Priya.")], session="b"
    )
    cube.act("send the slides to Priya", result="sent", at=START + timedelta(days=2), agent="Atlas")
    (intention,) = cube.portrait().intentions
    assert (intention.by_own_word, intention.done is not None) == (False, True)


def test_code_is_not_speech(cube: remanence.Cube) -> None:
    block = "```python\nraise NotFound('not here')\n```"
    said = talk(habit=lambda day, number, text: f"{text}\n{block}" if number == 0 else text)
    assert [one for one in mirrored(cube, said).phrases if "raise" in one.text or "here" in one.text] == []


def test_odd_characters_do_no_harm(cube: remanence.Cube) -> None:
    odd = [
        "\x00\ud800 lone",
        "😀" * 50,
        "。。。",
        "…",
        "-",
        "a" * 5000,
        "ﬁne ‘so’ «it» is",
        "\u202eright to left",
    ]
    at = datetime.fromisoformat("2026-02-01T00:00+00:00")
    said = [message("assistant", at + timedelta(hours=n), odd[n % len(odd)]) for n in range(80)]
    assert mirrored(cube, said).utterances == 80


def test_a_beginning_that_everybody_has_in_every_message_is_no_habit(cube: remanence.Cube) -> None:
    said = [
        message(role, START + timedelta(hours=hour), f"I think that plan {hour} is the one to follow.")
        for hour in range(120)
        for role in ("user", "assistant")
    ]
    assert mirrored(cube, said).openings == ()


def test_a_new_value_of_what_has_one_at_a_time_is_news_not_incoherence(open_cube: OpenCube) -> None:
    cube = open_cube(reader="rules")
    said = {0: "I live in Lisbon.", 30: "I live in Porto.", 60: "I used to live in Lisbon."}
    for day, text in said.items():
        cube.observe([message("user", START + timedelta(days=day), text, name="Ann")])
    (found,) = cube.portrait(agent="Ann").contradictions
    assert (found.earlier.text, found.later.text) == ("Ann lives in Lisbon", "Ann lives in Porto")
    assert found.explanation == found.later
