"""Clients of a server, as users import them: a cube elsewhere, with the methods of a local one."""

from __future__ import annotations

from typing import Self

from remanence.aio import AsyncCube
from remanence.remote.cube import TIMEOUT_SECONDS, Client

__all__ = ["AsyncClient", "Client"]


class AsyncClient(AsyncCube):
    """A cube behind a server, for asyncio: requests are awaited, no thread waits for them.

    As Client, with every method of remanence.aio.AsyncCube. Entered with `async with` it asks for `owner`
    and `time_zone`, and raises NotFound where there is no such cube; else the first look at them blocks.
    """

    def __init__(
        self,
        url: str,
        *,
        key: str | None = None,
        timeout_seconds: float = TIMEOUT_SECONDS,
        read_only: bool = False,
    ) -> None:
        self._client = Client(url, key=key, timeout_seconds=timeout_seconds, read_only=read_only)
        super().__init__(self._client)

    async def __aenter__(self) -> Self:
        await self._client.line.arun(self._client.look())
        return self
