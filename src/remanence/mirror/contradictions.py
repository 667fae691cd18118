"""Statements of the agent's that can't both be meant, and what lies between them that explains the change.

A claim is set against earlier ones about the same, the latest first, until one agrees with it or one does
not: what was said since is what a new statement answers to, so a change of mind is reported once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from remanence.mirror.claims import Claim
from remanence.mirror.explanations import Explanations
from remanence.mirror.language import lists
from remanence.mirror.said import Record
from remanence.mirror.terms import Term, Weights, excluded_by, likeness, opposed, rarity, terms_of, weight
from remanence.mirror.vows import broken_vows
from remanence.model.mirror import Contradiction, ContradictionSort

SAME_MATTER = 0.6  # of the weight of two statements' words, for a yes to meet its no
SAME_ANSWER = 0.35  # where both answer the same question
SAME_OBJECT = 0.6  # of two pieces of advice
SAME_QUESTION = 0.6  # of two questions that were asked
SAME_CONTEXT = 0.25  # of what is said with a piece of advice, where both say something
SAME_SUBJECT = 0.75  # of two statements that give one thing two values
VALUE_TERMS_MAX = 4
CANDIDATES_MAX = 12  # of the latest claims that share a telling word
TELLING = 3  # words of a claim by which earlier ones are looked up
CONTRADICTIONS_MAX = 200  # the latest

_Verdict = ContradictionSort | bool | None  # how they conflict; True where they agree; None: neither


@dataclass(frozen=True, slots=True)
class Consistency:
    """How many claims met an earlier one about the same and agreed, and the contradictions."""

    agreed: int
    contradictions: tuple[Contradiction, ...]


def consistency(record: Record, claims: Sequence[Claim]) -> Consistency:
    """The agent's claims, in order of time, set against its own earlier ones."""
    weights = rarity(claim.terms | claim.asked for claim in claims)
    explanations = Explanations(record)
    found: dict[tuple[int, int], Contradiction] = {}
    agreed: set[int] = set()
    for later, earlier, verdict in _met(claims, weights):
        if verdict is True:
            agreed.add(later.number)
            continue
        pair = (earlier.number, later.number)
        if pair not in found and verdict:
            found[pair] = Contradiction(
                sort=verdict,
                earlier=record.mine[earlier.number].quote(earlier.start, earlier.end),
                later=record.mine[later.number].quote(later.start, later.end),
                explanation=explanations.between(earlier, later),
            )
    changed = {later for _, later in found}
    ordered = sorted(
        (*found.values(), *broken_vows(record, explanations)),
        key=lambda one: (one.later.said_at, one.earlier.said_at),
    )
    return Consistency(len(agreed - changed), tuple(ordered[-CONTRADICTIONS_MAX:]))


class _Weighed:
    """A claim with what every comparison asks of it, worked out once."""

    __slots__ = (
        "asked_weight",
        "claim",
        "excluded",
        "has_kind",
        "is_exclusive",
        "is_marked",
        "terms",
        "weight",
    )

    def __init__(self, claim: Claim, weights: Weights) -> None:
        self.claim = claim
        self.terms = claim.terms
        self.weight = weight(self.terms, weights)
        self.asked_weight = weight(claim.asked, weights)
        self.excluded = excluded_by(self.terms)
        self.is_exclusive = bool(self.terms & _exclusive())
        self.has_kind = any(self.terms & kind for kind in _kinds())
        self.is_marked = (
            claim.sort != "statement" or claim.sign < 0 or bool(claim.numbers) or bool(self.excluded)
        )
        self.is_marked |= self.is_exclusive or self.has_kind


def _met(claims: Sequence[Claim], weights: Weights) -> Iterator[tuple[Claim, Claim, _Verdict]]:
    """Each claim with the latest earlier one that agrees with it or does not."""
    every: dict[Term, list[_Weighed]] = defaultdict(list)
    marked: dict[Term, list[_Weighed]] = defaultdict(list)
    for claim in claims:
        one = _Weighed(claim, weights)
        for other in _candidates(one, every if one.is_marked else marked, weights):
            verdict = _verdict(other, one, weights)
            if verdict is not None:
                yield claim, other.claim, verdict
                break
        for term in one.terms | (claim.asked if claim.sort == "advice" else frozenset()):
            every[term].append(one)
            if one.is_marked:
                marked[term].append(one)


def _candidates(one: _Weighed, places: Mapping[Term, Sequence[_Weighed]], weights: Weights) -> list[_Weighed]:
    """Earlier claims of the same sort that share telling words with this one, the latest first.

    Of statements, only those that can still be alike enough when the telling words they lack are taken off.
    """
    telling = dict.fromkeys(_telling(one.claim, weights))
    shared: dict[_Weighed, float] = defaultdict(float)
    for term in telling:
        for other in places.get(term, ())[-CANDIDATES_MAX:]:
            shared[other] += weights.get(term, 1.0)
    least = one.weight - weight(telling, weights)
    found = [
        other
        for other, both in shared.items()
        if other.claim.number != one.claim.number
        and other.claim.sort == one.claim.sort
        and (
            one.claim.sort != "statement"
            or least + both >= SAME_ANSWER * max(one.weight, other.weight)
            or not one.excluded.isdisjoint(other.terms)
        )
    ]
    return sorted(found, key=_newest, reverse=True)


def _newest(one: _Weighed) -> tuple[int, int]:
    return one.claim.number, one.claim.start


def _telling(claim: Claim, weights: Weights) -> list[Term]:
    def rarest(terms: Iterable[Term]) -> list[Term]:
        return sorted(terms, key=lambda term: (-weights.get(term, 0.0), term))[:TELLING]

    return (
        rarest(claim.terms) + (rarest(claim.asked) if claim.sort == "advice" else []) + rarest(claim.target)
    )


def _verdict(one: _Weighed, other: _Weighed, weights: Weights) -> _Verdict:
    if one.claim.sort == "statement":
        return _statements(one, other, weights)
    if one.claim.sort == "comparison":
        return _comparisons(one.claim, other.claim, weights)
    return _advice(one.claim, other.claim, weights)


def _statements(one: _Weighed, other: _Weighed, weights: Weights) -> _Verdict:
    shared = one.terms & other.terms
    both = weight(shared, weights)
    pairs: list[tuple[Term, Term]] = []
    left_out = 0.0
    if one.excluded and not one.excluded.isdisjoint(other.terms):
        pairs = opposed(one.terms, other.terms)
        left_out = sum(weight(pair, weights) for pair in pairs)
        shared -= {term for pair in pairs for term in pair}
    alike = both / max(one.weight + other.weight - both - left_out, 1e-9)
    first, second = one.claim, other.claim
    if first.sign * second.sign * (-1) ** len(pairs) < 0:
        told = len(shared) >= 2 or bool(pairs)
        needed = SAME_SUBJECT if _speak_of_two(one, other, pairs) else _needed(one, other, weights)
        return "denial" if told and alike >= SAME_ANSWER and alike >= needed else None
    if first.sign > 0 and second.sign > 0 and not pairs and (verdict := _values(one, other, weights)):
        return verdict
    return True if alike >= SAME_MATTER and first.numbers == second.numbers else None


def _speak_of_two(one: _Weighed, other: _Weighed, pairs: Sequence[tuple[Term, Term]]) -> bool:
    """Whether opposites are said of two things: "thick paper for the cover", "thin paper for the pages"."""
    paired = {term for pair in pairs for term in pair}
    mine, yours = one.terms - other.terms - paired, other.terms - one.terms - paired
    return bool(pairs) and bool(mine) and bool(yours)


def _needed(one: _Weighed, other: _Weighed, weights: Weights) -> float:
    """How alike two statements must be: less, where both answer the same question."""
    asked = weight(one.claim.asked & other.claim.asked, weights)
    either = one.asked_weight + other.asked_weight - asked
    return SAME_ANSWER if asked and asked >= SAME_QUESTION * either else SAME_MATTER


def _values(one: _Weighed, other: _Weighed, weights: Weights) -> _Verdict:
    """Whether they give the one thing that they speak of two values."""
    first, second = one.claim, other.claim
    if first.numbers or second.numbers:
        return _measures(one, other, weights)
    one_kind = one.has_kind and _same_kind(first.rest - second.rest, second.rest - first.rest)
    if not one_kind and not (
        one.is_exclusive and other.is_exclusive and one.terms & other.terms & _exclusive()
    ):
        return None
    if not first.rest or not second.rest or max(len(first.rest), len(second.rest)) > VALUE_TERMS_MAX:
        return None
    if likeness(first.target, second.target, weights) < SAME_SUBJECT:
        return None
    return "value" if first.rest - second.rest and second.rest - first.rest else None


def _measures(one: _Weighed, other: _Weighed, weights: Weights) -> _Verdict:
    """Of two statements that measure the same in the same unit: whether they do so with two numbers."""
    if len(one.claim.numbers) != 1 or len(other.claim.numbers) != 1:
        return None
    (first, unit), (second, other_unit) = one.claim.numbers[0], other.claim.numbers[0]
    before, after = one.terms - {first}, other.terms - {second}
    if first == second or unit != other_unit or not before & after - {unit}:
        return None
    return "value" if likeness(before, after, weights) >= _needed(one, other, weights) else None


def _comparisons(one: Claim, other: Claim, weights: Weights) -> _Verdict:
    if likeness(one.target, other.target, weights) < SAME_OBJECT:
        return None
    pairs = opposed(one.rest, other.rest)
    first = one.rest - {pair[0] for pair in pairs}
    second = other.rest - {pair[1] for pair in pairs}
    if (first or second) and likeness(first, second, weights) < SAME_CONTEXT:
        return None
    return "denial" if one.sign * other.sign * (-1) ** len(pairs) < 0 else True


def _advice(one: Claim, other: Claim, weights: Weights) -> _Verdict:
    asked = likeness(one.asked, other.asked, weights) >= SAME_QUESTION
    context = likeness(one.rest, other.rest, weights)
    if _same_object(one, other, weights):
        if one.sign == other.sign:
            return True
        apart = bool(one.rest and other.rest) and context < SAME_CONTEXT
        return None if apart and not asked else "advice"
    if one.sign < 0 or other.sign < 0 or one.target & other.target:
        return None
    if asked and len(one.asked & other.asked) >= 2:
        return "advice"
    return "advice" if context >= SAME_QUESTION and len(one.rest & other.rest) >= 2 else None


def _same_object(one: Claim, other: Claim, weights: Weights) -> bool:
    """Whether they advise on one thing: named alike, or what one names stands beside it in the other."""
    if likeness(one.target, other.target, weights) >= SAME_OBJECT:
        return True
    both = one.target & other.target
    return bool(both) and one.target <= other.terms and other.target <= one.terms


def _same_kind(one: frozenset[Term], other: frozenset[Term]) -> bool:
    """Whether both are values of one kind of which a thing has one: two weekdays, two colours."""
    return bool(one) and bool(other) and any(one <= kind and other <= kind for kind in _kinds())


@cache
def _kinds() -> tuple[frozenset[Term], ...]:
    return tuple(terms_of(line.partition(":")[2].split()) for line in lists().words("stance", "kinds"))


@cache
def _exclusive() -> frozenset[Term]:
    return terms_of(lists().words("stance", "exclusive"))
