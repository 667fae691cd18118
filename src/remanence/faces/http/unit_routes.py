"""Routes of units: found, made, changed, their versions, their links, and those that are proposed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Response

from remanence.cube import Cube
from remanence.faces import documents, unit_documents
from remanence.faces.documents import Document
from remanence.faces.http import care_bodies, pages, shapes, unit_bodies
from remanence.faces.http.answers import ANSWERS, Link, Receipt, Unit, UnitPage, WholeUnit
from remanence.faces.http.care_answers import Items, Nothing, Summary
from remanence.faces.http.house import Changing, Place, Readable, require
from remanence.faces.http.item_routes import At
from remanence.faces.http.pages import Page, Pages
from remanence.faces.http.unit_answers import (
    Links,
    Members,
    UnitDiff,
    UnitProposals,
    UnitVersions,
)
from remanence.model.ids import ItemId
from remanence.model.summary import DEFAULT_SUMMARY_TOKENS
from remanence.model.unit import PROPOSED_MEMBERS_MIN
from remanence.surface.proposal import Proposal
from remanence.surface.unit import Unit as UnitInHand
from remanence.verbs.unit_proposals import Draft

router = APIRouter(prefix="/v1/cubes/{cube}", tags=["units"])
OneUnit = Annotated[
    str, Path(description='A unit\'s id, or its name ("Lisbon", "topic:Lisbon") where no / stands in it.')
]
Version = Annotated[str, Query(description="A version's number, or a tag of it.")]
Kind = Annotated[
    Literal["topic", "persona", "context"] | None, Query(description="topic, persona or context.")
]


@router.get("/units", summary="List topics, personas and contexts", responses=ANSWERS.of(UnitPage))
async def units(
    place: Readable,
    page: Annotated[Page, Depends(Pages("units"))],
    kind: Kind = None,
    retired: Annotated[bool, Query(description="Those that were set aside too.")] = False,
) -> Response:
    """Without what they hold."""
    return await place.page(
        lambda cube: cube.units(kind=kind, retired=retired), unit_documents.of_units, page
    )


@router.post("/units", summary="Make a unit, or set what it is", responses=ANSWERS.of(Unit))
async def make_unit(place: Changing, given: unit_bodies.NewUnit) -> Response:
    """The unit of this name; a new one, a topic unless `kind` says otherwise, where there is none."""
    return await place.change(
        lambda cube: cube.unit(
            given.name,
            kind=given.kind,
            description=given.description,
            annotations=given.annotations,
            rule=given.rule,
            because=given.because,
            actor=place.actor,
        ),
        shapes.UNIT,
    )


@router.get("/unit", summary="Find a unit by its name", responses=ANSWERS.of(Unit))
async def find_unit(
    place: Readable,
    name: Annotated[str, Query(description="A name, or the beginning of an id.")],
    kind: Kind = None,
) -> Response:
    """What it is, without what it holds."""
    return await place.read(lambda cube: cube.find_unit(name, kind=kind), unit_documents.of_unit)


@router.get("/units/{unit}/members", summary="A unit's members", responses=ANSWERS.of(Members))
async def members(
    place: Readable, unit: OneUnit, page: Annotated[Page, Depends(Pages("members"))], at: At = None
) -> Response:
    """Named ones first, in their order, then those of the rule by time; `at` asks as it was then."""
    return await place.page(lambda cube: _then(cube, unit, at).members(), unit_documents.of_members, page)


@router.get("/units/{unit}/items", summary="A unit's items", responses=ANSWERS.of(Items))
async def items(
    place: Readable, unit: OneUnit, page: Annotated[Page, Depends(Pages("items"))], at: At = None
) -> Response:
    """As they are believed now."""
    return await place.page(lambda cube: _then(cube, unit, at).items(), documents.of_items, page)


@router.get("/units/{unit}/links", summary="A unit's links", responses=ANSWERS.of(Links))
async def unit_links(
    place: Readable, unit: OneUnit, page: Annotated[Page, Depends(Pages("links"))], at: At = None
) -> Response:
    """From it and to it; of the unit as it was, those from it."""
    return await place.page(lambda cube: _then(cube, unit, at).links(), unit_documents.of_links, page)


@router.get("/units/{unit}/summary", summary="A unit in a few sentences", responses=ANSWERS.of(Summary))
async def unit_summary(
    place: Readable,
    unit: OneUnit,
    budget: Annotated[int, Query(ge=1, description="Tokens at most.")] = DEFAULT_SUMMARY_TOKENS,
    abstractive: care_bodies.Abstractive = False,
    at: At = None,
) -> Response:
    """Its members' own, each with the ids of its items; or `abstractive`, in a language model's words."""
    return await place.read(
        lambda cube: _then(cube, unit, at).summary(budget=budget, abstractive=abstractive),
        unit_documents.of_summary,
    )


@router.get("/units/{unit}/versions", summary="A unit's versions", responses=ANSWERS.of(UnitVersions))
async def versions(
    place: Readable, unit: OneUnit, page: Annotated[Page, Depends(Pages("versions"))]
) -> Response:
    """Oldest first; one with number 0 where nothing is stored."""
    return await place.page(lambda cube: cube.find_unit(unit).versions(), unit_documents.of_versions, page)


@router.get("/units/{unit}/diff", summary="What differs between versions", responses=ANSWERS.of(UnitDiff))
async def diff(
    place: Readable,
    unit: OneUnit,
    a: Version,
    b: Annotated[str | None, Query(description="The later one; the newest if not given.")] = None,
) -> Response:
    """From version `a` to version `b`, by number or tag."""
    first, last = pages.place(a), None if b is None else pages.place(b)
    return await place.read(lambda cube: cube.find_unit(unit).diff(first, last), unit_documents.of_diff)


@router.get("/units/{unit}/at", summary="A unit as it was", responses=ANSWERS.of(Unit))
async def unit_at(
    place: Readable, unit: OneUnit, time: Annotated[str, Query(description="When.")]
) -> Response:
    """At a time."""
    return await place.read(lambda cube: cube.find_unit(unit).at(time), unit_documents.of_unit)


@router.post("/units/{unit}/add", summary="Let items be members", responses=ANSWERS.of(Unit))
async def add(place: Changing, unit: OneUnit, given: unit_bodies.AddMembers) -> Response:
    """In a role, and in this order."""
    return await _changed(
        place,
        unit,
        lambda it: it.add(
            *given.items, role=given.role, order=given.order, because=given.because, actor=place.actor
        ),
    )


@router.post("/units/{unit}/remove", summary="Let items be members no more", responses=ANSWERS.of(Unit))
async def remove(place: Changing, unit: OneUnit, given: unit_bodies.RemoveMembers) -> Response:
    """Also where the rule would bring them in."""
    return await _changed(
        place, unit, lambda it: it.remove(*given.items, because=given.because, actor=place.actor)
    )


@router.post("/units/{unit}/annotate", summary="Say what a unit is", responses=ANSWERS.of(Unit))
async def annotate_unit(place: Changing, unit: OneUnit, given: unit_bodies.AnnotateUnit) -> Response:
    """What is left out stays."""
    return await _changed(
        place,
        unit,
        lambda it: it.annotate(
            description=given.description,
            annotations=given.annotations,
            rule=given.rule,
            because=given.because,
            actor=place.actor,
        ),
    )


@router.post("/units/{unit}/rename", summary="Give a unit another name", responses=ANSWERS.of(Unit))
async def rename(place: Changing, unit: OneUnit, given: unit_bodies.Named) -> Response:
    """One that no unit of its kind has."""
    return await _changed(
        place, unit, lambda it: it.rename(given.name, because=given.because, actor=place.actor)
    )


@router.post(
    "/units/{unit}/link", summary="Link a unit to another, or to an item", responses=ANSWERS.of(Unit)
)
async def link_unit(place: Changing, unit: OneUnit, given: unit_bodies.LinkOf) -> Response:
    """part_of, about, depends_on, contradicts, supports, see_also, or a word of one's own."""
    return await _changed(
        place,
        unit,
        lambda it: it.link(given.link_type, given.other, because=given.because, actor=place.actor),
    )


@router.post("/units/{unit}/unlink", summary="End such a link", responses=ANSWERS.of(Unit))
async def unlink_unit(place: Changing, unit: OneUnit, given: unit_bodies.LinkOf) -> Response:
    """404 where there is none."""
    return await _changed(
        place,
        unit,
        lambda it: it.unlink(given.link_type, given.other, because=given.because, actor=place.actor),
    )


@router.post("/units/{unit}/tag", summary="Name a version", responses=ANSWERS.of(Unit))
async def tag(place: Changing, unit: OneUnit, given: unit_bodies.TagVersion) -> Response:
    """Wherever a number is asked for, the name will do."""
    return await _changed(
        place,
        unit,
        lambda it: it.tag(given.name, version=given.version, because=given.because, actor=place.actor),
    )


@router.post("/units/{unit}/restore", summary="Go back to a version", responses=ANSWERS.of(UnitVersions))
async def restore_unit(place: Changing, unit: OneUnit, given: unit_bodies.RestoreVersion) -> Response:
    """As a further version; `gone` lists members that were erased since."""
    return await place.change(
        lambda cube: cube.find_unit(unit).restore(given.version, because=given.because, actor=place.actor),
        shapes.RESTORED_UNIT,
    )


@router.post("/units/{unit}/fork", summary="Begin a unit with what another holds", responses=ANSWERS.of(Unit))
async def fork(place: Changing, unit: OneUnit, given: unit_bodies.Named, at: At = None) -> Response:
    """Of this name, and with what it holds now, or held at a time."""
    return await place.change(
        lambda cube: _then(cube, unit, at).fork(given.name, because=given.because, actor=place.actor),
        shapes.UNIT,
    )


@router.post("/units/{unit}/merge", summary="Take in what another unit holds", responses=ANSWERS.of(Unit))
async def merge(place: Changing, unit: OneUnit, given: unit_bodies.MergeUnit) -> Response:
    """Members and links; the other is retired."""
    return await place.change(
        lambda cube: cube.find_unit(unit).merge(
            _then(cube, given.other, given.at), because=given.because, actor=place.actor
        ),
        shapes.UNIT,
    )


@router.post("/units/{unit}/retire", summary="Set a unit aside", responses=ANSWERS.of(Unit))
async def retire(place: Changing, unit: OneUnit, given: care_bodies.Reason) -> Response:
    """Kept with its versions, listed no more; `restore` or `undo` bring it back."""
    return await _changed(place, unit, lambda it: it.retire(because=given.because, actor=place.actor))


@router.post("/units/{unit}/erase", summary="Erase a unit's own words", responses=ANSWERS.of(Receipt))
async def erase_unit(place: Changing, unit: OneUnit, given: care_bodies.Reason) -> Response:
    """For good, in all versions; its items stay. Needs the scope erase."""
    require(place, "erase")
    return await place.change(
        lambda cube: cube.find_unit(unit).erase(because=given.because, actor=place.actor),
        shapes.RECEIPT,
    )


@router.get("/units/{unit}", summary="Look at a unit", responses=ANSWERS.of(WholeUnit))
async def show_unit(place: Readable, unit: OneUnit) -> Response:
    """With its members, each with its item as it is believed now, and its links."""

    def shown(found: UnitInHand) -> Document:
        return unit_documents.of_whole_unit(found, found.members(), found.items(), found.links())

    return await place.read(lambda cube: cube.find_unit(unit), shown)


@router.get("/links", summary="The links of a unit or an item", responses=ANSWERS.of(Links))
async def links(
    place: Readable,
    page: Annotated[Page, Depends(Pages("links"))],
    of: Annotated[str, Query(description="A unit's name or id, or else an item's id.")],
) -> Response:
    """From it and to it, oldest first."""
    return await place.page(lambda cube: cube.links(of), unit_documents.of_links, page)


@router.post("/links", summary="Link two units or items", responses=ANSWERS.of(Link))
async def link(place: Changing, given: unit_bodies.LinkBetween) -> Response:
    """part_of, about, depends_on, contradicts, supports, see_also, or a word of one's own."""
    return await place.change(
        lambda cube: cube.link(given.a, given.link_type, given.b, because=given.because, actor=place.actor),
        shapes.LINK,
    )


@router.post("/links/end", summary="End a link", responses=ANSWERS.of(Nothing))
async def unlink(place: Changing, given: unit_bodies.LinkBetween) -> Response:
    """404 where there is none."""
    return await place.change(
        lambda cube: cube.unlink(given.a, given.link_type, given.b, because=given.because, actor=place.actor),
        shapes.NOTHING,
    )


@router.get("/proposals", summary="What could be units", responses=ANSWERS.of(UnitProposals))
async def propose_units(
    place: Readable,
    members_min: Annotated[int, Query(ge=2, le=1000, description="How many items at least.")] = (
        PROPOSED_MEMBERS_MIN
    ),
) -> Response:
    """Groups of items that lie close together in meaning; nothing is stored until one is accepted."""
    return await place.read(
        lambda cube: cube.propose_units(members_min=members_min), unit_documents.of_proposals
    )


@router.post("/proposals/accept", summary="Make a proposed unit", responses=ANSWERS.of(Unit))
async def accept_proposal(place: Changing, given: unit_bodies.AcceptProposal) -> Response:
    """Of those of its members that are still there."""
    return await place.change(
        lambda cube: _proposal(cube, given.proposal).accept(
            given.name, kind=given.kind, because=given.because, actor=place.actor
        ),
        shapes.UNIT,
    )


@router.post("/proposals/refuse", summary="Refuse a proposed unit", responses=ANSWERS.of(Nothing))
async def refuse_proposal(place: Changing, given: unit_bodies.RefuseProposal) -> Response:
    """What holds much the same items is not proposed again."""
    return await place.change(
        lambda cube: _proposal(cube, given.proposal).refuse(because=given.because, actor=place.actor),
        shapes.NOTHING,
    )


async def _changed(place: Place, unit: str, change: Callable[[UnitInHand], UnitInHand]) -> Response:
    return await place.change(lambda cube: change(cube.find_unit(unit)), shapes.UNIT)


def _then(cube: Cube, unit: str, at: str | None) -> UnitInHand:
    found = cube.find_unit(unit)
    return found if at is None else found.at(at)


def _proposal(cube: Cube, given: unit_bodies.ProposedUnit) -> Proposal:
    members = tuple(map(ItemId, given.members))
    return Proposal(cube, Draft(given.name, tuple(given.terms), members, given.cohesion))
