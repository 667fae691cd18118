"""The options and arguments of the command line, each with its name and its help, in one place."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

# What every command takes, before its name or after it.
CubePath: TypeAlias = Annotated[
    str | None, typer.Option("--cube", metavar="PATH", help="The cube: one file that holds a memory.")
]
EmbedderName: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--embedder",
        metavar="NAME",
        help="What compares meanings, as `remanence embedders` lists it; none for words alone.",
    ),
]
AskKey: TypeAlias = Annotated[
    bool, typer.Option("--ask-key", help="Ask for the key of an encrypted cube (or set REMANENCE_KEY).")
]
AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="Answer in JSON, errors too.")]

# What names a thing.
ItemId: TypeAlias = Annotated[
    str, typer.Argument(metavar="ID", help="An item's id, or any beginning of it that no other has.")
]
Sequence: TypeAlias = Annotated[
    int, typer.Argument(metavar="SEQ", help="A line of the journal, by its number.")
]
Text: TypeAlias = Annotated[str, typer.Argument(metavar="TEXT", help="The text; - reads standard input.")]
Question: TypeAlias = Annotated[str, typer.Argument(metavar="TEXT", help="What to look for.")]
Messages: TypeAlias = Annotated[
    str,
    typer.Argument(metavar="FILE", help="Messages as JSON or JSON Lines; - reads standard input."),
]
NewFile: TypeAlias = Annotated[str, typer.Argument(metavar="PATH", help="A file that is not there yet.")]

# Why, and since when.
Because: TypeAlias = Annotated[
    str | None, typer.Option("--because", metavar="REASON", help="Why, for the journal.")
]
ValidFrom: TypeAlias = Annotated[
    str | None,
    typer.Option("--valid-from", metavar="DATE", help="From when it holds; unbounded if not given."),
]
ValidTo: TypeAlias = Annotated[
    str | None, typer.Option("--valid-to", metavar="DATE", help="Until when it holds, that day left out.")
]
Expires: TypeAlias = Annotated[
    str | None,
    typer.Option("--expires", metavar="DATE", help="From when it is recalled no more, even if it holds."),
]

# What a statement is.
KindName: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--kind",
        metavar="KIND",
        help="utterance, fact (the default), preference, event, action, decision, concept, procedure, "
        "goal or summary.",
    ),
]
TrustName: TypeAlias = Annotated[
    str | None,
    typer.Option("--trust", metavar="TRUST", help="user (the default), agent, tool, document or import."),
]
DerivedFrom: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--from", metavar="ID", help="An item that it is concluded from; repeat for several."),
]
InSlot: TypeAlias = Annotated[
    tuple[str, str, str] | None,
    typer.Option(
        "--slot",
        metavar="SUBJECT ATTRIBUTE VALUE",
        help="What it says of whom, so that it meets what else is believed of it.",
    ),
]
Confidence: TypeAlias = Annotated[
    float | None, typer.Option("--confidence", metavar="SHARE", help="How sure it is, from 0 to 1.")
]
Tags: TypeAlias = Annotated[
    list[str] | None, typer.Option("--tag", metavar="TAG", help="A tag; repeat for several.")
]
Metadata: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--metadata",
        metavar="NAME=VALUE",
        help="A note; repeat for several. A VALUE that is JSON is kept as JSON.",
    ),
]
Domain: TypeAlias = Annotated[
    str | None, typer.Option("--domain", metavar="NAME", help="The field it is of.")
]
Author: TypeAlias = Annotated[
    str | None, typer.Option("--author", metavar="NAME", help="Who said it; the cube's owner if not given.")
]
Session: TypeAlias = Annotated[
    str | None, typer.Option("--session", metavar="NAME", help="The conversation it belongs to.")
]

# What a recall looks at.
Mounts: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--mount",
        metavar="NAME=PATH",
        help="Ask this cube, under this name; repeat to ask several as one memory.",
    ),
]
Hits: TypeAlias = Annotated[
    int | None, typer.Option("-k", "--hits", metavar="N", help="How many hits at most (default 10).")
]
Budget: TypeAlias = Annotated[
    int | None,
    typer.Option("--budget", metavar="N", help="How many tokens the text may have (default 2000)."),
]
Form: TypeAlias = Annotated[
    str | None,
    typer.Option("--format", metavar="FORM", help="text (the default), markdown, xml, chat or json."),
]
AsOf: TypeAlias = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="What held in the world at that time.")
]
KnownAt: TypeAlias = Annotated[
    str | None, typer.Option("--known-at", metavar="DATE", help="What this cube believed at that time.")
]
SaidBefore: TypeAlias = Annotated[
    str | None, typer.Option("--said-before", metavar="DATE", help="Only what had been said before then.")
]
Kinds: TypeAlias = Annotated[
    list[str] | None, typer.Option("--kind", metavar="KIND", help="Only this kind; repeat for several.")
]
Sessions: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--session", metavar="NAME", help="Only this conversation; repeat for several."),
]
Authors: TypeAlias = Annotated[
    list[str] | None, typer.Option("--author", metavar="NAME", help="Only this speaker; repeat for several.")
]
WithTags: TypeAlias = Annotated[
    list[str] | None, typer.Option("--tag", metavar="TAG", help="Only with this tag; repeat for several.")
]
WithMetadata: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--metadata", metavar="NAME=VALUE", help="Only with this note; with several, only with all of them."
    ),
]
AboutEntities: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--entity", metavar="NAME", help="Only what mentions this one; repeat for several."),
]
ForGoal: TypeAlias = Annotated[
    str | None, typer.Option("--goal", metavar="ID", help="Raise what served this goal before.")
]
ConfidenceMin: TypeAlias = Annotated[
    float | None,
    typer.Option("--confidence-min", metavar="SHARE", help="Only what is at least so sure, from 0 to 1."),
]
ScoreMin: TypeAlias = Annotated[
    float | None,
    typer.Option("--score-min", metavar="SHARE", help="Only hits that score at least so much, from 0 to 1."),
]
Include: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--include", metavar="WHAT", help="Also what was retired or superseded; repeat for both."),
]
Asker: TypeAlias = Annotated[
    str | None,
    typer.Option("--asker", metavar="NAME", help="Who says I in the text; the cube's owner if not given."),
]
NoAgeing: TypeAlias = Annotated[
    bool, typer.Option("--no-ageing", help="Let neither age nor uses count in the order.")
]
Why: TypeAlias = Annotated[bool, typer.Option("--why", help="Show what each score is made of.")]
Explain: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--explain", help="Show a table of each hit's roads, parts and belief, and what the filters left."
    ),
]

# How an item is forgotten.
Erase: TypeAlias = Annotated[
    bool, typer.Option("--erase", help="Take it out of every page of the file, for good.")
]
InSources: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--in-sources",
        metavar="WHAT",
        help="What goes in the messages it came from: passage (the default), message, or keep.",
    ),
]
Force: TypeAlias = Annotated[bool, typer.Option("--force", help="Erase also what is frozen.")]
DryRun: TypeAlias = Annotated[bool, typer.Option("--dry-run", help="Show what an erasure would take, only.")]
Yes: TypeAlias = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before erasing.")]
IsDocument: TypeAlias = Annotated[
    bool, typer.Option("--document", help="ID is the name of a document: forget it as a whole.")
]
Cascade: TypeAlias = Annotated[
    bool, typer.Option("--cascade", help="Take back also the later changes that built on it.")
]

# Along time.
Subject: TypeAlias = Annotated[
    str, typer.Argument(metavar="NAME", help="Of whom to tell; a name as people write it.")
]
Attribute: TypeAlias = Annotated[
    str | None,
    typer.Option("--attribute", metavar="NAME", help="Only this attribute: home, job, likes and the like."),
]
Since: TypeAlias = Annotated[
    str, typer.Argument(metavar="SINCE", help="A date, or the number of a line of the journal.")
]
Until: TypeAlias = Annotated[
    str | None, typer.Option("--until", metavar="UNTIL", help="A date or a line to end with, included.")
]
ChangesLimit: TypeAlias = Annotated[
    int | None, typer.Option("--limit", "-n", metavar="N", help="How many changes at most (default 50).")
]
Through: TypeAlias = Annotated[
    int | None, typer.Option("--through", metavar="SEQ", help="A later line: take back all up to its change.")
]
RestoredTime: TypeAlias = Annotated[
    str, typer.Argument(metavar="DATE", help="To which time; a day means its end.")
]

# The cube as a whole.
Limit: TypeAlias = Annotated[
    int | None, typer.Option("--limit", "-n", metavar="N", help="How many lines at most (default 50).")
]
OfItem: TypeAlias = Annotated[
    str | None, typer.Option("--item", metavar="ID", help="Only the changes of this item.")
]
Head: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--head", metavar="HASH", help="An earlier hash of the journal: prove that it still stands on it."
    ),
]
Owner: TypeAlias = Annotated[
    str | None, typer.Option("--owner", metavar="NAME", help="Whose memory it is (default: user).")
]
TimeZone: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--time-zone", metavar="ZONE", help="Where times without a zone are read (default: the system's)."
    ),
]
Keep: TypeAlias = Annotated[
    str | None, typer.Option("--keep", metavar="PATH", help="Leave the demo's cube there.")
]
