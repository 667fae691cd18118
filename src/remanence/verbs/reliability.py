"""Keeps how sources did, and lets it weigh on what they say next."""

from __future__ import annotations

from dataclasses import dataclass

from remanence.beliefs.reliability import Record, discounted
from remanence.lifecycle.changes import Change
from remanence.model.belief import Belief
from remanence.model.item import Provenance, Revision
from remanence.storage.support_port import AUTHOR, METHOD, Observation, summed
from remanence.verbs.setting import Setting


@dataclass(frozen=True, slots=True)
class Reliability:
    """How the statements of an author, or of a method of derivation, did."""

    of: str  # "author" or "method"
    name: str
    borne_out: int
    wrong: int
    share: float  # the expected share of right ones, in (0, 1]


def observe(change: Change, row: Revision, *, borne_out: bool, by: str) -> None:
    """Note how a row's statement did, judged by what another source, of the author `by`, said."""
    source = row.provenance
    change.observations.append(
        Observation(source.author, source.method, borne_out, by_another=by != source.author)
    )


def weighed(change: Change, belief: Belief, provenance: Provenance) -> Belief:
    """A belief as reliable as its author and its method have been."""
    records = change.track_records
    return discounted(
        belief,
        author=Record(*records.get((AUTHOR, provenance.author), (0, 0))),
        method=Record(*records.get((METHOD, provenance.method), (0, 0))),
    )


def reliabilities(setting: Setting) -> tuple[Reliability, ...]:
    """The record of every author and method of which something was observed."""
    with setting.store.read() as snapshot:
        records = summed(snapshot.track_records())
    return tuple(
        Reliability(of, name, borne_out, wrong, Record(borne_out, wrong).reliability)
        for (of, name), (borne_out, wrong) in sorted(records.items())
    )
