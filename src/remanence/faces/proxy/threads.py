"""Which conversation a request goes on with, where it does not say: told by how the list of messages begins.

What is remembered here is lost with the process; then a name that depends on it alone becomes another one.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Sequence

from remanence.faces.proxy.dialects import Message

KNOWN_MAX = 100_000  # names and digests, some 20 MB
TELLING_CHARS_MIN = 40  # of an answer: "You're welcome!" stands in many conversations
DIGEST_CHARS = 20


class Threads:
    """The conversations that went through this process, by what a later request may show of them."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, str] = OrderedDict()

    def session_of(self, user: str, messages: Sequence[Message], *, thread: str | None) -> str:
        """The session's name: that of the response or conversation named, else by the first user message.

        The instructions don't count, since applications write the time into them. A window that has lost
        its first messages is known by the last answer in it, if that went through this process.
        """
        if thread is not None:
            return self._known.get(f"{user}/{thread}") or _name(user, thread)
        first = next((one for one in messages if one.get("role") == "user"), None)
        session = _name(user, first if first is not None else messages)
        answer = _last_answer(messages)
        if answer is not None and f"{user}/{session}" not in self._known:
            session = self._known.get(f"{user}/{_name(user, answer)}", session)
        return session

    def note(self, user: str, session: str, said: Sequence[Message], *, name: str | None) -> None:
        """Keep what a later request may show: the session, the last answer, and the response's name."""
        answer = _last_answer([{"role": "user"}, *said])
        keys = [session, None if answer is None else _name(user, answer), name]
        for key in keys:
            if key is not None:
                self._known[f"{user}/{key}"] = session
                self._known.move_to_end(f"{user}/{key}")
        while len(self._known) > KNOWN_MAX:
            self._known.popitem(last=False)


def _last_answer(messages: Sequence[Message]) -> str | None:
    """The last answer's text, if a user's message stands before it and it is long enough to tell."""
    heard: str | None = None
    asked = False
    for message in messages:
        asked = asked or message.get("role") == "user"
        content = message.get("content")
        if asked and message.get("role") == "assistant" and isinstance(content, str):
            heard = content
    return heard if heard is not None and len(heard) >= TELLING_CHARS_MIN else None


def _name(user: str, value: object) -> str:
    text = json.dumps([user, value], sort_keys=True, ensure_ascii=False, default=str)
    return f"talk-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:DIGEST_CHARS]}"
