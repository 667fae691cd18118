"""Grounds of belief as JSON documents; see `documents`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from remanence.faces.documents import Document, of_item, of_revision

if TYPE_CHECKING:
    from remanence.model.conflict import Conflict
    from remanence.model.support import Impact, Support
    from remanence.verbs.reliability import Reliability


def of_support(tree: Support) -> Document:
    """A tree of support, each item with what it rests on."""
    return {
        "item": of_item(tree.item),
        "stands": tree.stands,
        "reason": tree.reason,
        "passage": tree.passage,
        "sources": [of_support(source) for source in tree.sources],
    }


def of_impact(impact: Impact) -> Document:
    """What would fall with an item, and what would keep another support."""
    return {
        "item": of_item(impact.item),
        "falls": [of_item(item) for item in impact.falls],
        "weakened": [of_item(item) for item in impact.weakened],
    }


def of_conflicts(conflicts: Iterable[Conflict]) -> Document:
    """Open contradictions, the claims of each newest first."""
    return {
        "conflicts": [
            {
                "subject": conflict.subject,
                "attribute": conflict.attribute,
                "claims": [of_revision(row) for row in conflict.claims],
            }
            for conflict in conflicts
        ]
    }


def of_reliabilities(found: Iterable[Reliability]) -> Document:
    """How authors and methods of derivation did."""
    return {
        "sources": [
            {
                "of": one.of,
                "name": one.name,
                "borne_out": one.borne_out,
                "wrong": one.wrong,
                "reliability": one.share,
            }
            for one in found
        ]
    }
