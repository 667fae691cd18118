"""What a complete export asks of the engine: every table that is no copy of another, section by section.

A section is a list of rows with named columns, the same for every engine; it is what the format of the
export is made of (docs/exporting.md), so a column is never renamed and never changes its meaning.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Literal, NamedTuple, Protocol, TypeAlias

from remanence.model.ids import RevisionId, TextId
from remanence.model.journal import Verb
from remanence.model.kind import Kind, Trust
from remanence.model.state import State
from remanence.model.unit import Standing, UnitKind

Cell: TypeAlias = "int | float | str | bytes | None"


class Sort(Enum):
    """What a column's cell is, and so how the export writes it."""

    NUMBER = auto()
    REAL = auto()
    FLAG = auto()  # 0 or 1
    TEXT = auto()
    EXACT = auto()  # a text of any characters, NUL and lone surrogates among them
    TIME = auto()  # microseconds since 1970-01-01 UTC
    START = auto()  # a time, or "since ever"
    END = auto()  # a time, or "without end"
    HEX = auto()  # bytes: hashes and salts
    BASE64 = auto()  # bytes: vectors
    LIST = auto()  # a JSON array
    OBJECT = auto()  # a JSON object
    SPAN = auto()  # two cells, a start and an end; both None for none
    SPOKEN = auto()  # a JSON array of [start, end, from, to, grain, kind], the times in microseconds


class Column(NamedTuple):
    """A column of a section: `may_lack` allows None, `choices` is the closed set it comes from."""

    name: str
    sort: Sort
    may_lack: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Rows of one sort, in their order."""

    name: str
    columns: tuple[Column, ...]


def _columns(*required: tuple[str, Sort] | Column) -> tuple[Column, ...]:
    return tuple(one if isinstance(one, Column) else Column(*one) for one in required)


def _lacking(name: str, sort: Sort) -> Column:
    return Column(name, sort, may_lack=True)


def _one_of(name: str, choices: Iterable[str]) -> Column:
    return Column(name, Sort.TEXT, choices=tuple(choices))


MARK_SORTS = ("use", "expiry")
CLOSING = (("opened_by", Sort.NUMBER), _lacking("closed_by", Sort.NUMBER))
REVISION = Section(
    "revision",
    _columns(
        ("revision", Sort.NUMBER),
        ("item", Sort.TEXT),
        _lacking("text", Sort.NUMBER),
        _lacking("content", Sort.EXACT),
        _lacking("salt", Sort.HEX),
        ("statement", Sort.FLAG),
        _one_of("kind", Kind),
        _one_of("state", State),
        _lacking("domain", Sort.TEXT),
        _lacking("tags", Sort.LIST),
        _lacking("metadata", Sort.OBJECT),
        ("support", Sort.REAL),
        ("doubt", Sort.REAL),
        _lacking("event", Sort.SPAN),
        _lacking("times", Sort.SPOKEN),
        _lacking("slot_subject", Sort.TEXT),
        _lacking("slot_attribute", Sort.TEXT),
        _lacking("slot_value", Sort.TEXT),
        ("valid_from", Sort.START),
        ("valid_to", Sort.END),
        ("recorded_from", Sort.TIME),
        ("recorded_to", Sort.END),
        ("author", Sort.TEXT),
        ("role", Sort.TEXT),
        _one_of("trust", Trust),
        ("method", Sort.TEXT),
        ("said_at", Sort.TIME),
        _lacking("session", Sort.TEXT),
        _lacking("turn", Sort.NUMBER),
        _lacking("message_id", Sort.TEXT),
        _lacking("sources", Sort.LIST),
        *CLOSING,
    ),
)
VECTOR = Section(
    "vector",
    _columns(
        ("text", Sort.NUMBER),
        ("start", Sort.NUMBER),
        ("end", Sort.NUMBER),
        ("float16", Sort.BASE64),
        _lacking("shown", Sort.NUMBER),
    ),
)
# In the order in which they are written: what is named stands before what names it.
SECTIONS = (
    Section("session", _columns(("name", Sort.TEXT))),
    Section(
        "item",
        _columns(
            ("id", Sort.TEXT),
            ("created_at", Sort.TIME),
            _lacking("session", Sort.TEXT),
            _lacking("turn", Sort.NUMBER),
            _lacking("timed", Sort.FLAG),
            _lacking("blocked", Sort.LIST),
        ),
    ),
    REVISION,
    VECTOR,
    Section(
        "mark",
        _columns(
            ("mark", Sort.NUMBER),
            ("item", Sort.TEXT),
            _one_of("sort", MARK_SORTS),
            ("at", Sort.TIME),
            *CLOSING,
        ),
    ),
    Section(
        "observation",
        _columns(
            ("author", Sort.TEXT),
            ("method", Sort.TEXT),
            ("borne_out", Sort.FLAG),
            ("by_another", Sort.FLAG),
            ("change_set", Sort.NUMBER),
            _lacking("withdrawn_by", Sort.NUMBER),
        ),
    ),
    Section("unit", _columns(("id", Sort.TEXT), _one_of("kind", UnitKind), ("created_at", Sort.TIME))),
    Section(
        "unit_version",
        _columns(
            ("unit", Sort.TEXT),
            ("version", Sort.NUMBER),
            ("change_set", Sort.NUMBER),
            ("recorded_at", Sort.TIME),
            _one_of("standing", Standing),
            ("name", Sort.TEXT),
            ("description", Sort.TEXT),
            _lacking("annotations", Sort.OBJECT),
            _lacking("rule", Sort.OBJECT),
        ),
    ),
    Section(
        "member",
        _columns(
            ("unit", Sort.TEXT),
            ("item", Sort.TEXT),
            ("left_out", Sort.FLAG),
            _lacking("role", Sort.TEXT),
            _lacking("place", Sort.NUMBER),
            *CLOSING,
        ),
    ),
    Section(
        "link",
        _columns(
            _lacking("source_unit", Sort.TEXT),
            _lacking("source_item", Sort.TEXT),
            ("type", Sort.TEXT),
            _lacking("target_unit", Sort.TEXT),
            _lacking("target_item", Sort.TEXT),
            *CLOSING,
        ),
    ),
    Section(
        "unit_tag",
        _columns(("unit", Sort.TEXT), ("version", Sort.NUMBER), ("tag", Sort.TEXT), *CLOSING),
    ),
    Section("refusal", _columns(("items", Sort.LIST), *CLOSING)),
    Section("entity", _columns(("id", Sort.TEXT), ("created_at", Sort.TIME))),
    Section(
        "name",
        _columns(("content", Sort.TEXT), ("folded", Sort.TEXT), ("first", Sort.TEXT), ("last", Sort.TEXT)),
    ),
    Section(
        "alias",
        _columns(
            ("entity", Sort.TEXT),
            ("name", Sort.TEXT),
            _lacking("speaker", Sort.TEXT),
            ("origin", Sort.TEXT),
            *CLOSING,
        ),
    ),
    Section(
        "mention",
        _columns(
            ("entity", Sort.TEXT),
            ("name", Sort.TEXT),
            ("text", Sort.NUMBER),
            ("start", Sort.NUMBER),
            ("end", Sort.NUMBER),
            ("kind", Sort.TEXT),
            ("firm", Sort.FLAG),
            ("ground", Sort.TEXT),
            ("score", Sort.REAL),
            ("moved", Sort.FLAG),
            *CLOSING,
        ),
    ),
    Section("merger", _columns(("entity", Sort.TEXT), ("target", Sort.TEXT), *CLOSING)),
    Section("entity_kind", _columns(("entity", Sort.TEXT), ("kind", Sort.TEXT), *CLOSING)),
    Section("reader", _columns(("family", Sort.TEXT), ("identity", Sort.TEXT))),
    Section(
        "reading",
        _columns(
            ("item", Sort.TEXT),
            ("text", Sort.NUMBER),
            ("reader", Sort.TEXT),
            ("change_set", Sort.NUMBER),
            _lacking("withdrawn_by", Sort.NUMBER),
        ),
    ),
    Section(
        "job",
        _columns(
            ("item", Sort.TEXT),
            _lacking("session", Sort.TEXT),
            _lacking("turn", Sort.NUMBER),
            ("queued_at", Sort.TIME),
        ),
    ),
    Section("shown", _columns(("item", Sort.TEXT), ("items", Sort.LIST))),
    Section(
        "document",
        _columns(
            ("name", Sort.TEXT),
            ("format", Sort.TEXT),
            ("items", Sort.LIST),
            ("unit", Sort.TEXT),
            *CLOSING,
        ),
    ),
    Section(
        "context",
        _columns(("handed_at", Sort.TIME), ("given", Sort.LIST), ("left_out", Sort.LIST)),
    ),
    Section(
        "journal",
        _columns(
            ("sequence", Sort.NUMBER),
            ("change_set", Sort.NUMBER),
            ("recorded_at", Sort.TIME),
            ("actor", Sort.TEXT),
            _one_of("verb", Verb),
            _lacking("item", Sort.TEXT),
            ("opened", Sort.LIST),
            ("closed", Sort.LIST),
            ("digests", Sort.HEX),
            ("detail", Sort.OBJECT),
            _lacking("reason_digest", Sort.HEX),
            ("previous", Sort.HEX),
            ("hash", Sort.HEX),
        ),
    ),
    Section("reason", _columns(("change_set", Sort.NUMBER), ("content", Sort.TEXT), ("salt", Sort.HEX))),
    Section("receipt", _columns(("content", Sort.OBJECT), ("pending", Sort.FLAG))),
)


class DumpSnapshot(Protocol):
    """Reads."""

    def dumped(self, section: str) -> Iterator[tuple[Cell, ...]]:
        """All rows of a section, in order, with its columns; a SPAN has two cells."""
        ...

    def row_numbers(self, *, after: int, limit: int, which: Literal["open", "all"]) -> list[RevisionId]:
        """The numbers of rows after this one, in order."""
        ...

    def last_text(self) -> TextId:
        """The highest number that a text was ever given."""
        ...

    def texts_held(self, texts: Iterable[TextId]) -> dict[TextId, str]:
        """What these texts say; those that are not there are left out."""
        ...


class DumpTransaction(Protocol):
    """Writes into a cube that holds nothing yet."""

    def load(self, section: str, rows: Iterable[tuple[Cell, ...]]) -> None:
        """Write rows as `dumped` gave them. Texts are not among them: `add_texts` goes before."""
        ...

    def set_last_text(self, number: TextId) -> None:
        """Give no text a number up to this one, whichever texts are there."""
        ...
