"""What a person sees: values laid out for a terminal, in colour where it has colours.

Where standard output is no terminal no line is broken, so that other programs can cut them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from remanence.faces import printing
from remanence.faces.plain import doubt_of, preview, printable
from remanence.model.ids import ItemId, short
from remanence.model.mark import Mark, MarkSort

if TYPE_CHECKING:
    from remanence.lifecycle.erasure import ErasurePlan
    from remanence.lifecycle.restore import Restored
    from remanence.lifecycle.undo import Undone
    from remanence.model.absence import WhyNot
    from remanence.model.hit import Context, Hit, Hits, HitT
    from remanence.model.interval import Interval
    from remanence.model.item import Item, Revision
    from remanence.model.journal import JournalEntry
    from remanence.storage.port import Receipt
    from remanence.verbs.inspecting import Stats
    from remanence.verbs.observing import Observed
    from remanence.verbs.recounting import ChangeSet, Edit
    from remanence.verbs.succession import Period

UNBROKEN_COLUMNS = 100_000  # wide enough that no line is broken for a program that reads it
QUIET = "dim"


class Page:
    """A page on standard output. Use it in a `with` block: what was put on it is printed at the end."""

    def __init__(self, *, zone: str) -> None:
        self._zone = ZoneInfo(zone)
        self._plain = not sys.stdout.isatty()
        width = UNBROKEN_COLUMNS if self._plain and "COLUMNS" not in os.environ else None
        self._console = printing.console(width=width)
        self._parts: list[RenderableType] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            printing.put(self._console, self._parts)

    def say(self, *parts: str | Text) -> None:
        """One line of text."""
        self._put(Text().join([part if isinstance(part, Text) else Text(printable(part)) for part in parts]))

    def table(self, table: Table) -> None:
        """A table as it is."""
        self._put(table)

    def done(self, verb: str, item: Item) -> None:
        """What was done to an item, and the item."""
        self.say(Text(f"{verb} ", style="green"), _id(item.id), "  ", preview(item.content))

    def item(self, item: Item, marks: Sequence[Mark] = ()) -> None:
        """An item in full, and when it was used or is to end."""
        row = item.revision
        content, provenance = row.content, row.provenance
        self.say(item.content)
        self.say("")
        place = "" if provenance.session is None else f", in {provenance.session}"
        turn = "" if provenance.turn is None else f", turn {provenance.turn}"
        pairs = [
            ("id", item.id),
            ("kind", f"{content.kind}, {row.state}"),
            ("confidence", f"{item.confidence:.2f} ({content.belief.strength:g} observations)"),
            ("said", f"{self._time(item.said_at)} by {provenance.author} ({provenance.role}){place}{turn}"),
            ("derived", f"{provenance.method} from {_ids(item.sources)}" if item.sources else ""),
            ("valid", self.interval(row.valid)),
            ("believed", self.interval(row.recorded)),
            ("happens", "" if content.event is None else self.interval(content.event)),
            *((_MARKED[mark.sort], self._time(mark.at)) for mark in _told(marks)),
            ("domain", content.domain or ""),
            ("tags", ", ".join(content.tags)),
            ("metadata", ", ".join(f"{name}={value}" for name, value in content.metadata.items())),
        ]
        self.pairs(pairs)

    def answers(self, hits: Hits[HitT], *, why: bool) -> None:
        """Hits, best first; before them, where it is so, that perhaps none of them answers."""
        if not hits:
            self.say(Text("nothing that fits is remembered", style=QUIET))
        elif doubt := doubt_of(hits.answered):
            self.say(Text(doubt, style=QUIET))
        self.hits(hits, why=why)

    def hits(self, hits: Sequence[Hit], *, why: bool) -> None:
        """Hits, best first: the score, the text, and where it comes from."""
        for hit in hits:
            lines = [Text(printable(preview(hit.item.content))), self._source(hit.item)]
            notes = [str(hit.why)] if why else list(hit.why.notes)
            lines += [Text(printable(note), style="cyan" if why else QUIET) for note in notes]
            self._hanging(Text(f"{hit.score:.2f}", style="bold green"), lines)

    def listed(self, items: Sequence[Item], *, more: bool) -> None:
        """Items, one below the other, and how to go on."""
        if not items:
            self.say(Text("nothing that fits is remembered", style=QUIET))
        for item in items:
            self.say(Text(printable(preview(item.content))))
            self.say(self._source(item))
        if more:
            self.say(Text(f"go on with --after {items[-1].citation}", style=QUIET))

    def why_not(self, found: WhyNot) -> None:
        """Why an item is not among the hits."""
        for reason in found.reasons:
            self.say(printable(reason))
        if found.why is not None:
            self.say(Text(str(found.why), style="cyan"))

    def context(self, context: Context) -> None:
        """Prompt-ready text, as it is: no line of it is broken."""
        sys.stdout.write((context.text if self._plain else printable(context.text)) + "\n")

    def observed(self, observed: Observed) -> None:
        """What a conversation brought."""
        changed = f", {len(observed.changed)} changed" if observed.changed else ""
        empty = f", {observed.empty} empty" if observed.empty else ""
        self.say(
            Text("observed ", style="green"),
            f"{len(observed.added)} new messages{changed}, {observed.known} known{empty}; "
            f"{len(observed.derived)} items derived",
        )
        for one in observed.heeded:
            self.say(
                Text("asked to forget ", style="green"),
                f"in {short(one.asked_in)}: {one.outcome}, {len(one.items)} items retired",
            )

    def history(self, rows: Sequence[Revision]) -> None:
        """All rows of an item, oldest first."""
        for row in rows:
            dates = Text(
                f"believed {self.interval(row.recorded)}; holds {self.interval(row.valid)}", style=QUIET
            )
            style = "" if row.is_open else QUIET
            text = Text(printable(preview(row.content.text)) or "(erased)", style=style)
            state = Text(f"{row.state}, {row.content.kind}, change {row.opened_by}", style=QUIET)
            self._hanging(Text("=" if row.is_open else "-", style="bold green"), [text, dates, state])

    def journal(self, lines: Iterable[JournalEntry]) -> None:
        """Lines of the journal, newest first."""
        table = _columns("line", "change", "time", "what", "item", "who", "why")
        for line in lines:
            table.add_row(
                str(line.sequence),
                str(line.change_set),
                self._time(line.recorded_at),
                Text(line.verb.value, style="green"),
                Text("" if line.item_id is None else short(line.item_id), style="yellow"),
                Text(printable(line.actor)),
                Text(printable(line.reason or "")),
            )
        self._put(table)

    def plan(self, plan: ErasurePlan) -> None:
        """What an erasure would take."""
        self.say("An erasure would take, for good:")
        self.say("  the item        ", _ids(plan.asked))
        if plan.fallen:
            self.say("  with it         ", _ids(plan.fallen))
        for span in plan.passages:
            self.say("  a passage of    ", _id(span.item_id), f", characters {span.start} to {span.end}")

    def receipt(self, receipt: Receipt) -> None:
        """The proof of an erasure."""
        state = "not yet gone from every page: another process reads" if receipt.pending else "gone"
        self.pairs(
            [
                ("erased", f"{_ids(receipt.items)} ({state})"),
                ("blanked in", _ids(receipt.redacted)),
                ("alike, left", _ids(receipt.remaining)),
                ("kinds", ", ".join(receipt.kinds)),
                ("when", f"{self._time(receipt.erased_at)}, change {receipt.change_set}"),
                ("by", receipt.actor),
                ("why", receipt.reason or ""),
                ("texts", ", ".join(digest[:16] for digest in receipt.digests)),
                ("journal", receipt.journal_head),
            ]
        )

    def receipts(self, receipts: Sequence[Receipt]) -> None:
        """The proofs of all erasures."""
        if not receipts:
            self.say(Text("nothing was erased", style=QUIET))
        for number, receipt in enumerate(receipts):
            if number:
                self.say("")
            self.receipt(receipt)

    def undone(self, undone: Undone) -> None:
        """The changes that were taken back."""
        self.say(Text("undid ", style="green"), "change ", ", ".join(map(str, undone.change_sets)))
        if undone.skipped:
            self.say("erasures are not undone: change ", ", ".join(map(str, undone.skipped)))
        self._staying(undone.stays_erased)

    def restored(self, restored: Restored) -> None:
        """What a restore did."""
        if restored.change_set is None:
            self.say("the memory is as it was then; nothing was changed")
        else:
            self.say(Text("restored ", style="green"), f"as change {restored.change_set}")
        if restored.returned:
            self.say("as it was then: ", _ids(restored.returned))
        if restored.set_aside:
            self.say("set aside:      ", _ids(restored.set_aside))
        if restored.units:
            self.say("units:          ", ", ".join(unit[:8] for unit in restored.units))
        self._staying(restored.stays_erased)

    def timeline(self, periods: Sequence[Period]) -> None:
        """Values by attribute, in order of time."""
        if not periods:
            self.say(Text("nothing is known of that", style=QUIET))
            return
        table = _columns("attribute", "value", "holds", "item", "from")
        for period in periods:
            value = period.value if period.affirmed else f"not {period.value}"
            table.add_row(
                Text(printable(period.attribute), style="green"),
                Text(printable(preview(value))),
                self.interval(period.item.revision.valid),
                _id(period.item.id),
                Text(_ids(period.sources), style=QUIET),
            )
        self._put(table)

    def changes(self, changes: Sequence[ChangeSet]) -> None:
        """Change sets, oldest first, each with its items and the texts before and after."""
        if not changes:
            self.say(Text("nothing changed", style=QUIET))
        for change in changes:
            why = "(erased)" if change.reason_erased else change.reason
            because = "" if why is None else f": {printable(why)}"
            head = f"{change.verb} by {printable(change.actor)}, {self._time(change.at)}{because}"
            edits = [_edit(edit) for edit in change.edits if edit.item_id is not None]
            lines = [Text(head, style="bold"), *edits]
            if change.left_out:
                lines.append(Text(f"and {change.left_out} more", style=QUIET))
            self._hanging(Text(str(change.number), style="bold green"), lines)

    def _staying(self, erased: Sequence[ItemId]) -> None:
        if erased:
            self.say("what was erased stays so: ", _ids(erased))

    def stats(self, stats: Stats) -> None:
        """How much there is of what."""
        facts = stats.facts
        self.pairs(
            [
                ("owner", facts.owner),
                ("time zone", facts.time_zone),
                ("made", self._time(facts.created_at)),
                ("embedder", "none" if facts.embedder is None else str(facts.embedder)),
                ("size", f"{stats.size_bytes / 1e6:.2f} MB"),
                ("journal", stats.journal_head),
                *((name, f"{count:,}") for name, count in stats.counts.items()),
            ]
        )

    def faults(self, faults: Sequence[str]) -> None:
        """What is wrong with a cube."""
        if not faults:
            self.say(Text("sound", style="green"), ": no fault was found")
        for fault in faults:
            self.say(Text("fault ", style="bold red"), fault)

    def _source(self, item: Item) -> Text:
        session = "" if item.session is None else f", in {item.session}"
        said = f"  {item.kind}, {self._time(item.said_at)}, {item.author}{session}"
        return Text.assemble(Text(item.citation, style="yellow"), Text(printable(said), style=QUIET))

    def _hanging(self, mark: Text, lines: Sequence[Text]) -> None:
        grid = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold")
        for number, line in enumerate(lines):
            grid.add_row(mark if number == 0 else "", line)
        self._put(grid)

    def pairs(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Names and values, those that are empty left out."""
        grid = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
        grid.add_column(no_wrap=True, style=QUIET)
        grid.add_column(overflow="fold")
        for name, value in pairs:
            if value:
                grid.add_row(name, Text(printable(value)))
        self._put(grid)

    def _put(self, part: RenderableType) -> None:
        self._parts.append(part if isinstance(part, Text) else Padding(part, 0, expand=False))

    def _time(self, time: datetime | None) -> str:
        if time is None:
            return ""
        local = time.astimezone(self._zone)
        return f"{local:%Y-%m-%d}" if not (local.hour or local.minute) else f"{local:%Y-%m-%d %H:%M}"

    def interval(self, interval: Interval) -> str:
        """A stretch of time in words, in the page's zone."""
        start, end = self._time(interval.start), self._time(interval.end)
        if start and end:
            return f"{start} to {end}"
        if start:
            return f"since {start}"
        return f"until {end}" if end else "always"


_MARKED = {MarkSort.USE: "last used", MarkSort.EXPIRY: "recalled until"}


def _told(marks: Sequence[Mark]) -> list[Mark]:
    """Of the uses the latest, and the expiry."""
    latest = {mark.sort: mark for mark in sorted(marks, key=lambda mark: mark.at)}
    return [latest[sort] for sort in sorted(latest)]


def _columns(*names: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=QUIET)
    for name in names:
        table.add_column(name, overflow="fold", no_wrap=name not in ("who", "why"))
    return table


def _id(item_id: ItemId) -> Text:
    return Text(short(item_id), style="yellow")


def _ids(item_ids: Iterable[ItemId]) -> str:
    return ", ".join(map(short, item_ids))


def _edit(edit: Edit) -> Text:
    """One line: what was done to which item, and its text, or its texts before and after."""
    before, after = (
        " / ".join("(erased)" if text is None else printable(preview(text)) for text in texts)
        for texts in (edit.before, edit.after)
    )
    if edit.source is not None:
        told = f"rests also on {short(edit.source)}"
    elif before == after:
        told = f"{after} ({edit.opened[0].state})" if edit.opened else after
    else:
        told = f"{before} -> {after}" if before and after else after or f"{before} (no more)"
    return Text.assemble(
        Text("" if edit.item_id is None else short(edit.item_id), "yellow"), "  ", Text(told)
    )
