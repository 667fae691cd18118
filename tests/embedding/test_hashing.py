"""The hashing embedder gives the same numbers everywhere."""

from __future__ import annotations

import numpy as np

from remanence.embedding.hashing import SPANS_MAX, Hashing, features

STRONGEST = [(235, -0.5329), (3, 0.41), (81, 0.41), (123, -0.41)]


def test_its_numbers_are_the_same_in_every_process() -> None:
    vector = Hashing().query("the kettle is warm")
    strongest = [int(place) for place in np.argsort(-np.abs(vector), kind="stable")[:4]]
    assert [(place, round(float(vector[place]), 4)) for place in strongest] == STRONGEST


def test_a_text_without_end_has_a_bounded_number_of_vectors() -> None:
    assert len(Hashing().passages(["oar " * 1_000_000]).spans) == SPANS_MAX


def test_shared_words_weigh_more_than_shared_parts() -> None:
    embed = Hashing()
    query = embed.query("red kettle")
    same, part, other = (float(embed.query(text) @ query) for text in ("a kettle", "kettledrum", "an oar"))
    assert same > part > other


def test_a_repeated_word_gains_less_each_time() -> None:
    assert 1 < features("tea tea tea tea")["tea"] / features("tea")["tea"] < 4
