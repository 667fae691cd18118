"""The tools that look: each makes one call of the façade and says what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, TypeVar

from mcp.server.mcpserver import Context
from mcp.types import CallToolResult

from remanence.cube import Cube
from remanence.faces.mcp import given, shown, wording
from remanence.faces.mcp.handed import Handed
from remanence.faces.mcp.shown import memories_of, memory_of
from remanence.faces.mcp.tool import LOOKS, MemoryTool, answer, lines, tool
from remanence.faces.plain import doubt_of, printable
from remanence.model.item import Item
from remanence.model.promise import Promise
from remanence.model.support import Support
from remanence.surface.unit import Unit
from remanence.verbs.recalling import DEFAULT_BUDGET_TOKENS, DEFAULT_HITS

HISTORY_CHARS = 20_000  # of each row of a history
ENTRIES_MAX = 200  # of a list in one answer: more would fill a model's window
T = TypeVar("T")

# What they answer: the text, and structured content of this shape.
HitsAnswer = Annotated[CallToolResult, shown.Hits]
PassageAnswer = Annotated[CallToolResult, shown.Passage]
RowsAnswer = Annotated[CallToolResult, shown.Rows]
GroundsAnswer = Annotated[CallToolResult, shown.Grounds]
AbsenceAnswer = Annotated[CallToolResult, shown.Absence]
PeriodsAnswer = Annotated[CallToolResult, shown.Periods]
UnitsAnswer = Annotated[CallToolResult, shown.UnitsShown]
ContradictionsAnswer = Annotated[CallToolResult, shown.Contradictions]
PromisesAnswer = Annotated[CallToolResult, shown.PromisesShown]
CountsAnswer = Annotated[CallToolResult, shown.Counts]


class Looking:
    """Looks at one open cube."""

    def __init__(self, cube: Cube, handed: Handed) -> None:
        self._cube = cube
        self._handed = handed

    def tools(self) -> Iterator[MemoryTool]:
        """All of them, in the order in which a client lists them."""
        yield tool(self.recall, "Recall", LOOKS)
        yield tool(self.context, "Context for a task", LOOKS)
        yield tool(self.history, "History of a memory", LOOKS)
        yield tool(self.why, "Why it is believed", LOOKS)
        yield tool(self.why_not, "Why it was not recalled", LOOKS)
        yield tool(self.timeline, "Timeline", LOOKS)
        yield tool(self.list_units, "Units", LOOKS)
        yield tool(self.conflicts, "Open contradictions", LOOKS)
        yield tool(self.promises, "Promises", LOOKS)
        yield tool(self.stats, "Counts", LOOKS)

    def recall(
        self,
        question: given.Question,
        client: Context,
        limit: given.Hits = DEFAULT_HITS,
        as_of: given.AsOf = None,
        known_at: given.KnownAt = None,
        kinds: given.Kinds = None,
        authors: given.Authors = None,
        sessions: given.Sessions = None,
        tags: given.WithTags = None,
        units: given.UnitNames = None,
        include: given.Include = None,
        explain: given.Explain = False,
    ) -> HitsAnswer:
        """Find what is remembered about something, best first, each memory dated and with its id.

        Call it whenever an answer may depend on what was said before: about the user, their people,
        projects, preferences or decisions. It answers with what is true now, unless as_of asks for another
        time. Cite the ids you rely on.
        """
        hits = self._cube.recall(
            question,
            k=limit,
            as_of=as_of,
            known_at=known_at,
            kinds=kinds,
            authors=authors,
            sessions=sessions,
            tags=tags,
            units=units,
            include=include or (),
        )
        self._handed.note(client, [hit.item.id for hit in hits])
        shape = shown.Hits(
            answered=round(hits.answered, 3),
            hits=[
                shown.ScoredMemory(
                    score=round(hit.score, 3),
                    memory=memory_of(hit.item.revision),
                    why=shown.sound(str(hit.why)) if explain else None,
                )
                for hit in hits
            ],
        )
        told = wording.block(map(wording.hit_line, shape.hits), empty="Nothing is remembered that fits.")
        doubt = doubt_of(hits.answered) if hits else None
        return answer(told if doubt is None else f"{told}\nNote: {doubt}.", shape)

    def context(
        self,
        topic: given.Question,
        client: Context,
        budget_tokens: given.Budget = DEFAULT_BUDGET_TOKENS,
        as_of: given.AsOf = None,
        known_at: given.KnownAt = None,
        authors: given.Authors = None,
        sessions: given.Sessions = None,
        units: given.UnitNames = None,
    ) -> PassageAnswer:
        """Gather what is remembered about a topic or task as one text, in order of time, within a budget.

        Call it once when a conversation or a task begins; use recall for single questions. Each line bears
        the id of its memory.
        """
        found = self._cube.context(
            topic,
            budget=budget_tokens,
            as_of=as_of,
            known_at=known_at,
            authors=authors,
            sessions=sessions,
            units=units,
        )
        self._handed.note(client, [item.id for item in found.items])
        shape = shown.Passage(
            text=shown.sound(found.text),
            tokens=found.tokens,
            budget_tokens=found.budget_tokens,
            items=[item.id for item in found.items],
        )
        text = (
            f"{wording.NOTE}\n{printable(found.text)}" if found.items else "Nothing is remembered that fits."
        )
        return answer(text, shape)

    def history(self, id: given.ItemId) -> RowsAnswer:  # noqa: A002  # the name that clients see
        """Show all that one memory ever said, in the order in which it was recorded.

        Call it to see what was believed earlier, and when it changed.
        """
        rows = self._cube.history(id)
        newest, more = _bounded(rows[::-1])
        shape = shown.Rows(
            revisions=[memory_of(row, chars=HISTORY_CHARS) for row in reversed(newest)], left_out=more
        )
        told = map(wording.memory_line, shape.revisions)
        return lines(told, shape, empty="It has no rows.", left_out=more)

    def why(self, id: given.ItemId) -> GroundsAnswer:  # noqa: A002
        """Explain why a memory is believed: what it was derived from, down to who said what.

        Call it when the user asks how you know something, or before you rely on a doubtful memory.
        """
        shape = _grounds(self._cube.why(id))
        return lines(wording.grounds_lines(shape), shape, empty="")

    def why_not(
        self,
        id: given.ItemId,  # noqa: A002
        question: given.Question,
        limit: given.Hits = DEFAULT_HITS,
        as_of: given.AsOf = None,
        include: given.Include = None,
    ) -> AbsenceAnswer:
        """Explain why recall with the same question did not bring a certain memory."""
        found = self._cube.why_not(id, question, k=limit, as_of=as_of, include=include or ())
        place = found.place if found.is_hit else None
        shape = shown.Absence(id=found.item_id, hit=place, reasons=[shown.sound(r) for r in found.reasons])
        return answer(wording.sentence(str(found)), shape)

    def timeline(
        self, subject: given.Subject, attribute: given.Attribute = None, known_at: given.KnownAt = None
    ) -> PeriodsAnswer:
        """Show how something changed over time: the values of a subject's attributes (home, job, likes), each
        with the time in which it held.

        Call it for questions such as "where did she live before?".
        """
        periods, more = _bounded(self._cube.timeline(subject, attribute, known_at=known_at))
        shape = shown.Periods(
            periods=[
                shown.Held(
                    subject=shown.sound(one.subject),
                    attribute=shown.sound(one.attribute),
                    value=shown.sound(one.value),
                    affirmed=one.affirmed,
                    valid_from=shown.iso(one.valid_from),
                    valid_to=shown.iso(one.valid_to),
                    id=one.item.id,
                )
                for one in periods
            ],
            left_out=more,
        )
        told = map(wording.held_line, shape.periods)
        return lines(told, shape, empty="Nothing of it is known.", left_out=more)

    def list_units(self, kind: given.UnitKind = None, name: given.UnitName = None) -> UnitsAnswer:
        """List the units of memory: topics, personas (people) and contexts (projects, conversations).

        With a name, show that unit and what it holds. The names can be given to recall and context as units.
        """
        if name is None:
            found, more = _bounded(self._cube.units(kind=kind))
            shape = shown.UnitsShown(units=[unit_of(one) for one in found], left_out=more)
        else:
            unit = self._cube.find_unit(name, kind=kind)
            items, more = _bounded(unit.items())
            shape = shown.UnitsShown(units=[unit_of(unit, holds=items, left_out=more)])
        told = (line for one in shape.units for line in wording.unit_lines(one))
        return lines(told, shape, empty="No units yet.", left_out=more)

    def conflicts(self, subject: given.OptionalSubject = None) -> ContradictionsAnswer:
        """List memories that contradict each other and that nobody has settled.

        Ask the user which one is right, then call resolve.
        """
        found, more = _bounded(self._cube.conflicts(subject=subject))
        shape = shown.Contradictions(
            conflicts=[
                shown.Contradiction(
                    subject=shown.sound(one.subject),
                    attribute=shown.sound(one.attribute),
                    claims=[memory_of(row) for row in one.claims],
                )
                for one in found
            ],
            left_out=more,
        )
        told = (line for one in shape.conflicts for line in wording.contradiction_lines(one))
        return lines(told, shape, empty="Nothing contradicts anything.", left_out=more)

    def promises(self, party: given.Party = None, state: given.PromiseStateName = None) -> PromisesAnswer:
        """List who promised what to whom, when it is due, and how it came out.

        Call it before you promise something, and when a conversation begins: what you promised and is still
        open, or came due, is yours to keep or to speak of.
        """
        wanted = [
            one
            for one in self._cube.promises()
            if (state is None or one.state == state)
            and (party is None or party in (one.promiser, *one.terms.promisees))
        ]
        found, more = _bounded(wanted)
        shape = shown.PromisesShown(promises=[_promise_of(one) for one in found], left_out=more)
        told = map(wording.promise_line, shape.promises)
        return lines(told, shape, empty="Nothing is promised.", left_out=more)

    def stats(self) -> CountsAnswer:
        """Count what is remembered: whose memory it is, since when, and how much of what."""
        shape = counts_of(self._cube)
        listed = "; ".join(f"{what}: {number}" for what, number in shape.counts.items())
        since = f"since {shape.created_at[:10]}"
        return answer(f"Memory of {wording.name(shape.owner)} {since}. {listed}.", shape)


def counts_of(cube: Cube) -> shown.Counts:
    """How much a cube holds."""
    stats = cube.stats()
    return shown.Counts(
        owner=shown.sound(stats.facts.owner),
        time_zone=stats.facts.time_zone,
        created_at=stats.facts.created_at.isoformat(),
        size_bytes=stats.size_bytes,
        counts=dict(stats.counts),
    )


def unit_of(
    unit: Unit, *, holds: Sequence[Item] | None = None, left_out: int | None = None
) -> shown.UnitShown:
    """A unit, and what it holds where that is told."""
    return shown.UnitShown(
        name=shown.sound(unit.name),
        kind=unit.kind.value,
        description=shown.sound(unit.description),
        version=unit.version,
        holds=None if holds is None else memories_of(holds),
        left_out=left_out,
    )


def _promise_of(promise: Promise) -> shown.PromiseShown:
    return shown.PromiseShown(
        id=promise.id,
        state=promise.state.value,
        promiser=shown.sound(promise.promiser),
        promisees=[shown.sound(name) for name in promise.terms.promisees],
        body=shown.sound(promise.terms.body),
        words=shown.sound(promise.words),
        made_at=promise.made_at.isoformat(),
        due=shown.iso(promise.terms.due),
        disputed=promise.is_disputed or None,
    )


def _grounds(tree: Support) -> shown.Grounds:
    return shown.Grounds(
        memory=memory_of(tree.item.revision),
        stands=tree.stands,
        reason=shown.sound(tree.reason),
        sources=[_grounds(source) for source in tree.sources],
    )


def _bounded(found: Sequence[T]) -> tuple[Sequence[T], int | None]:
    """The first of what was found, and how many were left out; None for none."""
    return found[:ENTRIES_MAX], max(0, len(found) - ENTRIES_MAX) or None
