"""Summaries of rows: their sentences, the choice among them, and the text that cites every item."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal, get_args

from remanence.errors import InvalidInput
from remanence.lifecycle.erasure import BLANK
from remanence.model.ids import TextId, short
from remanence.model.item import Revision, Source
from remanence.model.kind import Kind
from remanence.model.state import RECALLED
from remanence.model.summary import CitedSentence, Summary
from remanence.recall.tokens import TokenCounter, estimate_tokens, exact_counter
from remanence.storage.port import Snapshot
from remanence.verbs import arguments
from remanence.verbs.arguments import When
from remanence.verbs.contexts import BUDGET_TOKENS_MAX
from remanence.verbs.setting import Setting

SENTENCES_MAX = 50_000  # chosen from at a time
Period = Literal["day", "week", "month"]
PERIODS: tuple[Period, ...] = get_args(Period)


@dataclass(slots=True)
class _Found:
    """A sentence as it was met first, and everywhere it stands."""

    row: Revision
    text: str
    sources: list[Source]


def summary_of(
    snapshot: Snapshot,
    rows: Sequence[Revision],
    *,
    budget_tokens: int,
    may_be_empty: bool = False,
    whole: bool = False,
) -> Summary:
    """The sentences of these rows that say most, in the rows' order; empty where there are none.

    Blanked sentences are left out. With `whole`, each row's text counts as one sentence. Raises
    InvalidInput for a budget out of bounds, and for one that holds no sentence unless the summary
    `may_be_empty`.
    """
    if isinstance(budget_tokens, bool) or not isinstance(budget_tokens, int):
        raise InvalidInput(f"budget {budget_tokens!r} must be a whole number of tokens")
    if not 1 <= budget_tokens <= BUDGET_TOKENS_MAX:
        raise InvalidInput(f"budget {budget_tokens} must lie in [1, {BUDGET_TOKENS_MAX}] tokens")
    found = list(_sentences(rows, whole=whole))
    if not found:
        return Summary("", 0, budget_tokens, ())
    count = exact_counter() or estimate_tokens
    lines = [_line(_cited(one)) for one in found]
    chosen = _chosen(snapshot, found, [count(line) + 1 for line in lines], budget_tokens)
    if not chosen and not may_be_empty:
        needed = min(count(line) + 1 for line in lines)
        raise InvalidInput(
            f"a budget of {budget_tokens} tokens holds no sentence; the shortest needs {needed}"
        )
    return _put_together([found[place] for place in chosen], budget_tokens, count)


def _put_together(chosen: Sequence[_Found], budget_tokens: int, count: TokenCounter) -> Summary:
    cited = tuple(map(_cited, chosen))
    text = "\n".join(map(_line, cited))
    return Summary(text, count(text), budget_tokens, cited)


def put_together(sentences: Sequence[CitedSentence], budget_tokens: int, *, by: str) -> Summary:
    """A summary of the first of these sentences, as many as the budget holds."""
    count = exact_counter() or estimate_tokens
    kept: list[CitedSentence] = []
    left = budget_tokens
    for one in sentences:
        left -= count(_line(one)) + 1
        if left < 0:
            break
        kept.append(one)
    text = "\n".join(map(_line, kept))
    return Summary(text, count(text) if text else 0, budget_tokens, tuple(kept), by)


def rollup(setting: Setting, period: Period, when: When | None, *, budget_tokens: int) -> Summary:
    """What was said and stated within a day, a week (from Monday) or a month in the cube's zone."""
    arguments.one_of(period, PERIODS, "period")
    now = setting.clock.now()
    moment = now if when is None else arguments.starting(when, now=now, zone=setting.zone, name="when")
    start, end = _bounds(period, (moment or now).astimezone(setting.zone).date())
    bounds = [datetime.combine(day, time(), setting.zone) for day in (start, end)]
    with setting.store.read() as snapshot:
        rows = snapshot.rows_said_between(bounds[0], bounds[1])
        return summary_of(snapshot, [row for row in rows if is_told(row)], budget_tokens=budget_tokens)


def is_told(row: Revision) -> bool:
    """Whether a row is what somebody said or stated, and is recalled: what a summary is made of."""
    spoken = row.content.kind is not Kind.UTTERANCE or row.provenance.role in ("user", "assistant")
    return row.state in RECALLED and spoken and row.content.kind is not Kind.SUMMARY and bool(row.text_id)


def _bounds(period: Period, day: date) -> tuple[date, date]:
    if period == "day":
        return day, day + timedelta(days=1)
    if period == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=7)
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1)


def _sentences(rows: Iterable[Revision], *, whole: bool) -> Iterator[_Found]:
    from remanence.units.sentences import sentences

    known: dict[tuple[str | None, str], _Found] = {}
    for row in rows:
        text = row.content.text
        for start, end in [(0, len(text))] if whole else sentences(text):
            sentence, source = text[start:end], Source(row.item_id, start, end)
            if BLANK in sentence:
                continue
            key = (_speaker(row), sentence.casefold())
            if key in known:
                known[key].sources.append(source)
                continue
            if len(known) >= SENTENCES_MAX:
                raise InvalidInput(f"there are more than SENTENCES_MAX = {SENTENCES_MAX} sentences to sum up")
            known[key] = _Found(row, sentence, [source])
    return iter(known.values())


def _chosen(
    snapshot: Snapshot, found: Sequence[_Found], costs: Sequence[int], budget_tokens: int
) -> list[int]:
    import numpy as np

    from remanence.recall.analyser import Flag, analyse
    from remanence.units.extracts import Candidate, choose

    texts = dict.fromkeys(TextId(one.row.text_id) for one in found)
    vectors: dict[int, np.ndarray] = {}
    for stored in snapshot.vectors_of(list(texts)):
        vectors.setdefault(stored.text, np.frombuffer(stored.value, "<f2").astype(np.float32))
    candidates = []
    for one, cost in zip(found, costs, strict=True):
        analysis = analyse(one.text)
        candidates.append(
            Candidate(
                terms=tuple(np.frombuffer(analysis.terms, "<u4").tolist()),
                vector=vectors.get(one.row.text_id),
                tokens=cost,
                is_question=bool(analysis.flags & Flag.QUESTION),
            )
        )
    return choose(candidates, budget_tokens=budget_tokens)


def _speaker(row: Revision) -> str | None:
    return row.provenance.author if row.content.kind is Kind.UTTERANCE else None


def _cited(one: _Found) -> CitedSentence:
    return CitedSentence(one.text, _speaker(one.row), tuple(one.sources))


def _line(cited: CitedSentence) -> str:
    said = cited.text if cited.speaker is None else f"{cited.speaker}: {cited.text}"
    ids = ", ".join(dict.fromkeys(short(source.item_id) for source in cited.sources))
    return f"{said} ({ids})"
