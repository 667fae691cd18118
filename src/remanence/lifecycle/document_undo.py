"""Undo of documents: versions come into force and go with the change sets that made them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from remanence.errors import Refused
from remanence.lifecycle.changes import Change
from remanence.model.document import DocumentVersion
from remanence.model.item import Json
from remanence.model.journal import Verb
from remanence.storage.port import Snapshot, Transaction


def take_documents_back(
    tx: Snapshot,
    change: Change,
    order: Sequence[int],
    *,
    detail: Mapping[str, Json],
    verb: Verb = Verb.UNDO,
) -> bool:
    """Put into the change what undoes the versions of these sets, newest first; whether there was any.

    Raises Refused where another document has the name of one that would come back.
    """
    returning: dict[int, DocumentVersion] = {}
    closing: dict[int, DocumentVersion] = {}
    for number in order:
        opened, closed = tx.document_versions_touched_by(number)
        for version in opened:
            if returning.pop(version.number, None) is None and version.closed_by is None:
                closing[version.number] = version
        returning.update((version.number, version) for version in closed if version.name)  # "": erased
    for version in returning.values():
        holder = tx.document_named(version.name)
        if holder is not None and holder.number not in closing:
            raise Refused(
                f"a document named {version.name!r} was ingested anew since, by change {holder.opened_by}; "
                "undo that first"
            )
    if not returning and not closing:
        return False

    def write(tx: Transaction) -> None:
        tx.close_document_versions(list(closing), by=change.number)
        tx.add_document_versions(replace(one, opened_by=change.number) for one in returning.values())

    change.attach(write)
    change.note(verb, None, detail=detail)
    return True


def document_sets_built_on(tx: Snapshot, change_set: int) -> set[int]:
    """The later sets that took versions of this one out of force."""
    opened, _ = tx.document_versions_touched_by(change_set)
    return {version.closed_by for version in opened if version.closed_by is not None}
