"""What every format's reader is told and tells: how far it is, and what of a text was no text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import tzinfo

from remanence.reader.exports.json_stream import Entry
from remanence.reader.exports.records import Problem
from remanence.reader.exports.sources import Part, Text


@dataclass(slots=True)
class Told:
    """The zone of times that name none, who is told of the bytes read, and whether the rule reader runs."""

    zone: tzinfo
    progress: Callable[[int, str], None]
    reads: bool = False

    def moved(self, part: Part) -> Callable[[int], None]:
        """What a part's text is told to call as it is read."""
        return lambda count: self.progress(count, part.name)

    def encoding(self, stream: Text, entry: Entry | Problem) -> Iterator[Problem]:
        """A Problem where bytes that are no text were met while this entry was read."""
        if stream.bad:
            places = ", ".join(map(str, stream.bad))
            kept = "kept as they are" if stream.encoding.startswith("utf-8") else "each is now U+FFFD"
            yield Problem(
                entry.place, "encoding", f"bytes that are not {stream.encoding}, near byte {places}; {kept}"
            )
            stream.bad.clear()
