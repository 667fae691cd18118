"""How what a change gives is answered: as a document, by what is noted of it, and from the cube again.

What is noted holds ids and numbers, never words, so that what was erased since is in no answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from remanence.cube import Cube
from remanence.errors import ItemErased, NotFound
from remanence.faces import (
    documents,
    entity_documents,
    lifecycle_documents,
    promise_documents,
    time_documents,
    unit_documents,
)
from remanence.faces.documents import Document
from remanence.lifecycle.restore import Restored
from remanence.lifecycle.undo import Undone
from remanence.model.ids import ItemId, short
from remanence.model.item import Item, Json
from remanence.model.promise import Assessment, Promise
from remanence.model.unit import Link
from remanence.remote import values
from remanence.storage.receipt import Receipt
from remanence.surface.proposal import Proposal, draft_of
from remanence.surface.unit import Unit, at_of
from remanence.verbs.observing import Observed
from remanence.verbs.unit_editing import Restored as RestoredUnit

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Shape(Generic[T]):
    """One kind of answer to a change."""

    shown: Callable[[T], Document]
    kept: Callable[[T], Json]
    again: Callable[[Cube, Json], T]


def wordless(kind: type[T], shown: Callable[[T], Document]) -> Shape[T]:
    """A value of ids and numbers alone: it is noted as it is."""
    return Shape(shown, values.written, lambda _, noted: values.read(kind, noted))


def exact(value: object) -> Json:
    """A value as the client of this package takes it; of what one holds in the hand, what it is made of."""
    if isinstance(value, Unit):
        return values.written(at_of(value))
    if isinstance(value, Proposal):
        return values.written(draft_of(value))
    if isinstance(value, tuple | list) and value and isinstance(value[0], Unit | Proposal):
        return [exact(one) for one in value]
    return values.written(value)


def _item_again(cube: Cube, noted: Json) -> Item:
    item, number = cast("tuple[str, int]", noted)
    found = next((row for row in cube.history(item) if row.id == number), None)
    if found is None or not found.text_id:
        raise ItemErased(f"{short(ItemId(item))} was written by this request, and erased since")
    return Item(found)


def _restored_again(cube: Cube, noted: Json) -> RestoredUnit:
    unit, number, *gone = cast("list[str]", noted)
    version = next(one for one in cube.find_unit(unit).versions() if one.number == int(number))
    return RestoredUnit(version, tuple(map(ItemId, gone)))


def _receipt_again(cube: Cube, noted: Json) -> Receipt:
    return next(one for one in cube.erased() if one.change_set == noted)


def _promise_again(cube: Cube, noted: Json) -> Promise:
    return _promises_again(cube, [noted])[0]


def _promises_again(cube: Cube, noted: Json) -> tuple[Promise, ...]:
    ledger = cube.promises()
    known = {one.id: one for one in [*ledger.promises, *ledger.impositions]}
    wanted = [ItemId(one) for one in cast("list[str]", noted)]
    if gone := [one for one in wanted if one not in known]:
        raise NotFound(f"promise {short(gone[0])} was retired or erased since this request")
    return tuple(known[one] for one in wanted)


def _assessment_again(cube: Cube, noted: Json) -> Assessment:
    promise, item = cast("tuple[str, str]", noted)
    found = next((one for one in _promise_again(cube, promise).assessments if one.item_id == item), None)
    if found is None:
        raise NotFound(f"assessment {short(ItemId(item))} was retired or erased since this request")
    return found


ITEM = Shape(documents.of_item, lambda item: [item.id, item.revision.id], _item_again)
RECEIPT = Shape(documents.of_receipt, lambda receipt: receipt.change_set, _receipt_again)
OBSERVED = wordless(Observed, documents.of_observed)
UNDONE = wordless(Undone, time_documents.of_undone)
RESTORED = wordless(Restored, time_documents.of_restored)
LINK = wordless(Link, unit_documents.of_link)
USED = Shape(
    lifecycle_documents.of_used, values.written, lambda _, noted: tuple(map(ItemId, cast("list[str]", noted)))
)
NOTHING: Shape[None] = Shape(lambda _: {}, lambda _: None, lambda *_: None)
PROMISE = Shape(promise_documents.of_promise, lambda promise: promise.id, _promise_again)
PROMISES = Shape(
    promise_documents.of_promises, lambda promises: [one.id for one in promises], _promises_again
)
ASSESSMENT = Shape(
    promise_documents.of_assessment, lambda found: [found.promise, found.item_id], _assessment_again
)
UNIT = Shape(unit_documents.of_unit, lambda unit: unit.id, lambda cube, noted: cube.find_unit(str(noted)))
RESTORED_UNIT = Shape(
    lambda restored: unit_documents.of_versions([restored.version], gone=restored.gone),
    lambda restored: [restored.version.id, restored.version.number, *restored.gone],
    _restored_again,
)
ENTITY = Shape(
    entity_documents.of_entity, lambda entity: entity.id, lambda cube, noted: cube.entity(str(noted)).entity
)
