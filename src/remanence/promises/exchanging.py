"""Promises between cubes: one signs a document of a promise, the other takes it in after verifying it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from remanence.errors import InvalidInput, ItemErased, Refused
from remanence.lifecycle.changes import Change
from remanence.model.belief import Belief
from remanence.model.ids import ItemId, clean_prefix, short
from remanence.model.interval import Interval
from remanence.model.item import Content, Json, Provenance, Revision
from remanence.model.journal import Verb
from remanence.model.kind import Kind, Trust
from remanence.model.promise import PROMISE, Condition, Ledger, Promise, PromiseState, Terms
from remanence.model.state import State
from remanence.promises.ledger import ENDED, ledger_of, read_ledger
from remanence.promises.making import BODY_CHARS_MAX, end, named, promise_in, sentence
from remanence.promises.signing import signed, verified
from remanence.promises.terms import metadata_of, terms_of
from remanence.storage.port import Transaction
from remanence.verbs import arguments
from remanence.verbs.remembering import DEFAULT_CONFIDENCE
from remanence.verbs.setting import Setting
from remanence.verbs.vectors import embed_pending_or_say

METHOD = "signed"  # of a promise that came as a signed document; its message id is the id it has at home
ORIGIN = "origin"  # in its metadata: the cube and the key that it came from
OVER = (PromiseState.WITHDRAWN, PromiseState.SUPERSEDED)


def sign(setting: Setting, prefix: str | Promise, key: str | os.PathLike[str]) -> str:
    """The signed document of a promise; see Cube.sign_promise."""
    with setting.store.read() as snapshot:
        ledger = ledger_of(setting, snapshot, now=setting.clock.now(), overhears=False)
        promise = named(snapshot, ledger, prefix)
    if promise.said_by is not None:
        raise Refused(f"{short(promise.id)} is what {promise.said_by} says of {promise.promiser}: no promise")
    if promise.item.revision.provenance.method == METHOD:
        raise Refused(f"{short(promise.id)} came signed by {promise.promiser}; hand on that document")
    homes = {one.id: _home(one) for one in ledger}
    conditions = tuple(
        replace(one, promise=None if one.promise is None else homes.get(one.promise))
        for one in promise.terms.conditions
    )
    told: dict[str, Json] = {
        "id": _home(promise),
        "cube": setting.store.facts.cube_id,
        "promiser": promise.promiser,
        "terms": metadata_of(replace(promise.terms, conditions=conditions)),
        "words": promise.words,
        "made_at": promise.made_at.isoformat(),
        ENDED: promise.state.value if promise.state in OVER else None,
    }
    return signed(told, key)


def accept(setting: Setting, document: str, *, key: str, because: str | None, actor: str) -> Promise:
    """Take in a signed promise; see Cube.accept_promise."""
    told = verified(document, key=key)
    home, promiser, made_at = _id(told), _name(told), _made_at(told)
    terms, ended = terms_of(told.get("terms")), _ended(told)
    if not terms.promisees or len(terms.body) > BODY_CHARS_MAX:
        raise InvalidInput("the document's promise has no promisee, or too long a body")
    for name in (*terms.promisees, *terms.scope):
        arguments.name(name, "promisee")
    reason = arguments.reason(because)
    with setting.store.write() as tx:
        change = setting.change(tx, actor=actor, reason=reason)
        ledger = ledger_of(setting, tx, now=change.at, overhears=False)
        _refuse_other_key(ledger, promiser, key)
        known = _known(tx, ledger, home)
        if known is None:
            terms = replace(terms, conditions=tuple(_here(ledger, one) for one in terms.conditions))
            origin: dict[str, Json] = {"cube": str(told.get("cube")), "key": key.lower()}
            beside: dict[str, Json] = {ORIGIN: origin}
            if ended is not None:
                beside[ENDED] = {"how": ended.value}
            item_id = _write(setting, change, terms, promiser, made_at, home, beside).item_id
        else:
            item_id = known.id
            if ended is not None and known.state not in OVER:
                end(tx, change, item_id, ended)
        if change.items:
            change.write()
    embed_pending_or_say(setting)
    return promise_in(read_ledger(setting), item_id)


def _write(
    setting: Setting,
    change: Change,
    terms: Terms,
    promiser: str,
    made_at: datetime,
    home: ItemId,
    beside: Mapping[str, Json],
) -> Revision:
    content = Content(
        text=sentence(promiser, terms, promiser, setting.zone),
        kind=Kind.GOAL,
        tags=(PROMISE,),
        metadata=arguments.metadata({PROMISE: {**metadata_of(terms), **beside}}),
        belief=Belief.stated(DEFAULT_CONFIDENCE),
    )
    provenance = Provenance(
        author=promiser, role="user", trust=Trust.IMPORT, method=METHOD, said_at=made_at, message_id=home
    )
    row = change.open_row(change.new_item(), content, provenance, valid=Interval(made_at))
    change.note(Verb.PROMISE, row.item_id, opened=[row])
    return row


def _known(tx: Transaction, ledger: Ledger, home: ItemId) -> Promise | None:
    """The promise where it is here already; ItemErased where it was, and was erased."""
    rows = tx.imported_rows(METHOD, [home])
    if any(row.state is State.ERASED for row in rows):
        raise ItemErased("this promise was erased here; it is not taken in again")
    here = {home, *(row.item_id for row in rows)}
    return next((one for one in ledger if one.id in here), None)


def _here(ledger: Ledger, condition: Condition) -> Condition:
    """A condition as this cube knows the promise that it names; in words where it does not."""
    ids = {_home(one): one.id for one in ledger}
    return replace(condition, promise=None if condition.promise is None else ids.get(condition.promise))


def _home(promise: Promise) -> ItemId:
    """The id that a promise has where it was made."""
    said = promise.item.revision.provenance
    return ItemId(said.message_id) if said.method == METHOD and said.message_id else promise.id


def _refuse_other_key(ledger: Ledger, promiser: str, key: str) -> None:
    """One agent, one key: whoever has taken a promise of this name knows it again by its key."""
    for one in ledger:
        stated = one.item.metadata.get(PROMISE)
        origin = stated.get(ORIGIN) if isinstance(stated, Mapping) else None
        known = origin.get("key") if isinstance(origin, Mapping) else None
        if one.promiser == promiser and known is not None and known != key.lower():
            raise Refused(
                f"promises of {promiser} came with the key {str(known)[:16]}… before; nothing was taken in"
            )


def _id(told: Mapping[str, Json]) -> ItemId:
    value = told.get("id")
    if not isinstance(value, str):
        raise InvalidInput("the document's promise has no id")
    return ItemId(clean_prefix(value))


def _name(told: Mapping[str, Json]) -> str:
    value = told.get("promiser")
    return arguments.name(value if isinstance(value, str) else "", "promiser")


def _ended(told: Mapping[str, Json]) -> PromiseState | None:
    return next((state for state in OVER if told.get(ENDED) == state.value), None)


def _made_at(told: Mapping[str, Json]) -> datetime:
    value = told.get("made_at")
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise InvalidInput(f"made_at {value!r} must be an ISO 8601 time with its zone")
    return found
