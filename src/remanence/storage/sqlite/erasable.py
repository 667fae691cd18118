"""Where words can lie in a cube: every column that can hold text, and what erasure does to it.

Erasure walks this list, and a test holds it against the schema: a new column that stands in neither
part fails. Beside the columns lie pages and the write-ahead log, which `scrubbing` sees to.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clearing:
    """A statement of queries.sql that takes `:ids`, and the columns in which it leaves no word of them."""

    statement: str
    columns: tuple[str, ...]


# In this order: an index is told what it held while it is still there, and rows let go of their texts.
CLEARINGS = (
    Clearing("clear_text_index_of_items", ("text_index.content",)),
    Clearing("delete_vectors_of_items", ("vector.value",)),
    Clearing("delete_mentions_of_items", ()),  # before their texts go
    Clearing("delete_marks_of_items", ()),  # no words, but of what is gone nothing counts
    Clearing("clear_contexts_of_items", ()),  # row numbers: no context names what is gone
    Clearing("delete_jobs_of_items", ()),  # no words either; what is gone waits for no reader
    Clearing("delete_shown_of_items", ()),  # nor here: of what an agent said that is gone
    Clearing(
        "clear_revisions_of_items",
        (
            "revision.domain",
            "revision.tags",
            "revision.metadata",
            "revision.times",
            "revision.slot_subject",
            "revision.slot_attribute",
            "revision.slot_value",
        ),
    ),
    Clearing("delete_statements_of_items", ("statement.sameness",)),
    Clearing(
        "delete_texts_of_items",
        ("text.content", "text.exact", "text.words", "text.salt", "text.sameness", "text.terms"),
    ),
    Clearing("delete_reasons_of_items", ("reason.content", "reason.salt")),
    Clearing("clear_memberships_of_items", ("membership.role",)),
    Clearing("delete_links_of_items", ("link.type",)),
    Clearing("clear_document_digests_of_items", ("document.digest",)),
)

# Once passages that were left are read anew: names that nothing bears out any more.
CLEARINGS_OF_NAMES = (
    Clearing("delete_mentions_without_link", ()),
    Clearing("delete_aliases_without_mention", ()),
    Clearing("delete_given_names_of_nothing", ()),
    Clearing("delete_unused_names", ("name.content", "name.folded", "name.first", "name.last")),
)

# What stays, and why that is no word of what was said.
KEPT = {
    "meta.key": "names of settings",
    "meta.value": "the cube's own id, owner, zone and key",
    "embedder.name": "names a model",
    "embedder.revision": "names a model",
    "item.id": "time and random bits",
    "session.name": "names a conversation; its places outlive what was said there",
    "revision.kind": "one of a closed set",
    "revision.state": "one of a closed set",
    "revision.author": "names who spoke, so that an erased turn does not come back",
    "revision.role": "one of a closed set",
    "revision.trust": "one of a closed set",
    "revision.method": "names a rule",
    "revision.message_id": "names a message or a store's record: what was erased does not come back",
    "blocked.method": "names a rule",
    "observation.author": "names who spoke",
    "observation.method": "names a rule",
    "journal.actor": "names who did it",
    "journal.verb": "one of a closed set",
    "journal.item_id": "an id",
    "journal.opened": "row numbers",
    "journal.closed": "row numbers",
    "journal.digests": "HMACs under salts that are gone with their texts",
    "journal.detail": "ids, numbers, and names of readers and causes",
    "journal.reason_digest": "an HMAC under a salt that is gone with the reason",
    "journal.previous": "a hash",
    "journal.hash": "a hash",
    "receipt.content": "ids, times, kinds and hashes",
    "unit.id": "random bits, or a digest of a name that the cube keeps",
    "unit.kind": "one of a closed set",
    "unit_version.standing": "one of a closed set",
    "unit_version.name": "a unit's own word, which goes with its words (erase_unit_words)",
    "unit_version.description": "a unit's own words, which go with the unit's words, and a persona's "
    "sentence with the finding that it tells (erase_from_descriptions)",
    "unit_version.annotations": "a unit's own words, which go with the unit's words",
    "unit_version.rule": "a unit's own words, which go with the unit's words",
    "unit_tag.tag": "a unit's own word, which goes with the unit's words",
    "refusal.items": "item numbers",
    "shown.items": "item numbers",
    "document.name": "names a document, so that what was erased of it does not come back",
    "document.format": "one of a closed set",
    "document.items": "item numbers",
    "document.unit": "an id",
    "reader.family": "one of a closed set",
    "reader.identity": "names a reader: its version, or its model and prompt",
    "job.error": "one of a closed set",
    "entity.id": "time and random bits",
    "alias.origin": "one of a closed set",
    "mention.kind": "one of a closed set",
    "mention.ground": "one of a closed set",
    "entity_kind.kind": "one of a closed set",
    "context.given": "row numbers",
    "context.left_out": "row numbers",
}
