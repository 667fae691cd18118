"""API keys: made once, shown once, kept as an argon2 hash, and what each allows.

A key is `rem_LOOKUP_SECRET`: the lookup id finds its row, the secret of 256 random bits proves it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import argon2

from remanence.errors import InvalidInput
from remanence.faces.http import names
from remanence.faces.http.registry import KeyRow, Registry
from remanence.model.clock import Clock

SCOPES = ("read", "write", "erase", "admin")
LOOKUP_DIGITS = 12
SECRET_BITS = 256
NAME_CHARS_MAX = 64
CACHED_MAX = 1024  # keys known by heart: argon2 takes some 20 ms and 19 MiB, on purpose
PATTERNS_MAX = 32
_KEY = re.compile(r"rem_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
_HASHER = argon2.PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # OWASP's second choice


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and what is allowed to them; `secret` keys the digests of their requests."""

    lookup: str
    name: str | None  # None where no key is needed: then the cube's owner acts
    scopes: frozenset[str]
    patterns: tuple[str, ...]
    secret: bytes

    def may_know(self, cube: str) -> bool:
        """Whether there may be a cube of this name for them."""
        return any(names.fits(cube, pattern) for pattern in self.patterns)


def make(
    registry: Registry,
    clock: Clock,
    *,
    name: str,
    scopes: Iterable[str],
    patterns: Iterable[str],
    days: float | None = None,
) -> tuple[KeyRow, str]:
    """Make and keep a key; returns its row, and the key itself, which is kept nowhere.

    Raises InvalidInput for a name, scope or pattern that can't be.
    """
    if not _NAME.fullmatch(name):
        raise InvalidInput(
            f"{name[: NAME_CHARS_MAX + 1]!r} is no name of a key; give 1 to {NAME_CHARS_MAX} ASCII letters, "
            "digits and . _ @ -"
        )
    asked, fitting = frozenset(scopes), tuple(dict.fromkeys(patterns))
    if unknown := asked - set(SCOPES):
        raise InvalidInput(f"scope {min(unknown)!r} is not one of: {', '.join(SCOPES)}")
    if not asked or not 1 <= len(fitting) <= PATTERNS_MAX:
        raise InvalidInput(f"a key needs a scope, and 1 to {PATTERNS_MAX} patterns of cubes")
    for pattern in fitting:
        names.checked_pattern(pattern)
    now = clock.now()
    try:
        expires_at = None if days is None else now + timedelta(days=days)
    except (OverflowError, ValueError) as error:
        raise InvalidInput(f"days {days} reaches beyond the year 9999; leave it out") from error
    if expires_at is not None and expires_at <= now:
        raise InvalidInput(f"days {days} must be above 0")
    secret = urlsafe_b64encode(clock.random_bits(SECRET_BITS).to_bytes(SECRET_BITS // 8)).decode().rstrip("=")
    row = KeyRow(
        lookup=f"{clock.random_bits(LOOKUP_DIGITS * 4):0{LOOKUP_DIGITS}x}",
        name=name,
        secret_hash=_HASHER.hash(secret),
        scopes=asked,
        patterns=fitting,
        created_at=now,
        expires_at=expires_at,
    )
    registry.add_key(row)
    return row, f"rem_{row.lookup}_{secret}"


class Doorkeeper:
    """Tells who a key belongs to. What it proved once it knows by a digest, until the row says otherwise."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._proved: dict[str, bytes] = {}
        self._one_at_a_time = threading.Lock()  # a flood of wrong keys takes one core and 19 MiB, not all

    def known(self, key: str, *, now: datetime) -> Caller | None:
        """The caller, where this key was proved before and still counts; takes microseconds."""
        found = self._row(key, now)
        if found is None:
            return None
        row, secret = found
        proved = self._proved.get(row.lookup)
        same = proved is not None and hmac.compare_digest(proved, _digest(row, secret))
        return _caller(row, secret) if same else None

    def prove(self, key: str, *, now: datetime) -> Caller | None:
        """The caller, by argon2; None for a key that is wrong, revoked or expired."""
        found = self._row(key, now)
        if found is None:
            return None
        row, secret = found
        with self._one_at_a_time:
            try:
                _HASHER.verify(row.secret_hash, secret)
            except argon2.exceptions.VerifyMismatchError:
                return None
            if len(self._proved) >= CACHED_MAX:
                self._proved.clear()
            self._proved[row.lookup] = _digest(row, secret)
        return _caller(row, secret)

    def _row(self, key: str, now: datetime) -> tuple[KeyRow, str] | None:
        parts = _KEY.fullmatch(key)
        row = None if parts is None else self._registry.key(parts[1])
        if parts is None or row is None or row.revoked_at is not None:
            return None
        if row.expires_at is not None and row.expires_at <= now:
            return None
        return row, parts[2]


def _digest(row: KeyRow, secret: str) -> bytes:
    return hashlib.sha256(f"{row.secret_hash}\n{secret}".encode()).digest()


def _caller(row: KeyRow, secret: str) -> Caller:
    return Caller(row.lookup, row.name, row.scopes, row.patterns, secret.encode())
