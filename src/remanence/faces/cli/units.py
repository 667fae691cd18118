"""Commands about units: unit, units, member, versions, fork, merge; and links: link, links."""

from __future__ import annotations

from remanence.faces import documents, unit_documents
from remanence.faces.cli import options, unit_options
from remanence.faces.cli.adding import metadata_of
from remanence.faces.cli.call import Call, UsageFault


def unit(
    call: Call,
    name: unit_options.UnitName,
    kind: unit_options.UnitKindName = None,
    description: unit_options.Description = None,
    annotation: unit_options.Annotations = None,
    rule: unit_options.RuleFile = None,
    rename: unit_options.Rename = None,
    retire: unit_options.Retire = False,
    erase: unit_options.EraseUnit = False,
    yes: unit_options.YesErase = False,
    because: options.Because = None,
) -> None:
    """Make or change a unit: a topic, a persona or a context.

    A unit is a named set of items; every change of it is a version. There is a persona for each speaker and
    a context for each session without asking.
    """
    from remanence.faces.cli.unit_lines import put_units

    if retire and erase:
        raise UsageFault("--retire and --erase are two ways to end; give one")
    if erase and not yes:
        raise UsageFault("an erasure can't be undone; give --yes with --erase")
    with call.write() as cube:
        if retire or erase:
            found = cube.find_unit(name, kind=kind)
        else:
            noted = None if annotation is None else metadata_of(annotation, "--annotation")
            found = cube.unit(
                name, kind=kind, description=description, annotations=noted, rule=rule, because=because
            )
        if erase:
            receipt = found.erase(because=because)
            call.answer(
                documents.of_receipt(receipt), lambda page: page.receipt(receipt), zone=cube.time_zone
            )
            return
        if rename is not None:
            found.rename(rename, because=because)
        if retire:
            found.retire(because=because)
        call.answer(unit_documents.of_unit(found), lambda page: put_units(page, [found]))


def units(
    call: Call,
    name: unit_options.MaybeUnit = None,
    kind: unit_options.UnitKindName = None,
    retired: unit_options.Retired = False,
    at: unit_options.At = None,
) -> None:
    """List the units, or show one with its members and links."""
    from remanence.faces.cli.unit_lines import put_unit, put_units

    if name is None and at is not None:
        raise UsageFault("--at goes with a unit's name")
    with call.read(embeds=name is not None) as cube:
        if name is None:
            listed = cube.units(kind=kind, retired=retired)
            call.answer(unit_documents.of_units(listed), lambda page: put_units(page, listed))
            return
        found = cube.find_unit(name, kind=kind)
        found = found if at is None else found.at(at)
        members, items, links = found.members(), found.items(), found.links()
        call.answer(
            unit_documents.of_whole_unit(found, members, items, links),
            lambda page: put_unit(page, found, members, items, links),
        )


def member(
    call: Call,
    name: unit_options.UnitName,
    item: unit_options.Items,
    role: unit_options.Role = None,
    order: unit_options.Order = None,
    remove: unit_options.Remove = False,
    because: options.Because = None,
) -> None:
    """Let items be members of a unit, or no more.

    What is removed from a unit with a rule stays out of it, whatever the rule says.
    """
    from remanence.faces.cli.unit_lines import put_units

    if remove and (role is not None or order is not None):
        raise UsageFault("--role and --order say what a member is; leave them out with --remove")
    with call.write() as cube:
        found = cube.find_unit(name)
        if remove:
            found.remove(*item, because=because)
        else:
            found.add(*item, role=role, order=order, because=because)
        call.answer(unit_documents.of_unit(found), lambda page: put_units(page, [found]))


def versions(
    call: Call,
    name: unit_options.UnitName,
    tag: unit_options.TagVersion = None,
    restore: unit_options.RestoreVersion = None,
    diff: unit_options.DiffVersion = None,
    because: options.Because = None,
) -> None:
    """List a unit's versions; name, compare or restore one.

    A version may be given by its number or its tag. What was erased does not come back.
    """
    from remanence.faces.cli.unit_lines import put_diff, put_versions

    if sum(one is not None for one in (tag, restore, diff)) > 1:
        raise UsageFault("--tag, --restore and --diff are three commands in one; give one of them")
    if diff is not None:
        with call.read(embeds=True) as cube:
            found = cube.find_unit(name).diff(diff)
            call.answer(unit_documents.of_diff(found), lambda page: put_diff(page, found))
        return
    with call.read() if tag is None and restore is None else call.write() as cube:
        one = cube.find_unit(name)
        gone: tuple[str, ...] = ()
        if tag is not None:
            one.tag(tag, because=because)
        if restore is not None:
            gone = one.restore(restore, because=because).gone
        stored = one.versions()
        document = unit_documents.of_versions(stored, gone=gone)
        call.answer(document, lambda page: put_versions(page, stored))


def fork(
    call: Call, name: unit_options.UnitName, new: unit_options.NewName, because: options.Because = None
) -> None:
    """Make a new unit that begins with what another holds."""
    from remanence.faces.cli.unit_lines import put_units

    with call.write() as cube:
        made = cube.find_unit(name).fork(new, because=because)
        call.answer(unit_documents.of_unit(made), lambda page: put_units(page, [made]))


def merge(
    call: Call, name: unit_options.UnitName, other: unit_options.OtherUnit, because: options.Because = None
) -> None:
    """Let a unit take in another, which is then retired."""
    from remanence.faces.cli.unit_lines import put_units

    with call.write(embeds=True) as cube:
        found = cube.find_unit(name).merge(cube.find_unit(other), because=because)
        call.answer(unit_documents.of_unit(found), lambda page: put_units(page, [found]))


def link(
    call: Call,
    source: unit_options.From,
    link_type: unit_options.LinkType,
    target: unit_options.To,
    end: unit_options.EndLink = False,
    because: options.Because = None,
) -> None:
    """Link a unit or an item to another."""
    from remanence.faces.cli.unit_lines import put_links

    with call.write() as cube:
        if end:
            cube.unlink(source, link_type, target, because=because)
        else:
            cube.link(source, link_type, target, because=because)
        found = cube.links(source)
        call.answer(unit_documents.of_links(found), lambda page: put_links(page, found))


def links(call: Call, of: unit_options.From) -> None:
    """List the links from and to a unit or an item."""
    from remanence.faces.cli.unit_lines import put_links

    with call.read() as cube:
        found = cube.links(of)
        call.answer(unit_documents.of_links(found), lambda page: put_links(page, found))
