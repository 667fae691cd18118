"""One file over HTTP, resumed where a former try stopped; what it is worth is the caller's to check."""

from __future__ import annotations

import http.client
import ssl
import urllib.error
import urllib.request
from pathlib import Path

from remanence.embedding.progress import Progress, silent
from remanence.errors import ModelUnavailable

TIMEOUT_S = 15.0  # without a byte: for the connection, and for each read
TRIES_MAX = 5  # connections for one file, each going on where the last one broke
_BLOCK_BYTES = 1 << 18
USER_AGENT = "remanence"


def download(
    url: str, part: Path, *, size_bytes: int, progress: Progress = silent, timeout_s: float = TIMEOUT_S
) -> None:
    """Bring `part` to exactly `size_bytes` bytes from `url`, going on from those it already has.

    Raises ModelUnavailable when the server cannot be reached, refuses, has a file of another size, or
    keeps breaking off; what came is kept in `part` for the next try. Raises OSError when `part`
    cannot be written.
    """
    problem = ""
    for _ in range(TRIES_MAX):
        have = part.stat().st_size if part.exists() else 0
        if have == size_bytes:
            return
        if have > size_bytes:
            part.unlink()
            have = 0
        try:
            _receive(url, part, have, size_bytes, progress, timeout_s)
            problem = "the connection ended"
        except urllib.error.HTTPError as error:
            if error.code != http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
                raise ModelUnavailable(f"{url} answered {error.code} {error.reason}") from error
            part.unlink(missing_ok=True)  # the server's file is not the one that was begun
            problem = "it has no such range"
        except urllib.error.URLError as error:
            raise ModelUnavailable(f"{url} cannot be reached: {error.reason}") from error
        except (http.client.HTTPException, ConnectionError, TimeoutError, ssl.SSLError) as error:
            problem = repr(error)
    if not part.exists() or part.stat().st_size != size_bytes:
        raise ModelUnavailable(
            f"{url} broke off {TRIES_MAX} times before {size_bytes} bytes had come: {problem}"
        )


def _receive(url: str, part: Path, have: int, size_bytes: int, progress: Progress, timeout_s: float) -> None:
    """One connection: append what the server sends from byte `have` on, or start over if it sends all."""
    request = urllib.request.Request(url, headers={"User-Agent": USER_AGENT})
    if have:
        request.add_header("Range", f"bytes={have}-")
    with urllib.request.urlopen(request, timeout=timeout_s) as answer:
        if have and answer.status != http.client.PARTIAL_CONTENT:
            have = 0
        if answer.length is not None and have + answer.length != size_bytes:
            # A page in place of the file (a login, say) must not become its beginning.
            raise ModelUnavailable(f"{url} has {have + answer.length} bytes; the file has {size_bytes}")
        with part.open("ab" if have else "wb") as file:
            progress(have, size_bytes, part.stem)
            while have < size_bytes and (block := answer.read(min(_BLOCK_BYTES, size_bytes - have))):
                file.write(block)
                have += len(block)
                progress(have, size_bytes, part.stem)
