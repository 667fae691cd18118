"""Trust in an agent: a Beta over its assessed promises, in which older ones weigh less. Pure.

Source: A. Jøsang and R. Ismail, "The Beta Reputation System", 2002: counts of kept and broken promises over a
uniform prior, and a forgetting factor.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import datetime

from remanence.model.promise import AgentTrust, Assessment, Outcome, Promise
from remanence.promises.standing import latest_of_each

HALF_LIFE_DAYS = 180.0  # after which an assessment weighs half
PRIOR_EACH = 1.0  # kept and broken alike: of an agent nobody has assessed nothing is known
DAY_SECONDS = 86_400.0


def found_by_others(promise: Promise) -> Sequence[Assessment]:
    """The last word of each who assessed a promise, but for its promiser, who is no judge of it."""
    return [one for one in latest_of_each(promise.assessments) if one.assessor != promise.promiser]


def trust_in(promises: Iterable[Promise], *, now: datetime) -> tuple[AgentTrust, ...]:
    """The trust in each agent of whom a promise was assessed by another, by name.

    A promise counts once, however many assessed it: the share of its assessors who found it kept speaks for
    the agent and the rest against, both weighed by 2 ** (-age / HALF_LIFE_DAYS) of the last assessment. What
    an agent finds of its own promise does not count.
    """
    kept: dict[str, float] = {}
    broken: dict[str, float] = {}
    counted: dict[str, int] = {}
    for promise in promises:
        voices = found_by_others(promise)
        if not voices:
            continue
        age_days = max(0.0, (now - voices[-1].at).total_seconds() / DAY_SECONDS)
        weight = 2.0 ** (-age_days / HALF_LIFE_DAYS)
        share = sum(one.outcome is Outcome.KEPT for one in voices) / len(voices)
        name = promise.promiser
        kept[name] = kept.get(name, 0.0) + weight * share
        broken[name] = broken.get(name, 0.0) + weight * (1.0 - share)
        counted[name] = counted.get(name, 0) + 1
    return tuple(_trust(name, kept[name], broken[name], counted[name]) for name in sorted(counted))


def _trust(name: str, kept: float, broken: float, assessed: int) -> AgentTrust:
    support, doubt = kept + PRIOR_EACH, broken + PRIOR_EACH
    total = support + doubt
    deviation = math.sqrt(support * doubt / (total * total * (total + 1.0)))
    return AgentTrust(name, kept, broken, support / total, deviation, assessed)
