"""Who promises whom what, and until when, in a statement that the reader derived from a commitment."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib import resources

from remanence.model.ids import ItemId, TextId
from remanence.model.interval import Interval
from remanence.model.item import Revision
from remanence.model.promise import COMMITMENT, Terms
from remanence.reader.rules.committing import times_in_english
from remanence.reader.times import find_times
from remanence.storage.port import Snapshot
from remanence.verbs.setting import Setting

ASSISTANT = "assistant"  # whom a user speaks to where nobody else does
RECURRING = "recurring"
RULE = "rule:"  # how the method of what the rule reader found begins
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Heard:
    """A commitment as it was heard; `said_by` where it is another's word about the promiser."""

    promiser: str
    terms: Terms
    said_by: str | None


@dataclass(frozen=True, slots=True)
class Passage:
    """The message that a statement was read from, and characters [start, end) of it."""

    row: Revision
    start: int
    end: int

    @property
    def words(self) -> str:
        """The very words."""
        return self.row.content.text[self.start : self.end]

    @property
    def item_id(self) -> ItemId:
        """The message's item."""
        return self.row.item_id


def passage_of(row: Revision, messages: Mapping[TextId, Revision]) -> Passage | None:
    """Where a row was heard first; None where it was not heard, or its message is gone."""
    source = row.provenance.sources[0] if row.provenance.sources else None
    if source is None or source.text_id is None or source.text_id not in messages:
        return None
    message = messages[source.text_id]
    end = len(message.content.text) if source.end is None else source.end
    return Passage(message, source.start or 0, end)


def heard(setting: Setting, snapshot: Snapshot, row: Revision, passage: Passage | None) -> Heard | None:
    """What a commitment promises to whom; None where nobody listens, so that it is an intention."""
    text, author = row.content.text, row.provenance.author
    if _pattern("duty").search(text):
        return None
    own = text.casefold().startswith((f"{author} ".casefold(), f"the {author} ".casefold()))
    named = None if own else _pattern("promiser").match(text)
    promiser = author if named is None else named["name"]
    told = _pattern("promisee").search(text)
    promisee = _listener(setting, snapshot, row) if told is None else told["name"]
    if promisee is None or promisee == promiser:
        return None
    terms = Terms(body=text, promisees=(promisee,), due=_due(setting, row, passage))
    return Heard(promiser, terms, None if promiser == author else author)


def is_intention(row: Revision) -> bool:
    """Whether a goal is what somebody means to do, rather than what the reader heard lies ahead of them."""
    if not row.provenance.method.startswith(RULE) or COMMITMENT in row.content.tags:
        return True
    return _pattern("intending").search(row.content.text) is not None


def _listener(setting: Setting, snapshot: Snapshot, row: Revision) -> str | None:
    """Whom it was said to: who spoke before it, else who answered, else who listens to such a role."""
    said = row.provenance
    if said.session is not None and said.turn is not None:
        near = snapshot.turns_between(said.session, max(0, said.turn - 1), said.turn + 1)
        others = [one.provenance.author for one in near if one.provenance.author != said.author]
        if others:
            return others[0]
    listener = {"user": ASSISTANT, ASSISTANT: setting.owner}.get(said.role)
    return None if listener == said.author else listener


def _due(setting: Setting, row: Revision, passage: Passage | None) -> datetime | None:
    """The last moment that its words name after they were said; None for a standing promise.

    Of a time that may be past or to come, a commitment means the one to come.
    """
    said_at = row.provenance.said_at
    times = [] if row.content.event is None else [row.content.event]
    if passage is not None:
        inside = [
            time
            for time in passage.row.content.times
            if passage.start <= time.start and time.end <= passage.end
        ]
        times = [time.interval for time in inside if time.kind != RECURRING]
        if inside and not _ends_after(times, said_at):
            found = find_times(passage.words, said_at=said_at, tz=setting.zone, prefer="future")
            times = [time.interval for time in found if time.kind.value != RECURRING]
        elif not inside and (told := times_in_english(passage.words)):
            found = find_times(told, said_at=said_at, tz=setting.zone, prefer="future")
            times = [time.interval for time in found if time.kind.value != RECURRING]
    ends = _ends_after(times, said_at)
    return max(ends) - _INSTANT if ends else None


def _ends_after(times: list[Interval], moment: datetime) -> list[datetime]:
    return [time.end for time in times if time.end is not None and time.end > moment]


@cache
def _pattern(name: str) -> re.Pattern[str]:
    raw = tomllib.loads((resources.files(__package__) / "data" / "english.toml").read_text("utf-8"))
    return re.compile(raw[name])
