"""Runs the checks that a file of memory promises names, in one state of the cube."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

from remanence.errors import InvalidInput
from remanence.model.hit import Hit
from remanence.model.mirror import Share
from remanence.model.promise import CheckedPromise, PromiseReport, Verdict
from remanence.promises.checks import coherence, corrections, erasure, evidence, preferences, word
from remanence.promises.checks.look import Found, Look
from remanence.promises.ledger import ledger_of
from remanence.verbs import conflicting
from remanence.verbs.arguments import listed
from remanence.verbs.recalling import Query, Recaller
from remanence.verbs.setting import Setting

CHECKS: Mapping[str, Callable[[Look], Found]] = {
    "preferences": preferences.check,
    "corrections": corrections.check,
    "evidence": evidence.check,
    "coherence": coherence.check,
    "erasure": erasure.check,
    "word": word.check,
}
ANSWERS = 10  # of a recall that a check makes


@dataclass(frozen=True, slots=True)
class MemoryPromise:
    """A promise about memory, in words, and the check that keeps account of it."""

    check: str
    words: str
    bounds: Mapping[str, float] = field(default_factory=dict)


def check_promises(
    setting: Setting,
    recaller: Recaller,
    promises: Sequence[MemoryPromise],
    *,
    figures: Sequence[Share] | None,
) -> PromiseReport:
    """See Cube.check_promises."""
    if figures is not None and not all(isinstance(one, Share) for one in listed(figures, "coherence")):
        raise InvalidInput("coherence is a list of figures, as Cube.portrait tells them")
    recaller.handing.write()
    now = setting.clock.now()
    conflicts = conflicting.conflicts(setting)

    def recall(text: str) -> list[Hit]:
        return recaller.recall(Query(text), k=ANSWERS)

    with setting.store.read() as snapshot:
        ledger = ledger_of(setting, snapshot, now=now)
        contexts = tuple(snapshot.contexts())
        checked = []
        for one in promises:
            look = Look(snapshot, now, ledger, contexts, conflicts, figures, recall, one.bounds)
            checked.append(_checked(one, CHECKS[one.check](look)))
    return PromiseReport(now, tuple(checked))


def _checked(promise: MemoryPromise, found: Found) -> CheckedPromise:
    verdict, note = Verdict.NOT_ASSESSED, found.note
    if found.breaches:
        verdict = Verdict.BROKEN
    elif found.looked_at:
        verdict = Verdict.KEPT
    else:
        note = note or "nothing to look at yet"
    breaches = tuple(sorted(found.breaches, key=lambda breach: breach.at))
    return CheckedPromise(promise.check, promise.words, verdict, found.looked_at, breaches, note)


def read_promises(path: str | os.PathLike[str] | bytes | None) -> tuple[MemoryPromise, ...]:
    """The memory promises of a file, by path or by its bytes, or those that ship for None.

    Raises InvalidInput, which says what is wrong with it.
    """
    if path is None:
        text, source = (
            (resources.files("remanence.promises") / "memory.toml").read_text("utf-8"),
            "memory.toml",
        )
    elif isinstance(path, bytes):
        text, source = path.decode(errors="replace"), "the file"
    else:
        source = os.fspath(path)
        try:
            text = Path(source).read_text("utf-8")
        except (OSError, ValueError) as error:  # of no UTF-8, too
            raise InvalidInput(f"the promises of {source} can't be read: {error}") from error
    try:
        tables = tomllib.loads(text).get("promise", [])
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(f"{source} is no TOML: {error}") from error
    if not isinstance(tables, list) or not tables:
        raise InvalidInput(f"{source} has no [[promise]]")
    return tuple(_promise(table, source) for table in tables)


def _promise(table: object, source: str) -> MemoryPromise:
    if not isinstance(table, dict) or not table.keys() <= {"check", "words", "bounds"}:
        raise InvalidInput(f"{source}: a [[promise]] has check, words and bounds")
    check, told, bounds = table.get("check"), table.get("words"), table.get("bounds", {})
    if not isinstance(check, str) or check not in CHECKS or not isinstance(told, str):
        raise InvalidInput(f"{source}: check {check!r} is not one of {', '.join(CHECKS)}, or it has no words")
    if not isinstance(bounds, dict) or not all(isinstance(one, int | float) for one in bounds.values()):
        raise InvalidInput(f"{source}: bounds of {check} are numbers by the names of figures")
    return MemoryPromise(check, told, bounds)
