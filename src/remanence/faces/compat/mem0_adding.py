"""What mem0's `add` does: messages to items of a cube, and the list of what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from remanence.cube import Cube
from remanence.faces.compat.mem0_records import KEPT_AS_SAID, Record, Scope, memory_id
from remanence.model.item import Item, Json
from remanence.model.state import RECALLED
from remanence.reader.messages import Message
from remanence.verbs.observing import TRUST_OF_ROLE

Messages = str | Mapping[str, object] | Sequence[Mapping[str, object]]


def told(messages: Messages) -> Sequence[Mapping[str, object]]:
    """A text, a message or several, as messages."""
    if isinstance(messages, str):
        return [{"role": "user", "content": messages}]
    return [messages] if isinstance(messages, Mapping) else messages


def observed(
    cube: Cube, messages: Iterable[object], scope: Scope, kept: Mapping[str, Json]
) -> Iterator[Record]:
    """Let the reader have the messages: what it derives, and user's messages that it derives nothing of."""
    made = cube.observe(messages, session=scope.session, because="mem0: add")
    for item_id in made.derived:
        item = cube.show(item_id)
        rows = cube.history(item_id)
        if item.state not in RECALLED:
            continue
        if kept:
            cube.annotate(item_id, metadata={**item.metadata, **kept}, because="mem0: add")
        yield _event(scope, item, "ADD" if len(rows) == 1 else "UPDATE")
    for item_id in made.added:
        item = cube.show(item_id)
        impact = cube.impact(item_id)
        if item.revision.provenance.role == "user" and not (impact.falls or impact.weakened):
            cube.annotate(item_id, tags=[KEPT_AS_SAID], metadata={**item.metadata, **kept})
            yield _event(scope, item, "ADD")


def stated(cube: Cube, message: Message, scope: Scope, kept: Mapping[str, Json]) -> Record:
    """Keep a message as it stands."""
    by: dict[str, Json] = {"role": message.role}
    if message.author is not None:
        by["actor_id"] = message.author
    item = cube.remember(
        message.content,
        metadata={**kept, **by},
        author=message.author or (None if message.role == "user" else message.role),
        trust=TRUST_OF_ROLE[message.role],
        session=scope.session,
        because="mem0: add",
    )
    return {**_event(scope, item, "ADD"), "actor_id": message.author, "role": message.role}


def _event(scope: Scope, item: Item, event: str) -> Record:
    return {"id": memory_id(scope.holder.key, item.id), "memory": item.content, "event": event}
