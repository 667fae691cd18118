"""Commands that bring memory in: init, observe, remember; and change it: revise, annotate."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from remanence.faces import documents
from remanence.faces.cli import options
from remanence.faces.cli.call import Call, UsageFault

if TYPE_CHECKING:
    from remanence.model.item import Json

STANDARD_INPUT = "-"


def init(call: Call, owner: options.Owner = None, time_zone: options.TimeZone = None) -> None:
    """Make a cube, with its owner and time zone.

    Without this command, the first `remember` or `observe` makes one.
    """
    with call.make(owner=owner, time_zone=time_zone) as cube:
        stats = cube.stats()
        call.answer(documents.of_stats(stats), lambda page: page.stats(stats), zone=cube.time_zone)


def observe(
    call: Call,
    file: options.Messages,
    session: options.Session = None,
    because: options.Because = None,
) -> None:
    """Take in a conversation, and what follows from it.

    Messages are those of the OpenAI chat format: role and content, also name, timestamp, session and id.
    What the cube holds already is known again: pass the whole growing list as often as you like.
    """
    from remanence.reader.message_file import read_message_file

    source = sys.stdin.buffer if file == STANDARD_INPUT else file
    with call.make() as cube:
        observed = cube.observe(read_message_file(source), session=session, because=because)
        call.answer(documents.of_observed(observed), lambda page: page.observed(observed))


def remember(
    call: Call,
    text: options.Text,
    kind: options.KindName = None,
    confidence: options.Confidence = None,
    because: options.Because = None,
    valid_from: options.ValidFrom = None,
    valid_to: options.ValidTo = None,
    domain: options.Domain = None,
    tag: options.Tags = None,
    metadata: options.Metadata = None,
    author: options.Author = None,
    session: options.Session = None,
    trust: options.TrustName = None,
    derived_from: options.DerivedFrom = None,
    slot: options.InSlot = None,
    expires: options.Expires = None,
) -> None:
    """Remember one statement.

    It is safe on disk when the command ends.
    """
    from remanence.model.kind import Kind, Trust
    from remanence.verbs.remembering import DEFAULT_CONFIDENCE

    with call.make() as cube:
        item = cube.remember(
            _text(text),
            kind=kind or Kind.FACT,
            confidence=DEFAULT_CONFIDENCE if confidence is None else confidence,
            because=because,
            valid_from=valid_from,
            valid_to=valid_to,
            domain=domain,
            tags=tag or (),
            metadata=metadata_of(metadata or ()),
            trust=trust or Trust.USER,
            derived_from=derived_from or (),
            slot=slot,
            author=author,
            session=session,
            expires=expires,
        )
        call.answer(documents.of_item(item), lambda page: page.done("remembered", item))


def revise(
    call: Call,
    item_id: options.ItemId,
    text: options.Text,
    confidence: options.Confidence = None,
    valid_from: options.ValidFrom = None,
    valid_to: options.ValidTo = None,
    because: options.Because = None,
) -> None:
    """Change what an item says; what it said is kept and dated.

    Without --valid-from it is a correction and holds for the whole of the old time.
    """
    with call.write(embeds=True) as cube:
        item = cube.revise(
            item_id,
            _text(text),
            confidence=confidence,
            valid_from=valid_from,
            valid_to=valid_to,
            because=because,
        )
        call.answer(documents.of_item(item), lambda page: page.done("revised", item))


def annotate(
    call: Call,
    item_id: options.ItemId,
    tag: options.Tags = None,
    metadata: options.Metadata = None,
    because: options.Because = None,
) -> None:
    """Give an item other tags or metadata; the rest stays."""
    with call.write() as cube:
        item = cube.annotate(
            item_id,
            tags=tag,
            metadata=None if metadata is None else metadata_of(metadata),
            because=because,
        )
        call.answer(documents.of_item(item), lambda page: page.item(item), zone=cube.time_zone)


def _text(given: str) -> str:
    """The text itself, or standard input without its last line's end."""
    if given != STANDARD_INPUT:
        return given
    return sys.stdin.buffer.read().decode("utf-8", "surrogateescape").removesuffix("\n")


def metadata_of(given: Sequence[str], option: str = "--metadata") -> dict[str, Json]:
    """Notes as they were typed, NAME=VALUE each; the option is named where one is not so."""
    found: dict[str, Json] = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise UsageFault(f"{option} {pair!r} is not NAME=VALUE")
        found[name] = json_or_text(value)
    return found


def json_or_text(value: str) -> Json:
    """What was typed, as JSON if it is that."""
    try:
        parsed: Json = json.loads(value)
    except ValueError:
        return value
    return parsed
