"""Prompt-ready text of remembered items under a token budget: by conversation, in order of time.

Pure: hits come in, text comes out. Item text is escaped and kept inside its own
line, so that what was remembered can neither close the block nor pass for another line of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import tzinfo
from itertools import groupby

from remanence.errors import InvalidInput
from remanence.model.hit import Context, Hit
from remanence.model.ids import short
from remanence.model.item import Item
from remanence.model.kind import Kind
from remanence.recall.tokens import TokenCounter

OPENING, CLOSING = "<memory>", "</memory>"
GAP = "  ..."  # turns in between were left out
CONTINUED = "\n    "  # a further line of the same item
LONG_TOKENS = 96  # from here on a longer item must tell more to be chosen; chat turns are shorter
MISSES_MAX = 40  # items in a row that no longer fit before the rest is given up
_LINE_BREAKS = re.compile(r"\s*[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+\s*")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def compose(hits: Sequence[Hit], *, budget_tokens: int, count_tokens: TokenCounter, zone: tzinfo) -> Context:
    """Put hits into a context: as many as the budget holds, those that tell most for their length first.

    Lines are grouped by day and conversation and stand in order of time, each with its item's short id
    and who said it; times are shown in `zone`. The whole text never costs more than the budget. Raises
    InvalidInput when not one hit fits, and names the smallest budget that would do.
    """
    items = _by_worth(hits, count_tokens)
    if not items:
        return Context("", 0, budget_tokens, ())
    chosen = _fill(items, budget_tokens, count_tokens, zone) or _first_alone(
        items, budget_tokens, count_tokens, zone
    )
    while (tokens := count_tokens(text := _text_of(chosen, zone))) > budget_tokens:
        chosen = chosen[:-1]
    return Context(text, tokens, budget_tokens, tuple(_in_order(chosen)))


def _by_worth(hits: Sequence[Hit], count_tokens: TokenCounter) -> list[Item]:
    """Items by score for each token, where all that are shorter than LONG_TOKENS count as that long."""

    def worth(hit: Hit) -> float:
        return hit.score / max(count_tokens(hit.item.content), LONG_TOKENS)

    return [hit.item for hit in sorted(hits, key=worth, reverse=True)]


def _fill(items: Sequence[Item], budget_tokens: int, count_tokens: TokenCounter, zone: tzinfo) -> list[Item]:
    """Items that fit by the sum of their lines, in the order given."""
    left = budget_tokens - count_tokens(f"{OPENING}\n{CLOSING}")
    chosen: list[Item] = []
    headings: set[str] = set()
    misses = 0
    for item in items:
        heading = _heading(item, zone)
        cost = count_tokens(_line(item)) + (0 if heading in headings else count_tokens(heading))
        if cost > left:
            misses += 1
            if misses > MISSES_MAX:
                break
            continue
        misses = 0
        left -= cost
        headings.add(heading)
        chosen.append(item)
    return chosen


def _first_alone(
    items: Sequence[Item], budget_tokens: int, count_tokens: TokenCounter, zone: tzinfo
) -> list[Item]:
    needs = [count_tokens(_text_of([item], zone)) for item in items]
    for item, needed in zip(items, needs, strict=True):
        if needed <= budget_tokens:
            return [item]
    raise InvalidInput(
        f"a budget of {budget_tokens} tokens holds no line of this context; the shortest needs {min(needs)}"
    )


def _text_of(items: Sequence[Item], zone: tzinfo) -> str:
    lines = [OPENING]
    for heading, group in groupby(_in_order(items), key=lambda item: _heading(item, zone)):
        lines.append(heading)
        before: int | None = None
        for item in group:
            turn = item.revision.provenance.turn
            if before is not None and turn is not None and turn > before + 1:
                lines.append(GAP)
            before = turn
            lines.append(_line(item))
    return "\n".join([*lines, CLOSING])


def _in_order(items: Sequence[Item]) -> list[Item]:
    """By conversation, in order of time; within it by turn, what was derived after what was said."""
    begins: dict[str | None, float] = {}
    for item in items:
        at = item.said_at.timestamp()
        begins[item.session] = min(at, begins.get(item.session, at))

    def place(item: Item) -> tuple[float, str, float, int, str]:
        at, turn = item.said_at.timestamp(), item.revision.provenance.turn
        start = at if item.session is None else begins[item.session]
        return (start, item.session or "", at, -1 if turn is None else turn, item.id)

    return sorted(items, key=place)


def _heading(item: Item, zone: tzinfo) -> str:
    return item.said_at.astimezone(zone).strftime("[%A, %Y-%m-%d]")


def _line(item: Item) -> str:
    speaker = _inline(item.author) if item.kind is Kind.UTTERANCE else item.kind.value
    return f"({short(item.id)}) {speaker}: {_inline(item.content, CONTINUED)}"


def _inline(text: str, line_break: str = " ") -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    return _CONTROL.sub("", _LINE_BREAKS.sub(line_break, escaped.strip()))
