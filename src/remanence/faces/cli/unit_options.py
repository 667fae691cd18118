"""The options and arguments of the commands about units, in one place."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

UnitName: TypeAlias = Annotated[
    str,
    typer.Argument(metavar="UNIT", help="A unit's name (or kind:name), or the beginning of its id."),
]
OtherUnit: TypeAlias = Annotated[str, typer.Argument(metavar="OTHER", help="Another unit, likewise.")]
MaybeUnit: TypeAlias = Annotated[
    str | None, typer.Argument(metavar="[UNIT]", help="The unit to show; all are listed if not given.")
]
NewName: TypeAlias = Annotated[str, typer.Argument(metavar="NAME", help="The name of the new unit.")]
Items: TypeAlias = Annotated[
    list[str], typer.Argument(metavar="ID...", help="Items, each by any beginning of its id.")
]
From: TypeAlias = Annotated[str, typer.Argument(metavar="FROM", help="A unit, or an item's id.")]
LinkType: TypeAlias = Annotated[
    str,
    typer.Argument(
        metavar="TYPE",
        help="part_of, about, depends_on, contradicts, supports, see_also, or a word of your own.",
    ),
]
To: TypeAlias = Annotated[str, typer.Argument(metavar="TO", help="A unit, or an item's id.")]
PeriodName: TypeAlias = Annotated[str, typer.Argument(metavar="PERIOD", help="day, week or month.")]
Day: TypeAlias = Annotated[
    str | None, typer.Argument(metavar="[DATE]", help="A day within it; today if not given.")
]

UnitKindName: TypeAlias = Annotated[
    str | None, typer.Option("--kind", metavar="KIND", help="topic (of a new one), persona or context.")
]
Description: TypeAlias = Annotated[
    str | None, typer.Option("--description", metavar="TEXT", help="What it is about.")
]
Annotations: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--annotation",
        metavar="NAME=VALUE",
        help="A note in the place of all there were; repeat for several. JSON is kept as JSON.",
    ),
]
RuleFile: TypeAlias = Annotated[
    str | None,
    typer.Option("--rule", metavar="FILE", help="A TOML file that says which items belong to it."),
]
Rename: TypeAlias = Annotated[str | None, typer.Option("--rename", metavar="NAME", help="Another name.")]
Retire: TypeAlias = Annotated[
    bool, typer.Option("--retire", help="Set it aside: kept, listed no more, undoable.")
]
EraseUnit: TypeAlias = Annotated[
    bool, typer.Option("--erase", help="Take its own words out of the file for good; needs --yes.")
]
YesErase: TypeAlias = Annotated[bool, typer.Option("--yes", "-y", help="Erase without being asked.")]
Retired: TypeAlias = Annotated[bool, typer.Option("--retired", help="Also what was set aside.")]
At: TypeAlias = Annotated[
    str | None, typer.Option("--at", metavar="DATE", help="The unit as it was at that time.")
]
Role: TypeAlias = Annotated[str | None, typer.Option("--role", metavar="NAME", help="What they are in it.")]
Order: TypeAlias = Annotated[
    int | None, typer.Option("--order", metavar="N", help="The place of the first; the others follow.")
]
Remove: TypeAlias = Annotated[bool, typer.Option("--remove", help="Let them be members no more.")]
TagVersion: TypeAlias = Annotated[
    str | None, typer.Option("--tag", metavar="NAME", help="Name the newest version.")
]
RestoreVersion: TypeAlias = Annotated[
    str | None,
    typer.Option("--restore", metavar="VERSION", help="Let it be as it was in this version or tag."),
]
DiffVersion: TypeAlias = Annotated[
    str | None,
    typer.Option("--diff", metavar="VERSION", help="What differs from this version to the newest."),
]
EndLink: TypeAlias = Annotated[bool, typer.Option("--end", help="End such a link.")]
SummaryBudget: TypeAlias = Annotated[
    int | None, typer.Option("--budget", metavar="N", help="How many tokens at most (default 300).")
]
Abstractive: TypeAlias = Annotated[
    bool,
    typer.Option("--abstractive", help="In the words of the model that REMANENCE_LLM_MODEL names."),
]
OfSession: TypeAlias = Annotated[
    str | None, typer.Option("--session", metavar="NAME", help="Only this conversation.")
]
MembersMin: TypeAlias = Annotated[
    int | None, typer.Option("--members-min", metavar="N", help="How many items at least (default 5).")
]
Accept: TypeAlias = Annotated[
    int | None, typer.Option("--accept", metavar="N", help="Make the N-th of the list a unit.")
]
AcceptName: TypeAlias = Annotated[
    str | None, typer.Option("--name", metavar="NAME", help="With --accept: its name.")
]
Refuse: TypeAlias = Annotated[
    int | None, typer.Option("--refuse", metavar="N", help="Propose the N-th of the list no more.")
]
Units: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--unit", metavar="UNIT", help="Only members of this unit; repeat for several."),
]
BoostUnits: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--boost-unit", metavar="UNIT", help="Raise this unit's members; repeat for several."),
]
