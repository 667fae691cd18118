"""The shapes of mem0ai 2.x: what its callers pass to say whose memories they mean, and what they get back."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from remanence.beliefs.slots import NEGATED
from remanence.errors import InvalidInput
from remanence.faces.compat.conditions import ANY_VALUE
from remanence.faces.compat.cubes import Holder
from remanence.faces.compat.item_times import made_at
from remanence.model.ids import DIGITS, ItemId
from remanence.model.item import Item, Json, Revision
from remanence.model.journal import JournalEntry, Verb
from remanence.model.kind import Kind

Record = dict[str, Json]
SORTS = ("user_id", "agent_id", "run_id")  # by which of them a cube is chosen, first that is given
PROMOTED = ("user_id", "agent_id", "run_id", "actor_id", "role")  # beside `metadata` in an answer
NO_METADATA = {"id", "memory", "hash", "metadata", "created_at", "updated_at", *PROMOTED, "AND", "OR", "NOT"}
NO_RUN = "no run "  # begins the session of what is told outside of any run

STATEMENTS = "statements"
KEPT_AS_SAID = "kept as said"
MEMORIES: Mapping[str, Mapping[str, Json]] = {
    STATEMENTS: {"kind": [kind.value for kind in Kind if kind not in (Kind.UTTERANCE, Kind.SUMMARY)]},
    KEPT_AS_SAID: {"tag": [KEPT_AS_SAID]},
}  # units whose members are a cube's memories: statements, and messages of which none was derived


@dataclass(frozen=True, slots=True)
class Scope:
    """Of whom, by which agent and in which run something is remembered; at least one is given."""

    user_id: str | None = None
    agent_id: str | None = None
    run_id: str | None = None

    @classmethod
    def of(cls, **names: object) -> Scope:
        """Read the three names; raises InvalidInput for one that is blank or no text, and where all lack."""
        given = {sort: _name(value, sort) for sort, value in names.items() if value is not None}
        if not given:
            raise InvalidInput("at least one of user_id, agent_id and run_id must be given")
        return cls(**given)

    @property
    def holder(self) -> Holder:
        """In whose cube it is kept: the user's, else the agent's, else the run's."""
        sort = next(sort for sort in SORTS if getattr(self, sort) is not None)
        return Holder(sort, getattr(self, sort))

    @property
    def session(self) -> str:
        """The session of the cube that messages are told in."""
        return self.run_id if self.run_id is not None else NO_RUN + (self.agent_id or "")

    @property
    def given(self) -> dict[str, str]:
        """The names that were given."""
        return {sort: name for sort in SORTS if (name := getattr(self, sort)) is not None}


def _name(value: object, sort: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InvalidInput(f"{sort} {value!r} must be a text that is not empty")
    name = value.strip()
    if sort == "run_id" and name.startswith(NO_RUN):
        raise InvalidInput(f"run_id {value!r} must not begin with {NO_RUN!r}: what is in no run is kept so")
    return name


def asked_of(filters: Mapping[str, object] | None, names: Mapping[str, object]) -> dict[str, object]:
    """The filters of a search as one mapping: 2.x's `filters=`, with 1.x's `user_id=` and its like.

    Raises InvalidInput unless a user, an agent or a run is named in it.
    """
    if filters is not None and not isinstance(filters, Mapping):
        raise InvalidInput(f"filters are a {type(filters).__name__}; give a mapping")
    asked = dict(filters or {})
    asked |= {sort: value for sort, value in names.items() if value is not None}
    for sort in SORTS:
        if isinstance(asked.get(sort), str):
            asked[sort] = _name(asked[sort], sort)
        elif sort in asked and not isinstance(asked[sort], Mapping):
            raise InvalidInput(f"{sort} {asked[sort]!r} must be a text that is not empty")
    if not any(sort in asked or _pinned(asked, sort) for sort in SORTS):
        raise InvalidInput(
            "filters must contain at least one of: user_id, agent_id, run_id; as in {'user_id': 'u1'}"
        )
    return asked


def pinned(asked: Mapping[str, object]) -> dict[str, str]:
    """The users, agents and runs that every answer must be of, by the filters alone."""
    found = {sort: _pinned(asked, sort) for sort in SORTS}
    return {sort: name for sort, name in found.items() if name is not None}


def _pinned(asked: Mapping[str, object], sort: str) -> str | None:
    value = asked.get(sort)
    if isinstance(value, Mapping):
        value = value.get("eq")
    if isinstance(value, str) and value != "*":
        return value.strip()
    nested = asked.get("AND")
    for one in nested if isinstance(nested, Sequence) else ():
        if isinstance(one, Mapping) and (name := _pinned(one, sort)) is not None:
            return name
    return None


def described(asked: Mapping[str, object]) -> dict[str, Json]:
    """The caller's own metadata that every answer must have with just this value, by the filters alone."""
    found: dict[str, Json] = {}
    for key, wanted in asked.items():
        value = wanted.get("eq") if isinstance(wanted, Mapping) else wanted
        if key in NO_METADATA or value == ANY_VALUE:
            continue
        if isinstance(value, bool | int | str) or (isinstance(value, float) and math.isfinite(value)):
            found[key] = value
    return found


def metadata_kept(metadata: Mapping[str, Json] | None, scope: Scope) -> dict[str, Json]:
    """What an item bears of a call: the caller's metadata, and the agent and run that the cube is not of."""
    if metadata is not None and not isinstance(metadata, Mapping):
        raise InvalidInput(f"metadata is a {type(metadata).__name__}; give a mapping")
    kept = {key: value for key, value in (metadata or {}).items() if key not in SORTS}
    return kept | {sort: name for sort, name in scope.given.items() if sort != scope.holder.sort}


def record_of(item: Item, holder: Holder) -> Record:
    """A memory as `get` gives it."""
    text = item.content
    names = {name: item.metadata[name] for name in PROMOTED if name in item.metadata}
    if item.session is not None and not item.session.startswith(NO_RUN):
        names.setdefault("run_id", item.session)
    names[holder.sort] = holder.name
    rest: dict[str, Json] = {
        key: value for key, value in item.metadata.items() if key not in (*PROMOTED, NEGATED)
    }
    return {
        "id": memory_id(holder.key, item.id),
        "memory": text,
        "hash": hashlib.md5(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest(),
        "metadata": rest or None,
        "created_at": made_at(item.id).isoformat(),
        "updated_at": None
        if item.revision.recorded.start is None
        else item.revision.recorded.start.isoformat(),
        **names,
    }


def filterable(record: Record) -> dict[str, object]:
    """The fields that filters ask of: the caller's metadata stands beside the rest."""
    metadata = record["metadata"]
    return {**(metadata if isinstance(metadata, dict) else {}), **record}


def memory_id(key: str, item: ItemId) -> str:
    """The id that callers see: which cube, and which item of it."""
    return f"{key}-{item}"


def read_memory_id(text: object) -> tuple[str, str] | None:
    """Cube and item of such an id; None for what can't be one."""
    key, _, item = str(text).strip().partition("-")
    return (key, item) if len(item) == DIGITS else None


def history_of(shown_id: str, rows: Sequence[Revision], lines: Sequence[JournalEntry]) -> list[Record]:
    """The changes of a memory, oldest first, as mem0's `history` lists them; `lines` are oldest first.

    What was erased has no words here either: that it was there, and when it went, is all that is left.
    """
    by_number = {row.id: row for row in rows}
    events: list[Record] = []
    before: str | None = None
    made_at = lines[0].recorded_at.isoformat() if lines else None
    for line in lines:
        opened = [by_number[number] for number in line.entry.opened if number in by_number]
        gone = line.verb in (Verb.ERASE, Verb.RETIRE)
        said = [row.content.text for row in opened]  # an update also writes anew what held before
        after = None if gone else next((text for text in said if text and text != before), before)
        if not gone and events and after == before:
            continue
        provenance = opened[-1].provenance if opened else rows[-1].provenance
        events.append(
            {
                "id": str(line.sequence),
                "memory_id": shown_id,
                "old_memory": before,
                "new_memory": after,
                "event": "DELETE" if gone else "UPDATE" if events else "ADD",
                "created_at": made_at,
                "updated_at": line.recorded_at.isoformat(),
                "is_deleted": gone,
                "actor_id": provenance.author,
                "role": provenance.role,
            }
        )
        before = after
    return events
