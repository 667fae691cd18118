"""The tools that change memory: each makes one call of the façade, with the client as its actor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from mcp.server.mcpserver import Context
from mcp.types import CallToolResult

from remanence.cube import Cube
from remanence.errors import Refused
from remanence.faces.mcp import given, shown, wording
from remanence.faces.mcp.handed import Handed
from remanence.faces.mcp.shown import memory_of
from remanence.faces.mcp.tool import ADDS, CHANGES, TAKES, MemoryTool, actor, answer, client_name, tool
from remanence.model.ids import ItemId, short
from remanence.model.item import Item
from remanence.verbs.remembering import DEFAULT_CONFIDENCE

CONSOLIDATION_SECONDS = 10.0  # a client may wait no longer than a minute for an answer

FINDINGS_MAX = 50  # in one answer, the first ones

# What they answer: the text, and structured content of this shape.
KeptAnswer = Annotated[CallToolResult, shown.Kept]
ObservedAnswer = Annotated[CallToolResult, shown.Observed]
ForgottenAnswer = Annotated[CallToolResult, shown.Forgotten]
ReflectedAnswer = Annotated[CallToolResult, shown.Reflected]
ConsolidatedAnswer = Annotated[CallToolResult, shown.Consolidated]


class Changing:
    """Changes one open cube; erases only where the server was started so."""

    def __init__(self, cube: Cube, handed: Handed, *, allow_erase: bool) -> None:
        self._cube = cube
        self._handed = handed
        self._allow_erase = allow_erase

    def tools(self) -> Iterator[MemoryTool]:
        """All of them, in the order in which a client lists them."""
        yield tool(self.remember, "Remember", ADDS)
        yield tool(self.observe, "Observe a conversation", ADDS)
        yield tool(self.revise, "Revise a memory", CHANGES)
        yield tool(self.forget, "Forget a memory", TAKES)
        yield tool(self.resolve, "Settle a contradiction", CHANGES)
        yield tool(self.reflect, "Reflect", ADDS)
        yield tool(self.consolidate, "Consolidate", CHANGES)

    def remember(
        self,
        text: given.Text,
        client: Context,
        kind: given.Kind = "fact",
        said_by: given.Speaker = "agent",
        author: given.Author = None,
        confidence: given.Confidence = DEFAULT_CONFIDENCE,
        valid_from: given.ValidFrom = None,
        valid_to: given.ValidTo = None,
        slot: given.SlotArgument = None,
        session: given.Session = None,
        tags: given.Tags = None,
        derived_from: given.Ids = None,
        expires: given.Expires = None,
        because: given.Because = None,
    ) -> KeptAnswer:
        """Store one statement so that later conversations can recall it.

        Call it for what is worth knowing next time: facts about the user and their world, preferences,
        decisions, plans. One statement a call. If it corrects a memory that you know, call revise instead.
        Never store secrets such as passwords.
        """
        item = self._cube.remember(
            text,
            kind=kind,
            trust=said_by,
            author=author or (None if said_by == "user" else client_name(client)),
            confidence=confidence,
            valid_from=valid_from,
            valid_to=valid_to,
            slot=None if slot is None else (slot.subject, slot.attribute, slot.value),
            session=session,
            tags=tags or (),
            derived_from=derived_from or (),
            expires=expires,
            because=because,
            actor=actor(client),
        )
        return kept("Remembered", item)

    def observe(
        self,
        messages: given.Messages,
        client: Context,
        session: given.Session = None,
        because: given.Because = None,
    ) -> ObservedAnswer:
        """Store messages of a conversation word for word, and the facts and preferences they state.

        Call it at the end of a conversation, or as it goes on; name the session so that later messages
        join it. What the assistant says of memories that this server has shown it counts for no evidence.
        """
        done = self._cube.observe(
            [message.as_message() for message in messages],
            session=session,
            shown=self._handed.to(client),
            because=because,
            actor=actor(client),
        )
        shape = shown.Observed(
            added=list(done.added), changed=list(done.changed), derived=list(done.derived), known=done.known
        )
        text = (
            f"{len(done.added)} new messages, {len(done.changed)} changed, {done.known} known before; "
            f"{len(done.derived)} statements derived."
        )
        return answer(text, shape)

    def revise(
        self,
        id: given.ItemId,  # noqa: A002  # the name that clients see
        text: given.Text,
        client: Context,
        confidence: given.NewConfidence = None,
        valid_from: given.ValidFrom = None,
        valid_to: given.ValidTo = None,
        because: given.Because = None,
    ) -> KeptAnswer:
        """Replace what a memory says; what it said before is kept in its history.

        Give valid_from when the world changed (she moved in June): the old text stays true before that.
        Leave it out to correct a mistake. Find the id with recall.
        """
        item = self._cube.revise(
            id,
            text,
            confidence=confidence,
            valid_from=valid_from,
            valid_to=valid_to,
            because=because,
            actor=actor(client),
        )
        return kept("Revised", item)

    def forget(
        self,
        id: given.ItemId,  # noqa: A002
        client: Context,
        because: given.Because = None,
        erase: given.Erase = False,
    ) -> ForgottenAnswer:
        """Stop recalling a memory. It is set aside and can be brought back, unless erase is true.

        Call it when the user asks to forget something, or when a memory turned out to be worthless. If it
        is wrong, call revise instead.
        """
        if erase and not self._allow_erase:
            raise Refused(
                "this server does not erase: it was started without --allow-erase. Leave `erase` out to set "
                "the memory aside, or let the user run `remanence forget --erase`. Nothing was changed"
            )
        item_id = self._cube.show(id).id
        receipt = self._cube.forget(item_id, erase=erase, because=because, actor=actor(client))
        if receipt is None:
            text = f"Set aside [{short(item_id)}]: it is recalled no more, and can be brought back."
            return answer(text, shown.Forgotten(id=item_id, how="retired"))
        how = "will be gone once other readers have ended" if receipt.pending else "is gone for good"
        shape = shown.Forgotten(
            id=item_id,
            how="erased",
            erased=list(receipt.items),
            redacted=list(receipt.redacted),
            pending=receipt.pending,
        )
        more = len(receipt.items) - 1
        return answer(f"Erased [{short(item_id)}] and {more} derived from it: it {how}.", shape)

    def resolve(
        self,
        keep: given.ItemId,
        client: Context,
        because: given.Because = None,
    ) -> KeptAnswer:
        """Settle a contradiction that conflicts listed: the memory that you name stands, the others give way.

        Call it after the user said which one is right.
        """
        return kept("Kept", self._cube.resolve(keep, because=because, actor=actor(client)))

    def reflect(
        self, client: Context, agent: given.Agent = None, because: given.Because = None
    ) -> ReflectedAnswer:
        """Look at what you yourself said: habits of speech, changes of style, contradictions, what you keep
        recommending.

        Call it now and then, to speak as one and the same. What is found is kept as memories that cite their
        evidence; it can be undone as a whole.
        """
        done = self._cube.reflect(agent=agent, because=because, actor=actor(client))
        shape = shown.Reflected(
            agent=None if done.portrait.agent is None else shown.sound(done.portrait.agent),
            findings=shown.memories_of(done.findings[:FINDINGS_MAX]),
            left_out=max(0, len(done.findings) - FINDINGS_MAX) or None,
            written=len(done.written),
            renewed=len(done.renewed),
            too_little=[shown.sound(str(one)) for one in done.portrait.shortfalls],
        )
        lines = wording.block(
            map(wording.memory_line, shape.findings), empty="Nothing worth keeping was found."
        )
        short_of = "".join(f"\nToo little to say: {one}." for one in shape.too_little)
        text = f"{shape.written} new findings, {shape.renewed} renewed.\n{lines}"
        return answer(text + short_of, shape)

    def consolidate(
        self, client: Context, seconds: given.Seconds = CONSOLIDATION_SECONDS, because: given.Because = None
    ) -> ConsolidatedAnswer:
        """Tidy up: merge memories that say the same, strengthen what is corroborated, let cold ones rest.

        Call it rarely, when a long piece of work has ended. It can be undone as a whole.
        """
        done = self._cube.consolidate(seconds=seconds, because=because, actor=actor(client))
        shape = shown.Consolidated(
            merged={one.survivor: list(one.merged) for one in done.merged},
            strengthened=list(done.strengthened),
            dormant=list(done.dormant),
            woken=list(done.woken),
            expired=list(done.expired),
            renewed=list(done.renewed),
            finished=done.finished,
        )
        text = (
            f"Merged {sum(map(len, shape.merged.values()))} memories into {len(shape.merged)}, strengthened "
            f"{len(shape.strengthened)}, {len(shape.dormant)} went dormant, {len(shape.woken)} woke, "
            f"{len(shape.renewed)} summaries renewed."
        )
        return answer(text if done.finished else f"{text} Time ran out: call it again to go on.", shape)


def kept(what: str, item: Item) -> CallToolResult:
    """The answer of a tool that leaves a memory: what was done, and the memory."""
    shape = shown.Kept(memory=memory_of(item.revision))
    line = wording.block([wording.memory_line(shape.memory)], empty="")
    return answer(f"{what} [{short(ItemId(item.id))}].\n{line}", shape)
