"""The endpoint behind: sends it a request as it came, and hands back its answer as it comes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import httpx2

from remanence.errors import InvalidInput
from remanence.faces.proxy.wishes import PREFIX

CONNECT_S = 10.0
CONNECTIONS_MAX = 1_000
# What concerns one connection alone (RFC 9110, section 7.6.1), and what is written anew for each.
_OF_A_HOP = frozenset(
    b"connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer "
    b"transfer-encoding upgrade expect".split()
)
Headers = Sequence[tuple[bytes, bytes]]


class Upstream:
    """An OpenAI-compatible endpoint, with the connections to it."""

    def __init__(self, url: str, *, key: str | None, timeout_s: float) -> None:
        """`key` takes the place of the caller's. Raises InvalidInput for a URL that is none."""
        try:
            parsed = httpx2.URL(url)
        except httpx2.InvalidURL as error:
            raise InvalidInput(f"--upstream {url!r} is no URL: {error}") from None
        if parsed.scheme not in ("http", "https") or not parsed.host or parsed.query or parsed.fragment:
            raise InvalidInput(
                f"--upstream {url!r} is no base URL; give one like https://api.openai.com/v1, as the "
                "OpenAI client takes it"
            )
        self._base = url.rstrip("/")
        self._key = key
        self._timeout = httpx2.Timeout(timeout_s, connect=CONNECT_S)
        self._client = httpx2.AsyncClient(
            timeout=self._timeout,
            follow_redirects=False,  # a redirect would carry messages to a host that nobody named
            limits=httpx2.Limits(max_connections=CONNECTIONS_MAX, max_keepalive_connections=100),
        )

    async def ask(
        self, method: str, path: str, headers: Headers, body: bytes | AsyncIterator[bytes], *, plain: bool
    ) -> httpx2.Response:
        """Send a request; returns its answer once that begins. `path` is what follows the base URL.

        With `plain` the answer is asked for uncompressed. Raises httpx2.TransportError.
        """
        sent = self._sent(headers, has_length=not isinstance(body, bytes), plain=plain)
        request = httpx2.Request(
            method,
            f"{self._base}{path}",
            headers=sent,
            content=body,
            extensions={"timeout": self._timeout.as_dict()},
        )
        return await self._client.send(request, stream=True)

    async def close(self) -> None:
        """End the connections."""
        await self._client.aclose()

    def _sent(self, headers: Headers, *, has_length: bool, plain: bool) -> list[tuple[bytes, bytes]]:
        left_out = {b"host"} if has_length else {b"host", b"content-length"}
        if plain:
            left_out.add(b"accept-encoding")
        if self._key is not None:
            left_out |= {b"authorization", b"api-key"}
        sent = [(name, value) for name, value in end_to_end(headers) if name.lower() not in left_out]
        if plain:
            sent.append((b"accept-encoding", b"identity"))
        if self._key is not None:
            sent.append((b"authorization", f"Bearer {self._key}".encode()))
        return sent


def end_to_end(headers: Headers) -> list[tuple[bytes, bytes]]:
    """Headers without those of one connection, and without the proxy's own."""
    named = {
        one.strip().lower()
        for name, value in headers
        if name.lower() == b"connection"
        for one in value.split(b",")
    }
    mine = PREFIX.encode()
    return [
        (name, value)
        for name, value in headers
        if name.lower() not in _OF_A_HOP and name.lower() not in named and not name.lower().startswith(mine)
    ]
