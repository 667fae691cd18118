"""JSON read as a stream: the elements of an array, the members of an object, or a value a line.

The standard decoder is given one element at a time, so that a file of any length takes the memory of its
largest record. (yajl behind ijson turns a lone surrogate into "?", and is slower here: 350 MB/s, not 500.)
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from remanence.errors import InvalidInput
from remanence.reader.exports.records import Problem
from remanence.reader.exports.sources import Text

RECORD_CHARS_MAX = 128 * 2**20  # of one record, which is read whole; a longer one is passed over and said

_SPACE = re.compile(r"[\s\ufeff]*")
_OUTSIDE = re.compile(r'["\[\]{}]')
_INSIDE = re.compile(r'["\\]')
_SCALAR_END = re.compile(r"[,\]}\s]")
_TAIL_CHARS = 16  # an error so near the end of what was read may be the cut, and not the file's fault


@dataclass(frozen=True, slots=True)
class Entry:
    """A value of a document: an element of the array under `key` (None: the top), or a line, by its number.

    The members of a top-level object that are not unfolded come as one value without an index, at its end.
    """

    key: str | None
    index: int | None
    value: object
    place: str


@dataclass(frozen=True, slots=True)
class _Unread:
    """A value that is JSON and can't be had: too long or nested too deep."""

    why: str


def entries(
    text: Text, name: str, *, unfold: Collection[str] = (), record_chars_max: int = RECORD_CHARS_MAX
) -> Iterator[Entry | Problem]:
    """The values of a JSON document or of JSON Lines, told apart by themselves.

    Of an object at the top, the arrays under the keys in `unfold` are given element by element. Damage
    ends a document, with a last Problem that names the place; a line that is no JSON is one Problem.
    """
    scan = _Scanner(text, record_chars_max)
    try:
        first = scan.peek()
        if first == "[":
            yield from _elements(scan, name, None)
            _refuse_rest(scan)
        elif first == "{" and not scan.holds_lines():
            yield from _members(scan, name, unfold)
            if scan.peek():
                yield from _lines(scan, name)
        elif first:
            yield from _lines(scan, name)
    except InvalidInput as damage:
        yield Problem(f"{name}, {scan.place()}", "damaged", str(damage))


def _elements(scan: _Scanner, name: str, key: str | None) -> Iterator[Entry | Problem]:
    scan.take("[")
    index = 0
    while scan.peek() != "]":
        if index:
            scan.take(",")
        yield from _one(scan, f"{name}, {key or ''}[{index}]", key, index)
        index += 1
    scan.take("]")


def _one(scan: _Scanner, place: str, key: str | None, index: int) -> Iterator[Entry | Problem]:
    value = scan.value()
    if isinstance(value, _Unread):
        yield Problem(place, "refused", value.why)
    else:
        yield Entry(key, index, value, place)


def _members(scan: _Scanner, name: str, unfold: Collection[str]) -> Iterator[Entry | Problem]:
    rest: dict[str, object] = {}
    scan.take("{")
    count = 0
    while scan.peek() != "}":
        if count:
            scan.take(",")
        key = scan.value()
        if not isinstance(key, str):
            raise InvalidInput("a name in quotes was expected")
        scan.take(":")
        if key in unfold and scan.peek() == "[":
            yield from _elements(scan, name, key)
        else:
            value = scan.value()
            if isinstance(value, _Unread):
                yield Problem(f"{name}, {key}", "refused", value.why)
            else:
                rest[key] = value
        count += 1
    scan.take("}")
    if rest:
        yield Entry(None, None, rest, name)


def _lines(scan: _Scanner, name: str) -> Iterator[Entry | Problem]:
    for number, line in scan.lines():
        place = f"{name}, line {number}"
        if line is None:
            yield Problem(place, "refused", f"it is longer than RECORD_CHARS_MAX = {scan.record_chars_max}")
        elif line.strip():
            try:
                yield Entry(None, number, json.loads(line), place)
            except (ValueError, RecursionError) as error:
                yield Problem(place, "damaged", f"no JSON: {error}")


def _refuse_rest(scan: _Scanner) -> None:
    if scan.peek():
        raise InvalidInput("the document has ended, and more follows")


def _is_json(line: str) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


class _Scanner:
    """Where in a text a reader of values stands, with as much of the text at hand as it needs."""

    def __init__(self, text: Text, record_chars_max: int) -> None:
        self._text, self.record_chars_max = text, record_chars_max
        self._decode = json.JSONDecoder().raw_decode
        self._held, self._at, self._ended = "", 0, False
        self._chars_before, self._lines_before = 0, 0

    def place(self) -> str:
        """Where the reader stands, for a person."""
        line = self._lines_before + self._held.count("\n", 0, self._at) + 1
        return f"line {line}, character {self._chars_before + self._at + 1} of the file"

    def peek(self) -> str:
        """The next sign that is no space; "" at the end."""
        while True:
            found = _SPACE.match(self._held, self._at)
            self._at = self._at if found is None else found.end()
            if self._at < len(self._held):
                return self._held[self._at]
            if not self._fill():
                return ""

    def take(self, sign: str) -> None:
        """Pass over a sign that must stand here."""
        if self.peek() != sign:
            found = repr(self._held[self._at]) if self._at < len(self._held) else "the end of the file"
            raise InvalidInput(f"{sign!r} was expected, and here is {found}")
        self._at += 1

    def value(self) -> object:
        """The value that begins here; raises InvalidInput where it is no JSON."""
        if not self.peek():
            raise InvalidInput("the file ends where a value was expected")
        while True:
            try:
                value, end = self._decode(self._held, self._at)
            except json.JSONDecodeError as error:
                cut = error.msg.startswith("Unterminated") or error.pos >= len(self._held) - _TAIL_CHARS
                if cut and len(self._held) - self._at > self.record_chars_max:
                    self._skip()
                    return _Unread(f"it is longer than RECORD_CHARS_MAX = {self.record_chars_max}")
                if cut and self._fill(len(self._held) - self._at):
                    continue
                self._at = min(error.pos, len(self._held))
                raise InvalidInput(
                    "the file ends within a value" if cut else f"no JSON: {error.msg}"
                ) from None
            except (ValueError, RecursionError) as error:
                self._skip()
                return _Unread(f"it can't be read: {error}")
            if end == len(self._held) and self._fill():
                continue  # a number may go on
            self._at = end
            return value

    def holds_lines(self) -> bool:
        """Whether what is at hand is a value a line, and not one value over several lines."""
        lines = self._held[self._at :].split("\n", 2)
        if len(lines) < 2 or not "".join(lines[1:]).strip():
            return False
        if _is_json(lines[0]):
            return True
        return lines[0].rstrip()[-1:] not in "[{,:" and len(lines) > 2 and _is_json(lines[1])

    def lines(self) -> Iterator[tuple[int, str | None]]:
        """The lines from here on with their numbers; None for one that is too long."""
        number = self._lines_before + self._held.count("\n", 0, self._at)
        self._at = self._held.rfind("\n", 0, self._at) + 1
        while True:
            number += 1
            end = self._held.find("\n", self._at)
            too_long = False
            while end < 0:
                seen = len(self._held) - self._at
                if seen > self.record_chars_max:
                    too_long, self._at, seen = True, len(self._held), 0
                if not self._fill():
                    break
                end = self._held.find("\n", self._at + seen)
            last = end < 0
            line = self._held[self._at :] if last else self._held[self._at : end]
            self._at = len(self._held) if last else end + 1
            if line or too_long or not last:
                yield number, None if too_long else line
            if last:
                return

    def _fill(self, wanted: int = 0) -> bool:
        """Let go of what was passed, and read on by so many characters at least; False at the end."""
        if self._ended:
            return False
        self._lines_before += self._held.count("\n", 0, self._at)
        self._chars_before += self._at
        pieces = [self._held[self._at :]]
        self._at, got = 0, 0
        while not self._ended and got <= wanted:
            chunk = self._text.read()
            self._ended = not chunk
            got += len(chunk)
            pieces.append(chunk)
        self._held = "".join(pieces)
        return got > 0

    def _skip(self) -> None:
        """Pass over the value that begins here, without keeping it."""
        if self._held[self._at] not in '"[{':
            self._skip_to(_SCALAR_END)
            return
        depth, quoted = 0, False
        while True:
            sign = self._skip_to(_INSIDE if quoted else _OUTSIDE)
            if sign == "\\":
                self._at += 1
                if self._at >= len(self._held) and not self._fill():
                    raise InvalidInput("the file ends within a value")
            elif sign == '"':
                quoted = not quoted
            else:
                depth += 1 if sign in "[{" else -1
            self._at += 1
            if not depth and not quoted:
                return

    def _skip_to(self, signs: re.Pattern[str]) -> str:
        while True:
            found = signs.search(self._held, self._at)
            if found is not None:
                self._at = found.start()
                return found[0]
            self._at = len(self._held)
            if not self._fill():
                raise InvalidInput("the file ends within a value")
