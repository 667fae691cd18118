"""Prompt-ready text of remembered items under a token budget: by conversation, in order of time.

Pure: hits come in, text comes out, in one of the forms of `layouts`. What stands there always comes first
and in an order that no question changes, so that a provider's prompt cache finds it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, tzinfo
from functools import lru_cache
from itertools import groupby

from remanence.errors import InvalidInput
from remanence.model.hit import Context, Format, Hit
from remanence.model.item import Item
from remanence.recall.layouts import LAYOUTS, Layout, Section
from remanence.recall.tokens import TokenCounter

ALWAYS = "always"  # the title of what is frozen
ALWAYS_SHARE_MAX = 0.25  # of the budget
LONG_TOKENS = 96  # from here on a longer item must tell more to be chosen; chat turns are shorter
MISSES_MAX = 40  # items in a row that no longer fit before the rest is given up


def compose(
    hits: Sequence[Hit],
    *,
    budget_tokens: int,
    count_tokens: TokenCounter,
    zone: tzinfo,
    always: Sequence[Item] = (),
    form: Format = "text",
) -> Context:
    """Put hits into a context: as many as the budget holds, those that tell most for their length first.

    Lines are grouped by day and conversation and stand in order of time, each with its item's short id
    and who said it; times are shown in `zone`. `always` comes before them in the order given, within
    ALWAYS_SHARE_MAX of the budget. The whole text never costs more than the budget. Raises InvalidInput
    for a form that is none, and when not one hit fits, naming the smallest budget that would do.
    """
    layout = LAYOUTS.get(form)
    if layout is None:
        raise InvalidInput(f"format {form!r} is not one of: {', '.join(LAYOUTS)}")
    page = _Page(layout, count_tokens, zone)
    stable = page.stable(always, int(budget_tokens * ALWAYS_SHARE_MAX))
    there = {item.id for item in stable}
    items = [item for item in _by_worth(hits, count_tokens) if item.id not in there]
    if not items and not stable:
        return Context("", 0, budget_tokens, (), form)
    chosen = page.fill(items, budget_tokens - page.cost_of(stable))
    if not chosen and not stable:
        chosen = page.first_alone(items, budget_tokens)
    while (tokens := count_tokens(text := page.text_of(stable, chosen))) > budget_tokens:
        chosen, stable = (chosen[:-1], stable) if chosen else (chosen, stable[:-1])
    return Context(text, tokens, budget_tokens, (*stable, *_in_order(chosen)), form)


def _by_worth(hits: Sequence[Hit], count_tokens: TokenCounter) -> list[Item]:
    """Items by score for each token, where all that are shorter than LONG_TOKENS count as that long."""

    def worth(hit: Hit) -> float:
        return hit.score / max(count_tokens(hit.item.content), LONG_TOKENS)

    return [hit.item for hit in sorted(hits, key=worth, reverse=True)]


class _Page:
    """What a form, a way to count and a zone make of items."""

    def __init__(self, layout: Layout, count_tokens: TokenCounter, zone: tzinfo) -> None:
        self._layout, self._count, self._zone = layout, count_tokens, zone
        self._entries: dict[int, str] = {}  # by the item's place in memory: whoever asks holds them all

    def _entry(self, item: Item) -> str:
        """The item as it stands in the text, written once."""
        found = self._entries.get(id(item))
        if found is None:
            found = self._entries[id(item)] = self._layout.entry(item)
        return found

    def stable(self, items: Sequence[Item], budget_tokens: int) -> list[Item]:
        """The first of these that fit, whatever else there is."""
        chosen: list[Item] = []
        for item in items:
            if self.cost_of([*chosen, item]) > budget_tokens:
                break
            chosen.append(item)
        return chosen

    def cost_of(self, stable: Sequence[Item]) -> int:
        """What a section of what stands there always costs."""
        if not stable:
            return 0
        lines = sum(self._count(self._entry(item)) for item in stable)
        return self._count(self._layout.title(ALWAYS)) + lines

    def fill(self, items: Sequence[Item], budget_tokens: int) -> list[Item]:
        """Items that fit by the sum of their lines, in the order given."""
        left = budget_tokens - self._count(self._layout.whole((), self._entry))
        chosen: list[Item] = []
        titles: set[str] = set()
        misses = 0
        for item in items:
            title = self._layout.title(_day(item, self._zone))
            cost = self._count(self._entry(item)) + (0 if title in titles else self._count(title))
            if cost > left:
                misses += 1
                if misses > MISSES_MAX:
                    break
                continue
            misses = 0
            left -= cost
            titles.add(title)
            chosen.append(item)
        return chosen

    def first_alone(self, items: Sequence[Item], budget_tokens: int) -> list[Item]:
        """The first item that fits by itself; InvalidInput where none does."""
        needs = [self._count(self.text_of((), [item])) for item in items]
        for item, needed in zip(items, needs, strict=True):
            if needed <= budget_tokens:
                return [item]
        held = f"a budget of {budget_tokens} tokens holds no line of this context"
        raise InvalidInput(f"{held}; the shortest needs {min(needs)}")

    def text_of(self, stable: Sequence[Item], chosen: Sequence[Item]) -> str:
        """The text: what stands there always, then the others by day."""
        sections = [Section(ALWAYS, tuple(stable))] if stable else []
        for day, group in groupby(_in_order(chosen), key=lambda item: _day(item, self._zone)):
            sections.append(Section(day, tuple(_with_gaps(list(group)))))
        return self._layout.whole(sections, self._entry)


def _with_gaps(items: Sequence[Item]) -> list[Item | None]:
    entries: list[Item | None] = []
    before: int | None = None
    for item in items:
        turn = item.revision.provenance.turn
        if before is not None and turn is not None and turn > before + 1:
            entries.append(None)
        before = turn
        entries.append(item)
    return entries


def _in_order(items: Sequence[Item]) -> list[Item]:
    """By conversation, in order of time; within it by turn, what was derived after what was said."""
    begins: dict[str | None, float] = {}
    said = []
    for item in items:
        where = item.revision.provenance
        at, session, turn = where.said_at.timestamp(), where.session, where.turn
        begins[session] = min(at, begins.get(session, at))
        said.append((at, session, -1 if turn is None else turn, item))

    def place(one: tuple[float, str | None, int, Item]) -> tuple[float, str, float, int, str]:
        at, session, turn, item = one
        return (at if session is None else begins[session], session or "", at, turn, item.id)

    return [item for *_, item in sorted(said, key=place)]


def _day(item: Item, zone: tzinfo) -> str:
    return _written(item.said_at.astimezone(zone).date())


@lru_cache(maxsize=1024)  # a context asks some 300 times, for a few days
def _written(day: date) -> str:
    return day.strftime("%A, %Y-%m-%d")
