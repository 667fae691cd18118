"""How work is answered when its request comes again: rules, documents, imports, jobs, reflection.

Of the words in such an answer nothing is noted: they are read anew, or were told the first time alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

from remanence.cube import Cube
from remanence.faces import (
    deed_documents,
    document_documents,
    import_documents,
    lifecycle_documents,
    mirror_documents,
    reading_documents,
    unit_documents,
)
from remanence.faces.http.shapes import RECEIPT, Shape, wordless
from remanence.lifecycle.erasure import ErasurePlan
from remanence.lifecycle.rules import Step
from remanence.model.ids import ItemId
from remanence.model.item import Item, Json
from remanence.model.mirror import Reflection
from remanence.remote import values
from remanence.surface.proposal import draft_of
from remanence.verbs.consolidating import Consolidated
from remanence.verbs.import_report import Imported
from remanence.verbs.ingesting import Ingested
from remanence.verbs.learning import LESSON, Learnt
from remanence.verbs.reading_queue import ReadReport
from remanence.verbs.rereading import Reread
from remanence.verbs.ruling import LifecycleApplied, LifecyclePlan, Touched, read_file
from remanence.verbs.session_summaries import Summarised

TOLD_BEFORE = "this request came before; what was left out was told then"


def counted(name: str) -> Shape[int]:
    """A number, which the document has under this name."""
    return Shape(lambda count: {name: count}, lambda count: count, lambda _, noted: cast("int", noted))


SUMMARISED = wordless(Summarised, unit_documents.of_summarised)
READ = wordless(ReadReport, reading_documents.of_read_report)
REREAD = wordless(Reread, reading_documents.of_reread)


def learnt(known: list[Item]) -> Shape[Learnt]:
    """What was learnt; the lessons there are then go into `known`, for the document."""

    def again(cube: Cube, noted: Json) -> Learnt:
        known.extend(cube.items(kind="procedure", tag=LESSON))
        return values.read(Learnt, noted)

    return Shape(lambda done: deed_documents.of_learnt(done, known), values.written, again)


@dataclass(frozen=True, slots=True)
class _Consolidated:
    """A consolidation without words, and whether it came to proposals and to promises."""

    done: Consolidated
    proposed: bool
    promises: bool


def _consolidated_kept(done: Consolidated) -> Json:
    bare = replace(done, proposed=None, promises=None)
    return values.written(_Consolidated(bare, done.proposed is not None, done.promises is not None))


def _consolidated_again(cube: Cube, noted: Json) -> Consolidated:
    kept = values.read(_Consolidated, noted)
    return replace(
        kept.done,
        proposed=tuple(draft_of(one) for one in cube.propose_units()) if kept.proposed else None,
        promises=cube.check_promises() if kept.promises else None,
    )


CONSOLIDATED = Shape(lifecycle_documents.of_consolidated, _consolidated_kept, _consolidated_again)


@dataclass(frozen=True, slots=True)
class _Touched:
    """An item that rules touched, and the numbers of those rules."""

    item_id: ItemId
    rules: tuple[int, ...]
    into: ItemId | None


@dataclass(frozen=True, slots=True)
class _Applied:
    """What rules did, without their words and without the words of items."""

    looked_at: int
    touched: tuple[_Touched, ...]
    erasure: ErasurePlan | None
    change_set: int | None
    receipt: int | None


def applied(rules: bytes | None) -> Shape[LifecycleApplied]:
    """What these rules did; for which values they fitted was told the first time."""

    def kept(done: LifecycleApplied) -> Json:
        touched = tuple(
            _Touched(one.item_id, tuple(step.rule.number for step in one.steps), one.into)
            for one in done.plan.touched
        )
        receipt = None if done.receipt is None else done.receipt.change_set
        return values.written(
            _Applied(done.plan.looked_at, touched, done.plan.erasure, done.change_set, receipt)
        )

    def again(cube: Cube, noted: Json) -> LifecycleApplied:
        done = values.read(_Applied, noted)
        by_number = {rule.number: rule for rule in read_file(rules)}
        touched = tuple(
            Touched(one.item_id, tuple(Step(by_number[number], {}) for number in one.rules), one.into)
            for one in done.touched
        )
        receipt = None if done.receipt is None else RECEIPT.again(cube, done.receipt)
        return LifecycleApplied(
            LifecyclePlan(done.looked_at, touched, done.erasure), done.change_set, receipt
        )

    return Shape(lifecycle_documents.of_lifecycle_applied, kept, again)


def ingested(name: str) -> Shape[Ingested]:
    """What came of the document of this name."""

    def kept(done: Ingested) -> Json:
        bare = replace(done, name="", left_out=(), notes=(), known_as=None if done.known_as is None else "")
        return values.written(bare)

    def again(cube: Cube, noted: Json) -> Ingested:
        done = values.read(Ingested, noted)
        as_known = {one.unit_id: one.name for one in cube.documents()}
        known_as = None if done.known_as is None else as_known.get(done.unit)
        return replace(done, name=name, known_as=known_as, notes=(TOLD_BEFORE,))

    return Shape(document_documents.of_ingested, kept, again)


def imported(kind: str, source: bytes) -> Shape[Imported]:
    """What came of these bytes; what is wrong with them is read again."""

    def again(cube: Cube, noted: Json) -> Imported:
        read = cube.import_from(kind, source, dry_run=True)
        return replace(values.read(Imported, noted), problems=read.problems)

    return Shape(import_documents.of_imported, lambda done: values.written(replace(done, problems=())), again)


def reflected(agent: str | None) -> Shape[Reflection]:
    """What a reflection kept; the portrait is the one of now, and its persona was proposed the first time."""

    def again(cube: Cube, noted: Json) -> Reflection:
        told = cast("dict[str, Json]", noted)
        return Reflection(
            portrait=cube.portrait(agent=agent),
            findings=tuple(cube.show(one) for one in cast("list[str]", told["findings"])),
            written=_ids(told["written"]),
            renewed=_ids(told["renewed"]),
            withdrawn=_ids(told["withdrawn"]),
            unchanged=cast("int", told["unchanged"]),
            persona=None,
            change_set=cast("int | None", told["change_set"]),
        )

    return Shape(mirror_documents.of_reflection, _reflected_kept, again)


def _reflected_kept(done: Reflection) -> Json:
    return {
        "findings": [one.id for one in done.findings],
        "written": list(done.written),
        "renewed": list(done.renewed),
        "withdrawn": list(done.withdrawn),
        "unchanged": done.unchanged,
        "change_set": done.change_set,
    }


def _ids(noted: Json) -> tuple[ItemId, ...]:
    return tuple(map(ItemId, cast("list[str]", noted)))
