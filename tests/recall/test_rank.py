"""Which rows come back for a question, in which order, and why."""

from __future__ import annotations

import pytest

from recall.cubes import NOW, Said, asked, day, index_of
from remanence.errors import InvalidInput
from remanence.model.kind import Kind
from remanence.model.state import State
from remanence.recall.features import FEATURES
from remanence.recall.filters import Filter
from remanence.recall.fusion import shipped_weights
from remanence.recall.question import Span

TALK = [
    Said("Good morning, how did you sleep?", "Bob"),
    Said("Badly, the neighbours' dog barked all night."),
    Said("What did the doctor say about the allergy?", "Bob"),
    Said("She said peanuts are dangerous for me, even a trace."),
    Said("I bought new running shoes for the marathon.", session=2, day=40),
    Said("Nice, when is the race?", "Bob", session=2, day=40),
    Said("On the second Sunday of May, in Lisbon.", session=2, day=40),
]


def texts(index_said: list[Said], question: str, **more: object) -> list[str]:
    return [index_said[hit.row].text for hit in asked(index_of(index_said), question, **more)]  # type: ignore[arg-type]


@pytest.mark.parametrize("vectors", [True, False])
def test_what_answers_comes_first(vectors: bool) -> None:
    index = index_of(TALK, vectors=vectors)
    assert TALK[asked(index, "which shoes did Alice buy?", vectors=vectors)[0].row].text == TALK[4].text
    assert TALK[asked(index, "is Alice allergic to peanuts?", vectors=vectors)[0].row].text == TALK[3].text


def test_the_best_match_by_words_counts_less_where_it_says_little() -> None:
    partly = [Said("a lantern"), Said("the harbour", session=2), Said("dinner at six", session=3)]
    whole = [*partly, Said("dinner by the lantern at the harbour", session=4)]
    question = "lantern, harbour, dinner"
    lost = {part.name: part.contribution for part in asked(index_of(partly), question)[0].parts}
    assert lost["bm25_unsaid"] < 0
    best = asked(index_of(whole), question)[0]
    assert whole[best.row] is whole[-1]
    assert "bm25_unsaid" not in {part.name for part in best.parts}


def test_without_vectors_nothing_in_common_is_no_hit() -> None:
    assert asked(index_of(TALK, vectors=False), "quantum chromodynamics", vectors=False) == []


def test_scores_fall_and_lie_between_0_and_1() -> None:
    scores = [hit.score for hit in asked(index_of(TALK), "running shoes for the race", k=7)]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_the_parts_add_up_to_the_score() -> None:
    import math

    for hit in asked(index_of(TALK), "When is Alice's race?", k=7):
        odds = sum(part.contribution for part in hit.parts)
        assert 1 / (1 + math.exp(-odds)) == pytest.approx(hit.score, abs=1e-5)


def test_every_feature_has_a_weight() -> None:
    assert len(shipped_weights().of) == len(FEATURES)


def test_the_speaker_asked_about_is_preferred() -> None:
    said = [Said("I love the mountains", "Alice"), Said("I love the mountains", "Bob")]
    assert asked(index_of(said), "what does Bob love?")[0].row == 1
    assert asked(index_of(said), "what does Alice love?")[0].row == 0


def test_i_means_the_asker() -> None:
    said = [Said("my sister lives in Oslo", "Alice"), Said("my sister lives in Oslo", "Bob")]
    assert asked(index_of(said), "where does my sister live?", asker="Bob")[0].row == 1


def test_you_told_me_means_the_agent() -> None:
    said = [
        Said("a recipe for lentil soup, please"),
        Said("a recipe for lentil soup: ...", "helper", "assistant"),
    ]
    assert asked(index_of(said), "which lentil soup recipe did you give me?", asker="Alice")[0].row == 1


def test_the_time_asked_for_is_preferred() -> None:
    said = [Said("we went hiking", session=1, day=1), Said("we went hiking", session=2, day=60)]
    span = Span(day(58), day(62))
    assert asked(index_of(said), "where did we go hiking?", spans=[span])[0].row == 1


def test_a_derived_item_and_its_source_are_one_hit() -> None:
    said = [*TALK, Said("Alice is allergic to peanuts", kind="fact", source=4, session=1)]
    hits = asked(index_of(said), "what is Alice allergic to?", k=8)
    together = [hit for hit in hits if hit.row in (3, 7)]
    assert len(together) == 1
    assert {together[0].row, *together[0].also} == {3, 7}


def test_repeats_make_room_for_others() -> None:
    said = [Said("I feed the cat at noon", session=n, day=n) for n in range(1, 4)]
    said.append(Said("the cat is called Moss", session=5, day=9))
    hits = asked(index_of(said), "the cat", k=4)
    assert hits[1].row == 3 or hits[0].row == 3
    assert any(part.name == "repeated" for hit in hits for part in hit.parts)


def test_k_bounds_the_hits() -> None:
    index = index_of(TALK)
    assert len(asked(index, "shoes", k=2)) == 2
    assert len(asked(index, "shoes", k=10**9)) == len(TALK)
    with pytest.raises(InvalidInput, match="k is 0"):
        asked(index, "shoes", k=0)


def test_an_empty_index_answers_with_nothing() -> None:
    assert asked(index_of([]), "anything?") == []


def filtered(said: list[Said], **wanted: object) -> set[int]:
    options = {"now": NOW, **wanted}
    return {hit.row for hit in asked(index_of(said), "tea", k=20, wanted=Filter(**options))}  # type: ignore[arg-type]


def test_filters_leave_out_what_does_not_pass() -> None:
    said = [
        Said("tea at four"),
        Said("tea is a plant", "Bob", session=2, kind="fact", confidence=0.4),
        Said("no tea today", state="archived", session=3, day=5),
        Said("tea with milk", valid_days=(1, 10), kind="preference", session=0),
        Said("tea with lemon", valid_days=(500, 600), kind="preference", session=0),
        Said("old tea", recorded_to=day(3), session=0, kind="fact"),
    ]
    assert filtered(said) == {0, 1, 4}
    assert filtered(said, kinds=[Kind.UTTERANCE]) == {0}
    assert filtered(said, sessions=[2]) == {1}
    assert filtered(said, authors=[1]) == {1}
    assert filtered(said, confidence_min=0.5) == {0, 4}
    assert filtered(said, states=None) == {0, 1, 2, 4}
    assert filtered(said, states=[State.ARCHIVED]) == {2}
    assert filtered(said, as_of=day(4)) == {0, 1, 3}
    assert filtered(said, as_of=day(550)) == {0, 1, 4}
    assert filtered(said, known_at=day(2), now=day(2)) == {0, 1, 3, 4, 5}
    assert filtered(said, said_before=day(0) + 1) == {0, 1, 4}
    assert filtered(said, items=[5]) == {4}


def test_two_statements_of_one_message_are_two_hits() -> None:
    said = [
        Said("I am allergic to peanuts and I live in Lisbon with a dog called Rex."),
        Said("Alice is allergic to peanuts", kind="fact", source=1, session=1),
        Said("Alice lives in Lisbon", kind="fact", source=1, session=1),
    ]
    rows = {hit.row for hit in asked(index_of(said), "Alice Lisbon peanuts allergic lives", k=8)}
    assert {1, 2} <= rows


def test_a_row_that_stands_alone_scores_by_how_near_it_is() -> None:
    alone = index_of([Said("Alice is allergic to peanuts")])
    near, far = (asked(alone, text)[0].score for text in ("peanuts and Alice", "the weather in Oslo"))
    assert near > 10 * far
