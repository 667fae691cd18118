"""Derives rows by hand, as a reader would: tests of erasure then know every span."""

from __future__ import annotations

from remanence.cube import Cube
from remanence.model.interval import Interval
from remanence.model.item import Content, Item, Provenance, Slot, Source
from remanence.model.journal import Verb
from remanence.model.kind import Trust
from remanence.verbs.setting import Setting


def setting_of(cube: Cube) -> Setting:
    """The parts of an open cube."""
    return cube._setting


def derive(
    cube: Cube,
    text: str,
    *sources: tuple[Item, str | None],
    slot: Slot | None = None,
    rule: str = "test",
) -> Item:
    """An item derived from a passage of each source, or from all of it where the passage is None."""
    setting = setting_of(cube)
    places = []
    for source, passage in sources:
        start = None if passage is None else source.content.index(passage)
        end = None if start is None or passage is None else start + len(passage)
        places.append(Source(source.id, start, end))
    with setting.store.write() as tx:
        change = setting.change(tx, actor="reader", reason=None)
        provenance = Provenance("Alice", "user", Trust.USER, f"rule:{rule}", change.at, sources=tuple(places))
        content = Content(text, slot=slot)
        row = change.open_row(change.new_item(), content, provenance, valid=Interval(change.at))
        change.note(Verb.DERIVE, row.item_id, opened=[row])
        change.write()
    return Item(row)
