"""Writes memories in the shape that mem0's `get_all` gives: one JSON object with a list of results.

The shape is that of mem0ai 2.x (mem0/memory/main.py): what is particular to a memory of ours stands in
its metadata under "remanence". An item is one memory, by what holds of it now.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import BinaryIO

from remanence.model.ids import as_uuid
from remanence.model.item import Json, Revision
from remanence.model.kind import Kind
from remanence.model.mark import MarkSort
from remanence.storage.port import Snapshot
from remanence.vault.lines import json_bytes
from remanence.vault.progress import Told
from remanence.vault.selection import Selection
from remanence.verbs.setting import Setting

OURS = "remanence"  # the key of what mem0 has no name for
ROLES = ("user", "assistant")


def write_mem0(setting: Setting, file: BinaryIO, selection: Selection, *, told: Told) -> dict[str, int]:
    """Write the memories, from one state of the cube.

    Utterances only where kinds ask for them: mem0 keeps what follows from a conversation.
    """
    if selection.kinds is None:
        selection = replace(selection, kinds=frozenset(Kind) - {Kind.UTTERANCE})
    count = 0
    with setting.store.read() as snapshot:
        expected = snapshot.counts()["items"]
        file.write(b'{"results": [')
        for memory in _memories(snapshot, selection, setting.owner):
            file.write(b"\n" if count == 0 else b",\n")
            file.write(json_bytes(memory))
            count += 1
            told(count, max(count, expected))
        file.write(b"\n]}\n")
    return {"memories": count}


def _memories(snapshot: Snapshot, selection: Selection, owner: str) -> Iterator[dict[str, Json]]:
    for row in selection.items(snapshot):
        until = [
            mark.at
            for mark in snapshot.marks_of([row.item_id])
            if mark.sort is MarkSort.EXPIRY and mark.closed_by is None
        ]
        yield _memory(row, owner, until[-1] if until else None)


def _memory(row: Revision, owner: str, expires: datetime | None) -> dict[str, Json]:
    content, provenance = row.content, row.provenance
    memory: dict[str, Json] = {
        "id": str(as_uuid(row.item_id)),
        "memory": content.text,
        "hash": hashlib.md5(content.text.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest(),
        "metadata": {**content.metadata, OURS: _ours(row)},
        "created_at": provenance.said_at.isoformat(),
        "updated_at": _time(row.recorded.start),
        "user_id": owner,
    }
    if provenance.session is not None:
        memory["run_id"] = provenance.session
    if provenance.author != owner:
        memory["actor_id"] = provenance.author
    memory["role"] = provenance.role
    if provenance.role in ROLES:
        memory["attributed_to"] = provenance.role
    if expires is not None:
        memory["expiration_date"] = expires.date().isoformat()
    return memory


def _ours(row: Revision) -> dict[str, Json]:
    content, provenance = row.content, row.provenance
    told: dict[str, Json] = {
        "item": row.item_id,
        "kind": content.kind.value,
        "state": row.state.value,
        "confidence": content.belief.mean,
        "valid_from": _time(row.valid.start),
        "valid_to": _time(row.valid.end),
        "trust": provenance.trust.value,
        "method": provenance.method,
        "domain": content.domain,
        "tags": list(content.tags),
        "sources": [str(as_uuid(source.item_id)) for source in provenance.sources],
    }
    if content.event is not None:
        told["event"] = [_time(content.event.start), _time(content.event.end)]
    if content.slot is not None:
        told["slot"] = [content.slot.subject, content.slot.attribute, content.slot.value]
    return told


def _time(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat()
