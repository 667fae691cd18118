"""Derives rows by hand, as a reader would: tests of erasure then know every span."""

from __future__ import annotations

from remanence.cube import Cube
from remanence.model.interval import Interval
from remanence.model.item import Content, Item, Provenance, Slot, Source
from remanence.model.journal import Verb
from remanence.model.kind import Trust
from remanence.verbs import remembering
from remanence.verbs.ageing import expiry, set_expiry
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


def stated(cube: Cube, text: str, **options: object) -> Item:
    """An item as `remember` makes it, also where the cube knows one that says the same."""
    setting = setting_of(cube)
    statement = remembering.Statement(text=text, **options)  # type: ignore[arg-type]  # each test's own
    now = setting.clock.now()
    content = remembering._content(setting, statement, now)
    valid = remembering.validity(setting, statement.valid_from, statement.valid_to, now)
    author, trust = statement.author or setting.owner, Trust.parse(statement.trust)
    with setting.store.write() as tx:
        change = setting.change(tx, actor=setting.owner, reason=None)
        provenance = Provenance(author, "user", trust, "stated", change.at, session=statement.session)
        row = change.open_row(change.new_item(), content, provenance, valid=valid)
        change.note(Verb.REMEMBER, row.item_id, opened=[row])
        set_expiry(tx, change, row.item_id, expiry(setting, statement.expires, now))
        change.write()
    cube.embed_pending()
    return Item(row)
