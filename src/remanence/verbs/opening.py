"""Opens a cube: the file, the embedder that fits it, its owner and time zone."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from remanence.embedding.open import open_embedder
from remanence.embedding.own import OwnEmbedders
from remanence.embedding.port import Embedder
from remanence.embedding.progress import Progress, silent
from remanence.errors import EmbedderMismatch, InvalidInput, ModelUnavailable
from remanence.model.clock import Clock
from remanence.recall.analyser import ANALYSER
from remanence.reranking.port import Reranker
from remanence.storage.port import CubeFacts, EmbedderName
from remanence.storage.sqlite.engine import SqliteStore
from remanence.storage.sqlite.opening import Access
from remanence.verbs import arguments
from remanence.verbs.seat import EmbedderSeat, identity_of, name_of
from remanence.verbs.setting import Setting

if TYPE_CHECKING:
    from remanence.reader.llm.reader import LLMReader

DEFAULT_OWNER = "user"
WAIT_SECONDS_MAX = 86_400.0  # a day; SQLite counts milliseconds in 31 bits
OWN = "own"  # the embedder that the cube was made with; for a new cube, the default one
Choice: TypeAlias = "Embedder | OwnEmbedders | str | None"  # of an embedder, as a cube is opened with it


@dataclass(frozen=True, slots=True)
class Request:
    """How a cube is to be opened, as the caller gave it; see remanence.open."""

    path: str | os.PathLike[str]
    owner: str | None
    time_zone: str | None
    embedder: Choice
    derives: bool
    key: str | None
    read_only: bool
    wait_seconds: float
    vfs: str | None = None
    progress: Progress = silent
    llm: LLMReader | None = None
    reranker: Reranker | None = None


def open_setting(request: Request, clock: Clock) -> Setting:
    """Open the file and put a cube's parts together; raises the CubeError that fits what is wrong."""
    path = Path(os.fspath(request.path))
    if not 0 <= request.wait_seconds <= WAIT_SECONDS_MAX:
        raise InvalidInput(f"wait_seconds {request.wait_seconds} must lie in [0, {WAIT_SECONDS_MAX}]")
    if request.key == "":
        raise InvalidInput("key is empty; give a passphrase, or leave it out for a cube without encryption")
    own, embedder = _chosen(request)
    if own is not None and not _has_content(path):
        embedder = own.for_new()
    new = CubeFacts(
        cube_id=str(UUID(int=clock.random_bits(128), version=4)),
        owner=DEFAULT_OWNER if request.owner is None else arguments.name(request.owner, "owner"),
        time_zone=_system_zone(path) if request.time_zone is None else _zone(request.time_zone).key,
        created_at=clock.now(),
        analyser=ANALYSER,
        embedder=None if embedder is None else name_of(embedder.identity),
    )
    access = Access(
        path=path,
        key=request.key,
        read_only=request.read_only,
        wait_ms=int(request.wait_seconds * 1000),
        vfs=request.vfs,
    )
    store = SqliteStore.open(access, new=new)
    try:
        if own is not None:
            embedder = _own_embedder(own, store.facts.embedder)
        _agree(request, store, embedder)
    except BaseException:
        store.close()
        raise
    return Setting(
        store=store,
        clock=clock,
        zone=_zone(store.facts.time_zone),
        owner=store.facts.owner,
        seat=EmbedderSeat(embedder, own),
        derives=request.derives,
        llm=request.llm,
        reranker=request.reranker,
    )


def llm_reader(wanted: Literal["rules"] | LLMReader | None) -> LLMReader | None:
    """The LLM reader among what a caller may want; raises InvalidInput for what is none, and ExtraMissing."""
    if wanted is None or wanted == "rules":
        return None
    from remanence.reader.llm.reader import LLMReader, require_extra

    if not isinstance(wanted, LLMReader):
        raise InvalidInput(f"reader {wanted!r} is not one of: 'rules', None, a remanence.LLMReader")
    require_extra()
    return wanted


def embedder_for_all(wanted: Embedder | str) -> Embedder:
    """The embedder that is to take the place of a cube's; raises InvalidInput for what names none."""
    if wanted is None or wanted == OWN:
        raise InvalidInput(f"reembed needs an embedder, and {wanted!r} is none; give its name or an Embedder")
    return open_embedder(wanted) if isinstance(wanted, str) else wanted


def _agree(request: Request, store: SqliteStore, embedder: Embedder | None) -> None:
    facts = store.facts
    if request.owner is not None and request.owner != facts.owner:
        raise InvalidInput(
            f"{request.path} is the memory of {facts.owner!r}, not of {request.owner!r}; leave owner out"
        )
    if embedder is None:
        return
    name = name_of(embedder.identity)
    if facts.embedder is None:
        if not store.read_only:
            with store.write() as tx:
                tx.set_embedder(name)
    elif facts.embedder != name:
        raise EmbedderMismatch(_mismatch(request, store, name))


def _mismatch(request: Request, store: SqliteStore, name: EmbedderName) -> str:
    with store.read() as snapshot:
        present, coming = snapshot.embedder(), snapshot.embedder("coming")
        done, total = snapshot.progress_to_come()
    if coming == name:
        return (
            f"{request.path} is being embedded anew by {name}: {done} of {total} texts are. Open it with "
            f"{present}, or with embedder=None, and call cube.reembed(...) to go on"
        )
    return (
        f"{request.path} was embedded by {present}, and this is {name}: their vectors can't be "
        "compared. Open it with that embedder, or with embedder=None and call cube.reembed(...), which is "
        "`remanence embed --replace`"
    )


def _chosen(request: Request) -> tuple[OwnEmbedders | None, Embedder | None]:
    """What opens the cube's own embedder, or the one that the caller chose."""
    wanted = request.embedder
    if isinstance(wanted, OwnEmbedders):
        return wanted, None
    if wanted == OWN:
        return OwnEmbedders(progress=request.progress), None
    return None, open_embedder(wanted, progress=request.progress) if isinstance(wanted, str) else wanted


def _own_embedder(own: OwnEmbedders, named: EmbedderName | None) -> Embedder | None:
    """The embedder that the cube was made with; EmbedderMismatch when it can't be opened by its name."""
    if named is None:
        return None
    try:
        found = own.named(identity_of(named))
        found.identity  # noqa: B018  # asked for now: to tell it, a model may have to be loaded
        return found
    except ModelUnavailable as error:
        raise ModelUnavailable(
            f"the cube was embedded by {named}, and {error}. What a cube names is not fetched: name it, or "
            "the folder that holds it, as open(..., embedder='sentence-transformers:NAME') does; or go by "
            "words alone, with embedder=None"
        ) from error
    except InvalidInput as error:
        raise EmbedderMismatch(
            f"the cube was embedded by {named}, which has to be given: open(..., embedder=...)"
        ) from error


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidInput(
            f"time zone {name!r} is not known; give an IANA name like 'Europe/Lisbon'"
        ) from error


def _has_content(path: Path) -> bool:
    """Whether a cube is opened, and not made."""
    return path.exists() and path.stat().st_size > 0


def _system_zone(path: Path) -> str:
    if _has_content(path):
        return "UTC"  # an existing cube has its own
    from tzlocal import get_localzone_name  # finds the IANA name on each system, Windows included

    return get_localzone_name() or "UTC"
