"""A personal history by day, in words that were said or recorded, each line with what it was taken from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from remanence.errors import InvalidInput
from remanence.model.deed import DEED
from remanence.model.ids import ItemId, short
from remanence.model.item import Revision, Source
from remanence.model.kind import Kind
from remanence.model.state import RECALLED
from remanence.model.summary import CitedSentence
from remanence.recall.tokens import estimate_tokens, exact_counter
from remanence.storage.listing_port import Listing
from remanence.storage.port import Snapshot
from remanence.verbs import arguments
from remanence.verbs.arguments import When
from remanence.verbs.contexts import BUDGET_TOKENS_MAX
from remanence.verbs.deed_rows import CALLED
from remanence.verbs.recalling import HITS_MAX, Query, Recaller
from remanence.verbs.setting import Setting
from remanence.verbs.summarising import is_told, summary_of

DEFAULT_STORY_TOKENS = 1_000
DEEDS = (Kind.ACTION, Kind.DECISION, Kind.GOAL)
DEEDS_SHARE = 0.5  # of the budget that deeds may fill before what was said
ABOUT_HITS = 200  # looked at for what a story is about
ABOUT_SHARE = 0.25  # of the best hit's score, below which a hit is about something else
EARLIEST = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One sentence or deed: when, who said it (None for a deed), and where it stands."""

    at: datetime
    kind: Kind
    text: str
    speaker: str | None
    sources: tuple[Source, ...]

    @property
    def items(self) -> tuple[ItemId, ...]:
        """The items that it was taken from."""
        return tuple(dict.fromkeys(source.item_id for source in self.sources))

    def __str__(self) -> str:
        told = f"{self.kind}: " if self.speaker is None else f"{self.speaker}: "
        return f"{told}{self.text} ({', '.join(map(short, self.items))})"


@dataclass(frozen=True, slots=True)
class Story:
    """Lines in order of time; `text` has them by day, within the budget.

    `found` is how many things were said and done then, so that an empty text says why.
    """

    lines: tuple[StoryLine, ...]
    text: str
    tokens: int
    budget_tokens: int
    found: int

    def __str__(self) -> str:
        return self.text


def story(
    setting: Setting,
    recaller: Recaller,
    since: When | None,
    until: When | None,
    about: str | None,
    *,
    budget_tokens: int,
) -> Story:
    """What was said and done in a stretch of time; see Cube.story."""
    if isinstance(budget_tokens, bool) or not isinstance(budget_tokens, int):
        raise InvalidInput(f"budget {budget_tokens!r} must be a whole number of tokens")
    if not 1 <= budget_tokens <= BUDGET_TOKENS_MAX:
        raise InvalidInput(f"budget {budget_tokens} must lie in [1, {BUDGET_TOKENS_MAX}] tokens")
    now = setting.clock.now()
    start = arguments.starting(since, now=now, zone=setting.zone, name="since") or EARLIEST
    end = now if until is None else arguments.last_moment(until, now=now, zone=setting.zone, name="until")
    if end < start and until is None:
        raise InvalidInput(f"since {since} lies in the future; a story ends now")
    if end < start:
        raise InvalidInput(f"until {until} lies before since {since}; name the earlier time first")
    wanted = None if about is None else _about(recaller, about)
    zone = ZoneInfo(setting.store.facts.time_zone)
    with setting.store.read() as snapshot:
        deeds = _deeds(snapshot, start, end, now)
        called = (row.provenance.sources for row in deeds if row.provenance.method == CALLED)
        calls = {sources[0].item_id for sources in called if sources}
        said = [
            row
            for row in snapshot.rows_said_between(start, end)
            if is_told(row) and row.content.kind not in DEEDS and row.item_id not in calls
        ]
        if wanted is not None:
            deeds = [row for row in deeds if row.item_id in wanted]
            said = [row for row in said if row.item_id in wanted]
        return _within(snapshot, deeds, said, zone, budget_tokens)


def _within(
    snapshot: Snapshot,
    deeds: Sequence[Revision],
    said: Sequence[Revision],
    zone: ZoneInfo,
    budget_tokens: int,
) -> Story:
    """The lines that say most and fit, headings included: deeds first, up to their share."""
    count = exact_counter() or estimate_tokens
    left, found = budget_tokens, len(deeds) + len(said)
    while left > 0:
        lines = _lines(snapshot, deeds, said, left)
        text = _by_day(lines, zone)
        tokens = count(text) if text else 0
        if tokens <= budget_tokens:
            return Story(tuple(lines), text, tokens, budget_tokens, found)
        left -= max(1, tokens - budget_tokens)
    return Story((), "", 0, budget_tokens, found)


def _lines(
    snapshot: Snapshot, deeds: Sequence[Revision], said: Sequence[Revision], budget_tokens: int
) -> list[StoryLine]:
    share = int(budget_tokens * DEEDS_SHARE) if said else budget_tokens
    done = summary_of(snapshot, deeds, budget_tokens=max(1, share), may_be_empty=True, whole=True)
    rest = max(1, budget_tokens - done.tokens)
    told = summary_of(snapshot, said, budget_tokens=rest, may_be_empty=True)
    rows = {row.item_id: row for row in (*said, *deeds)}
    cited = [(rows[one.sources[0].item_id], one) for one in (*done.sentences, *told.sentences)]
    cited.sort(key=lambda pair: (_moment(pair[0]), pair[0].id))
    return [_line(row, one) for row, one in cited]


def _line(row: Revision, cited: CitedSentence) -> StoryLine:
    return StoryLine(
        _moment(row), row.content.kind, " ".join(cited.text.split()), cited.speaker, cited.sources
    )


def _by_day(lines: Iterable[StoryLine], zone: ZoneInfo) -> str:
    parts = []
    for day, those in groupby(lines, key=lambda line: line.at.astimezone(zone).date()):
        parts.append(f"{day:%Y-%m-%d}")
        parts += [f"  {line}" for line in those]
    return "\n".join(parts)


def _deeds(snapshot: Snapshot, start: datetime, end: datetime, now: datetime) -> list[Revision]:
    """The deeds of that time that are recalled, in order; each as it came out."""
    wanted = Listing(at=now, kinds=DEEDS, states=RECALLED)
    found: list[Revision] = []
    after: ItemId | None = None
    while rows := snapshot.rows_listed(wanted, limit=HITS_MAX, after=after):
        found += [row for row in rows if DEED in row.content.metadata and start <= _moment(row) <= end]
        after = rows[-1].item_id
    return sorted(found, key=_moment)


def _moment(row: Revision) -> datetime:
    """When a thing was said or done; of a goal, when it came to stand as it does."""
    began = row.valid.start
    return began if row.content.kind is Kind.GOAL and began is not None else row.provenance.said_at


def _about(recaller: Recaller, about: str) -> set[ItemId]:
    """The items that a text is about, and those that they were taken from."""
    hits = recaller.recall(Query(text=about), k=ABOUT_HITS)
    near = [hit.item for hit in hits if hit.score >= hits[0].score * ABOUT_SHARE]
    return {item.id for item in near} | {source for item in near for source in item.sources}
