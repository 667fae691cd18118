"""Keeps how sources did, and lets it weigh on what they say next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from remanence.beliefs.reliability import Record, discounted
from remanence.lifecycle.changes import Change
from remanence.model.belief import Belief
from remanence.model.item import Provenance, Revision
from remanence.storage.support_port import Observation, TrackRecord
from remanence.verbs.setting import Setting


@dataclass(frozen=True, slots=True)
class Reliability:
    """How the statements of an author, or of a method of derivation, did."""

    of: Literal["author", "method"]
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
    if not records:
        return belief
    author = _of_author(records, provenance.author)
    return discounted(belief, author=author, method=_of_method(records, provenance.method))


def reliabilities(setting: Setting) -> tuple[Reliability, ...]:
    """The record of every author and method of which something was observed."""
    with setting.store.read() as snapshot:
        records = snapshot.track_records()
    found = []
    for name in sorted({record.author for record in records}):
        one = _of_author(records, name)
        found.append(Reliability("author", name, one.borne_out, one.wrong, one.reliability))
    for name in sorted({record.method for record in records}):
        one = _of_method(records, name)
        found.append(Reliability("method", name, one.borne_out, one.wrong, one.reliability))
    return tuple(found)


def _of_author(records: Sequence[TrackRecord], name: str) -> Record:
    mine = [record for record in records if record.author == name]
    return Record(
        sum(record.author_borne_out for record in mine), sum(record.author_wrong for record in mine)
    )


def _of_method(records: Sequence[TrackRecord], name: str) -> Record:
    mine = [record for record in records if record.method == name]
    return Record(
        sum(record.method_borne_out for record in mine), sum(record.method_wrong for record in mine)
    )
