"""What the grammar, the turns of phrase and the answers to questions say, beside the rules' own phrases."""

from __future__ import annotations

import tomllib
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import remanence
from remanence.model.item import Slot
from remanence.model.kind import Kind
from remanence.reader.rules.derived import Derived
from remanence.reader.rules.grammar import Idiom, Predicate, load_grammar
from remanence.reader.rules.statements import derive

GRAMMAR = load_grammar()
WAYS = {one.name: one for one in (*GRAMMAR.predicates, *GRAMMAR.idioms)}
NAMING = {"relative", "boss", "pet_name", "has_named_kin"}  # "my sister Ana" says who Ana is, beside the rest


def said_in(name: str) -> list[tuple[str, list[str]]]:
    raw = tomllib.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))
    return [(text, labels) for text, *labels in raw["said"]]


def is_right(derived: Derived, label: str) -> bool:
    """Whether the statement is of one of the label's kinds, with its words in it."""
    ways = [one.partition(" ") for one in label.split("|")]
    return any(
        derived.kind.value == kind and words.casefold() in derived.content.casefold()
        for kind, _, words in ways
    )


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_each_way_of_saying_reads_its_examples_and_not_its_counterexamples(way: Predicate | Idiom) -> None:
    assert way.examples
    assert way.counterexamples
    for text, says in way.examples:
        assert says in [one.content for one in derive(text, speaker="Ana")]
    for text in way.counterexamples:
        assert way.name not in [one.rule for one in derive(text, speaker="Ana")]


@pytest.mark.parametrize(("name", "least"), [("broad.toml", 290), ("broad_too.toml", 200)])
def test_each_kind_is_right_nine_times_in_ten(name: str, least: int) -> None:
    rows = said_in(name)
    right, wrong, missed = Counter[str](), Counter[str](), Counter[str]()
    errors = []
    for text, labels in rows:
        left = list(labels)
        for derived in derive(text, speaker="Noor"):
            if derived.ending or derived.rule in NAMING:
                continue
            label = next((label for label in left if is_right(derived, label)), None)
            if label is not None:
                left.remove(label)
                right[derived.kind.value] += 1
            elif not any(is_right(derived, label) for label in labels):
                wrong[derived.kind.value] += 1
                errors.append((text, derived.kind.value, derived.content))
        missed.update(label.split()[0] for label in left)
        errors += [(text, "missed", label) for label in left]
    assert len(rows) >= least
    for kind in ("preference", "fact", "event", "goal", "decision"):
        assert right[kind] >= 0.9 * (right[kind] + wrong[kind]), (kind, errors)
        assert right[kind] >= 0.9 * (right[kind] + missed[kind]), (kind, errors)


def test_what_is_said_of_somebody_named_fills_their_slot() -> None:
    found = derive("My brother Samir has two kids and lives in Rome. He works as a chef.", speaker="Noor")
    assert [(one.content, one.slot) for one in found if one.rule != "relative"] == [
        ("Samir has two kids", Slot("samir", "family", "two kids")),
        ("Samir lives in Rome", Slot("samir", "home", "Rome")),
        ("Samir's occupation is chef", Slot("samir", "occupation", "chef")),
    ]


def test_a_commitment_bears_its_tag_and_a_decision_its_reason() -> None:
    (promise,) = derive("I'll send you the slides by Friday", speaker="Noor")
    assert (promise.kind, promise.tags) == (Kind.GOAL, ("commitment",))
    (decided,) = derive("We decided to go with Postgres because we know it well.", speaker="Noor")
    assert (decided.kind, decided.reason) == (Kind.DECISION, "they know it well")


@pytest.mark.parametrize(
    ("asked", "answer", "says"),
    [
        ("Do you like opera?", "No, not really.", "Noor does not like opera"),
        ("Tea or coffee?", "tea, always", "Noor prefers tea"),
        ("Can you send me the slides?", "Sure, by Friday", "Noor will send them the slides by Friday"),
        ("Which one did you go with?", "the blue one", "Noor chose the blue one"),
        ("Any allergies?", "Just peanuts", "Noor is allergic to peanuts"),
        ("Where do you live?", "Leith", "Noor lives in Leith"),
        ("How was your day?", "Fine, thanks", None),
        ("Do you like opera?", "Why do you ask?", None),
        ("Can you tell me a joke?", "Sure", None),
    ],
)
def test_an_answer_says_what_was_asked(asked: str, answer: str, says: str | None) -> None:
    found = derive(answer, speaker="Noor", before=asked)
    assert [one.content for one in found] == ([] if says is None else [says])
    assert all(0 <= one.start < one.end <= len(answer) for one in found)


@pytest.mark.parametrize(
    "text",
    [
        "I'll explain the steps below.", "I'd be happy to help!", "Marie Curie was born in Warsaw in 1867.",
        "Ana works at Globex.", "I went to Porto last weekend.", "Tom loves jazz.",
        "I will use a dictionary for this.", "We decided to go with Postgres because it is fast.",
    ],
)  # fmt: skip
def test_an_assistant_without_a_name_tells_nobodys_life(text: str) -> None:
    assert derive(text, speaker="assistant", role="assistant") == ()


def test_an_assistant_without_a_name_may_commit_itself() -> None:
    (promise,) = derive("I'll remind you on Friday.", speaker="assistant", role="assistant")
    assert (promise.content, promise.tags) == ("The assistant will remind them on Friday", ("commitment",))


def test_the_cube_keeps_when_a_thing_happens_its_tags_and_its_reason(tmp_path: Path) -> None:
    said_at = datetime(2026, 11, 23, 12, tzinfo=UTC)
    with remanence.open(tmp_path / "noor.cube", embedder=None, owner="Noor") as cube:
        for text in (
            "We went to Porto last weekend",
            "I'll send you the slides by Friday",
            "We decided to go with Postgres because we know it well.",
        ):
            cube.observe(
                [{"role": "user", "name": "Noor", "content": text, "timestamp": said_at.isoformat()}],
                session=text[:6],
            )
        told = [
            cube.recall("Porto slides Postgres", k=1, kinds=[kind])[0].item
            for kind in ("event", "goal", "decision")
        ]
    event, goal, decision = told
    assert event.event is not None and event.event.end is not None and event.event.end <= said_at  # noqa: PT018
    assert (goal.tags, goal.event is not None) == (("commitment",), True)
    assert decision.metadata["reason"] == "they know it well"


@given(st.text(), st.text())
def test_any_question_and_any_answer_are_read(asked: str, answer: str) -> None:
    for one in derive(answer, speaker="Noor", before=asked + "?"):
        assert 0 <= one.start < one.end <= len(answer)


# Each would take long in a pattern that goes back over what it took.
SLOW = [
    "I went to " + "the big " * 2_400, "we decided " * 1_800, "Tea over " + "tea, " * 3_900, "my a " * 4_000,
    "No " * 6_000, "If " + "a " * 9_000 + "I prefer", "I'll " + "really " * 2_800, "Ana's " * 3_300,
    "the plan is " * 1_600, "mushrooms? " * 1_800, "not a fan of " * 1_500, "word " * 4_000 + "it is",
    "allergies: " * 1_800, "it was agreed " * 1_400,
]  # fmt: skip


@pytest.mark.parametrize("text", SLOW, ids=[text[:12].strip() for text in SLOW])
def test_no_text_takes_long(text: str) -> None:
    derive(text, speaker="Ana")  # below 0.2 s each
    derive("yes, " + text, speaker="Ana", before=text[:500] + "?")
