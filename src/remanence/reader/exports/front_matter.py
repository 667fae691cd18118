"""The head of a note, between two lines of ---: names and values as YAML writes them most of the time.

Read are plain and quoted texts, numbers, booleans, lists in brackets or of lines, and texts of several lines.
What else YAML can say is told, with its line, and kept as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_NAME = re.compile(r"([\w][\w .-]*?)\s*:(?:\s+(.*))?$")
_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?")
_WORDS: dict[str, object] = {"true": True, "false": False, "null": None, "~": None, "": None}
HEAD_LINES_MAX = 2_000


def front_matter(note: str) -> tuple[dict[str, object], str, list[tuple[int, str]]]:
    """The fields of a note's head, the note without it, and the lines of it that could not be read.

    >>> front_matter("---\\ntitle: Bees\\ntags: [a, b]\\n---\\nText")
    ({'title': 'Bees', 'tags': ['a', 'b']}, 'Text', [])
    """
    lines = note.split("\n")
    if lines[0].rstrip() != "---":
        return {}, note, []
    ends = (n for n, line in enumerate(lines[1:HEAD_LINES_MAX], 1) if line.rstrip() in ("---", "..."))
    end = next(ends, None)
    if end is None:
        return {}, note, []
    fields, unread = _fields(lines[1:end])
    if unread:
        fields["front_matter"] = "\n".join(lines[1:end])
    return fields, "\n".join(lines[end + 1 :]), unread


def _fields(lines: Sequence[str]) -> tuple[dict[str, object], list[tuple[int, str]]]:
    fields: dict[str, object] = {}
    unread: list[tuple[int, str]] = []
    current: str | None = None
    for number, line in enumerate(lines, 2):
        stripped = line.strip()
        found = _NAME.match(line)
        if not stripped or stripped.startswith("#"):
            continue
        if found is not None and not line[0].isspace():
            current = found[1]
            fields[current] = _value((found[2] or "").strip())
        elif current is not None and stripped.startswith("- ") and not _NAME.match(stripped[2:]):
            listed = fields[current] if isinstance(fields[current], list) else []
            assert isinstance(listed, list), "made so"
            fields[current] = [*listed, _value(stripped[2:].strip())]
        elif current is not None and line[0].isspace() and fields[current] in ("|", ">", "|-", ">-"):
            fields[current] = stripped
        elif current is not None and line[0].isspace() and isinstance(fields[current], str):
            fields[current] = f"{fields[current]}\n{stripped}"
        else:
            unread.append((number, f"{stripped[:60]!r} in the head is more than this reader knows of YAML"))
    return fields, unread


def _value(written: str) -> object:
    if written.startswith("[") and written.endswith("]") and not written.startswith("[["):
        return [_value(one.strip()) for one in _split(written[1:-1]) if one.strip()]
    if len(written) > 1 and written[0] == written[-1] and written[0] in "\"'":
        return written[1:-1]
    if written.lower() in _WORDS:
        return _WORDS[written.lower()]
    if _NUMBER.fullmatch(written):
        return float(written) if "." in written else int(written)
    return re.split(r"\s+#", written, maxsplit=1)[0] if not written.startswith("#") else written


def _split(inner: str) -> list[str]:
    return re.findall(r"""(?:"[^"]*"|'[^']*'|\[\[[^\]]*\]\]|[^,])+""", inner)
