"""How far an agent is one and the same: what the mirror sees, and the ledger's share of kept promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from remanence.model.promise import PromiseState

if TYPE_CHECKING:
    from remanence.mirror.reflecting import Kept
    from remanence.model.mirror import Share
    from remanence.verbs.setting import Setting


def figures_of(setting: Setting) -> tuple[Share, ...]:
    """The figures of coherence of the agent that said most; none where it said too little."""
    from remanence.mirror import reflecting

    return reflecting.look(setting, None, kept=kept_by(setting)).coherence


def kept_by(setting: Setting) -> Kept:
    """Which share of its promises that others assessed an agent kept, by the ledger as it stands."""
    from remanence.mirror.coherence import share
    from remanence.promises.ledger import read_ledger
    from remanence.promises.trust import found_by_others

    def kept(agent: str) -> Share | None:
        came_out = (PromiseState.KEPT, PromiseState.BROKEN)
        mine = [one for one in read_ledger(setting) if one.promiser == agent and one.state in came_out]
        assessed = [one for one in mine if found_by_others(one)]
        broken = [one for one in assessed if one.state is PromiseState.BROKEN]
        if not assessed:
            return None
        ids = [one.id for one in broken]
        return share("promise-keeping", len(assessed) - len(broken), len(assessed), ids)

    return kept
