"""Nothing that a cube holds is forgotten by its export: each column is carried, or it is said why not."""

from __future__ import annotations

import re
from pathlib import Path

import apsw
import pytest

import remanence
from remanence.storage.dump_port import SECTIONS
from remanence.storage.sqlite.statements import statements

DOCS = Path(__file__).parents[2] / "docs" / "exporting.md"
# Where the columns of each table go: the sections whose statement names them.
CARRIED = {
    "session": ("session",),
    "item": ("item",),
    "turn": ("item",),
    "blocked": ("item",),
    "revision": ("revision",),
    "source": ("revision",),
    "text": ("revision",),
    "vector": ("vector",),
    "mark": ("mark",),
    "observation": ("observation",),
    "unit": ("unit",),
    "unit_version": ("unit_version",),
    "membership": ("member",),
    "link": ("link",),
    "unit_tag": ("unit_tag",),
    "refusal": ("refusal",),
    "document": ("document",),
    "shown": ("shown",),
    "entity": ("entity",),
    "name": ("name",),
    "alias": ("alias",),
    "mention": ("mention",),
    "merger": ("merger",),
    "entity_kind": ("entity_kind",),
    "reader": ("reader",),
    "reading": ("reading",),
    "job": ("job",),
    "context": ("context",),
    "journal": ("journal",),
    "reason": ("reason",),
    "receipt": ("receipt",),
}
ELSEWHERE = {
    "meta": "in the header, but for the key of the digests that follow: a new cube has its own",
    "embedder": "in the header",
    "statement": "as the field `statement` of a revision; the digest is made anew",
    "text.words": "made anew from the content",
    "text.terms": "made anew by the analyser",
    "text.tokens": "made anew by the analyser",
    "text.flags": "made anew by the analyser; what the embedder judged goes along with the vector",
    "text.sameness": "made anew from the content, under the new cube's key",
    "text.embedded": "whether there are vectors",
    "vector.embedder": "in the header: there are vectors of one",
    "vector.vector": "the order of the lines",
    "observation.observation": "the order of the lines",
    "context.context": "the order of the lines",
    "membership.membership": "the order of the lines",
    "link.link": "the order of the lines",
    "unit_tag.unit_tag": "the order of the lines",
    "refusal.refusal": "the order of the lines",
    "document.document": "the order of the lines",
    "alias.alias": "the order of the lines",
    "mention.mention": "the order of the lines",
    "merger.merger": "the order of the lines",
    "entity_kind.entity_kind": "the order of the lines",
    "reading.reading": "the order of the lines",
    "job.job": "the order of the lines",
    "job.attempts": "of one machine and its endpoint",
    "job.not_before": "of one machine and its endpoint",
    "job.parked": "of one machine and its endpoint",
    "job.lease": "of one machine",
    "job.leased_until": "of one machine",
    "job.error": "of one machine and its endpoint",
    "document.digest": "keyed, and a new cube has its own key: what comes again is read once more",
    "receipt.receipt": "the order of the lines",
    "receipt.change_set": "in the content",
    "item.item": "the order of the lines; the id names it",
}


@pytest.fixture
def columns(cube: remanence.Cube, tmp_path: Path) -> list[tuple[str, str]]:
    """The columns of all tables but those of the text index, which is a copy."""
    cube.close()
    db = apsw.Connection(str(tmp_path / "a.cube"))
    found = list(
        db.execute(
            "SELECT t.name, c.name FROM pragma_table_list AS t JOIN pragma_table_info(t.name) AS c "
            "WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite%'"
        )
    )
    db.close()
    return found


def test_every_column_is_carried_or_made_anew(columns: list[tuple[str, str]]) -> None:
    assert len(columns) > 50
    for table, column in columns:
        if table in ELSEWHERE or f"{table}.{column}" in ELSEWHERE:
            continue
        assert table in CARRIED, f"say in CARRIED or ELSEWHERE what an export does with the table {table}"
        told = " ".join(statements()[f"dump_{section}"] for section in CARRIED[table])
        assert re.search(rf"\b{column}\b", told), f"{table}.{column} is not in the export"


def test_every_section_and_field_is_documented() -> None:
    page = DOCS.read_text(encoding="utf-8")
    for section in SECTIONS:
        assert f"### {section.name}\n" in page, section.name
        part = page.split(f"### {section.name}\n")[1].split("\n#")[0]
        for column in section.columns:
            assert f"`{column.name}`" in part, f"{section.name}: {column.name}"
