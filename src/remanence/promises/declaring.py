"""Promises declared in a TOML file: what is new is made, what changed is replaced, what is known is left."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from remanence.errors import InvalidInput
from remanence.lifecycle.changes import Change
from remanence.model.ids import ItemId
from remanence.model.promise import Condition, Ledger, Promise, PromiseState, Terms
from remanence.promises.ledger import METHOD, OVER, ledger_of
from remanence.promises.making import Wish, bounded, end, promiser_of, terms_wished, write
from remanence.promises.terms import metadata_of
from remanence.storage.port import Transaction
from remanence.verbs import arguments
from remanence.verbs.setting import Setting
from remanence.verbs.vectors import embed_pending_or_say

FIELDS = frozenset({"name", "body", "to", "by", "kind", "with", "if", "scope", "due", "said_by"})
DECLARED_MAX = 1_000


@dataclass(frozen=True, slots=True)
class _Entry:
    """One table of the file, read."""

    wish: Wish
    terms: Terms
    waits_for: tuple[str, ...]


def declare(
    setting: Setting, file: str | os.PathLike[str] | bytes, *, because: str | None, actor: str
) -> tuple[Promise, ...]:
    """See Cube.declare_promises."""
    reason = arguments.reason(because)
    tables = _tables(file)
    with setting.store.write() as tx:
        change = setting.change(tx, actor=actor, reason=reason)
        ledger = ledger_of(setting, tx, now=change.at, overhears=False)
        entries = [_entry(setting, table, change.at) for table in tables]
        _write(setting, tx, change, ledger, entries)
        if change.items:
            change.write()
    embed_pending_or_say(setting)
    with setting.store.read() as snapshot:
        standing = _standing(ledger_of(setting, snapshot, now=setting.clock.now(), overhears=False))
    return tuple(standing[_key(setting, entry)] for entry in entries)


def _write(setting: Setting, tx: Transaction, change: Change, ledger: Ledger, entries: list[_Entry]) -> None:
    standing = _standing(ledger)
    names = {one.id: one.terms.name for one in (*ledger.promises, *ledger.impositions)}
    ids: dict[str, ItemId] = {}
    fresh: list[_Entry] = []
    for entry in entries:
        name = str(entry.wish.name)
        known = standing.get(_key(setting, entry))
        if name in ids:
            raise InvalidInput(f"the name {name!r} stands there twice; give each promise its own")
        if known is not None and _same(setting, known, entry, names):
            ids[name] = known.id
        else:
            ids[name] = change.new_item()
            fresh.append(entry)
    for entry in fresh:
        name = str(entry.wish.name)
        conditions = tuple(Condition(ids.get(one), one) for one in entry.waits_for)
        terms = replace(entry.terms, conditions=conditions)
        try:
            write(setting, tx, change, entry.wish, terms, item_id=ids[name])
        except InvalidInput as error:
            raise InvalidInput(f"{name}: {error}") from None
        old = standing.get(_key(setting, entry))
        if old is not None:
            end(tx, change, old.id, PromiseState.SUPERSEDED, by=ids[name])


def _same(setting: Setting, known: Promise, entry: _Entry, names: Mapping[ItemId, str | None]) -> bool:
    """Whether a promise says what the file says; conditions are compared by their names or words."""
    conditions = tuple(
        one.words if one.promise is None else names.get(one.promise) for one in known.terms.conditions
    )
    bare = replace(known.terms, conditions=())
    return (
        conditions == entry.waits_for
        and metadata_of(bare) == metadata_of(entry.terms)
        and known.promiser == promiser_of(setting, entry.wish)
        and known.said_by == entry.wish.said_by
    )


def _key(setting: Setting, entry: _Entry) -> tuple[str, str]:
    return promiser_of(setting, entry.wish), str(entry.wish.name)


def _standing(ledger: Ledger) -> dict[tuple[str, str], Promise]:
    """Promises made here, by whose they are and their names: a file ends nobody else's."""
    return {
        (one.promiser, one.terms.name): one
        for one in (*ledger.promises, *ledger.impositions)
        if one.terms.name is not None
        and one.state not in OVER
        and one.item.revision.provenance.method != METHOD
    }


def _tables(file: str | os.PathLike[str] | bytes) -> list[Mapping[str, object]]:
    path = "the file" if isinstance(file, bytes) else os.fspath(file)
    try:
        told = file if isinstance(file, bytes) else Path(path).expanduser().read_bytes()
        read = tomllib.loads(told.decode())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidInput(f"{path} can't be read as TOML: {error}") from error
    tables = read.pop("promise", [])
    if read or not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        raise InvalidInput(
            f"{path} holds other things than tables [[promise]]: {', '.join(read) or 'promise'}"
        )
    if len(tables) > DECLARED_MAX:
        raise InvalidInput(f"{path} has {len(tables)} promises, above DECLARED_MAX = {DECLARED_MAX}")
    return tables


def _entry(setting: Setting, table: Mapping[str, object], now: datetime) -> _Entry:
    name = table.get("name")
    if not isinstance(name, str) or not name.strip():
        raise InvalidInput("each [[promise]] has a name, by which it is known again")
    unknown = table.keys() - FIELDS
    if unknown:
        raise InvalidInput(
            f"{name}: unknown {', '.join(sorted(unknown))}; there are {', '.join(sorted(FIELDS))}"
        )
    constraints, due = table.get("with", {}), table.get("due")
    if not isinstance(constraints, dict):
        raise InvalidInput(f"{name}: with is a table of constraints")
    if due is not None and not isinstance(due, date | str):
        raise InvalidInput(f"{name}: due is a date, a time, or a text that names one")
    try:
        wish = Wish(
            body=_text(table, "body") or "",
            to=_texts(table, "to"),
            by=_text(table, "by"),
            kind=_text(table, "kind") or "give",
            constraints=constraints,
            scope=_texts(table, "scope"),
            due=due,
            said_by=_text(table, "said_by"),
            name=name,
        )
        return _Entry(wish, terms_wished(setting, wish, now=now), tuple(bounded(_texts(table, "if"), "if")))
    except InvalidInput as error:
        raise InvalidInput(f"{name}: {error}") from None


def _text(table: Mapping[str, object], field: str) -> str | None:
    value = table.get(field)
    if value is not None and not isinstance(value, str):
        raise InvalidInput(f"{field} is a {type(value).__name__}; give a text")
    return value


def _texts(table: Mapping[str, object], field: str) -> list[str]:
    value = table.get(field, [])
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise InvalidInput(f"{field} is a text, or a list of texts")
    return value
