"""A request's JSON object and where its members stand, so that text goes in and no other byte changes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

_BLANK = re.compile(r"[ \t\n\r]*")
_decode = json.JSONDecoder().raw_decode


@dataclass(frozen=True, slots=True)
class Member:
    """A member's value, and the half-open span of characters in which it is written."""

    value: object
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """An object as it was written, and its members; of a name that stands twice, the last."""

    text: str
    members: Mapping[str, Member]
    inside: int  # just behind the opening brace

    def get(self, name: str) -> object:
        """The value of this name, None where there is none."""
        member = self.members.get(name)
        return None if member is None else member.value

    def with_text(self, at: int, piece: str, *, until: int | None = None) -> bytes:
        """The object's bytes with a piece put in, in the place of what stands there `until` a later one."""
        return (self.text[:at] + piece + self.text[at if until is None else until :]).encode("utf-8")


def read_document(body: bytes) -> Document | None:
    """The object that these bytes are in JSON; None where they are none.

    >>> document = read_document(b'{"n": 1.50}')
    >>> document.with_text(document.members["n"].end, ', "m": 2')
    b'{"n": 1.50, "m": 2}'
    """
    try:
        return _read(body.decode("utf-8"))
    except (ValueError, RecursionError):  # RecursionError: nested deeper than Python reads
        return None


def members_of(text: str, array: Member, index: int) -> Mapping[str, Member]:
    """The members of an array's element, which is an object."""
    at = _blank(text, array.start + 1)
    for _ in range(index):
        at = _blank(text, _decode(text, at)[1])
        at = _blank(text, _past(text, at, ","))
    return _members(text, at)[0]


def _read(text: str) -> Document:
    start = _blank(text, 0)
    members, end = _members(text, start)
    if _blank(text, end) != len(text):
        raise ValueError("something follows the object")
    return Document(text, members, inside=start + 1)


def _members(text: str, at: int) -> tuple[Mapping[str, Member], int]:
    """The members of the object that begins there, and where it ends."""
    at = _past(text, at, "{")
    members: dict[str, Member] = {}
    at = _blank(text, at)
    while text[at : at + 1] != "}":
        if members:
            at = _blank(text, _past(text, at, ","))
        name, at = _decode(text, at)
        if not isinstance(name, str):
            raise ValueError("a member's name is a string")
        start = _blank(text, _past(text, _blank(text, at), ":"))
        value, at = _decode(text, start)
        members[name] = Member(value, start, at)
        at = _blank(text, at)
    return members, at + 1


def _blank(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return at if found is None else found.end()


def _past(text: str, at: int, mark: str) -> int:
    if text[at : at + 1] != mark:
        raise ValueError(f"expected {mark!r} at {at}")
    return at + 1
