"""Remember one thing that somebody states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from remanence.errors import EmbeddingError
from remanence.model.belief import Belief
from remanence.model.ids import TextId
from remanence.model.interval import Interval
from remanence.model.item import NOTHING, Content, Item, Json, Provenance, SpokenTime, event_of
from remanence.model.journal import Verb
from remanence.model.kind import Kind, Trust
from remanence.storage.port import StoredSpan
from remanence.verbs import arguments
from remanence.verbs.ageing import expiry, set_expiry
from remanence.verbs.arguments import When
from remanence.verbs.setting import Setting
from remanence.verbs.vectors import embed_texts, keep_vectors

DEFAULT_CONFIDENCE = 0.9  # of what somebody states without saying how sure they are


@dataclass(frozen=True, slots=True)
class Statement:
    """What to remember, as the caller gave it; see Cube.remember."""

    text: str
    kind: Kind | str = Kind.FACT
    confidence: float = DEFAULT_CONFIDENCE
    valid_from: When | None = None
    valid_to: When | None = None
    domain: str | None = None
    tags: Iterable[str] = ()
    metadata: Mapping[str, Json] = field(default_factory=lambda: NOTHING)
    author: str | None = None
    session: str | None = None
    trust: Trust | str = Trust.USER
    expires: When | None = None


def remember(setting: Setting, statement: Statement, *, because: str | None, actor: str) -> Item:
    """Make an item of a statement, with its vector if that can be had now."""
    now = setting.clock.now()
    content = _content(setting, statement, now)
    valid = validity(setting, statement.valid_from, statement.valid_to, now)
    author = arguments.name(statement.author, "author") if statement.author is not None else setting.owner
    session = None if statement.session is None else arguments.name(statement.session, "session")
    reason = arguments.reason(because)
    trust = Trust.parse(statement.trust)
    until = expiry(setting, statement.expires, now)
    vectors_at_hand = try_to_embed(setting, content.text)
    with setting.store.write() as tx:
        change = setting.change(tx, actor=actor, reason=reason)
        provenance = Provenance(
            author=author, role="user", trust=trust, method="stated", said_at=change.at, session=session
        )
        row = change.open_row(change.new_item(), content, provenance, valid=valid)
        change.note(Verb.REMEMBER, row.item_id, opened=[row])
        if until is not None:
            set_expiry(tx, change, row.item_id, until)
        change.write()
        if vectors_at_hand is not None:
            keep_vectors(setting, tx, {row.text_id: vectors_at_hand})
    return Item(row)


def validity(setting: Setting, valid_from: When | None, valid_to: When | None, now: datetime) -> Interval:
    """The interval that two bounds mean; InvalidInput when it is empty."""
    start = arguments.starting(valid_from, now=now, zone=setting.zone, name="valid_from")
    end = arguments.starting(valid_to, now=now, zone=setting.zone, name="valid_to")
    return Interval(start, end)


def spoken_times(setting: Setting, text: str, said_at: datetime) -> tuple[SpokenTime, ...]:
    """The times that a text names, resolved against when it was said."""
    if not setting.derives:
        return ()
    from remanence.reader.times import find_times

    return tuple(
        SpokenTime(found.start, found.end, found.interval, found.grain.value, found.kind.value)
        for found in find_times(text, said_at=said_at, tz=setting.zone)
    )


def _content(setting: Setting, statement: Statement, now: datetime) -> Content:
    text = arguments.text(statement.text, "text")
    times = spoken_times(setting, text, now)
    return Content(
        text=text,
        kind=statement.kind if isinstance(statement.kind, Kind) else Kind.parse(statement.kind),
        domain=None if statement.domain is None else arguments.name(statement.domain, "domain"),
        tags=arguments.tags(statement.tags),
        metadata=arguments.metadata(statement.metadata),
        belief=Belief.stated(statement.confidence),
        event=event_of(times),
        times=times,
    )


def try_to_embed(setting: Setting, text: str) -> list[StoredSpan] | None:
    """The text's vectors if they can be had now; else it is written without, and waits for them."""
    try:
        return embed_texts(setting, [(TextId(0), text)]).get(TextId(0))
    except EmbeddingError:
        return None
