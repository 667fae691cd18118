"""The prompt is data with a version, and says what the answer's schema says."""

from __future__ import annotations

import hashlib
import re

import pytest

from remanence.model.kind import Kind
from remanence.reader.llm.answer import Answer, Stated, answer_schema, read_answer
from remanence.reader.llm.prompt import prompt
from remanence.reader.llm.quotes import find_quote
from remanence.reader.llm.transcript import within

# The digest of each version's words: other words are another version, since cubes know what read them by it.
DIGESTS = {"1": "81501ee2265dc968"}
SUMMARY_DIGESTS = {"1": "d1ace2fbd7f2e0e0"}


def test_other_words_are_another_version() -> None:
    words = prompt()
    digest = hashlib.sha256("\0".join((words.system, words.ask, words.repair)).encode()).hexdigest()[:16]
    assert DIGESTS.get(words.version) == digest, "the words have changed: raise the version in prompt.toml"


def test_other_words_for_summing_up_are_another_version() -> None:
    words = prompt("summary")
    digest = hashlib.sha256("\0".join((words.system, words.ask, words.repair)).encode()).hexdigest()[:16]
    assert SUMMARY_DIGESTS.get(words.version) == digest, "raise the version in summary.toml"
    assert (words.ask.count("{sentences}"), words.ask.count("{tokens}")) == (1, 1)
    assert words.repair.count("{fault}") == 1


def test_the_prompt_names_every_field_of_the_schema_and_no_other() -> None:
    named = re.findall(r'^- "(\w+)":', prompt().system, re.M)
    assert named == list(Stated.model_fields)
    item = answer_schema()["properties"]["items"]["items"]  # type: ignore[index,call-overload]  # it is an object
    assert list(item["properties"]) == named
    assert item["additionalProperties"] is False


def test_every_kind_that_the_model_may_name_is_a_kind_and_is_in_the_prompt() -> None:
    item = answer_schema()["properties"]["items"]["items"]  # type: ignore[index,call-overload]  # it is an object
    kinds = item["properties"]["kind"]["enum"]
    assert set(kinds) == {kind.value for kind in Kind} - {"utterance", "summary"}
    assert all(word in prompt().system for word in (*kinds, *item["properties"]["modality"]["enum"]))


def test_the_places_for_messages_and_faults_are_there() -> None:
    assert prompt().ask.count("{messages}") == 1
    assert prompt().repair.count("{fault}") == 1


@pytest.mark.parametrize(
    ("text", "quote", "found"),
    [
        ("I moved to Lisbon.", "moved to Lisbon", "moved to Lisbon"),
        ("a  b\t\nc", "a b c", "a  b\t\nc"),
        ("  a b  ", " a b ", "a b"),
        ("art, a start", "start", "start"),
        ("start, art", "art", "art"),
        ("start", "art", None),
        ("start", "star", None),
        ("Abc", "abc", None),
        ("e\u0301t\u00e9", "\u00e9t\u00e9", None),
        ("我对花生过敏。", "花生过敏", "花生过敏"),
        ("x\x00y z", "x\ufffdy", "x\x00y"),
        ("...", "...", None),
        ("", "a", None),
        ("a" * 2_000, "a" * 1_001, None),
        ("👍🏽 yes", "👍🏽 yes", "👍🏽 yes"),
        ("\u00a0non\u00a0breaking", "non breaking", "non\u00a0breaking"),
    ],
)
def test_a_quote_is_the_very_words_or_nothing(text: str, quote: str, found: str | None) -> None:
    span = find_quote(text, quote)
    assert (None if span is None else text[span[0] : span[1]]) == found


@pytest.mark.parametrize("text", ["", "word " * 100, "我" * 300, "\ud800" * 300, "é" * 300])
def test_a_beginning_is_one_and_is_within_its_bound(text: str) -> None:
    kept = within(text, 20)
    assert text.startswith(kept)
    assert len(kept.encode("utf-8", "surrogatepass")) <= 60
    assert kept or not text


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"items": ' * 5_000, '{"items": [{}]}', "{" + "x" * 100_000 + "}"]
)
def test_what_is_no_answer_is_told_in_few_words(text: str) -> None:
    fault = read_answer(text)
    assert not isinstance(fault, Answer)
    assert len(fault) <= 1_500
