"""Commands about whom and what is mentioned: entities, entity, merge-entities, split-entity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from remanence.faces import entity_documents
from remanence.faces.cli import options
from remanence.faces.cli.call import Call, UsageFault

if TYPE_CHECKING:
    from collections.abc import Iterable

    from remanence.faces.cli.page import Page
    from remanence.model.entity import Entity, EntityPage

Named: TypeAlias = Annotated[
    str, typer.Argument(metavar="NAME", help="A name, 'my sister', I, or the beginning of an id.")
]
Other: TypeAlias = Annotated[str, typer.Argument(metavar="OTHER", help="Another entity, likewise.")]
KindOfEntity: TypeAlias = Annotated[
    str | None,
    typer.Option("--kind", metavar="KIND", help="person, place, organisation, thing or unknown."),
]
Rename: TypeAlias = Annotated[
    str | None, typer.Option("--rename", metavar="NAME", help="Another name; it keeps those it has.")
]
IsKind: TypeAlias = Annotated[
    str | None,
    typer.Option("--is", metavar="KIND", help="Say what it is: person, place, organisation or thing."),
]
ByAlias: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--alias", metavar="NAME", help="What is called so is another; repeat for several."),
]
InItem: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--item", metavar="ID", help="What this item mentions is another; repeat for several."),
]


def entities(call: Call, kind: KindOfEntity = None) -> None:
    """List people, places, organisations and things.

    Those that are mentioned in what is remembered, and those who speak in it; the most mentioned first.
    """
    with call.read() as cube:
        found = cube.entities(kind=kind)
        call.answer(entity_documents.of_entities(found), lambda page: _put(page, found))


def entity(
    call: Call,
    name: Named,
    rename: Rename = None,
    is_kind: IsKind = None,
    asker: options.Asker = None,
    because: options.Because = None,
) -> None:
    """Show an entity with what mentions it, or correct it.

    Its name and its kind can be corrected. Where a name may mean several, they are listed with their ids.
    """
    if rename is None and is_kind is None:
        with call.read() as cube:
            found = cube.entity(name, asker=asker)
            call.answer(
                entity_documents.of_entity_page(found),
                lambda page: _put_page(page, found),
                zone=cube.time_zone,
            )
        return
    with call.write() as cube:
        changed = cube.annotate_entity(name, name=rename, kind=is_kind, because=because)
        call.answer(entity_documents.of_entity(changed), lambda page: _put(page, [changed]))


def merge_entities(call: Call, name: Named, other: Other, because: options.Because = None) -> None:
    """Take two entities for one; undo takes them apart."""
    with call.write() as cube:
        merged = cube.merge_entities(name, other, because=because)
        call.answer(entity_documents.of_entity(merged), lambda page: _put(page, [merged]))


def split_entity(
    call: Call,
    name: Named,
    alias: ByAlias = None,
    item: InItem = None,
    because: options.Because = None,
) -> None:
    """Let part of what is said of an entity be of another.

    That is what is called by an --alias, or mentioned in an --item; it becomes a new entity.
    """
    if not alias and not item:
        raise UsageFault("give --alias or --item: they say what is said of another")
    with call.write() as cube:
        made = cube.split_entity(name, aliases=alias or (), items=item or (), because=because)
        call.answer(entity_documents.of_entity(made), lambda page: _put(page, [made]))


def _put(page: Page, found: Iterable[Entity]) -> None:
    from remanence.faces.plain import printable
    from remanence.model.ids import ItemId, short

    lines = []
    for one in found:
        names = [
            alias.text if alias.speaker is None else f"{alias.text} ({alias.speaker})"
            for alias in one.aliases
            if alias.text != one.name
        ]
        known = f"  also {', '.join(names)}" if names else ""
        speaks = ", speaks" if one.speaks else ""
        counted = f"{one.mentions} in {one.items}"
        lines.append(f"{short(ItemId(one.id))}  {one.kind}{speaks}  {counted}  {one.name}{known}")
    page.say(printable("\n".join(lines) or "nobody and nothing is mentioned"))


def _put_page(page: Page, found: EntityPage) -> None:
    from remanence.faces.plain import preview, printable
    from remanence.model.ids import short

    _put(page, [found.entity])
    for item in found.items:
        line = f"  {short(item.id)}  {item.said_at:%Y-%m-%d}  {item.author}: {preview(item.content)}"
        page.say(printable(line))
