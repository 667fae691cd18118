"""Hand out a context: the hits of a recall as text under a token budget, put on record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from remanence.model.hit import Context, Format, Hit
from remanence.model.interval import from_micros
from remanence.storage.port import Snapshot
from remanence.verbs.asking import Asked, Query
from remanence.verbs.handing import RELEVANT_HITS, preferences_in
from remanence.verbs.hits import frozen_items, hits_of
from remanence.verbs.recalling import CONTEXT_LOOKED_AT, Recaller, context_hits
from remanence.verbs.reranking import reranked
from remanence.verbs.setting import Setting

if TYPE_CHECKING:
    from remanence.verbs.search import Search


def hand_out(
    setting: Setting, recaller: Recaller, query: Query, *, budget_tokens: int, form: Format, record: bool
) -> Context:
    """Text within the budget; see Cube.context."""
    from remanence.verbs.contexts import build_context

    asked = recaller.asked(query)
    k = context_hits(budget_tokens)
    hits, always = recaller.searching_for(
        asked,
        lambda snapshot, search: (
            _best(snapshot, search, k, looked_at=CONTEXT_LOOKED_AT),
            frozen_items(snapshot, search),
        ),
    )
    if setting.reranker is not None:
        hits = reranked(setting.reranker, query.text, hits)
    context = build_context(setting, hits, always=always, budget_tokens=budget_tokens, form=form)
    looks_back = query.as_of is not None or query.known_at is not None
    if record and not looks_back:  # of what was so once, nobody promised anything
        relevant = _preferences(recaller, asked, hits)
        recaller.handing.note(hits, context.items, relevant, at=from_micros(asked.times.now))
    return context


def _preferences(recaller: Recaller, asked: Asked, hits: Sequence[Hit]) -> list[Hit]:
    """The preferences that answer the question now, whatever filters it bears."""
    query = asked.query
    bare = Query(query.text, asker=query.asker, ageing=query.ageing)
    if query == replace(bare, units_boost=query.units_boost):
        return preferences_in(hits)
    whole = replace(asked, query=bare, times=replace(asked.times, said_before=None), ahead=None)
    return preferences_in(recaller.searching_for(whole, lambda at, search: _best(at, search, RELEVANT_HITS)))


def _best(snapshot: Snapshot, search: Search, k: int, *, looked_at: int = 0) -> list[Hit]:
    found = search.found(max(k, looked_at))
    return hits_of(snapshot, search, search.ranked_of(found, k, explains=False), explains=False)
