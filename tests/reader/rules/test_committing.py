"""What commits its speaker: plain words for it in English, whatever the verb, and in German and Spanish."""

from __future__ import annotations

import pytest

from remanence.reader.rules.committing import times_in_english
from remanence.reader.rules.statements import derive


def commitments(text: str, *, role: str = "user") -> list[str]:
    speaker = "Ana" if role == "user" else role
    return [one.content for one in derive(text, speaker=speaker, role=role) if "commitment" in one.tags]


@pytest.mark.parametrize("role", ["user", "assistant"])
@pytest.mark.parametrize(
    "text",
    [
        "I'll laminate the badges tomorrow.",
        "Don't worry, I will re-pot the fig on Sunday.",
        "I'm going to degrease the chain, I promise.",
        "I hereby promise to varnish the door.",
        "We will re-tile the porch, that's a promise.",
        "Okay, will degrease it by Friday.",
        "Ich schicke dir die Folien bis Freitag.",
        "Klar, ich werde das morgen früh erledigen.",
        "Du kannst dich auf mich verlassen, ich rufe den Vermieter an.",
        "Ich werde nicht vergessen, den Müll rauszubringen.",
        "Wird erledigt!",
        "Te enviaré las fotos el viernes.",
        "Me encargo de la reserva.",
        "No olvidaré sacar la basura.",
        "Te lo mando esta tarde.",
    ],
)
def test_what_commits_its_speaker_is_heard(text: str, role: str) -> None:
    (found,) = commitments(text, role=role)
    assert found.startswith("Ana" if role == "user" else ("The assistant", "Der Assistent", "El asistente"))


@pytest.mark.parametrize("role", ["user", "assistant"])
@pytest.mark.parametrize(
    "text",
    [
        "I was going to laminate the badges, but the shop was shut.",
        "You were going to laminate the badges, and you never did.",
        "I won't be able to laminate the badges tomorrow.",
        "You promised to laminate the badges.",
        "Maybe I'll laminate the badges tomorrow.",
        "Shall I laminate the badges tomorrow?",
        "It will rain by Friday.",
        "Sounds fine to me.",
        "Schickst du mir die Folien?",
        "Vielleicht schicke ich dir morgen die Folien.",
        "Ich wollte dir die Folien schicken.",
        "Ich werde morgen vierzig.",
        "Ich werde dir nicht helfen.",
        "Ich habe dir die Folien geschickt.",
        "¿Me enviarás las fotos?",
        "Quizás te envíe las fotos mañana.",
        "Preparé la cena ayer.",
        "Ella dijo que vendría.",
        "No te ayudaré.",
        "Je t'enverrai les photos demain.",
        "",
    ],
)
def test_what_commits_to_nothing_is_not(text: str, role: str) -> None:
    assert commitments(text, role=role) == []


def test_a_commitment_in_another_language_keeps_its_own_words() -> None:
    assert commitments("Gut. Ich schicke dir die Folien morgen.") == [
        "Ana sagt zu: Ich schicke dir die Folien morgen"
    ]
    assert commitments("Te enviaré las fotos.") == ["Ana se compromete: Te enviaré las fotos"]


def test_its_times_are_told_in_english() -> None:
    assert times_in_english("Ich bringe sie dir übermorgen") == "the day after tomorrow"
    assert times_in_english("Te llamo pasado mañana") == "the day after tomorrow"
    assert times_in_english("Ich bringe sie dir") == ""
    assert times_in_english("I'll bring it on Friday") is None
