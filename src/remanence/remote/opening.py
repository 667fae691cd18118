"""Opening a cube wherever it lies: in a file, or behind a server when an address is given."""

from __future__ import annotations

import os
from functools import wraps
from typing import TYPE_CHECKING, Literal

from remanence import cube as local
from remanence.embedding.progress import Progress, silent
from remanence.errors import NotOffered
from remanence.model.clock import Clock
from remanence.reranking.port import Reranker
from remanence.verbs.opening import OWN, Choice

if TYPE_CHECKING:
    from remanence.reader.llm.reader import LLMReader

SCHEMES = ("http://", "https://")
LOCAL_ALONE = (
    "which embedder, reader, reranker and clock a cube has is for its server to say; leave {name} out"
)


@wraps(local.open)
def open(
    path: str | os.PathLike[str],
    *,
    owner: str | None = None,
    time_zone: str | None = None,
    embedder: Choice = OWN,
    reader: Literal["rules"] | LLMReader | None = "rules",
    reranker: Reranker | None = None,
    key: str | None = None,
    read_only: bool = False,
    wait_seconds: float = 30.0,
    clock: Clock | None = None,
    vfs: str | None = None,
    progress: Progress = silent,
) -> local.Cube:
    """See remanence.cube.open."""
    if not isinstance(path, str) or not path.lower().startswith(SCHEMES):
        return local.open(
            path,
            owner=owner,
            time_zone=time_zone,
            embedder=embedder,
            reader=reader,
            reranker=reranker,
            key=key,
            read_only=read_only,
            wait_seconds=wait_seconds,
            clock=clock,
            vfs=vfs,
            progress=progress,
        )
    from remanence.remote.cube import Client  # no part of opening a file

    elsewhere = {
        "embedder": embedder != OWN,
        "reader": reader != "rules",
        "reranker": reranker is not None,
        "clock": clock is not None,
        "vfs": vfs is not None,
    }
    for name, is_given in elsewhere.items():
        if is_given:
            raise NotOffered(LOCAL_ALONE.format(name=name))
    client = Client(path, key=key, read_only=read_only)
    try:
        client.line.run(client.opened(owner=owner, time_zone=time_zone))
    except BaseException:
        client.close()
        raise
    return client
