"""File names that Windows, macOS and Linux all take, and that a link in a note can name."""

from __future__ import annotations

import re
import unicodedata

NAME_BYTES_MAX = 120  # in UTF-8; file systems take 255 bytes, and cloned vaults add to names
UNNAMED = "unnamed"
_UNFIT = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*#^\[\]\u2028\u2029\u200e\u200f\u202a-\u202e\ud800-\udfff]+')
_SPACES = re.compile(r"\s+")
_DEVICES = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.I)


def safe_name(name: str) -> str:
    """A name without an ending that is safe as one part of a path; alike names may become one.

    >>> safe_name("../etc/passwd"), safe_name("CON"), safe_name("旅行: 2026?")
    ('-etc-passwd', 'CON_', '旅行- 2026-')
    """
    fit = _SPACES.sub(" ", _UNFIT.sub("-", unicodedata.normalize("NFC", name))).strip(" .")
    while len(fit.encode()) > NAME_BYTES_MAX:
        fit = fit[:-1]
    fit = fit.strip(" .") or UNNAMED
    return f"{fit}_" if is_device(fit) else fit


def is_device(name: str) -> bool:
    """Whether Windows takes the name for a device, whatever stands behind its first period.

    >>> is_device("con"), is_device("NUL.cube"), is_device("contour")
    (True, True, False)
    """
    return _DEVICES.fullmatch(name) is not None


class Names:
    """Names given within one folder, each once, also where a file system ignores capitals."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def give(self, name: str) -> str:
        """A safe name that nobody has, with a number where the plain one is taken."""
        plain = safe_name(name)
        number, given = 1, plain
        while (key := unicodedata.normalize("NFKD", given).casefold()) in self._taken:
            number += 1
            given = f"{plain} ({number})"
        self._taken.add(key)
        return given
