"""Make, assess, withdraw and replace promises: each one change set, of items and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from typing import TypeVar

from remanence.errors import InvalidInput, NotFound, Refused
from remanence.lifecycle.changes import Change
from remanence.model.belief import Belief
from remanence.model.ids import ItemId, short
from remanence.model.interval import Interval
from remanence.model.item import NOTHING, Content, Item, Json, Provenance, Source, event_of
from remanence.model.journal import Verb
from remanence.model.kind import Kind, Trust
from remanence.model.promise import (
    ASSESSMENT,
    COMMITMENT,
    PROMISE,
    Assessment,
    Condition,
    Ledger,
    Promise,
    PromiseKind,
    PromiseState,
    Terms,
)
from remanence.promises.ledger import ENDED, OVER, ledger_beside, ledger_of, read_promise
from remanence.promises.settling import judged_anew, mark_ended, settle_promise
from remanence.promises.terms import kind_named, metadata_of, outcome_named
from remanence.storage.port import Snapshot, Transaction
from remanence.verbs import arguments
from remanence.verbs.arguments import When
from remanence.verbs.remembering import CONCLUDED, DEFAULT_CONFIDENCE, source_named, spoken_times
from remanence.verbs.revising import open_rows
from remanence.verbs.setting import Setting
from remanence.verbs.vectors import embed_pending_or_say

BODY_CHARS_MAX = 2_000  # a promise is a sentence or a few, no document
PARTIES_MAX = 64  # promisees, or names of a scope, or conditions
ID_DIGITS_MIN = (
    8  # of a condition that names a promise: a shorter word may be the beginning of an id by chance
)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wish:
    """What to promise, as the caller gave it; see Cube.promise."""

    body: str
    to: str | Iterable[str]
    by: str | None = None
    kind: PromiseKind | str = PromiseKind.GIVE
    constraints: Mapping[str, Json] = field(default_factory=lambda: NOTHING)
    given: Iterable[str | Promise] = ()
    scope: Iterable[str] = ()
    due: When | None = None
    source: Item | str | None = None
    said_by: str | None = None
    replaces: str | Promise | None = None
    name: str | None = None
    trust: Trust | str = Trust.USER


def promise(setting: Setting, wish: Wish, *, because: str | None, actor: str) -> Promise:
    """Write a promise; see Cube.promise."""
    reason = arguments.reason(because)
    with setting.store.write() as tx:
        change = setting.change(tx, actor=actor, reason=reason)
        item_id = add(setting, tx, change, wish)
        change.write()
    embed_pending_or_say(setting)
    return read_promise(setting, item_id)


def add(setting: Setting, tx: Transaction, change: Change, wish: Wish) -> ItemId:
    """Put a promise into a change, and end the one that it replaces; the id of its item."""
    terms = terms_wished(setting, wish, now=change.at)
    conditions = [condition_named(tx, one) for one in bounded(arguments.listed(wish.given, "given"), "given")]
    item_id = write(
        setting, tx, change, wish, replace(terms, conditions=tuple(conditions)), item_id=change.new_item()
    )
    _end_heard(setting, tx, change, wish, item_id)
    if wish.replaces is not None:
        old = _open_promise(setting, tx, wish.replaces, change.at)
        if old.promiser != promiser_of(setting, wish):
            raise Refused(f"{short(old.id)} is a promise of {old.promiser}, which nobody else replaces")
        end(tx, change, old.id, PromiseState.SUPERSEDED, by=item_id)
    return item_id


def _end_heard(setting: Setting, tx: Snapshot, change: Change, wish: Wish, item_id: ItemId) -> None:
    """Where the reader heard this promise in its source already, the one made of it takes its place."""
    if wish.source is None:
        return
    heard = tx.derived_from([_id_named(tx, wish.source)])
    ledger = ledger_beside(setting, tx, heard, now=change.at)
    alike = [
        one
        for one in ledger
        if one.id in heard and one.state not in OVER and one.promiser == promiser_of(setting, wish)
    ]
    if len(alike) == 1:  # of several it can't be told which one is meant
        end(tx, change, alike[0].id, PromiseState.SUPERSEDED, by=item_id)


def write(
    setting: Setting, tx: Snapshot, change: Change, wish: Wish, terms: Terms, *, item_id: ItemId
) -> ItemId:
    """Put the item of a promise into a change; raises InvalidInput where it came due before it was made."""
    if terms.due is not None and terms.due <= change.at:
        raise InvalidInput(f"due {terms.due.isoformat()} has passed: a promise is about what is to come")
    promiser = promiser_of(setting, wish)
    said_by = promiser if wish.said_by is None else arguments.name(wish.said_by, "said_by")
    sources = () if wish.source is None else (source_named(tx, _id_named(tx, wish.source), change.at),)
    text = sentence(promiser, terms, said_by, setting.zone)
    stated = metadata_of(terms, promiser=None if said_by == promiser else promiser)
    told = arguments.metadata({PROMISE: stated})
    times = spoken_times(setting, text, change.at)
    content = Content(
        text=text,
        kind=Kind.GOAL,
        tags=(PROMISE,),
        metadata=told,
        belief=Belief.stated(DEFAULT_CONFIDENCE),
        event=event_of(times),
        times=times,
    )
    provenance = _said(said_by, Trust.parse(wish.trust), change.at, sources)
    row = change.open_row(item_id, content, provenance, valid=Interval(change.at))
    change.note(Verb.PROMISE, item_id, opened=[row])
    return item_id


def promiser_of(setting: Setting, wish: Wish) -> str:
    """Who is to do it."""
    return setting.owner if wish.by is None else arguments.name(wish.by, "by")


def withdraw(setting: Setting, prefix: str | Promise, *, because: str | None, actor: str) -> Promise:
    """Take a promise back; see Cube.withdraw_promise."""
    reason = arguments.reason(because)
    with setting.store.write() as tx:
        change = setting.change(tx, actor=actor, reason=reason)
        old = _open_promise(setting, tx, prefix, change.at)
        end(tx, change, old.id, PromiseState.WITHDRAWN)
        change.write()
    return read_promise(setting, old.id)


def assess(
    setting: Setting,
    prefix: str | Promise,
    outcome: str,
    *,
    by: str | None,
    evidence: Iterable[Item | str],
    because: str | None,
    actor: str,
) -> Assessment:
    """Write what somebody finds of a promise; see Cube.assess_promise."""
    reason = arguments.reason(because)
    found = outcome_named(outcome)
    assessor = setting.owner if by is None else arguments.name(by, "by")
    prefixes = arguments.listed(evidence, "evidence")
    with setting.store.write() as tx:
        change = setting.change(tx, actor=actor, reason=reason)
        promise = _promise_named(setting, tx, prefix, change.at)
        _refuse_unknown(setting, tx, promise, assessor, now=change.at)
        backing = tuple(dict.fromkeys(_id_named(tx, one) for one in prefixes))
        _refuse_in_its_own_cause(tx, promise, backing)
        sources = [source_named(tx, one, change.at) for one in (promise.id, *backing)]
        content = Content(
            text=f"{assessor} finds that {promise.promiser} has {found} the promise: {promise.terms.body}",
            tags=(ASSESSMENT,),
            metadata={ASSESSMENT: {PROMISE: promise.id, "outcome": found.value}},
            belief=Belief.stated(DEFAULT_CONFIDENCE),
        )
        provenance = _said(assessor, Trust.USER, change.at, tuple(sources))
        row = change.open_row(change.new_item(), content, provenance, valid=Interval(change.at))
        change.note(Verb.ASSESS, row.item_id, opened=[row], detail={PROMISE: promise.id})
        assessment = Assessment(row.item_id, promise.id, assessor, found, backing, change.at)
        settle_promise(change, judged_anew(promise, assessment, now=change.at))
        change.write()
    embed_pending_or_say(setting)
    return assessment


def _refuse_in_its_own_cause(tx: Snapshot, promise: Promise, evidence: Iterable[ItemId]) -> None:
    """A promise, or what else was found of it, shows nothing of how it came out."""
    assessed = {one.item_id for one in promise.assessments}
    for one in evidence:
        if one == promise.id or one in assessed:
            what = "the promise itself" if one == promise.id else "an assessment of this promise"
            raise InvalidInput(
                f"{short(one)} in evidence is {what}, which shows nothing of how it came out; name what was "
                "done or said since, or leave evidence out"
            )


def _id_named(snapshot: Snapshot, what: Promise | Item | str) -> ItemId:
    return what.id if isinstance(what, Promise | Item) else arguments.item_id(snapshot, what)


def named(snapshot: Snapshot, ledger: Ledger, prefix: str | Promise) -> Promise:
    """The promise of this id; NotFound for an item that is none."""
    return _of_ledger(ledger, _id_named(snapshot, prefix))


def _promise_named(setting: Setting, tx: Snapshot, prefix: str | Promise, now: datetime) -> Promise:
    item_id = _id_named(tx, prefix)
    return _of_ledger(ledger_beside(setting, tx, [item_id], now=now), item_id)


def _of_ledger(ledger: Ledger, item_id: ItemId) -> Promise:
    found = [one for one in (*ledger.promises, *ledger.impositions) if one.id == item_id]
    if not found:
        raise NotFound(f"{short(item_id)} is no promise (any more); `promises` lists those there are")
    return found[0]


def terms_wished(setting: Setting, wish: Wish, *, now: datetime) -> Terms:
    """The terms as the caller gave them, but for the conditions; InvalidInput that names what is wrong."""
    promiser = promiser_of(setting, wish)
    if not isinstance(wish.body, str) or not 0 < len(wish.body.strip()) <= BODY_CHARS_MAX:
        raise InvalidInput(f"body must be a text of 1 to BODY_CHARS_MAX = {BODY_CHARS_MAX} characters")
    listed = [wish.to] if isinstance(wish.to, str) else arguments.listed(wish.to or (), "to")
    promisees = _names(listed, "to")
    if not promisees:
        raise InvalidInput(
            "a promise is made to somebody: name them in `to`. What nobody is promised is an intention; "
            'remember it with kind="goal"'
        )
    if promiser in promisees:
        raise InvalidInput(
            f'{promiser} can\'t promise to themselves: that is an intention; remember it with kind="goal"'
        )
    due = None
    if wish.due is not None:
        due = arguments.last_moment(wish.due, now=now, zone=setting.zone, name="due")
    return Terms(
        body=wish.body.strip(),
        promisees=promisees,
        kind=kind_named(wish.kind),
        constraints=arguments.metadata(wish.constraints),
        scope=_names(arguments.listed(wish.scope, "scope"), "scope"),
        due=due,
        name=None if wish.name is None else arguments.name(wish.name, "name"),
    )


def condition_named(tx: Snapshot, one: str | Promise) -> Condition:
    """A promise to be kept, named by 8 digits of its id at least; any other text is a condition in words."""
    if isinstance(one, Promise):
        if not tx.rows_of([one.id]):
            raise NotFound(f"{short(one.id)} in given is no promise of this cube")
        return Condition(one.id, "")  # its words are looked up while it stands
    words = arguments.name(one, "given")
    try:
        rows = tx.rows_of([arguments.item_id(tx, words)]) if len(words) >= ID_DIGITS_MIN else []
    except (InvalidInput, NotFound):
        rows = []
    promises = [row for row in rows if not {PROMISE, COMMITMENT}.isdisjoint(row.content.tags)]
    return Condition(promises[-1].item_id, "") if promises else Condition(None, words)


def _names(given: Iterable[str], what: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(arguments.name(one, what) for one in bounded(list(given), what)))


def bounded(given: list[T], what: str) -> list[T]:
    """The list; InvalidInput where it is too long to be of one promise."""
    if len(given) > PARTIES_MAX:
        raise InvalidInput(f"{what} has {len(given)} entries, above PARTIES_MAX = {PARTIES_MAX}")
    return given


def sentence(promiser: str, terms: Terms, said_by: str, zone: tzinfo) -> str:
    """A promise in words, as its item says it."""
    to = ", ".join(terms.promisees)
    accepts = terms.kind is PromiseKind.ACCEPT
    due = "" if terms.due is None else f" (by {terms.due.astimezone(zone):%Y-%m-%d %H:%M})"
    given = "" if not terms.conditions else f", if {' and '.join(map(str, terms.conditions))}"
    if said_by != promiser:
        deed = f"{said_by} says that {promiser} is to {'accept from' if accepts else 'do for'} {to}"
    else:
        deed = f"{promiser} {'promises to accept from' if accepts else 'promises'} {to}"
    return f"{deed}: {terms.body}{given}{due}"


def _said(author: str, trust: Trust, at: datetime, sources: tuple[Source, ...]) -> Provenance:
    method = CONCLUDED if sources else "stated"
    return Provenance(author=author, role="user", trust=trust, method=method, said_at=at, sources=sources)


def _open_promise(setting: Setting, tx: Snapshot, prefix: str | Promise, now: datetime) -> Promise:
    found = _promise_named(setting, tx, prefix, now)
    if found.state in OVER:
        raise Refused(f"{short(found.id)} was {found.state} already; nothing was changed")
    return found


def end(
    tx: Snapshot, change: Change, promise: ItemId, how: PromiseState, *, by: ItemId | None = None
) -> None:
    """Note on a promise that it was withdrawn, or by which it was replaced; raises ItemFrozen.

    It holds no longer: recall finds it as of the time before alone, and the ledger goes on listing it.
    """
    ended: dict[str, Json] = {"how": how.value} if by is None else {"how": how.value, "by": by}
    rows = open_rows(tx, promise)
    opened = [mark_ended(change, row, ended, at=change.at) for row in rows]
    change.note(Verb.PROMISE, promise, opened=opened, closed=rows, detail={ENDED: how.value})


def _refuse_unknown(
    setting: Setting, tx: Snapshot, promise: Promise, assessor: str, *, now: datetime
) -> None:
    """An assessor is somebody who is known here: who spoke, or is party to a promise."""
    known = {setting.owner, *(author for author, _ in tx.authors()), *_parties(promise)}
    if assessor in known:
        return
    ledger = ledger_of(setting, tx, now=now, overhears=False)
    for one in (*ledger.promises, *ledger.impositions):
        known |= _parties(one)
    if assessor not in known:
        raise NotFound(
            f"nobody called {assessor!r} is known here, so they can't assess: an assessor has spoken in this "
            f"cube or is party to a promise ({', '.join(sorted(known))[:200]})"
        )


def _parties(promise: Promise) -> set[str]:
    return {promise.promiser, *promise.terms.promisees, *promise.terms.scope}
