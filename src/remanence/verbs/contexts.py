"""Context: the hits of a recall as prompt-ready text under a token budget."""

from __future__ import annotations

from collections.abc import Sequence

from remanence.errors import InvalidInput
from remanence.model.hit import Context, Format, Hit
from remanence.model.item import Item
from remanence.recall.context import compose
from remanence.recall.tokens import estimate_tokens, exact_counter
from remanence.verbs.setting import Setting

BUDGET_TOKENS_MAX = 1_000_000  # the largest windows there are


def build_context(
    setting: Setting, hits: Sequence[Hit], *, always: Sequence[Item], budget_tokens: int, form: Format
) -> Context:
    """The best hits that fit, grouped by conversation; counted by tiktoken where it is installed.

    Raises InvalidInput for a budget outside [1, BUDGET_TOKENS_MAX], or too small for one line.
    """
    if not 1 <= budget_tokens <= BUDGET_TOKENS_MAX:
        raise InvalidInput(f"budget {budget_tokens} must lie in [1, {BUDGET_TOKENS_MAX}] tokens")
    return compose(
        hits,
        budget_tokens=budget_tokens,
        count_tokens=exact_counter() or estimate_tokens,
        zone=setting.zone,
        always=always,
        form=form,
    )
