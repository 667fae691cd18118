"""Who a request may speak for: a table of API keys and users, where there is one."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from remanence.errors import InvalidInput
from remanence.faces.listening import bearer_key

ANYONE = "*"  # in the table: whoever has this key names the user in each request
_HASHED = "sha256:"


@dataclass(frozen=True, slots=True)
class Keys:
    """Users by the SHA-256 of their key, in hexadecimal."""

    users: Mapping[str, str] = field(repr=False)

    def user_of(self, headers: Mapping[str, str]) -> str | None:
        """The user whose key a request shows, or ANYONE; None for a key that is not in the table."""
        key = shown_key(headers)
        return None if key is None else self.users.get(_hash(key))


def shown_key(headers: Mapping[str, str]) -> str | None:
    """The API key that a request shows, as the OpenAI client sends it, or Azure's."""
    return bearer_key(headers.get("authorization")) or headers.get("api-key")


def read_keys(path: Path) -> Keys:
    """Read a TOML file with a table `keys`: a key, or sha256: and its hash, and its user.

    Raises InvalidInput that names the file, and never a key.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8")).get("keys")
    except (OSError, ValueError) as error:
        raise InvalidInput(f"the keys in {path} can't be read: {type(error).__name__}") from None
    if not isinstance(table, dict) or not table:
        raise InvalidInput(f'{path} has no table [keys]; write one line a key: "sk-..." = "alice"')
    users: dict[str, str] = {}
    for number, (key, user) in enumerate(table.items(), 1):
        if not isinstance(user, str) or not user.strip() or not key.strip():
            raise InvalidInput(f'{path}: line {number} of [keys] is not of the form "sk-..." = "alice"')
        hashed = key.removeprefix(_HASHED).lower() if key.startswith(_HASHED) else _hash(key)
        users[hashed] = user.strip()
    return Keys(users)


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()
