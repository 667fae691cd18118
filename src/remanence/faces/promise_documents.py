"""Promises as JSON documents; see `documents`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from remanence.faces.documents import Document, of_item, of_time

if TYPE_CHECKING:
    from collections.abc import Iterable

    from remanence.model.promise import AgentTrust, Assessment, CheckedPromise, Ledger, Promise, PromiseReport


def of_ledger(ledger: Ledger) -> Document:
    """The ledger, and beside it what is no promise."""
    return {
        "at": of_time(ledger.at),
        "promises": [of_promise(one) for one in ledger],
        "intentions": [of_item(item) for item in ledger.intentions],
        "impositions": [of_promise(one) for one in ledger.impositions],
        "trust": [_of_trust(one) for one in ledger.trust],
    }


def of_promise(promise: Promise) -> Document:
    """One promise with its terms, its state, and what its assessors found."""
    terms = promise.terms
    return {
        "id": promise.id,
        "promiser": promise.promiser,
        "promisees": list(terms.promisees),
        "kind": terms.kind.value,
        "body": terms.body,
        "constraints": dict(terms.constraints),
        "conditions": [{"promise": one.promise, "words": one.words} for one in terms.conditions],
        "scope": list(terms.scope),
        "due": of_time(terms.due),
        "name": terms.name,
        "made_at": of_time(promise.made_at),
        "words": promise.words,
        "source": promise.source,
        "state": promise.state.value,
        "disputed": promise.is_disputed,
        "binding": promise.is_binding,
        "contradicts": list(promise.contradicts),
        "circle": list(promise.circle),
        "replaced_by": promise.replaced_by,
        "said_by": promise.said_by,
        "assessments": [of_assessment(one) for one in promise.assessments],
    }


def of_promises(promises: Iterable[Promise]) -> Document:
    """Promises, in the order given."""
    return {"promises": [of_promise(one) for one in promises]}


def of_assessment(assessment: Assessment) -> Document:
    """What one assessor found."""
    return {
        "id": assessment.item_id,
        "promise": assessment.promise,
        "assessor": assessment.assessor,
        "outcome": assessment.outcome.value,
        "evidence": list(assessment.evidence),
        "at": of_time(assessment.at),
    }


def of_report(report: PromiseReport) -> Document:
    """What became of the memory promises; `kept` when none is broken."""
    return {
        "at": of_time(report.at),
        "kept": not report.broken,
        "promises": [_of_checked(one) for one in report.checked],
    }


def _of_checked(one: CheckedPromise) -> Document:
    return {
        "check": one.name,
        "words": one.words,
        "verdict": one.verdict.value,
        "looked_at": one.looked_at,
        "note": one.note,
        "breaches": [
            {"items": list(breach.items), "at": of_time(breach.at), "what": breach.what}
            for breach in one.breaches
        ],
    }


def _of_trust(one: AgentTrust) -> Document:
    return {
        "agent": one.agent,
        "trust": one.mean,
        "deviation": one.deviation,
        "kept": one.kept,
        "broken": one.broken,
        "assessed": one.assessed,
    }
