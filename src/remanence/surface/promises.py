"""The façade's promises: made, assessed, withdrawn, declared, exchanged, and checked."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence

from remanence.model.item import NOTHING, Item, Json
from remanence.model.kind import Trust
from remanence.model.mirror import Share
from remanence.model.promise import (
    Assessment,
    Ledger,
    Outcome,
    Promise,
    PromiseKind,
    PromiseReport,
)
from remanence.surface.bound import Bound
from remanence.verbs.arguments import When


class Promises(Bound):
    """What was promised, and whether it was kept; see docs/promises.md."""

    def promise(
        self,
        body: str,
        *,
        to: str | Iterable[str],
        by: str | None = None,
        kind: PromiseKind | str = PromiseKind.GIVE,
        constraints: Mapping[str, Json] = NOTHING,
        given: Iterable[str | Promise] = (),
        scope: Iterable[str] = (),
        due: When | None = None,
        source: Item | str | None = None,
        said_by: str | None = None,
        replaces: str | Promise | None = None,
        trust: Trust | str = Trust.USER,
        because: str | None = None,
        actor: str | None = None,
    ) -> Promise:
        """Write down what `by` (default the owner) promises `to` others.

        `kind` is "give" (+) or "accept" (-). `given` are conditions: promises that must be kept first, by 8
        digits of their ids at least, or words. `due` is the last moment, None for a standing promise.
        `source` is the item with the words in which it was made, or its id; what the reader heard there
        already gives way to it. What somebody else, `said_by`, says of the
        promiser is an imposition, and no promise. `replaces` is superseded. A promise that can't be kept
        beside an open one is taken and says so in `contradicts`. Raises InvalidInput, NotFound, AmbiguousId
        or Refused.
        """
        from remanence.promises import making

        wish = making.Wish(
            body=body,
            to=to,
            by=by,
            kind=kind,
            constraints=constraints,
            given=given,
            scope=scope,
            due=due,
            source=source,
            said_by=said_by,
            replaces=replaces,
            trust=trust,
        )
        return making.promise(self._setting, wish, because=because, actor=actor or self.owner)

    def promises(self) -> Ledger:
        """The ledger as it stands now: promises heard, made, declared or taken in, with their assessments.

        Beside them intentions and impositions, which are none, and the trust in each agent.
        """
        from remanence.promises.ledger import read_ledger

        return read_ledger(self._setting)

    def assess_promise(
        self,
        promise: str | Promise,
        outcome: Outcome | str,
        *,
        by: str | None = None,
        evidence: Iterable[Item | str] = (),
        because: str | None = None,
        actor: str | None = None,
    ) -> Assessment:
        """Write down what `by` (default the owner) finds: that a promise was "kept" or "broken".

        Assessors may disagree, and each may change their mind; the last word of each counts. `evidence` are
        items or their ids. Raises NotFound for a promise or an assessor that is not known here, and as
        `promise` does.
        """
        from remanence.promises import making

        return making.assess(
            self._setting,
            promise,
            outcome,
            by=by,
            evidence=evidence,
            because=because,
            actor=actor or self.owner,
        )

    def withdraw_promise(
        self, promise: str | Promise, *, because: str | None = None, actor: str | None = None
    ) -> Promise:
        """Take a promise back: it stays in the ledger as withdrawn, and recall gives it no more.

        Raises NotFound or Refused.
        """
        from remanence.promises import making

        return making.withdraw(self._setting, promise, because=because, actor=actor or self.owner)

    def declare_promises(
        self,
        file: str | os.PathLike[str] | bytes,
        *,
        because: str | None = None,
        actor: str | None = None,
    ) -> tuple[Promise, ...]:
        """Make the promises of a TOML file, in one change; what stands there already is left as it is.

        `file` is its path, or the bytes of one. A promise whose terms changed since is replaced. Raises
        InvalidInput that names the promise.
        """
        from remanence.promises.declaring import declare

        return declare(self._setting, file, because=because, actor=actor or self.owner)

    def check_promises(
        self,
        file: str | os.PathLike[str] | bytes | None = None,
        *,
        coherence: Sequence[Share] | None = None,
    ) -> PromiseReport:
        """Check what this memory promises about itself against the record; nothing is changed.

        `file` is TOML like the promises that ship, of which it may leave some out: its path, or the bytes of
        one. `coherence` are the agent's figures where they are known already; else the mirror makes them.
        Raises InvalidInput.
        """
        from remanence.promises.checks import running
        from remanence.surface.coherence import figures_of

        promises = running.read_promises(file)
        if coherence is None and any(one.check == "coherence" for one in promises):
            coherence = figures_of(self._setting)
        return running.check_promises(self._setting, self._recaller, promises, figures=coherence)

    def sign_promise(self, promise: str | Promise, *, key: str | os.PathLike[str]) -> str:
        """A document of a promise, signed with the private key (Ed25519, PEM) in a file; for another cube.

        Raises NotFound, Refused for an imposition, InvalidInput for the key, and ExtraMissing.
        """
        from remanence.promises.exchanging import sign

        return sign(self._setting, promise, key)

    def accept_promise(
        self, document: str, *, key: str, because: str | None = None, actor: str | None = None
    ) -> Promise:
        """Take in a promise that the holder of this public key (hex) has signed.

        What was taken in before is known again, and ends here when it has ended there. Raises
        SignatureInvalid, InvalidInput, ItemErased, Refused where the promiser came with another key before,
        and ExtraMissing; then nothing is taken in.
        """
        from remanence.promises.exchanging import accept

        return accept(self._setting, document, key=key, because=because, actor=actor or self.owner)
