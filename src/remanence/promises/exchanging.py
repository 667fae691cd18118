"""Promises between cubes: one signs a document of a promise, the other takes it in after verifying it."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from remanence.errors import InvalidInput, ItemErased, Refused
from remanence.lifecycle.changes import Change
from remanence.model.belief import Belief
from remanence.model.ids import DIGITS, ItemId, clean_prefix, short
from remanence.model.interval import Interval
from remanence.model.item import Content, Json, Provenance, Revision
from remanence.model.journal import Verb
from remanence.model.kind import Kind, Trust
from remanence.model.promise import PROMISE, Condition, Ledger, Promise, PromiseState, Terms
from remanence.model.state import State
from remanence.promises.ledger import ENDED, METHOD, OVER, ledger_of, read_promise
from remanence.promises.making import BODY_CHARS_MAX, bounded, end, named, sentence
from remanence.promises.settling import until
from remanence.promises.signing import signed, verified
from remanence.promises.terms import metadata_of, terms_of, time_of
from remanence.storage.port import Transaction
from remanence.verbs import arguments
from remanence.verbs.remembering import DEFAULT_CONFIDENCE
from remanence.verbs.setting import Setting
from remanence.verbs.vectors import embed_pending_or_say

CLOCKS_DIFFER = timedelta(days=1)  # at most, between the cube it comes from and this one
ORIGIN = "origin"  # in its metadata: the cube and the key that it came from


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
    waits_for: list[Json] = [
        {"promise": None if one.promise is None else homes.get(one.promise), "words": one.words or str(one)}
        for one in promise.terms.conditions
    ]
    told: dict[str, Json] = {
        "id": _home(promise),
        "cube": setting.store.facts.cube_id,
        "promiser": promise.promiser,
        "terms": {**metadata_of(promise.terms), **({"if": waits_for} if waits_for else {})},
        "words": promise.words,
        "made_at": promise.made_at.isoformat(),
        ENDED: promise.state.value if promise.state in OVER else None,
    }
    return signed(told, key)


def accept(setting: Setting, document: str, *, key: str, because: str | None, actor: str) -> Promise:
    """Take in a signed promise; see Cube.accept_promise."""
    told = verified(document, key=key)
    home, promiser, made_at = _id(told), _name(told), time_of(told, "made_at")
    terms, ended = _terms(told, promiser), _ended(told)
    if made_at > setting.clock.now() + CLOCKS_DIFFER:
        raise InvalidInput(f"made_at {made_at.isoformat()} is still to come; nothing was taken in")
    reason = arguments.reason(because)
    with setting.store.write() as tx:
        change = setting.change(tx, actor=actor, reason=reason)
        ledger = ledger_of(setting, tx, now=change.at, overhears=False)
        _refuse_another(setting, ledger, promiser, key)
        known = _known(tx, ledger, home, promiser)
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
    return read_promise(setting, item_id)


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
    holds = until(Interval(made_at), change.at) if ENDED in beside else Interval(made_at)
    row = change.open_row(change.new_item(), content, provenance, valid=holds)
    change.note(Verb.PROMISE, row.item_id, opened=[row])
    return row


def _known(tx: Transaction, ledger: Ledger, home: ItemId, promiser: str) -> Promise | None:
    """The promise where it was taken in already; ItemErased where it was, and was erased.

    Raises Refused where it was made here, or is another's: nobody ends a promise but who made it.
    """
    if tx.rows_of([home], which="all"):
        raise Refused(
            f"{short(home)} is an item of this cube, which no document changes; nothing was taken in"
        )
    rows = tx.imported_rows(METHOD, [home])
    if any(row.state is State.ERASED for row in rows):
        raise ItemErased("this promise was erased here; it is not taken in again")
    if any(row.provenance.author != promiser for row in rows):
        raise Refused(f"a promise of this id came from somebody else than {promiser}; nothing was taken in")
    here = {row.item_id for row in rows}
    return next((one for one in ledger if one.id in here), None)


def _here(ledger: Ledger, condition: Condition) -> Condition:
    """A condition as this cube knows the promise that it names; in words where it does not."""
    ids = {_home(one): one.id for one in ledger}
    return replace(condition, promise=None if condition.promise is None else ids.get(condition.promise))


def _home(promise: Promise) -> ItemId:
    """The id that a promise has where it was made."""
    said = promise.item.revision.provenance
    return ItemId(said.message_id) if said.method == METHOD and said.message_id else promise.id


def _refuse_another(setting: Setting, ledger: Ledger, promiser: str, key: str) -> None:
    """One agent, one key: whoever has taken a promise of this name knows it again by its key.

    A name that promised here without a key is not taken over by whoever brings one.
    """
    if _folded(promiser) == _folded(setting.owner):
        raise Refused(
            f"{promiser} is the owner of this cube, whose promises are made here; nothing was taken in"
        )
    mine = [one for one in ledger if _folded(one.promiser) == _folded(promiser)]
    keys = {known for one in mine if (known := _key_of(one)) is not None}
    if keys and key.lower() not in keys:
        raise Refused(
            f"promises of {promiser} came with the key {min(keys)[:16]}… before; nothing was taken in"
        )
    if mine and not keys:
        raise Refused(
            f"{promiser} has promised here without a key ({short(mine[0].id)}); nothing was taken in"
        )


def _key_of(promise: Promise) -> str | None:
    stated = promise.item.metadata.get(PROMISE)
    origin = stated.get(ORIGIN) if isinstance(stated, Mapping) else None
    key = origin.get("key") if isinstance(origin, Mapping) else None
    return key if isinstance(key, str) else None


def _folded(name: str) -> str:
    """What is alike for names that look alike."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _terms(told: Mapping[str, Json], promiser: str) -> Terms:
    """The terms of the document, within the bounds of a promise that is made here."""
    terms = terms_of(told.get("terms"))
    if not terms.promisees or promiser in terms.promisees or len(terms.body) > BODY_CHARS_MAX:
        raise InvalidInput(
            "the document's promise has no promisee, is made to its promiser, or has too long a body"
        )
    bounded([*terms.promisees], "to")
    bounded([*terms.scope], "scope")
    bounded([*terms.conditions], "if")
    if any(len(one.words) > BODY_CHARS_MAX for one in terms.conditions):
        raise InvalidInput("a condition of the document's promise is too long")
    for name in (*terms.promisees, *terms.scope):
        arguments.name(name, "a name in the document")
    if terms.name is not None:
        arguments.name(terms.name, "name")
    return terms


def _id(told: Mapping[str, Json]) -> ItemId:
    value = told.get("id")
    if not isinstance(value, str):
        raise InvalidInput("the document's promise has no id")
    home = ItemId(clean_prefix(value))
    if len(home) != DIGITS:
        raise InvalidInput(f"the document's promise has the id {value!r}, and not all {DIGITS} digits of one")
    return home


def _name(told: Mapping[str, Json]) -> str:
    value = told.get("promiser")
    return arguments.name(value if isinstance(value, str) else "", "promiser")


def _ended(told: Mapping[str, Json]) -> PromiseState | None:
    return next((state for state in OVER if told.get(ENDED) == state.value), None)
