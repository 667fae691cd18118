"""How far a source is to be believed, learnt from how its statements did; see docs/beliefs.md.

Source: A. Jøsang and R. Ismail, "The Beta Reputation System", 15th Bled Electronic Commerce
Conference, 2002.
"""

from __future__ import annotations

from dataclasses import dataclass

from remanence.model.belief import Belief

PRIOR_WEIGHT = 2.0  # W: the usual weight of what is not known
BASE_RATE = 1.0  # a: nobody is doubted before there is a reason


@dataclass(frozen=True, slots=True)
class Record:
    """How often another source bore a statement of this one out, and how often one proved wrong."""

    borne_out: int = 0
    wrong: int = 0

    @property
    def reliability(self) -> float:
        """The expected share of its statements that are right, (r + W a) / (r + s + W), in (0, 1].

        >>> Record(borne_out=0, wrong=2).reliability
        0.5
        """
        known = self.borne_out + self.wrong
        return (self.borne_out + PRIOR_WEIGHT * BASE_RATE) / (known + PRIOR_WEIGHT)


def discounted(belief: Belief, *, author: Record, method: Record) -> Belief:
    """A belief as a source of this record brings it: what it lacks in reliability speaks for neither side.

    With reliability p = author's times method's, the mean m becomes p m + (1 - p) / 2; the strength stays.

    >>> discounted(Belief(1.8, 0.2), author=Record(0, 2), method=Record()).mean
    0.7
    """
    share = author.reliability * method.reliability
    if share == 1.0:
        return belief
    support = share * belief.support + (1 - share) * belief.strength / 2
    return Belief(support, belief.strength - support)
