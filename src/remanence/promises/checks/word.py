"""I keep my word: each promise that came due has an outcome."""

from __future__ import annotations

from remanence.model.promise import PromiseState
from remanence.promises.checks.look import Found, Look


def check(look: Look) -> Found:
    """A breach for each promise that came due and of which nobody has said how it came out.

    A promise that waits for another which was not kept binds nobody.
    """
    found = Found()
    for one in look.ledger:
        due = one.terms.due
        if due is None or due > look.now or one.is_binding is False:
            continue
        if one.state in (PromiseState.WITHDRAWN, PromiseState.SUPERSEDED):
            continue
        found.looked_at += 1
        if one.state is PromiseState.EXPIRED:
            to = ", ".join(one.terms.promisees)
            found.broken([one.id], due, f"{one.promiser} to {to}: \u201c{one.words}\u201d came due")
    return found
